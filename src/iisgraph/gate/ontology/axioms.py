"""What the axioms of an ontology get wrong: circles, orphans, and classes nothing can be in."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Final

from iisgraph.engine import NamedNode
from iisgraph.gate.findings import Finding, Severity
from iisgraph.gate.ontology.model import (
    CLASS,
    DATA,
    DATATYPE,
    DOMAIN,
    OBJECT,
    PROPERTY,
    RANGE,
    SUBCLASS,
    SUBPROPERTY,
    Ontology,
)
from iisgraph.gate.spelling import near_term, split
from iisgraph.vocab import OWL, RDF, RDFS, TYPE, XSD, shorten

_LITERAL: Final = frozenset(
    {RDFS + "Literal", RDF + "langString", RDF + "HTML", RDF + "XMLLiteral"}
)
_TOP: Final = frozenset({OWL + "Thing", RDFS + "Resource"})
_APART: Final = (
    frozenset({CLASS, DATATYPE}),
    frozenset({OBJECT, DATA}),
    frozenset({OBJECT, "annotation property"}),
    frozenset({DATA, "annotation property"}),
)


def circles(ontology: Ontology) -> Iterator[Finding]:
    """Terms that stand above themselves."""
    for predicate in (SUBCLASS, SUBPROPERTY):
        for term in ontology.own():
            for above in ontology.iris(NamedNode(term), predicate):
                if term in ontology.above(above, predicate):
                    way = f"{shorten(term)} stands above itself, by way of {shorten(above)}"
                    told = way if above != term else f"{shorten(term)} stands above itself"
                    yield _error("circle", term, told, predicate, above)


def orphans(ontology: Ontology) -> Iterator[Finding]:
    """Own terms that no axiom relates to any other term."""
    related = _related(ontology)
    for term in ontology.own():
        if term not in related:
            told = f"{shorten(term)} is declared and related to no other term"
            yield replace(_error("orphan", term, told), severity=Severity.INFO)


def _related(ontology: Ontology) -> set[str]:
    """The named ends of all axioms."""
    found: set[str] = set()
    for subject in ontology.subjects:
        for predicate in ontology.says(subject):
            if predicate.startswith((RDFS, OWL)) and predicate not in _TELLING:
                ends = [end for end in ontology.iris(subject, predicate) if end not in _TOP]
                found.update(ends)
                if ends or any(
                    not isinstance(v, NamedNode) for v in ontology.values(subject, predicate)
                ):
                    found.add(getattr(subject, "value", ""))
        found.update(ontology.iris(subject, RDF + "first"))
    return found


_TELLING: Final = frozenset(
    {RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")}
    | {OWL + name for name in ("deprecated", "versionInfo")}
)


def undeclared(ontology: Ontology) -> Iterator[Finding]:
    """Terms of the ontology's own namespaces that axioms name and nothing declares."""
    for subject in ontology.subjects:
        for predicate in (SUBCLASS, SUBPROPERTY, DOMAIN, RANGE):
            for iri in ontology.iris(subject, predicate):
                if split(iri)[0] in ontology.namespaces and iri not in ontology.kinds:
                    near = near_term(iri, ontology.kinds)
                    hint = f"; did you mean {shorten(near)}?" if near else ""
                    told = f"{shorten(iri)} is declared nowhere{hint}"
                    focus = str(subject) if not isinstance(subject, NamedNode) else subject.value
                    yield _error("undeclared", focus, told, predicate, iri)


def mixed_kinds(ontology: Ontology) -> Iterator[Finding]:
    """Terms that are declared as two kinds that OWL 2 DL keeps apart."""
    for term in ontology.own():
        for apart in _APART:
            if apart <= ontology.kinds[term]:
                told = f"{shorten(term)} is both {' and '.join(sorted(apart))}"
                yield _error("mixed-kinds", term, told)


def impossible_classes(ontology: Ontology) -> Iterator[Finding]:
    """Classes below two classes of which nothing can be both."""
    for term in ontology.own(CLASS):
        pair = ontology.clash(term, term)
        if pair:
            told = f"nothing can be a {shorten(term)}: it is a {shorten(pair[0])} and a "
            told += f"{shorten(pair[1])}, which are disjoint"
            yield _error("impossible-class", term, told)


def impossible_ends(ontology: Ontology) -> Iterator[Finding]:
    """Properties with domains, or ranges, that nothing can be in at once."""
    for term in ontology.own(OBJECT, DATA, PROPERTY):
        for predicate, end in ((DOMAIN, "domain"), (RANGE, "range")):
            ends = [
                (above, iri)
                for above in sorted(ontology.above(term, SUBPROPERTY))
                for iri in ontology.iris(NamedNode(above), predicate)
            ]
            for (_, one), (of, other) in combinations(ends, 2):
                if ontology.clash(one, other):
                    told = f"the {end} {shorten(one)} of {shorten(term)} and {shorten(other)}, "
                    told += f"the {end} of {shorten(of)}, are disjoint"
                    yield _error(f"{end}-clash", term, told, predicate, one)


def wrong_ends(ontology: Ontology) -> Iterator[Finding]:
    """Domains that are datatypes, and ranges that do not fit the kind of property."""
    for term in ontology.own(OBJECT, DATA):
        node, kinds = NamedNode(term), ontology.kinds[term]
        for iri in ontology.iris(node, DOMAIN):
            if _is_datatype(ontology, iri):
                told = f"the domain of {shorten(term)} is the datatype {shorten(iri)}"
                yield _error("domain-clash", term, told, DOMAIN, iri)
        for iri in ontology.iris(node, RANGE):
            of_data = _is_datatype(ontology, iri)
            is_class = CLASS in ontology.kinds.get(iri, ()) or iri in _TOP
            if (OBJECT in kinds and of_data) or (DATA in kinds and is_class):
                what = "datatype" if of_data else "class"
                kind = OBJECT if OBJECT in kinds else DATA
                told = f"{shorten(term)} is a {kind} and its range is the {what} {shorten(iri)}"
                yield _error("range-clash", term, told, RANGE, iri)


def unlike_superproperties(ontology: Ontology) -> Iterator[Finding]:
    """Object properties below datatype properties, and the other way round."""
    for term in ontology.own(OBJECT, DATA):
        for above in ontology.iris(NamedNode(term), SUBPROPERTY):
            both = ontology.kinds[term] | ontology.kinds.get(above, frozenset())
            if {OBJECT, DATA} <= both:
                told = f"{shorten(term)} and {shorten(above)} above it are of different kinds"
                yield _error("kind-clash", term, told, SUBPROPERTY, above)


def _is_datatype(ontology: Ontology, iri: str) -> bool:
    return iri.startswith(XSD) or iri in _LITERAL or DATATYPE in ontology.kinds.get(iri, ())


def _error(
    rule: str, focus: str, message: str, path: str = TYPE, value: str | None = None
) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        rule=f"ontology/{rule}",
        message=message,
        focus=focus,
        path=path,
        value=NamedNode(value) if value else None,
    )
