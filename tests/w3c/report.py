"""Writes what the suites have shown: docs/conformance.md, and a report in EARL.

    python -m tests.w3c.report

The document is made of what is expected, to which the tests hold every run; the
report (https://www.w3.org/TR/EARL10-Schema/) of a run made for it.
"""

import datetime
import sys
from collections.abc import Iterator
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.w3c import federation, http, queries, shacl, store
from tests.w3c.cases import Run, cases, expected, outcome

DOCUMENT = ROOT / "docs/conformance.md"
REPORT = ROOT / "bench/out/earl.ttl"
RUNS: dict[str, Run] = {
    "query": queries.run,
    "results": queries.run,
    "protocol": http.run_protocol,
    "description": http.run_description,
    "store": store.run,
    "federation": federation.run,
    "update": queries.run_refused,
    "shacl-core": shacl.run,
    "shacl-sparql": shacl.run,
}
_PUBLIC = {
    "/sparql/sparql11/": "https://w3c.github.io/rdf-tests/sparql/sparql11/",
    "/shacl/tests/": "https://w3c.github.io/data-shapes/data-shapes-test-suite/tests/",
}
"""Where the suites are published, by their folders here."""
HEAD = """| specification | passed | failed | does not apply |
| --- | --- | --- | --- |
"""


def document() -> str:
    """The text of docs/conformance.md."""
    told = expected()
    rows = "".join(
        f"| [{s['title']}]({s['specification']}) | {s['cases']['passed']} "
        f"| {s['cases']['failed']} | {s['cases']['inapplicable']} |\n"
        for s in told["suite"]
    )
    notes = "".join(f"- **{s['title']}.** {s['note']}\n" for s in told["suite"] if s["note"])
    choices = "".join(f"- {choice['text']}\n" for choice in told["choice"])
    differences = "".join(f"- {each['text']}\n" for each in told["difference"])
    parts = (
        f"# Conformance\n\n{told['intro']}\n\n{HEAD}{rows}\n{notes}",
        _reasons("failed", told),
        _reasons("inapplicable", told),
        f"## Where SHACL is judged otherwise than by pySHACL\n\n{told['apart']}\n\n{differences}",
        f"## Choices where the specifications leave one\n\n{choices}",
    )
    return "\n".join(parts)


def _reasons(kind: str, told: dict[str, Any]) -> str:
    title = {"failed": "What fails, and why", "inapplicable": "What does not apply, and why"}[kind]
    ordered = sorted(told["not_passed"].items(), key=lambda item: item[1])
    named = {
        reason: [case for case, _ in each] for reason, each in groupby(ordered, lambda i: i[1])
    }
    for suite in told["suite"]:
        if "all" in suite:
            named.setdefault(suite["all"], []).append(f"all of {suite['title']}")
    lines = [
        f"- {reason['text']}  \n  {', '.join(_quoted(case) for case in named[name])}\n"
        for name, reason in told["reason"].items()
        if reason["outcome"] == kind and name in named
    ]
    return f"## {title}\n\n{''.join(lines)}"


def _quoted(case: str) -> str:
    return case if case.startswith("all of") else f"`{case}`"


def earl() -> Iterator[str]:
    """The lines of the report of a run of all suites."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    yield "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
    yield "@prefix doap: <http://usefulinc.com/ns/doap#> .\n"
    yield "@prefix earl: <http://www.w3.org/ns/earl#> .\n"
    yield "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n"
    yield "<https://w3id.org/iisgraph/> a doap:Project , earl:TestSubject , earl:Software ;\n"
    yield f'    doap:name "iisgraph" ; doap:release [ doap:revision "{version("iisgraph")}" ] ;\n'
    yield '    doap:programming-language "Python" .\n'
    for suite in expected()["suite"]:
        for case in cases(suite["folders"]):
            told = outcome(suite, case.name)
            shown = "failed" if RUNS[suite["name"]](case) else "passed"
            result = told if told == "inapplicable" and shown == "passed" else shown
            yield "\n[] a earl:Assertion ; earl:mode earl:automatic ;\n"
            yield "    earl:assertedBy <https://w3id.org/iisgraph/> ;\n"
            yield "    earl:subject <https://w3id.org/iisgraph/> ;\n"
            yield f"    earl:test <{_public(case.iri)}> ;\n"
            yield f"    earl:result [ a earl:TestResult ; earl:outcome earl:{result} ;\n"
            yield f'        dcterms:date "{now}"^^xsd:dateTime ] .\n'


def _public(iri: str) -> str:
    """The IRI of a case as others know it, for those whose manifest has none of its own."""
    for folder, public in _PUBLIC.items():
        _, found, rest = iri.partition(folder)
        if found:
            return public + rest
    return iri


def main() -> None:
    """Write both."""
    DOCUMENT.write_text(document(), encoding="utf-8")
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("".join(earl()), encoding="utf-8")
    for path in (DOCUMENT, REPORT):
        sys.stdout.write(f"{path.relative_to(Path.cwd())}\n")


if __name__ == "__main__":
    main()
