"""The positioned reader finds every statement where it stands."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iisgraph.engine import BlankNode, Literal, NamedNode, Term
from iisgraph.errors import SourceError
from iisgraph.gate import placing
from iisgraph.gate.findings import Finding, Severity
from iisgraph.positions import Place, Positions, positions, prefix_place
from iisgraph.read import File
from iisgraph.vocab import BASE, FIRST, TYPE, XSD
from tests import rdf

EX = rdf.EX
FILLERS = [
    " ",
    "  ",
    "\n",
    "\n\n    ",
    "\t",
    ' # a comment ; . , """ <x> [ (\n',
    "\r\n",
    " # \r\n ",
]
LITERALS: list[Callable[[int], tuple[str, str, str, str]]] = [
    # what is written, and the text, language and datatype that it means
    lambda n: (f'"plain # {n}"', f"plain # {n}", "", ""),
    lambda n: (f"'it is \\'{n}\\\\'", f"it is '{n}\\", "", ""),
    lambda n: (f"'''long\n{n}\n, ; . '' ] '''", f"long\n{n}\n, ; . '' ] ", "", ""),
    lambda n: (f'"""a ""quoted"" \\"""\r\n{n}"""', f'a ""quoted"" """\r\n{n}', "", ""),
    lambda n: (f'"слово 𝕏 {n} 关"@ru', f"слово 𝕏 {n} 关", "ru", ""),
    lambda n: (f"'x{n}'@zh-hans-CN", f"x{n}", "zh-hans-cn", ""),
    lambda n: (f'"{n}-01-01"^^xsd:date', f"{n}-01-01", "", XSD + "date"),
    lambda n: (f'"{n}" ^^ <{XSD}token>', f"{n}", "", XSD + "token"),
    lambda n: (f"{n}", f"{n}", "", XSD + "integer"),
    lambda n: (f"-{n}.5", f"-{n}.5", "", XSD + "decimal"),
    lambda n: (f"+.{n}e-7", f"+.{n}e-7", "", XSD + "double"),
    lambda n: (f"{n}.E0", f"{n}.E0", "", XSD + "double"),
]
IRIS: list[Callable[[int], tuple[str, str]]] = [
    lambda n: (f"e:v{n}", f"{EX}v{n}"),
    lambda n: (f"e:v.{n}.x", f"{EX}v.{n}.x"),
    lambda n: (f"é.1:ö{n}:\\,%20", f"{EX}ö{n}:,%20"),
    lambda n: (f":{n}", f"{EX}{n}"),
    lambda n: (f"<id/v{n}>", f"{BASE}id/v{n}"),
    lambda n: (f"<{EX}\\u0041{n}>", f"{EX}A{n}"),
]


def literal(text: str, language: str, datatype: str) -> Literal:
    if language:
        return Literal(text, language=language)
    return Literal(text, datatype=NamedNode(datatype)) if datatype else Literal(text)


class Writer:
    """Writes a document at random and remembers where each predicate's object began.

    Predicates are used once each, so a quad is known by its predicate; the members of
    lists are known by their values, which are used once each too.
    """

    def __init__(self, dice: random.Random, *, graphs: bool) -> None:
        self.dice = dice
        self.text = f"# head\r\n@base <{BASE}> .\nPREFIX e: <{EX}>\n@prefix xsd: <{XSD}> .\n"
        self.text += f"@prefix : <{EX}> . @prefix é.1: <{EX}>.\n"
        self.number = 0
        self.placed: list[tuple[str, Term | None, int]] = []
        for _ in range(dice.randint(1, 6)):
            if graphs and dice.random() < 0.5:
                self.graph()
            else:
                self.statement(last=dice.random() < 0.9)

    def put(self, text: str) -> None:
        self.text += text

    def gap(self) -> None:
        self.put(self.dice.choice(FILLERS))

    def next(self) -> int:
        self.number += 1
        return self.number

    def iri(self) -> tuple[str, str]:
        return self.dice.choice(IRIS)(self.next())

    def graph(self) -> None:
        self.put(self.dice.choice(["", "GRAPH e:g", "graph _:g", "e:h", "[]"]))
        self.gap()
        self.put("{")
        for index in range(self.dice.randint(0, 3)):
            self.gap()
            self.put("." if index else "")
            self.statement(last=True, end="")
        self.put("}")

    def statement(self, *, last: bool, end: str = ".") -> None:
        self.gap()
        kind = self.dice.choice(["iri", "iri", "blank", "list", "properties"])
        if kind == "iri":
            self.put(self.iri()[0])
        elif kind == "blank":
            self.put(f"_:b{self.next()}.é")
        elif kind == "list":
            self.members()
        else:
            self.properties()
        self.gap()
        if kind != "properties" or self.dice.random() < 0.7:
            self.predicates(3)
            self.gap()
            self.put("" if last else self.dice.choice(["; ", ";;\n"]))
        self.put(end)

    def predicates(self, depth: int) -> None:
        for index in range(self.dice.randint(1, 3)):
            self.put(self.dice.choice(["; ", " ;\n", ";\n;"]) if index else "")
            text, predicate = self.iri()
            for again in range(self.dice.randint(1, 3)):
                self.put("" if again == 0 else self.dice.choice([",", " , ", "\n,"]))
                if again == 0:
                    self.put(text)
                self.gap()
                start = len(self.text)
                self.placed.append((predicate, self.value(depth), start))
                self.gap()

    def value(self, depth: int) -> Term | None:
        kind = self.dice.choice(["literal", "literal", "iri", "blank", "list", "properties"])
        if kind == "literal":
            text, *means = self.dice.choice(LITERALS)(1000 + self.next())
            self.put(text)
            return literal(*means)
        if kind == "iri" or not depth:
            text, iri = self.iri()
            self.put(text)
            return NamedNode(iri)
        if kind == "blank":
            self.put(self.dice.choice([f"_:b{self.next()}", "[]", "[ ]", "()"]))
        elif kind == "list":
            self.members(depth - 1)
        else:
            self.properties(depth - 1)
        return None

    def members(self, depth: int = 2) -> None:
        self.put("(")
        for _ in range(self.dice.randint(0, 3)):
            self.gap()
            start = len(self.text)
            self.placed.append((FIRST, self.value(depth), start))
        self.gap()
        self.put(")")

    def properties(self, depth: int = 2) -> None:
        self.put("[")
        self.gap()
        self.predicates(depth)
        self.put(self.dice.choice(["]", "; ]"]))


def at(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, counted the plain way."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def agrees(writer: Writer, name: str) -> int:
    """Assert that all objects of a document are found where they were written; how many."""
    file = rdf.file(writer.text, name)
    known = positions(file)
    assert len(known.quads) == len(list(file.quads)), writer.text
    found = sorted(
        (quad.predicate.value, *known.lines.place(*statement.value.span)[:2])
        for quad, statement in zip(known.quads, known.statements, strict=True)
        if not quad.predicate.value.endswith("#rest")
    )
    assert found == sorted((predicate, *at(writer.text, o)) for predicate, _, o in writer.placed)
    for predicate, term, offset in writer.placed:
        if term is not None:
            (subject,) = {q.subject for q in known.quads if q.object == term}
            place = known.find(subject, NamedNode(predicate), term)
            assert place
            assert (place.line, place.column) == at(writer.text, offset), writer.text
    return len(writer.placed)


def test_thousands_of_files_are_placed_exactly() -> None:
    """Comments, long strings, nested lists and property lists before it move nothing."""
    placed = 0
    for seed in range(2400):
        dice = random.Random(seed)
        is_trig = seed % 2 == 0
        placed += agrees(Writer(dice, graphs=is_trig), "x.trig" if is_trig else "x.ttl")
    assert placed > 50_000


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(dice=st.randoms(use_true_random=False), is_trig=st.booleans())
def test_any_document_is_placed_exactly(dice: random.Random, is_trig: bool) -> None:
    """The same, with hypothesis looking for the smallest document that is not."""
    agrees(Writer(dice, graphs=is_trig), "x.trig" if is_trig else "x.ttl")


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\\"'\r\n"))


