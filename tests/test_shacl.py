"""SHACL beyond the W3C's suite: exact terms, refusals, messages, counts, order, the fallback."""

import re
from collections.abc import Iterable

import pytest

from iisgraph.engine import BlankNode, Document, Literal, NamedNode, Term, serialize
from iisgraph.errors import ShapesError
from iisgraph.shacl import Data, Report, Result, compiled, validate
from iisgraph.shacl.data import Found
from iisgraph.shacl.literals import is_well_formed
from iisgraph.shacl.model import Shapes
from iisgraph.shacl.nesting import nested
from iisgraph.shacl.plans import plan
from iisgraph.vocab import SH, XSD
from tests.shacl import EX, quads

A = "ex:a a ex:C .\n"


def shape(body: str) -> str:
    return f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {body} ."


def judged(data: str, shapes: str, engine: str = "compiled") -> Report:
    assert engine in ("compiled", "pyshacl")
    return validate(quads(data), quads(shapes), engine=engine)  # type: ignore[arg-type]


def values(report: Report) -> list[str]:
    return sorted(str(result.value) for result in report.results)


def one(report: Report) -> Result:
    (result,) = report.results
    return result


def texts(result: Result) -> list[str]:
    return [message.value for message in result.messages]


# ---------------------------------------------------------------- exact terms


@pytest.mark.parametrize(
    ("literal", "datatype"),
    [
        ('"01"^^xsd:integer', "xsd:integer"),
        ('"3"^^xsd:nonNegativeInteger', "xsd:nonNegativeInteger"),
        ('"1"^^xsd:boolean', "xsd:boolean"),
        ('"1.50"^^xsd:decimal', "xsd:decimal"),
        ('"2020-01-01T00:00:00Z"^^xsd:dateTimeStamp', "xsd:dateTimeStamp"),
        ('"5"^^xsd:byte', "xsd:byte"),
    ],
)
def test_a_literal_that_the_store_rewrites_has_the_datatype_of_the_file(
    literal: str, datatype: str
) -> None:
    data = f"{A} ex:a ex:p {literal} ."
    assert judged(data, shape(f"sh:property [ sh:path ex:p ; sh:datatype {datatype} ]")).conforms
    wrong = judged(data, shape("sh:property [ sh:path ex:p ; sh:datatype xsd:string ]"))
    assert values(wrong) == [str(quads(f"ex:a ex:p {literal} .")[0].object)]


def test_the_text_of_the_file_is_what_is_matched_and_counted() -> None:
    data = f'{A} ex:a ex:p "01"^^xsd:integer , 1 .'
    assert judged(data, shape('sh:property [ sh:path ex:p ; sh:pattern "^0" ]')).results
    assert not judged(data, shape("sh:property [ sh:path ex:p ; sh:minCount 2 ]")).results
    assert len(judged(data, shape("sh:property [ sh:path ex:p ; sh:maxCount 1 ]")).results) == 1
    assert judged(
        data, shape('sh:property [ sh:path ex:p ; sh:hasValue "01"^^xsd:integer ]')
    ).conforms


@pytest.mark.parametrize(
    ("text", "datatype", "expected"),
    [
        ("2020-02-29", "date", True),
        ("2021-02-29", "date", False),
        ("1900-02-29", "date", False),
        ("-0001-01-01", "date", True),
        ("20-01-01", "date", False),
        ("24:00:00", "time", True),
        ("24:00:01", "time", False),
        ("2020-01-01T00:00:00", "dateTimeStamp", False),
        ("2020-01-01T00:00:00+14:00", "dateTimeStamp", True),
        ("128", "byte", False),
        ("-0", "nonNegativeInteger", True),
        ("9" * 40, "integer", True),
        ("9" * 40, "unsignedLong", False),
        ("1.", "decimal", True),
        (".", "decimal", False),
        ("INF", "double", True),
        ("inf", "double", False),
        ("P1Y2M", "duration", True),
        ("P", "duration", False),
        ("P1YT", "duration", False),
        ("0f", "hexBinary", True),
        ("0", "hexBinary", False),
        ("en-GB", "language", True),
        ("english!", "language", False),
        ("١", "integer", False),
    ],
)
def test_lexical_spaces(text: str, datatype: str, expected: bool) -> None:
    assert is_well_formed(Literal(text, datatype=NamedNode(XSD + datatype))) == expected


