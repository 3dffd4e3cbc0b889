"""Where property paths lead in data (SHACL §2.3.1, SPARQL 1.1 §9)."""

from collections.abc import Iterable

from iisgraph.engine import Term
from iisgraph.shacl.data import Data
from iisgraph.shacl.paths import Path


def values_of(path: Path, start: Term, data: Data) -> list[Term]:
    """The value nodes of a path from a node, each once."""
    if path.iri:
        return list(data.values(start, path.node))
    return data.once(_walk(path, start, data))


def _walk(path: Path, start: Term, data: Data) -> Iterable[Term]:
    if path.iri:
        return data.values(start, path.node)
    if path.sign == "/":
        return _in_turn(path.parts, start, data)
    if path.sign == "|":
        return [value for part in path.parts for value in _walk(part, start, data)]
    (inner,) = path.parts
    if path.sign == "^":
        return _backwards(inner, start, data)
    if path.sign == "?":
        return [start, *_walk(inner, start, data)]
    reached = _repeated(inner, start, data)
    return [start, *reached] if path.sign == "*" else reached


def _in_turn(parts: Iterable[Path], start: Term, data: Data) -> list[Term]:
    reached: list[Term] = [start]
    for part in parts:
        reached = data.once(v for node in reached for v in _walk(part, node, data))
    return reached


def _repeated(path: Path, start: Term, data: Data) -> list[Term]:
    """All that is reached by a path taken once or more."""
    reached: dict[Term, None] = {}
    waiting = [start]
    while waiting:
        for value in _walk(path, waiting.pop(), data):
            if value not in reached:
                reached[value] = None
                waiting.append(value)
    return list(reached)


def _backwards(path: Path, end: Term, data: Data) -> Iterable[Term]:
    """The nodes from which a path leads to a node."""
    if path.iri:
        return data.subjects(path.node, end)
    return _walk(turned(path), end, data)


def turned(path: Path) -> Path:
    """The path that leads the other way."""
    if path.iri:
        return Path("^", (path,))
    if path.sign == "^":
        return path.parts[0]
    parts = tuple(turned(part) for part in path.parts)
    return Path(path.sign, parts[::-1] if path.sign == "/" else parts)
