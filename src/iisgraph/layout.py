"""The one layout of Turtle: equal graphs are equal bytes, small edits are small diffs.

Subjects in order of IRI (an ontology's header first), `a` first, predicates and
values sorted, one value a line, only the prefixes in use. Blank nodes are nested
where they are used once. Knows nothing of folders: `read` opens files.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from iisgraph import engine
from iisgraph.engine import BlankNode, Literal, NamedNode, Parsed, Quad, Term, Triple
from iisgraph.errors import LayoutError, SourceError
from iisgraph.read import File, read_text
from iisgraph.vocab import BASE, FIRST, NIL, OWL, PREFIXES, REST, TYPE, XSD

_INDENT: Final = "    "
_LIST_WIDTH: Final = 80
_KEY_DEPTH: Final = 8  # levels of blank nodes that decide an order; each may double the work
_LOCAL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]*")
_SHORTHAND: Final = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
}
_HEAD: Final = re.compile(r"(?:#[^\n]*(?:\n|\Z))+")
_RELATIVE: Final = re.compile(r"(?:[\w\-][^:/?#]*(?:[/?#].*)?)?")
_LEXEME: Final = re.compile(
    r"""(?P<comment>\#[^\n]*) | \\. | <[^<>\n]*>
    | \"{3}(?:[^"\\]|\\.|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3}
    | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' """,
    re.VERBOSE | re.DOTALL,
)

Properties = Mapping[str, Sequence[Term]]


def layout(file: File) -> str:
    """The text of a Turtle file in the one layout.

    A comment at the head of the file is kept.

    Raises:
        SourceError: if the file cannot be read or parsed.
        LayoutError: if it has a comment elsewhere, which would be lost, or if the
            new text would not mean the same.
    """
    parsed = file.parsed
    try:
        text = file.content.decode()
    except UnicodeDecodeError as error:
        raise SourceError(f"is not UTF-8 at byte {error.start}", file.path) from None
    head = _head(text)
    _refuse_lost_comments(file, text, len(head))
    try:
        result = head + write(parsed)
    except RecursionError:
        raise LayoutError(f"{file.path}: blank nodes are nested too deeply") from None
    again = engine.parse(result.encode(), "text/turtle", file.graph, file.base)
    if engine.canonical_quads(again.quads) != engine.canonical_quads(parsed.quads):
        raise LayoutError(f"{file.path}: the layout would change what this file says")
    return result


def rewrite(file: File | None, quads: Sequence[Quad]) -> str:
    """The text of a file that says these quads instead; a new file where there is none.

    Raises:
        SourceError: if the file cannot be read or parsed.
        LayoutError: if it has a comment below its head, which would be lost.
    """
    if file is None:
        return write(Parsed(quads))
    text = read_text(file.path)
    head = _head(text)
    _refuse_lost_comments(file, text, len(head))
    return head + write(Parsed(quads, file.parsed.prefixes, file.parsed.base))


def write(parsed: Parsed) -> str:
    """Turtle of the parsed triples; blank nodes that no tree can hold are labelled."""
    return _Writer(parsed).text()


def serialize(quads: Iterable[Quad], media_type: str) -> bytes:
    """Triples in `media_type`; Turtle in the one layout, the rest by the engine."""
    once = dict.fromkeys(Triple(s, p, o) for s, p, o in engine.triples(quads))
    if media_type != "text/turtle":
        return engine.serialize(once, media_type)
    return write(Parsed([Quad(t.subject, t.predicate, t.object) for t in once])).encode()


def _head(text: str) -> str:
    lines = _HEAD.match(text)
    return f"{lines[0]}\n" if lines else ""


def _refuse_lost_comments(file: File, text: str, start: int) -> None:
    for match in _LEXEME.finditer(text, min(start, len(text))):
        if match["comment"]:
            line = text.count("\n", 0, match.start()) + 1
            advice = "put it into skos:editorialNote or rdfs:comment, or at the head of the file"
            message = f"the layout would lose the comment {match['comment'].strip()!r}; {advice}"
            raise LayoutError(f"{file.path}:{line}: {message}")


