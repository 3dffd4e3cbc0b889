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
    """One way to write an answer.

    `names` are accepted by `--format` and `format=`; `nicknames` too, where no other
    format that could be meant has them as a name: clients say `xml` for a graph.
    `iri` is what the W3C calls the format (http://www.w3.org/ns/formats/).
    """

    names: tuple[str, ...]
    media_type: str
    suffix: str
    kind: Kind
    iri: str = ""
    nicknames: tuple[str, ...] = ()


W3C: Final = "http://www.w3.org/ns/formats/"

_JSON: Final = Format(
    ("json", "srj"),
    "application/sparql-results+json",
    ".srj",
    Kind.RESULTS,
    W3C + "SPARQL_Results_JSON",
    ("application/json",),
)
_XML: Final = Format(
    ("xml", "srx"),
    "application/sparql-results+xml",
    ".srx",
    Kind.RESULTS,
    W3C + "SPARQL_Results_XML",
)

FORMATS: Final = (
    _JSON,
    _XML,
    Format(("csv",), "text/csv", ".csv", Kind.RESULTS, W3C + "SPARQL_Results_CSV"),
    Format(("tsv",), "text/tab-separated-values", ".tsv", Kind.RESULTS, W3C + "SPARQL_Results_TSV"),
    Format(("turtle", "ttl"), "text/turtle", ".ttl", Kind.GRAPH, W3C + "Turtle", ("n3",)),
    Format(
        ("ntriples", "nt"),
        "application/n-triples",
        ".nt",
        Kind.GRAPH,
        W3C + "N-Triples",
        ("n-triples",),
    ),
    Format(
        ("jsonld",),
        "application/ld+json",
        ".jsonld",
        Kind.DATASET,
        W3C + "JSON-LD",
        ("json-ld", "json", "application/json"),
    ),
    Format(
        ("rdfxml", "rdf"),
        "application/rdf+xml",
        ".rdf",
        Kind.GRAPH,
        W3C + "RDF_XML",
        ("rdf+xml", "xml"),
    ),
    Format(("trig",), "application/trig", ".trig", Kind.DATASET, W3C + "TriG"),
    Format(
        ("nquads", "nq"),
        "application/n-quads",
        ".nq",
        Kind.DATASET,
        W3C + "N-Quads",
        ("n-quads",),
    ),
    Format(("html",), "text/html", ".html", Kind.PAGE),
)

RESULTS: Final = tuple(f for f in FORMATS if f.kind is Kind.RESULTS)
BOOLEANS: Final = (_JSON, _XML)
"""The formats that have a way to say true or false."""
GRAPHS: Final = tuple(f for f in FORMATS if f.kind in (Kind.GRAPH, Kind.DATASET))
HTML: Final = FORMATS[-1]


def by_name(name: str, offered: Collection[Format] = FORMATS) -> Format | None:
    """The offered format with this short name or media type, else with this nickname."""
    wanted = name.strip().lower()
    named = (f for f in offered if wanted in (*f.names, f.media_type))
    called = (f for f in offered if wanted in f.nicknames)
    return next(named, None) or next(called, None)


def by_suffix(suffix: str, offered: Collection[Format] = FORMATS) -> Format | None:
    """The offered format whose files end so (`.ttl`)."""
    return next((f for f in offered if f.suffix == suffix.lower()), None)
