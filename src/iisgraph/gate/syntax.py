"""Files that cannot be parsed."""

from collections.abc import Iterable, Iterator
from typing import Final

from iisgraph.errors import SourceError
from iisgraph.gate.findings import Finding, Severity
from iisgraph.read import File

SYNTAX: Final = "syntax"


def broken_files(files: Iterable[File]) -> Iterator[Finding]:
    """The first mistake of each file that is not what its name promises."""
    for file in files:
        try:
            file.parsed  # noqa: B018 - read for the error alone
        except SourceError as error:
            yield Finding(
                severity=Severity.ERROR,
                rule=SYNTAX,
                message=error.message,
                file=file.path,
                line=error.line,
                column=error.column,
            )
