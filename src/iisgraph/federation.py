"""SERVICE where an operator allows it (SPARQL 1.1 Federated Query §2).

The engine never calls anything: each endpoint is asked first, at the very address that
was held against the prefixes, and its rows stand in the query as VALUES. By the
specification (§4) that is the same, for the pattern of a SERVICE is evaluated alone.
"""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from iisgraph.endpoints import Address, permitted
from iisgraph.engine import Answer, BlankNode, Clause, NamedNode, Oxigraph, Term
from iisgraph.errors import EngineError, QueryError, QueryRefused
from iisgraph.remote import Remote
from iisgraph.sparql import (
    Token,
    base_of,
    inspect,
    permit,
    position,
    prefixes_of,
    require_prefixes,
    tokens_of,
    without_from,
)
from iisgraph.vocab import BASE

MOST_BYTES: Final = 8 * 2**20
"""Size of the answer of one endpoint."""

MOST_CALLS: Final = 8
"""Endpoints that one query may call, one after the other."""

_NOTHING: Final = "{}"
"""What a SERVICE SILENT gives that fails: one row that binds nothing."""

Ask: TypeAlias = Callable[[str, str], Answer]
"""Sends a query to an address: `ask(address, sparql)`."""


@dataclass(frozen=True)
class Call:
    """One SERVICE of a query: where it stands, the endpoint, and what that is asked."""

    start: int
    end: int
    endpoint: str
    is_silent: bool
    sparql: str


def calls_out(sparql: str) -> bool:
    """Whether a query names a service; one that is no SPARQL names none."""
    if "SERVICE" not in sparql.upper():
        return False
    try:
        return any(t.kind == "word" and t.text.upper() == "SERVICE" for t in tokens_of(sparql))
    except QueryError:
        return False


def remote(seconds: float) -> Ask:
    """Asks over HTTP, an endpoint for so many seconds at most."""
    return lambda address, sparql: Remote(address, seconds, MOST_BYTES, strict=True).query(sparql)


def localised(
    sparql: str,
    clause: Clause,
    graphs: Collection[str],
    prefixes: Sequence[Address],
    ask: Ask,
) -> str:
    """The query with the rows of each service in the place of its SERVICE.

    Nothing is called unless the whole query is well formed and may be asked.

    Raises:
        QueryError: if it is not SPARQL 1.1, or an endpoint says so of its part.
        QueryRefused: if it would write, read other graphs, or call what no prefix allows.
        EngineError: if an endpoint fails, unless the query has it SILENT.
    """
    calls = list(_calls(sparql, prefixes))
    blanked = _replaced(sparql, calls, [_blank(sparql[c.start : c.end]) for c in calls])
    chosen = permit(blanked, clause or None, graphs)
    require_prefixes(sparql)
    Oxigraph().query(without_from(blanked) if chosen else blanked)  # for its mistakes alone
    return _replaced(sparql, calls, [_rows(call, ask) for call in calls])


def _calls(sparql: str, prefixes: Sequence[Address]) -> Iterator[Call]:
    """The services of a query that stand in no other one, if all of them may be called."""
    found = inspect(sparql).services
    tokens = list(tokens_of(sparql))
    places = [i for i, t in enumerate(tokens) if t.kind == "word" and t.text.upper() == "SERVICE"]
    if len(places) > MOST_CALLS:
        raise QueryRefused(f"a query may call {MOST_CALLS} services, not {len(places)}")
    addresses = [permitted(iri, prefixes) for iri in found]
    for index, iri, address in zip(places, found, addresses, strict=True):
        if address is None:
            raise _refused(iri, prefixes, position(sparql, tokens[index].start))
    end = 0
    for index, address in zip(places, addresses, strict=True):
        if tokens[index].start >= end:
            call = _call(sparql, tokens, index, str(address))
            end = call.end
            yield call


