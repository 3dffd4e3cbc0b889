"""Accepted findings: borne until their day, and no longer than they occur."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from iisgraph.cli import main
from iisgraph.engine import parse
from iisgraph.errors import SourceError
from iisgraph.gate import Finding, Severity
from iisgraph.gate.baseline import Entry, Grounds, apply, extended, load, written
from iisgraph.gate.formats import Outcome
from tests import rdf
from tests.excerpt import excerpt

TODAY = date(2027, 1, 15)
GROUNDS = Grounds("the source is being asked", "Ann Example", date(2027, 1, 15))
ONE = Finding(severity=Severity.ERROR, rule="shape/a", message="one", focus=rdf.EX + "s")
TWO = Finding(severity=Severity.ERROR, rule="checks/b", message="two", focus=rdf.EX + "s")
NOTE = Finding(severity=Severity.INFO, rule="shape/c", message="note", focus=rdf.EX + "s")
OUTCOME = Outcome([ONE, TWO, NOTE])
FILE = Path("accepted.ttl")


def accepted(*findings: Finding, grounds: Grounds = GROUNDS) -> list[Entry]:
    return extended(Outcome(list(findings)), [], grounds)


def test_accepted_finding_fails_nothing() -> None:
    """What is accepted goes, and its reason with it; what is new stays."""
    found = apply(OUTCOME, accepted(ONE), FILE, TODAY, whole=True)
    assert list(found.findings) == [TWO, NOTE]
    assert [(each.finding, each.reason) for each in found.accepted] == [(ONE, GROUNDS.reason)]
    assert not found.conforms
    assert apply(OUTCOME, accepted(ONE, TWO), FILE, TODAY, whole=True).conforms


def test_only_what_fails_is_accepted() -> None:
    """A note needs no entry, unless notes fail the check."""
    assert [entry.rule for entry in accepted(ONE, NOTE)] == ["shape/a"]
    strict = Outcome([ONE, NOTE], Severity.INFO)
    assert [entry.rule for entry in extended(strict, [], GROUNDS)] == ["shape/a", "shape/c"]


def test_expired_entry_fails_with_its_finding() -> None:
    """The day named is the last one."""
    late = apply(OUTCOME, accepted(ONE), FILE, date(2027, 1, 16), whole=True)
    assert ONE in late.findings
    (expired,) = (f for f in late.findings if f.rule == "baseline-expired")
    assert "expired on 2027-01-15" in expired.message
    assert expired.file == FILE


@pytest.mark.parametrize(("whole", "rules"), [(True, ["baseline-gone"]), (False, [])])
def test_entry_that_no_longer_occurs_fails(whole: bool, rules: list[str]) -> None:
    """A mended finding must not come back unseen; but a part of the files shows only a part."""
    found = apply(Outcome([]), accepted(ONE), FILE, TODAY, whole=whole)
    assert [finding.rule for finding in found.findings] == rules


def test_entries_that_are_there_keep_their_words() -> None:
    """Writing again changes neither reason nor day of an old entry, and drops what is gone."""
    old = accepted(ONE, TWO)
    other = Grounds("later", "Bob", date(2028, 1, 1))
    kept = extended(Outcome([ONE, NOTE], Severity.INFO), old, other)
    assert [(entry.rule, entry.grounds) for entry in kept] == [
        ("shape/a", GROUNDS),
        ("shape/c", other),
    ]


@given(
    reason=rdf.odd_text.filter(str.strip),
    author=rdf.odd_text.filter(str.strip),
    message=rdf.odd_text,
    expires=st.dates(date(1000, 1, 1)),
)
def test_what_is_written_is_read_again(
    reason: str, author: str, message: str, expires: date, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any text, in Turtle that the parser takes; the same bytes for the same entries."""
    path = tmp_path_factory.mktemp("baseline") / "accepted.ttl"
    finding = Finding(severity=Severity.ERROR, rule="r", message=message, focus=rdf.EX + "s")
    entries = accepted(finding, ONE, grounds=Grounds(reason, author, expires))
    path.write_text(written(entries), encoding="utf-8", newline="")
    read = {(entry.fingerprint, entry.grounds, entry.message) for entry in load(path)}
    assert read == {(entry.fingerprint, entry.grounds, entry.message) for entry in entries}
    assert written(load(path)) == written(entries)
    assert parse(path.read_bytes(), "text/turtle", rdf.EX, rdf.EX).quads


@pytest.mark.parametrize(
    ("right", "wrong", "needed"),
    [
        ("the source is being asked", " ", "dcterms:description"),
        ("dc11:creator", "dc11:contributor", "dc11:creator"),
        ("2027-01-15", "2027-02-30", "schema:expires"),
        ("2027-01-15", "soon", "schema:expires"),
    ],
)
def test_entry_without_grounds_is_refused_at_its_line(
    right: str, wrong: str, needed: str, tmp_path: Path
) -> None:
    """Nothing is accepted without a reason, a name and a day."""
    path = tmp_path / "accepted.ttl"
    text = written(accepted(ONE))
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    line = text[: text.index("<urn:")].count("\n") + 1
    with pytest.raises(SourceError, match=rf"accepted\.ttl:{line}: .*needs a {needed}"):
        load(path)


# ---------------------------------------------------------------- on the command line

WRONG = "data/records/press/sco-headpost.ttl"
OTHER = "data/records/official/sco-infoforum-2017.ttl"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    root = excerpt(tmp_path / "content", (WRONG, OTHER))
    path = root / WRONG
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("a iis:Record", "a  iis:Record"), encoding="utf-8")
    return root


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def test_baseline_from_writing_to_mending(broken: Path, tmp_path: Path) -> None:
    """Write it, pass with it, fail on what is new, and fail when it is no longer needed."""
    file = tmp_path / "accepted.ttl"
    assert run(broken).exit_code == 1
    grounds = ("--reason", "to be laid out", "--author", "Ann", "--expires", "2999-12-31")
    made = run(broken, "--baseline", file, "--write-baseline", *grounds)
    assert made.exit_code == 0, made.output
    assert "accepted" in made.stderr
    passed = run(broken, "--baseline", file, "--format", "json")
    assert passed.exit_code == 0, passed.output
    assert json.loads(passed.stdout)["summary"]["accepted"] == len(load(file))
    other = broken / OTHER
    text = other.read_text(encoding="utf-8")
    other.write_text(text.replace(" a iis:", "  a iis:", 1), encoding="utf-8")
    fresh = run(broken, "--baseline", file)
    assert fresh.exit_code == 1
    assert [line for line in fresh.stdout.splitlines() if ": error:" in line] == [
        line for line in fresh.stdout.splitlines() if OTHER in line and "[layout]" in line
    ]
    other.write_text(text, encoding="utf-8")
    (broken / WRONG).write_text(
        (broken / WRONG).read_text(encoding="utf-8").replace("a  iis:", "a iis:"), encoding="utf-8"
    )
    mended = run(broken, "--baseline", file)
    assert mended.exit_code == 1
    assert re.search(rf"{file}:\d+: error: .*no longer occurs", mended.stdout)


def test_baseline_cannot_be_written_without_grounds(broken: Path) -> None:
    """The usage is told, and nothing is written."""
    result = run(broken, "--baseline", broken / "b.ttl", "--write-baseline", "--reason", "x")
    assert result.exit_code == 2
    assert "--author" in result.stderr
    assert not (broken / "b.ttl").exists()
