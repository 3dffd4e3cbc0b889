"""What is counted of a snapshot for its pages, each figure once."""

import functools
from typing import Final

from iisgraph import describe, relations, report
from iisgraph.report import evidence
from iisgraph.snapshot import Snapshot

COVERAGE: Final = (
    "classes",
    "years",
    "blanks",
    "undated_memberships",
    "undated_actions",
    "unplaced_editions",
    "seats",
)
RESTING: Final = ("kinds", "best", "licences")


class Figures:
    """What is counted of a snapshot, each when it is first asked for and then kept."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.table = functools.cache(lambda name: report.rows_of(snapshot, name))
        self.languages = functools.cache(lambda: report.languages(snapshot))
        self.sources = functools.cache(lambda: evidence.sources(snapshot))
        self.classes = functools.cache(lambda: describe.classes_of(snapshot))
        self.first_year = functools.cache(lambda iri: _first_year(snapshot, iri))
        self.contests = functools.cache(lambda: evidence.contests(snapshot, self.sources()))

    def prepare(self) -> None:
        """Count it all now, so that the first who asks need not wait."""
        for name in (*COVERAGE, *RESTING, "overall"):
            self.table(name)
        self.languages()
        self.classes()
        self.contests()


def _first_year(snapshot: Snapshot, iri: str) -> int | None:
    """The year of the first membership in an organisation that is dated."""
    found = relations.in_whole(snapshot, relations.MEMBERSHIP, iri)
    return min((r.start.first.year for r in found if r.start.first), default=None)
