"""Patterns that have nothing to do with each other: each row of one meets each of the other."""

from collections.abc import Iterator, Sequence
from itertools import islice

from iisgraph.diagnose.notes import Note, note_at, quoted
from iisgraph.engine import Clause, Oxigraph
from iisgraph.patterns import (
    Bind,
    Filter,
    Graph,
    Group,
    Minus,
    Part,
    Query,
    Select,
    Values,
    inner,
    is_variable,
    variables_of,
)

Component = list[Part]


def product_notes(engine: Oxigraph, query: Query, clause: Clause) -> list[Note]:
    """Groups of a query that multiply rows; what has at most one row multiplies nothing."""
    found = []
    for group, graph in _groups(query.where, None):
        components = _components(group)
        if len(components) < 2 or (graph and is_variable(graph)):
            continue  # two things in the same graph have that in common
        several = [c for c in components if _is_several(engine, query, c, graph, clause)]
        for component in several[1:]:
            first, other = (quoted(query, c[0]) for c in (several[0], component))
            message = (
                f"{other} shares no variable with {first}, so each row of the one "
                "is combined with each row of the other"
            )
            found.append(note_at(query.text, component[0].start, "cartesian-product", message))
    return found


def _groups(part: Part, graph: str | None) -> Iterator[tuple[Group, str | None]]:
    """All groups of a query, with the graph that they are matched in."""
    if isinstance(part, Group):
        yield part, graph
    if isinstance(part, Graph):
        graph = part.name
    if isinstance(part, Select):
        yield from _groups(part.query.where, graph)
    for each in (part.group,) if isinstance(part, Minus) else inner(part):
        yield from _groups(each, graph)


def _components(group: Group) -> list[Component]:
    """The parts of a group that bind variables, by what holds them together.

    A filter, a BIND and a VALUES hold together what they speak of.
    """
    components: list[tuple[set[str], Component]] = []
    for part in group.parts:
        names = set(variables_of(part))
        if isinstance(part, Filter | Bind):
            names |= part.variables
        own = [] if isinstance(part, Filter | Bind | Values | Minus) else [part]
        touching = [c for c in components if c[0] & names]
        components = [c for c in components if not c[0] & names]
        merged = names.union(*(c[0] for c in touching))
        if merged:
            components.append((merged, [each for c in touching for each in c[1]] + own))
    return [sorted(parts, key=lambda part: part.start) for _, parts in components if parts]


def _is_several(
    engine: Oxigraph, query: Query, parts: Sequence[Part], graph: str | None, clause: Clause
) -> bool:
    """Whether these parts alone have more than one solution."""
    text = " ".join(query.alone(part) for part in parts)
    pattern = f"GRAPH {graph} {{ {text} }}" if graph else text
    sparql = f"{query.prologue}\nSELECT * {{ {pattern} }} LIMIT 2"
    return len(list(islice(engine.query(sparql, clause).rows(), 2))) > 1
