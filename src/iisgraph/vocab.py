"""The names that code uses: namespaces, prefixes and the few terms it must know.

Plain strings, so that importing them costs nothing. Whether a term exists is
the ontology's business; `check` compares the two.
"""

from collections.abc import Mapping
from typing import Final

BASE: Final = "https://w3id.org/iisgraph/"
GRAPH: Final = BASE + "graph/"
DERIVED: Final = GRAPH + "derived"

IIS: Final = BASE + "def/"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SH: Final = "http://www.w3.org/ns/shacl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
DCTERMS: Final = "http://purl.org/dc/terms/"
PROV: Final = "http://www.w3.org/ns/prov#"
SCHEMA: Final = "https://schema.org/"

PREFIXES: Final[dict[str, str]] = {
    "dc11": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": DCTERMS,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "iis": IIS,
    "org": "http://www.w3.org/ns/org#",
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "sh": SH,
    "skos": SKOS,
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "xsd": XSD,
}
"""The prefixes of the house, one spelling for files, queries and answers."""

TYPE: Final = RDF + "type"
FIRST: Final = RDF + "first"
REST: Final = RDF + "rest"
NIL: Final = RDF + "nil"
PRIMARY_SOURCE: Final = PROV + "hadPrimarySource"


def shorten(iri: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Write an IRI as a person would: prefixed, relative to the base, or in full."""
    for prefix, namespace in prefixes.items():
        local = iri.removeprefix(namespace)
        if local != iri and local.replace("-", "").replace("_", "").isalnum():
            return f"{prefix}:{local}"
    return f"<{iri.removeprefix(BASE)}>"
