"""Findings get their place: the file, line and column of the statement they are about."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any, TypeAlias

from iisgraph.engine import NamedNode, Quad
from iisgraph.gate.findings import Finding, named
from iisgraph.gate.slips import mended, token_at
from iisgraph.positions import Place, Positions, positions
from iisgraph.read import File

Said: TypeAlias = tuple[File, Quad]


class Placer:
    """Knows where in some files each statement stands that findings are about.

    Of files that say the same, a `preferred` one is named. One pass over the statements
    serves all findings, and only files that have any are read for positions.
    """

    def __init__(self, files: Sequence[File], preferred: Collection[File] = ()) -> None:
        self._files = {file.graph: file for file in [*files, *preferred]}
        self._preferred = {file.graph for file in preferred}
        self._text: Callable[[File], str] = cache(lambda file: file.content.decode())

    def placed(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings with their places, as far as they have any."""
        waiting = list(findings)
        said = self._statements(waiting)
        about: dict[str, set[Any]] = defaultdict(set)
        for file, quad in chain.from_iterable(said.values()):
            about[file.graph] |= {quad.subject, quad.object}
        known = cache(lambda graph: positions(self._files[graph], about[graph]))
        for finding in waiting:
            yield self._place(finding, said, known)

    def _place(
        self, finding: Finding, said: dict[str, list[Said]], read: Callable[[str], Positions]
    ) -> Finding:
        if finding.line is not None:
            return finding
        quads = said.get(finding.focus or "", []) if finding.focus or finding.path else []
        if finding.graph:
            quads = [each for each in quads if each[0].graph == finding.graph]
        quad = next(self._found(finding, quads), None)
        if quad is None:
            file = self._files.get(finding.graph or "")
            return finding.at(file.path) if file else finding
        file, statement = quad
        is_simple = finding.path and ":" in finding.path and "<" not in finding.path
        path = NamedNode(finding.path) if finding.path and is_simple else None
        known = read(file.graph)
        if finding.focus and finding.focus.startswith('"'):  # a literal is judged by itself
            return finding.at(file.path, known.find(statement.object, None, None))
        if finding.of_property and path:
            place = known.find_property(statement.subject, path, finding.value)
            placed = replace(finding.at(file.path, place), value=None)  # whatever it is
        else:
            place = known.find(statement.subject, path, finding.value)
            placed = finding.at(file.path, place)
        return self._mending(placed, file, place) if place and finding.slip else placed

    def _mending(self, finding: Finding, file: File, place: Place) -> Finding:
        """A finding on a slip with what to write over its place."""
        assert finding.slip
        written = token_at(self._text(file), place)
        has_prefixes = file.path.suffix in (".ttl", ".trig")
        prefixes = file.parsed.prefixes if has_prefixes else {}
        return replace(finding, replacement=mended(written, finding.slip, prefixes))

    def _found(self, finding: Finding, quads: list[Said]) -> Iterator[Said]:
        """The statements that a finding is about, the most fitting first."""
        of_path = [each for each in quads if each[1].predicate.value == finding.path]
        of_value = [each for each in of_path if each[1].object == finding.value]
        for fitting in (of_value, of_path, quads if finding.focus else []):
            yield from sorted(fitting, key=self._rank)

    def _rank(self, said: Said) -> tuple[bool, str]:
        return said[0].graph not in self._preferred, said[0].graph

    def _statements(self, findings: Iterable[Finding]) -> dict[str, list[Said]]:
        """What is said of each focus; under "" the first use of what has none."""
        focuses = {finding.focus for finding in findings if finding.focus}
        literals = {focus for focus in focuses if focus.startswith('"')}
        terms = {
            (finding.path, finding.value)
            for finding in findings
            if finding.path and not finding.focus
        }
        predicates = {path for path, _ in terms}
        found: dict[str, list[Said]] = defaultdict(list)
        for file in self._files.values():
            for quad in file.quads:
                subject = named(quad.subject)
                if subject in focuses:
                    found[subject].append((file, quad))
                if literals and (value := named(quad.object)) in literals:
                    found[value].append((file, quad))
                if quad.predicate.value in predicates:
                    for key in ((quad.predicate.value, quad.object), (quad.predicate.value, None)):
                        if key in terms:
                            terms.discard(key)
                            found[""].append((file, quad))
        return found
