"""Which nodes are bound to time, and how: one table.

A happening, once it has come, is past for good. A condition holds from its start to
its end. A thing exists from its start to its end, and whoever tells no start of it is
taken to mean that it was always there: names are no facts. What stands in no row of
this table (sources, records, places, concepts, states) is not bound to time.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from iisgraph.vocab import DCTERMS, IIS, PREFIXES, PROV, RDF, SCHEMA, SKOS

ORG: Final = PREFIXES["org"]


class Nature(Enum):
    """How something is bound to time."""

    HAPPENING = "comes, and is past"
    CONDITION = "holds for a while"
    THING = "exists for a while"


@dataclass(frozen=True)
class Kind:
    """Classes of nodes that are bound to time in one way.

    `within` leads to what a node is part of, whose time it has if it tells none itself;
    `after` to what must be there before it; `needs` to what it makes no sense without.
    A property that begins with `^` is followed backwards.
    """

    nature: Nature
    classes: tuple[str, ...]
    within: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def anchors(self) -> tuple[str, ...]:
        """All that such a node does not stay without."""
        return (*self.within, *self.after, *self.needs)


BEGINS: Final = (
    (SCHEMA + "startDate", SCHEMA + "foundingDate"),
    (IIS + "adopted",),
    (IIS + "signed",),
    (DCTERMS + "issued",),
    (DCTERMS + "date",),
)
"""Properties that tell when something began to be; those in one row say the same."""

ENDS: Final = SCHEMA + "endDate"

STEPS: Final = (IIS + "inForceSince",)
"""Properties with the day of something that happens later on."""

STATUS: Final = IIS + "agreementStatus"
"""A property without a day that tells how things stand after the last step that is known."""

FORMER: Final = IIS + "FormerState"
STATE: Final = IIS + "State"
OF_FORMER: Final = frozenset({IIS + "successor"})
"""Properties that a state has only when it has ended."""

NAMES: Final = frozenset(
    {SKOS + "prefLabel", SKOS + "altLabel", IIS + "abbreviation", IIS + "officialName"}
)
"""What stays of a thing that has ended, for the past speaks of it."""

EXEMPT: Final = frozenset({IIS + "Source"})
"""Classes whose dates are no facts of the world, but of what is known of it."""

KINDS: Final = (
    Kind(Nature.HAPPENING, (IIS + "Document", IIS + "InternationalAgreement")),
    Kind(Nature.HAPPENING, (IIS + "ForumEdition",), after=(SCHEMA + "superEvent",)),
    Kind(Nature.HAPPENING, (IIS + "Session",), within=(SCHEMA + "superEvent",)),
    Kind(
        Nature.HAPPENING,
        (IIS + "Participation", IIS + "Presentation"),
        within=(IIS + "inEvent",),
        needs=(PROV + "agent",),
    ),
    Kind(Nature.HAPPENING, (IIS + "Count",), within=("^" + IIS + "hasCount",)),
    Kind(Nature.HAPPENING, (IIS + "Denial",), within=(RDF + "subject",)),
    Kind(
        Nature.HAPPENING,
        (IIS + "StateVote", IIS + "DocumentRole"),
        within=(IIS + "ofDocument",),
        needs=(IIS + "voter", PROV + "agent"),
    ),
    Kind(
        Nature.HAPPENING,
        (IIS + "AgreementAction",),
        after=(IIS + "ofAgreement",),
        needs=(IIS + "party",),
    ),
    Kind(Nature.HAPPENING, (IIS + "Circulation",), after=(IIS + "circulates",)),
    Kind(Nature.HAPPENING, (IIS + "Assessment",), after=(IIS + "assessed",)),
    Kind(Nature.CONDITION, (ORG + "Membership",), after=(ORG + "organization", ORG + "member")),
    Kind(
        Nature.CONDITION,
        (IIS + "Seat",),
        within=(ORG + "organization",),
        needs=(ORG + "member",),
    ),
    Kind(
        Nature.THING,
        (
            ORG + "FormalOrganization",
            ORG + "OrganizationalCollaboration",
            IIS + "ForumSeries",
            IIS + "WorkingGroup",
            FORMER,
        ),
    ),
    Kind(Nature.THING, (IIS + "EditorialNote",), needs=(IIS + "noteOn",)),
)

TIMELESS: Final = frozenset(
    {
        IIS + "Contest",
        IIS + "Jurisdiction",
        IIS + "Place",
        IIS + "Record",
        IIS + "Source",
        STATE,
        IIS + "Territory",
    }
)
"""The other classes of ours; a test holds both together against the ontology."""
