"""The edge to HTTP: a Flask application over one snapshot.

Only this package speaks HTTP. It holds no SPARQL and opens no files.
"""

import functools
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from iisgraph import query, questions
from iisgraph.errors import (
    IisgraphError,
    NotAcceptable,
    QueryRefused,
    QueryStopped,
    QuestionError,
    UnknownResource,
)
from iisgraph.query import Reply, Request
from iisgraph.questions import Question
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web import pages, sparql
from iisgraph.web.negotiate import first_language, wants_html
from iisgraph.workers import Limits, Pool

_EXTENSION: Final = "iisgraph"
_STATUS: Final[dict[type[IisgraphError], int]] = {
    UnknownResource: 404,
    QueryRefused: 403,
    QueryStopped: 503,
    NotAcceptable: 406,
    QuestionError: 400,
}
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_EXPOSED: Final = "ETag, Link, Retry-After, X-Request-ID, X-Release, X-Query-Seconds"
_FRESH: Final = "public, max-age=60"
CLIENT: Final = "iisgraph.client"
CANCEL: Final = "iisgraph.cancel"


@dataclass(frozen=True)
class Service:
    """What the views work with; one for each application."""

    snapshot: Snapshot
    settings: Settings
    questions: dict[str, Question]
    pool: Pool

    def ask(self, wanted: Request, seconds: float | None = None) -> Reply:
        """The answer to a query, evaluated for the client of the request that is handled.

        Raises:
            IisgraphError: as `query.reply`, and QueryStopped at a limit.
        """
        environ = request.environ
        answer: Reply = self.pool.call(
            wanted,
            seconds=seconds,
            client=environ.get(CLIENT, ""),
            cancel=environ.get(CANCEL),
        )
        return answer


def service_of(app: Flask) -> Service:
    """What the views of an application work with."""
    service: Service = app.extensions[_EXTENSION]
    return service


def fixed_headers(snapshot: Snapshot, settings: Settings) -> dict[str, str]:
    """The headers of every answer."""
    cors = {
        "Access-Control-Allow-Origin": settings.cors_origin,
        "Access-Control-Expose-Headers": _EXPOSED,
    }
    return {
        **_HEADERS,
        **(cors if settings.cors_origin else {}),
        "Cache-Control": _FRESH,
        "Vary": "Accept, Accept-Language, Accept-Encoding",
        "X-Release": snapshot.release,
        "X-Query-Seconds": f"{settings.query_seconds:g}",
    }


def create_app(snapshot: Snapshot, settings: Settings) -> Flask:
    """An application that answers for one snapshot.

    Forks the processes that evaluate queries, so call it before any thread is
    started, and `close` it in the end.
    """
    limits = Limits(
        processes=settings.query_processes,
        seconds=settings.query_seconds,
        megabytes=settings.query_megabytes,
        queue_seconds=settings.queue_seconds,
        queue_length=settings.queue_length,
        answer_megabytes=settings.answer_megabytes,
    )
    saved = questions.load(snapshot.content) if snapshot.content else {}
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = settings.request_kilobytes * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.request_kilobytes * 1024
    pool = Pool(functools.partial(query.reply, snapshot), limits)
    service = Service(snapshot, settings, saved, pool)
    app.extensions[_EXTENSION] = service
    pages.register(app, service)
    sparql.register(app, service)
    app.register_error_handler(IisgraphError, _explain)
    app.register_error_handler(HTTPException, _explain_http)
    app.register_error_handler(Exception, _hide)
    app.after_request(functools.partial(_add_headers, fixed_headers(snapshot, settings)))
    app.context_processor(_shared)
    return app


def close(app: Flask) -> None:
    """End the processes of an application."""
    service_of(app).pool.close()


def _shared() -> dict[str, str]:
    """What every template may use."""
    return {"reader": first_language(request)}


def _add_headers(fixed: Mapping[str, str], response: Response) -> Response:
    for name, value in fixed.items():
        if name != "Cache-Control" or response.status_code < 400:
            response.headers.setdefault(name, value)
    return response


def _explain(error: IisgraphError) -> Response:
    status = next((s for kind, s in _STATUS.items() if isinstance(error, kind)), 400)
    place = {
        key: value for key in ("line", "column") if (value := getattr(error, key, None)) is not None
    }
    response = _problem(status, str(error), **place)
    if status == 503:
        response.headers["Retry-After"] = "1"
    return response


def _explain_http(error: HTTPException) -> Response:
    response = _problem(error.code or 500, error.description or error.name)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _hide(error: Exception) -> Response:
    """A bug: log it with a number, and tell the asker that number alone."""
    number = uuid.uuid4().hex[:12]
    current_app.logger.log(logging.ERROR, "bug %s", number, exc_info=error)
    return _problem(500, f"{InternalServerError.description} Its number is {number}.")


def _problem(status: int, detail: str, **members: int) -> Response:
    """An error as a page or as `application/problem+json` (RFC 9457)."""
    title = Response(status=status).status.split(" ", 1)[1].capitalize()
    if wants_html(request):
        page = render_template("error.html", title=title, detail=detail, place=members)
        return Response(page, status, mimetype="text/html")
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    text = current_app.json.dumps(body | members) + "\n"
    return Response(text, status, mimetype="application/problem+json")
