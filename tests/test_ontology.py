"""The ontology as a contract: header, terms, concepts, vendor lists, and nothing left unused."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS, VANN, Graph, Literal, URIRef
from rdflib.term import Node

from iisgraph.vocab import BASE, IIS, PREFIXES

ROOT = Path(__file__).parents[1]
LANGUAGES = ["en", "ru", "zh"]
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
SUPERTERM = {OWL.Class: RDFS.subClassOf, OWL.ObjectProperty: RDFS.subPropertyOf}
WITHOUT_SUPERTERM: dict[str, str] = {}
"""Classes and object properties that extend nothing, each with its reason: today none."""
UNTOUCHED: dict[str, str] = {}
"""Terms that no shape, rule, check or question names, each with its reason: today none."""

ONTOLOGY = Graph().parse(ROOT / "ontology/iis.ttl")
SCHEMES = Graph().parse(ROOT / "ontology/schemes.ttl")
HEADER = URIRef(IIS)
TERMS = sorted({URIRef(str(t)) for kind in KINDS for t in ONTOLOGY.subjects(RDF.type, kind)})
CONCEPTS = sorted(URIRef(str(c)) for c in SCHEMES.subjects(RDF.type, SKOS.Concept))
VENDOR = sorted((ROOT / "ontology/vendor").glob("*.txt"))

each_term = pytest.mark.parametrize("term", TERMS, ids=lambda t: t.removeprefix(IIS))


def languages(graph: Graph, subject: Node, predicate: Node) -> list[str | None]:
    """The language of each value, sorted; None for one that has no language."""
    values = list(graph.objects(subject, predicate))
    return sorted((v.language if isinstance(v, Literal) else None for v in values), key=str)


def test_there_are_as_many_terms_as_the_model_has() -> None:
    """The parametrised tests below see all terms; none is of a namespace of others."""
    assert len(TERMS) >= 99
    assert all(term.startswith(IIS) for term in TERMS)
    assert set(ONTOLOGY.subjects(RDFS.isDefinedBy)) == set(TERMS)


def test_header_is_a_contract() -> None:
    """Who meets the ontology learns its version, licence and prefix, each exactly once."""

    def only(predicate: Node) -> str:
        (value,) = ONTOLOGY.objects(HEADER, predicate)
        return str(value)

    assert list(ONTOLOGY.subjects(RDF.type, OWL.Ontology)) == [HEADER]
    assert re.fullmatch(r"\d+\.\d+\.\d+", only(OWL.versionInfo))
    assert only(OWL.versionIRI) == IIS + only(OWL.versionInfo)
    assert only(DCTERMS.license) == "https://creativecommons.org/licenses/by/4.0/"
    assert only(VANN.preferredNamespacePrefix) == "iis"
    assert only(VANN.preferredNamespaceUri) == IIS
    assert languages(ONTOLOGY, HEADER, DCTERMS.title) == LANGUAGES
    assert languages(ONTOLOGY, HEADER, DCTERMS.description) == LANGUAGES


@each_term
def test_term_is_described(term: URIRef) -> None:
    """One label in each language, one definition in English that is a sentence, an example."""
    assert languages(ONTOLOGY, term, RDFS.label) == LANGUAGES
    (definition,) = ONTOLOGY.objects(term, SKOS.definition)
    assert isinstance(definition, Literal)
    assert definition.language == "en"
    assert str(definition)[0].isupper()
    assert str(definition).endswith(".")
    assert list(ONTOLOGY.objects(term, RDFS.isDefinedBy)) == [HEADER]
    assert list(ONTOLOGY.objects(term, SKOS.example))


@each_term
def test_term_is_of_one_kind_and_named_by_it(term: URIRef) -> None:
    """Classes begin with a capital, properties with a small letter."""
    (kind,) = (kind for kind in KINDS if (term, RDF.type, kind) in ONTOLOGY)
    pattern = r"[A-Z][A-Za-z0-9]*" if kind == OWL.Class else r"[a-z][A-Za-z0-9]*"
    assert re.fullmatch(pattern, term.removeprefix(IIS))


def test_labels_tell_terms_of_a_kind_apart() -> None:
    """No two classes and no two properties share a label in one language."""
    seen: dict[tuple[bool, str], URIRef] = {}
    for term in TERMS:
        is_class = (term, RDF.type, OWL.Class) in ONTOLOGY
        for label in ONTOLOGY.objects(term, RDFS.label):
            assert seen.setdefault((is_class, label.n3()), term) == term


def test_classes_and_object_properties_extend_known_vocabularies() -> None:
    """Reuse before minting: what extends nothing has a reason here."""
    lacking = {
        term.removeprefix(IIS)
        for kind, predicate in SUPERTERM.items()
        for term in TERMS
        if (term, RDF.type, kind) in ONTOLOGY and (term, predicate, None) not in ONTOLOGY
    }
    assert lacking == set(WITHOUT_SUPERTERM)


def test_superterms_exist() -> None:
    """What is extended is a term of ours or of a pinned vocabulary; nothing extends itself."""
    known = set(TERMS) | {
        URIRef(namespace + name)
        for namespace, *names in (path.read_text(encoding="utf-8").split() for path in VENDOR)
        for name in names
    }
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf):
        for term, above in ONTOLOGY.subject_objects(predicate):
            assert above in known, above
            assert term not in set(ONTOLOGY.transitive_objects(above, predicate)), term


def test_every_term_is_put_to_use() -> None:
    """A term that no shape, rule, check or question touches is a promise that nobody keeps."""
    folders = ("ontology/shapes/*.ttl", "ontology/rules/*.rq", "ontology/checks/*.rq", "queries/*")
    texts = [p.read_text(encoding="utf-8") for f in folders for p in sorted(ROOT.glob(f))]
    assert len(texts) > 40
    used = {name for text in texts for name in re.findall(r"\biis:(\w+)", text)}
    assert {term.removeprefix(IIS) for term in TERMS} - used == set(UNTOUCHED)


def test_single_valued_properties_are_properties() -> None:
    """The mark stands on properties alone, and says true."""
    marked = set(ONTOLOGY.subject_objects(URIRef(IIS + "singleValued")))
    assert len(marked) > 15
    for subject, value in marked:
        assert value == Literal(True)
        local = str(subject).rpartition("/")[2].rpartition("#")[2]
        assert local[0].islower(), subject


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda c: c.removeprefix(BASE + "scheme/"))
def test_concept_is_named_and_placed(concept: URIRef) -> None:
    """One name in each language; one scheme, the one that its address names; a place in it."""
    assert languages(SCHEMES, concept, SKOS.prefLabel) == LANGUAGES
    (scheme,) = SCHEMES.objects(concept, SKOS.inScheme)
    assert str(concept).rpartition("/")[0] == str(scheme)
    assert (scheme, RDF.type, SKOS.ConceptScheme) in SCHEMES
    above = list(SCHEMES.objects(concept, SKOS.broader))
    assert above or (concept, SKOS.topConceptOf, scheme) in SCHEMES
    for other in above:
        assert (other, SKOS.inScheme, scheme) in SCHEMES
        assert concept not in set(SCHEMES.transitive_objects(other, SKOS.broader))


def test_schemes_are_those_that_shapes_ask_for() -> None:
    """Each scheme has concepts, and a shape that holds values to it."""
    schemes = set(SCHEMES.subjects(RDF.type, SKOS.ConceptScheme))
    assert len(schemes) >= 23
    assert set(SCHEMES.objects(None, SKOS.inScheme)) == schemes
    shapes = Graph()
    for path in sorted((ROOT / "ontology/shapes").glob("*.ttl")):
        shapes.parse(path)
    asked = {
        value
        for shape, value in shapes.subject_objects(SH.hasValue)
        if (shape, SH.path, SKOS.inScheme) in shapes
    }
    assert asked == schemes


def test_labels_of_others_are_labels_alone() -> None:
    """`labels.ttl` names terms of other vocabularies in each language and states no more."""
    graph = Graph().parse(ROOT / "ontology/labels.ttl")
    assert set(graph.predicates()) == {RDFS.label}
    for subject in set(graph.subjects()):
        assert not str(subject).startswith(BASE)
        assert languages(graph, subject, RDFS.label) == LANGUAGES


@pytest.mark.parametrize("path", VENDOR, ids=lambda p: p.stem)
def test_vendor_list_is_sorted_and_has_no_double(path: Path) -> None:
    """A namespace of the house's prefixes, then its names: a list whose diffs are small."""
    namespace, *names = path.read_text(encoding="utf-8").splitlines()
    assert namespace == PREFIXES[path.stem]
    assert len(names) > 3
    assert all(one < two for one, two in pairwise(names))
    assert all(re.fullmatch(r"\S+", name) for name in names)


def test_each_prefix_of_the_house_is_pinned() -> None:
    """Whatever has a prefix here can be checked for misspelt terms."""
    assert {path.stem for path in VENDOR} == set(PREFIXES) - {"iis"}
