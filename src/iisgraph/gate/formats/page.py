"""One HTML file without scripts, to be kept with a build or read in a browser."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from iisgraph.gate.excerpts import Excerpts
from iisgraph.gate.findings import Finding
from iisgraph.gate.formats.grouped import details
from iisgraph.gate.formats.outcome import Outcome
from iisgraph.printable import plain


def written(outcome: Outcome) -> str:
    """The verdict, and the findings of each file with their source lines."""
    from jinja2 import Environment, PackageLoader

    pages = Environment(
        loader=PackageLoader("iisgraph.gate.formats", "."), autoescape=True, trim_blocks=True
    )
    pages.filters["plain"] = plain
    excerpts = Excerpts(outcome.root)
    files = [
        (str(file or "in no file"), [_shown(finding, excerpts) for finding in group])
        for file, group in groupby(outcome.findings, lambda finding: finding.file)
    ]
    return pages.get_template("page.html").render(outcome=outcome, files=files) + "\n"


def _shown(finding: Finding, excerpts: Excerpts) -> Mapping[str, Any]:
    return {
        "of": finding,
        "level": finding.severity.name.lower(),
        "excerpt": excerpts(finding),
        "details": [(name, text) for name, text in details(finding) if name != "link"],
    }
