"""What a check found, written for people and programs; the same bytes for the same findings."""

from collections.abc import Callable, Mapping
from typing import Final

from iisgraph.formats import GRAPHS, by_name
from iisgraph.gate.formats import (
    data,
    github,
    gitlab,
    grouped,
    junit,
    lines,
    markdown,
    page,
    report,
    sarif,
)
from iisgraph.gate.formats.outcome import Accepted, Outcome

__all__ = ["FORMATS", "NAMES", "Accepted", "Outcome", "write"]

FORMATS: Final[Mapping[str, Callable[[Outcome], str]]] = {
    "text": lines.written,
    "full": grouped.written,
    "json": data.written,
    "sarif": sarif.written,
    "junit": junit.written,
    "github": github.written,
    "gitlab": gitlab.written,
    "markdown": markdown.written,
    "html": page.written,
}
"""The formats by name."""


NAMES: Final = (*FORMATS, *(each.names[0] for each in GRAPHS if each.names[0] not in FORMATS))
"""The names of all formats; the last ones are syntaxes of RDF, for the report of SHACL."""


def write(outcome: Outcome, name: str) -> bytes:
    """An outcome in a format, by its name in `NAMES`.

    Raises:
        KeyError: if there is no such format.
    """
    syntax = None if name in FORMATS else by_name(name, GRAPHS)
    return report.written(outcome, syntax) if syntax else FORMATS[name](outcome).encode()
