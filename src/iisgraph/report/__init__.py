"""What the graph holds and what it lacks: figures counted from it, and a page of them."""

from iisgraph.report.languages import LANGUAGES, Coverage, Unnamed, languages, unnamed
from iisgraph.report.page import data_page, rows_of
from iisgraph.report.reach import Use, uses

__all__ = [
    "LANGUAGES",
    "Coverage",
    "Unnamed",
    "Use",
    "data_page",
    "languages",
    "rows_of",
    "unnamed",
    "uses",
]
