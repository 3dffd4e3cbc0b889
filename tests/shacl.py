"""Strategies for shapes and data that disagree often, written as Turtle."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from iisgraph.engine import Quad, parse

EX = "http://example.org/"
PROLOGUE = """
PREFIX ex: <http://example.org/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""

REGULAR = [
    '"a"',
    '"ab"',
    '"a"@en',
    '"b"@en',
    '"c"@de-AT',
    "1",
    "2",
    "3.5",
    "true",
    '"2020-01-02"^^xsd:date',
    '"2021-01-02"^^xsd:date',
    '"x"^^ex:type',
]
IRREGULAR = [
    '"01"^^xsd:integer',
    '"1"^^xsd:boolean',
    '"3"^^xsd:nonNegativeInteger',
    '"-0.50"^^xsd:decimal',
    '"300"^^xsd:byte',
    '"none"^^xsd:integer',
    '"2020-02-31"^^xsd:date',
    "1e0",
]
NODES = ["ex:a", "ex:b", "ex:c", "_:d", "_:e"]
PREDICATES = ["ex:p", "ex:q", "ex:r"]
CLASSES = ["ex:C", "ex:D", "ex:E"]

literals = st.sampled_from(REGULAR + IRREGULAR)
nodes = st.sampled_from(NODES)
iris = st.sampled_from(NODES[:3])
predicates = st.sampled_from(PREDICATES)
classes = st.sampled_from(CLASSES)


def quads(text: str) -> list[Quad]:
    """The quads of Turtle in which our prefixes stand for what they do here."""
    found = parse((PROLOGUE + text).encode(), "text/turtle", "urn:x", "http://example.org/")
    return list(found.quads)


@st.composite
def data(draw: st.DrawFn, values: st.SearchStrategy[str] = literals) -> str:
    """Statements about a few nodes, and a class below another."""
    statement = st.tuples(nodes, predicates, nodes | values)
    typed = st.tuples(nodes, st.just("a"), classes)
    found = draw(st.lists(statement | typed | statement, min_size=1, max_size=14))
    return "ex:D rdfs:subClassOf ex:C .\n" + "".join(f"{s} {p} {o} .\n" for s, p, o in found)


def _paths() -> st.SearchStrategy[str]:
    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        two = st.tuples(inner, inner)
        return (
            inner.map(lambda p: f"[ sh:inversePath {p} ]")
            | two.map(lambda ps: f"( {ps[0]} {ps[1]} )")
            | two.map(lambda ps: f"[ sh:alternativePath ( {ps[0]} {ps[1]} ) ]")
            | inner.map(lambda p: f"[ sh:zeroOrMorePath {p} ]")
            | inner.map(lambda p: f"[ sh:oneOrMorePath {p} ]")
            | inner.map(lambda p: f"[ sh:zeroOrOnePath {p} ]")
        )

    return predicates | st.recursive(predicates, larger, max_leaves=3)


paths = _paths()
_KINDS = [
    "IRI",
    "BlankNode",
    "Literal",
    "BlankNodeOrIRI",
    "BlankNodeOrLiteral",
    "IRIOrLiteral",
]
_TYPES = [
    "xsd:string",
    "xsd:integer",
    "xsd:decimal",
    "xsd:date",
    "xsd:boolean",
    "rdf:langString",
    "xsd:nonNegativeInteger",
    "xsd:byte",
    "ex:type",
]
_PATTERNS = ["^a", "b$", "[0-9]+", "^.$", "example", "^\\\\S+$", "a|b", "x?"]
small = st.integers(0, 3)


@dataclass(frozen=True)
class Scope:
    """The values that shapes name, and whether they compare values by order."""

    values: st.SearchStrategy[str] = literals
    compared: bool = True

    @property
    def terms(self) -> st.SearchStrategy[str]:
        """Values and IRIs."""
        return iris | self.values


EVERYTHING = Scope()


def _ranges() -> st.SearchStrategy[str]:
    ends = st.sampled_from(["min", "max"]), st.sampled_from(["Inclusive", "Exclusive"])
    bounds = st.sampled_from(["2", "3.5", '"2020-06-01"^^xsd:date'])
    return st.tuples(*ends, bounds).map(lambda b: f"sh:{b[0]}{b[1]} {b[2]}")


