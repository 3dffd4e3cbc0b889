"""A query as a tree: its patterns, with their places in the text.

Expressions stay text. Blank nodes are variables, which is what they mean in a
pattern, so that each part can be written down again on its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from iisgraph.sparql import tokens_of

_AGGREGATES: Final = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})


@dataclass(frozen=True)
class Step:
    """A property path: a sign of SPARQL (`/ | ^ * + ? !`) and what it works on."""

    sign: str
    parts: tuple["Path", ...]


Path: TypeAlias = str | Step


@dataclass(frozen=True)
class Part:
    """A part of a query, by the offsets between which it stands in the text."""

    start: int
    end: int


@dataclass(frozen=True)
class Triple(Part):
    """A triple pattern; its terms as they are written, blank nodes as variables."""

    subject: str
    predicate: Path
    object: str


@dataclass(frozen=True)
class Group(Part):
    """`{ … }`: parts in order."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Optional(Part):
    """`OPTIONAL { … }`."""

    group: Group


@dataclass(frozen=True)
class Minus(Part):
    """`MINUS { … }`."""

    group: Group


@dataclass(frozen=True)
class Union(Part):
    """`{ … } UNION { … }`."""

    branches: tuple[Group, ...]


@dataclass(frozen=True)
class Graph(Part):
    """`GRAPH name { … }`."""

    name: str
    group: Group


@dataclass(frozen=True)
class Filter(Part):
    """`FILTER …`; `exists` and `negated` tell whether it says EXISTS or NOT EXISTS."""

    variables: frozenset[str]
    exists: bool
    negated: bool


@dataclass(frozen=True)
class Bind(Part):
    """`BIND(expression AS ?variable)`."""

    variables: frozenset[str]
    variable: str


@dataclass(frozen=True)
class Values(Part):
    """`VALUES …`, in a group or behind the query; `total` if it leaves none undefined."""

    variables: tuple[str, ...]
    total: bool


@dataclass(frozen=True)
class Select(Part):
    """A SELECT within a group."""

    query: "Query"


@dataclass(frozen=True)
class Column:
    """What SELECT gives: a variable, with its expression if it has one."""

    variable: str
    expression: str | None = None


@dataclass(frozen=True)
class Modifiers:
    """What follows the pattern; a key of GROUP BY that has no name is None."""

    keys: tuple[str | None, ...] | None = None
    having: Part | None = None
    order: Part | None = None
    limit: Part | None = None
    offset: Part | None = None
    values: Values | None = None


@dataclass(frozen=True)
class Query(Part):
    """A query of any form.

    `columns` is None for `SELECT *`. `fresh` begins no name of a variable in the query.
    """

    text: str
    form: str
    prologue: str
    columns: tuple[Column, ...] | None
    template: tuple[Triple, ...]
    where: Group
    modifiers: Modifiers
    fresh: str

    @property
    def is_grouped(self) -> bool:
        """Whether each row stands for a group of solutions."""
        expressions = (c.expression for c in self.columns or () if c.expression)
        keyed = self.modifiers.keys is not None or self.modifiers.having is not None
        return keyed or any(is_aggregate(expression) for expression in expressions)

    def source(self, part: Part) -> str:
        """The text of a part."""
        return self.text[part.start : part.end]

    def alone(self, part: Part) -> str:
        """A part so written that it can stand in another group."""
        if isinstance(part, Triple):
            return write(part)
        return f"{{ {self.source(part)} }}" if isinstance(part, Select) else self.source(part)


def is_aggregate(expression: str) -> bool:
    """Whether an expression counts or sums over a group."""
    tokens = tokens_of(expression)
    return any(t.kind == "word" and t.text.upper() in _AGGREGATES for t in tokens)


def is_variable(term: Path) -> bool:
    """Whether a term of a pattern is a variable."""
    return isinstance(term, str) and term[0] in "?$"


def write_path(path: Path) -> str:
    """A path as SPARQL text."""
    if isinstance(path, str):
        return path
    inner = [write_path(part) for part in path.parts]
    if path.sign in "/|":
        return f"({path.sign.join(inner)})"
    return f"{path.sign}{inner[0]}" if path.sign in "^!" else f"({inner[0]}){path.sign}"


