"""Terms exist, and literals keep their form: what SHACL cannot notice.

A misspelt property matches no shape and so fails none.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from iisgraph import engine, sparql
from iisgraph.engine import Literal, NamedNode, Quad, Term
from iisgraph.errors import QueryError
from iisgraph.gate.findings import Finding, Severity, named, show
from iisgraph.gate.slips import Slip
from iisgraph.gate.spelling import is_slip, nearest, split
from iisgraph.read import Content, File, read_text
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, IIS, OWL, RDF, RDFS, SH, TYPE, XSD, shorten

Vocabulary = Mapping[str, frozenset[str]]

_ALIKE: Final = 0.6
_TERMS: Final = frozenset(
    {RDFS + "Class", RDFS + "Datatype", RDF + "Property", OWL + "Class", OWL + "ObjectProperty"}
    | {OWL + "DatatypeProperty", OWL + "AnnotationProperty"}
)
_TERM_VALUED: Final = frozenset(
    SH + name
    for name in ("path", "class", "datatype", "targetClass", "targetSubjectsOf", "targetObjectsOf")
) | {TYPE, RDFS + "subClassOf", RDFS + "subPropertyOf", RDFS + "domain", RDFS + "range"}
_BARE: Final = {
    XSD + "boolean": re.compile("true|false"),
    XSD + "integer": re.compile(r"[+-]?\d+"),
    XSD + "decimal": re.compile(r"[+-]?\d*\.\d+"),
    XSD + "double": re.compile(r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+"),
}
"""The forms in which Turtle takes a literal for one of its datatype without quotes."""


def vocabulary(content: Content, files: Iterable[File]) -> Vocabulary:
    """The known local names by namespace: the pinned lists, and our own that files state.

    Raises:
        SourceError: if a list cannot be read.
    """
    return {**pinned(content), IIS: frozenset(name for file in files for name in own_terms(file))}


def own_terms(file: File) -> Iterator[str]:
    """The local names of the terms of our ontology that a file states."""
    for quad in file.quads:
        for node in _stated(quad):
            if node.value.startswith(IIS):
                yield node.value.removeprefix(IIS)


def pinned(content: Content) -> Vocabulary:
    """The local names of reused vocabularies by namespace, from the lists of a content.

    Raises:
        SourceError: if a list cannot be read.
    """
    return dict(_pinned(path) for path in sorted((content.root / "ontology/vendor").glob("*.txt")))


def _pinned(path: Path) -> tuple[str, frozenset[str]]:
    namespace, *names = read_text(path).split()
    return namespace, frozenset(names)


def _stated(quad: Quad) -> Iterator[NamedNode]:
    """The terms that a quad brings into being: its subject, and an ontology's version."""
    if isinstance(quad.subject, NamedNode):
        yield quad.subject
    if quad.predicate.value == OWL + "versionIRI" and isinstance(quad.object, NamedNode):
        yield quad.object


def unknown_terms(file: File, known: Vocabulary) -> Iterator[Finding]:
    """Terms of a known vocabulary that it does not have, and properties of unknown ones."""
    problem_of = cache(lambda iri, as_property: _problem(iri, known, is_property=as_property))
    for quad in file.quads:
        for term, is_property in _used(quad):
            problem = problem_of(term, is_property)
            if problem:
                yield _unknown(file, quad, problem, of_property=is_property)


def described(files: Iterable[File]) -> Vocabulary:
    """The local names that files describe, in the namespaces in which they declare terms."""
    declared: set[str] = set()
    names: dict[str, set[str]] = defaultdict(set)
    for quad in (quad for file in files for quad in file.quads):
        if isinstance(quad.subject, NamedNode):
            namespace, name = split(quad.subject.value)
            names[namespace].add(name)
            if quad.predicate.value == TYPE and getattr(quad.object, "value", "") in _TERMS:
                declared.add(namespace)
    return {namespace: frozenset(names[namespace]) for namespace in declared}


def misspelt_terms(file: File, reused: Vocabulary, known: Vocabulary) -> Iterator[Finding]:
    """Terms of a file of any repository that their vocabulary does not have.

    A word that SHACL does not have is an error: the shape would be judged without it. Of
    other vocabularies our list may be the older one. `known` has besides the `reused`
    namespaces those of the repository, where things may live too: there an IRI counts as
    a term only where it is used as one, as property, class, datatype or path.
    """
    lists = {False: reused, True: known}
    problem_of = cache(lambda iri, is_term: _problem(iri, lists[is_term], is_property=False))
    for quad in file.quads:
        for term, is_property in _used(quad):
            is_value = quad.predicate.value in _TERM_VALUED and term == named(quad.object)
            problem = problem_of(term, is_property or is_value)
            if problem:
                severity = Severity.ERROR if term.startswith(SH) else Severity.WARNING
                found = _unknown(file, quad, problem, of_property=is_property)
                yield replace(found, severity=severity)


