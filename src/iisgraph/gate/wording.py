"""What a result of SHACL says in words: what is wrong, what was expected, how to mend it.

The author's `sh:message` comes first, its placeholders filled in; where there is none,
the words come from the component and its parameters (SHACL §4).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from iisgraph.engine import BlankNode, Literal, NamedNode, Node, Quad, Term
from iisgraph.gate.findings import show
from iisgraph.printable import counted
from iisgraph.shacl import Path, Result
from iisgraph.shacl.described import described, members
from iisgraph.vocab import FIRST, PREFIXES, RDFS, SH, XSD, shorten

_COMPONENTS: Final[Mapping[str, tuple[str, str, str]]] = {
    # name: what is wrong, what was expected, how to mend it
    "MinCount": (
        "{path} has too few values.",
        "at least {minCount} of {path}",
        "Add what is missing.",
    ),
    "MaxCount": (
        "{path} has too many values.",
        "at most {maxCount} of {path}",
        "Keep the right one, or make two things of one.",
    ),
    "Class": (
        "{value} is not an instance of {class}.",
        "an instance of {class}",
        "Look for a slip in the value, or say of it that it is a {class}.",
    ),
    "Datatype": (
        "{value} is not a well-formed literal of {datatype}.",
        "a well-formed literal of {datatype}",
        "Write the value as {datatype} prescribes, and name that datatype.",
    ),
    "NodeKind": ("{value} is of the wrong kind.", "{nodeKind}", "Write the value as {nodeKind}."),
    "MinLength": (
        "{value} is too short.",
        "at least {minLength} characters",
        "Write the value out.",
    ),
    "MaxLength": ("{value} is too long.", "at most {maxLength} characters", "Shorten the value."),
    "Pattern": (
        "{value} does not match the pattern.",
        "a text that matches {pattern}",
        "Write the value in the form of the pattern.",
    ),
    "LanguageIn": (
        "{value} is in no language that is allowed.",
        "a language tag of {languageIn}",
        "Give the text the right language tag.",
    ),
    "UniqueLang": (
        "{path} has two values in one language.",
        "one value of {path} in each language",
        "Keep one of them, or correct the language tag.",
    ),
    "MinInclusive": (
        "{value} is less than {minInclusive}.",
        "{minInclusive} or more",
        "Correct the value.",
    ),
    "MaxInclusive": (
        "{value} is more than {maxInclusive}.",
        "{maxInclusive} or less",
        "Correct the value.",
    ),
    "MinExclusive": (
        "{value} is not more than {minExclusive}.",
        "more than {minExclusive}",
        "Correct the value.",
    ),
    "MaxExclusive": (
        "{value} is not less than {maxExclusive}.",
        "less than {maxExclusive}",
        "Correct the value.",
    ),
    "Equals": (
        "{path} and {equals} do not have the same values: {value}.",
        "the same values as {equals}",
        "Add the value to the one, or remove it from the other.",
    ),
    "Disjoint": (
        "{value} is a value of {disjoint} too.",
        "no value that {disjoint} has",
        "Remove the value from one of the two.",
    ),
    "LessThan": (
        "{value} is not less than every value of {lessThan}.",
        "less than every value of {lessThan}",
        "Correct one of the two values.",
    ),
    "LessThanOrEquals": (
        "{value} is more than a value of {lessThanOrEquals}.",
        "no more than any value of {lessThanOrEquals}",
        "Correct one of the two values.",
    ),
    "Not": (
        "{value} is what it must not be.",
        "no node that conforms to {not}",
        "See what that shape asks for, and change that.",
    ),
    "And": (
        "{value} does not conform to all of the shapes.",
        "all of {and}",
        "See what those shapes ask for.",
    ),
    "Or": (
        "{value} conforms to none of the shapes.",
        "at least one of {or}",
        "See what one of those shapes asks for.",
    ),
    "Xone": (
        "{value} does not conform to exactly one of the shapes.",
        "exactly one of {xone}",
        "See in what those shapes differ.",
    ),
    "Node": (
        "{value} does not conform to {node}.",
        "a node that conforms to {node}",
        "See what that shape asks for.",
    ),
    "QualifiedMinCount": (
        "{path} has too few values that conform to {qualifiedValueShape}.",
        "at least {qualifiedMinCount} that conform to {qualifiedValueShape}",
        "Add what is missing, or correct a value.",
    ),
    "QualifiedMaxCount": (
        "{path} has too many values that conform to {qualifiedValueShape}.",
        "at most {qualifiedMaxCount} that conform to {qualifiedValueShape}",
        "Keep the right ones.",
    ),
    "Closed": (
        "{path} is a property that this shape does not have.",
        "only properties that the shape names",
        "Look for a slip in the property, or remove it.",
    ),
    "HasValue": ("{path} lacks a value.", "{hasValue} among the values", "Add {hasValue}."),
    "In": ("{value} is not one of the values allowed.", "one of {in}", "Take one of them."),
}
_OTHER: Final = ("{value} does not conform.", "a node that the constraint allows", "See the rule.")
_COUNTS: Final = frozenset({"minCount", "maxCount", "qualifiedMinCount", "qualifiedMaxCount"})
_KINDS: Final = {
    "IRI": "an IRI",
    "BlankNode": "a blank node",
    "Literal": "a literal",
    "BlankNodeOrIRI": "a blank node or an IRI",
    "BlankNodeOrLiteral": "a blank node or a literal",
    "IRIOrLiteral": "an IRI or a literal",
}
_PLACEHOLDER: Final = re.compile(r"\{[$?]?(\w+)\}")
_BARE: Final = re.compile(rf'"[+-]?[0-9]+(\.[0-9]+)?"\^\^<{XSD}(integer|decimal)>')
_LISTED: Final = 12
"""Values of a list that are told one by one."""
_NESTING: Final = tuple(SH + name for name in ("property", "node", "not", "qualifiedValueShape"))


@dataclass(frozen=True)
class Words:
    """A result in words, and what its rule is called; `link` leads to more on the rule."""

    rule: str
    message: str
    expected: str
    fix: str
    name: str | None = None
    link: str | None = None


class Wording:
    """Puts results of a shapes graph into words, IRIs with the prefixes of their authors."""

    def __init__(self, shapes: Iterable[Quad], prefixes: Mapping[str, str] = PREFIXES) -> None:
        self._shapes = described(shapes)
        self._prefixes = prefixes
        self._above = {
            value: node
            for node, said in self._shapes.items()
            for predicate in _NESTING
            for value in said.get(predicate, ())
            if isinstance(value, BlankNode)
        }

    def __call__(self, result: Result) -> Words:
        """What a result says."""
        filled = self._parameters(result)
        component = _local(result.component).removesuffix("ConstraintComponent")
        problem, expected, fix = _COMPONENTS.get(component, _OTHER)
        is_core = component in _COMPONENTS
        own = _chosen(self._of(result.shape, SH + "message") if is_core else result.messages)
        message = own or problem + self._reasons(result)
        return Words(
            rule=self._rule(result),
            message=_fill(message, filled),
            expected=_fill(expected, filled),
            fix=_fill(fix, filled),
            name=self._name(result.shape),
            link=self._link(result.shape),
        )

    def _parameters(self, result: Result) -> dict[str, str]:
        """Texts for placeholders: the parameters of the shape, and what the result is about."""
        filled = {
            predicate.removeprefix(SH): self._shown(predicate.removeprefix(SH), values)
            for predicate, values in self._shapes.get(result.shape, {}).items()
            if predicate.startswith(SH)
        }
        value = result.focus if result.value is None else result.value
        path = "the node" if result.path is None else self._path(result)
        about = {"this": self._node(result.focus), "value": self._node(value)}
        return filled | about | {"path": path, "PATH": path}

    def _shown(self, name: str, values: Sequence[Term]) -> str:
        if name in _COUNTS and isinstance(values[0], Literal):
            return counted(int(values[0].value), "value")
        if name == "nodeKind":
            return _KINDS.get(_local(values[0]), self._node(values[0]))
        if name == "pattern":
            return " and ".join(getattr(value, "value", "") for value in values)
        listed = [part for value in values for part in self._listed(value)]
        more = [f"{len(listed) - _LISTED} more"] if len(listed) > _LISTED else []
        return ", ".join([*listed[:_LISTED], *more])

    def _listed(self, value: Term) -> Iterator[str]:
        """A parameter, or the members of the list that it is."""
        if isinstance(value, BlankNode) and FIRST in self._shapes.get(value, {}):
            yield from map(self._node, members(value, self._shapes))
        else:
            yield self._node(value)

    def _reasons(self, result: Result) -> str:
        """What the shape within found, which is the true cause."""
        told = dict.fromkeys(self(detail).message for detail in result.details)
        return " " + " ".join(told) if told else ""

    def _rule(self, result: Result) -> str:
        """The shape's name; of one without, that of the shape above it, and the property."""
        shape, path = result.shape, ""
        if isinstance(shape, BlankNode):
            path = f"/{_whole(result.path)}" if result.path else ""
        seen = set[Term]()
        while isinstance(shape, BlankNode) and shape in self._above and shape not in seen:
            seen.add(shape)
            shape = self._above[shape]
        found = result.component if isinstance(shape, BlankNode) else shape
        return shorten(found.value).strip("<>") + path

    def _name(self, shape: Node) -> str | None:
        names = (self._of(shape, each) for each in (SH + "name", RDFS + "label"))
        return next(filter(None, map(_chosen, names)), None)

    def _node(self, term: Term) -> str:
        """A term in a sentence: numbers bare; a blank node has no name that would help."""
        if isinstance(term, BlankNode):
            return "a node without a name"
        if isinstance(term, Literal) and _BARE.fullmatch(str(term)):
            return term.value
        return show(term, self._prefixes)

    def _path(self, result: Result) -> str:
        if result.path is None:
            return ""
        predicate = result.path.predicate
        return shorten(predicate, self._prefixes) if predicate else str(result.path)

    def _of(self, shape: Node, predicate: str) -> Sequence[Term]:
        return self._shapes.get(shape, {}).get(predicate, ())

    def _link(self, shape: Node) -> str | None:
        """Where the shape is documented: what it refers to, else its own address."""
        for each in (*self._of(shape, RDFS + "seeAlso"), shape):
            if isinstance(each, NamedNode) and each.value.startswith(("https://", "http://")):
                return each.value
        return None


def _whole(path: Path) -> str:
    """A path as a part of a name, which does not hang on the prefixes of a file."""
    return shorten(path.predicate) if path.predicate else str(path)


def _local(term: Term) -> str:
    return re.split(r"[#/]", getattr(term, "value", ""))[-1]


def _chosen(texts: Iterable[Term]) -> str | None:
    """The text in English, else without a language, else the first in order."""
    literals = [text for text in texts if isinstance(text, Literal)]
    order = {"en": 0, None: 1}
    best = sorted(literals, key=lambda text: (order.get(text.language, 2), text.value))
    return best[0].value if best else None


def _fill(text: str, filled: Mapping[str, str]) -> str:
    """A text with its placeholders filled in; what is unknown stays as it is."""
    return _PLACEHOLDER.sub(lambda found: filled.get(found[1], found[0]), text)
