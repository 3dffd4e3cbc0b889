"""Pictures as SVG, drawn here and not in the reader's browser.

Each is given words and values and knows nothing of the graph: a timeline, a map of
the world by the codes of countries, a matrix, a network. With each go its facts as a
table and the sources of every row, so that it can be read, checked and taken along.
"""

from iisgraph.pictures.geometry import Geometry
from iisgraph.pictures.matrix import Value, matrix
from iisgraph.pictures.network import network
from iisgraph.pictures.picture import STYLE_HASH, Cell, Picture, Row, Table
from iisgraph.pictures.timeline import Bar, Lane, Mark, timeline
from iisgraph.pictures.worldmap import Fill, Place, world

__all__ = [
    "STYLE_HASH",
    "Bar",
    "Cell",
    "Fill",
    "Geometry",
    "Lane",
    "Mark",
    "Picture",
    "Place",
    "Row",
    "Table",
    "Value",
    "matrix",
    "network",
    "timeline",
    "world",
]
