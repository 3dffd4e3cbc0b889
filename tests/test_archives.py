"""Old releases are served from what was kept of them, if it is what it says."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from werkzeug.test import Client

from iisgraph import archives, read, web
from iisgraph import snapshot as snapshots
from iisgraph.cli import main
from iisgraph.engine import canonical_quads
from iisgraph.errors import QueryStopped, SourceError
from iisgraph.export import export, write
from iisgraph.formats import by_name
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web import service_of
from iisgraph.web.evaluation import View, views
from iisgraph.web.gateway import Gateway
from iisgraph.web.service import assemble
from tests.conftest import write as say

NAME = "SELECT ?n { <id/state/RUS> iis:iso3 ?n }"
RULE = "CONSTRUCT { ?s <def/derived> ?o } WHERE { ?s <def/iso3> ?o }"


def content_of(folder: Path) -> Snapshot:
    content = read.content_at(folder)
    assert content
    return snapshots.of_content(content)


def dumped(snapshot: Snapshot, folder: Path, name: str = "trig") -> Path:
    form = by_name(name)
    assert form
    path = folder / f"{snapshot.release[:8]}{form.suffix}"
    write(path, export(snapshot, form))
    return path


@pytest.fixture
def old(folder: Path) -> Path:
    """A content folder with a rule."""
    (folder / "ontology/rules").mkdir(parents=True)
    (folder / "ontology/rules/r.rq").write_text(RULE, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["trig", "nquads"])
def test_a_dump_is_the_release_that_was_written(old: Path, tmp_path: Path, name: str) -> None:
    """Hash and statements, derived ones too, without the files that they came from."""
    was = content_of(old)
    path = dumped(was, tmp_path, name)
    (archive,) = archives.find([str(path)]).values()
    found = archive.load()
    assert found.release == archive.release == was.release
    assert canonical_quads(found.engine.quads()) == canonical_quads(was.engine.quads())
    assert not archive.has_rules


def test_the_whole_release_comes_back(snapshot: Snapshot, tmp_path: Path) -> None:
    """The repository's own, blank nodes and all, by way of N-Quads."""
    path = dumped(snapshot, tmp_path, "nquads")
    found = archives.find([str(path)])[snapshot.release].load()
    assert len(found) == len(snapshot)
    assert found.graphs == snapshot.graphs


def test_a_folder_is_the_release_of_its_files(old: Path) -> None:
    """The hash is computed from what is there, as for what is served."""
    (archive,) = archives.find([str(old)]).values()
    assert archive.release == content_of(old).release == archive.load().release
    assert archive.has_rules


def test_a_folder_that_has_changed_is_refused(old: Path) -> None:
    """It is another release now, and not to be taken for the one that was named."""
    (archive,) = archives.find([str(old)]).values()
    say(old, "two")
    with pytest.raises(SourceError, match=f"no longer release {archive.release}"):
        archive.load()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b'"one"', b'"two"'),
        lambda text: text[:-1],
        lambda text: text + b"<urn:a> <urn:b> <urn:c> .\n",
        lambda text: re.sub(rb"below [0-9a-f]{4}", b"below 0000", text),
    ],
)
def test_a_dump_that_was_changed_is_refused(old: Path, tmp_path: Path, change: object) -> None:
    """Cut, edited or added to: with the file, and what to do."""
    path = dumped(content_of(old), tmp_path)
    assert callable(change)
    path.write_bytes(change(path.read_bytes()))
    (archive,) = archives.find([str(path)]).values()
    with pytest.raises(SourceError, match="was changed since it was exported") as caught:
        archive.load()
    assert caught.value.path == path


def test_what_is_no_archive_is_refused_at_the_start(old: Path, tmp_path: Path) -> None:
    """Before anything is served, and without loading what is."""
    path = dumped(content_of(old), tmp_path)
    bare = tmp_path / "bare.trig"
    bare.write_bytes(path.read_bytes().split(b"\n", 1)[1])
    turtle = tmp_path / "x.ttl"
    turtle.write_bytes(path.read_bytes())
    (tmp_path / "empty").mkdir()
    wrong = [(bare, "which release"), (turtle, "is no archive"), (tmp_path / "empty", "no archive")]
    for each, message in [*wrong, (tmp_path / "none.trig", "no such file")]:
        with pytest.raises(SourceError, match=message):
            archives.find([str(each)])
        result = CliRunner().invoke(main, ["config", "--archive", str(each)])
        assert result.exit_code == 2
        assert "Traceback" not in result.output
    assert CliRunner().invoke(main, ["config", "--archive", str(path)]).exit_code == 0


@pytest.mark.parametrize("name", ["jsonld", "turtle", "ntriples"])
def test_formats_that_hold_no_release_have_no_head(old: Path, name: str) -> None:
    """JSON-LD has no comments, and a merged graph is no release."""
    form = by_name(name)
    assert form
    assert b"iisgraph release" not in export(content_of(old), form)


# ---------------------------------------------------------------- over HTTP


@pytest.fixture
def served(
    old: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Gateway, list[Snapshot]]]:
    """Release three, with one as a dump and two as a folder beside it."""
    apart = tmp_path_factory.mktemp("archives")
    one = content_of(old)
    dump = dumped(one, apart)
    say(old, "two")
    two = content_of(old)
    shutil.copytree(old, apart / "two")
    say(old, "three")
    three = content_of(old)
    settings = Settings(archive=(str(dump), str(apart / "two")), query_seconds=20.0)
    made = assemble(three, settings)
    yield made.gateway, [one, two, three]
    web.close(made.gateway.application)  # type: ignore[arg-type] # it is a Flask application


