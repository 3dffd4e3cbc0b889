"""An ontology looked over: each rule finds its bad case at its place, and spares the good one."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iisgraph.cli import main
from iisgraph.errors import SourceError
from iisgraph.gate import Severity
from iisgraph.gate.ontology import PROFILES, Wishes, lint
from iisgraph.history import files_at, last_tag
from iisgraph.vocab import OWL, RDF, RDFS, SKOS, XSD
from tests import rdf
from tests.conftest import ROOT

HEAD = f"""\
@prefix : <{rdf.EX}> .
@prefix owl: <{OWL}> .
@prefix rdf: <{RDF}> .
@prefix rdfs: <{RDFS}> .
@prefix skos: <{SKOS}> .
@prefix xsd: <{XSD}> .
: a owl:Ontology .
"""
TOLD = ' ; rdfs:label "{0}"@en ; skos:definition "What {0} is."@en '


def declare(kind: str, *names: str) -> str:
    return "".join(f":{name} a owl:{kind}{TOLD.format(name)}.\n" for name in names)


CLASSES = declare("Class", "A", "B", "C", "D")
BASIS = f"{CLASSES}:A rdfs:subClassOf :B . :C rdfs:subClassOf :D .\n"
RELATION = f"{declare('ObjectProperty', 'r', 's')}:r rdfs:domain :A ; rdfs:range :B .\n"
RELATION += ":s rdfs:domain :A ; rdfs:range :B .\n"
VALUE = f"{declare('DatatypeProperty', 'v')}:v rdfs:domain :A ; rdfs:range xsd:date .\n"

Case = tuple[str, str, str, str]
CASES: dict[str, Case] = {
    # rule: what is good, what is bad instead, the text where the finding is, its words
    "missing-label": (
        "",
        ':x a owl:Class ; skos:definition "X."@en ; rdfs:subClassOf :A .\n',
        "owl:Class ; skos",
        "x> has no label",
    ),
    "missing-definition": (
        "",
        ':x a owl:Class ; rdfs:label "x"@en ; rdfs:subClassOf :A .\n',
        "owl:Class ; rdfs:label",
        "x> has no definition",
    ),
    "same-label": ("", ':B rdfs:label "A"@en .\n', '"A"@en .', 'both called "A"@en'),
    "odd-name": (
        "",
        f"{declare('Class', 'not_camel')}:not_camel rdfs:subClassOf :A .\n",
        "owl:Class ; rdfs:",
        "named in snake_case; the rule for a class here is CamelCase",
    ),
    "circle": ("", ":B rdfs:subClassOf :A .\n", ":A .\n", "stands above itself, by way of"),
    "orphan": ("", declare("Class", "E"), 'owl:Class ; rdfs:label "E"', "related to no other term"),
    "undeclared": (
        "",
        ":D rdfs:subClassOf :Aa .\n",
        ":Aa .",
        "is declared nowhere",
    ),
    "mixed-kinds": (
        "",
        ":r a owl:DatatypeProperty .\n",
        'owl:ObjectProperty ; rdfs:label "r"',
        "both datatype property and object property",
    ),
    "impossible-class": (
        ":A owl:disjointWith :D .\n",
        ":A rdfs:subClassOf :D . :B owl:disjointWith :D .\n",
        'owl:Class ; rdfs:label "A"',
        "which are disjoint",
    ),
    "domain-clash": (
        ":r rdfs:domain :B . :A owl:disjointWith :D .\n",
        ":r rdfs:domain :C . :B owl:disjointWith :D .\n",
        ":A ; rdfs:range :B .\n:s",
        "are disjoint",
    ),
    "range-clash": (
        ":v rdfs:range xsd:gYear .\n",
        ":v rdfs:range :A .\n",
        ":A .\n",
        "its range is the class",
    ),
    "kind-clash": (
        ":r rdfs:subPropertyOf :s .\n",
        ":r rdfs:subPropertyOf :v .\n",
        ":v .\n",
        "of different kinds",
    ),
}


def ontology(extra: str) -> str:
    return HEAD + BASIS + RELATION + VALUE + extra


@pytest.mark.parametrize("rule", CASES)
def test_rule_finds_its_bad_case_and_spares_the_good_one(rule: str) -> None:
    good, bad, mark, words = CASES[rule]
    assert [f for f in lint([rdf.file(ontology(good))]) if f.rule == f"ontology/{rule}"] == []
    text = ontology(bad)
    found = [f for f in lint([rdf.file(text)]) if f.rule == f"ontology/{rule}"]
    at = text.rindex(mark)
    place = (text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    assert place in {(f.line, f.column) for f in found}, found
    assert any(words in f.message for f in found)


def test_the_basis_of_the_cases_is_clean() -> None:
    assert lint([rdf.file(ontology(""))]) == []
    assert len(CASES) == 12


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (":x a owl:AllDisjointClasses ; owl:members ( :B :D ) . :A rdfs:subClassOf :D .", "class"),
        (":E owl:disjointUnionOf ( :B :D ) . :A rdfs:subClassOf :D .", "class"),
    ],
)
def test_classes_are_disjoint_in_each_way_to_say_so(text: str, rule: str) -> None:
    found = {f.rule for f in lint([rdf.file(ontology(text))])}
    assert f"ontology/impossible-{rule}" in found


def test_labels_are_wanted_in_each_language() -> None:
    found = lint([rdf.file(ontology(""))], Wishes(languages=("en", "ru")))
    assert len(found) == 7
    assert all(f.message.endswith("has no label in ru") for f in found)


def test_a_near_term_is_offered() -> None:
    extra = declare("Class", "Organisation") + ":Organisation rdfs:subClassOf :Organization .\n"
    (found,) = lint([rdf.file(ontology(extra))])
    assert found.message.endswith("did you mean <http://example.org/Organisation>?")


def test_files_that_are_no_turtle_are_told_alone() -> None:
    (found,) = lint([rdf.file("<a> <b> .")])
    assert (found.rule, found.line) == ("syntax", 1)


# ---------------------------------------------------------------- profiles

SOME = "[ a owl:Restriction ; owl:onProperty :r ; owl:someValuesFrom :B ]"
ALL = SOME.replace("someValuesFrom", "allValuesFrom")
MOST = "[ a owl:Restriction ; owl:onProperty :r ; owl:maxCardinality {} ]"
THING = SOME.replace(":B", "owl:Thing")
PROFILE_CASES = [
    # an axiom, and the profiles that it leads out of
    (":A rdfs:subClassOf :B .", ""),
    (f":A rdfs:subClassOf {SOME} .", "rl"),
    (f"{SOME} rdfs:subClassOf :A .", "ql"),
    (f"{THING} rdfs:subClassOf :A .", ""),
    (f":A rdfs:subClassOf {ALL} .", "el ql"),
    (f"{ALL} rdfs:subClassOf :A .", "el ql rl"),
    (f":A owl:equivalentClass {SOME} .", "ql rl"),
    (":A rdfs:subClassOf [ owl:unionOf ( :B :C ) ] .", "el ql rl"),
    ("[ owl:unionOf ( :B :C ) ] rdfs:subClassOf :A .", "el ql"),
    (":A rdfs:subClassOf [ owl:complementOf :D ] .", "el"),
    (f":A rdfs:subClassOf [ owl:complementOf {SOME} ] .", "el ql"),
    (f":A rdfs:subClassOf [ owl:intersectionOf ( :B {ALL} ) ] .", "el ql"),
    ("[ owl:oneOf ( :a ) ] rdfs:subClassOf :A .", "ql"),
    ("[ owl:oneOf ( :a :b ) ] rdfs:subClassOf :A .", "el ql"),
    (f":A rdfs:subClassOf {MOST.format(1)} .", "el ql"),
    (f":A rdfs:subClassOf {MOST.format(2)} .", "el ql rl"),
    (":r owl:inverseOf :s .", "el"),
    (":r a owl:TransitiveProperty .", "ql"),
    (":r a owl:FunctionalProperty .", "el ql"),
    (":v a owl:FunctionalProperty .", "ql"),
    (":r a owl:ReflexiveProperty .", "rl"),
    (":A owl:disjointUnionOf ( :B :C ) .", "el ql rl"),
    (":v rdfs:range xsd:double .", "el ql"),
    (":A owl:disjointWith :D .", ""),
]


@pytest.mark.parametrize(("axiom", "out"), PROFILE_CASES)
def test_axiom_leads_out_of_the_profiles_that_do_not_take_it(axiom: str, out: str) -> None:
    """Section by section of https://www.w3.org/TR/owl2-profiles/."""
    file = rdf.file(HEAD + RELATION + VALUE + axiom)
    left = {
        name
        for name in PROFILES
        if any(f.rule == "ontology/profile" for f in lint([file], Wishes(profile=name)))
    }
    assert left == set(out.split())


