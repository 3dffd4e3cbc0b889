"""What a result says in words (SHACL §2.1.5, §5.3.2)."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from iisgraph.engine import Literal, Term
from iisgraph.shacl.demands import Constraint, Qualified

_PLACE: Final = re.compile(r"\{[?$](\w+)\}")
_WORDS: Final[Mapping[str, str]] = {
    "and": "does not conform to all of the shapes that it must conform to",
    "class": "is not an instance of {value}",
    "closed": "has a property that its shape does not allow",
    "custom": "does not meet {component}",
    "datatype": "is not a well-formed literal of the datatype {value}",
    "disjoint": "is a value of {value} too",
    "equals": "is not a value of both this path and {value}",
    "hasValue": "lacks the value {value}",
    "in": "is not one of the allowed values: {value}",
    "languageIn": "is not in one of the languages {value}",
    "lessThan": "is not less than each value of {value}",
    "lessThanOrEquals": "is not less than or equal to each value of {value}",
    "maxCount": "has more than {value} values",
    "maxExclusive": "is not less than {value}",
    "maxInclusive": "is greater than {value}",
    "maxLength": "is longer than {value} characters",
    "minCount": "has fewer than {value} values",
    "minExclusive": "is not greater than {value}",
    "minInclusive": "is less than {value}",
    "minLength": "is shorter than {value} characters",
    "node": "does not conform to the shape {value}",
    "nodeKind": "is not of the kind {value}",
    "not": "conforms to the shape {value}, which it must not",
    "or": "conforms to none of the shapes of which it must conform to one",
    "pattern": "does not match the pattern {value}",
    "qualifiedMaxCount": "has more than {value} values that conform to the qualified shape",
    "qualifiedMinCount": "has fewer than {value} values that conform to the qualified shape",
    "sparql": "is found at fault by a query of the shape",
    "uniqueLang": "has more than one value in the same language",
    "xone": "does not conform to exactly one of the shapes",
}


def filled(message: Literal, known: Mapping[str, Term | str]) -> Literal:
    """A message with `{$name}` and `{?name}` replaced by what is known of that name."""
    if "{" not in message.value:
        return message
    text = _PLACE.sub(lambda found: _word(found, known), message.value)
    return Literal(text, language=message.language) if message.language else Literal(text)


def _word(found: re.Match[str], known: Mapping[str, Term | str]) -> str:
    value = known.get(found[1])
    if value is None:
        return found[0]
    return value if isinstance(value, str) else value.value


def standard(constraint: Constraint) -> Sequence[Literal]:
    """What we say where the shapes say nothing."""
    value = constraint.value
    if isinstance(value, Qualified):
        value = value.count
    if constraint.name == "pattern":
        value = value[0]
    if isinstance(value, tuple):
        value = ", ".join(map(str, value))
    words = _WORDS[constraint.name].format(value=value, component=constraint.component)
    return (Literal(words, language="en"),)
