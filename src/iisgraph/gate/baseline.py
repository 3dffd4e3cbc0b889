"""Findings that are borne for a while: a Turtle file says which, why, by whom and until when.

    <urn:iisgraph:finding:3f2a…> a sh:ValidationResult ;
        dc11:creator "Ann Example" ;
        dcterms:description "The source is being asked." ;
        rdfs:label "shape/State-code" ;
        schema:expires "2027-03-01"^^xsd:date ;
        sh:resultMessage "There must be a code."@en .

What is not in it fails a check, and so does an entry that has expired or whose finding
no longer occurs: the file only ever gets shorter by itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from iisgraph.engine import Literal, NamedNode
from iisgraph.errors import SourceError
from iisgraph.gate.findings import Finding, Severity
from iisgraph.gate.formats import Accepted, Outcome
from iisgraph.positions import positions
from iisgraph.read import File
from iisgraph.vocab import DCTERMS, PREFIXES, RDFS, SCHEMA, SH, TYPE

_ENTRY: Final = "urn:iisgraph:finding:"
_REASON: Final = DCTERMS + "description"
_AUTHOR: Final = PREFIXES["dc11"] + "creator"
_EXPIRES: Final = SCHEMA + "expires"
_RULE: Final = RDFS + "label"
_MESSAGE: Final = SH + "resultMessage"
_HEAD: Final = "".join(
    f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n"
    for prefix in ("dc11", "dcterms", "rdfs", "schema", "sh", "xsd")
)


@dataclass(frozen=True)
class Grounds:
    """Why, by whom and until when findings are accepted."""

    reason: str
    author: str
    expires: date


@dataclass(frozen=True)
class Entry:
    """One accepted finding; `line` is where it stands in the file, None in a new one."""

    fingerprint: str
    rule: str
    message: str
    grounds: Grounds
    line: int | None = None


def load(path: Path) -> list[Entry]:
    """The entries of a baseline, in the order of the file.

    Raises:
        SourceError: if it cannot be read, is not Turtle, or an entry lacks reason,
            author or expiry.
    """
    file = File(path, path.absolute().as_uri())
    known = positions(file)
    members: dict[NamedNode, dict[str, str]] = {}
    for quad in file.quads:
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(_ENTRY):
            said = members.setdefault(quad.subject, {})
            said[quad.predicate.value] = getattr(quad.object, "value", "")
    entries = []
    for node, said in members.items():
        place = known.find(node, NamedNode(TYPE), None)
        entries.append(_entry(node.value.removeprefix(_ENTRY), said, path, place and place.line))
    return entries


def _entry(fingerprint: str, said: dict[str, str], path: Path, line: int | None) -> Entry:
    for iri, name in ((_REASON, "dcterms:description"), (_AUTHOR, "dc11:creator")):
        if not said.get(iri, "").strip():
            raise SourceError(f"the entry {fingerprint} needs a {name}", path, line)
    try:
        expires = date.fromisoformat(said.get(_EXPIRES, ""))
    except ValueError:
        needed = f'the entry {fingerprint} needs a schema:expires such as "2027-03-01"^^xsd:date'
        raise SourceError(needed, path, line) from None
    grounds = Grounds(said[_REASON], said[_AUTHOR], expires)
    return Entry(fingerprint, said.get(_RULE, ""), said.get(_MESSAGE, ""), grounds, line)


def apply(
    outcome: Outcome, entries: Sequence[Entry], path: Path, today: date, *, whole: bool
) -> Outcome:
    """The outcome without what the entries accept, and with what is wrong with them.

    An entry whose finding no longer occurs is told of only if the whole was checked.
    """
    valid = {entry.fingerprint: entry for entry in entries if entry.grounds.expires >= today}
    findings, accepted = [], []
    for finding, fingerprint in zip(outcome.findings, outcome.fingerprints, strict=True):
        if entry := valid.get(fingerprint):
            accepted.append(Accepted(finding, entry.grounds.reason))
        else:
            findings.append(finding)
    findings += _of_entries(entries, frozenset(outcome.fingerprints), path, today, whole=whole)
    findings.sort(key=lambda finding: finding.key)
    return replace(outcome, findings=findings, accepted=accepted)


def _of_entries(
    entries: Iterable[Entry], found: frozenset[str], path: Path, today: date, *, whole: bool
) -> Iterator[Finding]:
    for entry in entries:
        if entry.fingerprint not in found:
            if whole:
                yield _about(entry, path, "baseline-gone", "no longer occurs", "Remove the entry.")
        elif entry.grounds.expires < today:
            fix = "Mend the finding, or give the entry a new date and reason."
            yield _about(
                entry, path, "baseline-expired", f"expired on {entry.grounds.expires}", fix
            )


def _about(entry: Entry, path: Path, rule: str, what: str, fix: str) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        rule=rule,
        message=f"The accepted finding {entry.fingerprint} [{entry.rule}] {what}. {fix}",
        file=path,
        line=entry.line,
        fix=fix,
    )


def extended(outcome: Outcome, entries: Iterable[Entry], grounds: Grounds) -> list[Entry]:
    """Entries for all that fails a check: those there are, as they are, and new ones."""
    known = {entry.fingerprint: entry for entry in entries}
    found = zip(outcome.findings, outcome.fingerprints, strict=True)
    return [
        known.get(name) or Entry(name, finding.rule, finding.message, grounds)
        for finding, name in found
        if outcome.fails(finding)
    ]


def written(entries: Iterable[Entry]) -> str:
    """A baseline as Turtle, sorted by rule and fingerprint, so that a change is one block."""
    ordered = sorted(entries, key=lambda entry: (entry.rule, entry.fingerprint))
    return "\n".join((_HEAD, *map(_block, ordered)))


def _block(entry: Entry) -> str:
    return (
        f"<{_ENTRY}{entry.fingerprint}> a sh:ValidationResult ;\n"
        f"    dc11:creator {Literal(entry.grounds.author)} ;\n"
        f"    dcterms:description {Literal(entry.grounds.reason)} ;\n"
        f"    rdfs:label {Literal(entry.rule)} ;\n"
        f'    schema:expires "{entry.grounds.expires}"^^xsd:date ;\n'
        f"    sh:resultMessage {Literal(entry.message)} .\n"
    )
