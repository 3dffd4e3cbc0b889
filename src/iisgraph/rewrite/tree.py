"""The parse tree of a query, with the place of each part, so that the rest stays as it is."""

from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from iisgraph.sparql import Token

_CHANGING: Final = frozenset({"RAND", "UUID", "STRUUID", "BNODE", "NOW"})
RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class Node(NamedTuple):
    """One place of a triple pattern: its text, and the variable or IRI that it is, if one.

    `exact` is False for a relative IRI, which the engine alone resolves for certain.
    """

    text: str
    variable: str = ""
    iri: str = ""
    exact: bool = True


class Pattern(NamedTuple):
    """A triple pattern; a predicate that is neither variable nor IRI is a property path."""

    subject: Node
    predicate: Node
    value: Node

    @property
    def variables(self) -> frozenset[str]:
        """Its variables, all of which it binds."""
        return frozenset(node.variable for node in self if node.variable)

    @property
    def is_path(self) -> bool:
        """Whether the predicate is a property path."""
        return not (self.predicate.variable or self.predicate.iri)

    def __str__(self) -> str:
        """The pattern as SPARQL, with a space where it might touch what follows."""
        return " ".join(node.text for node in self) + " ."


@dataclass(frozen=True)
class Triples:
    """Triple patterns that stand together."""

    start: int
    end: int
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True)
class Filter:
    """A FILTER: its tokens, the groups of its EXISTS, and the equalities that it asks for.

    `alone` if it is one EXISTS and nothing else.
    """

    start: int
    end: int
    tokens: tuple[Token, ...]
    exists: tuple["Group", ...]
    equal: tuple[tuple[str, Node], ...] = ()
    alone: bool = False
    negated: bool = False

    @property
    def variables(self) -> frozenset[str]:
        """All variables in it."""
        return frozenset(t.text[1:] for t in self.tokens if t.text[0] in "?$")

    @property
    def changes(self) -> bool:
        """Whether it may say another thing each time."""
        return any(t.text.upper() in _CHANGING for t in self.tokens)


@dataclass(frozen=True)
class Block:
    """A keyword with groups: OPTIONAL, MINUS, GRAPH; UNION for groups without a keyword."""

    start: int
    end: int
    keyword: str
    groups: tuple["Group", ...]
    graph: str = ""


@dataclass(frozen=True)
class Data:
    """BIND or VALUES: the variables that it certainly binds."""

    start: int
    end: int
    binds: frozenset[str]


Part: TypeAlias = Triples | Filter | Block | Data


@dataclass(frozen=True)
class Group:
    """What stands between braces; a subselect has a head and a tail around its own group."""

    start: int
    end: int
    parts: tuple[Part, ...] = ()
    select: "Select | None" = None


@dataclass(frozen=True)
class Select:
    """SELECT … WHERE group …: its words before and after the group."""

    start: int
    end: int
    head: tuple[Token, ...]
    where: Group
    tail: tuple[Token, ...]