# ---------------------------------------------------------------- comparison, as SPARQL has it


@pytest.mark.parametrize(
    ("constraint", "faults"),
    [
        ("sh:minInclusive 2", 5),
        ('sh:maxExclusive "2020-06-01"^^xsd:date', 6),
        ('sh:minInclusive "a"', 6),
        ("sh:lessThan ex:q", 6),
        ("sh:lessThanOrEquals ex:q", 5),
    ],
)
def test_what_cannot_be_compared_is_at_fault(constraint: str, faults: int) -> None:
    """SPARQL's `<` is an error between a date and a text, or for an IRI (SHACL §4.3, §4.5)."""
    listed = '1 , 2 , 2.5 , "b" , ex:b , "2020-01-01"^^xsd:date , "x"^^xsd:integer'
    data = f"{A} ex:a ex:p {listed} ; ex:q 2 ."
    found = judged(data, shape(f"sh:property [ sh:path ex:p ; {constraint} ]"))
    assert len(found.results) == faults


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("sh:minCout 1", "did you mean sh:minCount?"),
        ("sh:target [ a sh:SPARQLTarget ]", "sh:target is nothing that SHACL 1.0"),
        ("sh:js [ ]", "sh:js is nothing"),
        ("sh:minCount 1", "needs a property shape"),
        ("sh:property [ sh:path ex:p ; sh:minCount 1 , 2 ]", "more than one sh:minCount"),
        ("sh:property [ sh:path ex:p ; sh:minCount 'one' ]", "must be an integer"),
        ("sh:property [ sh:path ex:p , ex:q ]", "more than one sh:path"),
        ("sh:property [ sh:path 'p' ]", "not a well-formed property path"),
        ("sh:property [ sh:path ( ex:p ) ]", "too few members"),
        ("sh:property [ a sh:PropertyShape ]", "a property shape without sh:path"),
        ("sh:property [ sh:minLength 1 ]", "the value of sh:property is no property shape"),
        ("sh:node [ sh:path ex:p ]", "the value of sh:node is a property shape"),
        ("sh:node 'x'", "is no value for sh:node"),
        ("sh:node ex:S", "recursive shapes have no defined meaning"),
        ("sh:in ex:nothing", "not a well-formed list"),
        ("sh:nodeKind sh:Iri", "is no value for sh:nodeKind"),
        ("sh:closed 'yes'", "must be true or false"),
        ("sh:pattern '('", "pattern"),
        ("sh:pattern 'a' ; sh:flags 'k'", "unknown flags"),
        ("sh:severity 'high'", "sh:severity must be an IRI"),
        ("sh:entailment <http://www.w3.org/ns/entailment/RDFS>", "entailment"),
        ("sh:property [ sh:path ex:p ; sh:qualifiedValueShape [ ] ]", "needs a count"),
        ("sh:sparql [ sh:select 'SELECT ?x { ?x ?p ?o }' ]", "does not give $this"),
        ("sh:sparql [ sh:select 'SELECT $this { $this ex:p ?o }' ]", "ex: is not declared"),
        ("sh:sparql [ sh:select 'SELECT $this {' ]", "a shape without an IRI"),
        ("sh:sparql [ sh:select 'ASK { $this ?p ?o }' ]", "a query of another form"),
        ("sh:sparql [ sh:ask 'ASK { $this ?p ?o }' ]", "must have one sh:select"),
        ("sh:sparql [ sh:select 'SELECT $this FROM <urn:x> { $this ?p ?o }' ]", "reach outside"),
        ("sh:sparql [ sh:select 'SELECT $this { SERVICE <urn:x> { } }' ]", "reach outside"),
        (
            "sh:sparql [ sh:select 'SELECT $this { FILTER EXISTS { $this ?p ?o MINUS { } } }' ]",
            "MINUS",
        ),
    ],
)
def test_what_is_not_understood_is_refused(body: str, message: str) -> None:
    with pytest.raises(ShapesError, match=re.escape(message)):
        judged(A, shape(body))


def test_shapes_that_nothing_leads_to_are_not_refused() -> None:
    assert judged(A, shape("sh:nodeKind sh:IRI") + "ex:other sh:minCout 1 .").conforms


