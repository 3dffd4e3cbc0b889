"""An ontology looked over: words, axioms, profile, and what has gone since a revision."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from iisgraph import history
from iisgraph.gate.findings import Finding
from iisgraph.gate.ontology.axioms import (
    circles,
    impossible_classes,
    impossible_ends,
    mixed_kinds,
    orphans,
    undeclared,
    unlike_superproperties,
    wrong_ends,
)
from iisgraph.gate.ontology.model import Ontology
from iisgraph.gate.ontology.profiles import PROFILES, outside
from iisgraph.gate.ontology.removal import removed_terms
from iisgraph.gate.ontology.words import odd_names, same_labels, undefined, unlabelled
from iisgraph.gate.placing import Placer
from iisgraph.gate.syntax import broken_files
from iisgraph.read import File

__all__ = ["PROFILES", "Wishes", "lint", "lint_findings"]


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What an ontology wants to be.

    Every term is labelled in `languages`; all axioms are within `profile` (`el`, `ql`,
    `rl`); no term of the revision `since` is missing.
    """

    languages: Collection[str] = ()
    profile: str | None = None
    since: str | None = None


def lint(files: Sequence[File], wishes: Wishes | None = None) -> list[Finding]:
    """The findings on an ontology of some files, sorted, each at its place.

    Raises:
        SourceError: if git cannot tell what the files said in a revision.
    """
    found = list(broken_files(files))
    if not found:
        found = list(set(Placer(files).placed(lint_findings(files, wishes or Wishes()))))
    return sorted(found, key=lambda f: f.key)


def lint_findings(files: Sequence[File], wishes: Wishes) -> Iterator[Finding]:
    """The findings on an ontology whose files can be parsed, in no order and without places."""
    ontology = Ontology(files)
    yield from unlabelled(ontology, wishes.languages)
    for rule in _RULES:
        yield from rule(ontology)
    if wishes.profile:
        yield from outside(ontology, wishes.profile)
    if wishes.since:
        before = Ontology(history.files_at(wishes.since, [file.path for file in files]))
        yield from removed_terms(ontology, before, wishes.since)


_RULES = (
    undefined,
    same_labels,
    odd_names,
    circles,
    orphans,
    undeclared,
    mixed_kinds,
    impossible_classes,
    impossible_ends,
    wrong_ends,
    unlike_superproperties,
)
