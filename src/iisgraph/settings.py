"""What an operator may set: one frozen table with defaults and a line of help each."""

import difflib
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

from iisgraph import endpoints
from iisgraph.errors import SettingError

PREFIX: Final = "IISGRAPH_"
SEVERAL: Final = tuple[str, ...]
"""The type of a setting that may be given again and again; a variable has blanks between."""

_LOGS: Final = ("json", "query", "none")
_TRUTHS: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def _setting(default: Any, explanation: str) -> Any:
    return field(default=default, metadata={"help": explanation})


def _switch(explanation: str) -> Any:
    return field(default=False, metadata={"help": explanation})


def _several(explanation: str) -> Any:
    return field(default=(), metadata={"help": explanation})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of the server; each is a flag of `serve` and a variable `IISGRAPH_…`."""

    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8000, "TCP port to listen on.")
    threads: int = _setting(100, "Requests handled at the same time, those waiting for a turn too.")
    web_processes: int = _setting(2, "Processes that take requests, and share query_processes.")
    query_processes: int = _setting(2, "Queries evaluated at the same time, apart from light ones.")
    query_seconds: float = _setting(10.0, "Seconds after which a query is ended.")
    query_megabytes: int = _setting(1024, "Memory in MiB that one query may take.")
    queue_seconds: float = _setting(5.0, "Seconds a query may wait for its turn.")
    queue_length: int = _setting(64, "Queries that may wait; of one client at most half of them.")
    answer_megabytes: int = _setting(64, "Largest answer in MiB.")
    request_kilobytes: int = _setting(1024, "Largest request body in KiB.")
    view_megabytes: int = _setting(1024, "Memory in MiB for graphs of other days and releases.")
    cache_megabytes: int = _setting(128, "Memory in MiB for answers that are kept ready.")
    rate_per_minute: int = _setting(0, "Requests of one client in a minute; 0 for no limit.")
    trust_proxy: bool = _switch("Believe X-Forwarded-For, -Proto and -Host.")
    cors_origin: str = _setting("*", "Origin whose pages may read answers; empty for none.")
    log: str = _setting("json", "A line for each request on stderr: json, query (with it), none.")
    metrics_port: int = _setting(0, "Loopback port for figures in Prometheus' format; 0 for none.")
    watch: bool = _switch("Read the files anew when they change, as on SIGHUP.")
    service_prefix: tuple[str, ...] = _several("Address below which SERVICE may call; repeatable.")
    archive: tuple[str, ...] = _several("Old release to serve too, a dump or folder; repeatable.")

    def __post_init__(self) -> None:
        """Refuse values that would leave the server without a limit.

        Raises:
            SettingError: naming the setting and what it takes.
        """
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name in ("port", "metrics_port"):
                if not 0 <= value <= 65535:
                    raise SettingError(f"{each.name} is {value}, expected 0 to 65535")
            elif each.name == "rate_per_minute":
                if value < 0:
                    raise SettingError(f"{each.name} is {value}, expected 0 or more")
            elif each.type in (int, float) and not 0 < value < float("inf"):
                raise SettingError(f"{each.name} is {value}, expected a number above 0")
        if self.log not in _LOGS:
            raise SettingError(f"log is {self.log!r}, expected {', '.join(_LOGS)}")
        for prefix in self.service_prefix:
            endpoints.prefix_of(prefix)

    @classmethod
    def read(cls, environment: Mapping[str, str], **flags: Any) -> Self:
        """Settings from flags, else `IISGRAPH_…` variables, else defaults.

        A flag that is None, or repeatable and never given, counts as not given.

        Raises:
            SettingError: for a variable that no setting has, or a value of the wrong type.
        """
        return cls(**{name: value for name, (value, _) in origins(environment, **flags).items()})


def origins(environment: Mapping[str, str], **flags: Any) -> dict[str, tuple[Any, str]]:
    """Each setting's value and where it comes from: a flag, a variable, or the default.

    Raises:
        SettingError: as `Settings.read`.
    """
    found = {each.name: (each.default, "default") for each in fields(Settings)}
    names = {each.name: each.type for each in fields(Settings)}
    for variable, text in environment.items():
        if variable.startswith(PREFIX):
            name = variable.removeprefix(PREFIX).lower()
            found[name] = (_convert(variable, text, names.get(name), names), variable)
    for name, value in flags.items():
        if value is not None and value != ():
            found[name] = (value, f"--{name.replace('_', '-')}")
    return found


def _convert(variable: str, text: str, kind: Any, names: Mapping[str, Any]) -> Any:
    if kind is None:
        near = difflib.get_close_matches(variable.removeprefix(PREFIX).lower(), names, 1)
        hint = f"; did you mean {PREFIX}{near[0].upper()}?" if near else ""
        raise SettingError(f"{variable} is not a setting{hint}")
    if kind == SEVERAL:
        return tuple(text.split())
    try:
        return _TRUTHS[text.lower()] if kind is bool else kind(text)
    except (ValueError, KeyError):
        expected = {int: "a whole number", float: "a number", bool: "true or false"}[kind]
        raise SettingError(f"{variable} is {text!r}, expected {expected}") from None


def explanations() -> Mapping[str, str]:
    """The line of help of each setting, by name."""
    return types.MappingProxyType({each.name: each.metadata["help"] for each in fields(Settings)})


def shown(value: Any) -> str:
    """A value as it is shown to people; several have blanks between."""
    return " ".join(value) or "none" if isinstance(value, tuple) else str(value)
