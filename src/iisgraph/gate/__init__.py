"""The gate: parse, layout, terms, literals, shapes, house rules, in this order.

Each step gives findings; those of all files together come back sorted, with the
file, line and column of the statement that they are about.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from iisgraph import snapshot as snapshots
from iisgraph.engine import NamedNode
from iisgraph.gate.accidents import empty_files
from iisgraph.gate.demands import Demands
from iisgraph.gate.findings import Finding, Severity
from iisgraph.gate.ontology import Wishes, lint_findings
from iisgraph.gate.placing import Placer
from iisgraph.gate.reach import reach_findings
from iisgraph.gate.repository import Repository, check_repository
from iisgraph.gate.rules import broken_rules
from iisgraph.gate.shapes import violations
from iisgraph.gate.steps import Parts, file_findings
from iisgraph.gate.syntax import SYNTAX, broken_files
from iisgraph.gate.terms import (
    Vocabulary,
    unknown_in_query,
    unknown_terms,
    vocabulary,
)
from iisgraph.gate.unfit import REFUSED
from iisgraph.read import Content, File
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import DERIVED

__all__ = ["Demands", "Finding", "Repository", "Severity", "check", "check_repository"]

UNTRIED: Final = frozenset({SYNTAX, REFUSED})
"""The rules whose findings say that the rest could not be tried."""

Step = Callable[[str], None]


def check(
    content: Content,
    given: Collection[File] = (),
    step: Step = lambda _: None,
    demands: Demands | None = None,
) -> list[Finding]:
    """Check a content folder together with the given files.

    Findings are of the given files alone, or of everything if none is given. A file
    that cannot be parsed ends the check after the parsing of all. `step` is told
    what is being done.

    Raises:
        SourceError: if a file of the ontology that the check itself needs is broken.
    """
    files = _together(content, given)
    step("parsing")
    broken = list(broken_files(files))
    if broken:
        return sorted(broken, key=lambda f: f.key)
    demands = demands or Demands()
    snapshot = snapshots.of_content(content, given)
    own = _known(snapshot, given)  # blank nodes have another name in each reading
    found = _findings(content, snapshot, own, demands, step)
    told = (finding for finding in found if demands.wants(finding))
    placed = set(Placer(snapshot.files, own).placed(told))
    wanted = {file.path for file in given}
    return sorted((f for f in placed if not wanted or f.file in wanted), key=lambda f: f.key)


def _together(content: Content, given: Iterable[File]) -> list[File]:
    known = {file.path.resolve(): file for file in content.rdf}
    return list((known | {file.path.resolve(): file for file in given}).values())


def _known(snapshot: Snapshot, given: Iterable[File]) -> list[File]:
    """Given files as the snapshot has read them."""
    known = {file.path.resolve(): file for file in snapshot.files}
    return [known.get(file.path.resolve(), file) for file in given]


def _findings(
    content: Content, snapshot: Snapshot, given: list[File], demands: Demands, step: Step
) -> Iterator[Finding]:
    known = vocabulary(content, snapshot.files)
    step("layout, terms and literals")
    for file in given or snapshot.files:
        yield from file_findings(file)
        yield from unknown_terms(file, known)
    step("terms in queries")
    for path in content.queries:
        yield from unknown_in_query(path, known, snapshot)
    step("shapes")
    yield from violations(snapshot, _subjects(given) if given else None, demands)
    step("house rules")
    yield from broken_rules(snapshot, content.root / "ontology/checks")
    if not given:
        step("ontology and coverage")
        yield from _of_whole(content, snapshot, known, demands)


def _of_whole(
    content: Content, snapshot: Snapshot, known: Vocabulary, demands: Demands
) -> Iterator[Finding]:
    """What can be said of the content as a whole alone."""
    parts = Parts(content, snapshot.files)
    shapes = parts.terms_of_shapes()
    usage = parts.usage(shapes, snapshot.engine.quads(graph=NamedNode(DERIVED)))
    yield from empty_files(snapshot.files)
    yield from lint_findings(parts.ontology, Wishes())
    yield from reach_findings(shapes, usage, known, demands.min_coverage)


def _subjects(files: Iterable[File]) -> set[NamedNode]:
    """What files speak of; a finding on anything else would not stand in them."""
    subjects = {quad.subject for file in files for quad in file.quads}
    return {subject for subject in subjects if isinstance(subject, NamedNode)}


def passes(findings: Iterable[Finding]) -> bool:
    """Whether there is no error among them."""
    return all(finding.severity is not Severity.ERROR for finding in findings)


def relative(path: Path, start: Path) -> Path:
    """The path as seen from a folder, where it lies below it."""
    return path.relative_to(start) if path.is_relative_to(start) else path
