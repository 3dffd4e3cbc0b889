"""Tokens, terms, property paths and triples: the lower half of the parser."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from iisgraph.errors import IisgraphError
from iisgraph.patterns import Path, Step, Triple
from iisgraph.sparql import Token, tokens_of
from iisgraph.vocab import FIRST, NIL, REST, TYPE

OPENING: Final = {"(": ")", "{": "}", "[": "]"}


class NotUnderstood(IisgraphError):
    """A query that this parser cannot take apart, though an engine may answer it."""


def end_of_group(tokens: Sequence[Token], index: int) -> int | None:
    """The index of the bracket that closes the one at `index`."""
    depth = 0
    for at, token in enumerate(tokens[index:], index):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth == 0:
            return at
    return None


def split(sparql: str) -> Iterator[Token]:
    """Tokens, with the full stop apart that the tokenizer leaves at the end of a name."""
    for token in tokens_of(sparql):
        bare = token.text.rstrip(".")
        ends_early = token.kind == "name" or token.text[0].isdigit() or token.text[0] == "."
        if not ends_early or bare == token.text or bare.endswith("\\"):
            yield token
            continue
        if bare:
            yield Token(token.kind, bare, token.start)
        for offset in range(len(bare), len(token.text)):
            yield Token("mark", ".", token.start + offset)


class _Tokens:
    """Tokens of which the next one is looked at and passed."""

    def __init__(self, text: str, tokens: Sequence[Token], fresh: str) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.fresh = fresh
        self._made = 0
        self._labels: dict[str, str] = {}

    def word(self, ahead: int = 0) -> str:
        """The next token in upper case, '' at the end."""
        index = self.at + ahead
        return self.tokens[index].text.upper() if index < len(self.tokens) else ""

    def next(self) -> Token:
        if self.at == len(self.tokens):
            raise NotUnderstood("the query ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def take(self, *expected: str) -> bool:
        """Whether these tokens come next; if so they are passed."""
        found = all(self.word(i) == text for i, text in enumerate(expected))
        self.at += len(expected) if found else 0
        return found

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise NotUnderstood(f"expected {text}, found {self.word() or 'the end'}")

    @property
    def start(self) -> int:
        return self.tokens[self.at].start if self.at < len(self.tokens) else len(self.text)

    @property
    def end(self) -> int:
        last = self.tokens[self.at - 1]
        return last.start + len(last.text)

    def balanced(self) -> list[Token]:
        """A bracket and all up to its other half."""
        begin = self.at
        closing = [OPENING.get(self.next().text, "")]
        while closing:
            text = self.next().text
            if text in OPENING:
                closing.append(OPENING[text])
            elif text == closing[-1]:
                closing.pop()
        return list(self.tokens[begin : self.at])

    def variable(self) -> str:
        """A variable that the query does not have."""
        self._made += 1
        return f"?{self.fresh}{self._made}"

    def labelled(self, label: str) -> str:
        """The variable that stands for a labelled blank node."""
        if label not in self._labels:
            self._labels[label] = self.variable()
        return self._labels[label]


class Terms(_Tokens):
    """Terms, property paths and triples."""

    def triples(self) -> list[Triple]:
        """The triples of one subject."""
        found: list[Triple] = []
        start = self.start
        has_properties = self.word() in ("[", "(") and self.word(1) not in ("]", ")")
        subject = self._term(found)
        if self._at_verb() or not has_properties:
            self._properties(subject, found, start)
        self.take(".")
        return found

    def _properties(self, subject: str, found: list[Triple], start: int | None = None) -> None:
        while True:
            start = self.start if start is None else start
            predicate = self._path()
            while True:
                inside: list[Triple] = []
                value = self._term(inside)
                found.append(Triple(start, self.end, subject, predicate, value))
                found += inside
                if not self.take(","):
                    break
                start = self.start
            start = None
            if not self.take(";"):
                return
            while self.take(";"):
                pass
            if not self._at_verb():
                return

    def _at_verb(self) -> bool:
        if self.at == len(self.tokens):
            return False
        token = self.tokens[self.at]
        is_variable = token.text[0] in "?$"
        return token.kind in ("iri", "name") or token.text in ("a", "^", "!", "(") or is_variable

    def _term(self, found: list[Triple]) -> str:
        """A term; the triples of blank nodes and lists in it go to `found`."""
        if self.word() == "[":
            return self._blank(found)
        if self.word() == "(":
            return self._list(found)
        return self.simple()

    def simple(self) -> str:
        """A term that is no bracket, as it is written."""
        token = self.next()
        if token.kind == "name" and token.text.startswith("_:"):
            return self.labelled(token.text)
        text = token.text
        if token.kind == "string" and self.word() == "^^":
            self.next()
            return f"{text}^^{self.next().text}"
        if token.kind == "string" and self.word().startswith("@"):
            return text + self.next().text
        if text in ("+", "-"):
            return text + self.next().text
        is_word = token.kind == "word" and text.upper() not in ("TRUE", "FALSE")
        if is_word or token.kind == "mark":
            raise NotUnderstood(f"unexpected {text}")
        return text

    def _blank(self, found: list[Triple]) -> str:
        self.expect("[")
        node = self.variable()
        if self.word() != "]":
            self._properties(node, found)
        self.expect("]")
        return node

    def _list(self, found: list[Triple]) -> str:
        start = self.start
        self.expect("(")
        if self.take(")"):
            return f"<{NIL}>"
        head = cell = self.variable()
        while True:
            item = self._term(found)
            found.append(Triple(start, self.end, cell, f"<{FIRST}>", item))
            last = self.take(")")
            rest = f"<{NIL}>" if last else self.variable()
            found.append(Triple(start, self.end, cell, f"<{REST}>", rest))
            if last:
                return head
            cell = rest

    # ------------------------------------------------------------ paths

    def _path(self) -> Path:
        if self.word()[:1] in ("?", "$") and len(self.word()) > 1:
            return self.next().text
        return self._alternatives()

    def _alternatives(self) -> Path:
        return self._joined("|", lambda: self._joined("/", self._element))

    def _joined(self, sign: str, read_part: Callable[[], Path]) -> Path:
        parts = [read_part()]
        while self.take(sign):
            parts.append(read_part())
        return parts[0] if len(parts) == 1 else Step(sign, tuple(parts))

    def _element(self) -> Path:
        if self.take("^"):
            return Step("^", (self._element(),))
        path = self._primary()
        while self.word() in ("*", "+", "?"):
            path = Step(self.next().text, (path,))
        return path

    def _primary(self) -> Path:
        if self.take("("):
            path = self._alternatives()
            self.expect(")")
            return path
        if self.take("!"):
            return self._negated()
        token = self.next()
        if token.text == "a":
            return f"<{TYPE}>"
        if token.kind not in ("iri", "name"):
            raise NotUnderstood(f"unexpected {token.text}")
        return token.text

    def _negated(self) -> Path:
        start = self.start
        if self.word() == "(":
            self.balanced()
        else:
            self.take("^")
            self.next()
        return Step("!", (self.text[start : self.end],))