def names(client: Client, **parameters: str) -> list[str]:
    answer = client.get("/sparql", query_string={"query": NAME} | parameters)
    assert answer.status_code == 200, answer.text
    assert answer.json
    return [row["n"]["value"] for row in answer.json["results"]["bindings"]]


def test_each_release_says_what_it_said(served: tuple[Gateway, list[Snapshot]]) -> None:
    """Side by side, in any order, and again; without a release it is the newest."""
    gateway, (one, two, three) = served
    client = Client(gateway)
    for _ in range(2):
        assert names(client, release=one.release) == ["one"]
        assert names(client) == ["three"]
        assert names(client, release=two.release) == ["two"]
        assert names(client, release=three.release) == ["three"]


def test_an_old_permalink_is_for_ever(served: tuple[Gateway, list[Snapshot]]) -> None:
    """It says of which release it is, and may be kept."""
    gateway, (one, *_) = served
    answer = Client(gateway).get("/sparql", query_string={"query": NAME, "release": one.release})
    assert answer.headers["X-Release"] == one.release
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers.getlist("X-Release") == [one.release]


def test_a_release_that_is_not_here_is_404(served: tuple[Gateway, list[Snapshot]]) -> None:
    """With those that are."""
    gateway, known = served
    answer = Client(gateway).get("/sparql", query_string={"query": NAME, "release": "0" * 64})
    assert answer.status_code == 404
    assert all(each.release in answer.text for each in known)


def test_an_old_release_as_of_a_day_needs_its_rules(
    served: tuple[Gateway, list[Snapshot]],
) -> None:
    """A folder has them; a dump does not, and says so."""
    gateway, (one, two, _) = served
    client = Client(gateway)
    assert names(client, release=two.release, asOf="2020-01-01") == ["two"]
    query = {"query": NAME, "release": one.release, "asOf": "2020-01-01"}
    answer = client.get("/sparql", query_string=query)
    assert answer.status_code == 400
    assert "has no rules" in answer.text


def test_old_releases_tell_their_sources_too(served: tuple[Gateway, list[Snapshot]]) -> None:
    """Of what is asserted; it is the record that says so."""
    gateway, (one, *_) = served
    query = {"query": NAME, "release": one.release, "provenance": "1"}
    answer = Client(gateway).get("/sparql", query_string=query).json
    assert answer
    assert answer["head"]["provenance"]["complete"] is True


def test_the_description_lists_them(served: tuple[Gateway, list[Snapshot]]) -> None:
    """Each with the address at which it is asked."""
    gateway, known = served
    text = Client(gateway).get("/sparql?format=nt").text
    versions = set(re.findall(r'#version> "([0-9a-f]{64})"', text))
    assert versions == {each.release for each in known}
    for each in known[:2]:
        assert f"sparqlEndpoint> <http://localhost/sparql?release={each.release}>" in text


def test_a_citation_names_the_release_that_was_asked(
    served: tuple[Gateway, list[Snapshot]],
) -> None:
    """The permalink in it leads to the same answer."""
    gateway, (one, *_) = served
    client = Client(gateway)
    query = {"query": NAME, "release": one.release, "format": "csl"}
    (cited,) = json.loads(client.get("/cite", query_string=query).text)
    assert cited["version"] == one.release
    again = client.get(cited["URL"].removeprefix("http://localhost")).json
    assert again
    assert again["results"]["bindings"][0]["n"]["value"] == "one"
    query["release"] = "0" * 64
    assert client.get("/cite", query_string=query).status_code == 404


def test_an_archive_that_breaks_later_costs_its_own_answers_alone(
    served: tuple[Gateway, list[Snapshot]],
) -> None:
    """It is read when it is first asked for."""
    gateway, (one, *_) = served
    assert isinstance(gateway.application, Flask)
    path = service_of(gateway.application).archives[one.release].path
    path.write_bytes(path.read_bytes()[:-3])
    client = Client(gateway)
    answer = client.get("/sparql", query_string={"query": NAME, "release": one.release})
    assert answer.status_code == 503
    assert str(path) not in answer.text
    assert names(client) == ["three"]


def test_why_an_archive_is_broken_is_for_the_operator(
    old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its path, which is nobody else's business."""
    one = content_of(old)
    path = dumped(one, tmp_path)
    kept = archives.find([str(path)])
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(QueryStopped) as caught:
        views(one, kept)(View(one.release))
    assert str(path) not in str(caught.value)
    assert f"{path}: was changed since it was exported" in capsys.readouterr().err


def test_figures_tell_of_views(old: Path) -> None:
    """How many are kept, and what they take."""
    one = content_of(old)
    made = assemble(one, Settings(query_seconds=20.0))
    try:
        assert made.gauges()["views"] == made.gauges()["view_bytes"] == 0
        assert names(Client(made.gateway), asOf="2020-01-01") == ["one"]
        assert made.gauges()["views"] == 1
        assert made.gauges()["view_bytes"] > 0
    finally:
        made.pool.close()
