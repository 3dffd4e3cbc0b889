"""What a check is given, and what it finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from iisgraph.engine import Node, Row, Term
from iisgraph.shacl.asking import Asker
from iisgraph.shacl.data import Data
from iisgraph.shacl.model import Shape
from iisgraph.shacl.paths import Path
from iisgraph.shacl.results import Result


@dataclass(frozen=True)
class Fault:
    """One way in which a node does not meet a constraint."""

    value: Term | None = None
    path: Path | None = None
    details: tuple[Result, ...] = ()
    row: Row | None = None


@dataclass(frozen=True)
class Case:
    """What a constraint is asked about: the focus node, and its values by the shape's path."""

    shape: Shape
    focus: Term
    values: Sequence[Term]


class Judging(Protocol):
    """What a check may ask."""

    data: Data
    asker: Asker

    def conforms(self, node: Node, value: Term) -> bool:
        """Whether a value conforms to the shape of a node."""
        ...

    def details(self, nodes: Sequence[Node], value: Term) -> tuple[Result, ...]:
        """The results of shapes for a value, sorted."""
        ...

    def classes(self, parent: Term) -> frozenset[Term]:
        """A class and all below it."""
        ...
