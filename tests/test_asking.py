"""On the terminal a query can be asked for its sources, for another day, and for what is odd."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iisgraph.cli import main

RECORD = """\
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix iis: <https://w3id.org/iisgraph/def/> .
@prefix schema: <https://schema.org/> .

<https://w3id.org/iisgraph/id/edition/a> a iis:ForumEdition ;
    schema:startDate "2015-01-09"^^xsd:date ; iis:venue "Hall"@en .
"""
EDITIONS = "SELECT ?e ?v { ?e a iis:ForumEdition ; iis:venue ?v }"


@pytest.fixture
def record(tmp_path: Path) -> str:
    """A file with one edition of a forum."""
    path = tmp_path / "a.ttl"
    path.write_text(RECORD, encoding="utf-8")
    return str(path)


def run(record: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["query", "--data", record, *arguments])


def test_sources_are_a_column(record: str) -> None:
    """In a table and in CSV; without the option nothing is new."""
    result = run(record, "--sources", "--format", "csv", EDITIONS)
    (row,) = csv.DictReader(io.StringIO(result.stdout, newline=""))
    assert row["_sources"] == "record <https://w3id.org/iisgraph/graph/a>"
    assert "_sources" in run(record, "--sources", EDITIONS).stdout
    assert "_sources" not in run(record, EDITIONS).stdout


def test_sources_in_json_are_what_the_endpoint_gives(record: str) -> None:
    """As a key of each row, with its parts."""
    result = run(record, "--sources", "--format", "json", EDITIONS)
    (row,) = json.loads(result.stdout)["results"]["bindings"]
    assert row["_sources"] == {
        "complete": True,
        "sources": [{"graph": "https://w3id.org/iisgraph/graph/a", "part": "record"}],
    }


@pytest.mark.parametrize(("day", "rows"), [("2015-01-08", 0), ("2015-01-09", 1)])
def test_the_graph_of_a_day(record: str, day: str, rows: int) -> None:
    """What had not happened is not there."""
    result = run(record, "--as-of", day, "--format", "csv", EDITIONS)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 1 + rows


def test_the_possible_of_a_day(tmp_path: Path) -> None:
    """More than what is certain."""
    path = tmp_path / "a.ttl"
    path.write_text(RECORD.replace('"2015-01-09"^^xsd:date', '"2015"^^xsd:gYear'), encoding="utf-8")
    day = ("--as-of", "2015-01-09", "--format", "csv")
    assert len(run(str(path), *day, EDITIONS).stdout.splitlines()) == 1
    possible = run(str(path), *day, "--certainty", "possible", EDITIONS)
    assert len(possible.stdout.splitlines()) == 2


def test_what_is_odd_goes_to_stderr(record: str) -> None:
    """Remarks and reasons, and the answer on stdout as ever."""
    asked = "SELECT ?e { ?e iis:venue 'Hall' }"
    result = run(record, "--explain", "--format", "csv", asked)
    assert result.stdout.splitlines() == ["e"]
    assert result.stderr == (
        "iisgraph: 1:13: nothing matches `?e iis:venue 'Hall'`; did you mean \"Hall\"@en? [empty]\n"
    )
    assert run(record, "--format", "csv", asked).stderr == ""
    assert run(record, "--explain", EDITIONS).stderr == ""


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("ASK { ?e iis:venu ?v }", "iis:venu is not in this graph; did you mean iis:venue?"),
        ("CONSTRUCT WHERE { ?e iis:venu ?v }", "no statement has the property iis:venu"),
    ],
)
def test_other_forms_are_explained(record: str, asked: str, reason: str) -> None:
    """`no` and an empty graph have reasons too."""
    result = run(record, "--explain", asked)
    assert result.exit_code == 0
    assert reason in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--as-of", "2015", EDITIONS), "expected a day such as 2015-01-09"),
        (("--sources", "ASK {}"), "sources are told for the rows of a SELECT query"),
        (("--explain", "SELECT * { ?s is:p ?o }"), "1:15: the prefix is: is not declared"),
    ],
)
def test_faults_are_told(record: str, arguments: tuple[str, ...], message: str) -> None:
    """On stderr, with exit code 2."""
    result = run(record, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("option", [("--sources",), ("--explain",), ("--as-of", "2015-01-09")])
def test_an_endpoint_cannot_be_asked_so(option: tuple[str, ...]) -> None:
    """They need the graphs, which an address does not give; nothing is sent."""
    result = CliRunner().invoke(main, ["query", "--data", "http://127.0.0.1:9/", *option, "ASK {}"])
    assert result.exit_code == 2
    assert "need the data" in result.stderr
