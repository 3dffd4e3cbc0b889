"""The gate for any RDF repository: syntax, shapes and what would pass by accident.

Asks nothing of how the repository is laid out, and nothing of our ontology.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from iisgraph import read
from iisgraph import snapshot as snapshots
from iisgraph.coverage import Shapes, Usage
from iisgraph.gate.accidents import empty_files, nothing_judged, unread_imports
from iisgraph.gate.aiming import aimed
from iisgraph.gate.demands import Demands
from iisgraph.gate.findings import Finding
from iisgraph.gate.languages import odd_tags
from iisgraph.gate.placing import Placer
from iisgraph.gate.prefixes import prefix_findings
from iisgraph.gate.reach import reach_findings
from iisgraph.gate.rules import broken_rules
from iisgraph.gate.shapes import findings_of
from iisgraph.gate.syntax import broken_files
from iisgraph.gate.terms import Vocabulary, described, misspelt_terms, pinned
from iisgraph.gate.unfit import fit, missing_shapes, refused_queries
from iisgraph.read import File
from iisgraph.shacl import Data, validate
from iisgraph.vocab import PREFIXES, SH

Step = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Repository:
    """What is checked: data, the shapes that it is held to, and a folder of house rules.

    `reused` are the vocabularies whose terms are known; those of the package by default.
    """

    data: Sequence[File]
    shapes: Sequence[File]
    rules: Path | None = None
    reused: Vocabulary = field(default_factory=lambda: pinned(read.default_content()))

    @property
    def files(self) -> list[File]:
        """All files; one that is given twice, as data and as shapes, once."""
        return list({file.graph: file for file in (*self.shapes, *self.data)}.values())


def check_repository(
    repository: Repository, demands: Demands | None = None, step: Step = lambda _: None
) -> list[Finding]:
    """Check data against shapes, and tell what could not be checked.

    Files that cannot be parsed and queries that would reach outside end the check.

    Raises:
        SourceError: if a house rule is broken.
        ShapesError: if the shapes cannot be judged by.
    """
    demands = demands or Demands()
    step("parsing")
    files = repository.files
    broken = list(broken_files(files))
    if broken:
        return sorted(broken, key=lambda f: f.key)
    found = list(refused_queries(repository.shapes)) or _findings(repository, demands, step)
    wanted = (finding for finding in found if demands.wants(finding))
    return sorted(set(Placer(files).placed(wanted)), key=lambda f: f.key)


def _findings(repository: Repository, demands: Demands, step: Step) -> Iterator[Finding]:
    data = list(read.quads_of(repository.data))
    quads = list(read.quads_of(repository.shapes))
    shapes = Shapes(quads)
    usage = Usage(shapes.targets, data)
    reused = repository.reused
    known = {**described(repository.files), **reused}
    step("what was given")
    yield from nothing_judged(repository.data, shapes)
    yield from _of_files(repository.files, reused, known)
    step("shapes")
    yield from missing_shapes(repository.shapes)
    store = Data(data)
    judged_by = aimed(fit(quads, reused.get(SH, ())), store, shapes)
    report = validate(store, judged_by, engine=demands.engine, verify=demands.share)
    prefixes = prefixes_of([*repository.shapes, *repository.data])
    yield from findings_of(report, judged_by, prefixes)
    step("coverage")
    yield from reach_findings(shapes, usage, known, demands.min_coverage)
    if repository.rules:
        step("house rules")
        yield from broken_rules(snapshots.of_files(repository.data), repository.rules)


def _of_files(files: Sequence[File], reused: Vocabulary, known: Vocabulary) -> Iterator[Finding]:
    """What each file shows by itself."""
    yield from empty_files(files)
    yield from unread_imports(files, reused)
    for file in files:
        yield from misspelt_terms(file, reused, known)
        yield from prefix_findings(file, reused)
        yield from odd_tags(file)


def prefixes_of(files: Sequence[File]) -> dict[str, str]:
    """The prefixes of files, those of the first first, and of the house for what has none."""
    found: dict[str, str] = {}
    for file in files:
        for name, namespace in sorted(file.parsed.prefixes.items()):
            found.setdefault(name, namespace)
    return found | {name: iri for name, iri in PREFIXES.items() if name not in found}
