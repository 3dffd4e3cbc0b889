"""A validation that follows its data: judges again only what a change can touch."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from iisgraph.engine import Exact, Key, Oxigraph, Quad, Term, triples
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.shacl.cases import Case
from iisgraph.shacl.checks import fault_of
from iisgraph.shacl.compiled import Validation
from iisgraph.shacl.data import Data
from iisgraph.shacl.judge import Judge
from iisgraph.shacl.model import Shapes
from iisgraph.shacl.plans import Asked, Plan
from iisgraph.shacl.reaches import ANY, Reach, reaches
from iisgraph.shacl.results import Result, in_order
from iisgraph.shacl.targets import aims
from iisgraph.standing import Standing
from iisgraph.vocab import RDFS

_SUBCLASS: Final = RDFS + "subClassOf"


class Following:
    """Shapes, and what they say of data that changes.

    `data` is as it is at first, and `store` the one of it that changes.

    Raises:
        ShapesError: if the shapes cannot be judged by.
        NotUnderstood: if it cannot be told what a change does to what a shape says.
    """

    def __init__(self, shapes: Iterable[Quad], data: Data, store: Oxigraph) -> None:
        self._shapes = Shapes(shapes)
        self._store = store
        self._irregular: dict[Key, tuple[Term, ...]] = dict(data.irregular)
        self._begin(data)

    def _begin(self, data: Data) -> None:
        validation = Validation(self._shapes, data)
        self._judge = Judge(self._shapes, data)
        self._judged = [_Judged(plan, self._shapes) for plan in validation.plans.values()]
        for each in self._judged:
            each.judge(validation.suspects(each.plan), self._judge)
            for _, standing in each.asked:
                standing.evaluate(self._store)

    def follow(self, changed: Collection[Quad], exact: Exact) -> None:
        """Judge again what may have changed with these quads, which have come or gone already.

        Raises:
            ShapesError: if the shapes cannot be judged by.
            NotUnderstood: if it can no longer be told; nothing that it says holds then.
        """
        before = {predicate.value for _, predicate in self._irregular}
        self._irregular = self._irregular_now(changed, exact)
        data = Data.of_store(self._store, self._irregular)
        is_subclassed = any(quad.predicate.value == _SUBCLASS for quad in changed)
        if is_subclassed or data.irregular_predicates != before:
            self._begin(data)
            return
        self._judge = Judge(self._shapes, data)
        for each in self._judged:
            each.follow(changed, data, self._judge, self._store)

    def results(self) -> tuple[Result, ...]:
        """The results, sorted."""
        found = (result for each in self._judged for result in each.results(self._judge))
        return in_order(found, self._shapes.quads)

    def _irregular_now(
        self, changed: Collection[Quad], exact: Exact
    ) -> dict[Key, tuple[Term, ...]]:
        """The exact values that the store rewrites or cannot read."""
        keys = {(subject, predicate) for subject, predicate, _ in triples(changed)}
        kept = {key: values for key, values in self._irregular.items() if key not in keys}
        return {**kept, **Data(list(exact(keys)), self._store).irregular}


class _Judged:
    """One shape with the nodes that it finds at fault, and with the queries of its constraints.

    Raises:
        NotUnderstood: if it cannot be told what a change does to it.
    """

    def __init__(self, plan: Plan, shapes: Shapes) -> None:
        if not plan.is_exact or (plan.named and plan.asked):
            raise NotUnderstood("a shape that is not judged by searches alone")
        self.plan = plan
        self.asked = [(asked, Standing(text)) for asked in plan.asked for text in _texts(asked)]
        self._reaches: Mapping[str, Sequence[Reach]] = _by_predicate(
            reaches(plan.shape, shapes, plan.answered)
        )
        self._found: dict[Term, list[Result]] = {}

    def judge(self, nodes: Iterable[Term], judge: Judge) -> None:
        """Judge focus nodes, and keep what is found."""
        for node in nodes:
            found = list(judge.results(self.plan.shape, node, self.plan.answered))
            if found:
                self._found[node] = found

    def follow(self, changed: Collection[Quad], data: Data, judge: Judge, store: Oxigraph) -> None:
        """Judge the nodes again that a change touches."""
        touched = dict.fromkeys(self._touched(changed, data))
        for node in touched:
            self._found.pop(node, None)
        self.judge(filter(aims(self.plan.shape, data), touched), judge)
        for _, standing in self.asked:
            standing.follow(store, changed)

    def results(self, judge: Judge) -> Iterator[Result]:
        """All results of the shape."""
        for found in self._found.values():
            yield from found
        seen = set()
        for asked, standing in self.asked:
            for row in map(standing.shown, standing.rows):
                key = (id(asked), tuple(sorted(row.items())))
                if key not in seen:
                    seen.add(key)
                    case = Case(asked.shape, row["this"], ())
                    yield judge.result(asked.constraint, case, fault_of(row, case))

    def _touched(self, changed: Iterable[Quad], data: Data) -> Iterator[Term]:
        known = self._reaches
        for quad in changed:
            for each in (*known.get(quad.predicate.value, ()), *known.get(ANY, ())):
                yield from each.focus_nodes(quad, data)


def _texts(asked: Asked) -> Sequence[str]:
    if asked.texts is None:
        raise NotUnderstood("a query that is asked node by node")
    return asked.texts


def _by_predicate(found: Iterable[Reach]) -> Mapping[str, Sequence[Reach]]:
    known: dict[str, list[Reach]] = defaultdict(list)
    for each in dict.fromkeys(found):
        known[each.predicate].append(each)
    return known
