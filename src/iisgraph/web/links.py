"""Names that lead somewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from iisgraph import describe
from iisgraph.vocab import BASE

Named: TypeAlias = Callable[[str], tuple[str, str]]
"""Gives the name of a thing and the language of that name, as `describe.Names` does."""


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
