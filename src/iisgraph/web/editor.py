"""What the script of the query page is handed: its data, its words, what it completes from."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, request, url_for

from iisgraph.completion import completion
from iisgraph.vocab import BASE, PREFIXES
from iisgraph.web import negotiate

if TYPE_CHECKING:
    from iisgraph.web import Service

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
    "Previous",
    "Rows",
    "Rows {from} to {to} of {all}",
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
        "endpoint": url_for("sparql"),
        "cite": url_for("cite"),
        "vocabulary": url_for("completion"),
        "languages": negotiate.languages(request),
        "release": service.snapshot.release,
        "base": BASE,
        "prefixes": PREFIXES,
        "words": {},
    }
