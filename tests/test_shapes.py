"""Every shape holds what it should: one file that passes and one that fails, pinned.

`shapes/<node shape>_PASS.ttl` conforms; `<node shape>_FAIL.ttl` breaks the node shape or
its property shapes, and `<node shape>_FAIL.csv` lists exactly what is found.
All things in these files are invented.
"""

import csv
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import RDF, SH, Graph, URIRef
from rdflib.term import Node

from iisgraph import engine, read
from iisgraph import snapshot as snapshots
from iisgraph.engine import DefaultGraph, NamedNode
from iisgraph.gate import Finding, Severity
from iisgraph.gate.shapes import violations
from iisgraph.read import Content, File
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, IIS, shorten

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "shapes"
PASSING = sorted(FOLDER.glob("*_PASS.ttl"))
FAILING = sorted(FOLDER.glob("*_FAIL.ttl"))
HEADER = "Ontology_PASS.ttl"
COLUMNS = ["focus", "path", "severity", "rule"]

Row = tuple[str, str, str, str]


def shapes_graph() -> Graph:
    graph = Graph()
    for path in sorted((ROOT / "ontology/shapes").glob("*.ttl")):
        graph.parse(path)
    return graph


SHAPES = shapes_graph()
TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)
WITH_QUERIES = {str(shape).removeprefix(BASE + "shape/") for shape in SHAPES.subjects(SH.sparql)}
TARGETED = {
    str(shape).removeprefix(BASE + "shape/")
    for target in TARGETS
    for shape in SHAPES.subjects(target)
}


def short(iri: str | Node | None) -> str:
    return shorten(str(iri)).strip("<>") if iri else ""


def row_of(finding: Finding) -> Row:
    return (
        short(finding.focus),
        short(finding.path),
        finding.severity.name.lower(),
        finding.rule,
    )


def expected(path: Path) -> set[Row]:
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        assert reader.fieldnames == COLUMNS
        rows: list[Row] = [(r["focus"], r["path"], r["severity"], r["rule"]) for r in reader]
    assert len(rows) == len(set(rows))
    return set(rows)


def subjects(path: Path) -> set[str]:
    """The things that a file describes."""
    quads = File(path, "urn:x").quads
    return {q.subject.value for q in quads if isinstance(q.subject, NamedNode)}


def with_examples(folder: Path, examples: Iterable[Path]) -> Snapshot:
    """Ontology, reference data and examples together.

    The ontology comes without its header: the examples bring one, good or bad.
    """
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    shutil.copytree(ROOT / "data/reference", folder / "data/reference")
    shutil.copy(ROOT / "data/sources.ttl", folder / "data")
    terms = folder / "ontology/iis.ttl"
    quads = [q for q in File(terms, "urn:x").quads if q.subject != NamedNode(IIS)]
    terms.unlink()
    triples = (q.triple for q in quads)
    terms.with_suffix(".nt").write_bytes(engine.serialize(triples, "application/n-triples"))
    (folder / "data/records/example").mkdir(parents=True)
    for path in examples:
        shutil.copy(path, folder / "data/records/example")
    return snapshots.of_content(Content(folder))


