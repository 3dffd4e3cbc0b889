"""How somebody wants a check to be done."""

from collections.abc import Collection
from dataclasses import dataclass

from iisgraph.gate.findings import Finding, Severity
from iisgraph.shacl import EngineName


@dataclass(frozen=True, kw_only=True)
class Demands:
    """The wishes of one check.

    `engine` judges by shapes, and of a hundred nodes that conform `verify` are judged again
    by the other one. At least `min_coverage` per cent of the classes and properties must be
    reached by shapes. What is `muted` is not told: a rule by its name, or what a rule finds
    on one focus or value as `RULE=IRI`. Errors cannot be muted.
    """

    engine: EngineName = "compiled"
    verify: float = 0.0
    min_coverage: float | None = None
    muted: Collection[str] = ()

    @property
    def share(self) -> float:
        """The share, from 0 to 1, of what conforms that is judged again."""
        return self.verify / 100

    @property
    def are_usual(self) -> bool:
        """Whether nothing is demanded but that something be muted."""
        return self.engine == "compiled" and not self.verify and self.min_coverage is None

    def wants(self, finding: Finding) -> bool:
        """Whether a finding is to be told."""
        value = getattr(finding.value, "value", None)
        names = {finding.rule, *(f"{finding.rule}={iri}" for iri in (finding.focus, value))}
        return finding.severity is Severity.ERROR or not names & set(self.muted)
