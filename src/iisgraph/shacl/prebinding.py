"""Gives variables of a query their values before it is evaluated (SHACL appendix A).

An IRI takes the place of its variable in the text. A blank node has no name in a query,
and a literal may not stand everywhere, so those are bound at the head of each group.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from iisgraph.engine import NamedNode, Term
from iisgraph.sparql import Token, tokens_of

FUNCTION: Final = "urn:iisgraph:bound:"


def in_place(text: str, given: Mapping[str, NamedNode]) -> str:
    """The query with IRIs in place of variables."""
    tokens = list(tokens_of(text))
    spots = {token.start: (len(token.text), token.text) for token in tokens}
    made: dict[int, tuple[int, str]] = {}
    clauses = _clauses(tokens)
    for index, token in enumerate(tokens):
        if token.text[0] not in "?$" or token.text[1:] not in given:
            continue
        value = str(given[token.text[1:]])
        clause = clauses[index]
        if clause == "SELECT":
            value = ""
        elif clause in ("GROUP", "ORDER"):
            value = f"({value})"
        elif _is_asked_whether_bound(tokens, index):
            made[tokens[index - 2].start] = (spots[tokens[index - 2].start][0], "")
            value = "true"
        made[token.start] = (len(token.text), value)
    made |= {start: (0, f" (1 AS ?_nothing{start}) ") for start in _emptied(tokens, given)}
    return _replaced(text, made)


def at_heads(text: str, names: Collection[str]) -> str:
    """The query with a value bound at the head of each group that speaks of its variable."""
    tokens = list(tokens_of(text))
    made: dict[int, tuple[int, str]] = {}
    for index, token in enumerate(tokens):
        if token.text != "{" or tokens[index + 1].text.upper() == "SELECT":
            continue
        within = {each.text[1:] for each in _within(tokens, index) if each.text[0] in "?$"}
        binds = "".join(
            f" BIND(<{FUNCTION}{name}>() AS ?{name})" for name in sorted(within & set(names))
        )
        made[token.start] = (1, "{" + binds + " ")
    return _replaced(text, made)


def functions(given: Mapping[str, Term]) -> dict[str, Term]:
    """The constants that `at_heads` calls by these names."""
    return {FUNCTION + name: term for name, term in given.items()}


def _clauses(tokens: Sequence[Token]) -> list[str]:
    """For each token the clause that it stands in directly: SELECT, GROUP, ORDER or none."""
    found, current, depth = [], "", 0
    for token in tokens:
        word = token.text.upper() if token.kind == "word" else token.text
        if word in ("SELECT", "GROUP", "ORDER"):
            current, depth = word, 0
        elif word in ("{", "}", "WHERE", "HAVING", "LIMIT", "OFFSET"):
            current = ""
        depth += {"(": 1, ")": -1}.get(word, 0)
        found.append(current if depth == 0 else "")
    return found


def _is_asked_whether_bound(tokens: Sequence[Token], index: int) -> bool:
    return index > 1 and tokens[index - 2].text.upper() == "BOUND" and tokens[index - 1].text == "("


def _emptied(tokens: Sequence[Token], given: Collection[str]) -> Iterator[int]:
    """Where SELECT clauses end of which every variable has a value."""
    clauses = _clauses(tokens)
    for index, token in enumerate(tokens):
        if token.kind != "word" or token.text.upper() != "SELECT":
            continue
        end = index + 1
        kept = False
        while tokens[end].text != "{" and tokens[end].text.upper() not in ("WHERE", "FROM"):
            text = tokens[end].text
            is_dropped = clauses[end] == "SELECT" and text[1:] in given and text[0] in "?$"
            kept = kept or not (is_dropped or text.upper() in ("DISTINCT", "REDUCED"))
            end += 1
        if not kept:
            yield tokens[end].start


def _within(tokens: Sequence[Token], index: int) -> Iterator[Token]:
    """The tokens between a bracket and its other half."""
    depth = 0
    for token in tokens[index:]:
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth == 0:
            return
        yield token


def _replaced(text: str, made: Mapping[int, tuple[int, str]]) -> str:
    parts, at = [], 0
    for start, (length, value) in sorted(made.items()):
        parts += [text[at:start], value]
        at = start + length
    return "".join(parts) + text[at:]
