"""The W3C's suites, run through our doors; every case that does not pass is known and explained."""

import pytest
from rdflib import Graph, Namespace

from tests.w3c import report
from tests.w3c.cases import absent, cases, expected, hold, suite
from tests.w3c.store import reads

PUBLISHED = ("http://www.w3.org/", "https://w3c.github.io/")
EARL = Namespace("http://www.w3.org/ns/earl#")


@absent
@pytest.mark.parametrize("name", report.RUNS)
def test_suite(name: str) -> None:
    """As many cases pass, fail and do not apply as the document says, and those it says."""
    hold(name, report.RUNS[name])


@absent
def test_reads_of_the_graph_store_are_many() -> None:
    """The document says how many reads there are in cases that begin with writing."""
    told = suite("store")
    assert f"{sum(reads(case) for case in cases(told['folders']))} reads" in told["note"]


@absent
def test_earl_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program reads in the report as many outcomes as the document tells."""
    small = {"suite": [suite("results"), suite("federation"), suite("shacl-sparql")]} | {
        key: value for key, value in expected().items() if key != "suite"
    }
    monkeypatch.setattr(report, "expected", lambda: small)
    graph = Graph().parse(data="".join(report.earl()), format="turtle")
    for kind in ("passed", "failed", "inapplicable"):
        told = sum(s["cases"][kind] for s in small["suite"])
        assert len(list(graph.subjects(EARL.outcome, EARL[kind]))) == told
    assert all(str(test).startswith(PUBLISHED) for test in graph.objects(None, EARL.test))


def test_document_is_as_expected_of_the_suites() -> None:
    """Written by `python -m tests.w3c.report`, and not by hand."""
    assert report.DOCUMENT.read_text(encoding="utf-8") == report.document()


def test_every_reason_is_used_and_known() -> None:
    """No reason without a case, and no case without a reason."""
    told = expected()
    used = set(told["not_passed"].values()) | {s["all"] for s in told["suite"] if "all" in s}
    assert used == told["reason"].keys()
