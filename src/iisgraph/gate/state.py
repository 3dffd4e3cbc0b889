"""The statements of a content with all that follows from them, moved on as files change."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Final

from iisgraph import read
from iisgraph.coverage import Shapes, Usage
from iisgraph.derivation import Derivation
from iisgraph.engine import Change, Key, NamedNode, Oxigraph, Quad
from iisgraph.gate.demands import Demands
from iisgraph.gate.findings import Finding
from iisgraph.gate.house import HouseRule
from iisgraph.gate.rules import read_rules
from iisgraph.gate.shapes import findings_of, violations
from iisgraph.gate.steps import Parts
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.read import Content, File
from iisgraph.shacl import Data, Report
from iisgraph.shacl.following import Following
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import DERIVED

_DERIVED: Final = NamedNode(DERIVED)


class State:
    """A content in memory: its store, what rules derive, and what shapes and house rules find.

    `touched` are the IRIs of which more or less is said since the last change; None at first.

    Raises:
        QueryError: if a rule is not SPARQL.
        NotUnderstood: if it cannot be told what a change of a file leads to.
        ShapesError: if the shapes cannot be judged by.
    """

    def __init__(self, content: Content, files: Sequence[File], demands: Demands) -> None:
        _require_own_graphs(files)
        self._content = content
        self._demands = demands
        self._rules = content.texts("ontology/rules")
        self.store = Oxigraph()
        for file in files:
            self.store.add(file.quads)
        self.store.freeze()
        self._derivation = Derivation(self.store, self._rules)
        self._house: list[HouseRule] = []
        self.touched: set[str] | None = None
        self._take(files)
        self._judge_anew()
        self._watch_house_rules([])

    def follow(self, files: Sequence[File]) -> None:
        """Move on to what the files say now. Where this fails, the state is of no more use.

        Raises:
            NotUnderstood: if it cannot be told what the change leads to.
            ShapesError: if the shapes cannot be judged by.
        """
        if self._rules != self._content.texts("ontology/rules"):
            raise NotUnderstood("the rules have changed")
        before = self.files
        self._take(files)
        moved = [file for file in files if before.get(file.graph) is not file]
        _require_own_graphs(moved)
        lost = [file for graph, file in before.items() if self.files.get(graph) is not file]
        said, saying = read.quads_of(lost), read.quads_of(moved)
        change, derived = self._derivation.replace(said, saying, self._exact)
        changed = [*change, *derived]
        self.touched = {q.subject.value for q in changed if isinstance(q.subject, NamedNode)}
        self.touched |= before.keys() ^ self.files.keys()
        if Parts(self._content, [*lost, *moved]).shapes:
            self._judge_anew()
        else:
            self._count(change, derived)
            if self._validation:
                self._validation.follow(changed, self._exact)
        self._watch_house_rules(changed)

    def findings(self) -> Iterator[Finding]:
        """What shapes and house rules find."""
        if self._validation:
            yield from findings_of(Report(self._validation.results()), self.shape_quads)
        else:
            yield from violations(self.snapshot, None, self._demands)
        for rule in self._house:
            yield from rule.findings(self.snapshot)

    # ------------------------------------------------------------ files

    def _take(self, files: Sequence[File]) -> None:
        self.files = {file.graph: file for file in files}
        self.parts = Parts(self._content, files)
        self.snapshot = Snapshot(self.store, "", self._content, tuple(files), self._rules)

    @property
    def shape_quads(self) -> list[Quad]:
        """The quads of the shapes."""
        return list(read.quads_of(self.parts.shapes))

    def _exact(self, keys: Collection[Key]) -> list[Quad]:
        """The quads of subjects and predicates as their files have them, and derived ones."""
        found = {quad.graph_name: None for key in keys for quad in self.store.quads(*key)}
        files = (self.files.get(getattr(graph, "value", "")) for graph in found)
        said = read.quads_of(file for file in files if file)
        derived = (q for key in keys for q in self.store.quads(*key, graph=_DERIVED))
        return [*(q for q in said if (q.subject, q.predicate) in keys), *derived]

    # ------------------------------------------------------------ shapes and house rules

    def _judge_anew(self) -> None:
        self.shapes: Shapes = self.parts.terms_of_shapes()
        self.usage: Usage = self.parts.usage(self.shapes, self.store.quads(graph=_DERIVED))
        self._validation: Following | None = None
        if self._demands.engine == "compiled" and not self._demands.verify:
            derived = self.store.quads(graph=_DERIVED)
            data = Data(list(chain(read.quads_of(self.files.values()), derived)), self.store)
            with suppress(NotUnderstood):  # then all is judged each time
                self._validation = Following(self.shape_quads, data, self.store)

    def _count(self, change: Change, derived: Change) -> None:
        """Count what is used; what shapes files say is not used by data."""
        graphs = {file.graph for file in self.parts.shapes}
        for quads, times in ((change.gone, -1), (change.come, 1)):
            data = (q for q in quads if getattr(q.graph_name, "value", "") not in graphs)
            self.usage.asserted.count(data, times)
        self.usage.derived.count(derived.gone, -1)
        self.usage.derived.count(derived.come)

    def _watch_house_rules(self, changed: Collection[Quad]) -> None:
        known = {each.rule.path: each for each in self._house}
        self._house = []
        for rule in read_rules(self._content.root / "ontology/checks"):
            same = known.get(rule.path)
            is_same = same and same.rule == rule
            self._house.append(same if same and is_same else HouseRule(rule, self.store))
        for each in self._house:
            each.follow(self.store, changed)


def _require_own_graphs(files: Iterable[File]) -> None:
    """See to it that each file speaks in its own graph alone, so that no two say the same quad.

    Raises:
        NotUnderstood: if one does not.
    """
    for file in files:
        if any(getattr(quad.graph_name, "value", "") != file.graph for quad in file.quads):
            raise NotUnderstood("a file that speaks in other graphs")
