"""Each constraint component as a function that finds the faults of one case (SHACL §4 to §6)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from iisgraph.engine import BlankNode, Literal, NamedNode, Row
from iisgraph.shacl import literals
from iisgraph.shacl.cases import Case, Fault, Judging
from iisgraph.shacl.demands import Constraint, Qualified
from iisgraph.shacl.paths import predicate
from iisgraph.vocab import SH

NODE_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    SH + "IRI": (NamedNode,),
    SH + "BlankNode": (BlankNode,),
    SH + "Literal": (Literal,),
    SH + "BlankNodeOrIRI": (BlankNode, NamedNode),
    SH + "BlankNodeOrLiteral": (BlankNode, Literal),
    SH + "IRIOrLiteral": (NamedNode, Literal),
}
SIGNS: Final = {
    "minExclusive": ">",
    "minInclusive": ">=",
    "maxExclusive": "<",
    "maxInclusive": "<=",
    "lessThan": "<",
    "lessThanOrEquals": "<=",
}


# ------------------------------------------------------------ §4.1 value types


def _class(judge: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    classes = judge.classes(constraint.value)
    for value in case.values:
        if not any(each in classes for each in judge.data.types(value)):
            yield Fault(value)


def _datatype(_: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    for value in case.values:
        fits = isinstance(value, Literal) and value.datatype == constraint.value
        if not fits or not literals.is_well_formed(value):  # type: ignore[arg-type]
            yield Fault(value)


def _node_kind(_: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    kinds = NODE_KINDS[constraint.value.value]
    return (Fault(value) for value in case.values if not isinstance(value, kinds))


# ------------------------------------------------------------ §4.2 counts


def _min_count(_: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    if len(case.values) < constraint.value:
        yield Fault()


def _max_count(_: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    if len(case.values) > constraint.value:
        yield Fault()


# ------------------------------------------------------------ §4.3 ranges, §4.5 pairs


def _range(_: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    sign = SIGNS[constraint.name]
    for value in case.values:
        bound = constraint.value
        if not isinstance(value, Literal) or not literals.compare(value, sign, bound):
            yield Fault(value)


def _less(judge: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    sign = SIGNS[constraint.name]
    others = list(judge.data.values(case.focus, constraint.value))
    for value in case.values:
        for other in others:
            both = isinstance(value, Literal) and isinstance(other, Literal)
            if not both or not literals.compare(value, sign, other):
                yield Fault(value)


def _equals(judge: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    own, others = case.values, list(judge.data.values(case.focus, constraint.value))
    shared = set(own).intersection(others)
    return (Fault(each) for each in judge.data.once([*own, *others]) if each not in shared)


def _disjoint(judge: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    own, others = case.values, list(judge.data.values(case.focus, constraint.value))
    shared = set(own).intersection(others)
    return (Fault(each) for each in judge.data.once([*own, *others]) if each in shared)


# ------------------------------------------------------------ §4.4 strings


def _length(_: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    least = constraint.name == "minLength"
    for value in case.values:
        length = -1 if isinstance(value, BlankNode) else len(value.value)
        fits = length >= constraint.value if least else length <= constraint.value
        if length < 0 or not fits:
            yield Fault(value)


def _pattern(_: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    pattern, flags = constraint.value
    for value in case.values:
        if isinstance(value, BlankNode) or not literals.matches(value.value, pattern, flags):
            yield Fault(value)


def _language_in(_: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    ranges = tuple(each.value for each in constraint.value)
    for value in case.values:
        tag = value.language if isinstance(value, Literal) else None
        if not tag or not literals.speaks(tag, ranges):
            yield Fault(value)


def _unique_lang(_: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    del constraint
    tags = [v.language.lower() for v in case.values if isinstance(v, Literal) and v.language]
    return (Fault() for tag in dict.fromkeys(tags) if tags.count(tag) > 1)


# ------------------------------------------------------------ §4.6 logic, §4.7 shapes


def _not(judge: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    return (Fault(value) for value in case.values if judge.conforms(constraint.value, value))


def _and(judge: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    for value in case.values:
        failing = [each for each in constraint.value if not judge.conforms(each, value)]
        if failing:
            yield Fault(value, details=judge.details(failing, value))


def _or(judge: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    for value in case.values:
        if not any(judge.conforms(each, value) for each in constraint.value):
            yield Fault(value)


def _xone(judge: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    for value in case.values:
        if sum(judge.conforms(each, value) for each in constraint.value) != 1:
            yield Fault(value)


def _node(judge: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    for value in case.values:
        if not judge.conforms(constraint.value, value):
            yield Fault(value, details=judge.details([constraint.value], value))


def _qualified(judge: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    demand: Qualified = constraint.value
    number = sum(
        judge.conforms(demand.shape, value)
        and not any(judge.conforms(sibling, value) for sibling in demand.siblings)
        for value in case.values
    )
    is_least = constraint.name == "qualifiedMinCount"
    if number < demand.count if is_least else number > demand.count:
        yield Fault()


# ------------------------------------------------------------ §4.8 others


def _closed(judge: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    for value in case.values:
        for used, other in judge.data.about(value):
            if used not in constraint.value:
                yield Fault(other, path=predicate(used.value))


def _has_value(_: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    if constraint.value not in case.values:
        yield Fault()


def _in(_: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    allowed = set(constraint.value)
    return (Fault(value) for value in case.values if value not in allowed)


# ------------------------------------------------------------ §5, §6 SPARQL


def _sparql(judge: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    rows = judge.asker.rows(constraint.value, case.shape, case.focus, {})
    return (fault_of(row, case) for row in rows)


def _custom(judge: Judging, constraint: Constraint, case: Case) -> Iterator[Fault]:
    query, bindings = constraint.value
    if query.form == "select":
        rows = judge.asker.rows(query, case.shape, case.focus, bindings)
        yield from (fault_of(row, case) for row in rows)
        return
    for value in case.values:
        given = {**bindings, "value": value}
        if not judge.asker.holds(query, case.shape, case.focus, given):
            yield Fault(value)


def fault_of(row: Row, case: Case) -> Fault:
    """What a solution of a query tells (§5.3.2)."""
    is_node = case.shape.path is None
    said = row.get("path")
    path = predicate(said.value) if is_node and isinstance(said, NamedNode) else None
    return Fault(row.get("value", case.focus if is_node else None), path, row=row)


Check = Callable[[Judging, Constraint, Case], Iterator[Fault]]

CHECKS: Final[Mapping[str, Check]] = {
    "and": _and,
    "class": _class,
    "closed": _closed,
    "custom": _custom,
    "datatype": _datatype,
    "disjoint": _disjoint,
    "equals": _equals,
    "hasValue": _has_value,
    "in": _in,
    "languageIn": _language_in,
    "lessThan": _less,
    "lessThanOrEquals": _less,
    "maxCount": _max_count,
    "maxExclusive": _range,
    "maxInclusive": _range,
    "maxLength": _length,
    "minCount": _min_count,
    "minExclusive": _range,
    "minInclusive": _range,
    "minLength": _length,
    "node": _node,
    "nodeKind": _node_kind,
    "not": _not,
    "or": _or,
    "pattern": _pattern,
    "qualifiedMaxCount": _qualified,
    "qualifiedMinCount": _qualified,
    "sparql": _sparql,
    "uniqueLang": _unique_lang,
    "xone": _xone,
}