@settings(max_examples=300, deadline=None)
@given(
    lines=st.lists(st.tuples(TEXTS, st.sampled_from(["", "@en", f"^^<{XSD}date>"])), max_size=9),
    graphs=st.booleans(),
)
def test_any_line_of_n_quads_is_placed_exactly(lines: list[tuple[str, str]], graphs: bool) -> None:
    """N-Triples and N-Quads, with any character in a literal."""
    graph = f" <{EX}g>" if graphs else ""
    text = "".join(
        f'# {i}\n_:s{i}  <{EX}p{i}>\t"{value}"{suffix}{graph} . # "x" .\n'
        for i, (value, suffix) in enumerate(lines)
    )
    known = positions(rdf.file(text, "x.nq" if graphs else "x.nt"))
    assert len(known.quads) == len(lines)
    for i in range(len(lines)):
        (quad,) = (q for q in known.quads if q.predicate.value == f"{EX}p{i}")
        place = known.find(quad.subject, quad.predicate, quad.object)
        assert place
        assert (place.line, place.column) == at(text, text.index('"', text.index(f"<{EX}p{i}>")))
        assert place.end_line == place.line


def test_every_right_file_of_the_w3c_has_places() -> None:
    """Turtle, TriG, N-Triples and N-Quads suites: as many places as statements."""
    root = rdf.SHARED / "w3c/rdf"
    if not root.is_dir():
        pytest.skip("the W3C's RDF suites are not here; see tests/w3c")
    files = statements = 0
    for path in sorted(root.rglob("*")):
        file = File(path, EX + "g")
        try:
            expected = (
                len(list(file.quads)) if path.suffix in {".ttl", ".trig", ".nt", ".nq"} else 0
            )
        except SourceError:
            continue
        files += 1
        statements += expected
        assert len(positions(file).quads) == expected, path
    assert files > 700
    assert statements > 1500


