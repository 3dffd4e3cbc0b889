"""`/cite`: an answer or an entry as others cite it, or as CSV on the Web describes it."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, NotFound

from iisgraph import cite, describe
from iisgraph.cite import Asked, Citation
from iisgraph.describe import Names
from iisgraph.formats import BOOLEANS, RESULTS
from iisgraph.query import Request
from iisgraph.web import negotiate, parameters, sparql

if TYPE_CHECKING:
    from iisgraph.web import Service

Found = Mapping[str, Any]


def register(app: Flask, service: "Service") -> None:
    """Add the citations to an application."""

    def citation() -> Response:
        asked = parameters.of_address(request)
        name = asked.first("format") or "bibtex"
        if name not in _FORMS:
            raise BadRequest(f"format is {name!r}, expected {', '.join(_FORMS)}.")
        media_type, written = _FORMS[name]
        cited, found = (_entry if asked.first("thing") else _asked)(service, asked)
        told = {"Cache-Control": "no-store"}  # it names the host and the day
        return Response(written(cited, found), mimetype=media_type, headers=told)

    app.add_url_rule("/cite", "cite", citation)


def _entry(service: "Service", asked: parameters.Parameters) -> tuple[Citation, Found]:
    """What is said of a thing; there is no table in it.

    Raises:
        NotFound: if nothing is said of it.
    """
    path = asked.first("thing")
    iri = describe.resource_iri(path)
    if not service.snapshot.knows(iri):
        raise NotFound(f"{path} is not in this graph.")
    title, _language = Names(service.snapshot, negotiate.languages(request))(iri)
    return cite.entry(service.snapshot, iri, title, _today()), {}


def _asked(service: "Service", asked: parameters.Parameters) -> tuple[Citation, Found]:
    """The answer to a query."""
    found = _answer(service, asked)
    rows = len(found["results"]["bindings"]) if "results" in found else None
    described = _described(service, asked)
    return cite.citation(service.snapshot, request.host_url, described, rows, _today()), found


def _answer(service: "Service", asked: parameters.Parameters) -> Found:
    """The answer to be cited, in the form of SPARQL JSON."""
    (query,) = asked.all("query") or [""]
    wanted = Request(query, sparql.clause_of(asked), RESULTS[0], None, BOOLEANS[0])
    reply = sparql.whole(service.ask(sparql.wanted_of(asked, wanted)))
    found: Found = json.loads(reply.body)
    return found


def _described(service: "Service", asked: parameters.Parameters) -> Asked:
    clause, day = sparql.clause_of(asked), asked.first("asOf")
    return Asked(
        query=asked.first("query"),
        release=asked.first("release") or service.snapshot.release,
        as_of=date.fromisoformat(day) if day else None,
        certainty=asked.first("certainty"),
        default_graphs=clause.default,
        named_graphs=clause.named,
        provenance=asked.first("provenance") == "1",
    )


def _today() -> date:
    return datetime.now(UTC).date()


def _csvw(cited: Citation, found: Found) -> str:
    """Metadata of the answer in CSV.

    Raises:
        BadRequest: if it is no table.
    """
    if "results" not in found:
        raise BadRequest("Only a table is described by CSVW, and this is none.")
    return _json(cite.csvw(cited, f"{cited.url}&format=csv", found))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


_FORMS: Final[dict[str, tuple[str, Callable[[Citation, Found], str]]]] = {
    "bibtex": ("application/x-bibtex", lambda cited, _: cite.bibtex(cited)),
    "csl": ("application/vnd.citationstyles.csl+json", lambda cited, _: _json([cite.csl(cited)])),
    "csvw": ("application/csvm+json", _csvw),
}
"""The ways to cite an answer: name, media type, and what writes it."""
