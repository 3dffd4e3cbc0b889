"""Any RDF repository is checked as pySHACL does, at the right lines, and without silence."""

import socket
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import rdflib
from click.testing import CliRunner, Result
from pyshacl import validate as pyshacl

from iisgraph import read
from iisgraph.cli import main
from iisgraph.engine import BlankNode, Literal, NamedNode, Quad, serialize
from iisgraph.gate import Demands, Finding, Repository, Severity, check_repository
from iisgraph.shacl import compiled
from iisgraph.vocab import OWL, RDFS, SH, XSD
from tests import rdf

STRANGERS = rdf.SHARED / "strangers"
needs_strangers = pytest.mark.skipif(
    not STRANGERS.exists(), reason="the strangers' files are not beside the checkout"
)
BROKEN = {
    "example-bee-population-dataset-series-api.ttl",
    "example-bee-population-dataset-series-combined.ttl",
}


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fetched, whatever is checked."""

    def refuse(*_: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


# ---------------------------------------------------------------- strangers


def bees() -> list[Path]:
    folder = STRANGERS / "dcat-ap/examples"
    return sorted(path for path in folder.glob("*.ttl") if path.name not in BROKEN)


def skohub() -> list[Path]:
    return sorted(p for p in (STRANGERS / "skohub").glob("*.ttl") if "shacl" not in p.name)


SUITES = {
    # name: shapes, data, results that pySHACL gives, whether it needs its advanced features
    "skohub": ("skohub/skohub.shacl.ttl", skohub, 17, False),
    "dcat-ap": ("dcat-ap/shacl/dcat-ap-SHACL.ttl", bees, 21, False),
    "dcat-ap vocabularies": ("dcat-ap/html/shacl/mdr-vocabularies.shape.ttl", bees, 13, False),
    "dcat-ap deprecated": ("dcat-ap/html/shacl/deprecateduris.ttl", bees, 0, False),
    "gist": ("gist/ontologyShapes.ttl", lambda: [STRANGERS / "gist/gistCore.ttl"], 1, True),
}
Key = tuple[str, ...]


def checked(name: str) -> list[Finding]:
    shapes, data, *_ = SUITES[name]
    here = read.foreign([STRANGERS / shapes], STRANGERS)
    return check_repository(Repository(data=read.foreign(data(), STRANGERS), shapes=here))


def key(*terms: Any) -> Key:
    """Terms as they can be compared between engines: a blank node has no name that would last."""
    return tuple("_:" if isinstance(t, BlankNode | rdflib.BNode) else text(t) for t in terms)


def text(term: Any) -> str:
    if isinstance(term, Literal | rdflib.Literal):
        return f'"{term.value if isinstance(term, Literal) else str(term)}"'
    return str(term).strip("<>")


def ours(findings: list[Finding]) -> Counter[Key]:
    return Counter(
        key(r.focus, r.value, r.shape, r.component, r.severity)
        for finding in findings
        for r in finding.results
    )


def theirs(name: str) -> Counter[Key]:
    """The results of pySHACL itself on files that rdflib has read."""
    shapes, data, _, advanced = SUITES[name]
    graph = rdflib.Graph()
    for file in read.foreign(data(), STRANGERS):
        graph.parse(file.path, publicID=file.base)
    shacl = rdflib.Graph().parse(STRANGERS / shapes)
    for reference in list(shacl.triples((None, rdflib.SH.property, None))):
        if (reference[2], None, None) not in shacl:
            shacl.remove(reference)  # it ends pySHACL, and is a finding of ours
    _, report, _ = pyshacl(graph, shacl_graph=shacl, advanced=advanced, inference="none")
    say = rdflib.SH
    members = (
        say.focusNode,
        say.value,
        say.sourceShape,
        say.sourceConstraintComponent,
        say.resultSeverity,
    )
    return Counter(
        key(*(report.value(result, member) for member in members))
        for result in report.objects(None, say.result)
    )


@needs_strangers
@pytest.mark.parametrize("name", SUITES)
def test_results_on_a_stranger_are_those_of_pyshacl(name: str) -> None:
    """Files that nobody here wrote, with mistakes that nobody here made."""
    expected = theirs(name)
    assert ours(checked(name)) == expected
    assert expected.total() == SUITES[name][2]


@needs_strangers
@pytest.mark.parametrize("name", SUITES)
def test_each_finding_on_a_stranger_stands_where_it_says(name: str) -> None:
    """What is between the two places of a finding is its value, or its class, in words."""
    findings = [f for f in checked(name) if f.results]
    for finding in findings:
        assert finding.file
        assert finding.line
        lines = finding.file.read_text(encoding="utf-8").splitlines()
        shown = lines[finding.line - 1][(finding.column or 1) - 1 :]
        if isinstance(finding.value, Literal) and finding.path:
            assert finding.value.value.splitlines()[0][:20] in shown
        elif isinstance(finding.value, NamedNode) and finding.path:
            assert shown[0] == "<" or ":" in shown


@needs_strangers
def test_mistakes_that_shacl_does_not_notice_are_found() -> None:
    """SkoHub's `sh:message:` and `sh:severity:`, and prefixes that end in no mark."""
    findings = [f for f in checked("skohub") if f.file and f.file.name == "skohub.shacl.ttl"]
    slips = {(f.line, f.column) for f in findings if f.rule == "unknown-term"}
    assert slips == {(68, 7), (77, 7), (112, 5), (275, 5)}
    errors = [f for f in findings if f.rule == "unknown-term"]
    assert {f.severity for f in errors} == {Severity.ERROR}
    assert {f.message.partition("did you mean ")[2] for f in errors} == {
        "sh:message?",
        "sh:severity?",
    }
    assert [(f.line, f.column) for f in findings if f.rule == "glued-prefix"] == [(1, 9)]


