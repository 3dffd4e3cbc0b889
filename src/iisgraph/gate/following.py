"""A check that follows a content while its files are saved: only what changed is looked at.

It finds what a check from the beginning finds. Where it cannot be told what a change leads
to, that part is done anew, and if it must be, all.
"""

from collections.abc import Iterator

from iisgraph import gate
from iisgraph.errors import QueryError
from iisgraph.gate.accidents import empty_files
from iisgraph.gate.demands import Demands
from iisgraph.gate.findings import Finding
from iisgraph.gate.kept import Kept
from iisgraph.gate.places import Places
from iisgraph.gate.reach import reach_findings
from iisgraph.gate.state import State
from iisgraph.gate.syntax import broken_files
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.read import Content, File


class FollowingCheck:
    """The check of a content, which may be asked for again and again."""

    def __init__(self, content: Content, demands: Demands | None = None) -> None:
        self._content = content
        self._demands = demands or Demands()
        self._kept = Kept(content)
        self._places = Places()
        self._state: State | None = None

    def findings(self) -> list[Finding]:
        """The findings on the content as it is on the disk now, sorted.

        Raises:
            SourceError: if a file that the check itself needs is broken.
            ShapesError: if the shapes cannot be judged by.
        """
        files = self._kept.files()
        broken = list(broken_files(files))
        if broken:
            return sorted(broken, key=lambda f: f.key)
        try:
            state = self._followed(files)
        except (NotUnderstood, QueryError):
            return gate.check(self._content, demands=self._demands)
        told = {each for each in self._found(state) if self._demands.wants(each)}
        placed = self._places.placed(told, state.files, state.store)
        self._state = state
        return sorted(set(placed), key=lambda f: f.key)

    def _followed(self, files: list[File]) -> State:
        """The state of these files, from the last one if it leads there.

        The last one is given up until all has been found: nothing is built on what failed.
        """
        state, self._state = self._state, None
        try:
            if state:
                state.follow(files)
        except NotUnderstood:
            state = None
        return state or State(self._content, files, self._demands)

    def _found(self, state: State) -> Iterator[Finding]:
        files = list(state.files.values())
        known = self._kept.vocabulary(files)
        yield from self._kept.of_files(files, known)
        yield from self._kept.of_queries(known, state.snapshot, state.touched)
        yield from state.findings()
        yield from empty_files(files)
        yield from self._kept.of_ontology(state.parts.ontology)
        percent = self._demands.min_coverage
        yield from reach_findings(state.shapes, state.usage, known, percent)
