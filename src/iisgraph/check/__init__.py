"""The gate: parse, layout, terms, literals, shapes, house rules, in this order.

Each step gives findings; those of all files together come back sorted, with the
file, line and column of the statement that they are about.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from pathlib import Path

from iisgraph import snapshot as snapshots
from iisgraph.check.findings import Finding, Severity
from iisgraph.check.rules import broken_rules
from iisgraph.check.shapes import violations
from iisgraph.check.terms import (
    Vocabulary,
    rewritten_literals,
    unknown_in_query,
    unknown_terms,
    vocabulary,
)
from iisgraph.engine import NamedNode, Node, Term
from iisgraph.errors import LayoutError, SourceError
from iisgraph.layout import layout
from iisgraph.positions import Place, Positions, positions
from iisgraph.read import Content, File
from iisgraph.snapshot import Snapshot

__all__ = ["Finding", "Severity", "check"]

SYNTAX = "syntax"

Step = Callable[[str], None]


def check(
    content: Content, given: Collection[File] = (), step: Step = lambda _: None
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
    broken = [finding for file in files if (finding := _syntax(file))]
    if broken:
        return sorted(broken, key=lambda f: f.key)
    known = vocabulary(content)
    snapshot = snapshots.of_content(content, given)
    found = list(_findings(content, snapshot, list(given), known, step))
    placed = _Placer(snapshot, given or files)
    wanted = {file.path for file in given}
    results = {placed(finding) for finding in found}
    return sorted((f for f in results if not wanted or f.file in wanted), key=lambda f: f.key)


def _together(content: Content, given: Iterable[File]) -> list[File]:
    known = {file.path.resolve(): file for file in content.rdf}
    return list((known | {file.path.resolve(): file for file in given}).values())


def _findings(
    content: Content, snapshot: Snapshot, given: list[File], known: Vocabulary, step: Step
) -> Iterator[Finding]:
    step("layout, terms and literals")
    for file in given or snapshot.files:
        yield from _layout(file)
        yield from unknown_terms(file, known)
        yield from rewritten_literals(file)
    step("terms in queries")
    for path in content.queries:
        yield from unknown_in_query(path, known, snapshot)
    step("shapes")
    yield from violations(snapshot, _subjects(given) if given else None)
    step("house rules")
    yield from broken_rules(snapshot, content)


def _subjects(files: Iterable[File]) -> set[NamedNode]:
    """What files speak of; a finding on anything else would not stand in them."""
    subjects = {quad.subject for file in files for quad in file.quads}
    return {subject for subject in subjects if isinstance(subject, NamedNode)}


def _syntax(file: File) -> Finding | None:
    try:
        file.parsed  # noqa: B018 - read for the error alone
    except SourceError as error:
        return Finding(
            severity=Severity.ERROR,
            rule=SYNTAX,
            message=error.message,
            file=file.path,
            line=error.line,
            column=error.column,
        )
    return None


def _layout(file: File) -> Iterator[Finding]:
    if file.path.suffix != ".ttl":
        return
    try:
        text = layout(file)
    except LayoutError as error:
        message = str(error)
    else:
        if text.encode() == file.content:
            return
        message = f"is not in the one layout; run: iisgraph fmt {file.path}"
    yield Finding(
        severity=Severity.ERROR, rule="layout", message=message, graph=file.graph, file=file.path
    )


class _Placer:
    """Finds the file, line and column of the statement that a finding is about."""

    def __init__(self, snapshot: Snapshot, preferred: Collection[File]) -> None:
        self._snapshot = snapshot
        self._files = {file.graph: file for file in snapshot.files}
        self._files |= {file.graph: file for file in preferred}
        self._preferred = {file.graph for file in preferred}
        self._positions: Callable[[str], Positions] = cache(self._read)

    def __call__(self, finding: Finding) -> Finding:
        graph = finding.graph or self._graph(finding)
        if graph not in self._files:
            return finding
        place = self._place(finding, graph) if finding.line is None else None
        return finding.at(self._files[graph].path, place)

    def _place(self, finding: Finding, graph: str) -> Place | None:
        path = _path(finding)
        if finding.node is None:
            return None
        known = self._positions(graph)
        if finding.of_property and path:
            return known.find_property(finding.node, path, finding.value)
        return known.find(finding.node, path, finding.value)

    def _read(self, graph: str) -> Positions:
        return positions(self._files[graph])

    def _graph(self, finding: Finding) -> str:
        """The graph that holds the triple, or says anything of the subject."""
        path = _path(finding)
        for predicate, value in ((path, finding.value), (path, None), (None, None)):
            graphs = self._attesting(finding.node, predicate, value)
            if graphs:
                return min(graphs, key=lambda g: (g not in self._preferred, g))
        return ""

    def _attesting(
        self, focus: Node | None, predicate: NamedNode | None, value: Term | None
    ) -> list[str]:
        if focus is None:
            return []
        quads = self._snapshot.engine.quads(focus, predicate, value)
        names = (getattr(quad.graph_name, "value", "") for quad in quads)
        return [name for name in names if name in self._files]


def _path(finding: Finding) -> NamedNode | None:
    return NamedNode(finding.path) if finding.path and ":" in finding.path else None


def passes(findings: Iterable[Finding]) -> bool:
    """Whether there is no error among them."""
    return all(finding.severity is not Severity.ERROR for finding in findings)


def relative(path: Path, start: Path) -> Path:
    """The path as seen from a folder, where it lies below it."""
    return path.relative_to(start) if path.is_relative_to(start) else path
