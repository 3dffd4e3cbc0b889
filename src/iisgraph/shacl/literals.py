"""Literals as XML Schema and SPARQL see them: well formed, ordered, matched."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Final

from iisgraph.engine import Literal, NamedNode, Oxigraph
from iisgraph.errors import QueryError, ShapesError
from iisgraph.vocab import RDF, XSD

_ZONE: Final = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_TIME: Final = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_DAY: Final = (
    r"(?P<year>-?(?:[1-9]\d{3,}|0\d{3}))-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])"
)
_FLOAT: Final = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN"
_DAYS: Final = r"(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
_FORMS: Final = {
    "boolean": "true|false|1|0",
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "integer": r"[+-]?\d+",
    "float": _FLOAT,
    "double": _FLOAT,
    "date": _DAY + _ZONE,
    "dateTime": f"{_DAY}T{_TIME}{_ZONE}",
    "dateTimeStamp": f"{_DAY}T{_TIME}(?!$){_ZONE}",
    "time": _TIME + _ZONE,
    "gYear": r"-?(?:[1-9]\d{3,}|0\d{3})" + _ZONE,
    "gYearMonth": r"-?(?:[1-9]\d{3,}|0\d{3})-(?:0[1-9]|1[0-2])" + _ZONE,
    "gMonth": "--(?:0[1-9]|1[0-2])" + _ZONE,
    "gMonthDay": r"--(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])" + _ZONE,
    "gDay": r"---(?:0[1-9]|[12]\d|3[01])" + _ZONE,
    "duration": r"-?P(?=[\dT])(?:\d+Y)?(?:\d+M)?" + _DAYS,
    "dayTimeDuration": r"-?P(?=[\dT])" + _DAYS,
    "yearMonthDuration": r"-?P(?=\d)(?:\d+Y)?(?:\d+M)?",
    "hexBinary": "(?:[0-9A-Fa-f]{2})*",
    "base64Binary": r"(?:(?:X ?){4})*(?:(?:X ?){2}= ?=|(?:X ?){3}=)?".replace("X", "[A-Za-z0-9+/]"),
    "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "normalizedString": r"[^\r\n\t]*",
    "token": r"(?! )(?:[^\r\n\t ]| (?! |$))*",
}
_PATTERNS: Final = {
    XSD + name: re.compile(form, re.ASCII | re.DOTALL).fullmatch for name, form in _FORMS.items()
}
_RANGES: Final[dict[str, tuple[int | None, int | None]]] = {
    XSD + "long": (-(2**63), 2**63 - 1),
    XSD + "int": (-(2**31), 2**31 - 1),
    XSD + "short": (-(2**15), 2**15 - 1),
    XSD + "byte": (-128, 127),
    XSD + "nonNegativeInteger": (0, None),
    XSD + "positiveInteger": (1, None),
    XSD + "nonPositiveInteger": (None, 0),
    XSD + "negativeInteger": (None, -1),
    XSD + "unsignedLong": (0, 2**64 - 1),
    XSD + "unsignedInt": (0, 2**32 - 1),
    XSD + "unsignedShort": (0, 2**16 - 1),
    XSD + "unsignedByte": (0, 255),
}
DATATYPES: Final = frozenset({*_PATTERNS, *_RANGES})
"""The datatypes of which it is known which text is well formed, where not all text is."""


def is_well_formed(literal: Literal) -> bool:
    """Whether the text is in the lexical space of the datatype; of unknown datatypes, it is."""
    datatype = literal.datatype.value
    if datatype == RDF + "langString":
        return bool(literal.language)
    if datatype in _RANGES:
        return _in_range(literal.value, *_RANGES[datatype])
    matches = _PATTERNS.get(datatype)
    found = matches(literal.value) if matches else None
    return not matches or (found is not None and _is_day(found.groupdict()))


def _in_range(text: str, least: int | None, most: int | None) -> bool:
    if not _PATTERNS[XSD + "integer"](text):
        return False
    if len(text) > 30:  # of no bounded type, and too long for int() to be cheap
        return (text[0] == "-" and least is None) or (text[0] != "-" and most is None)
    return (least is None or int(text) >= least) and (most is None or int(text) <= most)


def _is_day(parts: dict[str, str | None]) -> bool:
    """Whether the calendar has the day; the year counts for 29 February alone."""
    if not parts.get("day"):
        return True
    cycle = int((parts.get("year") or "2000")[-4:].lstrip("-") or 0) % 400
    try:
        date(2000 + cycle, int(parts["month"] or 0), int(parts["day"] or 0))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=100_000)
def compare(left: Literal, sign: str, right: Literal) -> bool:
    """Whether SPARQL finds `left < right` (or `<=`); what cannot be compared is not."""
    if not is_well_formed(left) or not is_well_formed(right):
        return False
    return _holds(f"{left} {sign} {right}")


@lru_cache(maxsize=100_000)
def matches(text: str, pattern: str, flags: str) -> bool:
    """Whether SPARQL's REGEX finds the pattern in the text (§4.4.3)."""
    expression = python_pattern(pattern, flags)
    if expression is not None:
        return expression(text)
    return _holds(f"REGEX({Literal(text)}, {Literal(pattern)}, {Literal(flags)})")


@lru_cache(maxsize=1_000)
def python_pattern(pattern: str, flags: str) -> Callable[[str], bool] | None:
    """A pattern as Python reads it; None if it cannot, and the engine has to.

    Raises:
        ShapesError: if the engine cannot read it either.
    """
    import warnings

    known = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}
    if not set(flags) <= {*known, "q"}:
        raise ShapesError(f"unknown flags of a pattern: {flags!r}")
    number = 0
    for flag in flags.replace("q", ""):
        number |= known[flag]
    text = re.escape(pattern) if "q" in flags else pattern
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compiled = re.compile(text, number)
        except (re.error, FutureWarning, DeprecationWarning, OverflowError):
            _holds(f'REGEX("", {Literal(pattern)}, {Literal(flags)})')
            return None
    return lambda value: compiled.search(value) is not None


@lru_cache(maxsize=1_000)
def is_read(pattern: str, flags: str) -> bool:
    """Whether the engine can read a pattern: it knows no lookaround, and has a limit of size."""
    try:
        _holds(f'REGEX("", {Literal(pattern)}, {Literal(flags)})')
    except ShapesError:
        return False
    return True


@lru_cache(maxsize=10_000)
def speaks(tag: str, ranges: tuple[str, ...]) -> bool:
    """Whether a language tag matches one of the ranges (SPARQL langMatches, §4.4.4)."""
    own = tag.lower()
    for each in ranges:
        wanted = each.lower()
        if own and (wanted in ("*", own) or own.startswith(wanted + "-")):
            return True
    return False


@lru_cache(maxsize=1)
def _nothing() -> Oxigraph:
    """A store of nothing, of which expressions are asked."""
    return Oxigraph.of(())


def _holds(expression: str) -> bool:
    """What SPARQL makes of an expression; an error is false, except of a pattern."""
    try:
        rows = list(_nothing().query(f"SELECT (({expression}) AS ?is) {{}}").rows())
    except QueryError as error:
        raise ShapesError(str(error)) from None
    found = rows[0].get("is")
    if found is None and expression.startswith("REGEX"):
        raise ShapesError(f"a pattern that neither this engine nor Python reads: {expression}")
    return found == _TRUE


_TRUE: Final = Literal("true", datatype=NamedNode(XSD + "boolean"))
