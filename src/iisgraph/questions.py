"""Saved questions: SPARQL files with a header, some with parameters.

    # title: Who were the members of an organisation on a day?
    # description: Memberships that certainly held on that day.
    # theme: memberships
    # keywords: members, date
    # parameter: day date The day asked about

A parameter stands in the query as `VALUES ?day { "2009-06-16"^^xsd:date }`; that
is its default, so the file runs as it is, in any SPARQL client.
"""

import datetime
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from iisgraph.engine import Literal, NamedNode
from iisgraph.errors import QuestionError
from iisgraph.read import Content
from iisgraph.vocab import BASE, XSD

_HEADER: Final = re.compile(r"#\s*(\w+):\s*(.*\S)")
_SLUG: Final = re.compile(r"[\w-]+(/[\w-]+)*")


@dataclass(frozen=True)
class Parameter:
    """A value that the asker may change; `kind` is `date` or a class of things (`state`)."""

    name: str
    kind: str
    description: str
    default: str


@dataclass(frozen=True)
class Question:
    """A question in plain words and the query that answers it."""

    name: str
    title: str
    description: str
    theme: str
    keywords: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    sparql: str

    def ask(self, values: Mapping[str, str] | None = None) -> str:
        """The query with parameter values put in; what is not given keeps its default.

        Raises:
            QuestionError: for an unknown parameter or a value it cannot take.
        """
        values = values or {}
        known = {parameter.name: parameter for parameter in self.parameters}
        sparql = self.sparql
        for name, value in values.items():
            if name not in known:
                names = ", ".join(known) or "none"
                raise QuestionError(f"{self.name} has no parameter {name} (it has: {names})")
            term = _term(known[name], value.strip()).replace("\\", r"\\")
            sparql = _block(name).sub(rf"\g<1>{term}\g<3>", sparql)
        return sparql


def load(content: Content) -> dict[str, Question]:
    """All questions of a content folder, by name, in order of theme and title.

    Raises:
        SourceError: if a file cannot be read.
        QuestionError: if a header is incomplete.
    """
    found = [_parse(name, text) for name, text in content.texts("queries").items()]
    return {q.name: q for q in sorted(found, key=lambda q: (q.theme, q.title))}


def _parse(name: str, text: str) -> Question:
    lines = [(m[1], m[2]) for line in text.splitlines() if (m := _HEADER.fullmatch(line))]
    header = dict(lines)
    missing = {"title", "description", "theme", "keywords"} - header.keys()
    if missing:
        raise QuestionError(f"queries/{name}.rq: the header lacks {', '.join(sorted(missing))}")
    return Question(
        name=name,
        title=header["title"],
        description=header["description"],
        theme=header["theme"],
        keywords=tuple(word.strip() for word in header["keywords"].split(",")),
        parameters=tuple(_parameter(name, v, text) for key, v in lines if key == "parameter"),
        sparql=text,
    )


def _parameter(question: str, line: str, text: str) -> Parameter:
    try:
        name, kind, description = line.split(maxsplit=2)
    except ValueError:
        message = f"queries/{question}.rq: parameter {line!r} is not name, kind and description"
        raise QuestionError(message) from None
    block = _block(name).search(text)
    if block is None:
        message = f"queries/{question}.rq: parameter {name} has no VALUES ?{name} {{ … }}"
        raise QuestionError(message)
    return Parameter(name, kind, description, _plain(block[2].strip()))


def _block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(VALUES\s+\?{re.escape(name)}\s*\{{\s*)([^{{}}]*?)(\s*\}})")


def _plain(term: str) -> str:
    """A default as a person would type it: the slug of an IRI, the text of a literal."""
    if term.startswith("<"):
        return term[1:-1].removeprefix(BASE).removeprefix("id/").split("/", 1)[-1]
    return term.split('"')[1]


def _term(parameter: Parameter, value: str) -> str:
    """The SPARQL term of a typed value, checked; nothing else can enter the query."""
    if parameter.kind == "date":
        if not _is_day(value):
            message = f"{parameter.name} is {value!r}, expected a day such as 2009-06-16"
            raise QuestionError(message)
        return str(Literal(value, datatype=NamedNode(XSD + "date")))
    if not _SLUG.fullmatch(value):
        message = f"{parameter.name} is {value!r}, expected the name of a {parameter.kind}"
        raise QuestionError(f"{message} as in its address, such as {parameter.default}")
    part = parameter.kind if parameter.kind == "source" else f"id/{parameter.kind}"
    return str(NamedNode(f"{BASE}{part}/{value}"))


def _is_day(value: str) -> bool:
    """Whether this is `YYYY-MM-DD`; Python alone would take other ISO 8601 forms too."""
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def named(saved: Mapping[str, Question], name: str) -> Question:
    """The question of that name.

    Raises:
        QuestionError: if there is none, with the nearest names.
    """
    if name in saved:
        return saved[name]
    near = difflib.get_close_matches(name, saved, 3)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    raise QuestionError(f"there is no saved question {name!r}{hint}")
