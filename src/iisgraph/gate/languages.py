"""Language tags that are not registered, or not written as BCP 47 wants them."""

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from iisgraph.engine import Literal
from iisgraph.gate.findings import Finding, Severity, named
from iisgraph.gate.slips import Slip
from iisgraph.read import File

_RULE: Final = "language-tag"


class _Oddity(NamedTuple):
    """What is wrong with a tag, how much, and the tag that says the same in the right way."""

    message: str
    severity: Severity
    right: str | None = None


def odd_tags(file: File) -> Iterator[Finding]:
    """Texts whose language tag nobody can read as it was meant, or only some can."""
    oddity_of = cache(_oddity)
    for quad in file.quads:
        if isinstance(quad.object, Literal) and quad.object.language:
            oddity = oddity_of(quad.object.language)
            if oddity:
                yield Finding(
                    severity=oddity.severity,
                    rule=_RULE,
                    message=oddity.message,
                    graph=file.graph,
                    focus=named(quad.subject),
                    path=quad.predicate.value,
                    value=quad.object,
                    expected=oddity.right,
                    slip=Slip(quad.object.language, oddity.right) if oddity.right else None,
                )


def _oddity(tag: str) -> _Oddity | None:
    import langcodes

    if not langcodes.tag_is_valid(tag):
        near = _of_territory(tag)
        hint = f"; did you mean {near}?" if near else ""
        return _Oddity(f"the language tag {tag} is not registered{hint}", Severity.WARNING)
    right = langcodes.standardize_tag(tag)
    if right.lower() != tag.lower():
        told = f"the language {tag} is written {right} in a tag (BCP 47)"
        return _Oddity(told, Severity.WARNING, right)
    return None


def _of_territory(tag: str) -> str | None:
    """The language most spoken in a territory whose code was taken for one of a language."""
    import langcodes

    if len(tag) != 2 or not langcodes.tag_is_valid(f"und-{tag}"):
        return None
    likely = langcodes.Language.make(territory=tag.upper()).maximize().language
    return likely if likely and langcodes.tag_is_valid(likely) else None
