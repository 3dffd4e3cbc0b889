"""A made-up world of any size, the same for the same size, to measure on.

States, organisations, memberships, forums, sessions, participations, agreements,
signatures, documents, resolutions and votes; names in English, Russian and French.
Nothing in it is a fact.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

NAMESPACE: Final = "https://bench.invalid/"
TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
STATES: Final = 193
TOPICS: Final = 12
REGIONS: Final = 6
SYLLABLES: Final = (
    "ba",
    "re",
    "ko",
    "li",
    "mu",
    "na",
    "so",
    "ti",
    "ve",
    "za",
    "dor",
    "fen",
    "gal",
    "hem",
    "jor",
)
CYRILLIC: Final = (
    "ба",
    "ре",
    "ко",
    "ли",
    "му",
    "на",
    "со",
    "ти",
    "ве",
    "за",
    "дор",
    "фен",
    "гал",
    "хем",
    "ёр",
)

Line = tuple[str, str, str]


class World:
    """The statements of a world of about so many statements, as N-Triples terms."""

    def __init__(self, statements: int) -> None:
        self.size = statements / 100_000
        self.random = random.Random(20_261_123)

    def lines(self) -> Iterator[str]:
        """Each statement once, as a line of N-Triples."""
        seen: set[Line] = set()
        parts = (
            self._states,
            self._organisations,
            self._memberships,
            self._forums,
            self._agreements,
            self._documents,
            self._votes,
        )
        for part in parts:
            for line in part():
                if line not in seen:
                    seen.add(line)
                    yield "{} {} {} .\n".format(*line)

    def write(self, path: Path) -> int:
        """Write the world to a file; how many statements it has."""
        count = 0
        with path.open("w", encoding="utf-8") as file:
            for line in self.lines():
                file.write(line)
                count += 1
        return count

    def many(self, of_100k: int) -> int:
        """How many things of a kind there are, from how many there are at 100,000."""
        return max(2, round(of_100k * self.size))

    def _states(self) -> Iterator[Line]:
        for number in range(STATES):
            state = node("state", number)
            yield state, term("a"), term("State")
            yield state, term("code"), f'"S{number:03d}"'
            yield state, term("region"), node("region", number % REGIONS)
            yield from self._names(state, number)
        for number in range(TOPICS):
            yield node("topic", number), term("a"), term("Topic")
            yield from self._names(node("topic", number), number)

    def _organisations(self) -> Iterator[Line]:
        total = self.many(300)
        for number in range(total):
            organisation = node("organisation", number)
            yield organisation, term("a"), term("Organisation")
            yield organisation, term("founded"), self._day(1945, 60)
            yield organisation, term("topic"), self._topic()
            yield from self._names(organisation, number)
            if number:
                yield organisation, term("partOf"), node("organisation", (number - 1) // 5)
            if number % 10 and number % 10 < 5:
                yield node("organisation", number - 1), term("successor"), organisation

    def _memberships(self) -> Iterator[Line]:
        for number in range(self.many(3600)):
            membership = node("membership", number)
            yield membership, term("a"), term("Membership")
            yield membership, term("member"), self._any("state", STATES)
            yield membership, term("organisation"), self._any("organisation", self.many(300))
            yield membership, term("from"), self._day(1950, 50)
            if self.random.random() < 0.4:
                yield membership, term("until"), self._day(2000, 25)

    def _forums(self) -> Iterator[Line]:
        sessions = self.many(200)
        for number in range(self.many(20)):
            yield node("forum", number), term("a"), term("Forum")
            yield from self._names(node("forum", number), number)
        for number in range(sessions):
            session = node("session", number)
            yield session, term("a"), term("Session")
            yield session, term("forum"), node("forum", number // 10)
            yield session, term("held"), self._day(2000, 25)
            yield session, term("topic"), self._topic()
        for number in range(sessions * 15):
            participation = node("participation", number)
            yield participation, term("a"), term("Participation")
            yield participation, term("session"), node("session", number // 15)
            yield participation, term("participant"), self._any("state", STATES)
            yield participation, term("role"), self._any("role", 4)

    def _agreements(self) -> Iterator[Line]:
        agreements = self.many(100)
        for number in range(agreements):
            agreement = node("agreement", number)
            yield agreement, term("a"), term("Agreement")
            yield agreement, term("topic"), self._topic()
            yield agreement, term("signed"), self._day(1990, 35)
            yield agreement, term("depositary"), node("organisation", number % self.many(300))
            yield from self._names(agreement, number)
        for number in range(agreements * 15):
            signature = node("signature", number)
            yield signature, term("a"), term("Signature")
            yield signature, term("agreement"), node("agreement", number // 15)
            yield signature, term("party"), self._any("state", STATES)
            yield signature, term("on"), self._day(1990, 35)

    def _documents(self) -> Iterator[Line]:
        documents = self.many(4000)
        for number in range(documents):
            document = node("document", number)
            yield document, term("a"), term("Document")
            yield document, term("title"), self._name(SYLLABLES, number, 6, "en")
            yield document, term("issued"), self._day(1990, 35)
            yield document, term("topic"), self._topic()
            for _ in range(self.random.randrange(4)):
                yield document, term("cites"), self._any("document", documents)

    def _votes(self) -> Iterator[Line]:
        choices = ("yes", "yes", "yes", "yes", "yes", "abstain", "no")
        for number in range(self.many(30)):
            resolution = node("resolution", number)
            yield resolution, term("a"), term("Resolution")
            yield resolution, term("adopted"), self._day(1998, 27)
            yield resolution, term("topic"), self._topic()
            for state in range(STATES):
                vote = node("vote", number * STATES + state)
                yield vote, term("a"), term("Vote")
                yield vote, term("resolution"), resolution
                yield vote, term("state"), node("state", state)
                yield vote, term("choice"), node("choice", self.random.choice(choices))

    def _names(self, thing: str, number: int) -> Iterator[Line]:
        yield thing, term("label"), self._name(SYLLABLES, number, 3, "en")
        yield thing, term("label"), self._name(CYRILLIC, number, 3, "ru")
        yield thing, term("label"), self._name(SYLLABLES, number, 3, "fr")

    def _name(self, syllables: Sequence[str], number: int, words: int, language: str) -> str:
        text = " ".join("".join(self.random.choices(syllables, k=2)) for _ in range(words))
        return f'"{text.title()} {number}"@{language}'

    def _topic(self) -> str:
        return self._any("topic", TOPICS)

    def _any(self, kind: str, total: int) -> str:
        return node(kind, self.random.randrange(total))

    def _day(self, first: int, years: int) -> str:
        day = date(first, 1, 1) + timedelta(days=self.random.randrange(years * 365))
        return f'"{day.isoformat()}"^^<{XSD}date>'


def node(kind: str, number: int | str) -> str:
    """The IRI of a thing."""
    return f"<{NAMESPACE}{kind}/{number}>"


def term(name: str) -> str:
    """The IRI of a class or property; `a` as in Turtle."""
    return f"<{TYPE}>" if name == "a" else f"<{NAMESPACE}{name}>"