@pytest.fixture(scope="module")
def of_passing(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    return violations(with_examples(tmp_path_factory.mktemp("passing"), PASSING))


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Bad examples refer to good ones, so both are there, but for the good header."""
    good = [path for path in PASSING if path.name != HEADER]
    return with_examples(tmp_path_factory.mktemp("failing"), [*good, *FAILING])


@pytest.fixture(scope="module")
def of_failing(failing: Snapshot) -> list[Finding]:
    return violations(failing)


def about(found: Iterable[Finding], path: Path) -> set[Row]:
    described = subjects(path)
    return {row_of(finding) for finding in found if finding.focus in described}


def test_each_shape_with_a_target_has_a_passing_and_a_failing_file() -> None:
    """No shape goes untried, and no file is left over from a shape that is gone."""
    assert len(TARGETED) >= 47
    assert {path.name.removesuffix("_PASS.ttl") for path in PASSING} == TARGETED
    assert {path.name.removesuffix("_FAIL.ttl") for path in FAILING} == TARGETED
    assert {path.name.removesuffix("_FAIL.csv") for path in FOLDER.glob("*.csv")} == TARGETED


def test_examples_are_in_the_one_layout_and_described_once() -> None:
    """Examples are read by people too, and do not get in one another's way."""
    from iisgraph.layout import layout

    described: dict[str, str] = {}
    for path in [*PASSING, *FAILING]:
        file = File(path, "urn:x")
        assert layout(file).encode() == file.content, path.name
        for subject in subjects(path) - {IIS}:
            assert described.setdefault(subject, path.name) == path.name


def test_examples_are_seen_to_be_invented() -> None:
    """Nobody may take an example for a fact: what is described has `example` in its name.

    Codes of invented jurisdictions are of the range that ISO 3166 leaves to users.
    """
    codes = ("/XE",)
    for path in [*PASSING, *FAILING]:
        for subject in subjects(path) - {IIS}:
            assert "example" in subject.lower() or any(code in subject for code in codes), subject


@pytest.mark.parametrize("path", PASSING, ids=lambda path: path.stem)
def test_passing_example_is_found_and_passes(path: Path, of_passing: list[Finding]) -> None:
    """A shape lets through what is right; and its target is there, or it would pass on nothing."""
    assert about(of_passing, path) == set()
    shape = URIRef(f"{BASE}shape/{path.name.removesuffix('_PASS.ttl')}")
    graph = Graph().parse(path)
    ontology = Graph().parse(ROOT / "ontology/iis.ttl")
    targeted: set[Node] = set()
    for target in SHAPES.objects(shape, SH.targetClass):
        classes = set(ontology.transitive_subjects(URIRef(short_to_iri("rdfs:subClassOf")), target))
        targeted |= {s for c in classes for s in graph.subjects(RDF.type, c)}
    for target in SHAPES.objects(shape, SH.targetSubjectsOf):
        # what rules derive is dated in the file itself
        dated = URIRef(short_to_iri("schema:endDate"))
        predicate = dated if short(target) == "iis:latestEnd" else target
        targeted |= set(graph.subjects(predicate))
    for target in SHAPES.objects(shape, SH.targetObjectsOf):
        targeted |= set(graph.objects(None, target))
    targeted |= set(SHAPES.objects(shape, SH.targetNode)) & set(graph.subjects())
    assert targeted


def short_to_iri(name: str) -> str:
    from iisgraph.vocab import PREFIXES

    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


@pytest.mark.parametrize("path", FAILING, ids=lambda path: path.stem)
def test_failing_example_fails_as_pinned(path: Path, of_failing: list[Finding]) -> None:
    """A shape finds what is wrong: focus, path, severity and source shape, no more, no less."""
    rows = expected(path)
    assert about(of_failing, path) == rows
    shape = URIRef(f"{BASE}shape/{path.name.removesuffix('_FAIL.ttl')}")
    own = {short(shape), *map(short, SHAPES.objects(shape, SH.property))}
    assert any(row[3] in own for row in rows)


def test_bad_examples_spoil_nothing_else(of_failing: list[Finding]) -> None:
    """Errors are told of the things that have them, and of no others."""
    bad = {subject for path in FAILING for subject in subjects(path)}
    errors = [finding for finding in of_failing if finding.severity is Severity.ERROR]
    assert len(errors) > 200
    assert {finding.focus for finding in errors} <= bad


def test_each_property_shape_of_an_error_is_pinned_by_a_failing_example() -> None:
    """What can stop a change has been seen to stop one.

    Shapes inside `sh:node` and `sh:or` never report by themselves; they are exercised
    through the shapes that use them, which must be pinned instead.
    """
    pinned = {row[3] for path in FAILING for row in expected(path)}
    reported = {
        short(shape)
        for node in TARGETED
        for shape in SHAPES.objects(URIRef(f"{BASE}shape/{node}"), SH.property)
    }
    errors = {
        short(shape)
        for shape in SHAPES.subjects(RDF.type, SH.PropertyShape)
        if (shape, SH.severity, SH.Violation) in SHAPES
    }
    inner = errors - reported
    assert len(errors & reported) > 180
    assert (errors & reported) - pinned == set()
    for shape in inner:
        assert users(URIRef(BASE + shape)) & pinned, f"{shape} is exercised by nothing"


def users(shape: Node) -> set[str]:
    """The shapes that reach this one through `sh:node`, `sh:or` or a helper's `sh:property`."""
    found: set[Node] = set()
    queue = [shape]
    while queue:
        node = queue.pop()
        above = {s for s, p in SHAPES.subject_predicates(node) if s not in found}
        found |= above
        queue.extend(above)
    return {short(node) for node in found if isinstance(node, URIRef)}


def test_each_node_shape_with_constraints_of_its_own_is_pinned() -> None:
    """The forms of IRIs, alternatives and SPARQL constraints have been seen to fail too."""
    own = {SH.nodeKind, SH.pattern, SH["or"], SH.sparql, SH["class"]}
    constrained = {
        f"shape/{name}"
        for name in TARGETED
        if own & set(SHAPES.predicates(URIRef(f"{BASE}shape/{name}")))
    }
    assert len(constrained) > 35
    assert constrained <= {row[3] for path in FAILING for row in expected(path)}


def test_every_finding_reads_well(of_failing: list[Finding]) -> None:
    """A message is a sentence of our own, never the engine's account of its constraint."""
    for finding in of_failing:
        assert finding.message.endswith((".", ")")), finding
        assert " sh:" not in finding.message


def test_folder_of_content_is_the_one_that_the_package_reads() -> None:
    """These tests look at the same shapes as the gate."""
    assert read.default_content().root == ROOT


# ---------------------------------------------------------------- no short cut changes a finding

Told = tuple[str, ...]


def plainly(snapshot: Snapshot) -> list[Told]:
    """What pySHACL itself says of the data, read and asked by rdflib alone."""
    merged = (q.triple for q in snapshot.engine.quads(None, None, None, DefaultGraph()))
    with pytest.MonkeyPatch.context() as patch:  # terms are told as they are written
        patch.setattr("rdflib.NORMALIZE_LITERALS", False)
        text = engine.serialize(merged, "application/n-triples")
        data = Graph().parse(data=text, format="nt")
    _, report, _ = validate(data, shacl_graph=SHAPES, inference="none")
    assert isinstance(report, Graph)
    members = (
        SH.focusNode,
        SH.resultPath,
        SH.value,
        SH.resultSeverity,
        SH.sourceShape,
        SH.resultMessage,
    )
    return sorted(
        tuple(str(next(report.objects(result, member), "")) for member in members)
        for result in report.objects(None, SH.result)
    )


def told(finding: Finding) -> Told:
    severity = {Severity.ERROR: SH.Violation, Severity.WARNING: SH.Warning, Severity.INFO: SH.Info}
    return (
        finding.focus or "",
        finding.path or "",
        str(getattr(finding.value, "value", "")),
        str(severity[finding.severity]),
        BASE + finding.rule,
        finding.message,
    )


def test_findings_on_bad_examples_are_those_of_a_plain_run(
    failing: Snapshot, of_failing: list[Finding]
) -> None:
    """No result comes or goes by the ways in which it is found faster, or told as one."""
    expected = plainly(failing)
    assert {row[4] for row in expected} >= {f"{BASE}shape/{name}" for name in WITH_QUERIES}
    assert sorted(told(finding) for finding in of_failing for _ in finding.results) == expected


@pytest.mark.parametrize("every", [1, 2, 7])
def test_findings_about_some_things_are_those_of_all_about_them(
    failing: Snapshot, of_failing: list[Finding], every: int
) -> None:
    """A check of a few files judges their subjects alone, and judges them alike."""
    subjects = sorted({finding.focus for finding in of_failing if finding.focus})[::every]
    found = violations(failing, {NamedNode(subject) for subject in subjects})
    assert len(subjects) > 10
    assert sorted(map(told, found)) == sorted(
        told(finding) for finding in of_failing if finding.focus in subjects
    )


@pytest.mark.slow
def test_findings_on_own_content_are_those_of_a_plain_run(
    snapshot: Snapshot, findings: list[Finding]
) -> None:
    """What holds for the examples holds for all data, sizes and forms of terms included."""
    by_shapes = {told(finding) for finding in findings if finding.rule.startswith("shape/")}
    assert by_shapes == set(plainly(snapshot))
