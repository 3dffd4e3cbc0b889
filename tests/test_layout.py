"""The one layout of Turtle: nothing changes in meaning, and diffs are small."""

import difflib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings

from iisgraph import engine, layout
from iisgraph.engine import BlankNode, Literal, NamedNode, Quad
from iisgraph.errors import LayoutError, SourceError
from iisgraph.read import Content, File
from iisgraph.vocab import BASE, XSD
from tests import rdf

EX = f"@prefix e: <{rdf.EX}> .\n"
STRANGERS = rdf.SHARED / "strangers"
W3C = rdf.SHARED / "w3c/rdf/rdf11/rdf-turtle"


def lay(text: str | bytes) -> str:
    return layout.layout(rdf.file(text))


def body(text: str) -> str:
    """The layout without declarations."""
    return lay(EX + text).split("\n\n", 1)[1]


def changed(before: str, after: str) -> int:
    diff = difflib.unified_diff(lay(before).splitlines(), lay(after).splitlines(), n=0)
    lines = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    return max(sum(line[0] == sign for line in lines) for sign in "+-")


@settings(max_examples=400, deadline=None)
@given(rdf.documents)
def test_layout_keeps_the_meaning_and_is_its_own_layout(quads: list[Quad]) -> None:
    """parse(layout(g)) is isomorphic to g, and layout(parse(layout(g))) is layout(g)."""
    first = lay(rdf.as_ntriples(quads))
    again = engine.parse(first.encode(), "text/turtle", rdf.NAME.value, BASE)
    assert engine.canonical_quads(again.quads) == engine.canonical_quads(quads)
    assert lay(first) == first


@settings(max_examples=300, deadline=None)
@given(rdf.literals)
def test_every_literal_survives_exactly(literal: Literal) -> None:
    """Lexical form, language and datatype come back as they were written."""
    node = NamedNode(rdf.EX + "s")
    text = lay(rdf.as_ntriples([Quad(node, node, literal)]))
    (quad,) = engine.parse(text.encode(), "text/turtle", rdf.NAME.value, BASE).quads
    assert quad.object == literal


@settings(max_examples=100, deadline=None)
@given(rdf.graphs)
def test_order_of_the_input_does_not_matter(quads: list[Quad]) -> None:
    """Equal graphs without blank nodes are equal bytes."""
    ground = [
        q
        for q in quads
        if not isinstance(q.subject, BlankNode) and not isinstance(q.object, BlankNode)
    ]
    there = layout.write(engine.Parsed(ground))
    assert layout.write(engine.Parsed(ground[::-1])) == there


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ('"one\\ntwo"', '"""one\ntwo"""'),
        ('"ends in\\n\\""', '"""ends in\n\\""""'),
        ('"a\\n\\"\\"\\"b"', '"""a\n\\"\\"\\"b"""'),
        ('"\\n\\"\\"\\""', '"""\n\\"\\"\\""""'),
        ('"\\n\\"\\"\\"\\""', '"""\n\\"\\"\\"\\""""'),
        ('"\\n\\"\\""', '"""\n"\\""""'),
        ('"back\\n\\\\"', '"""back\n\\\\"""'),
        ('"cr\\r\\nlf"', '"cr\\r\\nlf"'),
        ('"007"^^<http://www.w3.org/2001/XMLSchema#integer>', "007"),
        ('"1."^^<http://www.w3.org/2001/XMLSchema#decimal>', '"1."^^xsd:decimal'),
        ('"1"^^<http://www.w3.org/2001/XMLSchema#boolean>', '"1"^^xsd:boolean'),
        ('"5"^^<http://www.w3.org/2001/XMLSchema#int>', '"5"^^xsd:int'),
        ('"x"@en-GB', '"x"@en-gb'),
    ],
)
def test_literals_are_written_one_way(value: str, written: str) -> None:
    """Shorthand only where it reads back as the same term; lines where there are lines."""
    assert body(f"e:s e:p {value} .") == f"e:s e:p {written} .\n"


