"""What search engines read in a page: schema.org in JSON-LD, as a block of data, not a script."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from flask import request

from iisgraph.vocab import BASE, IIS, PREFIXES

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"

_KINDS: Final[Mapping[str, str]] = {
    IIS + "State": "Country",
    IIS + "FormerState": "Country",
    IIS + "Territory": "AdministrativeArea",
    PREFIXES["org"] + "FormalOrganization": "Organization",
    PREFIXES["org"] + "OrganizationalCollaboration": "Organization",
    IIS + "WorkingGroup": "Organization",
    IIS + "ForumSeries": "EventSeries",
    IIS + "ForumEdition": "Event",
    IIS + "Session": "Event",
    IIS + "InternationalAgreement": "CreativeWork",
    IIS + "Document": "CreativeWork",
    IIS + "Source": "CreativeWork",
    IIS + "Place": "Place",
    PREFIXES["skos"] + "Concept": "DefinedTerm",
}


def page(language: str, entity: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a page is: part of the data set, in a language, about an entity."""
    dataset: dict[str, Any] = {
        "@type": "Dataset",
        "@id": BASE + "dataset",
        "name": "iisgraph",
        "url": BASE,
    }
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "url": BASE.removesuffix("/") + quote(request.path),
        "inLanguage": language,
        "license": LICENCE,
        "isPartOf": dataset,
    }
    if request.endpoint == "home":
        dataset |= {
            "description": "International information security as linked data, with sources.",
            "license": LICENCE,
            "isAccessibleForFree": True,
            "creator": {"@type": "Organization", "name": "The iisgraph project", "url": BASE},
        }
        told["potentialAction"] = {
            "@type": "SearchAction",
            "target": BASE + "search?q={text}",
            "query-input": "required name=text",
        }
    return told | ({"mainEntity": dict(entity)} if entity else {})


def entity(
    iri: str, types: Sequence[str], names: Sequence[tuple[str, str]], same: Sequence[str]
) -> dict[str, Any]:
    """A thing: its names with their languages, the first of them foremost, and where else it is."""
    kind = next((_KINDS[t] for t in types if t in _KINDS), "Thing")
    texts = [{"@value": n, "@language": tag} if tag else n for n, tag in dict.fromkeys(names)]
    told: dict[str, Any] = {"@type": kind, "@id": iri}
    if texts:
        told["name"] = texts[0]
    if texts[1:]:
        told["alternateName"] = texts[1:]
    if same:
        told["sameAs"] = list(same)
    return told
