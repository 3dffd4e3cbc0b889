"""Names that lead somewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from iisgraph import describe
from iisgraph.vocab import BASE, PREFIXES, shorten

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


def shortened(iri: str) -> str:
    """An IRI as addresses of ours have it: `iis:State`, `id/state/KAZ`."""
    return shorten(iri).strip("<>")


def iri_of(short: str) -> str:
    """The IRI that an address of ours shortens."""
    prefix, colon, rest = short.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + rest
    return short if colon or not short else BASE + short
