"""`/picture/…`: a picture with its facts and sources, as a page, as SVG, as CSV."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import BadRequest, NotFound

from iisgraph import describe, relations
from iisgraph.describe import Names
from iisgraph.formats import HTML, Format, Kind, by_name, by_suffix
from iisgraph.pictures import STYLE_HASH, Cell, Picture
from iisgraph.vocab import BASE
from iisgraph.web import negotiate, parameters
from iisgraph.web.drawing import DRAWN, pictures_of
from iisgraph.web.links import Link, Named, local
from iisgraph.web.subjects import Subject, today

if TYPE_CHECKING:
    from iisgraph.web import Service

SVG: Final = Format(("svg",), "image/svg+xml", ".svg", Kind.PAGE)
CSV: Final = by_name("csv")
assert CSV is not None
OFFERED: Final = (HTML, SVG, CSV)

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_SVG_POLICY: Final = f"default-src 'none'; style-src {STYLE_HASH}"
_OVER_TIME: Final = "members"


@dataclass(frozen=True)
class Figure:
    """A picture as a page shows it, with where it can be had as a file."""

    identity: str
    title: str
    description: str
    svg: Markup
    page: str
    files: Sequence[tuple[str, str]]
    key: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Line:
    """A row of a picture's table as a page shows it; `notes` number its sources."""

    cells: Sequence[Link]
    notes: Sequence[int]


@dataclass(frozen=True)
class Years:
    """The years that a slider runs through, and the one it stands at."""

    first: int
    last: int
    chosen: int


def register(app: Flask, service: "Service") -> None:
    """Add the pictures to an application."""

    def picture(name: str, path: str) -> Response:
        return _picture(service, name, path)

    app.add_url_rule("/picture/<name>/<path:path>", "picture", picture)


def figures_of(service: "Service", iri: str, types: Sequence[str]) -> list[Figure]:
    """The pictures of a thing, for its page; those with nothing to show are left out."""
    names = _names(service)
    subject = Subject(service.snapshot, iri, names, today())
    drawn = ((name, DRAWN[name](subject)) for name in pictures_of(types))
    return [figure(name, made, path_of(iri)) for name, made in drawn if made.table.rows]


def figure(name: str, made: Picture, path: str) -> Figure:
    """A picture as a page shows it."""
    files = [("SVG", _address(name, path, "svg")), ("CSV", _address(name, path, "csv"))]
    drawing = Markup(made.inline(f"picture-{name}"))  # noqa: S704 - written as a tree, and so escaped
    page = _address(name, path, "")
    return Figure(f"picture-{name}", made.title, made.description, drawing, page, files, made.key)


def path_of(iri: str) -> str:
    """The end of an address that stands for a thing: `state/KAZ`."""
    return iri.removeprefix(BASE).removeprefix("id/")


def svg_response(made: Picture, address: str) -> Response:
    """A picture as a file; its own style is all that it may load."""
    response = Response(made.alone(address, LICENCE), mimetype=SVG.media_type)
    response.headers["Content-Security-Policy"] = _SVG_POLICY
    return response


def lines(made: Picture, names: Named) -> tuple[list[Line], list[Link]]:
    """The rows of a picture's table, and the list of sources that they refer to by number."""
    cited = made.table.sources
    numbers = {iri: number for number, iri in enumerate(cited, start=1)}
    shown = [
        Line([_link(cell) for cell in row.cells], [numbers[s] for s in row.sources])
        for row in made.table.rows
    ]
    return shown, [Link(iri, local(iri), *names(iri)) for iri in cited]


def _picture(service: "Service", name: str, path: str) -> Response:
    if name not in DRAWN:
        raise NotFound(f"There is no picture {name!r}; there are {', '.join(DRAWN)}.")
    stem, dot, suffix = path.rpartition(".")
    chosen = by_suffix(dot + suffix, OFFERED) if stem else None
    path = stem if chosen else path
    iri = describe.resource_iri(path)
    if not service.snapshot.knows(iri):
        raise NotFound(f"{path} is not in this graph.")
    chosen = chosen or negotiate.require(request, OFFERED)
    years = _years(service, iri) if name == _OVER_TIME else None
    names = _names(service)
    day = min(date(years.chosen, 12, 31), today()) if years else today()
    made = DRAWN[name](Subject(service.snapshot, iri, names, day))
    if chosen is SVG:
        return svg_response(made, _canonical(name, path, years))
    if chosen is CSV:
        return Response(made.table.as_csv(), mimetype="text/csv")
    return _page(service, made, name, iri, years)


def _page(service: "Service", made: Picture, name: str, iri: str, years: Years | None) -> Response:
    names = _names(service)
    shown, cited = lines(made, names)
    page = render_template(
        "picture.html",
        figure=figure(name, made, path_of(iri)),
        heads=made.table.heads,
        lines=shown,
        sources=cited,
        thing=Link(iri, local(iri), *names(iri)),
        path=path_of(iri),
        years=years,
        release=service.snapshot.release,
    )
    return Response(page, mimetype="text/html")


def _years(service: "Service", iri: str) -> Years:
    """From the first entry that is dated to this year.

    Raises:
        BadRequest: if the year asked for is none.
    """
    found = relations.in_whole(service.snapshot, relations.MEMBERSHIP, iri)
    last = today().year
    first = min((r.start.first.year for r in found if r.start.first), default=last)
    told = parameters.of_address(request).first("year") or str(last)
    if not (told.isascii() and told.isdigit() and 0 < int(told[:5]) < 10_000):
        raise BadRequest(f"year is {told!r}, expected a number such as {last}.")
    return Years(min(first, last), last, min(max(int(told), min(first, last)), last))


def _address(name: str, path: str, form: str) -> str:
    year = request.args.get("year", "") if request.endpoint == "picture" else ""
    values: dict[str, Any] = {"year": year} if year and name == _OVER_TIME else {}
    return url_for("picture", name=name, path=f"{path}.{form}" if form else path, **values)


def _canonical(name: str, path: str, years: Years | None) -> str:
    year = f"?year={years.chosen}" if years else ""
    return f"{BASE}picture/{name}/{path}{year}"


def _names(service: "Service") -> Named:
    """Names in the reader's languages, each looked up once."""
    return functools.cache(Names(service.snapshot, negotiate.languages(request)).__call__)


def _link(cell: Cell) -> Link:
    return Link(cell.iri, local(cell.iri) if cell.iri else "", cell.text, cell.language)
