"""`/search` and `/suggest`: things by their names, as a page and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, current_app, render_template, request, url_for

from iisgraph.describe import Names
from iisgraph.formats import HTML, Format, Kind
from iisgraph.search import FACETS, Filters, Found, Hit, Match
from iisgraph.web import negotiate, parameters
from iisgraph.web.compare import AGENTS
from iisgraph.web.links import iri_of, local, shortened

if TYPE_CHECKING:
    from iisgraph.web import Service

_JSON: Final = Format(("json",), "application/json", ".json", Kind.RESULTS)
_A_PAGE: Final = 50
_WEIGHED: Final = 100
_SUGGESTED: Final = 8
_FACET_SHOWN: Final = 10


@dataclass(frozen=True)
class Shown:
    """A hit as a page shows it; `text` is what answered, if it is not the name itself."""

    iri: str
    href: str
    name: str
    language: str
    of_class: str
    text: str
    text_language: str
    year: int


@dataclass(frozen=True)
class Choice:
    """A value of a facet, how many hits it leaves, and where choosing or leaving it leads."""

    value: str
    name: str
    count: int
    href: str
    is_chosen: bool


def register(app: Flask, service: "Service") -> None:
    """Add the search to an application."""

    def search() -> Response:
        return _search(service)

    def suggest() -> Response:
        asked = parameters.of_address(request)
        hits = service.index.suggest(asked.first("q"), _WEIGHED)
        kept = [hit for hit in hits if not asked.first("agents") or hit.of_class in AGENTS]
        names = _names(service)
        return _json([_suggestion(names, hit) for hit in kept[:_SUGGESTED]])

    app.add_url_rule("/search", "search", search)
    app.add_url_rule("/suggest", "suggest", suggest)


def _search(service: "Service") -> Response:
    asked = parameters.of_address(request)
    text = asked.first("q").strip()
    chosen = {facet: asked.first(facet) for facet in FACETS}
    start = parameters.number(asked.first("start"), "start")
    of_class, country, year = (chosen[facet] for facet in FACETS)
    filters = Filters(iri_of(of_class), iri_of(country), year)
    found = service.index.search(text, filters, start, _A_PAGE)
    names = _names(service)
    shown = [_shown(names, hit) for hit in found.hits]
    if negotiate.require(request, (HTML, _JSON)) is _JSON:
        return _json(_as_json(text, found, names, service.snapshot.release))
    facets = {facet: _choices(facet, found, names, text, chosen) for facet in FACETS}
    page = render_template(
        "search.html",
        text=text,
        found=found,
        shown=shown,
        facets=facets,
        chosen=chosen,
        most=_FACET_SHOWN,
        earlier=_address(text, chosen, start=max(0, start - _A_PAGE)) if start else "",
        later=_address(text, chosen, start=start + _A_PAGE)
        if start + _A_PAGE < found.total
        else "",
        data=_address(text, chosen, format="json"),
        release=service.snapshot.release,
    )
    return Response(page, mimetype="text/html")


def _address(text: str, chosen: dict[str, str], **more: Any) -> str:
    values = {"q": text} | chosen | more
    return url_for("search", **{name: value for name, value in values.items() if value})


def _choices(
    facet: str, found: Found, names: Names, text: str, chosen: dict[str, str]
) -> list[Choice]:
    choices = []
    for value, count in found.facets[facet]:
        short = value if facet == "year" else shortened(value)
        is_chosen = chosen[facet] == short
        href = _address(text, chosen | {facet: "" if is_chosen else short})
        name = value if facet == "year" else names(value)[0]
        choices.append(Choice(short, name, count, href, is_chosen))
    return choices


def _shown(names: Names, hit: Hit) -> Shown:
    name, language = names(hit.iri)
    is_other = hit.text not in (name, hit.iri.rpartition("/")[2])
    return Shown(
        iri=hit.iri,
        href=local(hit.iri),
        name=name,
        language=language,
        of_class=names(hit.of_class)[0] if hit.of_class else "",
        text=hit.text if is_other else "",
        text_language=hit.language,
        year=hit.year,
    )


def _suggestion(names: Names, hit: Hit) -> dict[str, str]:
    shown = _shown(names, hit)
    return {
        "iri": shown.iri,
        "href": shown.href,
        "name": shown.name,
        "language": shown.language,
        "kind": shown.of_class,
        "matched": shown.text,
    }


def _as_json(text: str, found: Found, names: Names, release: str) -> dict[str, Any]:
    return {
        "query": text,
        "release": release,
        "total": found.total,
        "start": found.start,
        "close": found.is_close,
        "truncated": found.is_cut,
        "results": [_result(names, hit) for hit in found.hits],
        "facets": {facet: _counts(values) for facet, values in found.facets.items()},
    }


def _result(names: Names, hit: Hit) -> dict[str, Any]:
    name, language = names(hit.iri)
    return {
        "iri": hit.iri,
        "class": hit.of_class,
        "name": name,
        "language": language,
        "year": hit.year or None,
        "matched": {"text": hit.text, "language": hit.language, "how": _HOW[hit.how]},
        "score": round(hit.score, 2),
    }


_HOW: Final = {match: match.name.lower() for match in Match}


def _counts(values: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"value": value, "count": count} for value, count in values]


def _names(service: "Service") -> Names:
    return Names(service.snapshot, negotiate.languages(request))


def _json(value: Any) -> Response:
    return Response(current_app.json.dumps(value) + "\n", mimetype="application/json")