def test_type_comes_first_and_the_rest_is_sorted() -> None:
    """`a` first, then predicates by name, one value a line."""
    text = "e:s e:z 1 ; e:b 3 , 2 ; a e:T ; <http://a.example/> 1 ."
    expected = (
        "e:s a e:T ;\n    <http://a.example/> 1 ;\n    e:b\n        2 ,\n        3 ;\n    e:z 1 .\n"
    )
    assert body(text) == expected


def test_header_of_an_ontology_comes_first() -> None:
    """The contract is read before the terms; blank nodes come last."""
    text = lay(EX + "[] e:p 1 . e:a e:p 1 . e:z a <http://www.w3.org/2002/07/owl#Ontology> .")
    starts = [line.split()[0] for line in text.splitlines() if line[:1] not in ("@", "", " ")]
    assert starts == ["e:z", "e:a", "[]"]


def test_only_prefixes_in_use_are_declared() -> None:
    """A prefix that nothing uses is noise; one of the house needs no declaration to be used."""
    text = lay(EX + f'@prefix no: <http://no.example/> . e:s e:p "1"^^<{XSD}date> .')
    assert [line.split()[1] for line in text.splitlines() if line[:1] == "@"] == ["e:", "xsd:"]


def test_blank_nodes_used_once_are_nested() -> None:
    """A tree is written as one; lists as lists."""
    assert body("e:s e:p _:x . _:x e:q ( 1 e:b ) .") == (
        "e:s e:p [\n        e:q ( 1 e:b )\n    ] .\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "_:x e:p _:x .",
        "_:x e:p _:y . _:y e:p _:x .",
        "e:s e:p _:x . _:x e:p _:y . _:y e:p _:x .",
        "e:s e:p _:x . e:t e:p _:x . _:x e:q 1 .",
        "_:a e:p _:b . _:b e:p _:a . _:c e:p _:d . _:d e:p _:c .",
    ],
)
def test_circles_and_shared_blank_nodes_get_labels(text: str) -> None:
    """What no tree can hold is labelled, and stays as it is."""
    text = lay(EX + text)
    assert "_:b1" in text
    assert lay(text) == text


def test_a_ladder_of_blank_nodes_is_quick() -> None:
    """Ordering must not walk every path of a graph in which paths double at each step."""
    steps = (f"_:n{i} e:p _:n{i + 1} ; e:q _:n{i + 1} ." for i in range(60))
    text = lay(EX + " ".join(steps))
    assert lay(text) == text


def test_long_lists_beside_other_values_are_laid_out() -> None:
    """The depth of a list is no depth of the program."""
    text = lay(EX + f"e:s e:p ( {' '.join(map(str, range(1200)))} ) , ( 1 ) .")
    assert lay(text) == text
    assert len(text.splitlines()) > 1200


def test_too_deep_nesting_is_refused_as_such() -> None:
    """A limit is told, not a trace."""
    with pytest.raises(LayoutError, match="nested too deeply"):
        lay(EX + "e:s e:p " + "[ e:p " * 400 + "1" + " ]" * 400 + " .")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("e:s e:p 1 . # why\n", 2),
        ("\n# why\ne:s e:p 1 .\n", 3),
        ("e:s e:p '''# no\n''' ;\n  # why\n  e:q 1 .\n", 4),
        ('e:s e:p <a#b> , "#\\"" ; e:q \'a\' .\n#why', 3),
    ],
)
def test_comments_that_would_be_lost_are_refused_with_their_line(text: str, line: int) -> None:
    """Words are never dropped in silence."""
    with pytest.raises(LayoutError, match=rf"x\.ttl:{line}: .*lose the comment '#\s?why'"):
        lay(EX + text)


@pytest.mark.parametrize(
    "text", ["e:s e:p <a#b> .", "e:s e:p '#' , '''\n# x''' .", "e:s e:a\\#b 1."]
)
def test_signs_that_are_no_comments_are_none(text: str) -> None:
    """`#` in an IRI, a string or an escape begins no comment."""
    assert "#" in lay(EX + text)


