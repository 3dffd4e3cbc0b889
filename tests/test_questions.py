"""The saved questions: each is compared with an answer that does not come from its query.

An answer is worked out from the tables of facts by a function in `tests/answers/`, or
written by hand in `tests/questions/` where it rests on more than the tables hold.
"""

import csv
import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from rdflib import Graph

from iisgraph import engine, query, questions, read
from iisgraph.errors import QuestionError
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import XSD

HERE = Path(__file__).parent
QUESTIONS = questions.load(read.default_content())
THEMES = {
    "agreements",
    "coverage",
    "disagreement",
    "documents",
    "forums",
    "groups",
    "memberships",
    "sources",
    "votes",
}
FOUNDERS = {"CHN", "KAZ", "KGZ", "RUS", "TJK", "UZB"}

Answer = Callable[..., list[list[str]]]


def answers() -> dict[str, tuple[Answer, list[dict[str, str]]]]:
    """The functions of `tests/answers/` by question, with the values to ask each with.

    A function bears the name of its question, `_` for `-`, and takes its parameters;
    `VARIANTS` of its module holds values other than the defaults.
    """
    found: dict[str, tuple[Answer, list[dict[str, str]]]] = {}
    for path in sorted((HERE / "answers").glob("*.py")):
        module = importlib.import_module(f"tests.answers.{path.stem}")
        variants: Mapping[str, list[dict[str, str]]] = module.VARIANTS
        for name, value in vars(module).items():
            question = name.replace("_", "-")
            if callable(value) and value.__module__ == module.__name__ and question in QUESTIONS:
                assert question not in found
                found[question] = (value, variants.get(question, []))
        assert set(variants) <= set(found)
    return found


ANSWERS: Final = answers()
WRITTEN: Final = {path.stem: path for path in (HERE / "questions").glob("*.csv")}
CASES: Final = [
    (name, values) for name, (_, variants) in sorted(ANSWERS.items()) for values in ({}, *variants)
]

every_question = pytest.mark.parametrize("name", sorted(QUESTIONS))


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines()))


def ask(snapshot: Snapshot, name: str, **values: str) -> list[list[str]]:
    answer = query.answer(snapshot, QUESTIONS[name].ask(values))
    return rows(answer.serialize("text/csv").decode())


def states(table: list[list[str]]) -> set[str]:
    return {row[-1].rpartition("/")[2] for row in table[1:]}


def test_each_question_has_one_expected_answer_and_each_answer_a_question() -> None:
    """No question goes unchecked, and no answer is left over from one that is gone."""
    assert sorted([*ANSWERS, *WRITTEN]) == sorted(QUESTIONS)
    assert len(QUESTIONS) >= 80


def test_most_answers_come_from_the_tables_and_questions_with_parameters_are_asked_twice() -> None:
    """An answer written by hand is only for what the tables do not hold."""
    assert len(ANSWERS) >= 55
    parametrised = {name for name in ANSWERS if QUESTIONS[name].parameters}
    assert parametrised <= {name for name, values in CASES if values}


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_answer_is_the_one_written_by_hand(snapshot: Snapshot, name: str) -> None:
    """Every row and its place: the order of an answer is part of it."""
    assert ask(snapshot, name) == rows(WRITTEN[name].read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "values"), CASES, ids=str)
def test_answer_is_the_one_of_the_tables(
    snapshot: Snapshot, name: str, values: dict[str, str]
) -> None:
    """Every row and its place, for the defaults and for other values."""
    answer, _ = ANSWERS[name]
    defaults = {parameter.name: parameter.default for parameter in QUESTIONS[name].parameters}
    expected = answer(**(defaults | values))
    assert ask(snapshot, name, **values)[1:] == expected
    assert expected or values, "a default that is answered by nothing shows nothing"


@every_question
def test_header_reads_well(name: str) -> None:
    """Titles are questions in plain words, themes are known, every parameter is explained."""
    question = QUESTIONS[name]
    assert question.title.endswith("?")
    assert question.description.endswith(".")
    assert question.theme in THEMES
    assert all(question.keywords)
    assert all(parameter.description for parameter in question.parameters)


def test_titles_tell_questions_apart() -> None:
    """A list of titles is enough to choose from."""
    assert len({question.title for question in QUESTIONS.values()}) == len(QUESTIONS)


@every_question
def test_default_values_change_nothing(name: str) -> None:
    """What stands in the query as default, typed by a person, is the same query."""
    question = QUESTIONS[name]
    defaults = {parameter.name: parameter.default for parameter in question.parameters}
    asked = question.ask(defaults).replace(f"<{XSD}date>", "xsd:date")
    assert asked == question.sparql


@every_question
def test_answer_is_in_a_total_order(name: str) -> None:
    """Without ORDER BY an engine may give rows in any order, and no two answers would compare."""
    assert "\nORDER BY " in QUESTIONS[name].sparql


@pytest.fixture(scope="module")
def merged(snapshot: Snapshot) -> Graph:
    """The default graph in rdflib's own memory, away from our engine."""
    quads = snapshot.engine.quads(graph=engine.DefaultGraph())
    text = engine.serialize((quad.triple for quad in quads), "application/n-triples")
    return Graph().parse(data=text, format="nt")