def _used(quad: Quad) -> Iterator[tuple[str, bool]]:
    yield quad.predicate.value, True
    for term in (quad.subject, quad.object):
        if isinstance(term, NamedNode):
            yield term.value, False
        elif isinstance(term, Literal):
            yield term.datatype.value, False


class _Problem(NamedTuple):
    """What is wrong with a term, and if it was surely a slip, which one is."""

    message: str
    slip: Slip | None = None


def _problem(iri: str, known: Vocabulary, *, is_property: bool) -> _Problem | None:
    namespace = max((ns for ns in known if iri.startswith(ns)), key=len, default=None)
    if namespace is None:
        return _unknown_namespace(iri, known) if is_property else None
    name = iri.removeprefix(namespace)
    if not name or name in known[namespace] or (namespace == RDF and name.startswith("_")):
        return None
    near = nearest(name, known[namespace], _ALIKE)
    hint = f"; did you mean {shorten(namespace + near)}?" if near else ""
    slip = Slip(iri, namespace + near) if near and is_slip(name, near) else None
    return _Problem(f"the term {shorten(iri)} does not exist{hint}", slip)


def _unknown_namespace(iri: str, known: Vocabulary) -> _Problem:
    if iri.startswith(BASE):
        told = f"{shorten(iri)} is no property; the terms of this ontology begin with iis:"
        return _Problem(told)
    near = difflib.get_close_matches(iri, known, 1, 0.7)
    hint = f"; did you mean the namespace {near[0]}?" if near else ""
    return _Problem(f"the property <{iri}> is of a vocabulary that is not pinned{hint}")


def _unknown(file: File, quad: Quad, problem: _Problem, *, of_property: bool) -> Finding:
    found = _finding(file, quad, "unknown-term", problem.message, of_property=of_property)
    return replace(found, slip=problem.slip)


def unknown_in_query(path: Path, known: Vocabulary, snapshot: Snapshot) -> Iterator[Finding]:
    """Terms in a SPARQL file that do not exist, and addresses that lead nowhere."""
    text = read_text(path)
    try:
        tokens = list(sparql.tokens_of(text))
    except QueryError as error:
        yield _in_query(path, str(error), (error.line or 1, error.column or 1))
        return
    prefixes = sparql.prefixes_of(tokens)
    for token in tokens:
        iri = sparql.resolve(token, prefixes)
        problem = _problem(iri, known, is_property=False)
        message = problem.message if problem else _nowhere(iri, snapshot)
        if token.kind in {"iri", "name"} and message:
            yield _in_query(path, message, sparql.position(text, token.start))


def _nowhere(iri: str, snapshot: Snapshot) -> str | None:
    is_ours = iri.startswith(BASE) and not iri.startswith(IIS) and iri != BASE
    return f"{shorten(iri)} is not in this graph" if is_ours and not snapshot.knows(iri) else None


def _in_query(path: Path, message: str, place: tuple[int, int]) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        rule="unknown-term",
        message=message,
        file=path,
        line=place[0],
        column=place[1],
    )


def rewritten_literals(file: File) -> Iterator[Finding]:
    """Literals that the store would keep in another form."""
    where: dict[Literal, list[Quad]] = defaultdict(list)
    for quad in file.quads:
        if isinstance(quad.object, Literal) and _may_change(quad.object):
            where[quad.object].append(quad)
    for literal, kept in engine.stored(where).items():
        for quad in where[literal] if literal != kept else ():
            message = f"{show(literal)} would be kept as {show(kept)}; write it so"
            finding = _finding(file, quad, "canonical-literal", message)
            bare = _written(kept, file)
            yield replace(finding, expected=show(kept), fix="Write it so.", replacement=bare)


def _written(literal: Literal, file: File) -> str:
    """A literal as it can stand in a file: a number or boolean bare, where the syntax has it."""
    bare = _BARE.get(literal.datatype.value) if file.path.suffix in {".ttl", ".trig"} else None
    return literal.value if bare and bare.fullmatch(literal.value) else str(literal)


def _may_change(literal: Literal) -> bool:
    return not literal.language and literal.datatype.value != XSD + "string"


def _finding(
    file: File, quad: Quad, rule: str, message: str, *, of_property: bool = False
) -> Finding:
    value: Term | None = quad.object if not isinstance(quad.object, engine.Triple) else None
    return Finding(
        severity=Severity.ERROR,
        rule=rule,
        message=message,
        graph=file.graph,
        focus=named(quad.subject),
        path=quad.predicate.value,
        value=value,
        of_property=of_property,
    )