@pytest.mark.parametrize("head", ["# one\n", "# one\n#two\n", "# a \u2028 line \x0b sign \x85\n"])
def test_comments_at_the_head_stay(head: str) -> None:
    """A licence or a hint may stand before everything, whatever signs are in it."""
    text = lay(head + EX + "e:s e:p 1 .")
    assert text == f"{head}\n{EX}\ne:s e:p 1 .\n"
    assert lay(text) == text


def test_what_is_not_utf8_is_an_error_of_the_file() -> None:
    """Bytes of another encoding, even in a comment, are told, not raised as a bug."""
    with pytest.raises(SourceError, match="not UTF-8"):
        lay(b"# \xe9\n<http://a/> <http://b/> 1 .")


@pytest.mark.parametrize("base", ["http://b.example/c/d?e#f", "http://b.example/c", BASE + "id/"])
def test_any_base_can_be_laid_out(base: str) -> None:
    """Relative IRIs are written only where they resolve to the same."""
    text = f"@base <{base}> . <a> <b> <{base}> , <{base}d> , <{base}/x> , <//h/y> , <?q> , <#f> ."
    assert lay(lay(text)) == lay(text)


PARTIES = EX + "".join(f"e:a{i} a e:Action ; e:party e:P{i} ; e:date '{i}' .\n" for i in range(9))


def test_one_changed_literal_changes_one_line() -> None:
    """A small edit is a small diff."""
    assert changed(PARTIES, PARTIES.replace("'4'", "'44'")) == 1


def test_one_added_party_changes_at_most_four_lines() -> None:
    """A new link does not move anything else."""
    more = PARTIES + "e:a45 a e:Action ; e:party e:P4 ; e:date '2' .\n"
    assert 1 <= changed(PARTIES, more) <= 4


def test_our_own_files_are_in_the_one_layout(content: Content) -> None:
    """The house keeps its own rule."""
    files = [file for file in content.rdf if file.path.suffix == ".ttl"]
    assert len(files) > 30
    assert [f.path for f in files if layout.layout(f).encode() != f.content] == []


def outcome(path: Path) -> str:
    try:
        text = layout.layout(File(path, rdf.NAME.value))
    except SourceError:
        return "syntax"
    except LayoutError as error:
        return "comment" if "lose the comment" in str(error) else "change"
    again = rdf.file(text)
    return "laid out" if layout.layout(again) == text else "unstable"


@pytest.mark.skipif(not STRANGERS.is_dir(), reason="the strangers' files are not beside this tree")
def test_files_of_strangers_are_laid_out_or_refused_for_their_comments() -> None:
    """Real files, which nobody here wrote: two are not Turtle, some have comments inside."""
    found = Counter(outcome(path) for path in STRANGERS.rglob("*.ttl"))
    assert found == {"laid out": 29, "comment": 5, "syntax": 2}


@pytest.mark.skipif(not W3C.is_dir(), reason="the W3C tests are not beside this tree")
def test_w3c_turtle_is_laid_out_or_refused_for_its_comments() -> None:
    """Every positive file of the W3C suite; of the negative ones, what our parser takes."""
    paths = sorted(W3C.glob("*.ttl"))
    good = [p for p in paths if "-bad-" not in p.name]
    found = Counter(outcome(path) for path in good)
    assert len(paths) == 317
    assert found.keys() <= {"laid out", "comment", "syntax"}
    assert found["laid out"] >= 205
    wrong = [p.name for p in good if outcome(p) == "syntax" and p.with_suffix(".nt").exists()]
    assert wrong == ["test-38.ttl"]  # escapes half a surrogate pair, which is no character


def test_serialize_writes_each_triple_once() -> None:
    """A triple that several graphs attest is one line of N-Triples and of Turtle."""
    node = NamedNode(rdf.EX + "s")
    quads = [Quad(node, node, node, NamedNode(rdf.EX + g)) for g in "ab"]
    assert layout.serialize(quads, "application/n-triples").count(b"\n") == 1
    assert layout.serialize(quads, "text/turtle").count(b" .\n") == 1
