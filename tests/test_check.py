"""The gate: what is wrong is found, at its line and column, and nothing else is."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from iisgraph import gate
from iisgraph.cli import main
from iisgraph.errors import SourceError
from iisgraph.gate import Finding, Severity, check
from iisgraph.gate.excerpts import Excerpts
from iisgraph.read import Content, File
from iisgraph.vocab import BASE, GRAPH, PREFIXES
from tests.excerpt import excerpt

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "src/iisgraph/gate/formats/findings.schema.json"
FORUM = "data/records/official/sco-infoforum-2017.ttl"
PRESS = "data/records/press/brics-newsaz.ttl"
HEADPOST = "data/records/press/sco-headpost.ttl"
GHANA = "data/records/joint/sco-newsghana--sco-tass2025.ttl"
FORUMS = "data/reference/forums.ttl"
RECORDS = (FORUM, PRESS, HEADPOST, GHANA)
PROGRAM = [sys.executable, "-c", "from iisgraph.cli import main; main()"]
HEAD = f"@base <{BASE}> .\n" + "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.items())


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def place(path: Path, context: str, mark: str) -> tuple[int, int]:
    """Line and column of a mark in the one place where its context stands."""
    text = path.read_text(encoding="utf-8")
    assert text.count(context) == 1
    at = text.index(context) + context.index(mark)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


# ---------------------------------------------------------------- mistakes in our own data

ACTION = "<id/action/sco-2009-iis-agreement/{}/signature/1> a iis:AgreementAction ;\n"
BODY = "    iis:actingBody <scheme/acting-body/government> ;\n"
SIGNED = "    iis:actionKind <scheme/action/signature> ;\n"
PARAGRAPH = '    iis:locator "paragraph 4" ;\n'
OF = "    iis:ofAgreement <id/agreement/sco-2009-iis-agreement> ;\n"
KIND = "    iis:sessionKind <scheme/session/thematic-session> ;\n"
TAIL = '    schema:startDate "2009-06-16"^^xsd:date .\n'


def action(code: str, *lines: str) -> str:
    return ACTION.format(code) + "".join(lines)


def party(code: str) -> str:
    return f"    iis:party <id/state/{code}> ;\n"


MISTAKES: Mapping[str, tuple[str, str, str, str, str, str]] = {
    # name: file, right, wrong, context and mark of the place, rule
    "misspelt property": (
        FORUM,
        action("CHN", BODY, SIGNED, PARAGRAPH, OF),
        action("CHN", BODY, SIGNED, PARAGRAPH, OF.replace("ofAgreement", "ofAgrement")),
        "iis:ofAgrement <id/agreement",
        "iis:",
        "unknown-term",
    ),
    "misspelt class": (
        FORUMS,
        "<id/session/infoforum-2017-s1> a iis:Session ;",
        "<id/session/infoforum-2017-s1> a iis:Sesion ;",
        "a iis:Sesion ;",
        "iis:Sesion",
        "unknown-term",
    ),
    "schema.org without s": (
        PRESS,
        "<https://schema.org/>",
        "<http://schema.org/>",
        'schema:startDate "',
        "schema:",
        "unknown-term",
    ),
    "literal that the store rewrites": (
        FORUM,
        "schema:value 1300",
        "schema:value 01300",
        "schema:value 01300",
        "01300",
        "canonical-literal",
    ),
    "day that no month has": (
        FORUM,
        action("KAZ", BODY, SIGNED, PARAGRAPH, OF, party("KAZ"), TAIL),
        action("KAZ", BODY, SIGNED, PARAGRAPH, OF, party("KAZ"), TAIL.replace("-16", "-31")),
        '"2009-06-31"^^xsd:date',
        '"2009',
        "shape/AgreementAction-startDate",
    ),
    "address that leads nowhere": (
        FORUM,
        party("KGZ"),
        party("KGS"),
        "<id/state/KGS>",
        "<",
        "checks/dangling-reference",
    ),
    "concept of another scheme": (
        FORUM,
        action("RUS", BODY),
        action("RUS", "    iis:actingBody <scheme/vote/yes> ;\n"),
        "<scheme/vote/yes>",
        "<",
        "shape/AgreementAction-actingBody",
    ),
    "kind left out": (
        FORUM,
        action("TJK", BODY, SIGNED),
        action("TJK", BODY),
        "TJK/signature/1> a iis:AgreementAction",
        "iis:",
        "shape/AgreementAction-actionKind",
    ),
    "two values of one source": (
        FORUM,
        action("UZB", BODY, SIGNED, PARAGRAPH, OF, party("UZB"), TAIL),
        action(
            "UZB",
            BODY,
            SIGNED,
            PARAGRAPH,
            OF,
            party("UZB"),
            '    schema:startDate\n        "2009-06-15"^^xsd:date ,\n',
            '        "2009-06-16"^^xsd:date .\n',
        ),
        '"2009-06-15"^^xsd:date',
        '"',
        "checks/one-value-per-record",
    ),
    "end before start": (
        GHANA,
        '"2025-09-01"^^xsd:date',
        '"2021-09-01"^^xsd:date',
        '"2021-09-01"^^xsd:date',
        '"',
        "checks/end-before-start",
    ),
    "name without language": (
        FORUMS,
        '"National Forum for Information Security, Infoforum 2017"@en',
        '"National Forum for Information Security, Infoforum 2017"',
        '"National Forum for Information Security, Infoforum 2017"',
        '"',
        "shape/prefLabel",
    ),
    "fact in reference data": (
        FORUMS,
        KIND,
        KIND + '    schema:startDate "2017-02-02"^^xsd:date ;\n',
        '"2017-02-02"^^xsd:date',
        '"',
        "checks/fact-in-reference",
    ),
    "source that nobody has described": (
        GHANA,
        "        <source/sco-newsghana> ,",
        "        <source/sco-newsgana> ,",
        "<source/sco-newsgana>",
        "<",
        "shape/Record-hadPrimarySource",
    ),
    "layout": (HEADPOST, "a iis:Record ;", "a  iis:Record ;", "", "", "layout"),
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part of the repository's content with all these mistakes in it."""
    root = excerpt(tmp_path_factory.mktemp("broken"), RECORDS)
    edit(root / FORUMS, "@prefix skos:", f"@prefix schema: <{PREFIXES['schema']}> .\n@prefix skos:")
    edit(
        root / FORUMS,
        f"@prefix skos: <{PREFIXES['skos']}> .\n",
        f"@prefix skos: <{PREFIXES['skos']}> .\n@prefix xsd: <{PREFIXES['xsd']}> .\n",
    )
    for path, right, wrong, *_ in MISTAKES.values():
        edit(root / path, right, wrong)
    return root


