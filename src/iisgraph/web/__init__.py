"""The edge to HTTP: a Flask application over one snapshot.

Only this package speaks HTTP. It holds no SPARQL and opens no files.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from flask import Flask, Response, request

from iisgraph import archives, catalogue, description, endpoints, moment, questions
from iisgraph.archives import Archive
from iisgraph.description import Statistics
from iisgraph.diff import Difference, Release
from iisgraph.errors import QueryError, QueryRefused, UnknownResource
from iisgraph.gate import Finding
from iisgraph.gate.pasted import Desk, Pasted
from iisgraph.moment import Calendar
from iisgraph.ontology import Ontology
from iisgraph.provenance.sources import Sources
from iisgraph.query import Reply, Request
from iisgraph.questions import Question
from iisgraph.search import Index
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web import (
    checking,
    citing,
    compare,
    data,
    editor,
    harvest,
    home,
    languages,
    openapi,
    pages,
    pictures,
    problems,
    search,
    sparql,
    store,
    structured,
    terms,
)
from iisgraph.web.editor import STATIC
from iisgraph.web.evaluation import Since, View, Wanted, evaluator, views
from iisgraph.web.figures import Figures
from iisgraph.web.gateway import ENDPOINTS
from iisgraph.web.negotiate import first_language
from iisgraph.workers import Limits, Pool

CLIENT: Final = "iisgraph.client"
CANCEL: Final = "iisgraph.cancel"
OUTCOME: Final = "iisgraph.outcome"
"""Where in a WSGI environ the server says who asks, how they can be told of as gone, and
what has come of their query if it was evaluated before Flask was entered."""

_EXTENSION: Final = "iisgraph"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_EXPOSED: Final = "ETag, Link, Retry-After, X-Request-ID, X-Release, X-Query-Seconds"
_FRESH: Final = "public, max-age=60"


@dataclass(frozen=True)
class Service:
    """What the views work with; one for each application."""

    snapshot: Snapshot
    settings: Settings
    questions: dict[str, Question]
    pool: Pool
    index: Index
    figures: Figures
    outward: Pool | None = None
    """Evaluates what may call other endpoints, if the operator allows any."""
    archives: Mapping[str, Archive] = field(default_factory=dict)
    """The old releases that are served too."""

    @functools.cached_property
    def dumps(self) -> Mapping[str, catalogue.Dump]:
        """The files of the release, made when first asked for."""
        return catalogue.dumps(self.snapshot)

    @functools.cached_property
    def addresses(self) -> list[str]:
        """The addresses of the map of the site."""
        return list(harvest.addresses(self.snapshot, self.questions))

    @functools.cached_property
    def ontology(self) -> Ontology:
        """The terms, read once."""
        return Ontology(self.snapshot)

    @functools.cached_property
    def sources(self) -> Sources:
        """Who stands behind each graph, looked up once."""
        return Sources(self.snapshot)

    @cached_property
    def statistics(self) -> Statistics:
        """What there is how often; counted when first asked for."""
        return description.statistics(self.snapshot)

    def ask(self, wanted: Wanted | Request, seconds: float | None = None) -> Reply:
        """The answer to a query, within the limits; `seconds` can only lower them.

        Raises:
            IisgraphError: as `query.reply`, and QueryStopped at a limit.
        """
        environ = request.environ
        outcome: Reply | BaseException | None = environ.pop(OUTCOME, None)
        if isinstance(outcome, BaseException):
            raise outcome
        if outcome:
            return outcome
        wanted = wanted if isinstance(wanted, Wanted) else Wanted(wanted)
        view = self._view(wanted)
        calls_out = wanted.calls_out and self.outward is not None
        if calls_out and (view or wanted.release):
            raise QueryRefused("SERVICE is not combined with asOf or release: others may change")
        pool = self.outward if self.outward and calls_out else self.pool
        answer: Reply = pool.call(
            wanted if calls_out else replace(wanted, calls_out=False),
            seconds=seconds,
            client=environ.get(CLIENT, ""),
            cancel=environ.get(CANCEL),
            view=view,
        )
        return answer

    def check(self, pasted: Pasted) -> list[Finding]:
        """The findings on data that somebody sent, within the limits.

        Raises:
            IisgraphError: as `Desk.check`, and QueryStopped at a limit.
        """
        environ = request.environ
        client, cancel = environ.get(CLIENT, ""), environ.get(CANCEL)
        found: list[Finding] = self.pool.call(pasted, client=client, cancel=cancel)
        return found

    def difference(self, release: str) -> Difference:
        """What has changed from an old release to this one; found out once, within the limits.

        Raises:
            UnknownResource: if that release is not served.
            QueryStopped: at a limit.
        """
        if not self._old(release):
            this = Release(self.snapshot.release, len(self.snapshot))
            return Difference(this, this, [], [])
        if release not in self._differences:
            environ = request.environ
            client, cancel = environ.get(CLIENT, ""), environ.get(CANCEL)
            found = self.pool.call(Since(), client=client, cancel=cancel, view=View(release))
            self._differences[release] = found
        return self._differences[release]

    @cached_property
    def _differences(self) -> dict[str, Difference]:
        """Those that were asked for; there are no more than archives."""
        return {}

    def prepare(self) -> None:
        """Build what pages need, so that the first who asks need not wait for it."""
        self.index.prepare()
        self.figures.prepare()

    def _view(self, wanted: Wanted) -> View | None:
        """The graph that is asked for, or None for the one that is served.

        Raises:
            UnknownResource: if a release is asked for that is not here.
            QueryError: if the day is none, or an old release cannot be seen as of a day.
        """
        release = self._old(wanted.release)
        day = moment.day_of(wanted.as_of) if wanted.as_of else None
        if day and release and not self.archives[release].has_rules:
            raise QueryError("the archive of this release has no rules, so asOf is not known of it")
        if day and not release:
            day = self.calendar.turn(day)
        return View(release, day, wanted.certainty) if day or release else None

    def _old(self, release: str) -> str:
        """The release that is asked for if it is an old one, or '' for the one that is served.

        Raises:
            UnknownResource: if it is not here: a client must not take one for another.
        """
        if release in ("", self.snapshot.release):
            return ""
        if release not in self.archives:
            here = ", ".join([self.snapshot.release, *self.archives])
            raise UnknownResource(f"this server has release {here}, and not {release}")
        return release

    @cached_property
    def calendar(self) -> Calendar:
        """The days on which what is served changes."""
        return Calendar(self.snapshot)


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
        view_megabytes=settings.view_megabytes,
    )
    kept = archives.find(settings.archive)
    saved = questions.load(snapshot.content) if snapshot.content else {}
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = settings.request_kilobytes * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.request_kilobytes * 1024
    evaluate = checking.checking(Desk(snapshot), evaluator(snapshot))
    pool = Pool(evaluate, limits, views(snapshot, kept, saved.values()))
    outward = _outward(snapshot, settings, limits)
    service = Service(
        snapshot, settings, saved, pool, Index(snapshot), Figures(snapshot), outward, kept
    )
    app.extensions[_EXTENSION] = service
    languages.register(app)
    _register(app, service)
    problems.register(app)
    app.after_request(functools.partial(_add_headers, fixed_headers(snapshot, settings)))
    app.after_request(functools.partial(_date, _modified(snapshot)))
    app.context_processor(functools.partial(_shared, app, snapshot.release))
    return app


def _register(app: Flask, service: Service) -> None:
    """Add every page and endpoint to an application."""
    home.register(app, service)
    pages.register(app, service)
    terms.register(app, service)
    harvest.register(app, service)
    pictures.register(app, service)
    compare.register(app, service)
    data.register(app, service)
    search.register(app, service)
    sparql.register(app, service)
    store.register(app, service)
    editor.register(app, service)
    openapi.register(app, service)
    citing.register(app, service)
    checking.register(app, service)


def _outward(snapshot: Snapshot, settings: Settings, limits: Limits) -> Pool | None:
    """The processes apart that may call the endpoints which the operator allows."""
    prefixes = [endpoints.prefix_of(text) for text in settings.service_prefix]
    if not prefixes:
        return None
    evaluate = evaluator(snapshot, prefixes, settings.query_seconds)
    return Pool(evaluate, replace(limits, is_outward=True))


def close(app: Flask) -> None:
    """End the processes of an application."""
    service = service_of(app)
    for pool in (service.pool, service.outward):
        if pool:
            pool.close()


def _shared(app: Flask, release: str) -> dict[str, Any]:
    """What every template may use."""
    return {
        "reader": first_language(request),
        "release": release,
        "is_static": app.config.get(STATIC, False),
        "navigation": languages.navigation(app),
        "has_search": "search" in app.view_functions,
        "structured": structured.page,
        "colophon": languages.colophon(app),
    }


def _modified(snapshot: Snapshot) -> datetime | None:
    """When the newest of the files that are served was written."""
    known = [file.path.stat().st_mtime for file in snapshot.files if file.path.exists()]
    return datetime.fromtimestamp(max(known), UTC) if known else None


def _date(modified: datetime | None, response: Response) -> Response:
    """Tell since when a page or document has been so (RFC 9110 §8.8.2).

    Answers to queries say their release; some are of the moment.
    """
    is_answer = request.path in ENDPOINTS or response.cache_control.no_store
    is_kept = not is_answer and response.last_modified is None
    if modified and response.status_code == 200 and is_kept:
        response.last_modified = modified
    return response


def _add_headers(fixed: Mapping[str, str], response: Response) -> Response:
    for name, value in fixed.items():
        if name != "Cache-Control" or response.status_code < 400:
            response.headers.setdefault(name, value)
    return response
