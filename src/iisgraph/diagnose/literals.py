"""What would have matched: other languages, datatypes, spellings and directions."""

import difflib
import re
from collections.abc import Sequence
from typing import Final

from iisgraph.diagnose.notes import kind_of, listed, quoted, show
from iisgraph.diagnose.probes import Probes
from iisgraph.engine import Literal, Term
from iisgraph.patterns import Filter, Part, Triple, is_variable, variables_of
from iisgraph.sparql import Token, tokens_of
from iisgraph.vocab import TYPE, XSD

COMPARISONS: Final = frozenset({"=", "!=", "<", ">", "<=", ">="})
_TYPES: Final = frozenset({f"<{TYPE}>", "rdf:type"})
_FORMS: Final = {
    XSD + "date": r"\d{4}-\d\d-\d\d",
    XSD + "gYearMonth": r"\d{4}-\d\d",
    XSD + "gYear": r"\d{4}",
    XSD + "integer": r"[+-]?\d+",
    XSD + "boolean": r"true|false",
}
"""How a value of a datatype is written."""

_TRIED: Final = 2000
"""Values of a property that are looked through for the nearest spelling."""


def triple_hint(probes: Probes, triple: Triple) -> str:
    """Why a triple pattern matches nothing on its own, as the end of a sentence."""
    predicate = triple.predicate
    if not isinstance(predicate, str):
        return ""
    whatever = Triple(0, 0, "?s", predicate, "?o")
    if not is_variable(predicate) and not probes.any([whatever]):
        return f": no statement has the property {_shown(predicate)}"
    if is_literal(triple.object):
        return _other_literals(probes, triple)
    if hint := _turned(probes, triple, []):
        return hint
    if predicate in _TYPES and not is_variable(triple.object):
        return f": nothing is of the class {triple.object}"
    return ""


def sample_hint(probes: Probes, culprit: Part, needed: Sequence[Part]) -> str:
    """What a part and the others have in the variable that they share."""
    if isinstance(culprit, Triple) and (hint := _turned(probes, culprit, needed)):
        return hint
    others = frozenset[str]().union(*(variables_of(part) for part in needed))
    for name in sorted(variables_of(culprit) & others):
        there, here = probes.values(name, needed, most=2), probes.values(name, [culprit], most=2)
        if there and here and set(there) != set(here):
            return f": there ?{name} is {_such_as(there)}, here {_such_as(here)}"
    return ""


def filter_hint(probes: Probes, part: Filter, before: Sequence[Part]) -> str:
    """What the variables of a filter are where it takes all away."""
    tokens = list(tokens_of(probes.query.source(part)))
    for index, token in enumerate(tokens):
        if token.text in COMPARISONS:
            hint = _compared(probes, tokens, index, before)
            if hint:
                return hint
    known = frozenset[str]().union(*(variables_of(each) for each in before))
    for name in sorted(part.variables & known):
        if found := probes.values(name, before, most=3):
            return f"; there ?{name} is {_such_as(found)}"
    return ""


def is_literal(term: str) -> bool:
    """Whether a term as written is text, a number or a truth value."""
    return term[0] in "\"'+-." or term[0].isdigit() or term.lower() in ("true", "false")


def _compared(probes: Probes, tokens: Sequence[Token], index: int, before: Sequence[Part]) -> str:
    """What is amiss with one comparison of a filter."""
    written = _literal(tokens, index + 1)
    left = tokens[index - 1].text if index else ""
    asks_language = left == ")" and index > 3 and tokens[index - 4].text.upper() == "LANG"
    if asks_language and written:
        name = tokens[index - 2].text[1:]
        return _languages(probes, name, before)
    if not written:
        written, left = tokens[index - 1].text, _text(tokens, index + 1)
    if not (is_literal(written) and left[:1] in ("?", "$")):
        return ""
    return _mismatch(probes, left[1:], written, before)


def _mismatch(probes: Probes, name: str, written: str, before: Sequence[Part]) -> str:
    """Whether a variable and a literal are of kinds that never compare."""
    (given,) = probes.terms([written])
    found = probes.values(name, before, most=50)
    kinds = sorted({kind_of(term) for term in found})
    if not kinds or kind_of(given) in kinds:
        return ""
    better = _rewritten(given, found) if isinstance(given, Literal) else ""
    return f"; there ?{name} is {listed(kinds[:4])}, not {kind_of(given)}{better}"


def _rewritten(given: Literal, found: Sequence[Term]) -> str:
    """The literal as it would have to be written to be of the kind of a value."""
    literals = [term for term in found if isinstance(term, Literal)]
    tagged = sorted((t for t in literals if t.language), key=lambda t: t.language != "en")
    if tagged:
        return f"; write {show(Literal(given.value, language=tagged[0].language))}"
    for kind in dict.fromkeys(term.datatype for term in literals):
        if re.fullmatch(_FORMS.get(kind.value, ".*"), given.value):
            return f"; write {show(Literal(given.value, datatype=kind))}"
    return ""


def _languages(probes: Probes, name: str, before: Sequence[Part]) -> str:
    other = probes.query.fresh + "v"
    found = probes.values(other, before, f"BIND(LANG(?{name}) AS ?{other})", most=20)
    shown = sorted(term.value or "none" for term in found)
    return f"; there the language of ?{name} is {listed(shown)}" if shown else ""


def _other_literals(probes: Probes, triple: Triple) -> str:
    """Values that differ from the one asked for in language, datatype, case or a letter."""
    name = probes.query.fresh + "v"
    pattern = Triple(0, 0, triple.subject, triple.predicate, f"?{name}")
    same = f"FILTER(LCASE(STR(?{name})) = LCASE(STR({triple.object})))"
    if found := probes.values(name, [pattern], same, most=4):
        return f"; did you mean {listed(sorted(map(show, found)))}?"
    (given,) = probes.terms([triple.object])
    values = probes.values(name, [pattern], f"FILTER(ISLITERAL(?{name}))", most=_TRIED)
    texts = {term.value: term for term in values}
    near = difflib.get_close_matches(given.value, texts, 1, 0.7)
    if near:
        return f"; the nearest is {show(texts[near[0]])}"
    return f"; its values are such as {_such_as(values[:3])}" if values else ""


def _turned(probes: Probes, triple: Triple, others: Sequence[Part]) -> str:
    """Whether a triple pattern would match with its ends exchanged."""
    if is_literal(triple.object) or not isinstance(triple.predicate, str):
        return ""
    if is_variable(triple.predicate):
        return ""
    turned = Triple(0, 0, triple.object, triple.predicate, triple.subject)
    if not probes.any([*others, turned]):
        return ""
    return f"; the other way round there is a match: {quoted(probes.query, turned)}"


def _literal(tokens: Sequence[Token], index: int) -> str:
    """The literal that begins at a token, or nothing."""
    text = _text(tokens, index)
    if not text or not is_literal(text):
        return ""
    after = _text(tokens, index + 1)
    if after == "^^":
        return text + after + _text(tokens, index + 2)
    return text + after if after.startswith("@") or text in "+-" else text


def _text(tokens: Sequence[Token], index: int) -> str:
    return tokens[index].text if index < len(tokens) else ""


def _shown(term: str) -> str:
    return "rdf:type" if term == f"<{TYPE}>" else term


def _such_as(terms: Sequence[Term]) -> str:
    return listed(sorted(show(term) for term in terms))
