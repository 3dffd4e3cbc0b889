"""One cell: is it what its column promises, and which term does it stand for?"""

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from iisgraph.engine import Literal, NamedNode, Term
from iisgraph.tables.layouts import Column
from iisgraph.tables.register import JURISDICTION, PLACE, Register, slug, tail
from iisgraph.tables.templates import Value
from iisgraph.vocab import BASE, XSD

_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DATE_TYPES: Final = {4: "gYear", 7: "gYearMonth", 10: "date"}
_EXPECTATIONS: Final = {
    "text": "a text",
    "date": "a date as fully as it is known: 2017-02-02, 2017-02 or 2017",
    "integer": "a whole number of at least 0",
    "decimal": "a decimal number such as -12.5",
    "url": "an address that begins with http:// or https://",
    "id": "an id in small letters, digits and hyphens",
}
_LANGUAGES: Final = {
    "ar": "Arabic",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "ru": "Russian",
    "zh": "Chinese",
}
_SEPARATOR: Final = ";"

Row = Mapping[str, str]


class CellError(ValueError):
    """A cell that is not what its column promises; the message says what was expected."""


def values(column: Column, row: Row, register: Register) -> list[Value]:
    """The values of a cell, each once; none if it is blank.

    Raises:
        CellError: if it is blank and must not be, or is not what its column holds.
    """
    parts = _parts(column, row[column.of])
    if not parts and column.required:
        raise CellError(f"is blank, expected {expectation(column)}")
    found = (_value(column, part, row, register) for part in parts)
    return list({value.term: value for value in found if value}.values())


def by_id(column: Column, text: str, register: Register) -> str:
    """A cell with ids in the place of names; what is not known stays as it is."""
    if column.kinds[0] in _EXPECTATIONS or column.within:
        return text
    nodes = {part: register.find(column.kinds, part) for part in _parts(column, text)}
    return _SEPARATOR.join(tail(node) if node else part for part, node in nodes.items())


def expectation(column: Column) -> str:
    """What a cell of a column holds, in words."""
    kind = column.kinds[0]
    if column.pattern:
        choices = column.pattern.pattern.split("|")
        is_list = all(re.fullmatch(r"[\w-]+", choice) for choice in choices)
        return f"one of {', '.join(choices)}" if is_list else f"the form {column.pattern.pattern}"
    if kind == "text":
        words = _EXPECTATIONS[kind] + _in_language(column)
    elif kind in _EXPECTATIONS:
        words = _EXPECTATIONS[kind]
    elif "/" in kind:
        words = f"a concept of {kind}"
    else:
        words = f"the id or name of a known {' or '.join(column.kinds)}"
    return f"{words}, several with {_SEPARATOR} between them" if column.many else words


def _in_language(column: Column) -> str:
    if column.language_column:
        return f" in the language that {column.language_column} tells"
    return f" in {_LANGUAGES.get(column.language, column.language)}" if column.language else ""


def _parts(column: Column, text: str) -> list[str]:
    parts = [part.strip() for part in text.split(_SEPARATOR)] if column.many else [text]
    return [part for part in parts if part]


def _value(column: Column, text: str, row: Row, register: Register) -> Value | None:
    if column.pattern and not column.pattern.fullmatch(text):
        raise CellError(f"is {text!r}, expected {expectation(column)}")
    if column.kinds[0] in _EXPECTATIONS:
        in_address = text if column.pattern else slug(text)
        return Value(text, _literal(column, text, row), in_address)
    if column.within:
        return _place(text, column.within, row, register)
    node = register.find(column.kinds, text)
    if node:
        return Value(text, node, tail(node))
    if column.skip_unknown:
        return None
    raise CellError(f"is {text!r}, {_unknown(column, text, register)}")


def _unknown(column: Column, text: str, register: Register) -> str:
    """Why a name stands for nothing."""
    bearers = sorted(tail(node) for node in register.bearers(column.kinds, text))
    if bearers:
        return f"which several bear; write one of the ids {', '.join(bearers)}"
    near = register.near(column.kinds, text)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"expected {expectation(column)}{hint}"


def _place(text: str, within: str, row: Row, register: Register) -> Value | None:
    """A city in the country of its row; None if that country is not known, which is told there."""
    if not row[within]:
        raise CellError(f"is {text!r}, and {within} is blank: where is it?")
    country = register.find([JURISDICTION], row[within])
    if country is None:
        return None
    node = register.place(tail(country), text)
    if node is None:
        raise CellError(f"is {text!r}, expected a name in Latin letters or that of a known {PLACE}")
    return Value(text, node, tail(node))


def _literal(column: Column, text: str, row: Row) -> Term:
    kind = column.kinds[0]
    term = _PARSERS[kind](text) if kind != "text" else _text(column, text, row)
    if term is None:
        raise CellError(f"is {text!r}, expected {expectation(column)}")
    return term


def _text(column: Column, text: str, row: Row) -> Literal:
    """A text in the language of its column, or in that which its row tells.

    Where the row tells it, a text in [square brackets] is a description of ours,
    hence in English, and `mul` is no one language.
    """
    language = column.language
    if column.language_column:
        language = "en" if text.startswith("[") else row[column.language_column]
        language = None if language == "mul" else language
    try:
        return Literal(text, language=language) if language else Literal(text)
    except ValueError:
        raise CellError(f"is in the language {language!r}, which is no language tag") from None


def _date(text: str) -> Literal | None:
    match = _DATE.fullmatch(text)
    if not match:
        return None
    try:
        datetime.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None
    return Literal(text, datatype=NamedNode(XSD + _DATE_TYPES[len(text)]))


def _integer(text: str) -> Literal | None:
    if not re.fullmatch(r"[0-9]+", text):
        return None
    return Literal(text.lstrip("0") or "0", datatype=NamedNode(XSD + "integer"))


def _decimal(text: str) -> Literal | None:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return None
    plain = f"{Decimal(text):f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return Literal("0" if plain == "-0" else plain, datatype=NamedNode(XSD + "decimal"))


def _url(text: str) -> NamedNode | None:
    try:
        parts, node = urlsplit(text), NamedNode(text)
    except ValueError:
        return None
    return node if parts.scheme in ("http", "https") and parts.netloc else None


def _id(text: str) -> NamedNode | None:
    return NamedNode(BASE + text) if _ID.fullmatch(text) else None


_PARSERS: Final = {
    "date": _date,
    "integer": _integer,
    "decimal": _decimal,
    "url": _url,
    "id": _id,
}
