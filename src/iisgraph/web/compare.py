"""`/compare`: states and organisations side by side, as a page, as JSON, as a matrix in SVG."""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import BadRequest, NotFound

from iisgraph import compare, describe, relations
from iisgraph.compare import Comparison, Shared
from iisgraph.describe import Names
from iisgraph.engine import DefaultGraph, NamedNode
from iisgraph.formats import HTML, Format, Kind
from iisgraph.pictures import Cell, Picture, Row, Table, Value, matrix
from iisgraph.relations import VOTE, Relation
from iisgraph.vocab import BASE, IIS, PREFIXES, TYPE
from iisgraph.web import negotiate, parameters
from iisgraph.web.links import Link, Named, local
from iisgraph.web.pictures import SVG, Figure, lines, path_of, svg_response

if TYPE_CHECKING:
    from iisgraph.web import Service

AGENTS: Final = (
    IIS + "State",
    PREFIXES["org"] + "FormalOrganization",
    PREFIXES["org"] + "OrganizationalCollaboration",
    IIS + "Territory",
    IIS + "FormerState",
)
"""The classes of what is compared."""

_JSON: Final = Format(("json",), "application/json", ".json", Kind.RESULTS)
_OFFERED: Final = (HTML, _JSON, SVG)
_MOST: Final = 8
_SHOWN: Final = 12
_PROPOSED: Final = 8


@dataclass(frozen=True)
class Line:
    """Something shared, with the relations that each has to it; `differs` if not all alike."""

    thing: Link
    cells: Sequence[Sequence[Link]]
    differs: bool


@dataclass(frozen=True)
class Section:
    """A table of what is shared; `more` are the lines that are folded away."""

    name: str
    title: str
    shown: Sequence[Line]
    more: Sequence[Line]


def register(app: Flask, service: "Service") -> None:
    """Add the comparison to an application."""

    def view() -> Any:
        return _compare(service)

    app.add_url_rule("/compare", "compare", view)


def _compare(service: "Service") -> Any:
    told = [w.strip() for w in parameters.of_address(request).all("with") if w.strip()]
    if len(told) > _MOST:
        raise BadRequest(f"{len(told)} are too many; up to {_MOST} are compared.")
    agents = list(dict.fromkeys(_agent(service, each) for each in told))
    paths = [path_of(agent) for agent in agents]
    if paths != told:
        more = {n: v for n, v in request.args.items() if n in ("format", "lang")}
        return redirect(_address(paths, **more), 303)
    chosen = negotiate.require(request, _OFFERED)
    found = compare.compare(service.snapshot, agents)
    names = functools.cache(Names(service.snapshot, negotiate.languages(request)).__call__)
    if chosen is _JSON:
        return _json(found, service.snapshot.release)
    drawn = _voting(service, found, names)
    if chosen is SVG:
        if drawn is None:
            raise NotFound("These have cast no votes that could be compared.")
        return svg_response(drawn, f"{BASE}compare?{'&'.join(f'with={p}' for p in paths)}")
    return _page(service, found, names, drawn)


def _agent(service: "Service", told: str) -> str:
    """What is meant by an address, or by a name.

    Raises:
        NotFound: if there is no such state or organisation.
    """
    iri = told if told.startswith(BASE) else describe.resource_iri(told)
    if service.snapshot.knows(iri):
        return iri
    for hit in service.index.suggest(told, 100):
        if hit.of_class in AGENTS:
            return hit.iri
    raise NotFound(f"There is no state or organisation {told!r} in this graph.")


def _page(service: "Service", found: Comparison, names: Named, drawn: Picture | None) -> Response:
    agents = [_link(agent, names) for agent in found.agents]
    paths = [path_of(agent) for agent in found.agents]
    facts, cited = lines(service, drawn, names) if drawn else ([], [])
    page = render_template(
        "compare.html",
        agents=[(a, _address([p for p in paths if p != path_of(a.iri)])) for a in agents],
        paths=paths,
        sections=_sections(found, names),
        is_full=len(paths) >= _MOST,
        figure=_figure(drawn, paths) if drawn else None,
        heads=drawn.table.heads if drawn else (),
        facts=facts,
        sources=cited,
        proposed=_proposed(service, names, paths),
        data=_address(paths, format="json"),
        release=service.snapshot.release,
    )
    return Response(page, mimetype="text/html")


def _sections(found: Comparison, names: Named) -> list[Section]:
    titles = {
        "agreements": _("Agreements in common"),
        "memberships": _("Organisations in common"),
        "members": _("Members in common"),
        "events": _("Events that both attended")
        if len(found.agents) == 2
        else _("Events that several attended"),
        "votes": _("Votes side by side"),
    }
    sections = []
    for name, title in titles.items():
        all_lines = [_line(each, names) for each in found.shared[name]]
        if all_lines:
            sections.append(Section(name, title, all_lines[:_SHOWN], all_lines[_SHOWN:]))
    return sections


