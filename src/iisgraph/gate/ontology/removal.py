"""Terms that an earlier revision declared and that are gone, so that data breaks unseen."""

from collections.abc import Iterator

from iisgraph.engine import Literal, NamedNode
from iisgraph.gate.findings import Finding, Severity
from iisgraph.gate.ontology.model import Ontology
from iisgraph.gate.spelling import near_term
from iisgraph.vocab import OWL, TYPE, shorten

_DEPRECATED = OWL + "deprecated"


def removed_terms(now: Ontology, before: Ontology, revision: str) -> Iterator[Finding]:
    """Terms that were declared in a revision, not yet deprecated, and are declared no more."""
    for term in before.own():
        if term not in now.kinds and not _is_deprecated(before, term):
            near = near_term(term, now.kinds)
            hint = f"; is it {shorten(near)} now?" if near else ""
            yield Finding(
                severity=Severity.ERROR,
                rule="ontology/removed-term",
                message=f"{shorten(term)} was declared in {revision} and is gone: keep it for one "
                f"release with owl:deprecated true and dcterms:isReplacedBy{hint}",
                focus=_header(now),
                path=TYPE,
            )


def _is_deprecated(ontology: Ontology, term: str) -> bool:
    values = ontology.values(NamedNode(term), _DEPRECATED)
    return any(isinstance(value, Literal) and value.value in ("true", "1") for value in values)


def _header(ontology: Ontology) -> str | None:
    headers = (
        subject.value
        for subject in ontology.subjects
        if isinstance(subject, NamedNode) and OWL + "Ontology" in ontology.iris(subject, TYPE)
    )
    return min(headers, default=None)
