"""The error tree. Every message here may be shown to the person who asked.

    IisgraphError
    ├── SourceError          a file cannot be read or parsed
    ├── LayoutError          the formatter will not touch a file
    ├── SettingError         a setting is unknown or has no sense
    ├── ShapesError          shapes are ill-formed, or ask what is not understood
    ├── QuestionError        a saved question or its parameter is wrong
    ├── QueryError           the asker's fault
    │   └── QueryRefused     well formed, but not served here
    ├── QueryStopped         our limit: time, memory or queue
    │   └── AnswerTooLarge   our limit that the same query meets again
    ├── EngineError          a remote endpoint failed
    ├── NotAcceptable        no format that fits both the asker and the answer
    └── UnknownResource      no such IRI in this graph

Anything else that is raised is a bug.
"""

from collections.abc import Sequence
from pathlib import Path


class IisgraphError(Exception):
    """Base of all errors whose message is safe and meant to be shown."""


class SourceError(IisgraphError):
    """A file that cannot be read, or is not what its name promises.

    `line` and `column` count from 1 and are None where the place is not known.
    """

    def __init__(
        self, message: str, path: Path, line: int | None = None, column: int | None = None
    ) -> None:
        place = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(f"{place}: {message}")
        self.message = message
        self.path = path
        self.line = line
        self.column = column


class LayoutError(IisgraphError):
    """A file that the formatter would have to change in meaning, or lose words of."""


class SettingError(IisgraphError):
    """A setting that does not exist, or a value that it cannot take."""


class ShapesError(IisgraphError):
    """A shapes graph that is ill-formed, or asks for what the validator does not understand."""


class QuestionError(IisgraphError):
    """A saved question that does not exist, or a parameter value it cannot take."""


class QueryError(IisgraphError):
    """A query that is not SPARQL 1.1.

    `line` and `column` count from 1; they, the `token` there and a `hint` are None
    where not known. The hint ends the message.
    """

    def __init__(
        self,
        message: str,
        line: int | None = None,
        column: int | None = None,
        token: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
        self.message = message
        self.line = line
        self.column = column
        self.token = token
        self.hint = hint

    def __reduce__(self) -> tuple[type["QueryError"], tuple[str | int | None, ...]]:
        """Keep the place when the error travels between processes."""
        return type(self), (self.message, self.line, self.column, self.token, self.hint)


class QueryRefused(QueryError):
    """A query that would write, or would reach outside this graph."""


class QueryStopped(IisgraphError):
    """A query that met a limit of this server; the same query may pass later."""


class AnswerTooLarge(QueryStopped):
    """An answer of more bytes than this server sends."""


class EngineError(IisgraphError):
    """A remote SPARQL endpoint that did not answer, or answered with an error."""


class UnknownResource(IisgraphError):
    """An IRI of which this graph says nothing; `near` has those that may have been meant."""

    def __init__(self, message: str, near: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.near = tuple(near)


class NotAcceptable(IisgraphError):
    """None of the formats that the asker takes can carry this answer."""
