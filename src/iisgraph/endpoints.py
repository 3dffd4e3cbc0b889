"""Addresses of SPARQL endpoints, and which of them lie below a prefix.

Only plain addresses are understood, so that no two readers can differ on where one
leads: `http` or `https`, an ASCII host, no user, no dot segments, no fragment.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from iisgraph.errors import SettingError

_ADDRESS: Final = re.compile(
    r"""(?P<scheme> https? ) ://
        (?P<host> [A-Za-z0-9] [A-Za-z0-9.\-]* | \[ [0-9A-Fa-f:.]+ \] )
        (?: : (?P<port> \d{1,5} ) )?
        (?P<path> (?: / (?: [A-Za-z0-9._~\-!$&'()*+,;=:@] | %[0-9A-Fa-f]{2} )* )* )
        (?: \? (?P<query> (?: [A-Za-z0-9._~\-!$&'()*+,;=:@/?] | %[0-9A-Fa-f]{2} )* ) )?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_PORTS: Final = {"http": 80, "https": 443}
_MOST_PORT: Final = 65535


@dataclass(frozen=True)
class Address:
    """Where an endpoint is, scheme and host in lower case; a blank path is `/`."""

    scheme: str
    host: str
    port: int
    path: str
    query: str

    def __str__(self) -> str:
        """The address to be called: made of the parts that were compared, and of nothing else."""
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{self.host}{port}{self.path}{query}"

    def is_below(self, prefix: "Address") -> bool:
        """Whether scheme, host and port are those of a prefix, and the path is it or below it."""
        if (self.scheme, self.host, self.port) != (prefix.scheme, prefix.host, prefix.port):
            return False
        folder = prefix.path if prefix.path.endswith("/") else f"{prefix.path}/"
        return self.path == prefix.path or self.path.startswith(folder)


def address_of(iri: str) -> Address | None:
    """The address that an absolute IRI is, or None if it is not a plain one."""
    match = _ADDRESS.fullmatch(iri)
    if match is None:
        return None
    scheme = match["scheme"].lower()
    port = int(match["port"] or _PORTS[scheme])
    path = match["path"] or "/"
    plain = unquote(path)
    doubtful = plain.count("/") != path.count("/") or "\\" in plain
    if doubtful or {".", ".."} & set(plain.split("/")) or not 0 < port <= _MOST_PORT:
        return None
    return Address(scheme, match["host"].lower(), port, path, match["query"] or "")


def prefix_of(text: str) -> Address:
    """The prefix that an operator has set.

    Raises:
        SettingError: if it is not a plain address, or has a query.
    """
    found = address_of(text)
    if found is None or found.query or "?" in text:
        expected = "expected an address such as https://query.example.org/sparql"
        raise SettingError(f"service_prefix is {text!r}, {expected}")
    return found


def permitted(iri: str, prefixes: Iterable[Address]) -> Address | None:
    """The address of an endpoint that lies below one of the prefixes, or None."""
    found = address_of(iri)
    return found if found and any(found.is_below(prefix) for prefix in prefixes) else None
