"""EXISTS of several patterns as EXISTS of one, with the next in its filter.

The same by definition, for a filter sees what its group binds. But the engine joins the
patterns of an EXISTS in whole for every row, and looks a single one up by index.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import count

from iisgraph.errors import QueryError
from iisgraph.patterns import Filter, Part, Query, Triple, spelled_out, variables_of, write
from iisgraph.patterns.parse import read
from iisgraph.patterns.terms import NotUnderstood, end_of_group
from iisgraph.sparql import tokens_of


def nested(text: str) -> str:
    """The query with each EXISTS that holds triples and filters alone nested."""
    prefix = "_n"
    while prefix in text:
        prefix += "_"
    numbers = count()
    return _rewritten(text, lambda: f"?{prefix}{next(numbers)}")


def _rewritten(text: str, name: Callable[[], str]) -> str:
    tokens = list(tokens_of(text))
    parts, at = [], 0
    for index, token in enumerate(tokens[:-1]):
        is_exists = token.kind == "word" and token.text.upper() == "EXISTS"
        if not is_exists or token.start < at or tokens[index + 1].text != "{":
            continue
        end = end_of_group(tokens, index + 1)
        if end is None:
            break
        start, stop = tokens[index + 1].start, tokens[end].start + 1
        parts += [text[at:start], _group(_rewritten(text[start:stop], name), name)]
        at = stop
    return "".join(parts) + text[at:]


def _group(text: str, name: Callable[[], str]) -> str:
    try:
        query = read(f"SELECT * {text}")
    except (NotUnderstood, QueryError):
        return text
    parts = query.where.parts
    if not all(isinstance(part, Triple | Filter) for part in parts) or _has_blank(query, parts):
        return text
    patterns = [
        each for part in parts if isinstance(part, Triple) for each in spelled_out(part, name)
    ]
    if len(patterns) < 2:
        return text
    filters = " ".join(query.source(part) for part in parts if isinstance(part, Filter))
    first, *others = _connected(patterns)
    for each in reversed(others):
        filters = f"FILTER(EXISTS {{ {write(each)} {filters} }})"
    return f"{{ {write(first)} {filters} }}"


def _has_blank(query: Query, parts: Sequence[Part]) -> bool:
    """Whether it has blank nodes, which are variables of a name that another may have too."""
    names = {each for part in parts for each in variables_of(part)}
    return any(each.startswith(query.fresh) for each in names)


def _connected(patterns: Sequence[Triple]) -> Iterator[Triple]:
    """The patterns so ordered that each speaks of what was bound before, where it can.

    It begins with one that speaks of `$this`, or else with the first.
    """
    left = list(patterns)
    known = {"this"}
    while left:
        chosen = next((each for each in left if variables_of(each) & known), left[0])
        left.remove(chosen)
        known |= variables_of(chosen)
        yield chosen
