"""A whole snapshot as one file, and a file whole or not at all."""

import os
from pathlib import Path

import pytest

from iisgraph import engine, export, layout
from iisgraph.engine import DefaultGraph, Oxigraph, Quad
from iisgraph.errors import IisgraphError
from iisgraph.formats import GRAPHS, Format, Kind, by_name
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, GRAPH
from tests import rdf

every_format = pytest.mark.parametrize("form", GRAPHS, ids=lambda f: f.names[0])


def reread(body: bytes, form: Format) -> list[str]:
    parsed = engine.parse(body, form.media_type, GRAPH + "merged", BASE)
    return engine.canonical_quads(parsed.quads)


def expected(snapshot: Snapshot, form: Format) -> list[str]:
    store: Oxigraph = snapshot.engine
    if form.kind is Kind.DATASET:
        named = [q for q in store.quads() if not isinstance(q.graph_name, DefaultGraph)]
        return engine.canonical_quads(named)
    merged = engine.NamedNode(GRAPH + "merged")
    triples = engine.triples(store.quads(None, None, None, DefaultGraph()))
    return engine.canonical_quads(Quad(s, p, o, merged) for s, p, o in triples)


@every_format
def test_every_format_says_the_same(snapshot: Snapshot, form: Format) -> None:
    """Named graphs where the format has them, else the merge; nothing lost, nothing added."""
    lines = reread(export.export(snapshot, form), form)
    assert lines == expected(snapshot, form)
    assert len(lines) > 3000


@every_format
def test_odd_text_survives_every_format(tmp_path: Path, form: Format) -> None:
    """Quotes, markup, lines, languages and blank nodes; what XML cannot hold is left out here."""
    text = """<s> <p> "x"@zh-hans , 1.0 , "1"^^<t> , [ <q> ( 1 "" ) ] ,
        "a\\"b'c\\\\ <b>&amp;\\n\\tд" ."""
    snapshot = rdf.snapshot_of(tmp_path, a=text, b="<s> <p> 1.0 . _:x <p> _:x .")
    assert reread(export.export(snapshot, form), form) == expected(snapshot, form)


@every_format
def test_equal_releases_are_equal_bytes(tmp_path: Path, form: Format) -> None:
    """Order and names of blank nodes are fixed: no run differs from the last."""
    text = "<s> <p> [ <q> 1 ] , [ <q> 2 ] , 'b' , 'a' ."
    bodies = {export.export(rdf.snapshot_of(tmp_path, a=text), form) for _ in range(3)}
    assert len(bodies) == 1


def test_turtle_is_in_the_one_layout(snapshot: Snapshot) -> None:
    """A dump can be laid out again without a change."""
    form = by_name("turtle")
    assert form
    body = export.export(snapshot, form)
    assert layout.layout(rdf.file(body)).encode() == body


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    """With the rights that a new file gets here, and nothing beside it."""
    path = tmp_path / "x.ttl"
    for content in (b"one", b"two"):
        export.write(path, content)
        assert path.read_bytes() == content
    mask = os.umask(0)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask
    assert [each.name for each in tmp_path.iterdir()] == ["x.ttl"]


def test_an_error_in_the_middle_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader sees the old or the new, never a part; nothing is left lying about."""
    path = tmp_path / "x.ttl"
    export.write(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "chmod", fail)
    with pytest.raises(IisgraphError, match=r"x\.ttl: cannot be written: No space left"):
        export.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["x.ttl"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With the path that was asked for."""
    with pytest.raises(IisgraphError, match=r"gone/x\.ttl: cannot be written: No such file"):
        export.write(tmp_path / "gone/x.ttl", b"")
