"""EXISTS that is the same for every row: asked once, and put down as true or false.

The engine evaluates the group of an EXISTS anew for every row, though nothing of the
row stands in it.
"""

import re
from collections.abc import Iterator

from iisgraph.engine import Oxigraph
from iisgraph.errors import QueryError
from iisgraph.rewrite.scope import Edit
from iisgraph.rewrite.tree import Block, Filter, Group, Select
from iisgraph.sparql import MOMENTARY, tokens_of


def edits(sparql: str, query: Select, engine: Oxigraph) -> Iterator[Edit]:
    """What can be changed in a query; a snapshot never changes, so its answer proves it."""
    yield from _in_group(sparql, query.where, sparql[: query.start], engine)


def _in_group(sparql: str, group: Group, prologue: str, engine: Oxigraph) -> Iterator[Edit]:
    """GRAPH changes what a pattern means: nothing is changed in it."""
    if group.select:
        yield from _in_group(sparql, group.select.where, prologue, engine)
        return
    for part in group.parts:
        if isinstance(part, Filter) and part.alone:
            yield from _exists(sparql, part, prologue, engine)
        elif isinstance(part, Block) and part.keyword != "GRAPH":
            for inner in part.groups:
                yield from _in_group(sparql, inner, prologue, engine)


def _exists(sparql: str, part: Filter, prologue: str, engine: Oxigraph) -> Iterator[Edit]:
    inner = part.exists[0]
    text = sparql[inner.start : inner.end]
    tokens = list(tokens_of(text))
    names = {token.text[1:] for token in tokens if token.text[0] in "?$" and len(token.text) > 1}
    outside = f"{sparql[: inner.start]} {sparql[inner.end :]}"
    if any(re.search(rf"[?$]{re.escape(name)}\b", outside) for name in names):
        return  # a row may bind it
    if any(token.kind == "word" and token.text.upper() in MOMENTARY for token in tokens):
        return
    try:
        found = bool(engine.query(f"{prologue} ASK {text}"))
    except QueryError:
        return  # told of the query as it was asked
    yield Edit(part.start, part.end, f" FILTER({str(found != part.negated).lower()}) ")
