"""Findings get their place: the file, line and column of the statement they are about."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any, TypeAlias

from iisgraph.engine import Literal, NamedNode, Quad
from iisgraph.gate.findings import Finding, named
from iisgraph.gate.slips import mended, token_at
from iisgraph.positions import Place, Positions, positions
from iisgraph.read import File

Key: TypeAlias = tuple[Any, ...]
"""A focus, a path and a value; the last ones may be left out."""
Said: TypeAlias = dict[Key, dict[str, Quad]]
"""By key and graph the first statement."""


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
        for graph, quad in chain.from_iterable(each.items() for each in said.values()):
            about[graph].add(quad.subject)
            if isinstance(quad.object, Literal):  # may be in question by itself
                about[graph].add(quad.object)
        known = cache(lambda graph: positions(self._files[graph], about[graph]))
        for finding in waiting:
            yield self._place(finding, said, known)

    def _place(self, finding: Finding, said: Said, read: Callable[[str], Positions]) -> Finding:
        if finding.line is not None:
            return finding
        graph, statement = self._found(finding, said)
        file = self._files.get(graph)
        if file is None or statement is None:
            return finding.at(file.path) if file else finding
        is_simple = finding.path and ":" in finding.path and "<" not in finding.path
        path = NamedNode(finding.path) if finding.path and is_simple else None
        known = read(graph)
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

    def _found(self, finding: Finding, said: Said) -> tuple[str, Quad | None]:
        """The graph and the statement that a finding is about, the most fitting there is."""
        for key in keys(finding):
            of_graph = said.get(key, {})
            graphs = of_graph.keys() & {finding.graph} if finding.graph else of_graph.keys()
            if graphs:
                graph = min(graphs, key=lambda name: (name not in self._preferred, name))
                return graph, of_graph[graph]
        return finding.graph or "", None

    def _statements(self, findings: Iterable[Finding]) -> Said:
        """What is said that findings look for, the first of each graph; one pass over all."""
        wanted = {key for finding in findings for key in keys(finding)}
        focuses = {focus for focus, *_ in wanted}
        has_literals = any(focus.startswith('"') for focus in focuses)
        predicates = {key[1] for key in wanted if not key[0] and len(key) > 1}
        found: Said = defaultdict(dict)
        for graph, file in self._files.items():
            for quad in file.quads:
                names = {named(quad.subject)} & focuses
                if has_literals:
                    names |= {named(quad.object)} & focuses
                if quad.predicate.value in predicates:
                    names.add("")
                for name in names:
                    for key in _keys_of(name or "", quad):
                        if key in wanted:
                            found[key].setdefault(graph, quad)
        return found


def keys(finding: Finding) -> Iterator[Key]:
    """What a finding looks for in turn: its value, its path, and any statement on its focus."""
    focus = finding.focus or ""
    if finding.path:
        yield (focus, finding.path, finding.value)
        yield (focus, finding.path)
    if focus:
        yield (focus,)


def answered(quad: Quad) -> Iterator[Key]:
    """The keys that a statement is an answer to."""
    names = [named(quad.subject) or "", ""]
    names += [str(quad.object)] if isinstance(quad.object, Literal) else []
    return chain.from_iterable(_keys_of(name, quad) for name in names)


def _keys_of(name: str, quad: Quad) -> tuple[Key, Key, Key]:
    path = quad.predicate.value
    return (name, path, quad.object), (name, path), (name,)
