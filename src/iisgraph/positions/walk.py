"""Walks through a document and tells, quad by quad, which tokens it was written with.

The grammar is Turtle's, in which TriG, N-Triples and N-Quads are contained; nesting
is kept on a stack of frames, not in calls, so that depth costs nothing. What one token
completes comes in one batch: a parser may hand such quads over in either order.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final, NamedTuple, TypeAlias

from iisgraph.positions.tokens import Token

Span: TypeAlias = tuple[int, int]


class Written(NamedTuple):
    """A term as written: equal keys are equal terms; the span is where it stands."""

    key: Hashable
    span: Span


class Statement(NamedTuple):
    """A quad as written; the graph is left out."""

    subject: Written
    predicate: Written
    value: Written


class Prefix(NamedTuple):
    """A prefix as declared, and where its name stands."""

    name: str
    span: Span


@dataclass
class _Frame:
    """What is open: a statement, `[`, `(`, `{|`, `<<` or `<<(`, and what it waits for.

    `role` tells what the whole will be for the frame below: its subject or its value.
    """

    opened: str
    start: int = 0
    role: str = ""
    waits: str = "subject"
    subject: Written | None = None
    predicate: Written | None = None
    value: Written | None = None
    head: Written | None = None
    reifier: Written | None = None
    awaits_reifier: bool = False


_TERMS: Final = frozenset({"iri", "name", "blank", "number", "string", "word"})
_OPENING: Final = frozenset({"[", "(", "<<", "<<("})
_DIRECTIVES: Final = frozenset({"prefix", "base", "version"})
_QUIET: Final = frozenset({"<<", "<<("})
_CLOSING: Final = {"[": "]", "{|": "|}", "<<": ">>", "<<(": ")>>"}
_FIRST: Final = "first"
_REST: Final = "rest"
_REIFIES: Final = "reifies"


@dataclass
class Walk:
    """One walk through the tokens of a document; `prefixes` is full once it has ended."""

    prefixes: list[Prefix] = field(default_factory=list)
    _frames: list[_Frame] = field(default_factory=lambda: [_Frame("")])
    _batch: list[Statement] = field(default_factory=list)
    _text: Token | None = None
    _typed: bool = False
    _directive: str = ""
    _epoch: int = 0
    _anonymous: Iterator[int] = field(default_factory=count)

    def batches(self, tokens: Iterable[Token]) -> Iterator[list[Statement]]:
        """The quads that each token completes, in the order of the document."""
        for token in tokens:
            self._take(token)
            if self._batch:
                yield self._batch
                self._batch = []

    def _take(self, token: Token) -> None:
        if self._directive:
            self._direct(token)
        elif self._text is None:
            self._plain(token)
        elif token.text == "^^":
            self._typed = True
        elif token.kind == "at" or self._typed:
            self._literal(token, token.end)
        else:
            self._literal(None, self._text.end)
            self._plain(token)

    def _literal(self, suffix: Token | None, end: int) -> None:
        """Complete the literal whose text was read."""
        text, self._text, self._typed = self._text, None, False
        assert text
        key = (text.text, suffix and suffix.text, self._epoch)
        self._value(Written(key, (text.start, end)))

    def _direct(self, token: Token) -> None:
        """A directive ends with its IRI, or the string of a version."""
        if self._directive == "prefix" and token.kind == "name":
            self.prefixes.append(Prefix(token.text[:-1], (token.start, token.end)))
        else:
            self._directive = ""
            self._epoch += 1

    def _plain(self, token: Token) -> None:
        frame = self._frames[-1]
        if frame.awaits_reifier:
            frame.awaits_reifier = False
            named = token.kind in _TERMS
            self._reify(frame, self._term(token) if named else self._new(token))
            if named:
                return
        if frame.opened == "(":
            self._in_list(frame, token)
        elif frame.opened == "[" and frame.waits == "first":
            self._in_brackets(frame, token)
        else:
            self._in_statement(frame, token)

    def _in_brackets(self, frame: _Frame, token: Token) -> None:
        """The token behind `[`: at once `]`, or the first predicate."""
        if token.text == "]":
            self._close(frame, token)
        else:
            frame.waits = "predicate"
            self._in_statement(frame, token)

    def _in_list(self, frame: _Frame, token: Token) -> None:
        if token.text == ")" and token.kind == "mark":
            nil = Written("nil", (frame.start, token.end))
            if frame.subject:
                self._emit(frame.subject, Written(_REST, nil.span), Written("nil", nil.span))
            self._frames.pop()
            self._settle(frame, frame.head or nil, emitted=frame.head is not None)
            return
        span = (token.start, token.end) if frame.head else (frame.start, frame.start + 1)
        cell = Written(next(self._anonymous), span)
        if frame.subject:
            self._emit(frame.subject, Written(_REST, cell.span), cell)
        else:
            frame.head = cell
            self._announce(frame, cell)
        frame.subject = cell
        frame.predicate = Written(_FIRST, cell.span)
        self._object(token)

    def _announce(self, frame: _Frame, head: Written) -> None:
        """A list is the value of what holds it as soon as it has a member."""
        below = self._frames[-2]
        if frame.role == "value" and below.opened not in _QUIET:
            assert below.subject
            assert below.predicate
            self._emit(below.subject, below.predicate, head)

    def _in_statement(self, frame: _Frame, token: Token) -> None:
        if token.kind == "mark" and self._punctuation(frame, token):
            return
        if frame.waits == "subject":
            self._subject(frame, token)
        elif frame.waits == "predicate":
            frame.predicate = self._term(token)
            frame.waits = "value"
        elif frame.waits == "value":
            self._object(token)

    def _punctuation(self, frame: _Frame, token: Token) -> bool:
        """Whether the token is a mark that ends or continues something."""
        mark = token.text
        if mark in _OPENING:
            return False
        if mark == _CLOSING.get(frame.opened):
            self._close(frame, token)
        elif mark == ";":
            frame.waits, frame.reifier = "predicate", None
        elif mark == ",":
            frame.waits, frame.reifier = "value", None
        elif mark == "~":
            frame.awaits_reifier = True
        elif mark == "{|":
            reifier = frame.reifier or self._reify(frame, self._new(token))
            opened = _Frame("{|", token.start, "annotation", "predicate", subject=reifier)
            self._frames.append(opened)
        else:  # the end of a statement, or of a graph, or its beginning
            self._frames[-1] = _Frame("")
        return True

    def _subject(self, frame: _Frame, token: Token) -> None:
        directive = token.text.lower().removeprefix("@")
        if token.kind in {"at", "word"} and directive in _DIRECTIVES:
            self._directive = directive
        elif token.text in _OPENING:
            self._open(token, "subject")
        elif token.kind != "word":  # GRAPH
            frame.subject = self._term(token)
            frame.waits = "predicate"

    def _object(self, token: Token) -> None:
        if token.text in _OPENING:
            self._open(token, "value")
        elif token.kind == "string":
            self._text = token
        else:
            self._value(self._term(token))

    def _open(self, token: Token, role: str) -> None:
        waits = {"[": "first", "(": "value"}.get(token.text, "subject")
        frame = _Frame(token.text, token.start, role, waits)
        if token.text == "[":
            frame.subject = self._new(token)
        self._frames.append(frame)

    def _close(self, frame: _Frame, token: Token) -> None:
        """`]`, `|}`, `>>` or `)>>`: what was open becomes a term of the frame below."""
        self._frames.pop()
        span = (frame.start, token.end)
        if frame.opened == "{|":
            self._frames[-1].reifier = None
        elif frame.opened == "[":
            assert frame.subject
            self._settle(frame, Written(frame.subject.key, span))
        else:
            term = Written((frame.subject, frame.predicate, frame.value, self._epoch), span)
            if frame.opened == "<<":
                reifier = frame.reifier or self._new(token)
                if frame.reifier is None:
                    self._emit(reifier, Written(_REIFIES, span), term)
                term = Written(reifier.key, span)
            self._settle(frame, term)

    def _settle(self, frame: _Frame, term: Written, *, emitted: bool = False) -> None:
        """Give what a closed frame came to to the frame that holds it."""
        below = self._frames[-1]
        if frame.role == "subject":
            below.subject, below.waits = term, "predicate"
        elif not emitted:
            self._value(term)
        else:
            below.value, below.waits = term, "after"

    def _value(self, value: Written) -> None:
        frame = self._frames[-1]
        frame.value = value
        frame.waits = "after" if frame.opened != "(" else "value"
        if frame.opened not in _QUIET:
            assert frame.subject
            assert frame.predicate
            self._emit(frame.subject, frame.predicate, value)

    def _reify(self, frame: _Frame, reifier: Written) -> Written:
        """A name for the triple that was just read (RDF 1.2)."""
        frame.reifier = reifier
        term = Written((frame.subject, frame.predicate, frame.value, self._epoch), reifier.span)
        self._emit(reifier, Written(_REIFIES, reifier.span), term)
        return reifier

    def _emit(self, subject: Written, predicate: Written, value: Written) -> None:
        self._batch.append(Statement(subject, predicate, value))

    def _new(self, token: Token) -> Written:
        return Written(next(self._anonymous), (token.start, token.end))

    def _term(self, token: Token) -> Written:
        key = token.text if token.kind == "blank" else (token.text, self._epoch)
        return Written(key, (token.start, token.end))
