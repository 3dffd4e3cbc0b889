"""Errors as they are sent: a page, `application/problem+json` (RFC 9457), or plain text."""

import logging
import uuid
from typing import Any, Final

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from iisgraph.errors import (
    AnswerTooLarge,
    EngineError,
    IisgraphError,
    NotAcceptable,
    QueryRefused,
    QueryStopped,
    QuestionError,
    UnknownResource,
)
from iisgraph.web import negotiate
from iisgraph.web.links import Link, local

_STATUS: Final[dict[type[IisgraphError], int]] = {
    UnknownResource: 404,
    QueryRefused: 403,
    QueryStopped: 503,
    NotAcceptable: 406,
    EngineError: 502,
    QuestionError: 400,
}
_PLACE: Final = ("line", "column", "token", "hint")
_JSON: Final = "application/problem+json"
_TEXT: Final = "text/plain"


def register(app: Flask) -> None:
    """Let every error of an application be told so."""
    app.register_error_handler(IisgraphError, _explain)
    app.register_error_handler(HTTPException, _explain_http)
    app.register_error_handler(Exception, _hide)


def status_of(error: IisgraphError) -> int:
    """The HTTP status that tells whose fault it is, and whether to come again."""
    return next((s for kind, s in _STATUS.items() if isinstance(error, kind)), 400)


def _explain(error: IisgraphError) -> Response:
    status = status_of(error)
    place = {name: value for name in _PLACE if (value := getattr(error, name, None)) is not None}
    if isinstance(error, UnknownResource) and error.near:
        place["near"] = list(error.near)
    response = _problem(status, str(error), **place)
    if isinstance(error, QueryStopped) and not isinstance(error, AnswerTooLarge):
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


def _problem(status: int, detail: str, **members: Any) -> Response:
    title = Response(status=status).status.split(" ", 1)[1].capitalize()
    if negotiate.wants_html(request):
        place = {name: members[name] for name in ("line", "column") if name in members}
        near = [Link(iri, local(iri), iri) for iri in members.get("near", ())]
        page = render_template("error.html", title=title, detail=detail, place=place, near=near)
        return Response(page, status, mimetype="text/html")
    if negotiate.ranges(request).best_match([_JSON, "application/json", _TEXT]) == _TEXT:
        where = "".join(
            f", {name} {members[name]}" for name in ("line", "column") if name in members
        )
        return Response(f"{title}{where}: {detail}\n", status, mimetype=_TEXT)
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    text = current_app.json.dumps(body | members) + "\n"
    return Response(text, status, mimetype=_JSON)