TEXT = f"""@prefix e: <{EX}> .

e:s e:p 1 ,
        2 ;
    a e:T .
e:t e:p "x"@en .
e:u e:list ( 1 e:m [ e:q "deep" ] ) ; e:r [ e:q 7 ] .
[] a e:T ; e:p 'lone' .
"""
INTEGER = NamedNode(XSD + "integer")


@pytest.mark.parametrize(
    ("focus", "path", "value", "place"),
    [
        ("s", "p", Literal("2", datatype=INTEGER), (4, 9, 4, 10)),
        ("s", "p", None, (3, 9, 3, 10)),
        ("s", "p", Literal("9"), (3, 9, 3, 10)),
        ("s", "gone", None, (5, 7, 5, 10)),
        ("s", None, None, (5, 7, 5, 10)),
        ("t", None, None, (6, 9, 6, 15)),
        ("t", "p", Literal("x", language="en"), (6, 9, 6, 15)),
        ("u", "list", NamedNode(EX + "m"), (7, 16, 7, 19)),
        ("u", None, Literal("deep"), (7, 26, 7, 32)),
        ("u", "r", Literal("7", datatype=INTEGER), (7, 49, 7, 50)),
        ("u", "list", None, (7, 12, 7, 13)),
        ("m", None, None, (7, 16, 7, 19)),
        ("nobody", "p", None, None),
    ],
)
def test_the_nearest_place_is_given(
    focus: str, path: str | None, value: Term | None, place: tuple[int, ...] | None
) -> None:
    """The statement, what a list holds, the path, the type, the first statement, the value."""
    known = positions(rdf.file(TEXT))
    found = known.find(NamedNode(EX + focus), NamedNode(EX + path) if path else None, value)
    assert found == place


def test_blank_nodes_are_the_ones_that_the_parser_made() -> None:
    """A finding on a node without a name has its place too."""
    known = positions(rdf.file(TEXT))
    (lone,) = (q.subject for q in known.quads if q.object == Literal("lone"))
    assert isinstance(lone, BlankNode)
    assert known.find(lone, None, None) == (8, 6, 8, 9)
    assert known.find(lone, NamedNode(TYPE), None) == Place(8, 6, 8, 9)


def test_properties_and_prefixes_have_places() -> None:
    """For a misspelt property, and for a prefix that leads to nothing."""
    known = positions(rdf.file(TEXT))
    assert known.find_property(NamedNode(EX + "t"), NamedNode(EX + "p")) == (6, 5, 6, 8)
    assert known.find_property(NamedNode(EX + "t"), NamedNode(EX + "q")) is None
    assert prefix_place(rdf.file(TEXT), "e") == (1, 9, 1, 11)
    assert prefix_place(rdf.file(TEXT), "f") is None
    assert prefix_place(rdf.file("<a> <b> 1 . PREFIX f: <x>"), "f") == (1, 20, 1, 22)


