"""What a file shows by itself, and which files are what to a check."""

from collections.abc import Iterable, Iterator

from iisgraph import read
from iisgraph.coverage import Shapes, Usage
from iisgraph.engine import Quad
from iisgraph.errors import LayoutError
from iisgraph.gate.findings import Finding, Severity
from iisgraph.gate.languages import odd_tags
from iisgraph.gate.terms import rewritten_literals
from iisgraph.layout import layout
from iisgraph.read import Content, File


def file_findings(file: File) -> Iterator[Finding]:
    """What a file shows by itself: its layout, its literals and its language tags."""
    yield from _layout(file)
    yield from rewritten_literals(file)
    yield from odd_tags(file)


def _layout(file: File) -> Iterator[Finding]:
    if file.path.suffix != ".ttl":
        return
    try:
        text = layout(file)
    except LayoutError as error:
        message = str(error)
    else:
        if text.encode() == file.content:
            return
        message = f"is not in the one layout; run: iisgraph fmt {file.path}"
    yield Finding(
        severity=Severity.ERROR, rule="layout", message=message, graph=file.graph, file=file.path
    )


class Parts:
    """The files of a content by what they are to a check."""

    def __init__(self, content: Content, files: Iterable[File]) -> None:
        folder = content.root / "ontology"
        self.shapes: list[File] = []
        self.others: list[File] = []
        for file in files:
            is_shapes = file.path.is_relative_to(folder / "shapes")
            (self.shapes if is_shapes else self.others).append(file)
        self.ontology = [file for file in self.others if file.path.parent == folder]

    def terms_of_shapes(self) -> Shapes:
        """The terms that the shapes name."""
        return Shapes(read.quads_of(self.shapes))

    def usage(self, shapes: Shapes, derived: Iterable[Quad]) -> Usage:
        """What the data uses."""
        return Usage(shapes.targets, read.quads_of(self.others), derived)
