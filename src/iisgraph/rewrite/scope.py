"""What may be relied on in a parse tree, such as which variables are bound; how to change it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from iisgraph.rewrite.tree import Block, Data, Filter, Group, Part, Pattern, Select, Triples
from iisgraph.sparql import Token

_CLAUSES = frozenset({"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})


class Edit(NamedTuple):
    """A stretch of the query, and what is to stand there instead."""

    start: int
    end: int
    text: str


def edited(sparql: str, edits: Iterable[Edit]) -> str:
    """The query with the edits made; they do not overlap."""
    pieces, at = [], 0
    for edit in sorted(edits, key=lambda e: e[:2]):
        pieces += [sparql[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, sparql[at:]])


def certain(parts: Iterable[Part]) -> frozenset[str]:
    """The variables that are bound in every solution of these parts of a group."""
    found: frozenset[str] = frozenset()
    for part in parts:
        if isinstance(part, Triples):
            found = found.union(*(pattern.variables for pattern in part.patterns))
        elif isinstance(part, Data):
            found |= part.binds
        elif isinstance(part, Block) and part.keyword in ("UNION", "GRAPH"):
            found |= frozenset.intersection(*map(certain_of, part.groups))
            found |= {part.graph[1:]} if part.graph[:1] in ("?", "$") else frozenset()
    return found


def certain_of(group: Group) -> frozenset[str]:
    """The variables that are bound in every solution of a group or subselect."""
    return _projected(group.select) if group.select else certain(group.parts)


def _projected(select: Select) -> frozenset[str]:
    bound = certain_of(select.where)
    keys = grouped(select)
    if keys is not None:
        bound &= {key[1:] for key in keys}
    names = frozenset(plain(select.head[1:]))
    if "*" in [token.text for token in select.head[1:3]]:
        return bound
    return bound & names


def grouped(select: Select) -> list[str] | None:
    """What stands after GROUP BY outside of parentheses, or None without it."""
    words = [token.text.upper() if token.kind == "word" else token.text for token in select.tail]
    if words[:2] != ["GROUP", "BY"]:
        return None
    keys = takewhile(lambda word: word not in _CLAUSES, words[2:])
    return list(_outside(keys))


def plain(tokens: Sequence[Token]) -> Iterator[str]:
    """The variables that stand outside of parentheses."""
    texts = _outside(token.text for token in tokens)
    return (text[1:] for text in texts if text[0] in "?$" and len(text) > 1)


def _outside(texts: Iterable[str]) -> Iterator[str]:
    depth = 0
    for text in texts:
        if text == ")":
            depth -= 1
        elif text == "(":
            depth += 1
        elif not depth:
            yield text


def runs(group: Group) -> Iterator[list[Triples]]:
    """The triple patterns of a group that are joined with nothing but filters between them."""
    run: list[Triples] = []
    for part in group.parts:
        if isinstance(part, Triples):
            run.append(part)
        elif not isinstance(part, Filter) and run:
            yield run
            run = []
    if run:
        yield run


def rewritten(run: Sequence[Triples], patterns: Iterable[Pattern], before: str = "") -> list[Edit]:
    """The edits that put these patterns in the place of a run."""
    text = " ".join([*([before] if before else []), *map(str, patterns)])
    first, *others = run
    return [Edit(first.start, first.end, text), *(Edit(t.start, t.end, " ") for t in others)]


def triples_of(group: Group) -> list[Pattern]:
    """All triple patterns that stand in a group itself."""
    return [p for part in group.parts if isinstance(part, Triples) for p in part.patterns]


def variables_of(patterns: Iterable[Pattern]) -> frozenset[str]:
    """The variables of some triple patterns."""
    return frozenset().union(*(pattern.variables for pattern in patterns))
