"""Strategies for RDF with the oddities that files really have, and small helpers."""

from pathlib import Path

from hypothesis import strategies as st

from iisgraph.engine import BlankNode, Literal, NamedNode, Oxigraph, Quad, Term, serialize
from iisgraph.read import File
from iisgraph.snapshot import Snapshot, of_files
from iisgraph.vocab import BASE, FIRST, GRAPH, NIL, RDF, REST, XSD

SHARED = Path(__file__).parents[2] / "shared"
NAME = NamedNode(GRAPH + "x")
EX = "http://example.org/"


def file(text: str | bytes, name: str = "x.ttl") -> File:
    """A file that is on no disk."""
    made = File(Path(name), NAME.value)
    made.__dict__["content"] = text if isinstance(text, bytes) else text.encode()
    return made


def write(folder: Path, **texts: str) -> Path:
    """Files in a folder; `__` in a name stands for `/`, and `_` before the suffix for a dot."""
    for name, text in texts.items():
        path = folder / ".".join(name.replace("__", "/").rsplit("_", 1))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def snapshot_of(folder: Path, **texts: str) -> Snapshot:
    """The snapshot of Turtle files, each a graph `graph/<name>`."""
    made = []
    for name, text in texts.items():
        path = folder / f"{name}.ttl"
        path.write_text(text, encoding="utf-8")
        made.append(File(path, GRAPH + name))
    return of_files(made)


def store_of(*quads: Quad) -> Oxigraph:
    """A store of these quads."""
    store = Oxigraph()
    store.add(quads)
    return store


def as_ntriples(quads: list[Quad]) -> str:
    """A document in which nothing is abbreviated."""
    return serialize([q.triple for q in quads], "application/n-triples").decode()


characters = st.characters(codec="utf-8", exclude_categories=["Cs"])
odd_text = st.lists(
    st.sampled_from(
        [
            "a",
            '"',
            '""',
            '"""',
            "'",
            "\\",
            "\\n",
            "\n",
            "\r",
            "\r\n",
            "\t",
            "\x01",
            "\x0b",
            "\x7f",
            "\x85",
            "\u2028",
            "\ufeff",
            "#",
            " # ",
            "@en",
            "^^",
            "é",
            "关",
            "\U0001f600",
            " ",
            "",
        ]
    )
    | characters,
    max_size=8,
).map("".join)
datatypes = st.sampled_from(
    [XSD + n for n in ("integer", "decimal", "double", "boolean", "date", "gYear", "string")]
    + [XSD + n for n in ("int", "long", "nonNegativeInteger", "byte")]
    + [RDF + "HTML", EX + "type", BASE + "def/type"]
)
forms = st.sampled_from(
    ["1", "01", "+1", "-0", "1.", ".5", "-1.50", "1e0", "true", "1", "TRUE", "2001", ""]
)
literals: st.SearchStrategy[Literal] = st.one_of(
    odd_text.map(Literal),
    st.builds(
        lambda text, tag: Literal(text, language=tag),
        odd_text,
        st.sampled_from(["en", "ru", "zh-hans", "en-gb"]),
    ),
    st.builds(
        lambda text, kind: Literal(text, datatype=NamedNode(kind)), forms | odd_text, datatypes
    ),
)
nodes = st.sampled_from(
    [EX + n for n in ("a", "b", "a.b", "a-b", "-a", "1", "", "a#b", "a/b", "é", "a%20b", "?q=1")]
    + [BASE + n for n in ("", "id/x", "def/Term", "def/a.b", "/x/y", "?x", "#x", "a:b", "a/b:c")]
    + [BASE + "a/x;y", "https://w3id.org/", "urn:x:y", NIL, FIRST, XSD + "date", RDF + "type"]
).map(NamedNode)
blanks = st.integers(0, 4).map(lambda n: BlankNode(f"n{n}"))
predicates = st.sampled_from(
    [RDF + "type", FIRST, REST, EX + "p", EX + "q", BASE + "def/p", BASE + "p"]
).map(NamedNode)
values: st.SearchStrategy[Term] = st.one_of(literals, nodes, blanks)
quads = st.builds(lambda s, p, o: Quad(s, p, o, NAME), st.one_of(nodes, blanks), predicates, values)
graphs = st.lists(quads, max_size=12, unique=True)


@st.composite
def lists(draw: st.DrawFn) -> list[Quad]:
    """An RDF list, whose cells something else may use too, or that runs in a circle."""
    items = draw(st.lists(values, min_size=1, max_size=4))
    cells = [BlankNode(f"c{i}") for i in range(len(items))]
    ends: list[Term] = [NamedNode(NIL), cells[0], NamedNode(EX + "end")]
    last = draw(st.sampled_from(ends))
    made = [Quad(NamedNode(EX + "s"), NamedNode(EX + "list"), cells[0], NAME)]
    for cell, item, rest in zip(cells, items, [*cells[1:], last], strict=True):
        made.append(Quad(cell, NamedNode(FIRST), item, NAME))
        made.append(Quad(cell, NamedNode(REST), rest, NAME))
    if draw(st.booleans()):
        shared = draw(st.sampled_from(cells))
        made.append(Quad(NamedNode(EX + "t"), NamedNode(EX + "list"), shared, NAME))
    return made


documents = st.builds(lambda a, b: list(dict.fromkeys([*a, *b])), graphs, lists() | st.just([]))
