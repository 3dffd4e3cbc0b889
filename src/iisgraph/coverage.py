"""What shapes reach: the classes and properties of some data that a shape says anything of.

A shape reaches a class by a target or `sh:class`, and a property by a path, by a
comparison with it, or by a query that names it. Superclasses reach their subclasses.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final, TypeVar

from iisgraph import sparql
from iisgraph.engine import BlankNode, Literal, NamedNode, Node, Quad, Term, triples
from iisgraph.errors import QueryError
from iisgraph.vocab import FIRST, OWL, RDFS, REST, SH, TYPE

TARGET_CLASS: Final = SH + "targetClass"
TARGET_NODE: Final = SH + "targetNode"
SUBJECTS_OF: Final = SH + "targetSubjectsOf"
OBJECTS_OF: Final = SH + "targetObjectsOf"
PATH: Final = SH + "path"
_TARGETS: Final = frozenset({TARGET_CLASS, TARGET_NODE, SUBJECTS_OF, OBJECTS_OF})
_CLASSES: Final = frozenset({RDFS + "Class", OWL + "Class"})
_SHAPES: Final = frozenset({SH + "NodeShape", SH + "PropertyShape"})
_MENTIONS: Final = frozenset(
    SH + name
    for name in ("class", "equals", "disjoint", "lessThan", "lessThanOrEquals", "targetClass")
) | {SUBJECTS_OF, OBJECTS_OF}
_QUERIES: Final = frozenset({SH + "select", SH + "ask"})
_PLUMBING: Final = frozenset({TYPE, FIRST, REST})
_SUBCLASS: Final = RDFS + "subClassOf"


@dataclass(frozen=True)
class Target:
    """One target declaration; an implicit class target has TARGET_CLASS and the shape itself."""

    shape: Node
    kind: str
    value: Term
    is_implicit: bool = False


class Shapes:
    """The shapes of a shapes graph, as far as they name terms."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._quads = list(triples(quads))
        self._held: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self._holders: dict[Term, list[Node]] = defaultdict(list)
        for subject, predicate, value in self._quads:
            self._held[subject][predicate.value].append(value)
            if isinstance(value, BlankNode):
                self._holders[value].append(subject)

    @cached_property
    def targets(self) -> Sequence[Target]:
        """The targets of all shapes that are not deactivated."""
        named = [
            Target(subject, predicate.value, value)
            for subject, predicate, value in self._quads
            if predicate.value in _TARGETS
        ]
        implicit = [
            Target(subject, TARGET_CLASS, subject, is_implicit=True)
            for subject, held in self._held.items()
            if isinstance(subject, NamedNode)
            and self._is(held, _SHAPES)
            and self._is(held, _CLASSES)
        ]
        return [target for target in (*named, *implicit) if not self._is_off(target.shape)]

    @property
    def has_own_targets(self) -> bool:
        """Whether some shape finds its nodes by a query (SHACL-AF `sh:target`)."""
        return any(predicate.value == SH + "target" for _, predicate, _ in self._quads)

    @cached_property
    def reach(self) -> Mapping[str, frozenset[Term]]:
        """For each term that shapes name, the shapes that do: those with an IRI, as far as any."""
        found: dict[str, set[Term]] = defaultdict(set)
        for owner, term in self._mentions():
            if not self._is_off(owner):
                found[term].add(self.named(owner))
        return {term: frozenset(shapes) for term, shapes in found.items()}

    @cached_property
    def paths(self) -> Sequence[tuple[Node, str]]:
        """Each shape with the properties of its path."""
        return [
            (subject, step)
            for subject, predicate, value in self._quads
            if predicate.value == PATH and not self._is_off(subject)
            for step in self._steps(value, frozenset())
        ]

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The namespaces that `sh:declare` declares, wherever it does."""
        return {
            prefix.value: namespace.value
            for held in self._held.values()
            for prefix in held.get(SH + "prefix", ())
            for namespace in held.get(SH + "namespace", ())
            if isinstance(prefix, Literal) and isinstance(namespace, Literal)
        }

    def named(self, node: Term) -> Term:
        """The shape with an IRI that a nameless one is part of; itself if it is part of none."""
        seen: set[Term] = set()
        while isinstance(node, BlankNode) and self._holders[node] and node not in seen:
            seen.add(node)
            node = self._holders[node][0]
        return node

    def _mentions(self) -> Iterator[tuple[Node, str]]:
        yield from self.paths
        for target in self.targets:
            if target.is_implicit and isinstance(target.value, NamedNode):
                yield target.shape, target.value.value
        for subject, predicate, value in self._quads:
            if predicate.value in _MENTIONS and isinstance(value, NamedNode):
                yield subject, value.value
            elif predicate.value in _QUERIES and isinstance(value, Literal):
                yield from ((subject, term) for term in self._in_query(value.value))

    def _steps(self, path: Term, above: frozenset[Term]) -> Iterator[str]:
        """The properties of a path, which may be a list or nested."""
        if isinstance(path, NamedNode):
            yield path.value
        elif path not in above:
            for values in self._held.get(path, {}).values():
                for value in values:
                    yield from self._steps(value, above | {path})

    def _in_query(self, text: str) -> Iterator[str]:
        try:
            yield from sparql.iris_of(text, self.prefixes)
        except QueryError:
            return

    def _is_off(self, node: Term) -> bool:
        """Whether a shape, or what it is a part of, is deactivated."""
        seen: set[Term] = set()
        while node not in seen:
            seen.add(node)
            off = self._held.get(node, {}).get(SH + "deactivated", ())
            if any(isinstance(value, Literal) and value.value in ("true", "1") for value in off):
                return True
            holders = self._holders.get(node, ()) if isinstance(node, BlankNode) else ()
            node = holders[0] if holders else node
        return False

    @staticmethod
    def _is(held: Mapping[str, Sequence[Term]], classes: frozenset[str]) -> bool:
        return any(isinstance(t, NamedNode) and t.value in classes for t in held.get(TYPE, ()))


class Usage:
    """The classes and properties of some data: how often each is used, and what is below what.

    What is `derived` from the data can be a target, and need not be looked at by itself.
    `targets` are those that it will be asked about.
    """

    def __init__(
        self, targets: Iterable[Target], quads: Iterable[Quad], derived: Iterable[Quad] = ()
    ) -> None:
        targets = list(targets)
        self.asserted = _Tally(targets)
        self.derived = _Tally(targets)
        self.asserted.count(quads)
        self.derived.count(derived)

    @property
    def properties(self) -> Mapping[str, int]:
        """Number of statements with each predicate but `rdf:type` and those of lists."""
        return self.asserted.properties

    @property
    def classes(self) -> Mapping[str, int]:
        """Number of type statements for each class."""
        return self.asserted.classes

    def reached_by(self, target: Target) -> set[str]:
        """The classes of the nodes that a target means; none for those of a class."""
        return self.asserted.reached_by(target)

    def above(self, of_class: str) -> set[str]:
        """A class and its superclasses."""
        found, queue = {of_class}, [of_class]
        while queue:
            name = queue.pop()
            parents = (each.superclasses(name) for each in (self.asserted, self.derived))
            for each in chain.from_iterable(parents):
                if each not in found:
                    found.add(each)
                    queue.append(each)
        return found

    def matches(self, target: Target) -> bool:
        """Whether the data, or what is derived from it, has a node that this target means."""
        both = (self.asserted, self.derived)
        iri = _iri(target.value)
        if _is_node(target):
            return any(target.value in each.nodes for each in both)
        if target.kind == TARGET_CLASS:
            return any(iri in self.above(name) for each in both for name in each.classes)
        return any(each.classes if iri == TYPE else iri in each.properties for each in both)


class _Tally:
    """Counts of what quads use; they can be taken back."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self.properties: Counter[str] = Counter()
        self.classes: Counter[str] = Counter()
        self.nodes: Counter[Term] = Counter()
        self._types: dict[Term, Counter[str]] = defaultdict(Counter)
        self._above: dict[str, Counter[str]] = defaultdict(Counter)
        self._ends: dict[tuple[str, str], Counter[Term]] = defaultdict(Counter)
        self._wanted = {target.value for target in targets if _is_node(target)}
        self._looked_at = {_iri(target.value) for target in targets if not _is_node(target)}

    def count(self, quads: Iterable[Quad], times: int = 1) -> None:
        """Count quads, or with `times` -1, take them back."""
        for subject, predicate, value in triples(quads):
            iri = predicate.value
            if iri == TYPE:
                if isinstance(value, NamedNode):
                    _count(self.classes, value.value, times)
                    _count(self._types[subject], value.value, times)
            elif iri not in _PLUMBING:
                _count(self.properties, iri, times)
            if iri in self._looked_at:
                _count(self._ends[SUBJECTS_OF, iri], subject, times)
                _count(self._ends[OBJECTS_OF, iri], value, times)
            if iri == _SUBCLASS and isinstance(subject, NamedNode) and isinstance(value, NamedNode):
                _count(self._above[subject.value], value.value, times)
            for end in (subject, value):
                if end in self._wanted:
                    _count(self.nodes, end, times)

    def superclasses(self, of_class: str) -> Iterable[str]:
        """The classes that a class is said to be below of."""
        return self._above.get(of_class, ())

    def reached_by(self, target: Target) -> set[str]:
        """The classes of the nodes that a target names, or finds by a property."""
        if target.kind == TARGET_NODE:
            return set(self._types.get(target.value, ()))
        nodes = self._ends.get((target.kind, _iri(target.value)), ())
        return {each for node in nodes for each in self._types.get(node, ())}


def _is_node(target: Target) -> bool:
    return target.kind == TARGET_NODE or not isinstance(target.value, NamedNode)


def _iri(term: Term) -> str:
    return term.value if isinstance(term, NamedNode) else ""


_Counted = TypeVar("_Counted", bound=Hashable)


def _count(counts: Counter[_Counted], key: _Counted, times: int) -> None:
    counts[key] += times
    if not counts[key]:
        del counts[key]


def untouched(shapes: Shapes, usage: Usage) -> tuple[set[str], set[str]]:
    """The classes and the properties of the data that no shape reaches."""
    found = (usage.reached_by(t) for t in shapes.targets if isinstance(t.value, NamedNode))
    reached = set(shapes.reach).union(*found)
    classes = {each for each in usage.classes if not usage.above(each) & reached}
    return classes, usage.properties.keys() - reached
