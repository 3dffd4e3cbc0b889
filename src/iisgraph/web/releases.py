"""`/data/releases`: which state of the data this is, and what changed since others."""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, current_app, render_template, request, url_for
from werkzeug.exceptions import NotFound

from iisgraph import diff
from iisgraph.describe import Names
from iisgraph.diff import AnswerChange, Difference, GraphChange, Row
from iisgraph.engine import Clause
from iisgraph.formats import HTML, RESULTS, Format, Kind
from iisgraph.query import Request
from iisgraph.questions import Question
from iisgraph.web import negotiate, parameters, sparql
from iisgraph.web.evaluation import Wanted
from iisgraph.web.links import Link, Named, local

if TYPE_CHECKING:
    from iisgraph.web import Service

_JSON: Final = Format(("json",), "application/json", ".json", Kind.PAGE)
_GRAPHS: Final = 30
_ANSWERS: Final = 30
"""What a page shows of a difference; its JSON has all."""


@dataclass(frozen=True)
class Change:
    """A difference as a page shows it, what changed most first.

    `version` is blank if it was found out for an old release that is served; `data` is
    where its JSON is.
    """

    version: str
    found: Difference
    graphs: Sequence[tuple[Link, GraphChange]]
    answers: Sequence[AnswerChange]
    data: str


@dataclass(frozen=True)
class Compared:
    """A question as an old release and this one answer it; `change` is None if they agree."""

    release: str
    question: Question
    change: AnswerChange | None
    rows: int


def register(app: Flask, service: "Service") -> None:
    """Add the page on releases to an application."""
    content = service.snapshot.content
    kept = diff.kept(content.root) if content else {}
    app.add_url_rule("/data/releases", "releases", lambda: _releases(service, kept))


def _releases(service: "Service", kept: Mapping[str, Difference]) -> Response:
    asked = parameters.of_address(request)
    release, version, name = (asked.first(each) for each in ("release", "version", "question"))
    if version and version not in kept:
        raise NotFound(f"No difference of version {version!r} is kept.")
    if name and name not in service.questions:
        raise NotFound(f"There is no saved question {name!r}.")
    if negotiate.require(request, (HTML, _JSON)) is HTML:
        return _page(service, kept, release, version, name)
    if version or release:
        found = kept[version] if version else service.difference(release)
        return Response(found.as_json(), mimetype="application/json")
    return _index(service, kept)


def _page(
    service: "Service", kept: Mapping[str, Difference], release: str, version: str, name: str
) -> Response:
    names = functools.cache(Names(service.snapshot, negotiate.languages(request)).__call__)
    shown = {version: kept[version]} if version else kept
    page = render_template(
        "releases.html",
        size=len(service.snapshot),
        archives=_archives(service),
        questions=service.questions.values(),
        asked=release,
        since=_change("", service.difference(release), names) if release and not name else None,
        compared=_compared(service, release, name) if release and name else None,
        changes=[_change(version, found, names) for version, found in shown.items()],
    )
    return Response(page, mimetype="text/html")


def _archives(service: "Service") -> list[str]:
    """The old releases that are served."""
    return [release for release in service.archives if release != service.snapshot.release]


def _index(service: "Service", kept: Mapping[str, Difference]) -> Response:
    """What can be compared, with the address of each difference."""
    old = {release: _address(release=release) for release in _archives(service)}
    told = {
        "release": service.snapshot.release,
        "statements": len(service.snapshot),
        "since": old,
        "versions": {version: _address(version=version) for version in kept},
    }
    return Response(current_app.json.dumps(told) + "\n", mimetype="application/json")


def _address(**asked: Any) -> str:
    return url_for("releases", **asked, format="json")


def _change(version: str, found: Difference, names: Named) -> Change:
    graphs = sorted(found.graphs, key=lambda g: (-g.gained - g.lost, g.graph))[:_GRAPHS]
    answers = sorted(found.answers, key=lambda a: -a.gained_in_all - a.lost_in_all)[:_ANSWERS]
    return Change(
        version,
        found,
        [(Link(g.graph, local(g.graph), *names(g.graph)), g) for g in graphs],
        answers,
        _address(version=version) if version else _address(release=found.old.release),
    )


def _compared(service: "Service", release: str, name: str) -> Compared:
    """The answers of an old release and of this one to a question.

    Raises:
        UnknownResource: if that release is not served.
    """
    question = service.questions[name]
    before, after = (_rows(service, question, each) for each in (release, ""))
    change = diff.answer_change(question, before, after)
    return Compared(release, question, change, len(after))


def _rows(service: "Service", question: Question, release: str) -> list[Row]:
    """The rows of an answer, as the pool gives it within the limits."""
    wanted = Request(question.ask({}), Clause(), RESULTS[0], None, None)
    reply = sparql.whole(service.ask(Wanted(wanted, release=release)))
    found: dict[str, Any] = json.loads(reply.body)
    variables = found["head"]["vars"]
    return [
        {name: row[name]["value"] if name in row else "" for name in variables}
        for row in found["results"]["bindings"]
    ]
