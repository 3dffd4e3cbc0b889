"""Shapes that judge nothing, and data that no shape judges: silence that looks like a pass."""

from collections.abc import Collection, Iterator
from typing import Final

from iisgraph.coverage import (
    OBJECTS_OF,
    PATH,
    SUBJECTS_OF,
    TARGET_CLASS,
    Shapes,
    Target,
    Usage,
    untouched,
)
from iisgraph.engine import NamedNode
from iisgraph.gate.findings import Finding, Severity, named, show
from iisgraph.gate.spelling import near_term, split
from iisgraph.gate.terms import Vocabulary
from iisgraph.vocab import OWL, SH, TYPE, shorten

UNMATCHED: Final = "unmatched-shape"
UNMATCHED_PATH: Final = "unmatched-path"
UNTOUCHED_CLASS: Final = "untouched-class"
UNTOUCHED_PROPERTY: Final = "untouched-property"
COVERAGE: Final = "coverage"

_HEADERS: Final = frozenset(
    OWL + name for name in ("Ontology", "imports", "versionIRI", "versionInfo")
)
_NOTHING: Final = {
    TARGET_CLASS: "nothing in the data is a {}",
    SUBJECTS_OF: "nothing in the data has {}",
    OBJECTS_OF: "nothing in the data is a value of {}",
}


def reach_findings(
    shapes: Shapes, usage: Usage, known: Vocabulary, percent: float | None
) -> Iterator[Finding]:
    """What shapes and data miss of one another; `known` terms are not misspelt.

    If shapes reach fewer than `percent` per cent of the terms of the data, that is an error.
    """
    yield from unmatched_shapes(shapes, usage, known)
    yield from unmatched_paths(shapes, usage, known)
    yield from untouched_terms(shapes, usage, known)
    if percent is not None:
        yield from thin_coverage(shapes, usage, percent)


def unmatched_shapes(shapes: Shapes, usage: Usage, known: Vocabulary) -> Iterator[Finding]:
    """Targets that no node of the data is; a misspelt one lets everything pass."""
    for target in shapes.targets:
        if not usage.matches(target):
            yield _unmatched(target, usage, known)


def _unmatched(target: Target, usage: Usage, known: Vocabulary) -> Finding:
    told = _NOTHING.get(target.kind, "the data does not speak of {}").format(show(target.value))
    terms = usage.classes if target.kind == TARGET_CLASS else usage.properties
    is_term = target.kind in _NOTHING and isinstance(target.value, NamedNode)
    near = _near(target.value.value, terms, known) if is_term else None
    return Finding(
        severity=Severity.WARNING,
        rule=UNMATCHED,
        message=f"this shape judges nothing by this target: {told}{_hint(near)}",
        focus=named(target.shape),
        path=TYPE if target.is_implicit else target.kind,
        value=None if target.is_implicit else target.value,
    )


def unmatched_paths(shapes: Shapes, usage: Usage, known: Vocabulary) -> Iterator[Finding]:
    """Properties in paths that the data never uses, where it uses one of almost that name."""
    unused = dict.fromkeys((s, p) for s, p in shapes.paths if p not in usage.properties)
    spoken = {iri: n for iri, n in usage.properties.items() if iri not in shapes.reach}
    for shape, iri in unused:
        near = _near(iri, spoken, known)
        if near:
            yield Finding(
                severity=Severity.WARNING,
                rule=UNMATCHED_PATH,
                message=f"nothing in the data has {shorten(iri)}{_hint(near)}",
                focus=named(shape),
                path=PATH,
                value=NamedNode(iri),
            )


def untouched_terms(shapes: Shapes, usage: Usage, known: Vocabulary) -> Iterator[Finding]:
    """Classes and properties of the data that no shape says anything of."""
    classes, properties = _untouched(shapes, usage)
    for iri in sorted(classes):
        near = _near(iri, shapes.reach, known)
        message = f"no shape judges what is a {shorten(iri)}{_hint(near)}"
        yield _note(UNTOUCHED_CLASS, message, TYPE, NamedNode(iri), near)
    for iri in sorted(properties):
        near = _near(iri, shapes.reach, known)
        message = f"no shape looks at {shorten(iri)}{_hint(near)}"
        yield _note(UNTOUCHED_PROPERTY, message, iri, None, near)


def thin_coverage(shapes: Shapes, usage: Usage, percent: float) -> Iterator[Finding]:
    """That shapes touch a smaller part of the classes and properties than asked for."""
    left = sum(len(each) for each in _untouched(shapes, usage))
    whole = len(_own(usage.classes)) + len(_own(usage.properties))
    reached = 100 * (whole - left) / whole if whole else 0.0
    if reached < percent:
        yield Finding(
            severity=Severity.ERROR,
            rule=COVERAGE,
            message=f"shapes reach {whole - left} of {whole} classes and properties "
            f"({reached:.1f} %), fewer than the {percent:g} % asked for",
        )


def _untouched(shapes: Shapes, usage: Usage) -> tuple[list[str], list[str]]:
    classes, properties = untouched(shapes, usage)
    return _own(classes), _own(properties)


def _own(terms: Collection[str]) -> list[str]:
    """Without those of SHACL, whose graphs may stand among the data, and of headers."""
    return [iri for iri in terms if not iri.startswith(SH) and iri not in _HEADERS]


def _note(rule: str, message: str, path: str, value: NamedNode | None, near: str | None) -> Finding:
    """A term that nobody looks at; one that is almost another is rather a mistake."""
    return Finding(
        severity=Severity.WARNING if near else Severity.INFO,
        rule=rule,
        message=message,
        path=path,
        value=value,
        of_property=value is None,
    )


def _near(iri: str, terms: Collection[str], known: Vocabulary) -> str | None:
    """The term that was perhaps meant, unless the one that is written exists."""
    namespace, name = split(iri)
    return None if name in known.get(namespace, ()) else near_term(iri, terms)


def _hint(near: str | None) -> str:
    return f"; did you mean {shorten(near)}?" if near else ""