@pytest.fixture(scope="module")
def found(broken: Path) -> list[Finding]:
    return check(Content(broken))


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_found_at_its_place(name: str, broken: Path, found: list[Finding]) -> None:
    """An editor can jump to what is wrong: file, line and column are exact."""
    path, _, _, context, mark, rule = MISTAKES[name]
    expected = place(broken / path, context, mark) if mark else (None, None)
    file = broken / path
    places = [(f.line, f.column) for f in found if (f.file, f.rule) == (file, rule)]
    assert expected in places


@pytest.mark.parametrize("name", [name for name, (*_, mark, _) in MISTAKES.items() if mark])
def test_mistake_is_marked_under_its_line(name: str, broken: Path, found: list[Finding]) -> None:
    """The marks stand under the word that is wrong, the whole of it and no more."""
    path, _, _, context, mark, rule = MISTAKES[name]
    at = place(broken / path, context, mark)
    finding = next(f for f in found if (f.rule, f.line, f.column) == (rule, *at))
    excerpt = Excerpts(broken)(finding)
    assert excerpt
    line, marks = excerpt
    marked = line[marks.index("^") : len(marks)]
    assert marked.startswith(mark)
    assert re.fullmatch(r'<\S+>|"[^"]+"(\^\^\S+|@\w+)?|[\w-]+:[\w-]+|\d+', marked)
    assert marks.strip("^ ") == ""
    assert finding.expected or finding.fix or len(finding.message) > 20


