"""Queries written so that the engine gives the answer of SPARQL 1.1, where it has another."""

from collections.abc import Iterator, Sequence

from iisgraph.errors import QueryError
from iisgraph.sparql import Token, tokens_of

_AGGREGATE = "GROUP_CONCAT"


def repaired(sparql: str) -> str:
    """The query to be asked in its place; the same text for most.

    GROUP_CONCAT gives a plain string (SPARQL 1.1 §18.5.1.7). The engine keeps the language
    that all its literals have, as SPARQL 1.2 does; STR takes it away.
    """
    if _AGGREGATE not in sparql.upper():
        return sparql
    try:
        edits = dict(_edits(list(tokens_of(sparql))))
    except QueryError:
        return sparql  # told of the query as it was asked
    pieces, at = [], 0
    for place in sorted(edits):
        pieces += [sparql[at:place], edits[place]]
        at = place
    return "".join([*pieces, sparql[at:]])


def _edits(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """What is to be put in, and where."""
    for index, token in enumerate(tokens):
        if token.kind == "word" and token.text.upper() == _AGGREGATE:
            end = _closing(tokens, index + 1)
            if end is not None:
                yield token.start, "STR("
                yield end, ")"


def _closing(tokens: Sequence[Token], index: int) -> int | None:
    """Where the parenthesis ends that opens at a token; None if none does."""
    depth = 0
    for token in tokens[index:]:
        depth += (token.text == "(") - (token.text == ")")
        if not depth:
            return token.start + 1 if token.text == ")" else None
    return None
