"""The open knowledge graph of international information-security cooperation.

>>> import iisgraph
>>> graph = iisgraph.open()
>>> bool(graph.query("ASK { <https://w3id.org/iisgraph/id/state/RUS> a iis:State }"))
True
"""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rdflib import Graph

    from iisgraph.api import KnowledgeGraph, Paths, PathType, Source
    from iisgraph.gate import Finding
    from iisgraph.validation import Given

__all__ = ["__version__", "check", "open", "validate"]

__version__ = version("iisgraph")


def open(source: "Source" = None) -> "KnowledgeGraph":  # noqa: A001 - iisgraph.open() reads well
    """Open a read-only snapshot of the graph.

    Args:
        source: nothing for the packaged data, a folder, a file, several files, or
            an rdflib Graph or Dataset.

    Raises:
        SourceError: if something cannot be read or parsed.
    """
    from iisgraph.api import open_graph

    return open_graph(source)


def check(
    paths: "Paths" = (), *, shapes: "Paths | None" = None, checks: "PathType | None" = None
) -> "list[Finding]":
    """Check RDF, and give the findings: each with its file, line and column, sorted by place.

    Args:
        paths: nothing for the packaged content, a content folder, or files that are
            checked together with the packaged content; with `shapes` any RDF.
        shapes: files or folders of SHACL shapes that any RDF is held to.
        checks: with `shapes`, a folder of queries that must find nothing.

    Raises:
        SourceError: if a path does not exist, or a house rule is broken.
        ShapesError: if the shapes cannot be judged by.
    """
    from iisgraph import api

    return api.check(paths, shapes=shapes, checks=checks)


def validate(data_graph: "Given", **options: Any) -> "tuple[bool, Graph, str]":
    """Judge data by SHACL shapes, with the arguments and the answer of `pyshacl.validate`.

    See `iisgraph.validation.validate` for what it takes: `shacl_graph=` first of all.

    Returns:
        Whether the data conforms, the report as an rdflib Graph, and it as text.

    Raises:
        ValueError: for an option that is not understood; nothing is passed over.
        ShapesError: if the shapes are ill-formed.
        SourceError: if a file cannot be read or parsed.
    """
    from iisgraph import validation

    return validation.validate(data_graph, **options)
