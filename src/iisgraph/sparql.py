"""SPARQL as text: its tokens, its form, and what it would reach for.

A tokenizer of the SPARQL 1.1 grammar (§19.8), so that words in strings, IRIs and
comments count for nothing. Evaluates nothing; the engine's parser judges the rest.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple
from urllib.parse import urljoin

from iisgraph.engine import Clause
from iisgraph.errors import QueryError, QueryRefused
from iisgraph.vocab import BASE, PREFIXES, TYPE

FORMS: Final = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
UPDATES: Final = frozenset(
    {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
)

MOMENTARY: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})
_MAY_BE_MOMENTARY: Final = re.compile("|".join(MOMENTARY), re.IGNORECASE)

_READ: Final = 4
"""Queries whose tokens are remembered: each is looked at several times in a row."""

_TOKEN: Final = re.compile(
    r"""
      (?P<space>   \s+ | \#[^\r\n]* )
    | (?P<iri>     <[^\x00-\x20<>"{}|^`\\]*> )
    | (?P<string>  \"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
                 | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*' )
    | (?P<name>    _: [\w.\-]*
                 | (?:[^\W\d_](?:[\w.\-]*[\w\-])?)? :
                   (?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])* )
    | (?P<other>   [?$]\w+ | @[A-Za-z]+(?:-[A-Za-z0-9]+)* | [\d.]+(?:[eE][+-]?\d+)? )
    | (?P<word>    [A-Za-z]\w* )
    | (?P<mark>    \^\^ | && | \|\| | [<>!]=? | [^\w\s\\"'] )
    """,
    re.VERBOSE | re.DOTALL,
)

DEEPEST: Final = 128
"""Brackets that may stand in one another: each takes some of the engine's stack."""

MOST_PARTS: Final = 2000
"""Clauses and operators of one query: a chain of them takes the engine's stack as well."""

_CHAINS: Final = frozenset({"UNION", "MINUS", "OPTIONAL", "FILTER", "BIND", "GRAPH"})
_OPERATORS: Final = frozenset({"+", "-", "*", "/", "!", "&&", "||"})

_COMPARISON: Final = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.\-]*://).*[#']")
"""An IRI by the grammar that the engine can read as `<`, an expression, a string or comment."""


class Token(NamedTuple):
    """One token: its kind, its text, and where it begins in the query."""

    kind: str
    text: str
    start: int


@dataclass(frozen=True)
class Form:
    """What must be known of a query before it is run."""

    name: str
    clause: Clause
    services: tuple[str, ...]


def inspect(sparql: str) -> Form:
    """The form of a query, its FROM clause with IRIs resolved, and the services it calls.

    Raises:
        QueryError: if its tokens are not those of SPARQL, or no form is named.
        QueryRefused: if it is a SPARQL update.
    """
    tokens = tokens_of(sparql)
    _refuse_two_readings(sparql, tokens)
    _refuse_too_deep(sparql, tokens)
    prefixes = prefixes_of(tokens)
    words = [(t.text.upper(), i) for i, t in enumerate(tokens) if t.kind == "word"]
    name = _named(sparql, tokens)
    following = [_after(tokens, i) for w, i in words if w == "SERVICE"]
    sources = [_after(tokens, index) for index in _froms(tokens)]
    base = base_of(tokens)
    default = tuple(absolute(base, resolve(s[-1], prefixes)) for s in sources if len(s) == 1)
    named = tuple(absolute(base, resolve(s[-1], prefixes)) for s in sources if len(s) > 1)
    services = tuple(_endpoint(base, s[-1], prefixes) for s in following)
    return Form(name, Clause(default, named), services)


def _endpoint(base: str, token: Token, prefixes: Mapping[str, str]) -> str:
    """The absolute IRI behind SERVICE; a variable as it is written."""
    found = resolve(token, prefixes)
    return absolute(base, found) if token.kind in ("iri", "name") else found


def _named(sparql: str, tokens: Sequence[Token]) -> str:
    """The form that a query says it has, behind its prologue."""
    words = (t for t in tokens if t.kind == "word" and t.text.upper() not in ("PREFIX", "BASE"))
    first = next(words, None)
    name = first.text.upper() if first else ""
    place = position(sparql, first.start) if first else (1, 1)
    if name in UPDATES:
        raise QueryRefused(f"this is a SPARQL update ({name}); this graph is read-only", *place)
    if name not in FORMS:
        near = difflib.get_close_matches(name, FORMS, 1, 0.7)
        hint = f"did you mean {near[0]}?" if near else None
        message = f"expected a query beginning with one of {', '.join(sorted(FORMS))}"
        raise QueryError(message, *place, first.text if first else None, hint)
    return name


@lru_cache(_READ)
def tokens_of(sparql: str) -> Sequence[Token]:
    """The tokens of a query, without white space and comments.

    Raises:
        QueryError: at a character that begins no token of the grammar.
    """
    return tuple(each_token(sparql))


def each_token(sparql: str) -> Iterator[Token]:
    """The tokens one by one: those before a mistake, too.

    Raises:
        QueryError: as `tokens_of`, when it is reached.
    """
    if surrogate := re.search("[\ud800-\udfff]", sparql):
        raise QueryError("half a character", *position(sparql, surrogate.start()))
    at = 0
    for match in _TOKEN.finditer(sparql):
        start, end = match.span()
        if start != at:
            break
        if (kind := match.lastgroup) and kind != "space":
            yield Token(kind, match[0], start)
        at = end
    if at < len(sparql):
        raise QueryError(f"unexpected {sparql[at]!r}", *position(sparql, at))


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of an offset in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def prefixes_of(tokens: Sequence[Token]) -> dict[str, str]:
    """The prefixes that hold in a query: those of the house, and its own."""
    return dict(PREFIXES) | dict(_declared(tokens))


def resolve(token: Token, prefixes: Mapping[str, str]) -> str:
    """The IRI that a token stands for; the token itself if it stands for none."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    return prefixes.get(prefix, f"{prefix}:") + local if token.kind == "name" else token.text


def iris_of(sparql: str, prefixes: Mapping[str, str] | None = None) -> Iterator[str]:
    """The IRIs that a query names, `rdf:type` for `a`; `prefixes` are declared outside it.

    Raises:
        QueryError: if its tokens are not those of SPARQL.
    """
    tokens = list(tokens_of(sparql))
    known = {**PREFIXES, **(prefixes or {}), **dict(_declared(tokens))}
    base = base_of(tokens)
    for token in tokens:
        if token.kind in {"iri", "name"}:
            yield absolute(base, resolve(token, known))
        elif token.text == "a":
            yield TYPE


def _declared(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if word.text.upper() == "PREFIX" and name.kind == "name" and iri.kind == "iri":
            yield name.text[:-1], iri.text[1:-1]


def base_of(tokens: Sequence[Token]) -> str:
    """The IRI that relative ones of a query are resolved against."""
    base = BASE
    for word, iri in pairwise(tokens):
        if word.text.upper() == "BASE" and iri.kind == "iri":
            base = absolute(base, iri.text[1:-1])
    return base


def absolute(base: str, iri: str) -> str:
    """An IRI resolved against a base."""
    return iri if ":" in iri.split("/", maxsplit=1)[0] else urljoin(base, iri)


def _froms(tokens: Sequence[Token]) -> Iterator[int]:
    """Where the dataset clause says FROM: before the pattern, and not in a template."""
    in_template = False
    for index, token in enumerate(tokens):
        word = token.text.upper() if token.kind == "word" else token.text
        if word == "{" and tokens[index - 1].text.upper() == "CONSTRUCT":
            in_template = True
        elif word == "}":
            in_template = False
        elif word in ("{", "WHERE") and not in_template:
            return
        elif word == "FROM" and not in_template:
            yield index


def _after(tokens: Sequence[Token], index: int) -> list[Token]:
    """The IRI after FROM or SERVICE, with the word NAMED or SILENT before it, if there."""
    found = []
    for token in tokens[index + 1 : index + 3]:
        found.append(token)
        if token.kind != "word":
            break
    return found or [tokens[index]]


def permit(sparql: str, clause: Clause | None, graphs: Collection[str]) -> Clause:
    """The graphs that a query may read; a `clause` from the protocol replaces its FROM.

    Raises:
        QueryError: if its tokens are not those of SPARQL, or can be read in two ways.
        QueryRefused: if it would write, call a service, or read other graphs.
    """
    form = inspect(sparql)
    chosen = clause or form.clause
    _refuse_outside(sparql, form, chosen, graphs)
    return chosen


def _refuse_outside(sparql: str, form: Form, clause: Clause, graphs: Collection[str]) -> None:
    if form.services:
        place = _find(sparql, "SERVICE")
        service = form.services[0]
        raise QueryRefused(f"SERVICE {service}: federation to other endpoints is off", *place)
    for iri in (*clause.default, *clause.named):
        if iri not in graphs:
            known = "only graphs of this release can be read, and nothing is fetched"
            raise QueryRefused(f"FROM <{iri}>: {known}", *_find(sparql, "FROM"))


def _refuse_two_readings(sparql: str, tokens: Iterable[Token]) -> None:
    """Refuse `(?a<b#>…)`: where strings and comments begin would differ for us and the engine."""
    brackets = [""]
    for token in tokens:
        if token.text in ("(", "{", "["):
            brackets.append(token.text)
        elif token.text in (")", "}", "]") and len(brackets) > 1:
            brackets.pop()
        elif token.kind == "iri" and brackets[-1] == "(" and _COMPARISON.match(token.text):
            message = f"{token.text} has two readings; write a space after <, or a full IRI"
            raise QueryError(message, *position(sparql, token.start))


def _refuse_too_deep(sparql: str, tokens: Iterable[Token]) -> None:
    """Refuse what would overrun the stack of the engine, and so end the process it runs in."""
    depth = parts = 0
    for token in tokens:
        if token.text in ("(", "{", "["):
            depth += 1
        elif token.text in (")", "}", "]"):
            depth -= 1
        elif token.text in _OPERATORS or (token.kind == "word" and token.text.upper() in _CHAINS):
            parts += 1
        if depth > DEEPEST or parts > MOST_PARTS:
            most = f"more than {DEEPEST} brackets in one another"
            most = most if depth > DEEPEST else f"more than {MOST_PARTS} clauses and operators"
            raise QueryRefused(f"the query has {most}", *position(sparql, token.start))


def is_momentary(sparql: str) -> bool:
    """Whether the same query may be answered differently each time: NOW, RAND and the like."""
    if not _MAY_BE_MOMENTARY.search(sparql):
        return False
    return any(t.kind == "word" and t.text.upper() in MOMENTARY for t in tokens_of(sparql))


def require_prefixes(sparql: str) -> None:
    """Refuse a query with a prefix that neither it nor the house declares.

    Raises:
        QueryError: with the place, and the nearest prefix there is.
    """
    tokens = tokens_of(sparql)
    known = prefixes_of(tokens)
    for token in tokens:
        prefix = token.text.partition(":")[0]
        if token.kind == "name" and prefix not in known and prefix != "_":
            near = difflib.get_close_matches(prefix, known, 1, 0.5)
            hint = f"did you mean {near[0]}:?" if near else None
            place = position(sparql, token.start)
            raise QueryError(f"the prefix {prefix}: is not declared", *place, token.text, hint)


def _find(sparql: str, word: str) -> tuple[int, int] | tuple[()]:
    tokens = tokens_of(sparql)
    starts = (t.start for t in tokens if t.kind == "word" and t.text.upper() == word)
    first = next(starts, None)
    return () if first is None else position(sparql, first)


def without_from(sparql: str) -> str:
    """The query with its dataset clause blanked out, every other character in its place."""
    text = list(sparql)
    for start, end in _spans(tokens_of(sparql)):
        text[start:end] = [c if c in "\r\n" else " " for c in text[start:end]]
    return "".join(text)


def _spans(tokens: Sequence[Token]) -> Iterable[tuple[int, int]]:
    for index in _froms(tokens):
        last = _after(tokens, index)[-1]
        yield tokens[index].start, last.start + len(last.text)
