"""Queries of constraints asked once for all focus nodes, where that means the same.

By the specification a query is asked once for each focus node with `$this` bound before.
Asked once with `$this` free and joined to the target, it gives the same solutions if no
part of it is evaluated apart from the rest and yet depends on the value of `$this`.
What is grouped must be grouped by `$this` too.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from iisgraph.patterns import (
    Bind,
    Filter,
    Group,
    Optional,
    Part,
    Path,
    Triple,
    Union,
    is_variable,
    variables_of,
    walk,
    write_path,
)
from iisgraph.patterns import Query as Tree
from iisgraph.patterns.parse import read
from iisgraph.patterns.terms import NotUnderstood, end_of_group
from iisgraph.sparql import prefixes_of, resolve, tokens_of

_THIS: Final = "this"
_SPECIAL: Final = ("shapesGraph", "currentShape")


def set_wise(text: str, target: str) -> str | None:
    """The query with a target pattern before its own; None if it must be asked node by node."""
    try:
        tree = read(text)
    except NotUnderstood:
        return None
    if not _is_sound(tree):
        return None
    begin = tree.where.start + 1
    return f"{text[:begin]} {target} {text[begin:]}"


def touches(text: str, predicates: frozenset[str]) -> bool:
    """Whether a query may look at a value of one of these predicates."""
    if not predicates:
        return False
    tokens = list(tokens_of(text))
    prefixes = prefixes_of(tokens)
    if any(t.kind in ("iri", "name") and resolve(t, prefixes) in predicates for t in tokens):
        return True
    try:
        return any(map(_is_open, _triples(text)))
    except NotUnderstood:
        return True


def may_stay(text: str) -> bool:
    """Whether a query has a path that leads from a node to itself by no statement."""
    try:
        return any(_repeats(each.predicate, "*?") for each in _triples(text))
    except NotUnderstood:
        return True


def _triples(text: str) -> Iterator[Triple]:
    """The triple patterns of a query, and those in EXISTS of its expressions."""
    yield from (part for part in walk(read(text).where) if isinstance(part, Triple))
    tokens = list(tokens_of(text))
    for index, token in enumerate(tokens):
        if token.kind == "word" and token.text.upper() == "EXISTS":
            end = end_of_group(tokens, index + 1)
            if end is None:
                raise NotUnderstood("a bracket is not closed")
            group = text[tokens[index + 1].start : tokens[end].start + 1]
            yield from _triples(f"SELECT * {group}")


def _is_open(triple: Triple) -> bool:
    """Whether its predicate may be any."""
    return is_variable(triple.predicate) or "!" in write_path(triple.predicate)


def _is_sound(tree: Tree) -> bool:
    modifiers = tree.modifiers
    tokens = list(tokens_of(tree.text))
    if any(token.text[0] in "?$" and token.text[1:] in _SPECIAL for token in tokens):
        return False
    if sum(token.kind == "word" and token.text.upper() == "SELECT" for token in tokens) > 1:
        return False
    if modifiers.limit or modifiers.offset or modifiers.values:
        return False
    if tree.is_grouped and _THIS not in (modifiers.keys or ()):
        return False
    if tree.columns is not None and all(each.variable != _THIS for each in tree.columns):
        return False
    return _is_group_sound(tree.where, is_top=True)


def _is_group_sound(group: Group, *, is_top: bool) -> bool:
    """Whether `$this` means the same in a group when it is not bound before.

    At the top, and in the filter of an OPTIONAL there, the target has bound it. Elsewhere
    a filter or BIND that speaks of it needs a triple of the same group that binds it.
    """
    bound = is_top or _THIS in _in_triples(group.parts)
    return all(_is_part_sound(part, is_top=is_top, bound=bound) for part in group.parts)


def _is_part_sound(part: Part, *, is_top: bool, bound: bool) -> bool:
    if isinstance(part, Triple):
        # from everywhere to everywhere it would be dear
        return is_top or not _repeats(part.predicate, "*+?")
    if isinstance(part, Filter):
        return bound or _THIS not in part.variables
    if isinstance(part, Bind):
        return is_top or _THIS not in part.variables
    if isinstance(part, Optional):
        return _is_group_sound(part.group, is_top=bound and _is_flat(part.group))
    if isinstance(part, Group):
        return _is_group_sound(part, is_top=False)
    if isinstance(part, Union):
        return all(_is_group_sound(branch, is_top=False) for branch in part.branches)
    return False


def _repeats(path: Path, signs: str) -> bool:
    """Whether one of these signs is in a path."""
    if isinstance(path, str):
        return False
    return path.sign in signs or any(_repeats(part, signs) for part in path.parts)


def _is_flat(group: Group) -> bool:
    """Whether a group holds triples and filters alone."""
    return all(isinstance(part, Triple | Filter) for part in group.parts)


def _in_triples(parts: Iterable[Part]) -> set[str]:
    return {name for part in parts if isinstance(part, Triple) for name in variables_of(part)}
