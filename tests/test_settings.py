"""What an operator may set, and what is refused."""

from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from iisgraph.errors import SettingError
from iisgraph.settings import Settings, explanations, origins


def test_defaults_hold_where_nothing_is_said() -> None:
    """Other variables of the environment are none of our business."""
    assert Settings.read({"PATH": "/bin", "XIISGRAPH_PORT": "1"}) == Settings()


def test_variables_are_read_with_their_type() -> None:
    """Text becomes a number where a number is meant."""
    read = Settings.read({"IISGRAPH_PORT": "80", "IISGRAPH_QUERY_SECONDS": "2.5"})
    assert (read.port, read.query_seconds, read.host) == (80, 2.5, "127.0.0.1")


def test_a_flag_beats_the_environment_and_none_is_no_flag() -> None:
    """The nearest word counts."""
    environment = {"IISGRAPH_PORT": "80", "IISGRAPH_HOST": "::1"}
    read = Settings.read(environment, port=81, host=None)
    assert (read.port, read.host) == (81, "::1")


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("IISGRAPH_PROT", "did you mean IISGRAPH_PORT?"),
        ("IISGRAPH_QUERY_SECOND", "did you mean IISGRAPH_QUERY_SECONDS?"),
        ("IISGRAPH_COLOUR_OF_SKY", "IISGRAPH_COLOUR_OF_SKY is not a setting$"),
        ("IISGRAPH_", "is not a setting"),
    ],
)
def test_unknown_variables_are_refused_with_a_hint(variable: str, hint: str) -> None:
    """A misspelt limit would be no limit."""
    with pytest.raises(SettingError, match=hint):
        Settings.read({variable: "1"})


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("PORT", "http", "expected a whole number"),
        ("PORT", "80.5", "expected a whole number"),
        ("PORT", "", "expected a whole number"),
        ("QUERY_SECONDS", "long", "expected a number"),
        ("PORT", "-1", "0 to 65535"),
        ("PORT", "65536", "0 to 65535"),
        ("THREADS", "0", "above 0"),
        ("QUERY_SECONDS", "-0.5", "above 0"),
        ("QUERY_SECONDS", "nan", "above 0"),
        ("QUERY_SECONDS", "inf", "above 0"),
        ("RATE_PER_MINUTE", "-1", "0 or more"),
        ("METRICS_PORT", "65536", "0 to 65535"),
        ("TRUST_PROXY", "on", "expected true or false"),
        ("TRUST_PROXY", "", "expected true or false"),
        ("WATCH", "2", "expected true or false"),
        ("LOG", "JSON", "expected json, query, none"),
        ("LOG", "", "expected json, query, none"),
    ],
)
def test_values_without_sense_are_refused(name: str, text: str, expected: str) -> None:
    """Neither a wrong type nor a limit that limits nothing; the message names the setting."""
    with pytest.raises(SettingError, match=rf"(?i){name}.*{expected}"):
        Settings.read({f"IISGRAPH_{name}": text})


@pytest.mark.parametrize("flag", [{"port": 70000}, {"query_processes": 0}])
def test_flags_are_held_to_the_same_rules(flag: dict[str, Any]) -> None:
    """No door round the check."""
    with pytest.raises(SettingError, match=next(iter(flag))):
        Settings.read({}, **flag)


@pytest.mark.parametrize("name", ["trust_proxy", "watch"])
@pytest.mark.parametrize(
    ("text", "is_on"),
    [("1", True), ("true", True), ("YES", True), ("0", False), ("False", False), ("no", False)],
)
def test_switches_are_said_in_a_few_words(name: str, text: str, is_on: bool) -> None:
    """The words that other programs take; `False` must not pass for a text that is not empty."""
    read = Settings.read({f"IISGRAPH_{name.upper()}": text})
    assert getattr(read, name) is is_on


@pytest.mark.parametrize("log", ["json", "query", "none"])
def test_there_are_three_kinds_of_log(log: str) -> None:
    """Each may be said by a variable and by a flag."""
    assert Settings.read({"IISGRAPH_LOG": log}).log == Settings.read({}, log=log).log == log


def test_rate_zero_is_no_limit_and_no_mistake() -> None:
    """It is the default, and may be said."""
    assert Settings.read({"IISGRAPH_RATE_PER_MINUTE": "0"}).rate_per_minute == 0
    assert Settings().rate_per_minute == 0


def test_origin_of_each_setting_is_told() -> None:
    """What has won is named as the operator wrote it; a flag of 0 or False is a flag."""
    environment = {"IISGRAPH_PORT": "80", "IISGRAPH_QUEUE_SECONDS": "2", "HOME": "/"}
    found = origins(environment, port=0, trust_proxy=False, query_seconds=3.0, host=None)
    assert found.pop("port") == (0, "--port")
    assert found.pop("trust_proxy") == (False, "--trust-proxy")
    assert found.pop("query_seconds") == (3.0, "--query-seconds")
    assert found.pop("queue_seconds") == (2.0, "IISGRAPH_QUEUE_SECONDS")
    rest = {each.name: each.default for each in fields(Settings) if each.name in found}
    assert found == {name: (value, "default") for name, value in rest.items()}
    assert len(found) == len(fields(Settings)) - 4


def test_port_zero_asks_for_any_port() -> None:
    """Tests and tools let the system choose."""
    assert Settings(port=0).port == 0


def test_settings_cannot_change() -> None:
    """What a server was started with holds as long as it runs."""
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc] # the point of the test


def test_every_setting_is_explained_in_a_line() -> None:
    """The help of `serve` is made of these."""
    assert explanations().keys() == {each.name for each in fields(Settings)}
    assert all(line.endswith(".") and "\n" not in line for line in explanations().values())