# ---------------------------------------------------------------- what a result says


def test_messages_have_their_placeholders_filled_in_and_keep_their_language() -> None:
    said = "{$this}: {?value} over {$maxLength}"
    body = f'sh:property [ sh:path ex:p ; sh:maxLength 2 ; sh:message "{said}"@en ]'
    result = one(judged(A + 'ex:a ex:p "long" .', shape(body)))
    assert texts(result) == [f"{EX}a: long over 2"]
    assert result.messages[0].language == "en"


def test_a_query_may_say_more_in_its_message() -> None:
    query = "SELECT $this ?value ?more { $this <http://example.org/p> ?value BIND(1 AS ?more) }"
    said = "{?value}, {?more} and {?none}"
    body = f'sh:sparql [ sh:message "{said}" ; sh:select "{query}" ]'
    assert texts(one(judged(A + "ex:a ex:p ex:b .", shape(body)))) == [f"{EX}b, 1 and {{?none}}"]


def test_every_message_of_a_shape_is_told() -> None:
    body = 'sh:nodeKind sh:Literal ; sh:message "no"@en , "нет"@ru'
    assert texts(one(judged(A, shape(body)))) == ["no", "нет"]


def test_severities_are_told_as_they_are() -> None:
    body = "sh:nodeKind sh:Literal ; sh:severity ex:Grave"
    assert one(judged(A, shape(body))).severity.value == f"{EX}Grave"


def test_details_tell_why_a_nested_shape_fails() -> None:
    body = "sh:node ex:T ."
    other = "ex:T sh:property [ sh:path ex:p ; sh:minCount 1 ]"
    result = one(judged(A, shape(body + other)))
    (detail,) = result.details
    assert detail.component.value == SH + "MinCountConstraintComponent"


def test_the_report_is_the_graph_that_the_specification_has() -> None:
    body = (
        "sh:property [ sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:minCount 1 ; sh:message 'm' ]"
    )
    report = judged(A, shape(body))
    text = serialize(report.graph(), "text/turtle").decode()
    assert "sh:conforms false" in text
    expected = quads(
        f"""[] a sh:ValidationReport ; sh:conforms false ; sh:result [ a sh:ValidationResult ;
        sh:focusNode ex:a ; sh:resultSeverity sh:Violation ; sh:sourceShape {one(report).shape} ;
        sh:sourceConstraintComponent sh:MinCountConstraintComponent ; sh:resultMessage 'm' ;
        sh:resultPath ( ex:p [ sh:inversePath ex:q ] ) ] ."""
    )
    assert len(report.graph()) == len(expected)
    assert {quad.predicate for quad in report.graph()} == {quad.predicate for quad in expected}


def test_reports_are_the_same_each_time_though_blank_nodes_are_renamed() -> None:
    data = A + "ex:b a ex:C . [] a ex:C . [] a ex:C ; ex:p 1 ."
    body = "sh:property [ sh:path ex:p ; sh:minCount 2 ] , [ sh:path ex:q ; sh:minCount 1 ]"
    both = [judged(data, shape(body)) for _ in range(2)]
    told = [[(str(r.path), isinstance(r.focus, BlankNode)) for r in each.results] for each in both]
    assert told[0] == told[1]
    assert len(told[0]) == 8


# ---------------------------------------------------------------- targets


def test_shapes_that_judge_nothing_are_counted() -> None:
    more = "ex:T sh:targetClass ex:Typo . ex:U sh:targetClass ex:C ; sh:deactivated true ."
    report = judged(
        A + "ex:b a ex:D . ex:D rdfs:subClassOf ex:C .", shape("sh:nodeKind sh:IRI") + more
    )
    counts = {node.value: number for node, number in report.targets.items()}
    assert counts == {f"{EX}S": 2, f"{EX}T": 0}


@pytest.mark.parametrize("engine", ["compiled", "pyshacl"])
def test_about_judges_these_nodes_alone(engine: str) -> None:
    data, shapes = quads(A + "ex:b a ex:C ."), quads(shape("sh:nodeKind sh:Literal"))
    about: Iterable[Term] = [NamedNode(f"{EX}b"), NamedNode(f"{EX}elsewhere")]
    report = validate(data, shapes, engine=engine, about=list(about))  # type: ignore[arg-type]
    assert [result.focus for result in report.results] == [NamedNode(f"{EX}b")]
    assert list(report.targets.values()) == [1]


