"""The nearest word to one that was perhaps misspelt."""

import difflib
import re
from collections.abc import Collection

_ALIKE = 0.8
_SHORTEST = 4
"""Letters of the shortest word in which one wrong letter is a slip and no other word."""


def near_term(iri: str, terms: Collection[str]) -> str | None:
    """The term most like an IRI: of another scheme or case, or a letter off; None if none is.

    An IRI that is among the terms is not misspelt.
    """
    if iri in terms:
        return None
    bare = _bare(iri)
    same = sorted(term for term in terms if _bare(term) == bare)
    if same:
        return same[0]
    namespace, name = split(iri)
    names = {split(term)[1]: term for term in sorted(terms) if split(term)[0] == namespace}
    near = nearest(name, names, _ALIKE)
    return names[near] if near else None


def nearest(word: str, words: Collection[str], alike: float) -> str | None:
    """The word that a slip of the pen makes of this one, else one that is as much `alike`."""
    slips = sorted(each for each in words if is_slip(word, each))
    if slips:
        return min(slips, key=lambda each: each.lower() != word.lower())
    near = difflib.get_close_matches(word, words, 1, alike)
    return near[0] if near else None


def is_slip(wrong: str, right: str) -> bool:
    """Whether two words differ only by what a finger does.

    By the case of letters or by hyphens; or by one letter left out, put in, mistaken, or
    exchanged with its neighbour, if it is not the first.
    """
    if wrong == right or wrong[:1].lower() != right[:1].lower():
        return False
    if _letters(wrong) == _letters(right):
        return True
    return min(len(wrong), len(right)) >= _SHORTEST and _one_edit(wrong, right)


def split(iri: str) -> tuple[str, str]:
    """An IRI as namespace and local name: parted behind its last `#` or `/`."""
    at = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:at], iri[at:]


def _bare(iri: str) -> str:
    """An IRI without what is mistaken most often: `http` for `https`, and the case of letters."""
    return iri.lower().partition(":")[2].replace("//www.", "//")


def _letters(word: str) -> str:
    return re.sub("[-_ ]", "", word).lower()


def _one_edit(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    pairs = enumerate(zip(short, long, strict=False))
    at = next((index for index, (a, b) in pairs if a != b), len(short))
    if len(long) > len(short):
        return short[at:] == long[at + 1 :]
    is_exchanged = short[at : at + 2] == long[at : at + 2][::-1]
    return short[at + 1 :] == long[at + 1 :] or (is_exchanged and short[at + 2 :] == long[at + 2 :])
