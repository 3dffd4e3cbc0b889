"""From the text of a query to its tree.

For queries that the engine accepts: it tells the parts apart and judges nothing.
"""

from collections.abc import Sequence
from typing import Final

from iisgraph.patterns import (
    Bind,
    Column,
    Filter,
    Graph,
    Group,
    Minus,
    Modifiers,
    Optional,
    Part,
    Query,
    Select,
    Triple,
    Union,
    Values,
)
from iisgraph.patterns.terms import OPENING, NotUnderstood, Terms, split
from iisgraph.sparql import Token

_AFTER: Final = frozenset({"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})


def read(sparql: str) -> Query:
    """Take a query apart.

    Raises:
        QueryError: if its tokens are not those of SPARQL.
        NotUnderstood: if it has a part that SPARQL 1.1 does not know.
    """
    tokens = list(split(sparql))
    names = {token.text[1:] for token in tokens if token.text[0] in "?$"}
    fresh = "_"
    while any(name.startswith(fresh) for name in names):
        fresh += "_"
    reader = _Reader(sparql, tokens, fresh)
    try:
        query = reader.query()
    except IndexError:
        raise NotUnderstood("brackets that hold too little") from None
    if reader.word():
        raise NotUnderstood(f"unexpected {reader.word()}")
    return query


class _Reader(Terms):
    """Groups and queries."""

    def query(self) -> Query:
        """A query from its prologue to its end, or to the bracket that closes it."""
        start = self.start
        while self.word() in ("PREFIX", "BASE"):
            self.at += 3 if self.word() == "PREFIX" else 2
        prologue = self.text[start : self.start]
        form = self.next().text.upper()
        columns = self._columns() if form == "SELECT" else None
        template = self._template() if form == "CONSTRUCT" and self.word() == "{" else ()
        while self.word() not in ("WHERE", "{", ""):
            self.next()
        self.take("WHERE")
        where = self.group() if self.word() == "{" else Group(self.start, self.start, ())
        if form == "CONSTRUCT" and not template:
            template = tuple(part for part in where.parts if isinstance(part, Triple))
        modifiers = self._modifiers()
        return Query(
            start, self.end, self.text, form, prologue,
            columns, template, where, modifiers, self.fresh,
        )  # fmt: skip

    def _columns(self) -> tuple[Column, ...] | None:
        if self.word() in ("DISTINCT", "REDUCED"):
            self.next()
        if self.take("*"):
            return None
        found = []
        while self.word() not in ("FROM", "WHERE", "{", ""):
            found.append(self._column())
        return tuple(found)

    def _column(self) -> Column:
        if self.word() != "(":
            return Column(self.next().text[1:])
        tokens = self.balanced()
        expression = self.text[tokens[1].start : tokens[-3].start]
        return Column(tokens[-2].text[1:], expression.strip())

    def _template(self) -> tuple[Triple, ...]:
        self.expect("{")
        found: list[Triple] = []
        while not self.take("}"):
            found += self.triples()
        return tuple(found)

    def _modifiers(self) -> Modifiers:
        parts: dict[str, Part] = {}
        keys, values = None, None
        while self.word() in _AFTER:
            start, word = self.start, self.word()
            if word == "VALUES":
                values = self._values()
                continue
            self.next()
            if word == "GROUP":
                keys = self._keys()
            while self.word() and self.word() not in _AFTER | {"}"}:
                self.balanced() if self.word() in OPENING else self.next()
            parts[word] = Part(start, self.end)
        having, order, limit, offset = map(parts.get, ("HAVING", "ORDER", "LIMIT", "OFFSET"))
        return Modifiers(keys, having, order, limit, offset, values)

    def _keys(self) -> tuple[str | None, ...]:
        self.expect("BY")
        found: list[str | None] = []
        while self.word() and self.word() not in _AFTER | {"}"}:
            if self.word() == "(":
                tokens = self.balanced()
                named = tokens[-3].text.upper() == "AS"
                found.append(tokens[-2].text[1:] if named else None)
            elif self.word()[0] in "?$":
                found.append(self.next().text[1:])
            else:
                self.next()
                self.balanced()
                found.append(None)
        return tuple(found)

    def group(self) -> Group:
        """`{ … }`."""
        start = self.start
        self.expect("{")
        parts: list[Part] = []
        if self.word() == "SELECT":
            query = self.query()
            parts.append(Select(query.start, query.end, query))
        while not self.take("}"):
            parts += self._part()
            self.take(".")
        return Group(start, self.end, tuple(parts))

    def _part(self) -> list[Part]:
        start, word = self.start, self.word()
        if word == "{":
            return [self._union()]
        if self.tokens[self.at].kind != "word" or word in ("TRUE", "FALSE"):
            return list(self.triples())
        if word == "VALUES":
            return [self._values()]
        self.next()
        if word in ("OPTIONAL", "MINUS"):
            group = self.group()
            kind = Optional if word == "OPTIONAL" else Minus
            return [kind(start, self.end, group)]
        if word == "GRAPH":
            name = self.simple()
            group = self.group()
            return [Graph(start, self.end, name, group)]
        if word == "FILTER":
            return [self._filter(start)]
        if word == "BIND":
            tokens = self.balanced()
            names = _variables(tokens[:-2])
            return [Bind(start, self.end, names, tokens[-2].text[1:])]
        raise NotUnderstood(f"unexpected {word}")

    def _union(self) -> Part:
        start = self.start
        branches = [self.group()]
        while self.take("UNION"):
            branches.append(self.group())
        return branches[0] if len(branches) == 1 else Union(start, self.end, tuple(branches))

    def _filter(self, start: int) -> Filter:
        begin = self.at
        while self.word() not in OPENING:
            self.next()
        self.balanced()
        tokens = self.tokens[begin : self.at]
        words = [token.text.upper() for token in tokens]
        negated = any(words[i - 1] == "NOT" for i, w in enumerate(words) if w == "EXISTS" and i)
        return Filter(start, self.end, _variables(tokens), "EXISTS" in words, negated)

    def _values(self) -> Values:
        start = self.start
        self.expect("VALUES")
        names = self.balanced() if self.word() == "(" else [self.next()]
        total = all(token.text.upper() != "UNDEF" for token in self.balanced())
        variables = tuple(t.text[1:] for t in names if t.text[0] in "?$")
        return Values(start, self.end, variables, total)


def _variables(tokens: Sequence[Token]) -> frozenset[str]:
    return frozenset(t.text[1:] for t in tokens if t.text[0] in "?$" and len(t.text) > 1)
