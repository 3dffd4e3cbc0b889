"""A result of SHACL is told in words: what is wrong, what was expected, how to mend it."""

from pathlib import Path

import pytest

import iisgraph
from iisgraph.engine import BlankNode, Literal, NamedNode
from iisgraph.gate import Finding, Severity
from iisgraph.gate.shapes import findings_of
from iisgraph.gate.wording import _COMPONENTS, Wording
from iisgraph.shacl import Result, validate
from iisgraph.vocab import SH
from tests import rdf

EX = rdf.EX
HEAD = f"""@prefix : <{EX}> .
@prefix sh: <{SH}> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix schema: <https://schema.org/> .
"""
DATA = HEAD + ":s schema:name 'Ann'@en , 'Bob'@en ; schema:age 7 ; schema:url :o .\n"


def findings(shapes: str, data: str = DATA) -> list[Finding]:
    given = list(rdf.file(HEAD + shapes).quads)
    return findings_of(validate(list(rdf.file(data).quads), given), given)


def property_shape(path: str, constraint: str) -> str:
    shape = ":Shape a sh:NodeShape ; sh:targetNode :s ; sh:property :P ."
    return f"{shape} :P sh:path {path} ; {constraint} ."


CASES = {
    # component: path and constraint, what is wrong, what was expected
    "MinCount": (
        "schema:x",
        "sh:minCount 1",
        "schema:x has too few values.",
        "at least 1 value of",
    ),
    "MaxCount": ("schema:name", "sh:maxCount 1", "schema:name has too many", "at most 1 value of"),
    "Class": ("schema:url", "sh:class :C", "/o> is not an instance of", "an instance of <http"),
    "Datatype": (
        "schema:age",
        "sh:datatype xsd:date",
        "7 is not a well-formed literal of xsd:date.",
        "a well-formed literal of xsd:date",
    ),
    "NodeKind": ("schema:age", "sh:nodeKind sh:IRI", "is of the wrong kind.", "an IRI"),
    "MinLength": ("schema:age", "sh:minLength 2", "is too short.", "at least 2 characters"),
    "MaxLength": ("schema:name", "sh:maxLength 2", "@en is too long.", "at most 2 characters"),
    "Pattern": (
        "schema:age",
        "sh:pattern '^[a-z]'",
        "does not match",
        "a text that matches ^[a-z]",
    ),
    "LanguageIn": ("schema:name", "sh:languageIn ('ru' 'zh')", "in no language", '"ru", "zh"'),
    "UniqueLang": ("schema:name", "sh:uniqueLang true", "in one language.", "in each language"),
    "MinInclusive": ("schema:age", "sh:minInclusive 8", "is less than", "or more"),
    "MaxInclusive": ("schema:age", "sh:maxInclusive 6", "is more than", "or less"),
    "MinExclusive": ("schema:age", "sh:minExclusive 7", "is not more than", "more than"),
    "MaxExclusive": ("schema:age", "sh:maxExclusive 7", "is not less than", "less than"),
    "Equals": (
        "schema:age",
        "sh:equals schema:url",
        "schema:age and schema:url do not",
        "as schema",
    ),
    "Disjoint": (
        "schema:age",
        "sh:disjoint schema:age",
        "is a value of schema:age too.",
        "no value",
    ),
    "LessThan": (
        "schema:age",
        "sh:lessThan schema:age",
        "is not less than every",
        "less than every",
    ),
    "LessThanOrEquals": (
        "schema:age",
        "sh:lessThanOrEquals schema:name",
        "is more than a value of schema:name.",
        "no more than any value of",
    ),
    "Not": ("schema:age", "sh:not :N", "is what it must not be.", "no node that conforms to"),
    "And": ("schema:age", "sh:and (:N :M)", "does not conform to all", "all of <http"),
    "Or": ("schema:age", "sh:or (:M :L)", "conforms to none of the shapes.", "at least one of"),
    "Xone": ("schema:age", "sh:xone (:N :K)", "exactly one", "exactly one of"),
    "Node": ("schema:age", "sh:node :M", "does not conform to", "a node that conforms to"),
    "QualifiedMinCount": (
        "schema:age",
        "sh:qualifiedValueShape :M ; sh:qualifiedMinCount 1",
        "schema:age has too few values that conform to",
        "at least 1 value that conform",
    ),
    "QualifiedMaxCount": (
        "schema:age",
        "sh:qualifiedValueShape :N ; sh:qualifiedMaxCount 0",
        "schema:age has too many values that conform to",
        "at most 0 values that conform",
    ),
    "HasValue": ("schema:age", "sh:hasValue 9", "schema:age lacks a value.", "9 among the values"),
    "In": (
        "schema:age",
        "sh:in (1 2 :x)",
        "is not one of the values",
        "one of 1, 2, <http",
    ),
}
BELOW = (
    ":N sh:datatype xsd:integer . :K sh:nodeKind sh:Literal ."
    " :M sh:datatype xsd:date . :L sh:nodeKind sh:IRI ."
)


