"""The open knowledge graph of international information-security cooperation.

>>> import iisgraph
>>> graph = iisgraph.open()
>>> bool(graph.query("ASK { <https://w3id.org/iisgraph/id/state/RUS> a iis:State }"))
True
"""

from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iisgraph.api import KnowledgeGraph, Source

__all__ = ["__version__", "open"]

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
