"""The test suites of the W3C, read from the folder beside this repository.

What is expected of each case stands in `expected.toml`, from which
`docs/conformance.md` is written too.
"""

import functools
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from rdflib import Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF
from rdflib.term import Node

from tests import rdf

SUITES = rdf.SHARED / "w3c"
SPARQL = SUITES / "sparql"
EXPECTED = Path(__file__).parent / "expected.toml"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")

absent = pytest.mark.skipif(
    not SUITES.is_dir(), reason="the W3C suites are not beside this repository (../shared/w3c)"
)


@dataclass(frozen=True)
class Case:
    """One test of a manifest: where it is described, and its name within the suite."""

    iri: str
    kind: str
    folder: Path
    manifest: Graph
    node: Node

    @property
    def name(self) -> str:
        """Such as `aggregates/agg01`."""
        local = self.iri[max(self.iri.rfind("#"), self.iri.rfind("/")) + 1 :]
        return f"{self.folder.name}/{local}"

    def value(self, *path: URIRef) -> Any:
        """What a chain of properties leads to, or None."""
        node: Any = self.node
        for step in path:
            node = None if node is None else self.manifest.value(node, step)
        return node

    def file(self, node: Any) -> Path:
        """The file that a manifest names."""
        return self.folder / str(node).rpartition("/")[2]


Run: TypeAlias = Callable[[Case], str]
"""Runs a case; what was wrong, or nothing."""


def cases(folders: list[str]) -> Iterator[Case]:
    """The cases of these folders, in the order of their manifests."""
    for folder in folders:
        yield from _cases(SUITES / folder / "manifest.ttl")


def _cases(path: Path) -> Iterator[Case]:
    manifest = Graph().parse(path, format="turtle", publicID=path.as_uri())
    for head in manifest.objects(URIRef(path.as_uri()), MF.entries):
        for node in Collection(manifest, head):
            kind = str(manifest.value(node, RDF.type)).rpartition("#")[2]
            yield Case(str(node), kind, path.parent, manifest, node)
    for head in manifest.objects(URIRef(path.as_uri()), MF.include):
        listed = list(Collection(manifest, head)) or [head]
        for included in listed:
            yield from _cases(path.parent / str(included).rpartition("/")[2])


@functools.cache
def expected() -> dict[str, Any]:
    """What is expected: suites with counts, reasons, and the cases that do not pass with theirs."""
    return tomllib.loads(EXPECTED.read_text(encoding="utf-8"))


def suite(name: str) -> dict[str, Any]:
    """What is expected of one suite."""
    return next(s for s in expected()["suite"] if s["name"] == name)


def outcome(told: dict[str, Any], case: str) -> str:
    """What is expected of a case: passed, failed or inapplicable."""
    reason = expected()["not_passed"].get(case, told.get("all"))
    return str(expected()["reason"][reason]["outcome"]) if reason else "passed"


def hold(name: str, run: Run) -> None:
    """Run a suite, and hold its outcomes to what is expected of it.

    A case that does not apply is run as far as it does: what we promise instead is tried.
    """
    told = suite(name)
    faults = {case.name: run(case) for case in cases(told["folders"])}
    by_outcome = Counter(outcome(told, case) for case in faults)
    assert dict(by_outcome) == {k: n for k, n in told["cases"].items() if n}
    failing = {case: fault for case, fault in faults.items() if fault}
    assert {c: fault for c, fault in failing.items() if outcome(told, c) != "failed"} == {}
    passing = faults.keys() - failing.keys()
    assert {c for c in passing if outcome(told, c) == "failed"} == set(), "these pass now"
