"""Queries of constraints and validators in SPARQL (SHACL §5, §6), and their rules (appendix A)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from iisgraph.engine import Literal, Node, Term
from iisgraph.errors import QueryError, ShapesError
from iisgraph.patterns import Select, variables_of, walk
from iisgraph.patterns.parse import read
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.shacl.described import Described, messages_of, name
from iisgraph.sparql import Token, inspect, tokens_of
from iisgraph.vocab import OWL, SH

_SPECIAL: Final = ("shapesGraph", "currentShape")


@dataclass(frozen=True)
class Query:
    """A query with its prefixes declared."""

    node: Node
    form: str
    text: str
    messages: tuple[Literal, ...]
    bound: tuple[str, ...]

    @property
    def has_path(self) -> bool:
        """Whether it holds `$PATH`, which the path of a shape takes the place of."""
        return any(token.text in ("$PATH", "?PATH") for token in tokens_of(self.text))

    def with_path(self, path: str) -> str:
        """The text with a path in place of `$PATH`."""
        if not self.has_path:
            return self.text
        text, shift = self.text, 0
        for token in tokens_of(self.text):
            if token.text in ("$PATH", "?PATH"):
                start = token.start + shift
                text = text[:start] + path + text[start + len(token.text) :]
                shift += len(path) - len(token.text)
        return text

    def names(self, variable: str) -> bool:
        """Whether a variable occurs in it."""
        return any(t.text in (f"?{variable}", f"${variable}") for t in tokens_of(self.text))


def read_query(node: Node, form: str, graph: Described, bound: Sequence[str]) -> Query:
    """The query of a constraint or validator; `bound` names the variables that are pre-bound.

    Raises:
        ShapesError: if there is none, or it breaks a rule of pre-binding (appendix A).
    """
    own = graph.get(node, {})
    texts = own.get(SH + form, ())
    if len(texts) != 1 or not isinstance(texts[0], Literal):
        raise ShapesError(f"{name(node)} must have one sh:{form}, a text")
    text = "".join(_prefixes(node, graph)) + texts[0].value
    query = Query(node, form, text, messages_of(node, graph), tuple(bound))
    _refuse(query)
    return query


def _prefixes(node: Node, graph: Described) -> Iterator[str]:
    """Declarations of what `sh:prefixes` leads to (§5.2.1)."""
    waiting: list[Term] = list(graph.get(node, {}).get(SH + "prefixes", ()))
    seen: set[Term] = set()
    declared: dict[str, str] = {}
    while waiting:
        head = waiting.pop()
        if isinstance(head, Literal) or head in seen:
            continue
        seen.add(head)
        own = graph.get(head, {})
        waiting += own.get(OWL + "imports", ())
        for declaration in own.get(SH + "declare", ()):
            said = {} if isinstance(declaration, Literal) else graph.get(declaration, {})
            names, iris = said.get(SH + "prefix", ()), said.get(SH + "namespace", ())
            if len(names) != 1 or len(iris) != 1:
                raise ShapesError(f"{name(node)}: a prefix is not well declared (§5.2.1)")
            if declared.setdefault(names[0].value, iris[0].value) != iris[0].value:
                message = f"the prefix {names[0].value}: has two namespaces (§5.2.1)"
                raise ShapesError(f"{name(node)}: {message}")
    for prefix, iri in sorted(declared.items()):
        yield f"PREFIX {prefix}: <{iri}>\n"


def _refuse(query: Query) -> None:
    """Refuse what pre-binding has no meaning for (appendix A), and what reaches outside."""
    try:
        text = query.with_path("<urn:path>") if query.has_path else query.text
        form = inspect(text)
        tokens = list(tokens_of(text))
    except QueryError as error:
        raise ShapesError(f"{name(query.node)}: {error}") from None
    if form.services or form.clause:
        raise ShapesError(f"{name(query.node)}: a query of a shape may not reach outside")
    if form.name != query.form.upper():
        raise ShapesError(f"{name(query.node)}: sh:{query.form} holds a query of another form")
    _refuse_prefixes(query, tokens)
    try:
        faults = list(_faults(query, tokens))
    except NotUnderstood as error:
        raise ShapesError(f"{name(query.node)}: {error}") from None
    for fault in faults:
        raise ShapesError(f"{name(query.node)}: {fault} (SHACL appendix A)")


def _refuse_prefixes(query: Query, tokens: Sequence[Token]) -> None:
    declared = {
        following.text[:-1]
        for token, following in pairwise(tokens)
        if token.text.upper() == "PREFIX"
    }
    for token in tokens:
        prefix = token.text.partition(":")[0]
        if token.kind == "name" and prefix != "_" and prefix not in declared:
            message = f"the prefix {prefix}: is not declared; name its declaration by sh:prefixes"
            raise ShapesError(f"{name(query.node)}: {message}")


def _faults(query: Query, tokens: Sequence[Token]) -> Iterator[str]:
    bound = {*query.bound, *_SPECIAL}
    for index, token in enumerate(tokens):
        word = token.text.upper() if token.kind == "word" else ""
        if word in ("MINUS", "VALUES"):
            yield f"it contains {word}"
        elif word == "AS" and tokens[index + 1].text[1:] in bound:
            yield f"AS {tokens[index + 1].text} binds what is bound already"
    yield from _all_faults(query)
    selects = [i for i, t in enumerate(tokens) if t.kind == "word" and t.text.upper() == "SELECT"]
    for index in selects:
        given = _given(tokens[index + 1 :])
        is_inner = index != selects[0] or query.form == "ask"
        wanted = query.bound if is_inner else ("this",)
        if given is not None and (missing := sorted(set(wanted) - given)):
            yield f"{'a subquery' if is_inner else 'the query'} does not give ${missing[0]}"


def _all_faults(query: Query) -> Iterator[str]:
    """Subqueries with `SELECT *` that do not speak of what is bound before."""
    tree = read(query.with_path("<urn:path>"))
    for part in walk(tree.where):
        if isinstance(part, Select) and part.query.columns is None:
            missing = sorted(set(query.bound) - variables_of(part.query.where))
            if missing:
                yield f"a subquery does not give ${missing[0]}"


def _given(tokens: Sequence[Token]) -> set[str] | None:
    """The variables that a SELECT clause gives; None for all."""
    depth, found = 0, set()
    for index, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.text == "*":
            return None
        if depth == 0 and (token.text == "{" or token.text.upper() in ("WHERE", "FROM")):
            break
        if token.text[0] in "?$" and (depth == 0 or tokens[index - 1].text.upper() == "AS"):
            found.add(token.text[1:])
    return found
