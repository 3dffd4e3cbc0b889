"""Slips of the pen in a file: the token with the wrong word, and as it was meant."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from iisgraph.gate.spelling import split
from iisgraph.positions import Place
from iisgraph.vocab import XSD

_NAME: Final = re.compile(r"(?P<prefix>[^\s<>\"':]*):(?P<local>\S*)")
_LITERAL: Final = re.compile(
    r"(?P<text>\"\"\".*\"\"\"|'''.*'''|\".*\"|'.*')(?:\^\^(?P<datatype>\S+)|@(?P<tag>\S+))?",
    re.DOTALL,
)
_BARE: Final = re.compile(r"[+-]?[\d.]+([eE][+-]?\d+)?|true|false")
_LOCAL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]*")


class Slip(NamedTuple):
    """A word that is wrong and the one that was meant: two IRIs, or two language tags."""

    wrong: str
    right: str


def token_at(text: str, place: Place) -> str:
    """What stands in a place of a text."""
    lines = text.split("\n")[place.line - 1 : place.end_line]
    lines[-1] = lines[-1][: place.end_column - 1]
    lines[0] = lines[0][place.column - 1 :]
    return "\n".join(lines)


def mended(text: str, slip: Slip, prefixes: Mapping[str, str]) -> str | None:
    """A token of Turtle or its kin with the right word; None if the wrong one is not in it.

    Where a prefix of the document fits, the right word is written with it.
    """
    literal = _LITERAL.fullmatch(text)
    if literal is None:
        is_number = _BARE.fullmatch(text) and slip.wrong.startswith(XSD)
        return (
            f'"{text}"^^{_written(slip.right, prefixes)}'
            if is_number
            else _name(text, slip, prefixes)
        )
    if literal["tag"]:
        is_it = literal["tag"].lower() == slip.wrong.lower()
        return f"{literal['text']}@{slip.right}" if is_it else None
    datatype = None
    if literal["datatype"]:
        datatype = _name(literal["datatype"], slip, prefixes)
    elif slip.wrong == XSD + "string":
        datatype = _written(slip.right, prefixes)
    return f"{literal['text']}^^{datatype}" if datatype else None


def _name(text: str, slip: Slip, prefixes: Mapping[str, str]) -> str | None:
    """An IRI or a prefixed name with the right one instead."""
    if text.startswith("<"):
        is_it = slip.wrong.endswith(text[1:-1]) and text != "<>"
        return f"<{slip.right}>" if is_it else None
    name = _NAME.fullmatch(text)
    if name is None or name["local"] != split(slip.wrong)[1]:
        return None
    space = prefixes.get(name["prefix"])
    own = {name["prefix"]: space} if space else {}
    return _written(slip.right, own | dict(prefixes))


def _written(iri: str, prefixes: Mapping[str, str]) -> str:
    space, local = split(iri)
    found = (prefix for prefix, namespace in prefixes.items() if namespace == space)
    prefix = next(found, None) if _LOCAL.fullmatch(local) else None
    return f"<{iri}>" if prefix is None else f"{prefix}:{local}"
