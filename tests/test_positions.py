"""The positioned reader finds every triple where it stands."""

import random
from collections.abc import Iterator

import pytest
from rdflib import URIRef

from iisgraph import engine
from iisgraph.engine import BlankNode, Literal, NamedNode, Term
from iisgraph.positions import Positions, _to_rdflib, positions
from iisgraph.vocab import BASE, TYPE, XSD
from tests import rdf

EX = rdf.EX
FILLERS = [" ", "  ", "\n", "\n\n    ", "\t", ' # a comment ; . , """\n', "\r\n"]


class Writer:
    """Writes Turtle at random and remembers where each object began."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.text = f"# head\n@base <{BASE}> .\n@prefix e: <{EX}> .\n@prefix xsd: <{XSD}> .\n"
        self.number = 0
        self.placed: list[tuple[str, str, Term | None, tuple[int, int]]] = []

    def put(self, text: str) -> None:
        self.text += text

    def gap(self) -> None:
        self.put(self.dice.choice(FILLERS))

    def here(self) -> tuple[int, int]:
        line = self.text.count("\n") + 1
        return line, len(self.text) - self.text.rfind("\n")

    def value(self) -> tuple[str, Term | None]:
        self.number += 1
        n = self.number
        day = NamedNode(XSD + "date")
        choices: list[tuple[str, Term | None]] = [
            (f"e:v{n}", NamedNode(f"{EX}v{n}")),
            (f"<id/v{n}>", NamedNode(f"{BASE}id/v{n}")),
            (f'"plain # {n}"', Literal(f"plain # {n}")),
            (f"'''long\n{n}\n, ; . '''", Literal(f"long\n{n}\n, ; . ")),
            (f'"""a "quoted"\n\n{n}"""', Literal(f'a "quoted"\n\n{n}')),
            (f'"слово {n} 关"@ru', Literal(f"слово {n} 关", language="ru")),
            (f'"{2000 + n}-01-01"^^xsd:date', Literal(f"{2000 + n}-01-01", datatype=day)),
            (str(n), Literal(str(n), datatype=NamedNode(XSD + "integer"))),
            (f"( {n}\n ( e:in '''x\ny''' ) )", None),
            (f"[ e:inner {n} ;\n e:other 'x', \n'y' ]", None),
        ]
        return self.dice.choice(choices)

    def statement(self) -> None:
        self.number += 1
        subject = self.dice.choice([f"e:s{self.number}", f"<{EX}s{self.number}>"])
        self.put(subject)
        for index in range(self.dice.randint(1, 3)):
            if index:
                self.gap()
                self.put(";")
            self.gap()
            predicate = "a" if self.dice.random() < 0.2 else f"e:p{index}"
            self.put(predicate)
            full = TYPE if predicate == "a" else f"{EX}p{index}"
            for again in range(self.dice.randint(1, 3)):
                if again:
                    self.gap()
                    self.put(",")
                self.gap()
                text, term = self.value()
                self.placed.append((f"{EX}s{self.number_of(subject)}", full, term, self.here()))
                self.put(text)
        self.gap()
        self.put(".\n")

    def number_of(self, subject: str) -> str:
        return subject.strip("<>").rpartition("s")[2]


def generated() -> Iterator[Writer]:
    for seed in range(60):
        writer = Writer(seed)
        for _ in range(30):
            writer.statement()
        yield writer


def test_every_triple_is_found_where_it_stands() -> None:
    """Comments, long strings, nested lists and object lists before it move nothing."""
    checked = 0
    for writer in generated():
        file = rdf.file(writer.text)
        known = positions(file)
        assert len(file.parsed.quads) >= len(writer.placed)
        for subject, predicate, term, place in writer.placed:
            if term is None:
                assert place in known.triples.values()
            else:
                assert known.find(subject, predicate, term) == place
                checked += 1
    assert checked > 4000


def test_every_triple_of_a_named_subject_has_a_place() -> None:
    """Both readers see the same triples, so each finding of one has a place in the other."""
    for writer in generated():
        file = rdf.file(writer.text)
        known = positions(file)
        named = [q for q in file.parsed.quads if not isinstance(q.subject, BlankNode)]
        assert named
        for subject, predicate, value in engine.triples(named):
            if not isinstance(value, BlankNode):
                key = (URIRef(subject.value), URIRef(predicate.value), _to_rdflib(value))
                assert key in known.triples


TEXT = f"""@prefix e: <{EX}> .

e:s e:p 1 ,
        2 ;
    a e:T .
e:t e:p "x"@en .
"""


@pytest.mark.parametrize(
    ("focus", "path", "value", "place"),
    [
        ("s", "p", Literal("2", datatype=NamedNode(XSD + "integer")), (4, 9)),
        ("s", "p", None, (3, 9)),
        ("s", "p", Literal("9"), (3, 9)),
        ("s", "gone", None, (5, 7)),
        ("s", None, None, (5, 7)),
        ("t", None, None, (6, 9)),
        ("t", "p", Literal("x", language="en"), (6, 9)),
        ("nobody", "p", None, None),
    ],
)
def test_the_nearest_place_is_given(
    focus: str, path: str | None, value: Term | None, place: tuple[int, int] | None
) -> None:
    """The triple, else the first value of the path, else the subject's type or first statement."""
    known = positions(rdf.file(TEXT))
    assert known.find(EX + focus, path and EX + path, value) == place


def test_other_formats_have_no_places() -> None:
    """Only Turtle is written by hand."""
    line = f"<{EX}s> <{EX}p> <{EX}o> .\n"
    assert positions(rdf.file(line, "x.nt")) == Positions()
