"""`/data…` and `/status`: what the graph holds, lacks and rests on, and how it is served."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from iisgraph.describe import Names
from iisgraph.engine import Literal, NamedNode, Term
from iisgraph.report import LANGUAGES
from iisgraph.report.evidence import Contest, Source
from iisgraph.vocab import BASE, XSD
from iisgraph.web import feed, negotiate, parameters, releases
from iisgraph.web.figures import COVERAGE, Figures
from iisgraph.web.links import Link, Named, local

if TYPE_CHECKING:
    from iisgraph.web import Service

_A_PAGE: Final = 50
_ORDERS: Final[dict[str, Callable[[Source], tuple[Any, ...]]]] = {
    "statements": lambda s: (s.alone + s.shared, s.iri),
    "rank": lambda s: (-s.rank, s.alone + s.shared, s.iri),
    "date": lambda s: (s.issued, s.iri),
}
"""What sources are ordered by, the greatest first."""


@dataclass(frozen=True)
class Tabled:
    """A table of figures: its name, what it tells, and its cells; `numeric` columns are told."""

    name: str
    title: str
    about: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Link]]
    numeric: Sequence[bool]


def register(app: Flask, service: "Service") -> None:
    """Add the pages on the data to an application."""
    figures = service.figures

    def overview() -> Response:
        return _overview(service, figures)

    def coverage() -> Response:
        return _coverage(service, figures)

    def disagreements() -> Response:
        return _disagreements(service, figures)

    def sources() -> Response:
        return _sources(service, figures)

    def atom() -> Response:
        return feed.response(service, list(figures.sources().values()))

    app.add_url_rule("/data", "data", overview)
    app.add_url_rule("/data/coverage", "coverage", coverage)
    app.add_url_rule("/data/disagreements", "disagreements", disagreements)
    app.add_url_rule("/data/sources", "sources", sources)
    app.add_url_rule("/data/conformance", "conformance", lambda: _conformance(service, figures))
    app.add_url_rule("/status", "status", lambda: _status(service))
    app.add_url_rule("/feed.atom", "feed", atom)
    releases.register(app, service)


def _overview(service: "Service", figures: Figures) -> Response:
    table = _tabled("overall", "", "", figures, _names(service))
    return _html("data.html", service, overall=table, contests=len(figures.contests()))


def _coverage(service: "Service", figures: Figures) -> Response:
    names = _names(service)
    told = {
        "classes": (
            _("By class"),
            _(
                "How many things no record, one record or several say something about, "
                "and on how many sources that rests."
            ),
        ),
        "years": (
            _("By year"),
            _(
                "What happened when, by the earliest date that a source gives. "
                "Years before 2000 are put together by decade."
            ),
        ),
        "blanks": (_("Not stated"), _("What no source tells, of how many things.")),
        "undated_memberships": (_("Memberships without a start"), ""),
        "undated_actions": (_("Steps on agreements without a date"), ""),
        "unplaced_editions": (_("Events without a day or a place"), ""),
        "seats": (
            _("Seats of working groups"),
            _("How many a source says there are, and how many are known."),
        ),
    }
    tables = [_tabled(name, *told[name], figures, names) for name in COVERAGE]
    tables.insert(2, _named(figures, names))
    return _html("coverage.html", service, tables=[t for t in tables if t.rows])


def _named(figures: Figures, names: Named) -> Tabled:
    """In which languages the things of each class have names."""
    counts: dict[str, list[int]] = {}
    totals: dict[str, int] = {}
    for each in figures.languages():
        counts.setdefault(each.of_class, []).append(each.named)
        totals[each.of_class] = each.named + each.missing
    rows = [
        [_link(iri, names), *(Link("", "", str(n)) for n in (totals[iri], *found))]
        for iri, found in counts.items()
    ]
    about = _("How many things of each class have a name in which language.")
    heads = [_("Class"), _("Things"), *LANGUAGES]
    numeric = [False, *(True for _head in heads[1:])]
    return Tabled("languages", _("Names by language"), about, heads, rows, numeric)


def _disagreements(service: "Service", figures: Figures) -> Response:
    names = _names(service)
    notes = _tabled(
        "notes", _("Editorial notes"), _("Our own remarks on how to read the data."), figures, names
    )
    return _html(
        "disagreements.html",
        service,
        contests=[_contest(each, names) for each in figures.contests()],
        notes=notes,
        questions=[q for q in service.questions.values() if q.theme == "disagreement"],
    )


def _contest(contest: Contest, names: Named) -> dict[str, Any]:
    """A disagreement as a page shows it: each value with who gives it."""
    readings = [
        (
            _term(reading.value, names),
            [(_link(s.iri, names), _link(s.kind, names), s) for s in reading.sources],
        )
        for reading in contest.readings
    ]
    subject, predicate = (_link(iri, names) for iri in (contest.subject, contest.predicate))
    return {"subject": subject, "predicate": predicate, "readings": readings}


def _sources(service: "Service", figures: Figures) -> Response:
    asked, names = parameters.of_address(request), _names(service)
    order, kind = asked.first("order") or "statements", asked.first("kind")
    if order not in _ORDERS:
        raise BadRequest(f"order is {order!r}, expected {', '.join(_ORDERS)}.")
    start = parameters.number(asked.first("start"), "start")
    known = figures.sources().values()
    kinds = sorted({(s.rank, s.kind) for s in known if s.kind})
    iri = f"{BASE}scheme/source/{kind}"
    of_kind = [s for s in known if not kind or s.kind == iri]
    kept = sorted(of_kind, key=_ORDERS[order], reverse=True)
    shown = kept[start : start + _A_PAGE]

    def address(**change: Any) -> str:
        values = {"order": order, "kind": kind, "start": ""} | change
        return url_for("sources", **{name: value for name, value in values.items() if value})

    tables = {
        "kinds": _("By kind"),
        "best": _("The best source of each thing"),
        "licences": _("Licences of data sets"),
    }
    return _html(
        "sources.html",
        service,
        sources=[(_link(s.iri, names), _link(s.kind, names) if s.kind else None, s) for s in shown],
        kinds=[
            (_link(k, names), rank, address(kind=k.rpartition("/")[2]), k == iri)
            for rank, k in kinds
        ],
        all_kinds=address(kind=""),
        orders=[(name, address(order=name), name == order) for name in _ORDERS],
        total=len(kept),
        start=start,
        earlier=address(start=max(0, start - _A_PAGE)) if start else "",
        later=address(start=start + _A_PAGE) if start + _A_PAGE < len(kept) else "",
        tables=[_tabled(name, title, "", figures, names) for name, title in tables.items()],
    )


def _conformance(service: "Service", figures: Figures) -> Response:
    """What the suites of the W3C show of this software, whatever data it serves."""
    return _html("prose.html", service, title=_("Conformance"), prose=figures.conformance())


def _status(service: "Service") -> Response:
    """How this server is set and what it does now; never kept."""
    settings = service.settings
    limits = [(f.name, getattr(settings, f.name)) for f in fields(settings) if f.name in _TOLD]
    page = _html(
        "status.html",
        service,
        files=len(service.snapshot.files),
        graphs=len(service.snapshot.graphs),
        waiting=service.pool.waiting,
        killed=service.pool.killed,
        limits=limits,
        sources=len(service.figures.sources()),
    )
    page.cache_control.no_store = True
    return page


_TOLD: Final = frozenset(
    {
        "query_processes",
        "query_seconds",
        "query_megabytes",
        "queue_seconds",
        "queue_length",
        "answer_megabytes",
        "request_kilobytes",
        "rate_per_minute",
    }
)
"""The settings that are a client's business."""


def _tabled(name: str, title: str, about: str, figures: Figures, names: Named) -> Tabled:
    heads, rows = figures.table(name)
    numeric = [any(map(_is_number, column)) for column in zip(*rows, strict=True)]
    cells = [[_term(term, names) for term in row] for row in rows]
    return Tabled(name, title, about, heads, cells, numeric)


def _term(term: Term | None, names: Named) -> Link:
    if isinstance(term, NamedNode):
        return _link(term.value, names)
    if isinstance(term, Literal):
        return Link("", "", term.value, term.language or "")
    return Link("", "", "" if term is None else str(term))


def _is_number(term: Term | None) -> bool:
    return isinstance(term, Literal) and term.datatype.value == XSD + "integer"


def _link(iri: str, names: Named) -> Link:
    return Link(iri, local(iri), *names(iri))


def _names(service: "Service") -> Named:
    return functools.cache(Names(service.snapshot, negotiate.languages(request)).__call__)


def _html(template: str, service: "Service", **values: Any) -> Response:
    page = render_template(
        template, release=service.snapshot.release, size=len(service.snapshot), **values
    )
    return Response(page, mimetype="text/html")