def test_what_leads_out_is_told_at_its_place() -> None:
    text = HEAD + RELATION + f":A rdfs:subClassOf {SOME} ."
    found = lint([rdf.file(text)], Wishes(profile="rl"))
    (finding,) = (f for f in found if f.rule == "ontology/profile")
    assert finding.message == "owl:someValuesFrom above a class leads out of OWL 2 RL"
    assert finding.column == text.splitlines()[-1].index(":B ]") + 1


# ---------------------------------------------------------------- earlier revisions


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with an ontology of four classes at the tag v1."""
    folder = tmp_path / "repository"
    path = folder / "ontology/own.ttl"
    path.parent.mkdir(parents=True)
    path.write_text(HEAD + BASIS + ":D owl:deprecated true .\n", encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    git(folder, "tag", "v1")
    return path


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["lint", *map(str, arguments)])


def test_a_term_that_is_gone_is_missed(repository: Path) -> None:
    """Against the last tag if none is named; what it had deprecated may go."""
    assert call(repository).exit_code == 0
    text = repository.read_text(encoding="utf-8").replace(":A ", ":Aaaa ").replace(":D ", ":E ")
    repository.write_text(text, encoding="utf-8")
    result = call(repository)
    assert result.exit_code == 1
    (line,) = (line for line in result.stdout.splitlines() if "removed-term" in line)
    assert f"<{rdf.EX}A> was declared in v1 and is gone" in line
    assert line.startswith(f"{repository}:7:5: error")


def test_a_term_may_move_to_another_file(repository: Path) -> None:
    """What was declared in a folder is looked for in the whole of it."""
    (repository.parent / "more.ttl").write_text(HEAD + BASIS, encoding="utf-8")
    repository.write_text(HEAD, encoding="utf-8")
    assert "removed-term" not in call(repository.parent).stdout
    assert "removed-term" in call(repository).stdout


@pytest.mark.parametrize("revision", ["nowhere", "--help", "-v"])
def test_a_revision_that_is_none_is_told(repository: Path, revision: str) -> None:
    with pytest.raises(SourceError):
        files_at(revision, [repository])
    assert call(repository, f"--since={revision}").exit_code == 2


def test_without_tags_nothing_is_missed(tmp_path: Path) -> None:
    """That nothing was compared is told."""
    path = tmp_path / "own.ttl"
    path.write_text(ontology(""), encoding="utf-8")
    assert last_tag(tmp_path) is None
    result = call(path)
    assert result.exit_code == 0
    assert "missing terms are not looked for" in result.stderr


def test_files_of_a_revision_are_those_then(repository: Path) -> None:
    repository.write_text("broken", encoding="utf-8")
    (file,) = files_at("v1", [repository])
    assert (file.path, len(list(file.quads)) > 10) == (repository, True)
    assert [f.path for f in files_at("v1", [repository.parent.parent])] == [repository]


# ---------------------------------------------------------------- real ontologies


def test_own_ontology_is_clean() -> None:
    """In three languages, within OWL 2 RL."""
    result = call(ROOT / "ontology/iis.ttl", "--languages", "en,ru,zh", "--profile", "rl")
    assert (result.exit_code, result.stdout) == (0, "")


GIST = rdf.SHARED / "strangers/gist/gistCore.ttl"


@pytest.mark.skipif(not GIST.exists(), reason="the strangers' files are not beside the checkout")
def test_a_stranger_is_read_as_it_is() -> None:
    """Gist has nothing wrong; some of its properties it relates to nothing, on purpose."""
    result = call(GIST)
    assert result.exit_code == 0
    assert {line.rpartition("[")[2] for line in result.stdout.splitlines()} == {"ontology/orphan]"}
    out = call(GIST, "--profile", "rl")
    assert out.exit_code == 1
    assert out.stdout.count("owl:someValuesFrom above a class") == 79
    severities = {f.severity for f in lint([rdf.file(GIST.read_bytes())])}
    assert severities == {Severity.INFO}
