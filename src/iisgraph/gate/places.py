"""Findings keep their places while the files change that they do not stand in."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from iisgraph.engine import BlankNode, NamedNode, Oxigraph
from iisgraph.gate.findings import Finding
from iisgraph.gate.placing import Key, Placer, answered, keys
from iisgraph.read import File


class Places:
    """Places findings as Placer does, and looks again only where it must.

    A finding is looked for again if the file that it stood in has changed, or if another
    that has changed says something of what it is about.
    """

    def __init__(self) -> None:
        self._placed: dict[Finding, Finding] = {}
        self._files: Mapping[str, File] = {}

    def placed(
        self, findings: Collection[Finding], files: Mapping[str, File], store: Oxigraph
    ) -> list[Finding]:
        """The findings with their places; `files` are by graph, and `store` holds what they say."""
        before = self._files
        changed = {graph for graph, file in files.items() if before.get(graph) is not file}
        changed |= before.keys() - files.keys()
        lost = {path for graph in changed if (path := _path(before.get(graph)))}
        kept = {finding: self._placed[finding] for finding in findings if finding in self._placed}
        spoken = self._spoken(kept, [files[graph] for graph in changed if graph in files])
        held = {kept[finding].file for finding in spoken}
        again = [f for f in findings if f not in kept or f in spoken or kept[f].file in lost]
        near = changed | {file.graph for file in files.values() if file.path in held}
        near |= _graphs([f for f in again if f not in kept or kept[f].file in lost], store)
        placer = Placer([file for graph, file in files.items() if graph in near])
        found = zip(again, placer.placed(again), strict=True)
        self._placed, self._files = {**kept, **dict(found)}, files
        return list(self._placed.values())

    @staticmethod
    def _spoken(findings: Iterable[Finding], files: Iterable[File]) -> set[Finding]:
        """The findings of whose focus, path or value these files say something."""
        wanted: dict[Key, set[Finding]] = defaultdict(set)
        for finding in findings:
            for key in keys(finding):
                wanted[key].add(finding)
        found = (
            wanted[key]
            for file in files
            for quad in file.quads
            for key in answered(quad)
            if key in wanted
        )
        return set().union(*found)


def _path(file: File | None) -> Path | None:
    return file.path if file else None


def _graphs(findings: Iterable[Finding], store: Oxigraph) -> set[str]:
    """The graphs that say something of what findings are about."""
    found: set[str] = set()
    for finding in findings:
        found.add(finding.graph or "")
        for key in keys(finding):
            found |= set(_attesting(key, store))
    return found


def _attesting(key: Key, store: Oxigraph) -> Iterator[str]:
    focus, *path = key
    if focus.startswith('"'):
        yield from store.graphs()  # a literal is judged wherever it stands
        return
    if focus:
        node = BlankNode(focus[2:]) if focus.startswith("_:") else NamedNode(focus)
        quads = store.quads(node)
    else:
        quads = store.quads(None, NamedNode(path[0]))
    for quad in quads:
        if isinstance(quad.graph_name, NamedNode):
            yield quad.graph_name.value
