"""Validates by searches of the whole data, and judges one by one only what they find.

A search may find too much and never too little. What cannot be searched for is judged
node by node; what the store cannot tell exactly is left to pySHACL.
"""

import os
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from iisgraph.engine import Node, Row, Term
from iisgraph.errors import QueryError, ShapesError
from iisgraph.shacl.cases import Case
from iisgraph.shacl.checks import fault_of
from iisgraph.shacl.data import Data
from iisgraph.shacl.described import name
from iisgraph.shacl.judge import Judge
from iisgraph.shacl.model import Shapes
from iisgraph.shacl.plans import Asked, Plan, plan
from iisgraph.shacl.results import Result
from iisgraph.shacl.targets import aims, focus_nodes


@dataclass(frozen=True)
class Search:
    """What searches found: nodes that may be at fault, and solutions of queries."""

    count: int
    suspects: list[Term]
    rows: list[tuple[Asked, Row]]


class Validation:
    """Validates data by shapes; `about` names the only focus nodes that count."""

    def __init__(self, shapes: Shapes, data: Data, about: Collection[Term] | None = None) -> None:
        self._shapes = shapes
        self._data = data
        self._about = about
        self._judge = Judge(shapes, data)
        data.irregular  # noqa: B018 - found once, before threads ask for it
        active = [shape for shape in shapes.targeted if not shape.deactivated]
        self.plans = {shape.node: plan(shape, shapes, data) for shape in active}
        self.targets: dict[Node, int] = {}
        self.inexact: dict[Node, list[Term]] = {}

    def results(self) -> Iterator[Result]:
        """The results; `targets` tells how many nodes each shape has judged when all are read.

        The focus nodes of shapes that are not judged here stand in `inexact` then.
        """
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = {
                node: pool.submit(self._searched, each)
                for node, each in self.plans.items()
                if each.is_exact and self._about is None
            }
            for node, each in self.plans.items():
                if node in found:
                    yield from self._judged(each, found[node].result())
                else:
                    yield from self._one_by_one(each)

    def _one_by_one(self, each: Plan) -> Iterator[Result]:
        nodes = focus_nodes(each.shape, self._data, self._about)
        self.targets[each.shape.node] = len(nodes)
        if each.is_exact:
            for node in nodes:
                yield from self._judge.results(each.shape, node)
        elif nodes:
            self.inexact[each.shape.node] = nodes

    # ------------------------------------------------------------ searching, in threads

    def _searched(self, each: Plan) -> Search:
        named = dict.fromkeys(each.named)
        node_by_node = each.searches is None or any(q.texts is None for q in each.asked)
        if node_by_node or len(each.patterns) != 1 or named:
            nodes = focus_nodes(each.shape, self._data)
            count = len(nodes)
        else:
            nodes = []
            count = self._count(each.patterns[0])
        suspects = nodes if each.searches is None else self.suspects(each)
        rows = [
            (asked, row)
            for asked in each.asked
            for row in (self._rows(asked) if asked.texts is not None else self._asked(asked, nodes))
            if row["this"] not in named
        ]
        return Search(count, suspects, rows)

    def suspects(self, each: Plan) -> list[Term]:
        """The focus nodes that may be at fault, each once."""
        if each.searches is None:
            return focus_nodes(each.shape, self._data)
        return self._data.once([*each.named, *self._found(each)])

    def _found(self, each: Plan) -> Iterator[Term]:
        for text in each.searches or ():
            for row in self._data.store.query(text).rows():
                yield row["this"]
        meets = aims(each.shape, self._data)
        for subject, predicate in self._data.irregular:
            if predicate.value in each.own and meets(subject):
                yield subject

    def _count(self, pattern: str) -> int:
        query = f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
        (row,) = self._data.store.query(query).rows()
        return int(row["n"].value)

    def _rows(self, asked: Asked) -> Iterator[Row]:
        """The solutions for all focus nodes, those alike once."""
        seen: set[tuple[tuple[str, Term], ...]] = set()
        for text in asked.texts or ():
            try:
                answer = self._data.store.query(text)
            except QueryError as error:
                raise ShapesError(f"{name(asked.constraint.value.node)}: {error}") from None
            for row in answer.rows():
                key = tuple(sorted(row.items()))
                if key not in seen:
                    seen.add(key)
                    yield row
        if len(asked.texts or ()) > 1:  # told apart, if they can be
            self._data.once(term for key in seen for _, term in key)

    def _asked(self, asked: Asked, nodes: list[Term]) -> Iterator[Row]:
        for node in nodes:
            yield from self._judge.asker.rows(asked.constraint.value, asked.shape, node, {})

    # ------------------------------------------------------------ judging

    def _judged(self, each: Plan, found: Search) -> Iterator[Result]:
        self.targets[each.shape.node] = found.count
        named = set(each.named)
        for node in found.suspects:
            answered = frozenset[int]() if node in named else each.answered
            yield from self._judge.results(each.shape, node, answered)
        for asked, row in found.rows:
            case = Case(asked.shape, row["this"], ())
            yield self._judge.result(asked.constraint, case, fault_of(row, case))
