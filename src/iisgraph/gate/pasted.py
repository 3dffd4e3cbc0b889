"""Text that somebody sent, checked by a process that may open no file.

All that a check needs beside it is read beforehand.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from iisgraph import read
from iisgraph import snapshot as snapshots
from iisgraph.engine import NamedNode, Quad
from iisgraph.formats import GRAPHS, Format
from iisgraph.gate.findings import Finding
from iisgraph.gate.guest import Guest
from iisgraph.gate.languages import odd_tags
from iisgraph.gate.placing import Placer
from iisgraph.gate.repository import Repository, check_repository
from iisgraph.gate.rules import read_rules, rows_of
from iisgraph.gate.shapes import findings_of
from iisgraph.gate.syntax import broken_files
from iisgraph.gate.terms import pinned, rewritten_literals, unknown_terms, vocabulary
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.read import File
from iisgraph.shacl import Data, validate
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, DERIVED, IIS, TYPE

_RECORD: Final = NamedNode(IIS + "Record")
_WARMING: Final = (
    '<urn:x:a> <urn:x:b> "c"@en .',
    "<urn:x:s> <http://www.w3.org/ns/shacl#targetNode> <urn:x:a> .",
)


@dataclass(frozen=True)
class Pasted:
    """Data in a syntax, and the shapes in Turtle that it is held to; without any, our own."""

    data: str
    syntax: Format
    shapes: str = ""


class Desk:
    """Checks what is sent: against shapes that come with it, or as a part of a snapshot.

    Raises:
        SourceError: if what the check needs of the snapshot's content cannot be read.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._reused = pinned(read.default_content())
        content = snapshot.content
        self._known = vocabulary(content, content.rdf) if content else self._reused
        self._shapes = [q for f in content.shapes for q in f.quads] if content else []
        self._rules = read_rules(content.root / "ontology/checks") if content else []
        self._guest: Guest | None = None
        self.check(Pasted(_WARMING[0], GRAPHS[0], _WARMING[1]))  # what it imports is there now

    def check(self, pasted: Pasted) -> list[Finding]:
        """The findings on what was sent, sorted; their file is `data` or `shapes`.

        Raises:
            ShapesError: if the shapes cannot be judged by.
        """
        data = File.holding(Path("data" + pasted.syntax.suffix), pasted.data.encode())
        if not pasted.shapes.strip():
            return self._as_part(data)
        shapes = File.holding(Path("shapes.ttl"), pasted.shapes.encode())
        return check_repository(Repository(data=[data], shapes=[shapes], reused=self._reused))

    def _as_part(self, data: File) -> list[Finding]:
        broken = list(broken_files([data]))
        if broken:
            return broken
        file = File.holding(data.path, data.content, graph=_graph(data))
        found = Placer([file]).placed(self._findings(file))
        return sorted({each for each in found if each.file}, key=lambda f: f.key)

    def _findings(self, file: File) -> Iterator[Finding]:
        yield from unknown_terms(file, self._known)
        yield from rewritten_literals(file)
        yield from odd_tags(file)
        found = self._followed(file)
        yield from self._anew(file) if found is None else found

    def _followed(self, file: File) -> list[Finding] | None:
        """What shapes and house rules find if the file is a part; None if that cannot be told.

        The copy that this takes is made for the first file and kept for the next ones.
        """
        guest, self._guest = self._guest, None
        with suppress(NotUnderstood):
            guest = guest or Guest(self._snapshot, self._shapes, self._rules)
            found = guest.findings(file)
            self._guest = guest
            return found
        return None

    def _anew(self, file: File) -> Iterator[Finding]:
        """The same from a snapshot that is made for it."""
        whole = snapshots.with_file(self._snapshot, file)
        data = Data(list(_exact(self._snapshot, whole, file)), whole.engine)
        about = {quad.subject for quad in file.quads if isinstance(quad.subject, NamedNode)}
        yield from findings_of(validate(data, self._shapes, about=about), self._shapes)
        for rule in self._rules:
            yield from rows_of(rule, whole)


def _graph(file: File) -> str:
    """The graph of the one record that a file describes, else one of its own."""
    records = {q.subject for q in file.quads if q.predicate.value == TYPE and q.object == _RECORD}
    names = [r.value for r in records if isinstance(r, NamedNode) and r.value.startswith(BASE)]
    return names[0] if len(names) == 1 else file.graph


def _exact(before: Snapshot, after: Snapshot, file: File) -> Iterator[Quad]:
    """The statements as they are judged: of the file exactly as it has them."""
    others = (name for name in before.graphs if name not in (DERIVED, file.graph))
    kept = (before.engine.quads(graph=NamedNode(name)) for name in others)
    derived = after.engine.quads(graph=NamedNode(DERIVED))
    return chain(chain.from_iterable(kept), file.quads, derived)
