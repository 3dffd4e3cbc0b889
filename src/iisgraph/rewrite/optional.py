"""Patterns behind an OPTIONAL, joined before it.

The engine joins what stands behind an OPTIONAL with all that it gave, in whole, and
where the OPTIONAL looks into named graphs, pair by pair. Joined before it, each is
looked up.
"""

from collections.abc import Iterator, Sequence

from iisgraph.rewrite.scope import Edit, certain, variables_of
from iisgraph.rewrite.tree import Block, Filter, Group, Part, Select, Triples
from iisgraph.sparql import tokens_of


def edits(sparql: str, query: Select) -> Iterator[Edit]:
    """What can be changed in a query."""
    yield from _in_group(sparql, query.where)


def _in_group(sparql: str, group: Group) -> Iterator[Edit]:
    """Groups that see variables from outside are left as they are, and so is what GRAPH means."""
    if group.select:
        yield from _in_group(sparql, group.select.where)
        return
    for part in group.parts:
        if isinstance(part, Block) and part.keyword in ("UNION", "MINUS"):
            for inner in part.groups:
                yield from _in_group(sparql, inner)
    yield from _moves(sparql, group.parts)


def _moves(sparql: str, parts: Sequence[Part]) -> Iterator[Edit]:
    """Each run of OPTIONALs, and the patterns behind it that may go before it."""
    at = 0
    while at < len(parts):
        if not _is_optional(parts[at]):
            at += 1
            continue
        end = at
        while end < len(parts) and (_is_optional(parts[end]) or isinstance(parts[end], _PASSED)):
            end += 1
        yield from _forward(sparql, parts[:at], parts[at:end])
        at = end


_PASSED = (Filter, Triples)
"""What may stand between: a filter is applied at the end of its group, wherever it stands."""


def _forward(sparql: str, before: Sequence[Part], run: Sequence[Part]) -> Iterator[Edit]:
    """The patterns of a run, moved before it.

    (A left join B) join C is (A join C) left join B where each variable that B and C share
    is bound in every row of A: then C agrees with a row whatever B adds to it, and a row
    finds the same in B whatever C adds.
    """
    bound = certain(before)
    seen: set[str] = set()
    moved = []
    for part in run:
        if isinstance(part, Block):
            seen |= _variables(sparql, part)
        elif isinstance(part, Triples):
            names = variables_of(part.patterns)
            if not names & bound or not (names & seen) <= bound:
                return  # what stands behind it may rest on it
            moved.append(part)
    if moved:
        texts = " ".join(str(pattern) for part in moved for pattern in part.patterns)
        yield Edit(run[0].start, run[0].start, f"{texts} ")
        yield from (Edit(part.start, part.end, " ") for part in moved)


def _is_optional(part: Part) -> bool:
    return isinstance(part, Block) and part.keyword == "OPTIONAL"


def _variables(sparql: str, part: Part) -> set[str]:
    """All names of variables in a part, wherever they stand."""
    texts = (token.text for token in tokens_of(sparql[part.start : part.end]))
    return {text[1:] for text in texts if text[0] in "?$" and len(text) > 1}
