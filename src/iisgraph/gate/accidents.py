"""How a check passes by accident: what it was given held nothing, or was not whole."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from iisgraph.coverage import Shapes
from iisgraph.engine import NamedNode
from iisgraph.gate.findings import Finding, Severity, named
from iisgraph.read import File
from iisgraph.vocab import OWL, TYPE

EMPTY: Final = "empty-file"
NO_DATA: Final = "no-data"
NO_SHAPE: Final = "no-shape"
UNREAD: Final = "unread-import"
_IMPORTS: Final = OWL + "imports"
_VERSION: Final = OWL + "versionIRI"


def empty_files(files: Iterable[File]) -> Iterator[Finding]:
    """Files that hold no statement."""
    for file in files:
        if not file.parsed.quads:
            message = "this file holds no statement; fill it, or do not give it"
            yield Finding(severity=Severity.WARNING, rule=EMPTY, message=message, file=file.path)


def nothing_judged(data: Collection[File], shapes: Shapes) -> Iterator[Finding]:
    """That there is no data at all, or no shape that could judge any."""
    if not any(file.parsed.quads for file in data):
        message = "the data holds no statement, so nothing was checked"
        yield Finding(severity=Severity.ERROR, rule=NO_DATA, message=message)
    if not shapes.targets and not shapes.has_own_targets:
        message = "no shape has a target, so nothing was checked; are these files the shapes?"
        yield Finding(severity=Severity.ERROR, rule=NO_SHAPE, message=message)


def unread_imports(files: Collection[File], known: Iterable[str]) -> Iterator[Finding]:
    """Ontologies that a file imports and that are not among the files; nothing is fetched.

    `known` are namespaces whose terms are known without reading them.
    """
    had = {_bare(iri) for iri in (*known, *_ontologies(files))}
    for file in files:
        for quad in file.quads:
            imported = quad.object if quad.predicate.value == _IMPORTS else None
            if isinstance(imported, NamedNode) and _bare(imported.value) not in had:
                yield _unread(file, quad.subject, imported)


def _unread(file: File, subject: object, imported: NamedNode) -> Finding:
    return Finding(
        severity=Severity.WARNING,
        rule=UNREAD,
        message=f"{imported} is imported and was not read: nothing is fetched here; "
        "give a copy of it among the files",
        graph=file.graph,
        focus=named(subject),
        path=_IMPORTS,
        value=imported,
    )


def _ontologies(files: Iterable[File]) -> Iterator[str]:
    """What the files are called: by their own address, as ontologies, and as versions of them."""
    for file in files:
        yield file.base
        for quad in file.quads:
            is_ontology = quad.predicate.value == TYPE and quad.object == _ONTOLOGY
            if is_ontology and isinstance(quad.subject, NamedNode):
                yield quad.subject.value
            elif quad.predicate.value == _VERSION and isinstance(quad.object, NamedNode):
                yield quad.object.value


def _bare(iri: str) -> str:
    """An address as it is compared: with and without its last mark it is the same ontology."""
    return iri.rstrip("#/")


_ONTOLOGY: Final = NamedNode(OWL + "Ontology")
