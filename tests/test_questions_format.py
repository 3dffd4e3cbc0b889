"""The header of a saved question, and how values enter it."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisgraph import questions
from iisgraph.errors import QuestionError
from iisgraph.questions import Parameter, Question
from iisgraph.read import Content
from iisgraph.vocab import BASE, XSD
from tests import rdf

HEADER = """# title: Who was a member on a day?
# description: Memberships: those that held.
# theme: memberships
#keywords:  members ,date
"""
BODY = """# parameter: day date The day asked about
# parameter: organisation organisation The organisation, by its name
# parameter: source source A document
SELECT * WHERE {
  VALUES ?day { "2009-06-16"^^xsd:date }
  VALUES ?organisation { <https://w3id.org/iisgraph/id/organisation/sco> }
  VALUES  ?source {<https://w3id.org/iisgraph/source/cow-igo>}
  ?s ?p ?day , ?organisation , ?source .
}
"""


@pytest.fixture
def question(tmp_path: Path) -> Question:
    return load(tmp_path, members=HEADER + BODY)["members"]


def load(folder: Path, **texts: str) -> dict[str, Question]:
    rdf.write(folder, **{f"queries__{name}_rq": text for name, text in texts.items()})
    return questions.load(Content(folder))


def test_the_header_is_read(question: Question) -> None:
    """Colons in a value, space round words and parameters in their order."""
    assert question.title == "Who was a member on a day?"
    assert question.description == "Memberships: those that held."
    assert (question.theme, question.keywords) == ("memberships", ("members", "date"))
    assert question.parameters == (
        Parameter("day", "date", "The day asked about", "2009-06-16"),
        Parameter("organisation", "organisation", "The organisation, by its name", "sco"),
        Parameter("source", "source", "A document", "cow-igo"),
    )


@pytest.mark.parametrize("part", ["title", "description", "theme", "keywords"])
def test_an_incomplete_header_is_told(tmp_path: Path, part: str) -> None:
    """With the file and what it lacks."""
    lines = [line for line in HEADER.splitlines() if part not in line]
    with pytest.raises(QuestionError, match=rf"queries/x\.rq: the header lacks {part}"):
        load(tmp_path, x="\n".join(lines))


@pytest.mark.parametrize(
    "line", ["# parameter: when date A day", "# parameter: day date", "# parameter: day"]
)
def test_a_parameter_that_says_too_little_is_told(tmp_path: Path, line: str) -> None:
    """Without a place in the query, a kind or an explanation it cannot be asked for."""
    with pytest.raises(QuestionError, match=r"queries/x\.rq: .*parameter"):
        load(tmp_path, x=f'{HEADER}{line}\nSELECT * {{ VALUES ?day {{ "2001-01-01"^^xsd:date }} }}')


def test_questions_come_by_theme_and_title(tmp_path: Path) -> None:
    """As a person would look for them, whatever the files are called."""
    themes = {"a": ("x", "B?"), "b": ("w", "Z?"), "c": ("x", "A?")}
    texts = {
        name: f"# title: {title}\n# description: d\n# theme: {theme}\n# keywords: k\nASK {{}}"
        for name, (theme, title) in themes.items()
    }
    assert list(load(tmp_path, **texts)) == ["b", "c", "a"]


def test_nothing_given_changes_nothing(question: Question) -> None:
    """The file runs as it is."""
    assert question.ask() == question.ask({}) == HEADER + BODY


def test_values_replace_defaults_and_nothing_else(question: Question) -> None:
    """Each in its own VALUES; the space round a typed value is no part of it."""
    asked = question.ask({"day": " 2001-02-28 ", "organisation": "un", "source": "a/b"})
    expected = (
        (HEADER + BODY)
        .replace('"2009-06-16"^^xsd:date', '"2001-02-28"^^<http://www.w3.org/2001/XMLSchema#date>')
        .replace("organisation/sco", "organisation/un")
        .replace("source/cow-igo", "source/a/b")
    )
    assert asked == expected


def test_unknown_parameters_are_refused_with_the_known(question: Question) -> None:
    """A misspelt parameter would leave the default in silence."""
    with pytest.raises(QuestionError, match=r"no parameter dya \(it has: day, organisation, sou"):
        question.ask({"dya": "2001-01-01"})


@given(st.text())
def test_only_days_and_names_enter_a_query(value: str) -> None:
    """Whatever is typed, the query outside of the value stays as it was."""
    parameters = tuple(Parameter(n, n, "", "x") for n in ("date", "state"))
    sparql = 'VALUES ?date { "2001-01-01"^^xsd:date } VALUES ?state { <x> }'
    plain = Question("q", "", "", "", (), parameters, sparql)
    for name in ("date", "state"):
        with suppress(QuestionError):
            asked = plain.ask({name: value})
            typed = value.strip()
            assert asked in (
                sparql.replace("<x>", f"<{BASE}id/state/{typed}>"),
                sparql.replace('01-01"^^xsd:date', f'01-01"^^<{XSD}date>').replace(
                    "2001-01-01", typed
                ),
            )
            assert not set(typed) & set(' <>"{}\\')


def test_a_question_is_found_by_name_or_hinted_at(question: Question) -> None:
    """The nearest names are told."""
    saved = {"members": question}
    assert questions.named(saved, "members") is question
    with pytest.raises(QuestionError, match=r"did you mean members\?"):
        questions.named(saved, "member")
    with pytest.raises(QuestionError, match=r"no saved question 'xyz'$"):
        questions.named(saved, "xyz")
