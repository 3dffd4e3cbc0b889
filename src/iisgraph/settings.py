"""What an operator may set: one frozen table with defaults and a line of help each."""

import difflib
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

from iisgraph.errors import SettingError

PREFIX: Final = "IISGRAPH_"


def _setting(default: Any, explanation: str) -> Any:
    return field(default=default, metadata={"help": explanation})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of the server; each is a flag of `serve` and a variable `IISGRAPH_…`."""

    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8000, "TCP port to listen on.")
    threads: int = _setting(8, "Requests handled at the same time.")
    query_processes: int = _setting(2, "Queries evaluated at the same time.")
    query_seconds: float = _setting(10.0, "Seconds after which a query is ended.")
    query_megabytes: int = _setting(1024, "Memory in MiB that one query may take.")
    queue_seconds: float = _setting(5.0, "Seconds a query may wait for its turn.")
    answer_megabytes: int = _setting(64, "Largest answer in MiB.")
    request_kilobytes: int = _setting(1024, "Largest request body in KiB.")

    def __post_init__(self) -> None:
        """Refuse values that would leave the server without a limit.

        Raises:
            SettingError: naming the setting and what it takes.
        """
        if not 0 <= self.port <= 65535:
            raise SettingError(f"port is {self.port}, expected 0 to 65535")
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name != "port" and each.type is not str and not 0 < value < float("inf"):
                raise SettingError(f"{each.name} is {value}, expected a number above 0")

    @classmethod
    def read(cls, environment: Mapping[str, str], **flags: Any) -> Self:
        """Settings from flags, else `IISGRAPH_…` variables, else defaults.

        A flag that is None counts as not given.

        Raises:
            SettingError: for a variable that no setting has, or a value of the wrong type.
        """
        values: dict[str, Any] = {}
        names = {each.name: each.type for each in fields(cls)}
        for variable, text in environment.items():
            if variable.startswith(PREFIX):
                name = variable.removeprefix(PREFIX).lower()
                values[name] = _convert(variable, text, names.get(name), names)
        values.update((name, value) for name, value in flags.items() if value is not None)
        return cls(**values)


def _convert(variable: str, text: str, kind: Any, names: Mapping[str, Any]) -> Any:
    if kind is None:
        near = difflib.get_close_matches(variable.removeprefix(PREFIX).lower(), names, 1)
        hint = f"; did you mean {PREFIX}{near[0].upper()}?" if near else ""
        raise SettingError(f"{variable} is not a setting{hint}")
    try:
        return kind(text)
    except ValueError:
        expected = {int: "a whole number", float: "a number"}[kind]
        raise SettingError(f"{variable} is {text!r}, expected {expected}") from None


def explanations() -> Mapping[str, str]:
    """The line of help of each setting, by name."""
    return types.MappingProxyType({each.name: each.metadata["help"] for each in fields(Settings)})
