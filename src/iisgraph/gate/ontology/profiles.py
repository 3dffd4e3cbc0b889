"""The profiles of OWL 2 (https://www.w3.org/TR/owl2-profiles/): what leads out of each.

A construct counts where it stands: in what is below a `rdfs:subClassOf` (`SUB`), in what
is above it (`SUPER`), or as an axiom. A profile is a table of what it takes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from iisgraph.engine import BlankNode, Literal, NamedNode, Node, Term
from iisgraph.gate.findings import Finding, Severity, named
from iisgraph.gate.ontology.model import DATA, DISJOINT, DOMAIN, RANGE, SUBCLASS, Ontology
from iisgraph.vocab import OWL, TYPE, XSD, shorten

SUB: Final = "below a class"
SUPER: Final = "above a class"
AXIOM: Final = "as an axiom"


@dataclass(frozen=True)
class Profile:
    """What a profile takes below and above classes and as axioms, and datatypes it lacks."""

    sub: str
    super: str
    axioms: str
    without: str

    def takes(self, construct: str, place: str) -> bool:
        """Whether a construct may stand in a place."""
        taken = {SUB: self.sub, SUPER: self.super, AXIOM: self.axioms}[place]
        return construct in taken.split()


class _Use(NamedTuple):
    """A construct in a place, with the statement that says it."""

    construct: str
    place: str
    subject: Node
    path: str
    value: Term | None


_LACKED: Final = (
    "boolean byte double float int language long negativeInteger nonPositiveInteger "
    "positiveInteger short unsignedByte unsignedInt unsignedLong unsignedShort"
)
"""Datatypes of OWL 2 that EL and QL do not take (§2.2.1 and §3.2.1)."""

PROFILES: Final[Mapping[str, Profile]] = {
    "el": Profile(
        sub="intersectionOf oneOf someValuesFrom someValuesFromThing hasValue hasSelf",
        super="intersectionOf oneOf someValuesFrom someValuesFromThing hasValue hasSelf",
        axioms="TransitiveProperty ReflexiveProperty FunctionalData propertyChainAxiom hasKey "
        "disjointWith AllDisjointClasses NegativePropertyAssertion",
        without=_LACKED,
    ),
    "ql": Profile(
        sub="someValuesFromThing",
        super="intersectionOf complementOf someValuesFrom someValuesFromThing",
        axioms="inverseOf SymmetricProperty AsymmetricProperty ReflexiveProperty "
        "IrreflexiveProperty disjointWith propertyDisjointWith AllDisjointClasses "
        "AllDisjointProperties",
        without=_LACKED,
    ),
    "rl": Profile(
        sub="intersectionOf unionOf oneOf oneOfSeveral someValuesFrom someValuesFromThing hasValue",
        super="intersectionOf complementOf allValuesFrom hasValue atMostOne",
        axioms="inverseOf SymmetricProperty AsymmetricProperty IrreflexiveProperty "
        "TransitiveProperty FunctionalProperty FunctionalData InverseFunctionalProperty "
        "propertyChainAxiom hasKey disjointWith propertyDisjointWith AllDisjointClasses "
        "AllDisjointProperties NegativePropertyAssertion",
        without="",
    ),
}
_AXIOMS: Final = (
    "inverseOf SymmetricProperty AsymmetricProperty ReflexiveProperty IrreflexiveProperty "
    "TransitiveProperty FunctionalProperty InverseFunctionalProperty propertyChainAxiom hasKey "
    "disjointWith propertyDisjointWith AllDisjointClasses AllDisjointProperties "
    "disjointUnionOf NegativePropertyAssertion"
)
_EXPRESSIONS: Final = (
    "intersectionOf unionOf complementOf oneOf someValuesFrom allValuesFrom hasValue hasSelf "
    "minCardinality maxCardinality cardinality minQualifiedCardinality "
    "maxQualifiedCardinality qualifiedCardinality"
)
_AT_MOST: Final = ("maxCardinality", "maxQualifiedCardinality")
_EQUIVALENT: Final = OWL + "equivalentClass"


def outside(ontology: Ontology, name: str) -> Iterator[Finding]:
    """What leads out of the profile of that name: `el`, `ql` or `rl`."""
    profile = PROFILES[name]
    for use in _uses(ontology):
        if not profile.takes(use.construct, use.place):
            term = use.value if use.path == TYPE else NamedNode(use.path)
            told = f"{shorten(str(term)[1:-1])} {use.place}"
            yield _finding(name, use.subject, use.path, use.value, told)
    for subject in ontology.subjects:
        for value in ontology.values(subject, RANGE):
            if str(value)[1:-1].removeprefix(XSD) in profile.without.split():
                told = f"the datatype {shorten(str(value)[1:-1])}"
                yield _finding(name, subject, RANGE, value, told)


def _uses(ontology: Ontology) -> Iterator[_Use]:
    for subject in ontology.subjects:
        yield from _axioms(ontology, subject)
        for predicate, ends in _PLACES.items():
            for value in ontology.values(subject, predicate):
                for end, place in ends:
                    yield from _expressions(ontology, value if end == "value" else subject, place)


_PLACES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    SUBCLASS: (("subject", SUB), ("value", SUPER)),
    _EQUIVALENT: (("subject", SUB), ("subject", SUPER), ("value", SUB), ("value", SUPER)),
    DISJOINT: (("subject", SUB), ("value", SUB)),
    DOMAIN: (("value", SUPER),),
    RANGE: (("value", SUPER),),
}


def _axioms(ontology: Ontology, subject: Node) -> Iterator[_Use]:
    kinds = ontology.kinds.get(getattr(subject, "value", ""), frozenset())
    for iri in ontology.iris(subject, TYPE):
        name = iri.removeprefix(OWL)
        if name in _AXIOMS.split():
            of_data = name == "FunctionalProperty" and DATA in kinds
            construct = "FunctionalData" if of_data else name
            yield _Use(construct, AXIOM, subject, TYPE, NamedNode(iri))
    for predicate, values in ontology.says(subject).items():
        if predicate.removeprefix(OWL) in _AXIOMS.split():
            yield _Use(predicate.removeprefix(OWL), AXIOM, subject, predicate, values[0])


def _expressions(
    ontology: Ontology, node: Term, place: str, above: frozenset[Term] = frozenset()
) -> Iterator[_Use]:
    """The constructs of a class expression and of those within; a complement turns the place."""
    if not isinstance(node, BlankNode) or node in above:
        return
    inner = above | {node}
    for predicate, values in ontology.says(node).items():
        name = predicate.removeprefix(OWL)
        if name not in _EXPRESSIONS.split():
            continue
        for value in values:
            yield _Use(_construct(name, value, ontology), place, node, predicate, value)
            turned = {SUB: SUPER, SUPER: SUB}[place] if name == "complementOf" else place
            parts = list(ontology.items(value)) or [value]
            for part in parts if name != "oneOf" else ():
                yield from _expressions(ontology, part, turned, inner)


def _construct(name: str, value: Term, ontology: Ontology) -> str:
    """The construct, told apart where a profile takes it only with certain values."""
    if name in _AT_MOST and isinstance(value, Literal) and value.value in ("0", "1"):
        return "atMostOne"
    if name == "someValuesFrom" and value == NamedNode(OWL + "Thing"):
        return "someValuesFromThing"
    if name == "oneOf" and len(list(ontology.items(value))) > 1:
        return "oneOfSeveral"
    return name


def _finding(name: str, subject: Node, path: str, value: Term | None, told: str) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        rule="ontology/profile",
        message=f"{told} leads out of OWL 2 {name.upper()}",
        focus=named(subject),
        path=path,
        value=value,
    )