def test_mistakes_have_no_consequences_elsewhere(broken: Path, found: list[Finding]) -> None:
    """Errors are told only of the files that have mistakes."""
    errors = {f.file for f in found if f.severity is Severity.ERROR}
    assert errors == {broken / path for path, *_ in MISTAKES.values()}


@pytest.mark.parametrize(
    ("path", "misspelt", "hint"),
    [
        (FORUM, "iis:ofAgrement", "did you mean iis:ofAgreement?"),
        (FORUMS, "iis:Sesion", "did you mean iis:Session?"),
        (PRESS, "<http://schema.org/startDate>", "did you mean the namespace https://schema.org/?"),
    ],
)
def test_near_term_is_offered(
    path: str, misspelt: str, hint: str, broken: Path, found: list[Finding]
) -> None:
    """A slip of one letter is told with the word that was meant."""
    messages = [f.message for f in found if f.file == broken / path and f.rule == "unknown-term"]
    assert any(misspelt in message and message.endswith(hint) for message in messages)


def test_what_the_store_would_write_is_told(found: list[Finding]) -> None:
    """The message holds both forms, so that the right one can be copied."""
    (finding,) = (f for f in found if f.rule == "canonical-literal")
    assert '"01300"' in finding.message
    assert '"1300"' in finding.message


def test_findings_are_sorted_and_told_once(found: list[Finding]) -> None:
    """The list reads from file to file, from top to bottom."""
    assert found == sorted(found, key=lambda f: f.key)
    assert len(found) == len(set(found))