# ---------------------------------------------------------------- what is left to pySHACL


TEXT = "SELECT $this ?value { $this <http://example.org/p> ?value FILTER(STR(?value) = '01') }"
QUERY = f'sh:sparql [ sh:select "{TEXT}" ]'


def test_a_query_that_may_come_upon_a_rewritten_literal_is_left_to_pyshacl() -> None:
    report = judged(A + 'ex:a ex:p "01"^^xsd:integer .', shape(QUERY))
    assert [node.value for node in report.fallback] == [f"{EX}S"]
    assert one(report).value == Literal("01", datatype=NamedNode(XSD + "integer"))
    assert not judged(A + 'ex:a ex:p 1 ; ex:q "01"^^xsd:integer .', shape(QUERY)).fallback


def test_a_path_that_stays_where_nothing_is_said_is_left_to_pyshacl() -> None:
    """The engine does not find a node by a path of length zero if no statement has it."""
    body = 'sh:sparql [ sh:select "SELECT $this ?value { $this <http://example.org/p>* ?value }" ]'
    report = judged(A, f"ex:S sh:targetNode ex:unknown ; {body} .")
    assert len(report.results) == len(report.fallback) == 1


def test_verifying_tells_what_the_search_has_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    data, shapes = quads(A), quads(shape("sh:nodeKind sh:Literal"))
    monkeypatch.setattr(compiled.Validation, "_found", lambda *_: iter(()))
    report = validate(data, shapes, verify=1.0)
    assert report.conforms
    assert [result.focus for result in report.doubted] == [NamedNode(f"{EX}a")]
    monkeypatch.undo()
    assert not validate(data, shapes, verify=1.0).doubted


# ---------------------------------------------------------------- how it is searched


@pytest.mark.parametrize(
    "body",
    [
        'sh:pattern "^\\\\p{L}+$"',
        "sh:property [ sh:path ex:p ; sh:minCount 9 ]",
        "sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:class ex:C ]",
    ],
)
def test_what_cannot_be_searched_for_is_judged_node_by_node(body: str) -> None:
    known = Shapes(quads(shape(body)))
    assert plan(known.targeted[0], known, Data(quads(A))).searches is None
    assert judged(A + "ex:a ex:p ex:b .", shape(body)).results


def test_exists_is_nested() -> None:
    group = "{ ?x ex:q/ex:r ?y . $this ex:s ?x FILTER(?y > 1) }"
    text = f"SELECT * {{ $this ex:p ?x FILTER NOT EXISTS {group} }}"
    assert nested(text).count("EXISTS") == 3
    untouched = "SELECT * { FILTER EXISTS { ?x ex:q ?y OPTIONAL { ?y ex:r ?z } } }"
    assert nested(untouched) == untouched


def test_ten_thousand_results_cost_no_query_each(monkeypatch: pytest.MonkeyPatch) -> None:
    data = Data(quads("".join(f'ex:n{i} a ex:C ; ex:p "x" .\n' for i in range(10_000))))
    asked: list[str] = []
    query = data.store.query

    def counted(text: str) -> Found:
        asked.append(text)
        return query(text)

    monkeypatch.setattr(data.store, "query", counted)
    text = "SELECT $this { $this <http://example.org/p> ?x }"
    body = f'sh:property [ sh:path ex:p ; sh:maxLength 0 ] ; sh:sparql [ sh:select "{text}" ]'
    report = validate(data, quads(shape(body)))
    assert len(report.results) == 20_000
    assert len(asked) < 10


def test_a_file_may_be_gone_through_without_being_kept(tmp_path: object) -> None:
    path = f"{tmp_path}/x.ttl"
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - a path as text is what is given
        file.write('@prefix ex: <http://example.org/> .\n_:a a ex:C ; ex:p "01"^^<urn:x> .\n')
    report = validate(Document(path, "text/turtle", EX), quads(shape("sh:nodeKind sh:IRI")))
    assert one(report).focus == BlankNode("a")