class _Writer:
    """One document: which nodes are nested, and which prefixes come into use."""

    def __init__(self, parsed: Parsed) -> None:
        self._base = parsed.base if parsed.base and parsed.base.endswith("/") else BASE
        self._namespaces = dict(PREFIXES) | dict(parsed.prefixes)
        self._prefixes = {ns: prefix for prefix, ns in self._namespaces.items()}
        self._used: set[str] = set()
        self._based = False
        self._properties = _by_subject(parsed.quads)
        self._uses = _uses(parsed.quads)
        self._labels: dict[str, str] = {}

    def text(self) -> str:
        roots = sorted((s for s in self._properties if not self._nested(s)), key=self._rank)
        blocks = [self._block(subject) for subject in roots]
        return "\n".join(["".join(self._declarations()), *blocks]).lstrip("\n")

    def _declarations(self) -> Iterator[str]:
        if self._based:
            yield f"@base <{self._base}> .\n"
        for prefix in sorted(self._used):
            yield f"@prefix {prefix}: <{self._namespaces[prefix]}> .\n"

    def _rank(self, subject: Term) -> tuple[bool, bool, str]:
        is_header = NamedNode(OWL + "Ontology") in self._properties[subject].get(TYPE, ())
        return isinstance(subject, BlankNode), not is_header, self._key(subject)

    def _nested(self, node: Term) -> bool:
        """Whether a blank node is used exactly once, and not as part of a circle."""
        climbed: set[Term] = set()
        while isinstance(node, BlankNode):
            users = self._uses.get(node, ())
            if len(users) != 1:
                break
            if node in climbed:
                return False
            climbed.add(node)
            node = users[0]
        return bool(climbed)

    def _block(self, subject: Term) -> str:
        is_anonymous = isinstance(subject, BlankNode) and not self._uses.get(subject)
        name = "[]" if is_anonymous else self._term(subject, 0)
        return f"{name} {self._body(self._properties[subject], 1)} .\n"

    def _body(self, properties: Properties, depth: int) -> str:
        ordered = sorted(properties, key=lambda p: "" if p == TYPE else self._iri(p))
        parts = [self._values(p, properties[p], depth) for p in ordered]
        return f" ;\n{_INDENT * depth}".join(parts)

    def _values(self, predicate: str, values: Sequence[Term], depth: int) -> str:
        name = "a" if predicate == TYPE else self._iri(predicate)
        if len(values) == 1:
            return f"{name} {self._term(values[0], depth)}"
        pad = f"\n{_INDENT * (depth + 1)}"
        texts = [self._term(value, depth + 1) for value in sorted(values, key=self._key)]
        return f"{name}{pad}" + f" ,{pad}".join(texts)

    def _term(self, term: Term, depth: int) -> str:
        if isinstance(term, NamedNode):
            return self._iri(term.value)
        if isinstance(term, Literal):
            return self._literal(term)
        if self._nested(term):
            items = self._list(term)
            return self._brackets(term, depth) if items is None else self._collection(items, depth)
        return self._labels.setdefault(term.value, f"_:b{len(self._labels) + 1}")

    def _brackets(self, node: BlankNode, depth: int) -> str:
        properties = self._properties.get(node)
        if not properties:
            return "[]"
        pad = _INDENT * (depth + 1)
        return f"[\n{pad}{self._body(properties, depth + 1)}\n{_INDENT * depth}]"

    def _collection(self, items: Sequence[Term], depth: int) -> str:
        texts = [self._term(item, depth + 1) for item in items]
        if sum(len(text) + 1 for text in texts) < _LIST_WIDTH:
            return " ".join(["(", *texts, ")"])
        pad = f"\n{_INDENT * (depth + 1)}"
        return f"({pad}{pad.join(texts)}\n{_INDENT * depth})"

    def _list(self, node: Term) -> list[Term] | None:
        """The members of a well-formed list whose cells nothing else uses, or None."""
        items = []
        while not (isinstance(node, NamedNode) and node.value == NIL):
            cell = self._properties.get(node, {})
            well_formed = cell.keys() == {FIRST, REST} and all(len(v) == 1 for v in cell.values())
            if not well_formed or not self._nested(node):
                return None
            items.append(cell[FIRST][0])
            node = cell[REST][0]
        return items

    def _iri(self, iri: str) -> str:
        if iri == NIL:
            return "()"
        fits = [
            namespace
            for namespace in self._prefixes
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :])
        ]
        if fits:
            namespace = max(fits, key=len)
            prefix = self._prefixes[namespace]
            self._used.add(prefix)
            return f"{prefix}:{iri[len(namespace) :]}"
        relative = iri.removeprefix(self._base)
        if relative != iri and "/." not in relative and _RELATIVE.fullmatch(relative):
            self._based = True
            return f"<{relative}>"
        return f"<{iri}>"

    def _literal(self, literal: Literal) -> str:
        datatype = literal.datatype.value
        shorthand = _SHORTHAND.get(datatype)
        if shorthand and shorthand.fullmatch(literal.value):
            return literal.value
        text = _quoted(literal.value)
        if literal.language:
            return f"{text}@{literal.language}"
        return text if datatype == XSD + "string" else f"{text}^^{self._iri(datatype)}"

    def _key(self, term: Term) -> str:
        """Sort by what is written, blank nodes last and by what they hold."""
        if isinstance(term, BlankNode):
            return "~" + self._blank_key(term, frozenset())
        return str(term)

    def _blank_key(self, node: BlankNode, above: frozenset[BlankNode]) -> str:
        if node in above or len(above) == _KEY_DEPTH:
            return "*"
        inner = above | {node}
        held = [
            f"{predicate} {self._blank_key(v, inner) if isinstance(v, BlankNode) else v}"
            for predicate, values in self._properties.get(node, {}).items()
            for v in values
        ]
        return " ".join(sorted(held))


def _quoted(value: str) -> str:
    """A string in quotes: on one line, or in long quotes if it has several."""
    if "\n" not in value or "\r" in value:
        return str(Literal(value))
    text = value.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if (len(value) - len(value.rstrip('"'))) % 3:  # three at a time are escaped already
        text = text[:-1] + '\\"'
    return f'"""{text}"""'


def _by_subject(quads: Sequence[Quad]) -> dict[Term, dict[str, list[Term]]]:
    found: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in engine.triples(dict.fromkeys(quads)):
        found[subject][predicate.value].append(value)
    return found


def _uses(quads: Sequence[Quad]) -> dict[Term, tuple[Term, ...]]:
    found: dict[Term, tuple[Term, ...]] = {}
    for subject, _, value in engine.triples(dict.fromkeys(quads)):
        if isinstance(value, BlankNode):
            found[value] = (*found.get(value, ()), subject)
    return found