def test_report_is_the_same_whatever_the_hash_seed(broken: Path) -> None:
    """Two runs can be compared; nothing depends on the order of a set."""
    reports = set()
    for seed in ("1", "2"):
        done = subprocess.run(
            [*PROGRAM, "check", "--format", "json", broken],
            capture_output=True,
            check=False,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        assert done.returncode == 1, done.stderr.decode()
        assert b'"line"' in done.stdout
        assert b"Traceback" not in done.stderr
        reports.add(done.stdout)
    assert len(reports) == 1


def test_shape_of_the_json_report_is_pinned(broken: Path) -> None:
    """Programs read it: members neither come nor go unseen."""
    result = CliRunner().invoke(main, ["check", "--format", "json", str(broken)])
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report.keys() == {"conforms", "complete", "fail_on", "findings", "summary"}
    assert report["conforms"] is False
    jsonschema.validate(report, json.loads(SCHEMA.read_text(encoding="utf-8")))
    (one,) = (f for f in report["findings"] if f["rule"] == "canonical-literal")
    line, column = place(broken / FORUM, "schema:value 01300", "01300")
    assert one == {
        "severity": "error",
        "rule": "canonical-literal",
        "name": None,
        "message": one["message"],
        "expected": '"1300"^^xsd:integer',
        "fix": "Write it so.",
        "link": None,
        "file": str(broken / FORUM),
        "line": line,
        "column": column,
        "end_line": line,
        "end_column": column + 5,
        "focus": f"{BASE}id/count/infoforum-2017/participants",
        "path": "https://schema.org/value",
        "value": '"01300"^^xsd:integer',
        "replacement": "1300",
        "fingerprint": one["fingerprint"],
    }


def test_text_report_is_one_line_a_finding(broken: Path) -> None:
    """`file:line:column: level: message [rule]`, as editors and CI read it; the sum on stderr."""
    result = CliRunner().invoke(main, ["check", str(broken)])
    lines = result.stdout.splitlines()
    form = re.compile(r"[^:]+(:\d+:\d+)?: (error|warning|info): .+ \[[\w/-]+\]")
    assert [line for line in lines if not form.fullmatch(line)] == []
    errors = sum(": error: " in line for line in lines)
    assert re.match(rf"{errors} errors, \d+ warnings", result.stderr.splitlines()[-1])


# ---------------------------------------------------------------- files given by name


def write(path: Path, text: str) -> File:
    path.write_text(text, encoding="utf-8")
    return File(path, GRAPH + path.stem)


BAD = '<graph/bad> a iis:Record ; iis:hasPartty "x" .\n'


def test_only_given_files_are_reported(broken: Path, tmp_path: Path) -> None:
    """Who adds a record sees its findings, not those of everybody else."""
    given = write(tmp_path / "bad.ttl", HEAD + BAD)
    findings = check(Content(broken), [given])
    assert {f.file for f in findings} == {given.path}
    rules = {f.rule for f in findings}
    assert {"unknown-term", "layout", "shape/Record-hadPrimarySource"} <= rules


def test_right_file_passes_together_with_the_rest(tmp_path: Path) -> None:
    """A record that refers to what the content describes has no finding."""
    path = tmp_path / "sco-headpost--sco-tass2025.ttl"
    shutil.copy(ROOT / HEADPOST, path)
    edit(path, "<graph/sco-headpost>", "<graph/sco-headpost--sco-tass2025>")
    content = Content(excerpt(tmp_path / "content", RECORDS))
    assert check(content, [File(path, GRAPH + path.stem)]) == []


def test_broken_file_has_a_place_and_ends_the_check(tmp_path: Path) -> None:
    """Bad Turtle is told by line and column; nothing is said of what was not read."""
    path = tmp_path / "broken.ttl"
    path.write_text("@prefix a: <urn:a> .\na:b a:c d:e .\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(path)])
    assert result.exit_code == 2
    (line,) = result.stdout.splitlines()
    assert line.startswith(f"{path}:2:9: error: ")
    assert line.endswith(" [syntax]")


def test_every_broken_file_is_told(tmp_path: Path) -> None:
    """One run shows all that must be mended before the next."""
    root = tmp_path
    (root / "data").mkdir()
    (root / "data/a.ttl").write_text("<", encoding="utf-8")
    (root / "data/b.ttl").write_bytes(b"<urn:a> <urn:b> '\xff' .\n")
    findings = check(Content(root))
    assert [(f.file, f.rule) for f in findings] == [
        (root / "data/a.ttl", "syntax"),
        (root / "data/b.ttl", "syntax"),
    ]
    assert all(f.line == 1 and f.column for f in findings)


def test_misspelt_term_of_a_query_is_found_at_its_place(tmp_path: Path) -> None:
    """A query with a misspelt term gives no row, and nobody would know why."""
    root = excerpt(tmp_path, RECORDS)
    path = root / "queries/misspelt.rq"
    path.parent.mkdir()
    path.write_text("# a question\n\nSELECT * { ?s a iis:Sesion }\n", encoding="utf-8")
    findings = [f for f in check(Content(root)) if f.file == path]
    at = place(path, "iis:Sesion", "iis:")
    (finding,) = (f for f in findings if "iis:Sesion" in f.message)
    assert (finding.line, finding.column) == at
    assert finding.severity is Severity.ERROR


def test_house_rule_without_its_header_is_refused(tmp_path: Path) -> None:
    """A rule tells problem, why, fix and level; the file that does not is named."""
    root = excerpt(tmp_path, ())
    path = root / "ontology/checks/nameless.rq"
    path.write_text("# problem: x\nSELECT ?focus { ?focus a iis:State }\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"nameless\.rq.*problem, why, fix and level"):
        check(Content(root))


def test_passing_needs_no_error_but_bears_warnings() -> None:
    """Warnings are told and stop nothing."""
    told = [Finding(severity=s, rule="r", message="m") for s in Severity]
    assert gate.passes(told[1:])
    assert not gate.passes(told)
