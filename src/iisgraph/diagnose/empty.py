"""Why a query has no rows: the part that leaves none, and what would have matched."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from iisgraph.diagnose.literals import filter_hint, sample_hint, triple_hint
from iisgraph.diagnose.notes import Note, note_at, quoted
from iisgraph.diagnose.probes import Exhausted, Probes
from iisgraph.patterns import Filter, Graph, Group, Minus, Part, Query, Triple, Union, spelled_out

RULE: Final = "empty"


def empty_notes(probes: Probes, query: Query) -> list[Note]:
    """What leaves a query without rows, as far as the probes reach."""
    try:
        return _Search(probes, query).notes()
    except Exhausted as reason:
        return [Note(RULE, f"why there is no row was not found: {reason}")]


class _Search:
    """A search for the first part of a group after which nothing is left."""

    def __init__(self, probes: Probes, query: Query) -> None:
        self._probes = probes
        self._query = query
        self._names = 0

    def notes(self) -> list[Note]:
        where = self._query.where
        after = self._query.modifiers
        parts = [*where.parts, *([after.values] if after.values else [])]
        is_cut = after.having or after.offset or after.limit
        if is_cut and self._probes.any(parts):
            return self._after_the_pattern()
        return self._group(self._probes, parts)

    def _after_the_pattern(self) -> list[Note]:
        after = self._query.modifiers
        for part, reason in (
            (after.having, "leaves none of the groups"),
            (after.offset, "skips all rows that there are"),
            (after.limit, "lets no row through"),
        ):
            if part is not None:
                message = f"{quoted(self._query, part)} {reason}"
                return [note_at(self._query.text, part.start, RULE, message)]
        return []

    def _group(self, probes: Probes, parts: Sequence[Part]) -> list[Note]:
        """Why these parts of a group have no solution together."""
        ordered = [each for p in parts if not isinstance(p, Filter) for each in self._steps(p)]
        ordered += [p for p in parts if isinstance(p, Filter)]
        count = _first(len(ordered), lambda n: not probes.any(ordered[:n]))
        culprit, before = ordered[count - 1], ordered[: count - 1]
        if isinstance(culprit, Filter | Minus):
            return [self._taken_away(probes, culprit, before)]
        needed = self._needed(probes, culprit, before)
        if needed:
            return [self._together(probes, culprit, needed)]
        return self._alone(probes, culprit)

    def _steps(self, part: Part) -> Sequence[Part]:
        """A path in its steps, any other part as it is."""
        return spelled_out(part, self._name) if isinstance(part, Triple) else [part]

    def _name(self) -> str:
        self._names += 1
        return f"?{self._query.fresh}s{self._names}"

    def _needed(self, probes: Probes, culprit: Part, before: Sequence[Part]) -> list[Part]:
        """Those of the parts before it without which the culprit would match."""
        needed = list(before)
        for part in before:
            fewer = [each for each in needed if each is not part]
            if not probes.any([*fewer, culprit]):
                needed = fewer
        return needed

    def _taken_away(self, probes: Probes, part: Filter | Minus, before: Sequence[Part]) -> Note:
        text = quoted(self._query, part)
        hint = filter_hint(probes, part, before) if isinstance(part, Filter) else ""
        message = f"{text} takes away all that the patterns before it find{hint}"
        return note_at(self._query.text, part.start, RULE, message)

    def _together(self, probes: Probes, culprit: Part, needed: Sequence[Part]) -> Note:
        text = quoted(self._query, culprit)
        others = " and ".join(quoted(self._query, part) for part in needed)
        hint = sample_hint(probes, culprit, needed)
        message = f"nothing that matches {others} matches {text} too{hint}"
        return note_at(self._query.text, culprit.start, RULE, message)

    def _alone(self, probes: Probes, culprit: Part) -> list[Note]:
        """Why a part matches nothing even on its own."""
        if isinstance(culprit, Union):
            return [n for branch in culprit.branches for n in self._group(probes, branch.parts)]
        if isinstance(culprit, Group):
            return self._group(probes, culprit.parts)
        if isinstance(culprit, Graph):
            within = replace(probes, graph=culprit.name)
            return self._group(within, culprit.group.parts)
        hint = triple_hint(probes, culprit) if isinstance(culprit, Triple) else ""
        message = f"nothing matches {quoted(self._query, culprit)}{hint}"
        return [note_at(self._query.text, culprit.start, RULE, message)]


def _first(size: int, fails: Callable[[int], bool]) -> int:
    """The least number up to `size` that fails; whatever is above a failing one fails too."""
    low, high = 1, size
    while low < high:
        middle = (low + high) // 2
        if fails(middle):
            high = middle
        else:
            low = middle + 1
    return low
