"""`/check`: data that somebody sends, held to their shapes or to ours; a form for people."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import BadRequest

from iisgraph.formats import GRAPHS, HTML, Format, Kind, by_name
from iisgraph.gate import Finding, Severity, formats
from iisgraph.gate.excerpts import excerpt
from iisgraph.gate.formats import Outcome
from iisgraph.gate.pasted import Desk, Pasted
from iisgraph.query import Sink
from iisgraph.web import negotiate
from iisgraph.web.parameters import FORM, NotTaken

if TYPE_CHECKING:
    from iisgraph.web import Service

REPORTS: Final = (
    Format(("json",), "application/json", ".json", Kind.PAGE),
    Format(("sarif",), "application/sarif+json", ".sarif", Kind.PAGE),
    Format(("junit",), "application/xml", ".xml", Kind.PAGE),
    Format(("markdown",), "text/markdown", ".md", Kind.PAGE),
    Format(("text",), "text/plain", ".txt", Kind.PAGE),
    *GRAPHS,
)
"""The formats of findings that are offered beside the page."""

_MOST: Final = 1000
"""Findings that are told; nobody mends more at once."""

_EXAMPLE: Final = """\
@prefix iis: <https://w3id.org/iisgraph/def/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@base <https://w3id.org/iisgraph/> .

<graph/my-source> a iis:Record ; prov:hadPrimarySource <source/sco-infoforum-2017> .
"""


def checking(desk: Desk, evaluate: Callable[..., Any]) -> Callable[..., Any]:
    """The function of a query process that can check besides."""

    def either(sink: Sink, wanted: Any) -> Any:
        if not isinstance(wanted, Pasted):
            return evaluate(sink, wanted)
        found = desk.check(wanted)
        if len(found) <= _MOST:
            return found
        told = f"{len(found) - _MOST} more findings are not told here; mend these first"
        return [*found[:_MOST], Finding(severity=Severity.INFO, rule="more", message=told)]

    return either


def register(app: Flask, service: "Service") -> None:
    """Add the page and what it sends to."""

    def form() -> Response:
        return _page(service, {"data": _EXAMPLE, "shapes": "", "syntax": "turtle"})

    def judge() -> Response:
        sent = _sent()
        chosen = negotiate.require(request, (*REPORTS, HTML), sent.get("format", ""))
        found = service.check(_pasted(sent))
        if chosen is HTML:
            return _page(service, sent, found)
        body = formats.write(Outcome(found), chosen.names[0])
        return Response(body, content_type=negotiate.content_type(chosen))

    app.add_url_rule("/check", "check", form)
    app.add_url_rule("/check", "judge", judge, methods=["POST"])


def _sent() -> dict[str, str]:
    """What was sent: the fields of a form, or data as the whole body.

    Raises:
        NotTaken: if it is neither a form nor RDF.
    """
    if request.mimetype == FORM:
        return dict(request.form.items())
    syntax = by_name(request.mimetype, GRAPHS) if request.mimetype else None
    if syntax is None:
        kinds = ", ".join(each.media_type for each in GRAPHS)
        raise NotTaken(
            f"Send a form with data and shapes, or data as {kinds}.", "Accept-Post", kinds
        )
    try:
        data = request.get_data().decode()
    except UnicodeDecodeError:
        raise BadRequest("The data is not UTF-8.") from None
    return {"data": data, "syntax": syntax.names[0], "format": negotiate.format_name(request)}


def _pasted(sent: Mapping[str, str]) -> Pasted:
    syntax = by_name(sent.get("syntax") or "turtle", GRAPHS)
    if syntax is None:
        known = ", ".join(each.names[0] for each in GRAPHS)
        raise BadRequest(f"There is no such syntax; known are {known}.")
    if not sent.get("data", "").strip():
        raise BadRequest("There is nothing to check: data is empty.")
    return Pasted(sent["data"], syntax, sent.get("shapes", ""))


def _page(
    service: "Service", sent: Mapping[str, str], found: list[Finding] | None = None
) -> Response:
    outcome = None if found is None else Outcome(found)
    page = render_template(
        "check.html",
        release=service.snapshot.release,
        sent=sent,
        syntaxes=GRAPHS,
        reports=REPORTS,
        outcome=outcome,
        findings=[_shown(finding, sent) for finding in found or ()],
    )
    return Response(page, mimetype="text/html")


def _shown(finding: Finding, sent: Mapping[str, str]) -> dict[str, Any]:
    """A finding with its line of what was sent."""
    stem = Path(finding.file or "").stem
    return {
        "of": finding,
        "level": finding.severity.name.lower(),
        "place": ":".join(str(part) for part in (stem, finding.line, finding.column) if part),
        "excerpt": excerpt(finding, sent.get(stem, "").split("\n")),
    }
