"""What is pasted is checked as a part of a snapshot, the same whether followed or made anew."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from iisgraph import snapshot as snapshots
from iisgraph.formats import GRAPHS
from iisgraph.gate import Finding, guest
from iisgraph.gate.pasted import Desk, Pasted
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.snapshot import Snapshot
from tests.conftest import ROOT

RECORDS = ("official/sco-infoforum-2017.ttl",)
EDITS = {
    "as it is": ("", ""),
    "a state that is not there": ("id/state/", "id/stat/"),
    "a date that is none": ('"^^xsd:date', '-99"^^xsd:date'),
    "another class": ("a org:Membership", "a iis:Participation"),
    "no source": ("prov:hadPrimarySource", "rdfs:seeAlso"),
}
LOOSE = """@prefix iis: <https://w3id.org/iisgraph/def/> .
<https://w3id.org/iisgraph/id/state/XYZ> a iis:State ; iis:iso3 "RUS" .
"""


@pytest.fixture(scope="module")
def desk(snapshot: Snapshot) -> Desk:
    return Desk(snapshot)


def texts() -> Iterable[str]:
    folder = ROOT / "data/records"
    found = [folder / name for name in RECORDS if (folder / name).exists()]
    found += sorted(folder.rglob("*.ttl"))[::600]
    for path in dict.fromkeys(found):
        before = Path(path).read_text("utf-8")
        yield from dict.fromkeys(before.replace(*edit, 1) for edit in EDITS.values())
    yield LOOSE


def check(desk: Desk, text: str) -> list[Finding]:
    return desk.check(Pasted(text, GRAPHS[0]))


def test_both_ways_find_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of records as they are and with mistakes, one after the other."""
    asked = list(texts())
    assert len(asked) > 6
    followed = [check(desk, text) for text in asked]

    def refuse(*_: object) -> None:
        raise NotUnderstood("not followed")

    monkeypatch.setattr(guest.Guest, "__init__", refuse)
    monkeypatch.setattr(desk, "_guest", None)
    anew = [check(desk, text) for text in asked]
    assert [sorted(map(str, each)) for each in followed] == [sorted(map(str, a)) for a in anew]
    assert sum(map(bool, followed)) > 5


def test_nothing_of_it_stays(desk: Desk) -> None:
    """The same text is told the same again, whatever was checked between."""
    first = check(desk, LOOSE)
    assert {finding.rule for finding in first} >= {"checks/shared-code"}
    for text in list(texts())[:4]:
        check(desk, text)
    assert check(desk, LOOSE) == first


def test_the_second_check_needs_no_new_snapshot(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It costs what the pasted data costs."""
    check(desk, LOOSE)

    def refuse(*_: object) -> None:
        raise AssertionError("a snapshot was made")

    monkeypatch.setattr(snapshots, "with_file", refuse)
    monkeypatch.setattr(guest.Guest, "__init__", refuse)
    assert check(desk, LOOSE)