def _value_constraints(scope: Scope) -> list[st.SearchStrategy[str]]:
    return [
        classes.map(lambda c: f"sh:class {c}"),
        st.sampled_from(_TYPES).map(lambda t: f"sh:datatype {t}"),
        st.sampled_from(_KINDS).map(lambda k: f"sh:nodeKind sh:{k}"),
        *([_ranges()] if scope.compared else []),
        st.integers(1, 3).map(lambda n: f"sh:minLength {n}"),
        small.map(lambda n: f"sh:maxLength {n}"),
        st.sampled_from(_PATTERNS).map(lambda p: f'sh:pattern "{p}"'),
        st.sampled_from(['"en"', '"de" "en"', '"*"']).map(lambda t: f"sh:languageIn ( {t} )"),
        st.lists(scope.terms, min_size=1, max_size=3).map(lambda v: f"sh:in ( {' '.join(v)} )"),
        scope.terms.map(lambda v: f"sh:hasValue {v}"),
        predicates.map(lambda p: f"sh:equals {p}"),
        predicates.map(lambda p: f"sh:disjoint {p}"),
        st.sampled_from(["ex:p", "ex:q ex:r", ""]).map(
            lambda p: f"sh:closed true ; sh:ignoredProperties ( rdf:type {p} )"
        ),
    ]


def _pairs() -> list[st.SearchStrategy[str]]:
    signs = st.sampled_from(["lessThan", "lessThanOrEquals"])
    return [st.tuples(signs, predicates).map(lambda pair: f"sh:{pair[0]} {pair[1]}")]


def _property_constraints(scope: Scope) -> list[st.SearchStrategy[str]]:
    return [
        small.map(lambda n: f"sh:minCount {n}"),
        small.map(lambda n: f"sh:maxCount {n}"),
        st.just("sh:uniqueLang true"),
        *(_pairs() if scope.compared else []),
    ]


@st.composite
def _body(draw: st.DrawFn, depth: int, scope: Scope, *, is_property: bool) -> str:
    choices = _value_constraints(scope)
    choices += _property_constraints(scope) if is_property else []
    found = draw(
        st.lists(st.one_of(choices), min_size=1, max_size=3, unique_by=lambda c: c.split()[0])
    )
    if depth and draw(st.booleans()):
        found.append(draw(_nested(depth - 1, scope, is_property=is_property)))
    return " ;\n  ".join(found)


@st.composite
def _nested(draw: st.DrawFn, depth: int, scope: Scope, *, is_property: bool) -> str:
    def shape() -> str:
        return draw(_shape(depth, scope))

    kinds = ["node", "not", "and", "or", "xone", "property"]
    kind = draw(st.sampled_from([*kinds, "qualified"] if is_property else kinds))
    if kind in ("and", "or", "xone"):
        return f"sh:{kind} ( {shape()} {shape()} )"
    if kind == "property":
        return f"sh:property {draw(property_shape(depth, scope))}"
    if kind == "qualified":
        counts = draw(st.sampled_from(["Min", "Max"])), draw(st.integers(0, 2))
        return f"sh:qualifiedValueShape {shape()} ; sh:qualified{counts[0]}Count {counts[1]}"
    if kind == "node":
        return f"sh:node [ {draw(_body(depth, scope, is_property=False))} ]"
    return f"sh:not {shape()}"


@st.composite
def property_shape(draw: st.DrawFn, depth: int, scope: Scope) -> str:
    """A property shape in brackets."""
    body = draw(_body(depth, scope, is_property=True))
    return f"[ sh:path {draw(paths)} ; {body} ]"


def _shape(depth: int, scope: Scope) -> st.SearchStrategy[str]:
    return property_shape(depth, scope) | _body(depth, scope, is_property=False).map(
        lambda body: f"[ {body} ]"
    )


@st.composite
def shapes(draw: st.DrawFn, scope: Scope = EVERYTHING) -> str:
    """One or two node shapes with targets and property shapes."""
    text = ""
    targets = [
        classes.map(lambda c: f"sh:targetClass {c}"),
        scope.terms.map(lambda n: f"sh:targetNode {n}"),
        predicates.map(lambda p: f"sh:targetSubjectsOf {p}"),
        predicates.map(lambda p: f"sh:targetObjectsOf {p}"),
    ]
    for number in range(draw(st.integers(1, 2))):
        aims = draw(st.lists(st.one_of(targets), min_size=1, max_size=2))
        inner = draw(st.lists(property_shape(2, scope), max_size=2))
        parts = [*aims, *(f"sh:property {each}" for each in inner)]
        if not inner or draw(st.booleans()):
            parts.append(draw(_body(1, scope, is_property=False)))
        joined = " ;\n  ".join(parts)
        text += f"ex:S{number} a sh:NodeShape ;\n  {joined} .\n"
    return text


QUERIES: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("shacl_queries.toml").read_text(encoding="utf-8")
)
"""Queries of constraints, by what is of interest in them."""


def with_query(query: str, target: str) -> str:
    """A shape with a target that has a query."""
    return f'''
ex:prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
ex:S a sh:NodeShape ; {target} ; sh:sparql [ sh:prefixes ex:prefixes ; sh:select """{query}""" ] .
'''
