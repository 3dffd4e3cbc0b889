"""The edge to HTTP: a Flask application over one snapshot.

Only this package speaks HTTP. It holds no SPARQL and opens no files.
"""

from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, request

from iisgraph import query, questions
from iisgraph.query import Held, Reply, Request
from iisgraph.questions import Question
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web import pages, problems, sparql, store
from iisgraph.web.negotiate import first_language
from iisgraph.workers import Limits, Pool

_EXTENSION: Final = "iisgraph"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Access-Control-Allow-Origin": "*",
}


@dataclass(frozen=True)
class Service:
    """What the views work with; one for each application."""

    snapshot: Snapshot
    settings: Settings
    questions: dict[str, Question]
    pool: Pool

    def ask(self, wanted: Request, seconds: float | None = None) -> Reply:
        """The answer to a query, within the limits; `seconds` can only lower them.

        Raises:
            IisgraphError: as `query.reply`, and QueryStopped at a limit.
        """
        answer: Reply = self.pool.call(wanted, seconds=seconds)
        return answer


def create_app(snapshot: Snapshot, settings: Settings) -> Flask:
    """An application that answers for one snapshot.

    Forks the processes that evaluate queries, so call it before any thread is
    started, and `close` it in the end.
    """

    def evaluate(wanted: Request) -> Reply:
        return query.reply(snapshot, Held(settings.answer_megabytes), wanted)

    limits = Limits(
        processes=settings.query_processes,
        seconds=settings.query_seconds,
        megabytes=settings.query_megabytes,
        queue_seconds=settings.queue_seconds,
    )
    saved = questions.load(snapshot.content) if snapshot.content else {}
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = settings.request_kilobytes * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.request_kilobytes * 1024
    service = Service(snapshot, settings, saved, Pool(evaluate, limits))
    app.extensions[_EXTENSION] = service
    pages.register(app, service)
    sparql.register(app, service)
    store.register(app, service)
    problems.register(app)
    app.after_request(_add_headers)
    app.context_processor(_shared)
    return app


def close(app: Flask) -> None:
    """End the processes of an application."""
    service: Service = app.extensions[_EXTENSION]
    service.pool.close()


def _shared() -> dict[str, str]:
    """What every template may use."""
    return {"reader": first_language(request)}


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.vary.update(["Accept", "Accept-Language"])
    return response