@pytest.mark.parametrize("component", CASES)
def test_component_is_told_in_words(component: str) -> None:
    """With the values of its parameters, and nothing left unfilled."""
    path, constraint, wrong, expected = CASES[component]
    found = findings(f"{property_shape(path, constraint)} {BELOW}")
    assert found
    for finding in found:
        result = finding.results[0]
        assert result.component.value == f"{SH}{component}ConstraintComponent"
        assert wrong in finding.message
        assert expected in (finding.expected or "")
        assert finding.fix
        assert "{" not in f"{finding.message}{finding.expected}{finding.fix}"


def test_closed_shape_names_the_property() -> None:
    """The one component that only node shapes have."""
    found = findings(
        ":Shape sh:targetNode :s ; sh:closed true ; sh:ignoredProperties (schema:url) ."
    )
    assert {finding.message.split(" is a property")[0] for finding in found} == {
        "schema:name",
        "schema:age",
    }


def test_all_components_of_the_core_have_words() -> None:
    """No component of SHACL Core is left out of these tests, or of the table."""
    assert {*CASES, "Closed"} == _COMPONENTS.keys()


def test_words_of_the_author_come_first() -> None:
    """Placeholders of the parameters and of the result are filled in, as in SPARQL messages."""
    message = "sh:message 'Niemand'@de , '{$this} has {?value}, not up to {$maxLength}: {$PATH}'@en"
    found = findings(property_shape("schema:age", f"sh:maxLength 0 ; {message}"))
    assert [finding.message for finding in found] == [
        "<http://example.org/s> has 7, not up to 0: schema:age"
    ]


def test_name_link_and_severity_are_the_shapes_own() -> None:
    """`sh:name`, else the label; a page that the shape refers to, else its own address."""
    told = "sh:minCount 9 ; sh:severity sh:Info ; sh:name 'age'@en ; rdfs:seeAlso <https://e.org/d>"
    (finding,) = findings(property_shape("schema:age", told))
    assert (finding.name, finding.link, finding.severity) == (
        "age",
        "https://e.org/d",
        Severity.INFO,
    )
    assert finding.rule == f"{EX}P"
    shape = ":Shape rdfs:label 'a shape' ; sh:targetNode :s ; sh:nodeKind sh:Literal ; "
    (finding,) = findings(f"{shape} rdfs:seeAlso <javascript:x> .")
    assert (finding.name, finding.link) == ("a shape", f"{EX}Shape")


def test_shape_without_a_name_is_told_by_the_one_above_it() -> None:
    """Its label would be another one in the next run."""
    shape = ":Shape a sh:NodeShape ; sh:targetNode :s ; sh:property "
    (finding,) = findings(f"{shape} [ sh:path schema:age ; sh:minCount 2 ] .")
    assert finding.rule == f"{EX}Shape/schema:age"
    (finding,) = findings("[] sh:targetNode :s ; sh:nodeKind sh:Literal .")
    assert finding.rule == "sh:NodeKindConstraintComponent"


def test_true_cause_is_told_with_a_nested_shape() -> None:
    """`sh:node` alone would hide what is wrong."""
    inner = Result(
        focus=NamedNode(EX + "o"),
        value=Literal("7"),
        shape=NamedNode(EX + "N"),
        component=NamedNode(SH + "NodeKindConstraintComponent"),
    )
    outer = Result(
        focus=NamedNode(EX + "s"),
        value=BlankNode("b"),
        shape=NamedNode(EX + "P"),
        component=NamedNode(SH + "NodeConstraintComponent"),
        details=(inner,),
    )
    shapes = list(rdf.file(HEAD + ":P sh:node :N .").quads)
    words = Wording(shapes)(outer)
    assert words.message == (
        "a node without a name does not conform to <http://example.org/N>."
        ' "7" is of the wrong kind.'
    )


def test_long_lists_have_an_end() -> None:
    """A message is read by a person."""
    listed = " ".join(f"{n}" for n in range(100, 200))
    (finding,) = findings(property_shape("schema:age", f"sh:in ({listed})"))
    assert "88 more" in (finding.expected or "")


def test_results_that_say_the_same_are_one_finding() -> None:
    """The words of an author may stand for several constraints of one shape."""
    said = "sh:message 'a date, please' ; sh:datatype xsd:date ; sh:minLength 3"
    (finding,) = findings(property_shape("schema:age", said))
    assert len(finding.results) == 2


def test_names_are_short_by_the_prefixes_of_their_authors(tmp_path: Path) -> None:
    """As the files write them; the rule keeps its whole IRI, which is its name."""
    shape = ":Shape sh:targetNode :s ; sh:property :P . :P sh:path :p ; sh:in (:a ex:b) ."
    text = f"@prefix ex: <http://example.com/x#> .\n{HEAD}"
    (tmp_path / "shapes.ttl").write_text(f"{text}{shape}", encoding="utf-8")
    (tmp_path / "data.ttl").write_text(f"{HEAD}:s :p :c .", encoding="utf-8")
    found = iisgraph.check(tmp_path / "data.ttl", shapes=tmp_path / "shapes.ttl")
    (finding,) = (each for each in found if each.severity is Severity.ERROR)
    assert finding.message == ":c is not one of the values allowed."
    assert finding.expected == "one of :a, ex:b"
    assert finding.rule == f"{EX}P"