@needs_strangers
def test_broken_files_of_a_stranger_are_told_at_their_place() -> None:
    """DCAT-AP publishes two examples that are not Turtle, and shapes that refer to none."""
    shapes = STRANGERS / "dcat-ap/shacl/dcat-ap-SHACL.ttl"
    result = call("--shapes", shapes, STRANGERS / "dcat-ap/examples")
    assert result.exit_code == 2
    assert [
        line.partition(": error: ")[0].rpartition("/")[2] for line in result.stdout.splitlines()
    ] == [
        "example-bee-population-dataset-series-api.ttl:20:31",
        "example-bee-population-dataset-series-combined.ttl:32:31",
    ]
    missing = [f for f in checked("dcat-ap") if f.rule == "missing-shape"]
    assert [(f.line, f.severity) for f in missing] == [(564, Severity.ERROR), (566, Severity.ERROR)]


# ---------------------------------------------------------------- what passes by accident

SHAPES = f"""\
# What a person is.
@prefix ex: <{rdf.EX}> .
@prefix sh: <{SH}> .

# Everybody is called something.
ex:PersonShape sh:targetClass ex:Person ;
  sh:property [ sh:path ex:name ; sh:minCount 1 ] .
"""
DATA = f"@prefix ex: <{rdf.EX}> .\nex:ann a ex:Person ; ex:name 'Ann' .\n"


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def repository(folder: Path, data: str = DATA, shapes: str = SHAPES) -> tuple[str | Path, ...]:
    """The arguments that check some data against some shapes."""
    rdf.write(folder, data__own_ttl=data, shapes__own_ttl=shapes)
    return ("--shapes", folder / "shapes", folder / "data")


def told(result: Result) -> set[tuple[str, str, str]]:
    """File, place and level with rule of each finding."""
    found = set()
    for line in result.stdout.splitlines():
        place, level, rest = line.split(": ", 2)
        name, _, at = place.rpartition("/")[2].partition(":")
        found.add((name, at, f"{level} {rest.rpartition('[')[2][:-1]}"))
    return found


def test_a_repository_without_mistakes_is_told_nothing(tmp_path: Path) -> None:
    result = call(*repository(tmp_path))
    assert (result.exit_code, result.stdout) == (0, "")


