"""Files to quads: names of graphs, terms as written, errors with their place."""

from pathlib import Path

import pytest

from iisgraph import read
from iisgraph.engine import Literal, NamedNode
from iisgraph.errors import SourceError
from iisgraph.read import Content, File
from iisgraph.vocab import BASE, GRAPH
from tests import rdf

LINE = "<s> <p> <o> .\n"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("data/records/official/sco-2017.ttl", "sco-2017"),
        ("data/records/joint/a--b.ttl", "a--b"),
        ("data/reference/places.ttl", "reference/places"),
        ("data/editorial.ttl", "editorial"),
        ("ontology/iis.ttl", "ontology/iis"),
        ("ontology/shapes/events.ttl", "ontology/shapes/events"),
        ("mine.ttl", "mine"),
        ("data.ttl", "data"),
        ("two.dots.ttl", "two.dots"),
    ],
)
def test_a_file_names_its_graph(path: str, name: str) -> None:
    """A record by its id, other files by their path."""
    assert read.graph_name(Path(path)) == GRAPH + name


def test_files_of_a_folder_come_sorted_and_only_rdf(tmp_path: Path) -> None:
    """The order is that of the paths, so a release is the same on each machine."""
    rdf.write(tmp_path, data__b_ttl=LINE, data__a__c_nt="", data__note_md="", data__a_nq="")
    found = read.files(tmp_path / "data")
    assert [f.path.name for f in found] == ["c.nt", "a.nq", "b.ttl"]
    assert read.files(tmp_path / "gone") == []


def test_terms_are_kept_as_written() -> None:
    """Only the file has the exact term; the store rewrites some."""
    file = rdf.file('<s> <p> 01 , "1"^^<http://www.w3.org/2001/XMLSchema#byte> .')
    values = [q.object for q in file.quads]
    assert [v.value for v in values if isinstance(v, Literal)] == ["01", "1"]
    assert [v.datatype.value[-7:] for v in values if isinstance(v, Literal)] == [
        "integer",
        "ma#byte",
    ]


def test_relative_iris_rest_on_the_base() -> None:
    """The same file means the same anywhere."""
    (quad,) = rdf.file("<id/x> a <def/X> .").quads
    assert str(quad.subject) == f"<{BASE}id/x>"
    assert quad.graph_name == rdf.NAME


def test_graphs_of_a_file_stay_named() -> None:
    """Only triples outside a named graph are put into that of the file."""
    file = rdf.file("<s> <p> <o> . GRAPH <g> { <s> <p> <o> }", "x.trig")
    assert {str(q.graph_name) for q in file.quads} == {str(rdf.NAME), f"<{BASE}g>"}


def test_blank_nodes_of_two_files_are_two() -> None:
    """A label means nothing outside its document."""
    (one,) = rdf.file("_:x <p> 1 .").quads
    (two,) = rdf.file("_:x <p> 1 .").quads
    assert one.subject != two.subject


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("<s> <p> <o> .\n<s> <p> .", 2, 9), ("<s> <p> x:y .", 1, 9), ("\n\n  [", 3, None)],
)
def test_syntax_errors_tell_their_place(text: str, line: int, column: int | None) -> None:
    """file:line:column, as editors open it."""
    with pytest.raises(SourceError) as caught:
        rdf.file(text).parsed  # noqa: B018 - it is read when asked for
    assert (caught.value.line, caught.value.path) == (line, Path("x.ttl"))
    assert str(caught.value).startswith(f"x.ttl:{line}:{column or caught.value.column}: ")
    assert "(line" not in caught.value.message


def test_names_that_are_not_rdf_are_refused() -> None:
    """The message lists what is known."""
    with pytest.raises(SourceError, match=r"known are \.ttl, \.nt, .*\.nq"):
        rdf.file(LINE, "x.csv").parsed  # noqa: B018 - it is read when asked for


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A folder in place of a file, a missing file, another encoding."""
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        File(tmp_path / "gone.ttl", "urn:g").content  # noqa: B018 - it is read when asked for
    (tmp_path / "x.rq").write_bytes(b"# \xff")
    with pytest.raises(SourceError, match="not UTF-8 at byte 2"):
        read.read_text(tmp_path / "x.rq")
    with pytest.raises(SourceError, match="cannot be read"):
        read.read_text(tmp_path)


def test_typed_paths_keep_the_graph_they_have_in_a_content(tmp_path: Path) -> None:
    """`check data/records/x.ttl` speaks of the graph that the release has."""
    rdf.write(tmp_path, data__reference__a_ttl=LINE)
    path = tmp_path / "data/reference/a.ttl"
    assert [f.graph for f in read.named([path], Content(tmp_path))] == [GRAPH + "reference/a"]
    assert [f.graph for f in read.named([path])] == [GRAPH + "a"]


@pytest.mark.parametrize(("name", "message"), [("gone", "no such file"), ("empty", "no RDF file")])
def test_paths_without_rdf_are_told(tmp_path: Path, name: str, message: str) -> None:
    """Nothing checked is not the same as nothing wrong."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=message):
        list(read.named([tmp_path / name]))


def test_a_content_is_known_by_its_folders(tmp_path: Path) -> None:
    """`ontology/` or `data/` makes one."""
    assert read.content_at(tmp_path) is None
    (tmp_path / "data").mkdir()
    assert read.content_at(tmp_path) == Content(tmp_path)
    assert Content(tmp_path).rdf == []
    assert Content(tmp_path).texts("queries") == {}


def test_the_own_content_is_complete(content: Content) -> None:
    """Each file of the house has a graph of its own."""
    graphs = [f.graph for f in content.rdf]
    assert len(set(graphs)) == len(graphs) > 40
    assert next(iter(content.texts("ontology/rules"))) == "10-possible-days"
    assert len(content.queries) > 45


@pytest.mark.parametrize(
    ("name", "graph"),
    [
        ("a b.ttl", "graph/a%20b"),
        ('x<"{|}^`\\>%#?.ttl', "graph/x%3C%22%7B%7C%7D%5E%60%5C%3E%25%23%3F"),
        ("Ж.ttl", "graph/Ж"),
    ],
)
def test_any_name_of_a_file_makes_a_graph(name: str, graph: str, tmp_path: Path) -> None:
    """A blank in a file's name is no reason to fail."""
    (tmp_path / name).write_text("<a> <b> <c> .\n", encoding="utf-8")
    (file,) = read.named([tmp_path / name])
    (quad,) = file.quads
    assert quad.graph_name == NamedNode(BASE + graph)
