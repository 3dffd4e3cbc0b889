"""The media types that are spoken: one table, and the choice among them."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Kind(Enum):
    """What a format can carry."""

    RESULTS = "query results"
    GRAPH = "triples"
    DATASET = "named graphs"
    PAGE = "a page to read"


@dataclass(frozen=True)
class Format:
    """One way to write an answer; `names` are accepted by `--format` and `format=`."""

    names: tuple[str, ...]
    media_type: str
    suffix: str
    kind: Kind


FORMATS: Final = (
    Format(("json", "srj"), "application/sparql-results+json", ".srj", Kind.RESULTS),
    Format(("xml", "srx"), "application/sparql-results+xml", ".srx", Kind.RESULTS),
    Format(("csv",), "text/csv", ".csv", Kind.RESULTS),
    Format(("tsv",), "text/tab-separated-values", ".tsv", Kind.RESULTS),
    Format(("turtle", "ttl"), "text/turtle", ".ttl", Kind.GRAPH),
    Format(("ntriples", "nt"), "application/n-triples", ".nt", Kind.GRAPH),
    Format(("jsonld",), "application/ld+json", ".jsonld", Kind.DATASET),
    Format(("rdfxml", "rdf"), "application/rdf+xml", ".rdf", Kind.GRAPH),
    Format(("trig",), "application/trig", ".trig", Kind.DATASET),
    Format(("nquads", "nq"), "application/n-quads", ".nq", Kind.DATASET),
    Format(("html",), "text/html", ".html", Kind.PAGE),
)

RESULTS: Final = tuple(f for f in FORMATS if f.kind is Kind.RESULTS)
GRAPHS: Final = tuple(f for f in FORMATS if f.kind in (Kind.GRAPH, Kind.DATASET))
HTML: Final = FORMATS[-1]


def by_name(name: str, offered: Collection[Format] = FORMATS) -> Format | None:
    """The offered format with this short name or media type."""
    wanted = name.strip().lower()
    return next((f for f in offered if wanted in (*f.names, f.media_type)), None)


def by_suffix(suffix: str, offered: Collection[Format] = FORMATS) -> Format | None:
    """The offered format whose files end so (`.ttl`)."""
    return next((f for f in offered if f.suffix == suffix.lower()), None)
