"""`/data/releases`: which state of the data this is, and what changed since others."""

import functools
import json
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import NotFound

from iisgraph import diff
from iisgraph.describe import Names
from iisgraph.diff import AnswerChange, Difference, Row
from iisgraph.engine import Clause
from iisgraph.formats import RESULTS
from iisgraph.query import Request
from iisgraph.questions import Question
from iisgraph.web import negotiate, parameters, sparql
from iisgraph.web.evaluation import Wanted
from iisgraph.web.links import Link, Named, local

if TYPE_CHECKING:
    from iisgraph.web import Service


def register(app: Flask, service: "Service") -> None:
    """Add the page on releases to an application."""
    content = service.snapshot.content
    kept = diff.kept(content.root) if content else {}

    def releases() -> Response:
        names = functools.cache(Names(service.snapshot, negotiate.languages(request)).__call__)
        page = render_template(
            "releases.html",
            size=len(service.snapshot),
            changes=[_change(version, found, names) for version, found in kept.items()],
            archives=list(service.archives),
            questions=service.questions.values(),
            compared=_compared(service),
        )
        return Response(page, mimetype="text/html")

    app.add_url_rule("/data/releases", "releases", releases)


def _change(version: str, found: Difference, names: Named) -> dict[str, Any]:
    """The difference of a release as a page shows it, the graphs that changed most first."""
    graphs = sorted(found.graphs, key=lambda g: (-g.gained - g.lost, g.graph))
    links = [(Link(g.graph, local(g.graph), *names(g.graph)), g) for g in graphs]
    return {"version": version, "found": found, "graphs": links}


def _compared(service: "Service") -> dict[str, Any] | None:
    """The answers of an old release and of this one to a question, if the address asks for it.

    Raises:
        NotFound: if there is no such question.
        UnknownResource: if that release is not served.
    """
    asked = parameters.of_address(request)
    release, name = asked.first("release"), asked.first("question")
    if not release or not name:
        return None
    if name not in service.questions:
        raise NotFound(f"There is no saved question {name!r}.")
    question = service.questions[name]
    before, after = (_rows(service, question, each) for each in (release, ""))
    change: AnswerChange | None = diff.answer_change(question, before, after)
    return {"release": release, "question": question, "change": change, "rows": len(after)}


def _rows(service: "Service", question: Question, release: str) -> list[Row]:
    """The rows of an answer, as the pool gives it within the limits."""
    wanted = Request(question.ask({}), Clause(), RESULTS[0], None, None)
    reply = sparql.whole(service.ask(Wanted(wanted, release=release)))
    found = json.loads(reply.body)
    variables = found["head"]["vars"]
    return [
        {name: row[name]["value"] if name in row else "" for name in variables}
        for row in found["results"]["bindings"]
    ]
