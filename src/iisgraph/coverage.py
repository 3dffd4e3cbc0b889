"""What shapes reach: the classes and properties of some data that a shape says anything of.

A shape reaches a class by a target or `sh:class`, and a property by a path, by a
comparison with it, or by a query that names it. Superclasses reach their subclasses.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

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
    """

    def __init__(self, quads: Sequence[Quad], derived: Sequence[Quad] = ()) -> None:
        self._quads = quads
        self._derived = derived

    @cached_property
    def all(self) -> "Usage":
        """The same with what is derived."""
        return Usage([*self._quads, *self._derived]) if self._derived else self

    @cached_property
    def properties(self) -> Mapping[str, int]:
        """Number of statements with each predicate but `rdf:type` and those of lists."""
        counts = Counter(quad.predicate.value for quad in self._quads)
        return {iri: count for iri, count in counts.items() if iri not in _PLUMBING}

    @cached_property
    def classes(self) -> Mapping[str, int]:
        """Number of type statements for each class."""
        typed = (quad.object for quad in self._quads if quad.predicate.value == TYPE)
        return Counter(term.value for term in typed if isinstance(term, NamedNode))

    @cached_property
    def nodes(self) -> frozenset[Term]:
        """Every subject and value."""
        ends = ((subject, value) for subject, _, value in triples(self._quads))
        return frozenset(term for pair in ends for term in pair)

    def above(self, of_class: str) -> set[str]:
        """A class and its superclasses."""
        found, queue = {of_class}, [of_class]
        while queue:
            for each in self._superclasses.get(queue.pop(), ()):
                if each not in found:
                    found.add(each)
                    queue.append(each)
        return found

    def types(self, subjects_of: str | None = None, objects_of: str | None = None) -> set[str]:
        """The classes of what has a property, or is a value of one."""
        wanted = subjects_of or objects_of
        nodes = {
            subject if subjects_of else value
            for subject, predicate, value in triples(self._quads)
            if predicate.value == wanted
        }
        return self.types_of(nodes)

    def types_of(self, nodes: Iterable[Term]) -> set[str]:
        """The classes of nodes."""
        return {each for node in nodes for each in self._types.get(node, ())}

    @cached_property
    def _types(self) -> Mapping[Term, list[str]]:
        found: dict[Term, list[str]] = defaultdict(list)
        for subject, predicate, value in triples(self._quads):
            if predicate.value == TYPE and isinstance(value, NamedNode):
                found[subject].append(value.value)
        return found

    @cached_property
    def _superclasses(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for subject, predicate, value in triples(self._quads):
            is_named = isinstance(subject, NamedNode) and isinstance(value, NamedNode)
            if predicate.value == _SUBCLASS and is_named:
                found[subject.value].append(value.value)
        return found


def matches(target: Target, usage: Usage) -> bool:
    """Whether the data, or what is derived from it, has a node that this target means."""
    usage = usage.all
    if not isinstance(target.value, NamedNode):
        return target.value in usage.nodes
    iri = target.value.value
    if target.kind == TARGET_NODE:
        return target.value in usage.nodes
    if target.kind == TARGET_CLASS:
        return any(iri in usage.above(each) for each in usage.classes)
    return bool(usage.classes) if iri == TYPE else iri in usage.properties


def untouched(shapes: Shapes, usage: Usage) -> tuple[set[str], set[str]]:
    """The classes and the properties of the data that no shape reaches."""
    reached = set(shapes.reach)
    for target in shapes.targets:
        if isinstance(target.value, NamedNode):
            iri = target.value.value
            if target.kind == TARGET_NODE:
                reached |= usage.types_of([target.value])
            elif target.kind == SUBJECTS_OF:
                reached |= usage.types(subjects_of=iri)
            elif target.kind == OBJECTS_OF:
                reached |= usage.types(objects_of=iri)
    classes = {each for each in usage.classes if not usage.above(each) & reached}
    return classes, usage.properties.keys() - reached
