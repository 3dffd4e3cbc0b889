"""The way in: what this is, and the questions that can be asked of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, render_template, request
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from iisgraph import describe
from iisgraph.describe import Names
from iisgraph.engine import Clause
from iisgraph.formats import BOOLEANS, FORMATS, GRAPHS, HTML, RESULTS, by_name
from iisgraph.query import Request
from iisgraph.questions import Question
from iisgraph.vocab import IIS, PREFIXES
from iisgraph.web import feed, negotiate, sparql
from iisgraph.web.links import Link, local

if TYPE_CHECKING:
    from iisgraph.web import Service

_NEWEST: Final = 6
_OF_EACH_THEME: Final = 2
EXAMPLES: Final = ("SCO", "ШОС", "上合", "Infoforum", "A/69/723", "Kazakhstan")
"""Words to search for, of several kinds and scripts."""


def register(app: Flask, service: "Service") -> None:
    """Add these pages to an application."""
    figures = dict(describe.figures(service.snapshot))

    def home() -> Response:
        names = Names(service.snapshot, negotiate.languages(request))
        newest = feed.newest(list(service.figures.sources().values()))[:_NEWEST]
        return _html(
            "home.html",
            size=len(service.snapshot),
            counts=_counted(figures),
            themes=[(t, _plainest(each)) for t, each in _themes(service.questions.values())],
            questions=len(service.questions),
            newest=[(_link(names, s.iri), s.publisher, s.issued) for s in newest],
            examples=EXAMPLES,
        )

    def questions() -> Response:
        return _html("questions.html", themes=_themes(service.questions.values()))

    def question(name: str) -> Response:
        return _question(service, name)

    app.add_url_rule("/", "home", home)
    app.add_url_rule("/q/", "questions", questions)
    app.add_url_rule("/q/<name>", "question", question)


def _counted(figures: Mapping[str, int]) -> list[tuple[Link, int]]:
    """How much there is of the main classes, each named as its number asks for."""
    number: Counter[str] = Counter(figures)
    org = PREFIXES["org"]
    nouns = {
        IIS + "State": ngettext("state", "states", number[IIS + "State"]),
        org + "FormalOrganization": ngettext(
            "organisation", "organisations", number[org + "FormalOrganization"]
        ),
        IIS + "InternationalAgreement": ngettext(
            "international agreement",
            "international agreements",
            number[IIS + "InternationalAgreement"],
        ),
        org + "Membership": ngettext("membership", "memberships", number[org + "Membership"]),
        IIS + "ForumEdition": ngettext(
            "forum edition", "forum editions", number[IIS + "ForumEdition"]
        ),
        IIS + "Document": ngettext("document", "documents", number[IIS + "Document"]),
        IIS + "StateVote": ngettext(
            "vote of a state", "votes of states", number[IIS + "StateVote"]
        ),
        IIS + "Source": ngettext("source", "sources", number[IIS + "Source"]),
    }
    return [
        (Link(iri, local(iri), noun), number[iri]) for iri, noun in nouns.items() if number[iri]
    ]


def _themes(asked: Iterable[Question]) -> list[tuple[str, list[Question]]]:
    """Questions by theme; they come in that order."""
    return [(theme, list(each)) for theme, each in groupby(asked, key=lambda q: q.theme)]


def _plainest(asked: Sequence[Question]) -> list[Question]:
    """The shortest questions, which are the plainest."""
    return sorted(asked, key=lambda question: (len(question.title), question.title))[
        :_OF_EACH_THEME
    ]


def _link(names: Names, iri: str) -> Link:
    return Link(iri, local(iri), *names(iri))


def _question(service: "Service", name: str) -> Response:
    if name not in service.questions:
        raise NotFound(f"There is no saved question {name!r}.")
    asked = service.questions[name]
    values = {p.name: v for p in asked.parameters if (v := request.args.get(p.name))}
    text = asked.ask(values)
    chosen = negotiate.require(request, (HTML, *RESULTS))
    results = by_name("json", RESULTS) if chosen is HTML else chosen
    boolean = results if results in BOOLEANS else None
    answer = service.ask(Request(text, Clause(), results, by_name("turtle", GRAPHS), boolean))
    if chosen is not HTML:
        return sparql.response(answer)
    return _html(
        "question.html",
        question=asked,
        values=values,
        query=text,
        answer=sparql.result_view(service, sparql.whole(answer)),
        formats=[f for f in FORMATS if f in RESULTS],
    )


def _html(template: str, **values: Any) -> Response:
    return Response(render_template(template, **values), mimetype="text/html")