QUERY = 'ex:PersonShape sh:sparql [ sh:select "{}" ] .\n'
VIOLATED = "error http://example.org/PersonShape/<http://example.org/name>"
ACCIDENTS = {
    # name: data, shapes, where, level and rule, a part of the message, exit code
    "misspelt target": (
        DATA, SHAPES.replace("targetClass ex:Person", "targetClass ex:Persn"),
        ("own.ttl", "6:31", "warning unmatched-shape"), "did you mean <http://example.org/Person>?",
        0,
    ),
    "misspelt path": (
        DATA, SHAPES.replace("ex:name ; sh:minCount 1", "ex:nmae ; sh:maxCount 1"),
        ("own.ttl", "7:25", "warning unmatched-path"), "did you mean <http://example.org/name>?", 0,
    ),
    "misspelt property": (
        DATA + "ex:ann ex:nmae 'A' .\n", SHAPES,
        ("own.ttl", "3:8", "warning untouched-property"), "did you mean <http://example.org/name>?",
        0,
    ),
    "misspelt class": (
        DATA + "ex:bob a ex:Persno .\n", SHAPES,
        ("own.ttl", "3:10", "warning untouched-class"), "did you mean <http://example.org/Person>?",
        0,
    ),
    "class that no shape knows": (
        DATA + "ex:bob a ex:Robot .\n", SHAPES,
        ("own.ttl", "3:10", "info untouched-class"), "no shape judges", 0,
    ),
    "misspelt word of SHACL": (
        DATA, SHAPES.replace("sh:minCount", "sh:mincount"),
        ("own.ttl", "7:35", "error unknown-term"), "did you mean sh:minCount?", 1,
    ),
    "misspelt word of a pinned vocabulary": (
        DATA + f"@prefix rdfs: <{RDFS}> .\nex:Person rdfs:lable 'x' .\n", SHAPES,
        ("own.ttl", "4:11", "warning unknown-term"), "did you mean rdfs:label?", 0,
    ),
    "misspelt datatype": (
        DATA + f"@prefix xsd: <{XSD}> .\nex:ann ex:name '2001'^^xsd:gyear .\n", SHAPES,
        ("own.ttl", "4:16", "warning unknown-term"), "did you mean xsd:gYear?", 0,
    ),
    "term that its own ontology lacks": (
        f"@prefix owl: <{OWL}> .\n" + DATA + "ex:Person a owl:Class . ex:ann ex:age 1 .\n", SHAPES,
        ("own.ttl", "4:32", "warning unknown-term"), "does not exist", 0,
    ),
    "prefix without a mark": (
        DATA.replace("example.org/>", "example.org>"),
        SHAPES.replace("example.org/>", "example.org>"),
        ("own.ttl", "1:9", "warning glued-prefix"), "ends in neither # nor /", 0,
    ),
    "prefix that is almost one": (
        "@prefix skos: <http://www.w3.org/2004/02/skos/cor#> .\n" + DATA + "ex:ann skos:note 'x' .",
        SHAPES, ("own.ttl", "1:9", "warning misspelt-prefix"),
        "did you mean <http://www.w3.org/2004/02/skos/core#>?", 0,
    ),
    "prefix that nobody uses": (
        f"@prefix owl: <{OWL}> .\n" + DATA, SHAPES,
        ("own.ttl", "1:9", "info unused-prefix"), "never used", 0,
    ),
    "import that is not there": (
        f"@prefix owl: <{OWL}> .\n" + DATA + "<> a owl:Ontology ; owl:imports <http://x.org/y> .\n",
        SHAPES, ("own.ttl", "4:33", "warning unread-import"), "nothing is fetched", 0,
    ),
    "no data": ("# nothing\n", SHAPES, ("-", "", "error no-data"), "nothing was checked", 1),
    "empty file": ("", SHAPES, ("own.ttl", "", "warning empty-file"), "no statement", 1),
    "no shape": (DATA, DATA, ("-", "", "error no-shape"), "are these files the shapes?", 1),
    "missing shape": (
        DATA, SHAPES + "ex:PersonShape sh:property ex:Persn .\n",
        ("own.ttl", "8:28", "error missing-shape"), "is described nowhere", 1,
    ),
    "query that would dial": (
        DATA,
        SHAPES + QUERY.format("SELECT $this { SERVICE <http://x.org/> {} }"),
        ("own.ttl", "8:38", "error refused-query"), "federation to other endpoints is off", 2,
    ),
    "query that would fetch": (
        DATA,
        SHAPES + QUERY.format("SELECT $this FROM <http://x.org/> {}"),
        ("own.ttl", "8:38", "error refused-query"), "nothing is fetched", 2,
    ),
    "violation": (
        DATA.replace("ex:name", "ex:alias"), SHAPES, ("own.ttl", "2:10", VIOLATED), "", 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ACCIDENTS)
def test_nothing_passes_by_accident(name: str, tmp_path: Path) -> None:
    data, shapes, expected, message, code = ACCIDENTS[name]
    result = call(*repository(tmp_path, data, shapes))
    assert expected in told(result), result.stdout
    assert message in result.stdout
    assert result.exit_code == code
    assert "Traceback" not in result.output


def test_an_import_among_the_files_is_had(tmp_path: Path) -> None:
    """By the name of the ontology, with or without its last mark, or by its version."""
    rdf.write(
        tmp_path,
        data__one_ttl=f"@prefix owl: <{OWL}> .\n<> owl:imports <http://x.org/y> , "
        f"<http://x.org/z/2> , <two.ttl> , <{SH}> .\n",
        data__two_ttl=f"@prefix owl: <{OWL}> .\n<http://x.org/y#> a owl:Ontology . "
        "<http://x.org/z> a owl:Ontology ; owl:versionIRI <http://x.org/z/2> .\n",
        shapes_ttl=SHAPES,
    )
    result = call("--shapes", tmp_path / "shapes.ttl", tmp_path / "data")
    assert "unread-import" not in result.stdout


def test_what_is_muted_is_not_told(tmp_path: Path) -> None:
    """By rule, or by rule and shape; an error is told all the same."""
    shapes = SHAPES + "ex:S sh:targetClass ex:Robot . ex:T sh:targetClass ex:Ghost .\n"
    given = repository(tmp_path, DATA, shapes)
    assert call(*given).stdout.count("unmatched-shape") == 2
    assert "unmatched-shape" not in call(*given, "--mute", "unmatched-shape").stdout
    one = call(*given, "--mute", f"unmatched-shape={rdf.EX}S").stdout
    assert "Ghost" in one
    assert "Robot" not in one
    given = repository(tmp_path, DATA, DATA)
    assert call(*given, "--mute", "no-shape").exit_code == 1


@pytest.mark.parametrize(
    ("percent", "code"), [("0", 0), ("50", 0), ("66", 0), ("67", 1), ("100", 1)]
)
def test_coverage_may_be_demanded(percent: str, code: int, tmp_path: Path) -> None:
    """Two of three classes and properties are reached."""
    given = repository(tmp_path, DATA + "ex:ann ex:age 7 .\n")
    result = call(*given, "--min-coverage", percent)
    assert result.exit_code == code
    assert ("reach 2 of 3" in result.stdout) == bool(code)


@pytest.mark.parametrize(("percent", "share"), [("0", 0), ("5", 0.05), ("100", 1)])
def test_a_share_of_what_conforms_is_judged_again(
    percent: str, share: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What pySHACL finds and our search has missed is told as a fault of ours."""
    people = "".join(f"ex:p{number} a ex:Person .\n" for number in range(200))
    given = repository(tmp_path, DATA + people)
    monkeypatch.setattr(compiled.Validation, "_found", lambda *_: iter(()))
    result = call(*given, "--verify", percent)
    found = [line for line in result.stdout.splitlines() if "[validator]" in line]
    assert result.exit_code == bool(found)
    assert all("please report it" in line for line in found)
    assert len(found) == pytest.approx(200 * share, abs=8)
    monkeypatch.undo()
    assert "[validator]" not in call(*given, "--verify", percent).stdout


def test_levels_that_fail_are_chosen(tmp_path: Path) -> None:
    """What passes by accident can be made to fail."""
    given = repository(tmp_path, DATA, SHAPES + "ex:S sh:targetClass ex:Robot .\n")
    assert call(*given).exit_code == 0
    assert call(*given, "--fail-on", "warning").exit_code == 1


def test_a_missing_file_is_2(tmp_path: Path) -> None:
    given = repository(tmp_path)
    assert call(*given, tmp_path / "nowhere.ttl").exit_code == 2
    assert call("--shapes", tmp_path / "nowhere", tmp_path / "data").exit_code == 2
    assert call("--shapes", tmp_path / "shapes").exit_code == 2
    assert call("--checks", tmp_path).exit_code == 2


# ---------------------------------------------------------------- formats, engines, house rules


def written(suffix: str) -> bytes:
    text = DATA + "ex:bob a ex:Person .\n"
    media = {".ttl": "text/turtle", ".trig": "application/trig", ".nt": "application/n-triples",
             ".nq": "application/n-quads", ".rdf": "application/rdf+xml",
             ".jsonld": "application/ld+json"}[suffix]  # fmt: skip
    quads = [Quad(q.subject, q.predicate, q.object) for q in rdf.file(text).quads]
    return serialize(quads, media)


@pytest.mark.parametrize("suffix", [".ttl", ".trig", ".nt", ".nq", ".rdf", ".jsonld"])
def test_data_is_read_in_each_syntax(suffix: str, tmp_path: Path) -> None:
    """Those that people write by hand have lines."""
    (tmp_path / f"data{suffix}").write_bytes(written(suffix))
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    files = {
        name: read.foreign([tmp_path / name], tmp_path) for name in (f"data{suffix}", "shapes.ttl")
    }
    repository = Repository(data=files[f"data{suffix}"], shapes=files["shapes.ttl"])
    (finding,) = (f for f in check_repository(repository) if f.results)
    assert finding.focus == f"{rdf.EX}bob"
    assert finding.file == tmp_path / f"data{suffix}"
    assert (finding.line is not None) == (suffix in {".ttl", ".trig", ".nt", ".nq"})


def test_named_graphs_are_merged(tmp_path: Path) -> None:
    """Data in several graphs and files is judged as one."""
    (tmp_path / "data.trig").write_text(
        f"@prefix ex: <{rdf.EX}> .\nex:g {{ ex:ann a ex:Person }}\nex:h {{ ex:bob a ex:Person }}\n",
        encoding="utf-8",
    )
    rdf.write(tmp_path, more_ttl=f"<{rdf.EX}ann> <{rdf.EX}name> 'Ann' .\n", shapes_ttl=SHAPES)
    result = call(
        "--shapes", tmp_path / "shapes.ttl", tmp_path / "data.trig", tmp_path / "more.ttl"
    )
    assert [line.partition("/data.trig:")[2][:4] for line in result.stdout.splitlines()] == ["3:17"]


def test_a_context_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "data.jsonld").write_text(
        '{"@context": "http://x.org/c", "a": "b"}', encoding="utf-8"
    )
    rdf.write(tmp_path, shapes_ttl=SHAPES)
    result = call("--shapes", tmp_path / "shapes.ttl", tmp_path / "data.jsonld")
    assert result.exit_code == 2
    assert "nothing is fetched" in result.stdout


def test_relative_addresses_do_not_depend_on_the_machine(tmp_path: Path) -> None:
    """A checkout elsewhere gives the same bytes."""
    reports = set()
    for place in ("one", "two"):
        folder = tmp_path / place
        rdf.write(folder, data__own_ttl=DATA.replace("ex:ann", "<#ann>"), shapes_ttl=SHAPES)
        data, shapes = (read.foreign([folder / name], folder) for name in ("data", "shapes.ttl"))
        assert {f.base for f in data} == {"file:///data/own.ttl"}
        found = check_repository(Repository(data=data, shapes=shapes))
        reports.add(str([f.message for f in found]))
    assert len(reports) == 1


@pytest.mark.parametrize("engine", ["compiled", "pyshacl"])
def test_engines_agree(engine: str, tmp_path: Path) -> None:
    data = DATA + "ex:bob a ex:Person . ex:cid a ex:Person ; ex:name 1 , 2 .\n"
    given = repository(
        tmp_path, data, SHAPES.replace("sh:minCount 1", "sh:minCount 1 ; sh:maxCount 1")
    )
    places = {
        (name, at) for name, at, level in told(call(*given, "--engine", engine)) if "error" in level
    }
    assert places == {("own.ttl", "3:10"), ("own.ttl", "3:51")}


RULE = """\
# problem: {focus} and {other} are both called {value}.
# why: Nobody could tell them apart.
# fix: Rename one.
# level: warning
PREFIX ex: <http://example.org/>
SELECT ?focus (ex:name AS ?path) ?value ?other
WHERE { ?focus ex:name ?value . ?other ex:name ?value FILTER(STR(?focus) < STR(?other)) }
"""


def test_house_rules_of_a_stranger(tmp_path: Path) -> None:
    """A folder of queries that must find nothing; what they find has its place."""
    given = repository(tmp_path, DATA + "ex:bob a ex:Person ; ex:name 'Ann' .\n")
    rdf.write(tmp_path, **{"rules__same-name_rq": RULE})
    result = call(*given, "--checks", tmp_path / "rules")
    assert told(result) == {("own.ttl", "2:30", "warning checks/same-name")}
    assert 'are both called "Ann". Rename one.' in result.stdout


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# level: warning\n", "", "needs problem, why, fix and level"),
        ("level: warning", "level: loud", "needs problem, why, fix and level"),
        ("SELECT ?focus (ex:name AS ?path) ?value ?other", "ASK", "must be a SELECT query"),
        ("WHERE {", "WHERE { SERVICE <http://x.org/> {}", "federation"),
        ("WHERE {", "FROM <http://x.org/> WHERE {", "nothing is fetched"),
        ("?other ex:name", "?other ex:", "rules/same-name.rq"),
    ],
)
def test_a_house_rule_that_is_none_is_told(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    given = repository(tmp_path)
    text = RULE.replace(old, new)
    assert text != RULE or old == new
    rdf.write(tmp_path, **{"rules__same-name_rq": text})
    result = call(*given, "--checks", tmp_path / "rules")
    if message == "rules/same-name.rq":
        assert result.exit_code == 0  # a term of no name is a term all the same
    else:
        assert result.exit_code == 2
        assert message in result.stderr


def test_a_problem_is_told_by_names_alone(tmp_path: Path) -> None:
    """What a header puts into braces is a variable of the row, and never code."""
    text = RULE.replace("{other}", "{other.__class__} {nobody}")
    rdf.write(tmp_path, **{"rules__same-name_rq": text})
    given = repository(tmp_path, DATA + "ex:bob a ex:Person ; ex:name 'Ann' .\n")
    result = call(*given, "--checks", tmp_path / "rules")
    assert "{other.__class__} ? are both called" in result.stdout


def test_a_target_query_finds_its_nodes(tmp_path: Path) -> None:
    """SHACL-AF §3.1: a SPARQL-based target."""
    shapes = SHAPES.replace(
        "sh:targetClass ex:Person",
        'sh:target [ sh:select "SELECT ?this { ?this <http://example.org/age> ?age }" ]',
    )
    given = repository(tmp_path, DATA + "ex:bob ex:age 7 .\n", shapes)
    result = call(*given)
    assert result.exit_code == 1
    assert (
        "own.ttl",
        "3:15",
        "error http://example.org/PersonShape/<http://example.org/name>",
    ) in told(result)


def test_a_target_of_another_kind_is_refused(tmp_path: Path) -> None:
    shapes = SHAPES.replace("sh:targetClass ex:Person", "sh:target [ a ex:OwnTarget ]")
    result = call(*repository(tmp_path, DATA, shapes))
    assert result.exit_code == 2
    assert "sh:target" in result.stderr


def test_own_content_has_no_silent_shape(findings: list[Finding]) -> None:
    """Every target of our own shapes is matched, and every file says something."""
    assert [
        f for f in findings if f.rule in {"unmatched-shape", "unmatched-path", "empty-file"}
    ] == []
    left = {f.rule for f in findings if f.rule.startswith("untouched-")}
    assert left == {"untouched-class", "untouched-property"}
    assert all(f.line for f in findings if f.rule.startswith("untouched-"))


def test_demands_spare_errors() -> None:
    demands = Demands(muted=["a", "b=urn:x"])
    finding = Finding(severity=Severity.WARNING, rule="a", message="m")
    assert not demands.wants(finding)
    assert demands.wants(Finding(severity=Severity.ERROR, rule="a", message="m"))
    assert not demands.wants(Finding(severity=Severity.INFO, rule="b", message="m", focus="urn:x"))
    assert demands.wants(Finding(severity=Severity.INFO, rule="b", message="m", focus="urn:y"))


def test_literal_that_is_judged_by_itself_has_its_place(tmp_path: Path) -> None:
    """`sh:targetObjectsOf` may aim at literals, which no statement is about."""
    head = f"@prefix : <{rdf.EX}> .\n@prefix sh: <{SH}> .\n"
    shape = ":S a sh:NodeShape ; sh:targetObjectsOf :p ; sh:nodeKind sh:IRI .\n"
    (tmp_path / "s.ttl").write_text(head + shape, encoding="utf-8")
    (tmp_path / "d.ttl").write_text(head + ":a :q 1 ;\n  :p :b , 'x'@en .\n", encoding="utf-8")
    data, shapes = (read.foreign([tmp_path / name], tmp_path) for name in ("d.ttl", "s.ttl"))
    found = check_repository(Repository(data=data, shapes=shapes))
    (finding,) = (each for each in found if each.rule == f"{rdf.EX}S")
    assert (finding.line, finding.column, finding.focus) == (4, 11, '"x"@en')
