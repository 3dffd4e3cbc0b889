"""The rules of a release read backwards: from what they say to what it rests on."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from iisgraph.engine import WHOLE, Oxigraph, Term
from iisgraph.patterns import is_variable
from iisgraph.patterns.parse import read
from iisgraph.provenance.footing import Footing, Statement, constants, follow
from iisgraph.provenance.plan import Plan, Solution, plan

Template = tuple[str, str, str]


@dataclass(frozen=True)
class Derivation:
    """How a statement follows: the rule, and what this rests on."""

    rule: str
    title: str
    footing: Footing


@dataclass(frozen=True)
class _Rule:
    name: str
    title: str
    templates: Sequence[Template]
    plan: Plan
    constants: Mapping[str, Term]


class Rules:
    """The rules of a release over the statements that they were applied to."""

    def __init__(self, engine: Oxigraph, texts: Mapping[str, str]) -> None:
        self._engine = engine
        self._rules = [_read(engine, name, text) for name, text in texts.items()]

    def explain(self, statements: Iterable[Statement]) -> dict[Statement, list[Derivation]]:
        """How each derived statement follows; it may do so in several ways."""
        wanted = list(statements)
        found: dict[Statement, list[Derivation]] = defaultdict(list)
        for rule in self._rules:
            for template in rule.templates:
                for statement, footing in self._apply(rule, template, wanted):
                    found[statement].append(Derivation(rule.name, rule.title, footing))
        return found

    def _apply(
        self, rule: _Rule, template: Template, statements: Sequence[Statement]
    ) -> list[tuple[Statement, Footing]]:
        """What the statements that a template can have made rest on by this rule."""
        bound: list[tuple[Statement, Solution]]
        bound = [(s, b) for s in statements if (b := _bindings(rule, template, s)) is not None]
        if is_variable(template[1]):
            bound = self._possible(rule, template[1][1:], bound)
        if not bound:
            return []
        rows = [row for _, row in bound]
        footings = follow(self._engine, rule.plan, rows, sorted(rows[0]), WHOLE, one_by_one=True)
        pairs = zip((statement for statement, _ in bound), footings, strict=True)
        return [(statement, footing) for statement, footing in pairs if footing.statements]

    def _possible(
        self, rule: _Rule, name: str, bound: Sequence[tuple[Statement, Solution]]
    ) -> list[tuple[Statement, Solution]]:
        """Those whose predicate the rule can give at all, asked once for each."""
        makes = {}
        for predicate in {row[name] for _, row in bound}:
            restriction = rule.plan.restriction({name: predicate}, [name])
            makes[predicate] = any(self._engine.query(rule.plan.query(restriction, 1)).rows())
        return [(statement, row) for statement, row in bound if makes[row[name]]]


def _read(engine: Oxigraph, name: str, text: str) -> _Rule:
    query = read(text)
    made = plan(query)
    templates = [(t.subject, str(t.predicate), t.object) for t in query.template]
    title = re.search(r"^\s*# title: (.*\S)", text, re.MULTILINE)
    return _Rule(name, title[1] if title else "", templates, made, constants(engine, made))


def _bindings(rule: _Rule, template: Template, statement: Statement) -> dict[str, Term] | None:
    """The values of the template's variables in a statement, None if it does not fit."""
    bound: dict[str, Term] = {}
    for text, term in zip(template, statement, strict=True):
        expected = bound.setdefault(text[1:], term) if is_variable(text) else rule.constants[text]
        if expected != term:
            return None
    return bound
