"""From the tokens of a query to its parse tree: what the rewrites look at, and no more.

A query with anything else in it (blank nodes, collections, SERVICE, …) has no tree.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from iisgraph.rewrite.tree import (
    RDF_TYPE,
    Block,
    Data,
    Filter,
    Group,
    Node,
    Part,
    Pattern,
    Select,
    Triples,
)
from iisgraph.sparql import Token, absolute, base_of, prefixes_of, resolve, tokens_of

_VERBS: Final = frozenset("^!(")
_MODIFIERS: Final = frozenset("*+?")


class NotUnderstoodError(Exception):
    """Something in the query that no rewrite knows; it is left as it is."""


def parse(sparql: str, tokens: Sequence[Token] = ()) -> Select:
    """The tree of a query; its head is empty for a form other than SELECT.

    Raises:
        NotUnderstoodError: if something is in it that no rewrite knows.
    """
    return _Parser(sparql, tokens or tuple(tokens_of(sparql))).query()


class _Parser:
    """Recursive descent over the tokens; knows only where it is."""

    def __init__(self, sparql: str, tokens: Sequence[Token]) -> None:
        if "\\" in sparql or "_:" in sparql:  # escapes in names, and blank nodes
            raise NotUnderstoodError
        self.sparql = sparql
        self.tokens = tokens
        self.at = 0
        self.prefixes = prefixes_of(tokens)
        self.base = base_of(tokens)

    # ------------------------------------------------------------ tokens

    @property
    def text(self) -> str:
        """The token here; keywords in capitals, nothing at the end."""
        if self.at >= len(self.tokens):
            return ""
        token = self.tokens[self.at]
        return token.text.upper() if token.kind == "word" and token.text != "a" else token.text

    @property
    def start(self) -> int:
        """Where the token here begins."""
        self._need(self.at < len(self.tokens))
        return self.tokens[self.at].start

    @property
    def end(self) -> int:
        """Where the token before ends."""
        token = self.tokens[self.at - 1]
        return token.start + len(token.text)

    def _need(self, condition: object) -> None:
        if not condition:
            raise NotUnderstoodError

    def _take(self, text: str) -> None:
        self._need(self.text == text)
        self.at += 1

    def _next(self) -> Token:
        self._need(self.at < len(self.tokens))
        self.at += 1
        return self.tokens[self.at - 1]

    # ------------------------------------------------------------ queries and groups

    def query(self) -> Select:
        """A whole query without a dataset clause."""
        while self.text in ("PREFIX", "BASE"):
            self.at += 3 if self.text == "PREFIX" else 2
        form, begin = self.text, self.at
        self._need(form in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
        if form == "CONSTRUCT":
            self.at += 1
            self._need(self.text == "{")  # the short form's template is its pattern
            self._skip_braces()
        start = self.tokens[begin].start
        head = self._head(begin)
        where = self.group()
        tail = tuple(self.tokens[self.at :])
        return Select(start, len(self.sparql), head if form == "SELECT" else (), where, tail)

    def group(self) -> Group:
        """A group, or a subselect between braces."""
        start = self.start
        self._take("{")
        if self.text == "SELECT":
            select = self._subselect()
            self._take("}")
            return Group(start, self.end, (), select)
        parts = []
        while self.text != "}":
            parts.append(self._part())
        self._take("}")
        return Group(start, self.end, tuple(parts))

    def _subselect(self) -> Select:
        start, begin = self.start, self.at
        head = self._head(begin)
        where = self.group()
        after, depth = self.at, 0
        while depth or self.text != "}":
            depth += {"{": 1, "}": -1}.get(self._next().text, 0)
        return Select(start, self.end, head, where, tuple(self.tokens[after : self.at]))

    def _head(self, begin: int) -> tuple[Token, ...]:
        """All up to the brace of the group; an aggregate may hold no EXISTS."""
        while self.text != "{":
            self._need(self.text not in ("FROM", "EXISTS", ""))
            self.at += 1
        return tuple(self.tokens[begin : self.at])

    def _skip_braces(self) -> None:
        depth = 0
        while True:
            depth += {"{": 1, "}": -1}.get(self._next().text, 0)
            if not depth:
                return

    # ------------------------------------------------------------ parts

    def _part(self) -> Part:
        keyword, start = self.text, self.start
        if keyword == "FILTER":
            return self._filter()
        if keyword == "{":
            return self._union(start)
        if keyword in ("OPTIONAL", "MINUS", "GRAPH"):
            self.at += 1
            graph = self._next().text if keyword == "GRAPH" else ""
            group = self.group()
            return Block(start, self._dot(), keyword, (group,), graph)
        if keyword == "BIND":
            self.at += 1
            self._parentheses([])
            return Data(start, self._dot(), frozenset())
        if keyword == "VALUES":
            return self._values()
        return self._triples()

    def _dot(self) -> int:
        """The end of a part; the full stop after it belongs to it."""
        if self.text == ".":
            self.at += 1
        return self.end

    def _union(self, start: int) -> Block:
        groups = [self.group()]
        while self.text == "UNION":
            self.at += 1
            groups.append(self.group())
        return Block(start, self._dot(), "UNION", tuple(groups))

    def _filter(self) -> Filter:
        start = self.start
        self.at += 1
        begin = self.at
        bare = 1 if self.text == "(" else 0
        negated = self._ahead(bare) == "NOT"
        if self._ahead(bare + negated) == "EXISTS":
            self.at += bare + negated + 1
            group = self.group()
            if not bare or self.text == ")":
                self.at += bare
                return Filter(start, self._dot(), (), (group,), alone=True, negated=negated)
            self.at = begin
        if not bare:
            self.at += 1  # the name of a function
        groups: list[Group] = []
        self._parentheses(groups)
        found = tuple(self.tokens[begin : self.at])
        equal = tuple(self._equal(found)) if bare and len(found) > 4 else ()
        return Filter(start, self._dot(), found, tuple(groups), equal)

    def _ahead(self, by: int) -> str:
        index = self.at + by
        return self.tokens[index].text.upper() if index < len(self.tokens) else ""

    def _parentheses(self, groups: list[Group]) -> None:
        """All up to the parenthesis that closes the one here."""
        self._need(self.text == "(")
        depth = 0
        while True:
            if self.text == "{":
                groups.append(self.group())
                continue
            depth += {"(": 1, ")": -1}.get(self._next().text, 0)
            if not depth:
                return

    def _values(self) -> Data:
        start, begin = self.start, self.at
        while self.text != "{":
            self._next()
        names = {t.text[1:] for t in self.tokens[begin : self.at] if t.text[0] in "?$"}
        self._skip_braces()
        undefined = any(t.text.upper() == "UNDEF" for t in self.tokens[begin : self.at])
        return Data(start, self._dot(), frozenset() if undefined else frozenset(names))

    def _equal(self, tokens: Sequence[Token]) -> Iterator[tuple[str, Node]]:
        """The pairs of variable and term of `(?a = term)`, or of such joined by &&."""
        parts: list[list[Token]] = [[]]
        depth = 0
        for token in tokens[1:-1]:
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if token.text == "||" and not depth:
                return
            if token.text == "&&" and not depth:
                parts.append([])
            else:
                parts[-1].append(token)
        for part in parts:
            texts = [token.text for token in part]
            at = texts.index("=") if "=" in texts else 0
            sides = (part[:at], part[at + 1 :])
            for variable, term in (sides, sides[::-1]):
                if len(variable) == 1 and variable[0].text[0] in "?$" and _is_term(term):
                    yield variable[0].text[1:], self._term(term)

    def _term(self, tokens: Sequence[Token]) -> Node:
        one = len(tokens) == 1 and tokens[0].kind != "string"
        return self._single(tokens[0]) if one else Node("".join(t.text for t in tokens))

    # ------------------------------------------------------------ triple patterns

    def _triples(self) -> Triples:
        start = self.start
        patterns: list[Pattern] = []
        while self._begins_term():
            patterns.extend(self._same_subject())
            if self.text != ".":
                break
            self.at += 1
        self._need(patterns)
        return Triples(start, self.end, tuple(patterns))

    def _begins_term(self) -> bool:
        if self.at >= len(self.tokens):
            return False
        token = self.tokens[self.at]
        return token.kind in ("iri", "name", "string", "other")

    def _same_subject(self) -> Iterator[Pattern]:
        subject = self._node()
        while True:
            verb = self._verb()
            yield Pattern(subject, verb, self._node())
            while self.text == ",":
                self.at += 1
                yield Pattern(subject, verb, self._node())
            if self.text != ";":
                return
            while self.text == ";":
                self.at += 1
            if self.text in (".", "}"):
                return

    def _verb(self) -> Node:
        """A predicate or a property path."""
        begin, depth = self.at, 0
        while True:
            while self.text and self.text in _VERBS:
                depth += self._next().text == "("
            token = self._next()
            self._need(token.text[-1] != ".")
            self._need(token.kind in ("iri", "name") or token.text[0] in "?$a")
            while (self.text == ")" and depth) or (self.text and self.text in _MODIFIERS):
                self._need(self.text != "+" or not self._ahead(1)[:1].isdigit())
                depth -= self._next().text == ")"
            if self.text not in ("/", "|"):
                break
            self.at += 1
        self._need(not depth)
        if self.at == begin + 1:
            return self._single(self.tokens[begin])
        return Node(self.sparql[self.tokens[begin].start : self.end])

    def _node(self) -> Node:
        token = self._next()
        if token.kind != "string":
            sign = token.text in ("+", "-")
            return Node(token.text + self._next().text) if sign else self._single(token)
        if self.text == "^^":
            self.at += 2
        elif self.text.startswith("@"):
            self.at += 1
        return Node(self.sparql[token.start : self.end])

    def _single(self, token: Token) -> Node:
        text = token.text
        if token.kind == "other" and text[0] in "?$":
            return Node(text, variable=text[1:])
        if text == "a":
            return Node(text, iri=RDF_TYPE)
        if token.kind in ("iri", "name"):
            self._need(text[-1] != ".")
            iri = resolve(token, self.prefixes)
            whole = absolute(self.base, iri)
            return Node(text, iri=whole, exact=whole == iri)
        known = token.kind == "other" and text[0].isdigit() and text[-1] != "."
        self._need(known or text.lower() in ("true", "false"))
        return Node(text)


def _is_term(tokens: Sequence[Token]) -> bool:
    """Whether it is an IRI or a string, with or without language: equal means the same."""
    kinds = [token.kind for token in tokens]
    if kinds == ["string", "other"]:
        return tokens[1].text.startswith("@")
    return kinds in (["iri"], ["name"], ["string"])