def write(triple: Triple) -> str:
    """A triple pattern as SPARQL text."""
    return f"{triple.subject} {write_path(triple.predicate)} {triple.object} ."


def spelled_out(triple: Triple, name: Callable[[], str]) -> list[Triple]:
    """The triple patterns that a path of `/` and `^` is short for; other paths stay.

    `name` gives the variables between the steps.
    """
    path = triple.predicate
    if isinstance(path, str) or path.sign not in "/^":
        return [triple]
    if path.sign == "^":
        turned = Triple(triple.start, triple.end, triple.object, path.parts[0], triple.subject)
        return spelled_out(turned, name)
    stops = [triple.subject, *(name() for _ in path.parts[1:]), triple.object]
    steps = zip(stops, path.parts, stops[1:], strict=False)
    found = (Triple(triple.start, triple.end, s, part, o) for s, part, o in steps)
    return [each for step in found for each in spelled_out(step, name)]


def inner(part: Part) -> Sequence[Part]:
    """The parts directly within a part; MINUS and SELECT keep theirs to themselves."""
    if isinstance(part, Group):
        return part.parts
    if isinstance(part, Union):
        return part.branches
    return (part.group,) if isinstance(part, Optional | Graph) else ()


def walk(part: Part) -> Iterator[Part]:
    """A part and all parts within it, those of MINUS and SELECT too."""
    yield part
    if isinstance(part, Select):
        yield from walk(part.query.where)
    for each in (part.group,) if isinstance(part, Minus) else inner(part):
        yield from walk(each)


def variables_of(part: Part) -> frozenset[str]:
    """The variables that a part can bind, without their `?`."""
    if isinstance(part, Triple):
        terms = (part.subject, part.predicate, part.object)
        return frozenset(t[1:] for t in terms if isinstance(t, str) and is_variable(t))
    if isinstance(part, Values):
        return frozenset(part.variables)
    if isinstance(part, Bind):
        return frozenset({part.variable})
    if isinstance(part, Select):
        columns = part.query.columns
        if columns is not None:
            return frozenset(column.variable for column in columns)
        return variables_of(part.query.where)
    own = {part.name[1:]} if isinstance(part, Graph) and is_variable(part.name) else set()
    return frozenset(own).union(*(variables_of(each) for each in inner(part)))


def certain(group: Group) -> frozenset[str]:
    """The variables that every solution of a group binds."""
    found: set[str] = set()
    for part in group.parts:
        if isinstance(part, Triple) or (isinstance(part, Values) and part.total):
            found |= variables_of(part)
        elif isinstance(part, Group):
            found |= certain(part)
        elif isinstance(part, Graph):
            named = {part.name[1:]} if is_variable(part.name) else set()
            found |= named | certain(part.group)
        elif isinstance(part, Union):
            found |= frozenset.intersection(*(certain(branch) for branch in part.branches))
        elif isinstance(part, Select):
            found |= certain(part.query.where) & keys_of(part.query)
    return frozenset(found)


def steady(group: Group) -> frozenset[str]:
    """The certain variables of a group that have their values before a part may ask for them.

    Its solutions with given values for these are those of the group with VALUES put first.
    """
    before: frozenset[str] = frozenset()
    early: set[str] = set()
    for part in group.parts:
        if isinstance(part, Optional | Minus | Bind):
            early |= _spoken(part) - before
        if isinstance(part, Bind):
            early.add(part.variable)
        before |= certain(Group(part.start, part.end, (part,)))
    return before - early


def _spoken(part: Part) -> frozenset[str]:
    """All variables that occur in a part."""
    each = (p.variables if isinstance(p, Filter | Bind) else variables_of(p) for p in walk(part))
    return frozenset().union(*each)


def keys_of(query: Query) -> frozenset[str]:
    """The variables that have in the rows of a query the values that its pattern gave them."""
    columns = query.columns
    if columns is None:
        found = variables_of(query.where)
    else:
        found = frozenset(each.variable for each in columns if each.expression is None)
    return found & frozenset(query.modifiers.keys or ()) if query.is_grouped else found
