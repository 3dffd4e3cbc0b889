"""How well a name answers what was asked, and which of several things is meant."""

import math
from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from iisgraph.search.fold import compact, words
from iisgraph.search.gather import Kind, Thing
from iisgraph.search.tables import Name
from iisgraph.vocab import IIS, PREFIXES, SKOS

_ORG: Final = PREFIXES["org"]

_KINDS: Final = {
    Kind.NAME: 9,
    Kind.CODE: 9,
    Kind.OTHER_NAME: 7,
    Kind.ADDRESS: 1,
    Kind.TITLE: 1,
    Kind.TEXT: -12,
}

_CLASSES: Final = {
    IIS + "State": 12,
    _ORG + "FormalOrganization": 10,
    _ORG + "OrganizationalCollaboration": 10,
    IIS + "ForumSeries": 10,
    IIS + "InternationalAgreement": 10,
    IIS + "Document": 9,
    IIS + "WorkingGroup": 8,
    IIS + "FormerState": 7,
    IIS + "Territory": 7,
    IIS + "ForumEdition": 6,
    IIS + "Place": 5,
    IIS + "Session": 4,
    IIS + "Source": -4,
    SKOS + "Concept": -12,
}
"""What people look for before other things."""

_OTHER_CLASS: Final = -8

_ALIKE: Final = 0.7
"""How alike a word must be to be taken for a misspelling of another."""

_SHORT: Final = 4
"""Letters up to which a word bears one mistake; a shorter one bears none."""

_SPELLINGS: Final = 8


class Match(IntEnum):
    """How a name answers, with what that weighs."""

    EXACT = 100
    BEGINS = 75
    PHRASE = 62
    WORDS = 50
    CLOSE = 30


def match(name: Name, asked: str) -> Match | None:
    """How a name answers a folded text; None if it is at best a misspelling of it."""
    if name.folded == asked or compact(name.folded) == compact(asked):
        return Match.EXACT
    if compact(name.folded).startswith(compact(asked)):
        return Match.BEGINS
    spread, wanted = f" {words(name.folded)} ", words(asked)
    if f" {wanted}" in spread:
        return Match.PHRASE
    if all(f" {token}" in spread for token in wanted.split()):
        return Match.WORDS
    return None


def spellings(word: str, vocabulary: Sequence[str]) -> dict[str, float]:
    """The words of a vocabulary that a word may be a misspelling of, with how alike they are.

    Counts letters missing, added, changed, and swapped with their neighbour; 1 is the
    same word. A short word bears one mistake.
    """
    if len(word) < _SHORT:
        return {}
    found = process.extract(
        word,
        vocabulary,
        scorer=OSA.normalized_similarity,
        score_cutoff=_ALIKE if len(word) > _SHORT else 1 - 1 / len(word),
        limit=_SPELLINGS,
    )
    return {told: alike for told, alike, _ in found}


def weight(thing: Thing) -> float:
    """How much a thing is looked for, by its class and by what points to it."""
    return _CLASSES.get(thing.of_class, _OTHER_CLASS) + 2 * math.log1p(thing.degree)


def score(name: Name, thing: Thing, how: float) -> float:
    """The place of a hit: how its name answers, what the name is, and what the thing is."""
    return how + _KINDS[Kind(name.kind)] + weight(thing)
