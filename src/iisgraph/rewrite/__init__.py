"""Queries as the engine answers them quicker, with the same answer.

Text in, text out. Whatever is not understood in whole stays as it is; nothing is
changed that the snapshot's own figures do not prove safe.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

from iisgraph.engine import Oxigraph
from iisgraph.rewrite import answers, constant, exists, optional, order, pairs
from iisgraph.rewrite.parser import NotUnderstoodError, parse
from iisgraph.rewrite.scope import Edit, edited
from iisgraph.rewrite.tree import Select
from iisgraph.statistics import Statistics

_WORDS: Final = ("EXISTS", "MINUS", "COUNT(", "COUNT (")
_ALL_OF_ONE: Final = re.compile(r"DISTINCT\s+[?$]\w+\s*(?:WHERE\s*)?\{[^{};]*\}")
_BEHIND: Final = re.compile(r"\}\s*\.?\s*(?:[?$<]|[\w-]*:)")
"""A triple pattern that stands behind a group."""

_EQUAL: Final = re.compile(r"[?$]\w+\s*=[^=]")
_CONSTANT: Final = re.compile(r"""(?:>|"(?:@[\w-]+)?|\s\w*:\w[\w-]*)\s*[.;}]""")
_MANY: Final = 8
"""Question marks of a query that joins some patterns without a constant."""

_KEPT: Final = 256
_LONGEST: Final = 20_000
"""Characters of a query, and of a rewritten one that is kept."""


class Rewriter:
    """Rewrites the queries to one snapshot."""

    def __init__(self, engine: Oxigraph, statistics: Statistics) -> None:
        self._engine = engine
        self._statistics = statistics
        self._kept: dict[str, str] = {}
        self._sets: dict[str, pairs.Sets] = {}
        self._steps: tuple[Callable[[str, Select], Iterable[Edit]], ...] = (
            lambda text, query: constant.edits(text, query, engine),
            optional.edits,
            lambda text, query: exists.edits(text, query, statistics),
            lambda _, query: order.edits(query, statistics),
        )

    def prepare(self, queries: Iterable[str]) -> None:
        """Count what such queries need, so that processes forked from this one know it."""
        if self._statistics.size:
            self._statistics.typed_by_iris()
        for sparql in queries:
            self.faster(sparql)

    def faster(self, sparql: str) -> str:
        """A query with the same answer; the same text if there is nothing to gain."""
        if not is_worth_a_look(sparql):
            return sparql
        if sparql in self._kept:
            return self._kept[sparql]
        try:
            found = self._rewritten(sparql)
        except NotUnderstoodError:
            found = sparql
        if len(found) <= _LONGEST:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[sparql] = found
        return found

    def _rewritten(self, sparql: str) -> str:
        query = parse(sparql)
        whole = answers.answer(sparql, query, self._statistics) or pairs.answer(
            sparql, query, self._statistics, self._engine, self._sets
        )
        if whole:
            return whole
        text = sparql
        for edits in self._steps:
            changed = edited(text, edits(text, query))
            if changed != text:
                text, query = changed, parse(changed)
        return text


def is_worth_a_look(sparql: str) -> bool:
    """Whether a query may have a shape that can be rewritten; most that are light have none.

    Takes a few microseconds, for every query has to pass here.
    """
    if len(sparql) > _LONGEST:
        return False
    upper = sparql.upper()
    if any(word in upper for word in _WORDS):
        return True
    if "OPTIONAL" in upper and _BEHIND.search(upper):
        return True
    if "DISTINCT" in upper and _ALL_OF_ONE.search(upper):
        return True
    body = sparql[sparql.find("{") :]
    if " a " in body or ("=" in body and _EQUAL.search(body)):
        return True
    constants = len(_CONSTANT.findall(body))
    return constants > 1 or (not constants and body.count("?") >= _MANY)