def _refused(iri: str, prefixes: Sequence[Address], place: tuple[int, int]) -> QueryRefused:
    below = ", ".join(str(prefix) for prefix in prefixes)
    if iri[:1] in ("?", "$"):
        return QueryRefused(f"SERVICE {iri}: an endpoint must be named, not found", *place)
    return QueryRefused(
        f"SERVICE <{iri}>: this server calls nothing but what is at {below}", *place
    )


def _call(sparql: str, tokens: Sequence[Token], index: int, address: str) -> Call:
    """The SERVICE at a token: its pattern, with all that is declared before it."""
    at = index + 1
    is_silent = tokens[at].text.upper() == "SILENT" and tokens[at].kind == "word"
    opening = at + 1 + is_silent
    if opening >= len(tokens) or tokens[opening].text != "{":
        raise QueryError("expected { behind the endpoint", *position(sparql, tokens[index].start))
    depth = 0
    for token in tokens[opening:]:
        depth += (token.text == "{") - (token.text == "}")
        if not depth:
            pattern = sparql[tokens[opening].start : token.start + 1]
            asked = f"{_prologue(tokens, pattern)}SELECT * WHERE {pattern}"
            return Call(tokens[index].start, token.start + 1, address, is_silent, asked)
    raise QueryError("this { is not closed", *position(sparql, tokens[opening].start))


def _prologue(tokens: Sequence[Token], pattern: str) -> str:
    """The declarations that a pattern needs, those of the house too."""
    used = {t.text.partition(":")[0] for t in tokens_of(pattern) if t.kind == "name"}
    declared = [(n, iri) for n, iri in prefixes_of(tokens).items() if n in used]
    lines = [f"BASE <{base_of(tokens)}>", *(f"PREFIX {n}: <{iri}>" for n, iri in declared)]
    return "\n".join([*lines, ""])


def _blank(service: str) -> str:
    """An empty group as long as a SERVICE, so that every mistake keeps its place."""
    inside = "".join(c if c in "\r\n" else " " for c in service[1:-1])
    return "{" + inside + "}"


def _replaced(sparql: str, calls: Sequence[Call], texts: Sequence[str]) -> str:
    parts, at = [], 0
    for call, text in zip(calls, texts, strict=True):
        parts += [sparql[at : call.start], text]
        at = call.end
    return "".join([*parts, sparql[at:]])


def _rows(call: Call, ask: Ask) -> str:
    """What an endpoint answers, as inline data (SPARQL 1.1 §10.2) in a group."""
    try:
        return "{ " + _values(ask(call.endpoint, call.sparql)) + " }"
    except (EngineError, QueryError) as error:
        if call.is_silent:
            return _NOTHING
        raise EngineError(f"SERVICE <{call.endpoint}>: {error}") from None


def _values(answer: Answer) -> str:
    names = answer.variables
    scope = uuid.uuid4().hex
    try:
        rows = [" ".join(_terms(row, names, scope)) for row in answer.rows()]
    except (TypeError, SyntaxError, ValueError) as error:
        raise EngineError(f"the answer is no table that can be read: {error}") from None
    head = " ".join(f"?{name}" for name in names)
    return f"VALUES ({head}) {{ {' '.join(f'({row})' for row in rows)} }}"


def _terms(row: Mapping[str, Term], names: Sequence[str], scope: str) -> Iterator[str]:
    """The values of a row as they are written in a query; a blank node gets a name.

    By RDF 1.1 Concepts §3.5, below `/.well-known/genid/`: VALUES takes no blank nodes.
    """
    for name in names:
        term = row.get(name)
        if isinstance(term, BlankNode):
            term = NamedNode(f"{BASE}.well-known/genid/{scope}/{term.value}")
        text = "UNDEF" if term is None else str(term)
        kinds = "".join(token.kind[0] for token in tokens_of(text))
        if kinds not in _TERMS or ("://" not in text and set("#'") & set(text) and kinds == "i"):
            raise EngineError(f"the answer has {text[:100]}, which no query can hold")
        yield text


_TERMS: Final = ("w", "i", "s", "so", "smi")
"""Kinds of tokens of a term: the word UNDEF, an IRI, a string, with language or datatype."""
