"""The nearest word to one that was perhaps misspelt."""

import difflib
from collections.abc import Collection

_ALIKE = 0.8


def near_term(iri: str, terms: Collection[str]) -> str | None:
    """The term most like an IRI: of another scheme or mark, or a letter off; None if none is.

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
    near = difflib.get_close_matches(name, names, 1, _ALIKE)
    return names[near[0]] if near else None


def split(iri: str) -> tuple[str, str]:
    """An IRI as namespace and local name: parted behind its last `#` or `/`."""
    at = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:at], iri[at:]


def _bare(iri: str) -> str:
    """An IRI without what is mistaken most often: `http` for `https`, and the case of letters."""
    return iri.lower().partition(":")[2].replace("//www.", "//")
