"""A snapshot that takes one more file for a moment, and says what follows from it."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from iisgraph.derivation import Derivation
from iisgraph.engine import DefaultGraph, Key, NamedNode, Oxigraph, Quad, Term, triples
from iisgraph.gate.findings import Finding
from iisgraph.gate.house import HouseRule
from iisgraph.gate.rules import Rule
from iisgraph.gate.shapes import findings_of
from iisgraph.read import File
from iisgraph.shacl import Data, Report
from iisgraph.shacl.following import Following
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import DERIVED


class Guest:
    """A copy of a snapshot of which a file can be a part.

    Raises:
        NotUnderstood: if it cannot be told what a file leads to.
        ShapesError: if the shapes cannot be judged by.
    """

    def __init__(self, snapshot: Snapshot, shapes: Sequence[Quad], rules: Sequence[Rule]) -> None:
        others = (DefaultGraph(), NamedNode(DERIVED))
        self._shapes = shapes
        self._store = Oxigraph()
        self._store.add(q for q in snapshot.engine.quads() if q.graph_name not in others)
        self._store.freeze()
        self._snapshot = Snapshot(self._store, snapshot.release, snapshot.content)
        self._derivation = Derivation(self._store, snapshot.rules)
        data = Data(list(self._named(self._store.quads())), self._store)
        self._validation = Following(shapes, data, self._store)
        self._house = [HouseRule(rule, self._store) for rule in rules]

    def findings(self, file: File) -> list[Finding]:
        """What shapes say of the nodes that a file speaks of, and house rules of everything.

        The file takes the place of the one of its graph while that is looked at. If this
        fails, the copy is of no more use.
        """
        before = list(self._store.quads(graph=NamedNode(file.graph)))
        about = {subject for subject, _, _ in triples(file.quads)}
        self._change(before, file.quads, file.graph)
        found = [*self._judged(about), *self._broken_rules()]
        self._change(file.quads, before, file.graph)
        return found

    def _judged(self, about: Collection[Term]) -> list[Finding]:
        results = (each for each in self._validation.results() if each.focus in about)
        return findings_of(Report(tuple(results)), self._shapes)

    def _broken_rules(self) -> Iterator[Finding]:
        for rule in self._house:
            yield from rule.findings(self._snapshot)

    def _change(self, before: Iterable[Quad], after: Iterable[Quad], graph: str) -> None:
        def exact(keys: Collection[Key]) -> list[Quad]:
            """The quads as the file has them, others as the store keeps them."""
            held = self._named(quad for key in keys for quad in self._store.quads(*key))
            own = (quad for quad in after if (quad.subject, quad.predicate) in keys)
            return [*(q for q in held if q.graph_name != NamedNode(graph)), *own]

        asserted, derived = self._derivation.replace(before, after, exact)
        changed = [*asserted, *derived]
        self._validation.follow(changed, exact)
        for rule in self._house:
            rule.follow(self._store, changed)

    @staticmethod
    def _named(quads: Iterable[Quad]) -> Iterator[Quad]:
        return (quad for quad in quads if isinstance(quad.graph_name, NamedNode))
