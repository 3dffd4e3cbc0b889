"""N-Triples and N-Quads, where a line is a statement: read by one expression, for large files.

What the expression does not know it leaves out; the walk knows all of it.
"""

import re
from collections.abc import Iterator
from typing import Final

from iisgraph.positions.tokens import NAME
from iisgraph.positions.walk import Statement, Written

_NODE: Final = rf"<[^<>]*+> | _:[{NAME}]++ (?: \.++ [{NAME}]++ )*+"
_ROW: Final = re.compile(
    rf"""
    ^ [\ \t]*+ (?P<subject> {_NODE} ) [\ \t]*+ (?P<predicate> <[^<>]*+> ) [\ \t]*+
    (?P<value> {_NODE} | " (?: [^"\\] | \\. )*+ " (?: @[A-Za-z0-9-]++ | \^\^ <[^<>]*+> )?+ )
    """,
    re.VERBOSE | re.MULTILINE,
)


def rows(text: str) -> Iterator[Statement]:
    """The statements of a document, one for each line that has one."""
    for found in _ROW.finditer(text):
        yield Statement(
            Written(found[1], found.span(1)),
            Written(found[2], found.span(2)),
            Written(found[3], found.span(3)),
        )
