"""Which pictures there are of a thing: facts of the graph, in the reader's words, drawn."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from iisgraph import relations
from iisgraph.pictures import Fill, Picture, Row, Table, geometry, timeline, world
from iisgraph.relations import MEMBERSHIP, STEP, VOTE, Relation
from iisgraph.web.subjects import Subject, bar, fills, lanes, mark, ordered, progress, sureness

SHAPES: Final = Path(__file__).parent / "static/built/countries-110m.json"
"""Natural Earth's countries, which the build of the assets puts there."""


def memberships(subject: Subject) -> Picture:
    """When something was in which organisation, as what."""
    found = relations.of_agent(subject.snapshot, MEMBERSHIP, subject.iri)
    drawn = lanes(subject, found, lambda r: r.whole, lambda r: (bar(subject, r), None))
    rows = [subject.row(r, subject.cell(r.whole)) for r in found]
    heads = (_("Organisation"), _("Status"), _("From"), _("Until"))
    return timeline(
        _("Memberships of %(name)s", name=subject.name),
        _(
            "A line for each organisation, with a bar from entry to exit. "
            "Paler are days that are only possible: a year alone is known, or sources differ."
        ),
        lanes=drawn,
        styles=subject.legend(found),
        table=Table(heads, ordered(rows)),
    )


def steps(subject: Subject) -> Picture:
    """What each party did to an agreement, and when."""
    return _steps(
        subject,
        relations.in_whole(subject.snapshot, STEP, subject.iri),
        lambda relation: relation.agent,
        _("Steps on: %(name)s", name=subject.name),
        _("Party"),
    )


def agreements(subject: Subject) -> Picture:
    """What a state or organisation did to agreements, and when."""
    return _steps(
        subject,
        relations.of_agent(subject.snapshot, STEP, subject.iri),
        lambda relation: relation.whole,
        _("Agreements of %(name)s", name=subject.name),
        _("Agreement"),
    )


def members(subject: Subject) -> Picture:
    """Who was in an organisation on a day, on the map."""
    whole = relations.in_whole(subject.snapshot, MEMBERSHIP, subject.iri)
    held = [(r, how) for r in whole if (how := r.holds_on(subject.day))]
    rows = [subject.row(r, subject.cell(r.agent)) for r, _how in held]
    heads = (_("Member"), _("Status"), _("From"), _("Until"))
    day = subject.day.isoformat()
    return _world(
        _("Members of %(name)s on %(day)s", name=subject.name, day=day),
        ngettext("%(num)d status on that day.", "%(num)d statuses on that day.", len(held))
        + " "
        + _("Paler is who may have been in it: the dates are known roughly, or not at all."),
        subject=subject,
        fills=fills(subject, [(r, sureness(how)) for r, how in held]),
        found=[r for r, _how in held],
        table=Table(heads, ordered(rows)),
    )


def parties(subject: Subject) -> Picture:
    """How far each party went with an agreement, on the map."""
    found = relations.in_whole(subject.snapshot, STEP, subject.iri)
    furthest: dict[str, Relation] = {}
    for relation in sorted(found, key=progress):
        furthest[relation.agent] = relation
    latest = list(furthest.values())
    rows = [subject.row(r, subject.cell(r.agent)) for r in found]
    heads = (_("Party"), _("Step"), _("Date"), _("Until"))
    return _world(
        _("Parties to: %(name)s", name=subject.name),
        _("Each country by the furthest step that a source tells of."),
        subject=subject,
        fills=fills(subject, [(r, "") for r in latest]),
        found=latest,
        table=Table(heads, ordered(rows)),
    )


def votes(subject: Subject) -> Picture:
    """Who voted how on a document, on the map."""
    found = relations.in_whole(subject.snapshot, VOTE, subject.iri)
    rows = [
        Row((subject.cell(r.agent), subject.cell(r.kind)), relations.sources(subject.snapshot, r))
        for r in found
    ]
    return _world(
        _("Votes on %(name)s", name=subject.name),
        ngettext("%(num)d vote.", "%(num)d votes.", len(found)),
        subject=subject,
        fills=fills(subject, [(r, "") for r in found]),
        found=found,
        table=Table((_("State"), _("Vote")), ordered(rows)),
    )


Draw = Callable[[Subject], Picture]

DRAWN: Final[dict[str, Draw]] = {
    "memberships": memberships,
    "members": members,
    "agreements": agreements,
    "parties": parties,
    "steps": steps,
    "votes": votes,
}
"""All pictures of things by the names in their addresses."""


def _steps(
    subject: Subject,
    found: list[Relation],
    other: Callable[[Relation], str],
    title: str,
    head: str,
) -> Picture:
    drawn = lanes(subject, found, other, lambda r: (None, mark(subject, r)))
    rows = [subject.row(r, subject.cell(other(r))) for r in found]
    return timeline(
        title,
        _(
            "A line for each, with a mark on the day of each step. "
            "What has no date stands in the table alone."
        ),
        lanes=drawn,
        styles=subject.legend(found),
        table=Table((head, _("Step"), _("Date"), _("Until")), ordered(rows)),
    )


def _world(
    title: str,
    description: str,
    *,
    subject: Subject,
    fills: list[Fill],
    found: Iterable[Relation],
    table: Table,
) -> Picture:
    drawn_by = _("Borders: Natural Earth, as they are in fact; they take no side.")
    return world(
        title,
        f"{description} {drawn_by}",
        fills=fills,
        styles=subject.legend(found),
        table=table,
        shapes=geometry.read(SHAPES),
    )
