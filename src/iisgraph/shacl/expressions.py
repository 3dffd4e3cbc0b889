"""Shapes as SPARQL expressions that are true of the nodes at fault, and never an error.

Each EXISTS holds one triple pattern, with further ones in its filter: the engine looks
that up by index, where it would join two patterns in whole for every row.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Final, TypeAlias

from iisgraph.engine import BlankNode, Literal, NamedNode, Term
from iisgraph.shacl.checks import NODE_KINDS, SIGNS
from iisgraph.shacl.data import Data, is_irregular
from iisgraph.shacl.demands import Constraint, Qualified
from iisgraph.shacl.literals import is_read, is_well_formed
from iisgraph.shacl.model import Shape, Shapes
from iisgraph.shacl.paths import Path
from iisgraph.shacl.walking import turned
from iisgraph.vocab import TYPE

Body: TypeAlias = Callable[[str], str]

THIS: Final = "?this"
_MOST_COUNTED: Final = 4
_MOST_CLASSES: Final = 6
_NEVER: Final = "false"
_TESTS: Final = {NamedNode: "isIRI", BlankNode: "isBLANK", Literal: "isLITERAL"}
_ESCAPE: Final = r"\\[\\.\-^$|()\[\]{}?+*/dnrt%s]"
_IN_CLASS: Final = rf"[^\\\[\]&~-] | {_ESCAPE % ''} | (?<=[^\[\\])-(?=[^\]\[-])"
_ESCAPED: Final = re.compile(r"\\.", re.DOTALL)
_SPACES: Final = {r"\s": r"[\s\x1c-\x1f]", r"\S": r"[^\s\x1c-\x1f]"}
"""White space as Python has it, written for the engine."""
_SAME_IN_BOTH: Final = re.compile(
    rf"""(?:
          (?: [^\\\[\]()?+*{{}}|] | {_ESCAPE % "sSD"} | \[\^? (?: {_IN_CLASS} )+ \] | \) )
          (?: (?: [?+*] | \{{\d+(?:,\d*)?\}} ) \?? (?![?+*{{]) )?
        | \( (?:\?:)? (?![?+*{{])
        | \| (?![?+*{{])
    )*""",
    re.VERBOSE,
)
"""Patterns that mean the same to Python, which judges, and to the engine, which searches."""


class Uncompiled(Exception):
    """A shape that these expressions cannot say; every node has to be judged."""


class Expressions:
    """Writes the expressions of one shape with a target, whose focus node is `?this`.

    Raises:
        Uncompiled: where what is written would not be exact on this data.
    """

    def __init__(self, shapes: Shapes, data: Data) -> None:
        self._shapes = shapes
        self._data = data
        self._names = count()
        self.own: set[str] = set()
        """The predicates that are asked of the focus node itself."""

    def fault(self, shape: Shape, variable: str, skipped: frozenset[int] = frozenset()) -> str:
        """That a node does not conform; `skipped` constraints, by id, are judged elsewhere."""
        if shape.deactivated:
            return _NEVER
        kept = [each for each in shape.constraints if id(each) not in skipped]
        if shape.path is None:
            inner = [self._shapes[each.value] for each in kept if each.name == "property"]
            kept = [each for each in kept if each.name != "property"]
        else:
            inner = []
        of_values = [each for each in kept if each.name not in _OF_FOCUS]
        return _any(
            [
                *(self.fault(each, variable, skipped) for each in inner),
                *(self._of_focus(e, shape, variable) for e in kept if e.name in _OF_FOCUS),
                self._leads(shape.path, variable, lambda x: self._of_value(of_values, x)),
            ]
        )

    def _of_focus(self, each: Constraint, shape: Shape, variable: str) -> str:
        return _OF_FOCUS[each.name](self, each, shape.path, variable)

    def _of_value(self, constraints: list[Constraint], variable: str) -> str:
        """That any of the constraints is not met by one value."""
        for each in constraints:
            if each.name not in _OF_VALUE:
                raise Uncompiled(each.name)
        return _any([_OF_VALUE[each.name](self, each, variable) for each in constraints])

    # ------------------------------------------------------------ paths

    def _leads(self, path: Path | None, variable: str, body: Body) -> str:
        """That a path leads to a node of which the body is true."""
        if path is None:
            return body(variable)
        if path.iri:
            return self._exists(variable, path.iri, body, backwards=False)
        if path.sign == "/":
            first, *rest = path.parts
            following = Path("/", tuple(rest)) if len(rest) > 1 else rest[0]
            return self._leads(first, variable, lambda x: self._leads(following, x, body))
        if path.sign == "|":
            return _any(self._leads(part, variable, body) for part in path.parts)
        (inner,) = path.parts
        if path.sign == "^" and inner.iri:
            return self._exists(variable, inner.iri, body, backwards=True)
        if path.sign == "^":
            return self._leads(turned(inner), variable, body)
        if path.sign == "?":
            return _any([body(variable), self._leads(inner, variable, body)])
        raise Uncompiled(path.sign)

    def _exists(self, variable: str, iri: str, body: Body, *, backwards: bool) -> str:
        self._note(iri, variable, backwards=backwards)
        other = self._name()
        ends = (other, variable) if backwards else (variable, other)
        test = body(other)
        kept = "" if test == "true" else f" FILTER({test})"
        return _NEVER if test == _NEVER else f"EXISTS {{ {ends[0]} <{iri}> {ends[1]}{kept} }}"

    def _note(self, iri: str, variable: str, *, backwards: bool = False) -> None:
        """Refuse what irregular literals may be looked up by, but of the focus node."""
        if variable == THIS and not backwards:
            self.own.add(iri)
        elif iri in self._data.irregular_predicates:
            raise Uncompiled(iri)

    def _at_least(self, number: int, path: Path | None, variable: str, body: Body) -> str:
        """That a path leads to so many nodes of which the body is true."""
        if number > _MOST_COUNTED:
            raise Uncompiled("count")
        return self._further(number, path, variable, body, ())

    def _further(
        self, number: int, path: Path | None, variable: str, body: Body, found: tuple[str, ...]
    ) -> str:
        if number <= 0:
            return "true"

        def another(x: str) -> str:
            others = [f"!sameTerm({x}, {each})" for each in found]
            more = self._further(number - 1, path, variable, body, (*found, x))
            return _all([body(x), *others, more])

        return self._leads(path, variable, another)

    def _name(self) -> str:
        return f"?v{next(self._names)}"

    # ------------------------------------------------------------ of the focus node

    def _min_count(self, each: Constraint, path: Path | None, variable: str) -> str:
        return _not(self._at_least(each.value, path, variable, lambda _: "true"))

    def _max_count(self, each: Constraint, path: Path | None, variable: str) -> str:
        return self._at_least(each.value + 1, path, variable, lambda _: "true")

    def _qualified(self, each: Constraint, path: Path | None, variable: str) -> str:
        demand: Qualified = each.value

        def fits(x: str) -> str:
            siblings = [self.fault(self._shapes[node], x) for node in demand.siblings]
            return _all([_not(self.fault(self._shapes[demand.shape], x)), *siblings])

        if each.name == "qualifiedMinCount":
            return _not(self._at_least(demand.count, path, variable, fits))
        return self._at_least(demand.count + 1, path, variable, fits)

    def _has_value(self, each: Constraint, path: Path | None, variable: str) -> str:
        value = _plain(each.value)
        return _not(self._leads(path, variable, lambda x: f"sameTerm({x}, {value})"))

    def _unique_lang(self, _: Constraint, path: Path | None, variable: str) -> str:
        def twice(x: str) -> str:
            def same(y: str) -> str:
                tags = f"LCASE(LANG({x})) = LCASE(LANG({y}))"
                return f"(!sameTerm({x}, {y}) && {tags})"

            tagged = f'(isLITERAL({x}) && LANG({x}) != "")'
            return _all([tagged, self._leads(path, variable, same)])

        return self._leads(path, variable, twice)

    def _equals(self, each: Constraint, path: Path | None, variable: str) -> str:
        other = Path("", (), each.value.value)
        return _any([self._lacks(path, other, variable), self._lacks(other, path, variable)])

    def _lacks(self, path: Path | None, other: Path | None, variable: str) -> str:
        """That a path leads to a node to which the other one does not."""
        return self._leads(path, variable, lambda x: _not(self._meets(other, variable, x)))

    def _disjoint(self, each: Constraint, path: Path | None, variable: str) -> str:
        other = Path("", (), each.value.value)
        return self._leads(path, variable, lambda x: self._meets(other, variable, x))

    def _meets(self, path: Path | None, variable: str, x: str) -> str:
        return self._leads(path, variable, lambda y: f"sameTerm({x}, {y})")

    def _less(self, each: Constraint, path: Path | None, variable: str) -> str:
        other = Path("", (), each.value.value)

        def compared(x: str) -> str:
            sign = SIGNS[each.name]
            return self._leads(other, variable, lambda y: f"!COALESCE({x} {sign} {y}, false)")

        return self._leads(path, variable, compared)

    # ------------------------------------------------------------ of each value

    def _class(self, each: Constraint, x: str) -> str:
        self._note(TYPE, x)
        classes = self._data.subclasses(each.value)
        if any(isinstance(one, BlankNode) for one in classes):
            raise Uncompiled("class")
        if len(classes) <= _MOST_CLASSES:
            return _not(_any(f"EXISTS {{ {x} <{TYPE}> {one} }}" for one in classes))
        name = self._name()
        listed = ", ".join(map(str, classes))
        return _not(f"EXISTS {{ {x} <{TYPE}> {name} FILTER({name} IN ({listed})) }}")

    def _datatype(self, each: Constraint, x: str) -> str:
        return f"(!isLITERAL({x}) || DATATYPE({x}) != {each.value})"

    def _node_kind(self, each: Constraint, x: str) -> str:
        tests = (f"{_TESTS[kind]}({x})" for kind in NODE_KINDS[each.value.value])
        return _not(_any(tests))

    def _range(self, each: Constraint, x: str) -> str:
        if not is_well_formed(each.value):
            return "true"
        return f"!COALESCE({x} {SIGNS[each.name]} {each.value}, false)"

    def _length(self, each: Constraint, x: str) -> str:
        sign = "<" if each.name == "minLength" else ">"
        return f"(isBLANK({x}) || STRLEN(STR({x})) {sign} {each.value})"

    def _pattern(self, each: Constraint, x: str) -> str:
        pattern, flags = each.value
        is_plain = _SAME_IN_BOTH.fullmatch(pattern) and set(flags) <= {"i", "s"}
        text = _ESCAPED.sub(lambda found: _SPACES.get(found[0], found[0]), pattern)
        if not is_plain or not is_read(text, flags):
            raise Uncompiled("pattern")
        told = f", {Literal(flags)}" if flags else ""
        return f"(isBLANK({x}) || !REGEX(STR({x}), {Literal(text)}{told}))"

    def _language_in(self, each: Constraint, x: str) -> str:
        tests = _any(f"LANGMATCHES(LANG({x}), {Literal(tag.value)})" for tag in each.value)
        return f"(!isLITERAL({x}) || !{tests})"

    def _in(self, each: Constraint, x: str) -> str:
        return _not(_any(f"sameTerm({x}, {_plain(value)})" for value in each.value))

    def _not(self, each: Constraint, x: str) -> str:
        return _not(self.fault(self._shapes[each.value], x))

    def _node(self, each: Constraint, x: str) -> str:
        return self.fault(self._shapes[each.value], x)

    def _and(self, each: Constraint, x: str) -> str:
        return _any(self.fault(self._shapes[node], x) for node in each.value)

    def _or(self, each: Constraint, x: str) -> str:
        return _all(self.fault(self._shapes[node], x) for node in each.value)

    def _xone(self, each: Constraint, x: str) -> str:
        faults = (self.fault(self._shapes[node], x) for node in each.value)
        return f"({' + '.join(f'IF({fault}, 0, 1)' for fault in faults) or '0'} != 1)"

    def _closed(self, each: Constraint, x: str) -> str:
        name, other = self._name(), self._name()
        allowed = ", ".join(sorted(map(str, each.value)))
        return f"EXISTS {{ {x} {name} {other} FILTER({name} NOT IN ({allowed})) }}"


def _plain(term: Term) -> str:
    """A term as it is written in a query; the engine must not take it for another."""
    if isinstance(term, BlankNode) or (isinstance(term, Literal) and is_irregular(term)):
        raise Uncompiled(str(term))
    return str(term)


def _any(expressions: Iterator[str] | list[str]) -> str:
    found = [each for each in dict.fromkeys(expressions) if each != _NEVER]
    if "true" in found:
        return "true"
    return f"({' || '.join(found)})" if found else _NEVER


def _all(expressions: Iterator[str] | list[str]) -> str:
    found = [each for each in expressions if each != "true"]
    if _NEVER in found:
        return _NEVER
    return f"({' && '.join(found)})" if found else "true"


def _not(expression: str) -> str:
    return {"true": _NEVER, _NEVER: "true"}.get(expression, f"(!{expression})")


# The tables belong to the class that they are made of.
# ruff: noqa: SLF001
_OF_FOCUS: Final[Mapping[str, Callable[..., str]]] = {
    "disjoint": Expressions._disjoint,
    "equals": Expressions._equals,
    "hasValue": Expressions._has_value,
    "lessThan": Expressions._less,
    "lessThanOrEquals": Expressions._less,
    "maxCount": Expressions._max_count,
    "minCount": Expressions._min_count,
    "qualifiedMaxCount": Expressions._qualified,
    "qualifiedMinCount": Expressions._qualified,
    "uniqueLang": Expressions._unique_lang,
}
_OF_VALUE: Final[Mapping[str, Callable[..., str]]] = {
    "and": Expressions._and,
    "class": Expressions._class,
    "closed": Expressions._closed,
    "datatype": Expressions._datatype,
    "in": Expressions._in,
    "languageIn": Expressions._language_in,
    "maxExclusive": Expressions._range,
    "maxInclusive": Expressions._range,
    "maxLength": Expressions._length,
    "minExclusive": Expressions._range,
    "minInclusive": Expressions._range,
    "minLength": Expressions._length,
    "node": Expressions._node,
    "nodeKind": Expressions._node_kind,
    "not": Expressions._not,
    "or": Expressions._or,
    "pattern": Expressions._pattern,
    "property": Expressions._node,
    "xone": Expressions._xone,
}
