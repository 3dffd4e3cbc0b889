"""Terms of a query that the graph does not have, and the nearest that it has."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from iisgraph.diagnose.notes import Note, note_at
from iisgraph.engine import Literal, NamedNode, Oxigraph
from iisgraph.patterns import Query
from iisgraph.sparql import Token, prefixes_of, tokens_of
from iisgraph.vocab import IIS, PREFIXES, SKOS, XSD, shorten

_NAMES: Final = (SKOS + "prefLabel", SKOS + "altLabel", IIS + "abbreviation")
_LANGUAGES: Final = ("en", "ru", "zh", "fr", "es", "ar")
_MOST: Final = 200_000
"""Names that are looked through for the nearest."""


def prefix_notes(sparql: str) -> list[Note]:
    """Prefixes that nobody declares, and namespaces that are spelled otherwise here."""
    tokens = list(tokens_of(sparql))
    known = prefixes_of(tokens)
    found: dict[str, Note] = {}
    for token in tokens:
        prefix = _prefix(token)
        if token.kind == "name" and prefix not in known and prefix != "_" and prefix not in found:
            near = difflib.get_close_matches(prefix, known, 1, 0.5)
            hint = f"; did you mean {near[0]}:?" if near else ""
            message = f"the prefix {prefix}: is not declared{hint}"
            found[prefix] = note_at(sparql, token.start, "unknown-prefix", message)
    return [*found.values(), *_misspelled_namespaces(sparql, tokens)]


def _misspelled_namespaces(sparql: str, tokens: Sequence[Token]) -> Iterator[Note]:
    for iri, start in _declared_otherwise(tokens).items():
        message = f"<{iri}>: this graph writes <{_other_scheme(iri)}>"
        yield note_at(sparql, start, "other-namespace", message)


def _declared_otherwise(tokens: Sequence[Token]) -> dict[str, int]:
    """Namespaces of ours that a query declares with the other of http and https."""
    found = {}
    for word, _, iri in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if word.text.upper() == "PREFIX" and _other_scheme(iri.text[1:-1]) in PREFIXES.values():
            found[iri.text[1:-1]] = iri.start
    return found


def _other_scheme(iri: str) -> str:
    """The same address under the other of http and https."""
    scheme, colon, rest = iri.partition(":")
    return {"http": "https", "https": "http"}.get(scheme, scheme) + colon + rest


class Terms:
    """The terms of one graph."""

    def __init__(self, engine: Oxigraph) -> None:
        self._engine = engine

    def notes(self, query: Query) -> list[Note]:
        """The IRIs of a query that the graph has nowhere, each once."""
        tokens = list(tokens_of(query.text))
        prefixes = prefixes_of(tokens)
        told = {_namespace(iri) for iri in _declared_otherwise(tokens)}
        known = [t for t in _mentioned(tokens) if t.kind == "iri" or _prefix(t) in prefixes]
        found: dict[str, Note] = {}
        for token, iri in zip(known, self._resolve(query.prologue, known), strict=True):
            if iri not in found and _namespace(iri) not in {XSD, *told} and not self.has(iri):
                message = f"{token.text} is not in this graph{self.hint(iri)}"
                found[iri] = note_at(query.text, token.start, "unknown-term", message)
        return list(found.values())

    def _resolve(self, prologue: str, tokens: Sequence[Token]) -> list[str]:
        """The IRIs that tokens stand for, as the engine reads them."""
        columns = " ".join(f"({t.text} AS ?t{i})" for i, t in enumerate(tokens))
        sparql = f"{prologue}\nSELECT {columns or '(1 AS ?none)'} {{}}"
        row = next(self._engine.query(sparql).rows())
        return [row[f"t{index}"].value for index in range(len(tokens))]

    def has(self, iri: str) -> bool:
        """Whether an IRI is the subject, predicate, object or graph of a statement."""
        try:
            node = NamedNode(iri)
        except ValueError:
            return False
        quads = self._engine.quads
        found = (quads(node), quads(None, node), quads(None, None, node), quads(graph=node))
        return any(next(each, None) for each in found)

    def hint(self, iri: str) -> str:
        """The nearest terms that the graph has, as the end of a sentence."""
        found = self.nearest(iri)
        return f"; did you mean {shorten(found)}?" if found else ""

    def nearest(self, iri: str) -> str | None:
        """The nearest IRI: in the other scheme, by spelling, by local name, or by its name."""
        other = _other_scheme(iri)
        if other != iri and self.has(other):
            return other
        return self._by_spelling(iri) or self._by_local_name(iri) or self._by_name(iri)

    def _by_spelling(self, iri: str) -> str | None:
        namespace = _namespace(iri)
        names = self._by_namespace.get(namespace, {})
        local = iri[len(namespace) :].lower()
        near = [local] if local in names else difflib.get_close_matches(local, names, 1, 0.7)
        return names[near[0]] if near else None

    def _by_local_name(self, iri: str) -> str | None:
        local = iri[len(_namespace(iri)) :]
        alike = (names.get(local.lower(), "") for names in self._by_namespace.values())
        found = [each for each in alike if local and each.endswith(local)]
        return min(found, key=lambda each: (not each.startswith(IIS), each), default=None)

    def _by_name(self, iri: str) -> str | None:
        """Who is called as the last part of the address: `Kazakhstan` leads to `state/KAZ`."""
        namespace = _namespace(iri)
        words = iri[len(namespace) :].replace("_", " ").replace("-", " ")
        names = dict.fromkeys((words, words.title(), words.upper()))
        literals = [Literal(name, language=tag) for name in names for tag in _LANGUAGES]
        found = {
            quad.subject.value
            for predicate in _NAMES
            for literal in literals
            for quad in self._engine.quads(None, NamedNode(predicate), literal)
            if isinstance(quad.subject, NamedNode)
        }
        return min(found, key=lambda each: (_namespace(each) != namespace, each), default=None)

    @cached_property
    def _by_namespace(self) -> Mapping[str, Mapping[str, str]]:
        """All IRIs by namespace and local name in lower case."""
        found: dict[str, dict[str, str]] = {}
        for term in ("?t ?p ?o", "?s ?t ?o", "?s a ?t"):
            sparql = f"SELECT DISTINCT ?t {{ {term} FILTER(ISIRI(?t)) }} LIMIT {_MOST}"
            for row in self._engine.query(sparql).rows():
                iri = row["t"].value
                namespace = _namespace(iri)
                found.setdefault(namespace, {})[iri[len(namespace) :].lower()] = iri
        return found


def _namespace(iri: str) -> str:
    """An IRI up to the last `#` or `/`."""
    return iri[: max(iri.rfind("#"), iri.rfind("/"), iri.rfind(":")) + 1]


def _prefix(token: Token) -> str:
    return token.text.partition(":")[0]


def _mentioned(tokens: Sequence[Token]) -> Iterator[Token]:
    """The IRIs that a query looks for: not those of its prologue, functions and datatypes."""
    for index, token in enumerate(tokens):
        before = tokens[index - 1].text.upper() if index else ""
        two_before = tokens[index - 2].text.upper() if index > 1 else ""
        after = tokens[index + 1].text if index + 1 < len(tokens) else ""
        is_term = token.kind == "iri" or (token.kind == "name" and not token.text.startswith("_:"))
        declared = before in ("PREFIX", "BASE") or two_before == "PREFIX"
        if is_term and not declared and before != "^^" and after != "(":
            yield token
