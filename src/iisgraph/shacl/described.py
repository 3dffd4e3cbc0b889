"""A shapes graph as the values of each predicate of each subject, and what is read of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from iisgraph.engine import Literal, NamedNode, Node, Quad, Term, triples
from iisgraph.errors import ShapesError
from iisgraph.vocab import FIRST, NIL, RDFS, REST, SH, shorten

Described = Mapping[Node, Mapping[str, Sequence[Term]]]


def described(quads: Iterable[Quad]) -> Described:
    """The triples of quads, each once."""
    graph: dict[Node, dict[str, list[Term]]] = defaultdict(dict)
    for subject, predicate, value in triples(quads):
        values = graph[subject].setdefault(predicate.value, [])
        if value not in values:
            values.append(value)
    return dict(graph)


def below(parent: NamedNode, graph: Described) -> frozenset[Term]:
    """A class and those below it in the shapes graph."""
    found: set[Term] = {parent}
    while True:
        more = {n for n, own in graph.items() if found & set(own.get(RDFS + "subClassOf", ()))}
        if more <= found:
            return frozenset(found)
        found |= more


def members(head: Term, graph: Described) -> list[Term]:
    """The members of a list (§1.2).

    Raises:
        ShapesError: if it is not well formed.
    """
    found: list[Term] = []
    seen: set[Term] = set()
    while not (isinstance(head, NamedNode) and head.value == NIL):
        described = {} if isinstance(head, Literal) else graph.get(head, {})
        first, rest = described.get(FIRST, ()), described.get(REST, ())
        if len(first) != 1 or len(rest) != 1 or head in seen:
            raise ShapesError(f"{head} is not a well-formed list")
        seen.add(head)
        found.append(first[0])
        head = rest[0]
    return found


def name(node: Node) -> str:
    """A shape as an error names it."""
    return shorten(node.value) if isinstance(node, NamedNode) else "a shape without an IRI"


def messages_of(node: Node, graph: Described) -> tuple[Literal, ...]:
    """The values of `sh:message`, sorted."""
    found = graph.get(node, {}).get(SH + "message", ())
    return tuple(sorted((each for each in found if isinstance(each, Literal)), key=str))


def one(node: Node, parameter: str, graph: Described) -> Term | None:
    """The value of a parameter that may have one at most.

    Raises:
        ShapesError: if there are more.
    """
    values = graph.get(node, {}).get(SH + parameter, ())
    if len(values) > 1:
        raise ShapesError(f"{name(node)} has more than one sh:{parameter}")
    return values[0] if values else None


def flag(node: Node, parameter: str, graph: Described) -> bool:
    """The value of a parameter that is true or false, false if there is none.

    Raises:
        ShapesError: if it is neither.
    """
    value = one(node, parameter, graph)
    if value is None:
        return False
    text = value.value if isinstance(value, Literal) else ""
    if text not in ("true", "false", "1", "0"):
        raise ShapesError(f"{name(node)}: sh:{parameter} must be true or false")
    return text in ("true", "1")
