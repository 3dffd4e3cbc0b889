"""Names that lead somewhere."""

from dataclasses import dataclass

from iisgraph import describe
from iisgraph.vocab import BASE


@dataclass(frozen=True)
class Link:
    """Something with a name: an IRI and where it leads, or a literal with its language."""

    iri: str
    href: str
    text: str
    language: str = ""


def local(iri: str) -> str:
    """Where an IRI leads from a page of ours, or '' where it must not be followed."""
    if iri.startswith(BASE):
        return "/" + describe.document_iri(iri).removeprefix(BASE)
    return iri if iri.startswith(("http://", "https://")) else ""
