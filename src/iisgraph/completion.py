"""What an editor of queries completes from: terms in use, with names, meanings and counts.

Drawn from the statistics that the service description tells (VoID partitions), and
short enough to be fetched with a page.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from iisgraph.describe import Names
from iisgraph.description import Statistics
from iisgraph.engine import DefaultGraph, Literal, NamedNode
from iisgraph.questions import Question
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import RDFS, SKOS, shorten

_MEANINGS: Final = (SKOS + "definition", RDFS + "comment")
_OF_RDF: Final = frozenset({"rdf", "rdfs", "owl"})
"""Prefixes whose classes say how data are made, not what they are about; they come last."""


def completion(
    snapshot: Snapshot,
    counted: Statistics,
    questions: Iterable[Question],
    languages: Sequence[str],
) -> dict[str, Any]:
    """Classes, properties and which class uses which, by prefixed names; the saved questions.

    Terms without a prefix of the house are left out: they could not be written shortly.
    """
    writer = _Writer(snapshot, languages)
    uses: dict[str, dict[str, int]] = defaultdict(dict)
    for (kind, name), number in counted.of_class.items():
        if _is_prefixed(kind) and _is_prefixed(name):
            uses[shorten(kind)][shorten(name)] = number
    return {
        "classes": writer.terms(counted.classes.items()),
        "properties": writer.terms(counted.properties.items()),
        "uses": uses,
        "questions": {question.name: question.sparql for question in questions},
    }


def _is_prefixed(iri: str) -> bool:
    return not shorten(iri).startswith("<")


class _Writer:
    """Tells of terms in a reader's languages."""

    def __init__(self, snapshot: Snapshot, languages: Sequence[str]) -> None:
        self._snapshot = snapshot
        self._languages = (*languages, "en")
        self._names = Names(snapshot, languages)

    def terms(self, counts: Iterable[tuple[tuple[str, ...], int]]) -> list[dict[str, Any]]:
        """The terms, those that are used most first."""
        told = [self._term(iri, number) for (iri,), number in counts if _is_prefixed(iri)]
        return sorted(told, key=lambda term: (-term["count"], term["name"]))

    def _term(self, iri: str, number: int) -> dict[str, Any]:
        name = shorten(iri)
        is_plumbing = name.split(":", maxsplit=1)[0] in _OF_RDF
        return {
            "name": name,
            "label": self._names(iri)[0],
            "about": self._meaning(iri),
            "count": 0 if is_plumbing else number,
        }

    def _meaning(self, iri: str) -> str:
        found: dict[str, str] = {}
        for predicate in _MEANINGS:
            quads = self._snapshot.engine.quads(
                NamedNode(iri), NamedNode(predicate), None, DefaultGraph()
            )
            for quad in quads:
                if isinstance(quad.object, Literal):
                    found.setdefault(quad.object.language or "", quad.object.value)
        return next((found[tag] for tag in self._languages if tag in found), "")
