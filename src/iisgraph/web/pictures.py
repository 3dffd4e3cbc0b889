"""`/picture/…`: a picture with its facts and sources, as a page, as SVG, as CSV."""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import BadRequest, NotFound

from iisgraph import describe
from iisgraph.describe import Names
from iisgraph.formats import HTML, Format, Kind, by_name, by_suffix
from iisgraph.pictures import STYLE_HASH, Cell, Picture
from iisgraph.vocab import BASE
from iisgraph.web import negotiate, parameters
from iisgraph.web.drawing import DRAWN
from iisgraph.web.links import Link, Named, local
from iisgraph.web.notes import Cited, Note, Notes
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
    """A row of a picture's table as a page shows it, with who says so."""

    cells: Sequence[Link]
    notes: Sequence[Note]


@dataclass(frozen=True)
class Years:
    """The years that a slider runs through, and the one it stands at."""

    first: int
    last: int
    chosen: int


@dataclass(frozen=True)
class Drawing:
    """A picture in the page of a thing: its files, its own page, and the years it can be of."""

    name: str
    image: str
    data: str
    page: str
    years: Years | None


def register(app: Flask, service: "Service") -> None:
    """Add the pictures to an application."""

    def picture(name: str, path: str) -> Response:
        return _picture(service, name, path)

    app.add_url_rule("/picture/<name>/<path:path>", "picture", picture)


def drawings_of(service: "Service", iri: str, names: Iterable[str]) -> list[Drawing]:
    """Where the pictures of these names of a thing are."""
    path = path_of(iri)
    return [
        Drawing(
            name,
            url_for("picture", name=name, path=f"{path}.svg"),
            url_for("picture", name=name, path=f"{path}.csv"),
            url_for("picture", name=name, path=path),
            _years(service, iri, None) if name == _OVER_TIME else None,
        )
        for name in names
    ]


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


def lines(service: "Service", made: Picture, names: Named) -> tuple[list[Line], Sequence[Cited]]:
    """The rows of a picture's table, and the list of sources that they refer to by number."""
    notes = Notes(service.sources, names)
    shown = [
        Line([_link(cell) for cell in row.cells], notes.named(row.sources))
        for row in made.table.rows
    ]
    return shown, notes.cited


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
    asked = parameters.of_address(request).first("year")
    years = _years(service, iri, asked) if name == _OVER_TIME else None
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
    shown, cited = lines(service, made, names)
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


def _years(service: "Service", iri: str, asked: str | None) -> Years:
    """From the first entry that is dated to this year, which is chosen unless another is asked for.

    Raises:
        BadRequest: if the year asked for is none.
    """
    last = today().year
    first = min(service.figures.first_year(iri) or last, last)
    told = asked or str(last)
    if not (told.isascii() and told.isdigit() and 0 < int(told[:5]) < 10_000):
        raise BadRequest(f"year is {told!r}, expected a number such as {last}.")
    return Years(first, last, min(max(int(told), first), last))


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
