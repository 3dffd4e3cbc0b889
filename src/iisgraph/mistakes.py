"""What is wrong with a query: the word at which it goes wrong, and what was perhaps meant.

Looks at the text of a query that has failed; one that has not never comes here.
"""

import difflib
import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from iisgraph.engine import Oxigraph
from iisgraph.errors import QueryError, QueryRefused
from iisgraph.sparql import (
    FORMS,
    UPDATES,
    Token,
    each_token,
    position,
    prefixes_of,
    resolve,
)

_CLAUSES: Final = (
    "PREFIX BASE FROM NAMED WHERE GRAPH SERVICE SILENT OPTIONAL UNION MINUS FILTER EXISTS NOT "
    "BIND AS VALUES UNDEF GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET DISTINCT REDUCED IN "
    "TRUE FALSE A LATERAL VERSION"
)
_AGGREGATES: Final = "COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR"
_FUNCTIONS: Final = (
    "STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN "
    "UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY "
    "HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE "
    "IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE "
    "ADJUST TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE LANGDIR STRLANGDIR HASLANG HASLANGDIR"
)
WORDS: Final = FORMS | UPDATES | frozenset(f"{_CLAUSES} {_AGGREGATES} {_FUNCTIONS}".split())
"""The words of SPARQL, and those of its successor that the engine takes."""

_CLOSING: Final = {"{": "}", "(": ")", "[": "]"}
_MARKS: Final = frozenset("{}()[],;")
_APART: Final = " " * 40
_LONGEST: Final = 60
_TOLD: Final = frozenset({"BY", "WHERE", "NAMED"})
_KINDS: Final = {"$": "a variable", "<": "an IRI", '\\"': "a literal"}
_PARTS: Final = frozenset({"?", ":", "_:", "<<", "<<(", "{|", "~"})
"""Marks that a kind of term begins with too, or that are of SPARQL's successor."""

_SENTENCE: Final = re.compile(r"(?:expected |one of |, )([A-Z]\w*(?: [^\s,]+){2,})")


def explained(error: QueryError, sparql: str) -> QueryError:
    """The error with the word at its place, and a hint where one can be given."""
    return error if error.token else _Text(sparql).explained(error)


class _Text:
    """The text of a query and its tokens, up to the first character that begins none."""

    def __init__(self, sparql: str) -> None:
        self._sparql = sparql
        self._tokens: list[Token] = []
        try:
            self._tokens.extend(each_token(sparql))
        except QueryError:
            self._is_whole = False
        else:
            self._is_whole = bool(self._tokens)

    def explained(self, error: QueryError) -> QueryError:
        if isinstance(error, QueryRefused) or not self._is_whole:
            return self._at(error, error.message, _offset(self._sparql, error))
        words = (t for t in self._tokens if t.kind == "word")
        unknown = next((t for t in words if t.text.upper() not in WORDS), None)
        if unknown:
            near = difflib.get_close_matches(unknown.text.upper(), WORDS, 1, 0.7)
            hint = f"did you mean {near[0]}?" if near else None
            return self._at(error, f"{unknown.text} is no word of SPARQL", unknown.start, hint)
        if error.line is None:
            return self._at(error, error.message, self._named(error.message))
        return self._located(error)

    def _named(self, message: str) -> int | None:
        """Where the function stands that a message names by its IRI."""
        prefixes = prefixes_of(self._tokens)
        calls = (t for t, following in pairwise(self._tokens) if following.text == "(")
        return next((t.start for t in calls if f"<{resolve(t, prefixes)}>" in message), None)

    def _located(self, error: QueryError) -> QueryError:
        """The error at the token that the parser cannot take.

        The parser tells how far it has looked, which is up to a keyword's length ahead; so
        it is given the tokens far apart, and whatever it says falls behind the right one.
        """
        text, starts = _spread(self._tokens)
        try:
            Oxigraph().query(text)
        except QueryError as found:
            at, said = _offset(text, found), found.message
        else:
            return self._at(error, error.message, _offset(self._sparql, error))
        is_end = at is None or at >= len(text) - 1
        index = max(bisect_right(starts, at or 0) - 1, 0)
        start = None if is_end else self._tokens[index].start
        if sentence := _SENTENCE.search(said):
            return self._at(error, sentence[1], start)
        if start is None:
            message = "the query ends too early" + _expected(said)
            return self._at(error, message, len(self._sparql), self._unclosed())
        return self._at(error, f"unexpected '{self._word(start)}'{_expected(said)}", start)

    def _at(
        self, error: QueryError, message: str, start: int | None, hint: str | None = None
    ) -> QueryError:
        if start is None:
            return type(error)(message, hint=hint)
        place = position(self._sparql, start)
        return type(error)(message, *place, self._word(start), hint)

    def _word(self, start: int) -> str | None:
        """The token that begins there, else what stands there; None at the end of the text."""
        token = next((t.text for t in self._tokens if t.start == start), None)
        rest = re.match(r"\S+", self._sparql[start : start + _LONGEST])
        found = token or (rest[0] if rest else None)
        return found[:_LONGEST] if found else None

    def _unclosed(self) -> str | None:
        """That a bracket is not closed, with the place of the innermost one."""
        opened: list[Token] = []
        for token in self._tokens:
            if token.text in _CLOSING:
                opened.append(token)
            elif opened and token.text == _CLOSING[opened[-1].text]:
                opened.pop()
        if not opened:
            return None
        line, column = position(self._sparql, opened[-1].start)
        return f"{opened[-1].text} of line {line}, column {column} is not closed"


def _spread(tokens: Sequence[Token]) -> tuple[str, list[int]]:
    """The tokens with much space where there was some or may be some, and where each begins."""
    parts: list[str] = []
    starts: list[int] = []
    at, before = 0, None
    for token in tokens:
        if before is not None and (
            before.start + len(before.text) < token.start or {token.text, before.text} & _MARKS
        ):
            parts.append(_APART)
            at += len(_APART)
        starts.append(at)
        parts.append(token.text)
        at += len(token.text)
        before = token
    return "".join((*parts, _APART)), starts


def _expected(message: str) -> str:
    """What the parser would have taken, as far as it tells: kinds of terms, marks, few words.

    Of words it names only the longest, so most that it names are not helpful.
    """
    marks = re.findall(r'"((?:[^"\\]|\\.)+)"', message)
    kinds = [kind for mark, kind in _KINDS.items() if mark in marks]
    if "a literal" not in kinds:
        kinds += [f"'{mark}'" for mark in marks if mark not in _KINDS and mark not in _PARTS]
    kinds += [word for word in re.findall(r"[A-Z]+", message) if word in _TOLD]
    return f", expected {' or '.join(kinds)}" if kinds else ""


def _offset(text: str, error: QueryError) -> int | None:
    if error.line is None or error.column is None:
        return None
    before = text.split("\n")[: error.line - 1]
    return sum(len(line) + 1 for line in before) + error.column - 1
