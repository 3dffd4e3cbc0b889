"""What is counted of a snapshot for its pages, each figure once."""

import functools
from typing import Final

from markupsafe import Markup

from iisgraph import describe, relations, report
from iisgraph.read import default_content, read_text
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
        self.conformance = functools.cache(_conformance)
        self.contests = functools.cache(lambda: evidence.contests(snapshot, self.sources()))

    def prepare(self) -> None:
        """Count it all now, so that the first who asks need not wait."""
        for name in (*COVERAGE, *RESTING, "overall"):
            self.table(name)
        self.languages()
        self.classes()
        self.conformance()
        self.contests()


def _conformance() -> Markup:
    """What the suites of the W3C show of this software, whatever data it serves."""
    return prose(read_text(default_content().root / "docs/conformance.md"))


def prose(markdown: str) -> Markup:
    """Markdown as HTML; HTML within it stays text."""
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    return Markup(made)  # noqa: S704 - raw HTML is off, so all of it is escaped


def _first_year(snapshot: Snapshot, iri: str) -> int | None:
    """The year of the first membership in an organisation that is dated."""
    found = relations.in_whole(snapshot, relations.MEMBERSHIP, iri)
    return min((r.start.first.year for r in found if r.start.first), default=None)
