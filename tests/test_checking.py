"""Data is checked over HTTP: by our shapes or the sender's, in every form, within limits."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from iisgraph import web
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import SH
from tests import rdf
from tests.conftest import ROOT

RECORD = (ROOT / "data/records/official/sco-infoforum-2017.ttl").read_text(encoding="utf-8")
DATA = f"@prefix ex: <{rdf.EX}> .\nex:ann a ex:Person .\n"
SHAPES = f"""\
@prefix ex: <{rdf.EX}> .
@prefix sh: <{SH}> .
ex:PersonShape sh:targetClass ex:Person ; sh:property [ sh:path ex:name ; sh:minCount 1 ] .
"""
TURTLE = {"Content-Type": "text/turtle"}


@pytest.fixture(scope="module")
def patient(snapshot: Snapshot) -> Iterator[Flask]:
    """An application that gives a check all the time that a busy machine may need."""
    app = web.create_app(snapshot, Settings(query_seconds=60.0, query_megabytes=1024))
    yield app
    web.close(app)


@pytest.fixture
def client(patient: Flask) -> FlaskClient:
    return patient.test_client()


def test_a_record_that_is_here_passes(client: FlaskClient) -> None:
    """Sent again it takes its own place, and has no findings but its note."""
    response = client.post("/check", data=RECORD.encode(), headers=TURTLE)
    assert response.status_code == 200
    report = response.get_json()
    assert report["conforms"] is True
    assert {f["severity"] for f in report["findings"]} <= {"info"}


def test_mistakes_in_a_record_are_told_at_their_place(client: FlaskClient) -> None:
    """Terms, shapes and house rules, as on the terminal."""
    wrong = RECORD.replace("iis:ofAgreement", "iis:ofAgrement", 1)
    wrong = wrong.replace("<id/state/KGZ>", "<id/state/KGS>", 1)
    report = client.post("/check", data=wrong.encode(), headers=TURTLE).get_json()
    assert report["conforms"] is False
    rules = {f["rule"]: f for f in report["findings"]}
    assert {
        "unknown-term",
        "checks/dangling-reference",
        "shape/AgreementAction-party",
    } <= rules.keys()
    line = wrong.splitlines()[rules["unknown-term"]["line"] - 1]
    assert line[rules["unknown-term"]["column"] - 1 :].startswith("iis:ofAgrement")
    assert {f["file"] for f in report["findings"]} == {"data.ttl"}


def test_shapes_may_be_sent_along(client: FlaskClient) -> None:
    form = {"data": DATA, "shapes": SHAPES}
    report = client.post("/check", data=form, headers={"Accept": "application/json"}).get_json()
    (finding,) = (f for f in report["findings"] if f["severity"] == "error")
    assert (finding["file"], finding["line"], finding["column"]) == ("data.ttl", 2, 10)
    named = DATA.replace("ex:Person .", "ex:Person ; ex:name 'Ann' .")
    form = {"data": named, "shapes": SHAPES, "format": "json"}
    report = client.post("/check", data=form).get_json()
    assert (report["conforms"], report["findings"]) == (True, [])


@pytest.mark.parametrize(
    ("form", "media_type", "part"),
    [
        ("json", "application/json", '"conforms": false'),
        ("sarif", "application/sarif+json", '"2.1.0"'),
        ("junit", "application/xml", "<testsuite"),
        ("markdown", "text/markdown", "PersonShape"),
        ("text", "text/plain", "data.ttl:2:10: error: "),
        ("turtle", "text/turtle", "ValidationReport"),
        ("html", "text/html", "data:2:10"),
    ],
)
def test_findings_are_told_in_each_form(
    form: str, media_type: str, part: str, client: FlaskClient
) -> None:
    """By name, or as the Accept header asks."""
    sent = {"data": DATA, "shapes": SHAPES}
    by_name = client.post("/check", data=sent | {"format": form})
    by_type = client.post("/check", data=sent, headers={"Accept": media_type})
    for response in (by_name, by_type):
        assert response.status_code == 200
        assert response.mimetype == media_type
        assert part in response.text
    assert by_name.data == by_type.data


@pytest.mark.parametrize("name", ["turtle", "trig", "ntriples", "nquads", "rdfxml", "jsonld"])
def test_data_is_taken_in_each_syntax(name: str, client: FlaskClient) -> None:
    """What is no RDF of that syntax is a finding."""
    sent = {"data": "nonsense", "shapes": SHAPES, "syntax": name, "format": "json"}
    report = client.post("/check", data=sent).get_json()
    assert [f["rule"] for f in report["findings"]] == ["syntax"]


def test_the_page_is_a_form(client: FlaskClient) -> None:
    """It works without scripts, and shows what was sent with the findings."""
    page = client.get("/check")
    assert page.status_code == 200
    assert '<form method="post" action="/check"' in page.text
    shown = client.post("/check", data={"data": DATA, "shapes": SHAPES, "format": "html"})
    assert "ex:ann a ex:Person ." in shown.text
    assert '<h2 id="findings">Failed</h2>' in shown.text
    assert "         ^^^^^^^^^" in shown.text
    assert "unsafe" not in shown.headers["Content-Security-Policy"]


def test_what_is_sent_cannot_be_markup(client: FlaskClient) -> None:
    data = DATA.replace("ex:Person", "<http://x.org/?a=<b>>").replace("<b>", "'b'")
    data = f"<urn:a> <urn:b> '</textarea><script>alert(1)</script>' .\n{data}"
    shown = client.post("/check", data={"data": data, "format": "html"}).text
    assert "<script>" not in shown


@pytest.mark.parametrize(
    ("data", "headers", "status"),
    [
        ({"data": " "}, {}, 400),
        ({"shapes": SHAPES}, {}, 400),
        ({"data": DATA, "syntax": "csv"}, {}, 400),
        ({"data": DATA, "format": "csv"}, {}, 406),
        ({"data": DATA, "shapes": SHAPES}, {"Accept": "image/png"}, 406),
        (DATA, {"Content-Type": "text/csv"}, 415),
        (DATA, {}, 415),
        (b"\xff", TURTLE, 400),
        ({"data": DATA, "shapes": f"<urn:s> <{SH}targetClass> 'x' ."}, {}, 400),
        ("x" * 2_000_000, TURTLE, 413),
    ],
)
def test_what_cannot_be_checked_is_refused(
    data: object, headers: dict[str, str], status: int, client: FlaskClient
) -> None:
    response = client.post("/check", data=data, headers=headers)
    assert response.status_code == status
    assert "Traceback" not in response.text


@pytest.mark.parametrize(
    "query", ["SELECT $this { SERVICE <http://x.org/> {} }", "ASK FROM <urn:x> {}"]
)
def test_nobody_is_called_for_a_shape(query: str, client: FlaskClient) -> None:
    shapes = SHAPES + f'ex:PersonShape sh:sparql [ sh:select "{query}" ] .\n'
    sent = {"data": DATA, "shapes": shapes, "format": "json"}
    report = client.post("/check", data=sent).get_json()
    assert [f["rule"] for f in report["findings"]] == ["refused-query"]


def test_a_shape_without_end_is_ended(app: Flask) -> None:
    """The process that evaluates is killed at its deadline, and the next call is answered."""
    client = app.test_client()  # it gives two seconds
    chain = "".join(f"<urn:n{i}> <urn:p> <urn:n{j}> .\n" for i in range(60) for j in range(60))
    data = f"{chain}<urn:n0> a <{rdf.EX}Person> .\n"
    query = "SELECT $this { " + " ".join(f"?a{i} <urn:p> ?a{i + 1} ." for i in range(12))
    query += " FILTER(STRLEN(CONCAT(STR(?a0), STR(?a12))) = 0) }"
    shapes = SHAPES + f'ex:PersonShape sh:sparql [ sh:select "{query}" ] .\n'
    response = client.post("/check", data={"data": data, "shapes": shapes})
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    again = client.post("/check", data={"data": DATA, "shapes": SHAPES, "format": "json"})
    assert again.status_code == 200


def test_findings_have_a_most(client: FlaskClient) -> None:
    data = f"@prefix ex: <{rdf.EX}> .\n" + "".join(f"ex:p{i} a ex:Person .\n" for i in range(1100))
    report = client.post("/check", data={"data": data, "shapes": SHAPES, "format": "json"})
    findings = json.loads(report.data)["findings"]
    assert len(findings) == 1001
    assert any("more findings are not told" in f["message"] for f in findings)
