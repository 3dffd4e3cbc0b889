"""One cell: is it what its column promises, and which term does it stand for?"""

import datetime
import re
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from iisgraph.engine import Literal, NamedNode, Term
from iisgraph.tables.layouts import Column
from iisgraph.tables.register import Register, slug, tail
from iisgraph.tables.templates import Value
from iisgraph.vocab import BASE, XSD

_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DATE_TYPES: Final = {4: "gYear", 7: "gYearMonth", 10: "date"}
_LITERALS: Final = {"text", "date", "integer", "decimal", "url", "id"}
_SEPARATOR: Final = ";"


class CellError(ValueError):
    """A cell that is not what its column promises; the message says what was expected."""


def values(column: Column, row: dict[str, str], register: Register) -> list[Value]:
    """The values of a cell; none if it is blank.

    Raises:
        CellError: if it is blank and must not be, or is not what its column holds.
    """
    text = row[column.of]
    if not text:
        if column.required:
            raise CellError(f"is blank, expected {expectation(column)}")
        return []
    parts = [p.strip() for p in text.split(_SEPARATOR)] if column.many else [text]
    found = [_value(column, part, row, register) for part in parts if part]
    return [value for value in found if value]


def _value(column: Column, text: str, row: dict[str, str], register: Register) -> Value | None:
    if column.pattern and not column.pattern.fullmatch(text):
        raise CellError(f"is {text!r}, expected {expectation(column)}")
    kind = column.kinds[0]
    if kind in _LITERALS:
        in_address = text if column.pattern else slug(text)
        return Value(text, _literal(column, text, row), in_address)
    if column.within:
        country = row[column.within]
        if not country:
            raise CellError(f"is {text!r}, and {column.within} is blank: where is it?")
        return _named(text, register.place(country, text))
    node = register.find(column.kinds, text)
    if node is None and not column.skip_unknown:
        near = register.near(column.kinds, text)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise CellError(f"is {text!r}, expected {expectation(column)}{hint}")
    return _named(text, node) if node else None


def _named(text: str, node: NamedNode) -> Value:
    return Value(text, node, tail(node))


def expectation(column: Column) -> str:
    """What a cell of a column holds, in words."""
    kind = column.kinds[0]
    if column.pattern:
        return f"the form {column.pattern.pattern}"
    if kind in _LITERALS:
        return _EXPECTATIONS[kind]
    kinds = " or ".join(
        f"a concept of {k}" if k.startswith("scheme/") else f"the id or name of a known {k}"
        for k in column.kinds
    )
    return f"{kinds}, several apart by {_SEPARATOR}" if column.many else kinds


_EXPECTATIONS: Final = {
    "text": "a text",
    "date": "a date as fully as it is known: 2017-02-02, 2017-02 or 2017",
    "integer": "a whole number of at least 0",
    "decimal": "a decimal number such as -12.5",
    "url": "an address that begins with http:// or https://",
    "id": "an id in small letters, digits and hyphens",
}


def _literal(column: Column, text: str, row: dict[str, str]) -> Term:
    kind = column.kinds[0]
    term = _PARSERS[kind](text) if kind != "text" else _text(column, text, row)
    if term is None:
        raise CellError(f"is {text!r}, expected {expectation(column)}")
    return term


def _text(column: Column, text: str, row: dict[str, str]) -> Literal:
    """A text in the language of its column; `{name}` means: in the language of that cell.

    A text in [square brackets] is a description of ours, hence in English.
    """
    language = column.language
    if language and language.startswith("{"):
        language = "en" if text.startswith("[") else row[language[1:-1]]
        language = None if language == "mul" else language
    return Literal(text, language=language) if language else Literal(text)


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
    if not re.fullmatch(r"\d+", text):
        return None
    return Literal(str(int(text)), datatype=NamedNode(XSD + "integer"))


def _decimal(text: str) -> Literal | None:
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return None
    number = Decimal(text)
    plain = f"{number.normalize():f}" if number else "0"
    return Literal(plain, datatype=NamedNode(XSD + "decimal"))


def _url(text: str) -> NamedNode | None:
    parts = urlsplit(text)
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or re.search(r"[\s<>\"{}|\\^`]", text)
    ):
        return None
    return NamedNode(text)


def _id(text: str) -> NamedNode | None:
    return NamedNode(BASE + text) if _ID.fullmatch(text) else None


_PARSERS: Final = {
    "date": _date,
    "integer": _integer,
    "decimal": _decimal,
    "url": _url,
    "id": _id,
}