@pytest.mark.parametrize(
    "name",
    [
        "agreement-signatories",
        "infoforum-2017-numbers",
        "infoforum-2017-when-and-where",
        "members-on-day",
        "organisations-by-growth",
        "states-that-left",
        "voting-agreement",
    ],
)
def test_another_engine_gives_the_same_answer(snapshot: Snapshot, merged: Graph, name: str) -> None:
    """The questions are plain SPARQL 1.1: rdflib's evaluator, on the merge, answers alike."""
    table = merged.query(QUESTIONS[name].sparql).serialize(format="csv")
    assert table is not None
    assert rows(table.decode()) == ask(snapshot, name)


@pytest.mark.parametrize(
    ("day", "joined"),
    [
        ("2001-06-15", set()),
        ("2017-06-08", set()),
        ("2017-06-10", {"IND", "PAK"}),
        ("2023-07-03", {"IND", "PAK"}),
        ("2023-07-04", {"IND", "PAK", "IRN"}),
        ("2024-12-31", {"IND", "PAK", "IRN", "BLR"}),
    ],
)
def test_members_depend_on_the_day(snapshot: Snapshot, day: str, joined: set[str]) -> None:
    """The SCO's members are its founders and those who had joined by that day."""
    table = ask(snapshot, "members-on-day", day=day)
    assert states(table) == FOUNDERS | joined
    assert {row[1] for row in table[1:]} == {"certainly"}


def test_nobody_is_a_member_before_the_beginning(snapshot: Snapshot) -> None:
    """The SCO was founded on 15 June 2001."""
    assert states(ask(snapshot, "members-on-day", day="2001-06-14")) == set()


@pytest.mark.parametrize(
    ("day", "certainty"),
    [("2005-12-31", None), ("2006-07-01", "possibly"), ("2007-01-01", "certainly")],
)
def test_a_year_alone_makes_membership_possible_then_certain(
    snapshot: Snapshot, day: str, certainty: str | None
) -> None:
    """Sources date the beginning of BRICS by the year 2006 alone."""
    table = ask(snapshot, "members-on-day", organisation="brics", day=day)
    founders = {"BRA", "CHN", "IND", "RUS"} if certainty else set()
    assert states(table) == founders
    assert {row[1] for row in table[1:]} <= {certainty}


@pytest.mark.parametrize(
    ("day", "certainty"),
    [("2009-07-31", "certainly"), ("2009-08-15", "possibly"), ("2009-09-01", None)],
)
def test_a_month_alone_makes_the_end_possible_then_certain(
    snapshot: Snapshot, day: str, certainty: str | None
) -> None:
    """Sources date Georgia's leaving of the CIS by August 2009 alone."""
    table = ask(snapshot, "members-on-day", organisation="cis", day=day)
    assert {row[-1].rpartition("/")[2]: row[1] for row in table[1:]}.get("GEO") == certainty


def test_the_members_of_a_day_are_those_whose_status_says_so(snapshot: Snapshot) -> None:
    """Asked from the organisation or from the state, the same membership is as sure."""
    day = "2010-06-30"
    members = ask(snapshot, "members-on-day", organisation="brics", day=day)[1:]
    assert {row[1] for row in members} == {"certainly", "possibly"}
    for name, certainty, node in members:
        code = node.rpartition("/")[2]
        table = ask(snapshot, "statuses-of-state-on-day", state=code, day=day)
        assert ["BRICS", "member", certainty] in [row[:3] for row in table], name


def test_voting_agreement_is_the_same_from_either_side(snapshot: Snapshot) -> None:
    """Shared votes, equal votes and share belong to the pair."""
    one = ask(snapshot, "voting-agreement", state="IND", other="FRA")[1]
    two = ask(snapshot, "voting-agreement", state="FRA", other="IND")[1]
    assert one[:2] == ["India", "France"] == two[1::-1]
    assert one[2:5] == two[2:5]


def test_nothing_was_signed_on_the_day_after(snapshot: Snapshot) -> None:
    """A day is a day, not the month around it."""
    assert ask(snapshot, "signed-on-day", day="2009-06-17")[1:] == []


def test_parameters_combine(snapshot: Snapshot) -> None:
    """Every signatory of 2009 is a member of the SCO; asked of the SCO, the status says so."""
    table = ask(snapshot, "signatories-in-organisation", organisation="sco")
    assert {tuple(row[1:3]) for row in table[1:]} == {
        ("member", "Shanghai Cooperation Organisation")
    }
    assert states(table) == FOUNDERS


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("day", "2009-13-01"),
        ("day", "2009-02-29"),
        ("day", "2009"),
        ("day", ""),
        ("day", '2009-06-16"^^xsd:date } #'),
        ("organisation", "sco>"),
        ("organisation", "sco brics"),
        ("organisation", "../sco"),
        ("organisation", ""),
        ("organisation", "sco> } { ?s ?p ?o"),
        ("state", "KGZ"),
    ],
)
def test_wrong_values_are_refused(parameter: str, value: str) -> None:
    """Only days and names enter a query; a parameter that the question lacks is a mistake too."""
    with pytest.raises(QuestionError, match=parameter):
        QUESTIONS["members-on-day"].ask({parameter: value})
