"""The data as catalogues harvest them: DCAT 3, in the profile of DCAT-AP 3.

One catalogue with one data set: its release as files with checksums, its endpoint as a
data service, the licence and the languages by the codes of the Publications Office.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from iisgraph import engine, export, layout
from iisgraph.engine import DefaultGraph, Literal, NamedNode, Parsed, Quad, Term
from iisgraph.formats import GRAPHS, Format, by_name
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, DCTERMS, PREFIXES, RDFS, SKOS, TYPE, XSD

DATASET: Final = BASE + "dataset"
CATALOGUE: Final = BASE + "catalogue"
PUBLISHER: Final = BASE + "id/publisher"

DCAT: Final = PREFIXES["dcat"]
FOAF: Final = PREFIXES["foaf"]
SPDX: Final = "http://spdx.org/rdf/terms#"
_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_ENDPOINT: Final = "http://www.w3.org/TR/sparql11-protocol/"
_LANGUAGES: Final = ("ENG", "RUS", "ZHO")
_FILE_TYPES: Final = {"trig": "RDF_TRIG", "nquads": "RDF_N_QUADS"}


@dataclass(frozen=True)
class Dump:
    """A release as one compressed file, with the SHA-256 of its bytes in hexadecimal."""

    form: Format
    body: bytes
    checksum: str

    @property
    def name(self) -> str:
        """The end of its address after the release: `.nq.gz`."""
        return f"{self.form.suffix}.gz"


def dumps(snapshot: Snapshot) -> Mapping[str, Dump]:
    """The files of a release by the ends of their names; equal releases give equal bytes."""
    found = {}
    for name in _FILE_TYPES:
        form = by_name(name, GRAPHS)
        assert form is not None
        body = gzip.compress(export.export(snapshot, form), 6, mtime=0)
        dump = Dump(form, body, hashlib.sha256(body).hexdigest())
        found[dump.name] = dump
    return found


def describe(snapshot: Snapshot, files: Mapping[str, Dump], host: str) -> list[Quad]:
    """The catalogue of a snapshot that is served at a host (`https://example.org/`)."""
    writer = _Writer(host)
    writer.catalogue(snapshot)
    writer.dataset(snapshot)
    for end, dump in files.items():
        writer.distribution(f"{host}dump/{snapshot.release}{end}", dump)
    writer.endpoint()
    return writer.quads


def serialize(quads: list[Quad], rdf_format: Format) -> bytes:
    """A catalogue in RDF, the same bytes for the same catalogue."""
    if rdf_format.media_type == "text/turtle":
        return layout.write(Parsed(quads, {"spdx": SPDX}, BASE)).encode()
    return engine.serialize([quad.triple for quad in quads], rdf_format.media_type)


class _Writer:
    def __init__(self, host: str) -> None:
        self.quads: list[Quad] = []
        self._host = host

    def catalogue(self, snapshot: Snapshot) -> None:
        """The catalogue itself, and who publishes it."""
        self._say(CATALOGUE, TYPE, _iri(DCAT + "Catalog"))
        self._named(CATALOGUE, snapshot)
        self._say(CATALOGUE, DCAT + "dataset", _iri(DATASET))
        self._say(CATALOGUE, DCAT + "service", _iri(self._host + "sparql"))
        self._say(CATALOGUE, FOAF + "homepage", _iri(BASE))
        self._say(BASE, TYPE, _iri(FOAF + "Document"))
        self._say(PUBLISHER, TYPE, _iri(FOAF + "Agent"))
        self._say(PUBLISHER, FOAF + "name", Literal("The iisgraph project", language="en"))

    def dataset(self, snapshot: Snapshot) -> None:
        """The data set in the release that is served."""
        self._say(DATASET, TYPE, _iri(DCAT + "Dataset"))
        self._named(DATASET, snapshot)
        for word in _own(snapshot, DCAT + "keyword"):
            self._say(DATASET, DCAT + "keyword", word)
        theme = f"{_AUTHORITY}data-theme/INTR"
        self._concept(DATASET, DCAT + "theme", theme, "International issues")
        self._concept(
            DATASET, DCTERMS + "accessRights", f"{_AUTHORITY}access-right/PUBLIC", "public"
        )
        self._say(DATASET, DCAT + "version", Literal(snapshot.release))
        self._say(DATASET, DCAT + "landingPage", _iri(BASE))

    def distribution(self, address: str, dump: Dump) -> None:
        """The release as a file."""
        self._say(DATASET, DCAT + "distribution", _iri(address))
        self._say(address, TYPE, _iri(DCAT + "Distribution"))
        title = f"The release as {dump.form.names[0]}, compressed"
        self._say(address, DCTERMS + "title", Literal(title, language="en"))
        for predicate in ("accessURL", "downloadURL"):
            self._say(address, DCAT + predicate, _iri(address))
        self._resource(address)
        self._say(address, DCAT + "mediaType", _iri(_MEDIA + dump.form.media_type))
        self._say(address, DCAT + "compressFormat", _iri(_MEDIA + "application/gzip"))
        for media_type in (dump.form.media_type, "application/gzip"):
            self._say(_MEDIA + media_type, TYPE, _iri(DCTERMS + "MediaType"))
        file_type = f"{_AUTHORITY}file-type/{_FILE_TYPES[dump.form.names[0]]}"
        self._say(address, DCTERMS + "format", _iri(file_type))
        self._say(file_type, TYPE, _iri(DCTERMS + "MediaTypeOrExtent"))
        self._licence(address)
        size = Literal(str(len(dump.body)), datatype=_iri(XSD + "nonNegativeInteger"))
        self._say(address, DCAT + "byteSize", size)
        checksum = f"{address}#sha256"
        self._say(address, SPDX + "checksum", _iri(checksum))
        self._say(checksum, TYPE, _iri(SPDX + "Checksum"))
        self._say(checksum, SPDX + "algorithm", _iri(SPDX + "checksumAlgorithm_sha256"))
        self._say(SPDX + "checksumAlgorithm_sha256", TYPE, _iri(SPDX + "ChecksumAlgorithm"))
        value = Literal(dump.checksum, datatype=_iri(XSD + "hexBinary"))
        self._say(checksum, SPDX + "checksumValue", value)

    def endpoint(self) -> None:
        """The SPARQL endpoint as a service that gives access to the data set."""
        address = self._host + "sparql"
        self._say(address, TYPE, _iri(DCAT + "DataService"))
        self._say(address, DCTERMS + "title", Literal("SPARQL endpoint of iisgraph", language="en"))
        self._say(address, DCAT + "endpointURL", _iri(address))
        self._resource(address)
        description = self._host + "openapi.json"
        self._say(address, DCAT + "endpointDescription", _iri(description))
        self._resource(description)
        self._say(address, DCAT + "servesDataset", _iri(DATASET))
        self._say(address, DCTERMS + "conformsTo", _iri(_ENDPOINT))
        self._say(_ENDPOINT, TYPE, _iri(DCTERMS + "Standard"))
        self._say(address, DCTERMS + "publisher", _iri(PUBLISHER))
        self._licence(address)

    def _named(self, iri: str, snapshot: Snapshot) -> None:
        """What catalogue and data set have in common: words, publisher, licence, languages."""
        for predicate in (DCTERMS + "title", DCTERMS + "description"):
            for text in _own(snapshot, predicate):
                self._say(iri, predicate, text)
        self._say(iri, DCTERMS + "publisher", _iri(PUBLISHER))
        self._licence(iri)
        for code in _LANGUAGES:
            language = f"{_AUTHORITY}language/{code}"
            self._say(iri, DCTERMS + "language", _iri(language))
            self._say(language, TYPE, _iri(DCTERMS + "LinguisticSystem"))

    def _resource(self, iri: str) -> None:
        """Type what DCAT-AP's ranges want typed, though everything is a resource."""
        self._say(iri, TYPE, _iri(RDFS + "Resource"))

    def _licence(self, iri: str) -> None:
        self._say(iri, DCTERMS + "license", _iri(_LICENCE))
        self._say(_LICENCE, TYPE, _iri(DCTERMS + "LicenseDocument"))

    def _concept(self, iri: str, predicate: str, concept: str, name: str) -> None:
        self._say(iri, predicate, _iri(concept))
        self._say(concept, TYPE, _iri(SKOS + "Concept"))
        self._say(concept, SKOS + "prefLabel", Literal(name, language="en"))
        if predicate.startswith(DCTERMS):
            self._say(concept, TYPE, _iri(DCTERMS + "RightsStatement"))

    def _say(self, subject: str, predicate: str, value: Term) -> None:
        self.quads.append(Quad(_iri(subject), _iri(predicate), value))


def _iri(iri: str) -> NamedNode:
    return NamedNode(iri)


def _own(snapshot: Snapshot, predicate: str) -> list[Literal]:
    """What the data set says of itself in words."""
    quads = snapshot.engine.quads(_iri(DATASET), _iri(predicate), None, DefaultGraph())
    return sorted((q.object for q in quads if isinstance(q.object, Literal)), key=str)
