"""The tokens of Turtle, TriG, N-Triples and N-Quads, and where they stand.

Cuts only what the parser has already accepted, so it need not tell good from bad.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final, NamedTuple

NAME: Final = r"0-9A-Za-z_\-\u0080-\U0010ffff"
_ESCAPED: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_EXPONENT: Final = r"[eE][+-]?[0-9]+"

_TOKEN: Final = re.compile(
    rf"""
    [\ \t\r\n]*+ (?: \#[^\r\n]*+ [\ \t\r\n]*+ )*+
    (?: (?P<string> \"\"\" (?: [^"\\] | \\. | "(?!"") )*+ \"\"\"
              | ''' (?: [^'\\] | \\. | '(?!'') )*+ '''
              | " (?: [^"\\\r\n] | \\. )*+ " | ' (?: [^'\\\r\n] | \\. )*+ ' )
  | (?P<mark> <<\( | \)>> | << | >> | \{{\| | \|\}} | \^\^ | [;,\[\](){{}}~] | \.(?![0-9]) )
  | (?P<iri> < [^<>]*+ > )
  | (?P<at> @ [A-Za-z]++ (?: -{{1,2}} [A-Za-z0-9]++ )*+ )
  | (?P<blank> _: [{NAME}]++ (?: \.++ [{NAME}]++ )*+ )
  | (?P<name> (?: [{NAME}]++ (?: \.++ [{NAME}]++ )*+ )? :
              (?: [{NAME}:] | {_ESCAPED} | \.++ (?= [{NAME}:%\\] ) )*+ )
  | (?P<number> [+-]? (?: [0-9]++ (?: \.[0-9]*+ )? {_EXPONENT} | \.[0-9]++ {_EXPONENT}
                        | [0-9]*+ \.[0-9]++ | [0-9]++ ) )
  | (?P<word> [A-Za-z]++ ) )
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A token: its kind, its text, and the offsets where it begins and ends."""

    kind: str
    text: str
    start: int
    end: int


class Place(NamedTuple):
    """Where something stands: lines and columns from 1 in characters; the end is behind it."""

    line: int
    column: int
    end_line: int
    end_column: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a document without space and comments, up to what is none."""
    at, match = 0, _TOKEN.match
    while found := match(text, at):
        kind = found.lastgroup or ""
        at = found.end()
        yield Token(kind, found[kind], found.start(kind), at)


class Lines:
    """Turns offsets of a text into lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def place(self, start: int, end: int) -> Place:
        """The place of what lies between two offsets."""
        return Place(*self._at(start), *self._at(end))

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column."""
        return self._starts[line - 1] + column - 1

    def _at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
