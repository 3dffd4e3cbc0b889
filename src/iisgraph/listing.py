"""Statements as CSV, one a line, for those who read tables: who says what of what."""

import csv
import io
from collections.abc import Iterable
from typing import Final

from iisgraph.describe import Statement, sources_of
from iisgraph.engine import Literal, Term
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import XSD

COLUMNS: Final = (
    "subject",
    "property",
    "value",
    "datatype",
    "language",
    "graphs",
    "sources",
)


def as_csv(snapshot: Snapshot, statements: Iterable[Statement]) -> bytes:
    """The statements as CSV (RFC 4180) in UTF-8.

    Blank nodes begin with `_:`; several graphs or sources stand with a space between
    them, and what follows by rule has the derived graph and no source.
    """
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(COLUMNS)
    for s in statements:
        datatype = s.value.datatype.value if isinstance(s.value, Literal) else ""
        language = (s.value.language or "") if isinstance(s.value, Literal) else ""
        said = sorted({source for graph in s.graphs for source in sources_of(snapshot, graph)})
        is_plain = language or datatype == XSD + "string"
        writer.writerow(
            [
                _text(s.subject),
                s.predicate,
                _text(s.value),
                "" if is_plain else datatype,
                language,
                " ".join(s.graphs),
                " ".join(said),
            ]
        )
    return output.getvalue().encode()


def _text(term: Term) -> str:
    return str(term) if not hasattr(term, "value") or str(term).startswith("_:") else term.value
