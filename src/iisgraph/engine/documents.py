"""RDF documents: parsed into quads, and written."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, TypeAlias

import pyoxigraph as ox
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple

from iisgraph.vocab import PREFIXES

Node: TypeAlias = NamedNode | BlankNode
Term: TypeAlias = NamedNode | BlankNode | Literal


def triples(items: Iterable[Quad] | Iterable[Triple]) -> Iterator[tuple[Node, NamedNode, Term]]:
    """Subject, predicate and value of each item; RDF 1.1 has no triples as terms."""
    for item in items:
        if not isinstance(item.subject, Triple) and not isinstance(item.object, Triple):
            yield item.subject, item.predicate, item.object


@dataclass(frozen=True)
class Parsed:
    """The content of one RDF document, terms exactly as written."""

    quads: Sequence[Quad]
    prefixes: Mapping[str, str] = field(default_factory=dict)
    base: str | None = None


def parse(content: bytes, media_type: str, graph: str, base: str) -> Parsed:
    """Parse RDF; triples outside a named graph are put into `graph`.

    Blank nodes get new names, so that documents can be merged.

    Raises:
        SyntaxError: with `lineno` and `offset` of the offending token.
    """
    rdf_format = RdfFormat.from_media_type(media_type)
    parser = ox.parse(content, format=rdf_format, base_iri=base, rename_blank_nodes=True)
    name = NamedNode(graph)
    quads = [Quad(q.subject, q.predicate, q.object, name) if _is_default(q) else q for q in parser]
    return Parsed(quads, parser.prefixes, parser.base_iri)


@dataclass(frozen=True)
class Document:
    """A file of RDF that is parsed anew each time it is gone through, so that it may be large.

    Blank nodes that the file names keep their names; to those that it does not (`[]`, lists)
    each pass gives others, so what has such nodes is to be parsed once, by `parse`. No graph
    is named for it.
    """

    path: str
    media_type: str
    base: str

    def __iter__(self) -> Iterator[Quad]:
        """The quads of the file.

        Raises:
            SyntaxError: with `lineno` and `offset` of the offending token.
            OSError: if it cannot be read.
        """
        rdf_format = RdfFormat.from_media_type(self.media_type)
        yield from ox.parse(path=self.path, format=rdf_format, base_iri=self.base)


def _is_default(quad: Quad) -> bool:
    return isinstance(quad.graph_name, DefaultGraph)


def stored(terms: Iterable[Literal]) -> dict[Literal, Literal]:
    """How the store keeps each literal: it rewrites some lexical forms and datatypes."""
    known: dict[Literal, Literal] = {}
    store = ox.Store()
    node = NamedNode("urn:x")
    for term in terms:
        store.add(Quad(node, node, term))
        (kept,) = store.quads_for_pattern(None, None, None)
        if isinstance(kept.object, Literal):
            known[term] = kept.object
        store.clear()
    return known


def serialize(items: Iterable[Triple] | Iterable[Quad], media_type: str) -> bytes:
    """Write triples or quads in `media_type`, sorted: graph, subject, predicate, value.

    Raises:
        ValueError: if the media type is not one of RDF.
    """
    output = io.BytesIO()
    write(sorted(items, key=order), media_type, output)
    return output.getvalue()


def write(items: Iterable[Any], media_type: str, output: Any) -> None:
    """Write triples or quads in the order in which they come.

    Raises:
        ValueError: if the media type is not one of RDF.
    """
    rdf_format = RdfFormat.from_media_type(media_type)
    if rdf_format is None:
        raise ValueError(f"{media_type} is not an RDF media type")
    ox.serialize(items, output, format=rdf_format, prefixes=PREFIXES)


def once(items: Iterable[Triple]) -> Iterator[Triple]:
    """Each triple once, remembered by a digest of 16 bytes and not by itself."""
    seen: set[bytes] = set()
    for item in items:
        digest = blake2b(str(item).encode(), digest_size=16).digest()
        if digest not in seen:
            seen.add(digest)
            yield item


def order(item: Triple | Quad) -> tuple[str, str]:
    """By graph, subject, predicate and value."""
    return str(item.graph_name) if isinstance(item, Quad) else "", str(item)


def canonical(quads: Iterable[Quad]) -> list[Quad]:
    """The quads with canonical blank node labels (RDFC-1.0), in no order."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return list(dataset)


def canonical_quads(quads: Iterable[Quad]) -> list[str]:
    """Sorted N-Quads lines with canonical blank node labels.

    Two sets of quads have the same lines exactly if they are isomorphic.
    """
    return sorted(str(quad) for quad in canonical(quads))