def _line(shared: Shared, names: Named) -> Line:
    cells = [
        [_related(r, names) for r in sorted(each, key=lambda r: r.start.text or "~")]
        for each in shared.relations
    ]
    kinds = {tuple(sorted({r.kind for r in each})) for each in shared.relations if each}
    return Line(_link(shared.iri, names), cells, differs=len(kinds) > 1)


def _related(relation: Relation, names: Named) -> Link:
    """A relation in short, leading to where its sources stand."""
    name, language = names(relation.kind)
    dates = relation.start.text
    if relation.end.text:
        dates = f"{dates or '?'} – {relation.end.text}"
    return Link(relation.iri, local(relation.iri), f"{name}, {dates}" if dates else name, language)


def _voting(service: "Service", found: Comparison, names: Named) -> Picture | None:
    """The matrix of how alike they vote; none if no two cast votes on the same resolutions."""
    if not found.votes:
        return None
    said = [_vote_sources(service, agent) for agent in found.agents]
    axis = [(names(agent)[0], local(agent)) for agent in found.agents]
    values: dict[tuple[int, int], Value] = {}
    rows = []
    for each in found.votes:
        one, other = axis[each.one][0], axis[each.other][0]
        tip = f"{one}, {other}: {each.percent} % ({each.equal}/{each.shared})"
        value = Value(str(each.percent), each.percent / 100, tip)
        values[each.one, each.other] = values[each.other, each.one] = value
        cells = [Cell(axis[n][0], found.agents[n]) for n in (each.one, each.other)]
        counts = [Cell(str(n)) for n in (each.shared, each.equal, each.percent)]
        rows.append(Row((*cells, *counts), tuple(sorted(said[each.one] | said[each.other]))))
    heads = (_("One"), _("Other"), _("Both voted"), _("Alike"), _("Percent"))
    return matrix(
        _("How often they vote alike"),
        _("Percent of the resolutions on which both cast a vote. Whoever was absent cast none."),
        rows=axis,
        columns=axis,
        values=values,
        table=Table(heads, rows),
    )


def _vote_sources(service: "Service", agent: str) -> set[str]:
    votes = relations.of_agent(service.snapshot, VOTE, agent)
    return {s for vote in votes for s in relations.sources(service.snapshot, vote)}


def _figure(drawn: Picture, paths: Sequence[str]) -> Figure:
    svg = Markup(drawn.inline("picture-voting"))  # noqa: S704 - written as a tree, and so escaped
    files = [("SVG", _address(paths, format="svg"))]
    return Figure("picture-voting", drawn.title, drawn.description, svg, "", files)


def _proposed(service: "Service", names: Named, paths: Sequence[str]) -> list[tuple[Link, str]]:
    """The best known of the same kind as the first, with where adding them leads."""
    known = (i for c in _classes(service, paths) for i in service.index.best(c, _MOST + _PROPOSED))
    others = [iri for iri in known if path_of(iri) not in paths][:_PROPOSED]
    return [(_link(iri, names), _address([*paths, path_of(iri)])) for iri in others]


def _classes(service: "Service", paths: Sequence[str]) -> Sequence[str]:
    if not paths:
        return AGENTS[:2]
    node = NamedNode(describe.resource_iri(paths[0]))
    quads = service.snapshot.engine.quads(node, NamedNode(TYPE), None, DefaultGraph())
    types = {quad.object for quad in quads}
    return [of_class for of_class in AGENTS if NamedNode(of_class) in types]


def _address(paths: Iterable[str], **more: str) -> str:
    values: dict[str, Any] = {"with": list(paths), **more}
    return url_for("compare", **values)


def _link(iri: str, names: Named) -> Link:
    return Link(iri, local(iri), *names(iri))


def _json(found: Comparison, release: str) -> Response:
    told = {
        "release": release,
        "agents": found.agents,
        "shared": {
            name: [
                {"iri": s.iri, "relations": [[_told(r) for r in each] for each in s.relations]}
                for s in shared
            ]
            for name, shared in found.shared.items()
        },
        "votes": [
            {
                "one": found.agents[v.one],
                "other": found.agents[v.other],
                "shared": v.shared,
                "equal": v.equal,
                "percent": v.percent,
            }
            for v in found.votes
        ],
    }
    return Response(current_app.json.dumps(told) + "\n", mimetype="application/json")


def _told(relation: Relation) -> dict[str, Any]:
    return {
        "iri": relation.iri,
        "kind": relation.kind,
        "start": relation.start.stated,
        "end": relation.end.stated,
    }
