"""The validation report of SHACL (§3.6) in a syntax of RDF: what the shapes say, and no more."""

import re
from collections.abc import Iterator
from typing import Final

from iisgraph import engine
from iisgraph.engine import BlankNode, Term
from iisgraph.formats import Format
from iisgraph.gate.formats.outcome import Outcome
from iisgraph.printable import escaped
from iisgraph.shacl import Report, Result
from iisgraph.shacl.results import in_order

_UNPRINTED: Final = re.compile(r"[^\x20-\x7e\n\t]|##(?=\w*\[)")
_IMPOSSIBLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:[0-8]|1[124-9]|2[0-9]|3[01]);")
"""Control characters that XML 1.0 cannot hold, not even as references."""


def written(outcome: Outcome, syntax: Format) -> bytes:
    """All results behind the findings; layout, terms and house rules have none.

    What a terminal or a CI service would obey is written as an escape of the syntax;
    for a control character RDF/XML has none, and U+FFFD takes its place.
    """
    results = {result: None for finding in outcome.findings for result in finding.results}
    report = Report(in_order(results))
    quads = report.graph()
    if any(isinstance(term, BlankNode) for result in results for term in _nodes(result)):
        quads = engine.canonical(quads)  # blank nodes of data have another name in each run
    text = engine.serialize(quads, syntax.media_type).decode().rstrip("\n") + "\n"
    if syntax.suffix == ".rdf":
        text = _IMPOSSIBLE.sub("\ufffd", text)
    return _UNPRINTED.sub(lambda found: _escape(found[0], syntax), text).encode()


def _nodes(result: Result) -> Iterator[Term | None]:
    """The nodes of data and shapes in a result and in those within it."""
    yield from (result.focus, result.value, result.shape, result.constraint)
    for detail in result.details:
        yield from _nodes(detail)


def _escape(text: str, syntax: Format) -> str:
    if len(text) == 1 and text.isprintable():
        return text
    if syntax.suffix == ".rdf":
        return f"{text[:-1]}&#{ord(text[-1])};"
    if syntax.suffix == ".jsonld" and ord(text[-1]) > 0xFFFF:
        high, low = divmod(ord(text) - 0x10000, 0x400)
        return f"\\u{high + 0xD800:04x}\\u{low + 0xDC00:04x}"
    return text[:-1] + escaped(text[-1])
