"""How terms of an ontology are told: labels, definitions and names."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from typing import Final

from iisgraph.engine import Literal, NamedNode
from iisgraph.gate.findings import Finding, Severity
from iisgraph.gate.ontology.model import CLASS, DATATYPE, Ontology
from iisgraph.gate.spelling import split
from iisgraph.vocab import DCTERMS, RDFS, SKOS, TYPE, shorten

LABELS: Final = (RDFS + "label", SKOS + "prefLabel", DCTERMS + "title")
DEFINITIONS: Final = (
    SKOS + "definition",
    RDFS + "comment",
    DCTERMS + "description",
    "http://purl.obolibrary.org/obo/IAO_0000115",
)
_STYLES: Final = {
    "CamelCase": re.compile(r"[A-Z][A-Za-z0-9]*"),
    "camelCase": re.compile(r"[a-z][A-Za-z0-9]*"),
    "snake_case": re.compile(r"[a-z0-9]+(_[a-z0-9]+)+"),
    "kebab-case": re.compile(r"[a-z0-9]+(-[a-z0-9]+)+"),
    "numbers": re.compile(r"[A-Za-z]+_[0-9]+"),
}
_MAJORITY: Final = 0.8
"""The part of the names of a kind that must be of one style for it to be the rule."""


def unlabelled(ontology: Ontology, languages: Collection[str]) -> Iterator[Finding]:
    """Own terms without a label, or without one in each of these languages."""
    for term in ontology.own():
        labels = _literals(ontology, term, LABELS)
        missing = [tag for tag in languages if tag not in {label.language for label in labels}]
        if not labels:
            yield _warning("missing-label", term, f"{shorten(term)} has no label")
        elif missing:
            told = f"{shorten(term)} has no label in {' and '.join(missing)}"
            yield _warning("missing-label", term, told)


def undefined(ontology: Ontology) -> Iterator[Finding]:
    """Own terms that no definition explains."""
    for term in ontology.own():
        if not _literals(ontology, term, DEFINITIONS):
            yield _warning("missing-definition", term, f"{shorten(term)} has no definition")


def same_labels(ontology: Ontology) -> Iterator[Finding]:
    """Own terms of one kind that are called the same in one language."""
    seen: dict[tuple[bool, Literal], str] = {}
    for term in ontology.own():
        for predicate in LABELS:
            for label in ontology.values(NamedNode(term), predicate):
                if isinstance(label, Literal):
                    key = (CLASS in ontology.kinds[term], label)
                    first = seen.setdefault(key, term)
                    if first != term:
                        told = f"{shorten(term)} and {shorten(first)} are both called {label}"
                        yield _warning("same-label", term, told, predicate, label)


def odd_names(ontology: Ontology) -> Iterator[Finding]:
    """Own terms that are not named as nearly all of their kind and namespace are."""
    groups: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for term in ontology.own():
        namespace, name = split(term)
        kinds = ontology.kinds[term]
        kind = CLASS if CLASS in kinds else DATATYPE if DATATYPE in kinds else "property"
        groups[namespace, kind][term] = _style(name)
    for (_, kind), styles in groups.items():
        usual, number = Counter(styles.values()).most_common(1)[0]
        if number >= _MAJORITY * len(styles):
            for term, style in styles.items():
                if style != usual:
                    told = f"{shorten(term)} is named in {style}; "
                    told += f"the rule for a {kind} here is {usual}"
                    yield _warning("odd-name", term, told)


def _style(name: str) -> str:
    fitting = (style for style, pattern in _STYLES.items() if pattern.fullmatch(name))
    return next(fitting, "no known style")


def _literals(ontology: Ontology, term: str, predicates: Collection[str]) -> list[Literal]:
    node = NamedNode(term)
    found = (value for predicate in predicates for value in ontology.values(node, predicate))
    return [value for value in found if isinstance(value, Literal) and value.value.strip()]


def _warning(
    rule: str, term: str, message: str, path: str = TYPE, value: Literal | None = None
) -> Finding:
    return Finding(
        severity=Severity.WARNING,
        rule=f"ontology/{rule}",
        message=message,
        focus=term,
        path=path,
        value=value,
    )
