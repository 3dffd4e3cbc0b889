"""JUnit XML, which CI services show as tests: a suite for each file, a case for each finding."""

from collections.abc import Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from iisgraph.gate.findings import Finding
from iisgraph.gate.formats.grouped import details
from iisgraph.gate.formats.lines import place
from iisgraph.gate.formats.outcome import Outcome
from iisgraph.printable import plain


def written(outcome: Outcome) -> str:
    """What fails the check is a failure; what does not is a case with its words as output.

    Without any finding there is one case that passed: a report of no test would say
    nothing.
    """
    suites = Element("testsuites", name="iisgraph check")
    for file, group in groupby(outcome.findings, lambda finding: finding.file):
        _suite(suites, plain(str(file or "in no file")), list(group), outcome)
    if not outcome.findings:
        suite = SubElement(suites, "testsuite", name="iisgraph check", tests="1", failures="0")
        SubElement(suite, "testcase", classname="iisgraph", name="nothing was found")
    for name in ("tests", "failures"):
        suites.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    indent(suites)
    text = tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(suites: Element, file: str, findings: Sequence[Finding], outcome: Outcome) -> None:
    failures = sum(outcome.fails(finding) for finding in findings)
    suite = SubElement(suites, "testsuite", name=file, tests=str(len(findings)))
    suite.set("failures", str(failures))
    for finding in findings:
        _case(suite, file, finding, fails=outcome.fails(finding))


def _case(suite: Element, file: str, finding: Finding, *, fails: bool) -> None:
    name = plain(" ".join(filter(None, (finding.rule, finding.shown_focus))))
    case = SubElement(suite, "testcase", classname=file, name=name, file=file)
    if finding.line:
        case.set("line", str(finding.line))
    told = [
        f"{place(finding)}: {finding.message}",
        *(f"{n}: {text}" for n, text in details(finding)),
    ]
    text = "\n".join(plain(each) for each in told)
    if fails:
        kind = finding.severity.name.lower()
        SubElement(case, "failure", type=kind, message=plain(finding.message)).text = text
    else:
        SubElement(case, "system-out").text = text
