"""What the script of the query page is handed: its data, its words, what it completes from."""

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, current_app, request, url_for
from flask_babel import gettext

from iisgraph.completion import completion
from iisgraph.vocab import BASE, PREFIXES
from iisgraph.web import negotiate

if TYPE_CHECKING:
    from iisgraph.web import Service

STATIC: Final = "IISGRAPH_STATIC"
"""In an application's config: its pages are kept as files, and answered in the browser."""

WORDS: Final = (
    "Answered in {seconds} s.",
    "Chart",
    "Cite",
    "Copied",
    "Copy the address",
    "Ctrl+Enter runs it, Ctrl+Space completes.",
    "Download",
    "Download as SVG",
    "Map",
    "Needs a column of dates.",
    "Needs a column of numbers.",
    "Needs a column of states.",
    "Needs two columns of things.",
    "Network",
    "Next",
    "No",
    "Nothing found.",
    "Only a server can answer this. The public site is at {address}.",
    "Previous",
    "Rows",
    "Rows {from} to {to} of {all}",
    "Results: {n}",
    "Rows: {rows}, in {seconds} s.",
    "Running…",
    "Share",
    "Show as",
    "Sources",
    "States by number of rows",
    "Stop",
    "Stopped.",
    "Table",
    "The first {shown} of {all} rows.",
    "The first {shown} things.",
    "The query is too long for an address; send it by POST.",
    "This release",
    "Timeline",
    "Yes",
    "line {line}, column {column}",
    "{from} and {to}",
    "{name} over time",
    "{number} by state",
    "{number} by {name}",
    "{n} sources",
    "{shown} of {all} states are on the map; darker is more, up to {most}.",
)
"""What scripts say, in English; a test holds it against what stands in them."""


def register(app: Flask, service: "Service") -> None:
    """Add the vocabulary of the editor to an application."""
    built = Path(app.static_folder or "") / "built/query.js"
    app.jinja_env.globals["has_scripts"] = built.is_file()
    app.jinja_env.globals["page_data"] = functools.partial(page_data, service)

    def vocabulary() -> Response:
        told = completion(
            service.snapshot,
            service.statistics,
            service.questions.values(),
            negotiate.languages(request),
        )
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        return Response(body, mimetype="application/json")

    app.add_url_rule("/completion.json", "completion", vocabulary)


def page_data(service: "Service") -> dict[str, Any]:
    """What the query page hands to its script."""
    return {
        **(_engine() if current_app.config.get(STATIC) else _server()),
        "vocabulary": url_for("completion"),
        "languages": negotiate.languages(request),
        "release": service.snapshot.release,
        "base": BASE,
        "prefixes": PREFIXES,
        "words": {word: said for word in WORDS if (said := gettext(word)) != word},
    }


def _server() -> dict[str, Any]:
    return {"endpoint": url_for("sparql"), "cite": url_for("cite")}


def _engine() -> dict[str, Any]:
    """Where the engine in the browser lies, which answers in the place of a server."""
    engine = {
        "program": url_for("static", filename="built/engine.js"),
        "wasm": url_for("static", filename="built/oxigraph.wasm"),
        "data": "/graph.nq.gz",
    }
    return {"endpoint": "", "cite": "", "engine": engine}
