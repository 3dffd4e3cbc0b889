"""The edge to HTTP: a Flask application over one snapshot.

Only this package speaks HTTP. It holds no SPARQL and opens no files.
"""

import functools
import logging
import uuid
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
from iisgraph.questions import Question
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web import openapi, pages, sparql
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
    "Access-Control-Allow-Origin": "*",
}


@dataclass(frozen=True)
class Service:
    """What the views work with; one for each application."""

    snapshot: Snapshot
    settings: Settings
    questions: dict[str, Question]
    pool: Pool


def create_app(snapshot: Snapshot, settings: Settings) -> Flask:
    """An application that answers for one snapshot.

    Forks the processes that evaluate queries, so call it before any thread is
    started, and `close` it in the end.
    """
    evaluate = functools.partial(query.reply, snapshot, megabytes=settings.answer_megabytes)
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
    openapi.register(app, service)
    app.register_error_handler(IisgraphError, _explain)
    app.register_error_handler(HTTPException, _explain_http)
    app.register_error_handler(Exception, _hide)
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