NEWER = f"""VERSION "1.2"
PREFIX : <{EX}>
:s :p << :a :b "c" >> , <<( :a :b <<( :x :y :z )>> )>> {{| :since 1 ; :by ( 2 3 ) |}} ~ :r ~ .
<< :a :b :c ~ :r2 >> :q "x"@en--ltr ~ _:e {{| :t [ :u 5 ] |}} , "y" .
:l :p ( << :a :b :c >> <<( :a :b :d )>> ) .
"""


def test_statements_of_rdf_1_2_move_nothing() -> None:
    """Triple terms, reifiers and annotations are read past, and their own parts are placed."""
    known = positions(rdf.file(NEWER))
    assert len(known.quads) == 24
    (quad,) = (q for q in known.quads if q.object == Literal("5", datatype=INTEGER))
    place = known.find(quad.subject, quad.predicate, quad.object)
    assert place
    assert place[:2] == at(NEWER, NEWER.index("5 ]"))
    place = known.find(NamedNode(EX + "r2"), NamedNode(EX + "q"), Literal("y"))
    assert place
    assert place[:2] == at(NEWER, NEWER.index('"y"'))


@pytest.mark.parametrize("opening", ["[ :p ", "( "])
def test_depth_costs_nothing(opening: str) -> None:
    """Ten thousand open brackets are no reason to fail."""
    closing = {"[ :p ": " ]", "( ": " )"}[opening]
    text = f"@prefix : <{EX}> .\n:s :p {opening * 10_000}1{closing * 10_000} ."
    known = positions(rdf.file(text))
    (quad,) = (q for q in known.quads if isinstance(q.object, Literal))
    assert known.find(quad.subject, quad.predicate, quad.object) == (
        2,
        7 + len(opening) * 10_000,
        2,
        8 + len(opening) * 10_000,
    )


def test_other_formats_have_no_places() -> None:
    """Nobody looks for a line in RDF/XML or JSON-LD."""
    empty: Any = f'{{"@id": "{EX}s", "{EX}p": 1}}'
    known = positions(rdf.file(empty, "x.jsonld"))
    assert list(known.quads) == []
    assert known.find(NamedNode(EX + "s"), None, None) is None


def test_what_is_not_asked_for_takes_no_memory() -> None:
    """With the nodes that findings are about, the rest of a file is only read past."""
    whole = positions(rdf.file(TEXT))
    part = positions(rdf.file(TEXT), {NamedNode(EX + "t"), NamedNode(EX + "m")})
    assert len(part.quads) < len(whole.quads)
    assert part.find(NamedNode(EX + "t"), None, None) == (6, 9, 6, 15)
    assert part.find(NamedNode(EX + "m"), None, None) == (7, 16, 7, 19)
    assert part.find(NamedNode(EX + "s"), None, None) is None


def test_a_finding_keeps_no_places_of_the_class_of_its_node(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Places are kept of what findings are about, not of all that has a value with it in common."""
    asked: list[Positions] = []

    def watched(file: File, about: Any) -> Positions:
        asked.append(positions(file, about))
        return asked[-1]

    monkeypatch.setattr(placing, "positions", watched)
    file = rdf.file(
        "".join(f"<{EX}s{n}> a <{EX}C> .\n" for n in range(9)) + f"<{EX}l> <{EX}p> 7 .\n"
    )
    judged = [
        Finding(severity=Severity.ERROR, rule="r", message="m", focus=EX + "s4"),
        Finding(severity=Severity.ERROR, rule="r", message="m", focus=str(Literal(7))),
    ]
    found = list(placing.Placer([file]).placed(judged))
    assert [finding.line for finding in found] == [5, 10]
    assert [len(known.quads) for known in asked] == [2]


@pytest.mark.parametrize(
    "text",
    [
        f"<{EX}a> <{EX}p> 'x' .\r<{EX}b> <{EX}p> \"y\" .".replace("'", '"'),
        f'<{EX}a> <{EX}p> <<( <{EX}s> <{EX}p> "z" )>> .\n<{EX}b> <{EX}p> "y" .\n',
        f'_:a.b<{EX}p>_:c.d.\n<{EX}b><{EX}p>"y"@en--ltr.\n',
    ],
)
def test_lines_that_are_none_fall_back_on_the_walk(text: str) -> None:
    """The short way through N-Triples knows its limits."""
    known = positions(rdf.file(text, "x.nt"))
    assert len(known.quads) == 2
    place = known.find(NamedNode(EX + "b"), NamedNode(EX + "p"), None)
    assert place
    assert place[:2] == at(text, text.index('"y"'))
