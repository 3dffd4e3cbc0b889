"""How what a store holds changes."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

from pyoxigraph import NamedNode, Quad

from iisgraph.engine.documents import Node

Key: TypeAlias = tuple[Node, NamedNode]
"""A subject and a predicate."""

Exact: TypeAlias = Callable[[Collection[Key]], Iterable[Quad]]
"""Gives the quads of subjects and predicates as their files have them."""


@dataclass
class Change:
    """Quads that have gone from a store, and quads that have come."""

    gone: set[Quad] = field(default_factory=set)
    come: set[Quad] = field(default_factory=set)

    def __iter__(self) -> Iterator[Quad]:
        """All of them."""
        return chain(self.gone, self.come)

    def add(self, gone: Iterable[Quad], come: Iterable[Quad]) -> None:
        """Let more go and come; what goes and comes again has not changed."""
        for quad in gone:
            (self.come.remove if quad in self.come else self.gone.add)(quad)
        for quad in come:
            (self.gone.remove if quad in self.gone else self.come.add)(quad)
