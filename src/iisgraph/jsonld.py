"""JSON-LD as people read it: expanded documents compacted with the prefixes of the house.

The engine writes expanded JSON-LD. Here names become `prefix:name`, lists of one value
that value, and plain strings plain; nothing else changes, so that both mean the same
(JSON-LD 1.1 §2.4.1, compaction; terms are never defined, prefixes alone are).
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from iisgraph.vocab import PREFIXES

_KEYWORDS: Final = ("@id", "@type")


def compacted(expanded: bytes) -> bytes:
    """The compact form of an expanded document.

    The document itself, if it has IRIs that a reader would take for prefixed names.
    """
    writer = _Writer()
    nodes = [writer.node(node) for node in json.loads(expanded)]
    if writer.is_ambiguous:
        return expanded
    context = {prefix: PREFIXES[prefix] for prefix in sorted(writer.used)}
    document = {"@context": context, "@graph": nodes}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


class _Writer:
    """Compacts the nodes of one document, and notes the prefixes that it needs."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self.is_ambiguous = False

    def node(self, node: Mapping[str, Any]) -> dict[str, Any]:
        """A node, or a graph of nodes."""
        written: dict[str, Any] = {}
        for key, value in node.items():
            if key == "@graph":
                written[key] = [self.node(each) for each in value]
            elif key == "@id":
                written[key] = self._iri(value)
            elif key == "@type":
                written[key] = _single([self._iri(each) for each in value])
            else:
                written[self._iri(key)] = _single([self._value(each) for each in value])
        return written

    def _value(self, value: Mapping[str, Any]) -> Any:
        if value.keys() == {"@value"} and isinstance(value["@value"], str):
            return value["@value"]
        return {k: self._iri(v) if k in _KEYWORDS else v for k, v in value.items()}

    def _iri(self, iri: str) -> str:
        scheme = iri.partition(":")[0]
        if scheme in PREFIXES:
            self.is_ambiguous = True
        fits = [p for p, namespace in PREFIXES.items() if iri.startswith(namespace)]
        if not fits:
            return iri
        prefix = max(fits, key=lambda p: len(PREFIXES[p]))
        local = iri.removeprefix(PREFIXES[prefix])
        if not local or local.startswith("//"):
            return iri
        self.used.add(prefix)
        return f"{prefix}:{local}"


def _single(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
