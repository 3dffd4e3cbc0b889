"""What changed between releases is found, told, kept and shown."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from werkzeug.test import TestResponse

from iisgraph import diff, questions, read, web
from iisgraph import snapshot as snapshots
from iisgraph.cli import main
from iisgraph.errors import SourceError
from iisgraph.read import Content
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import GRAPH

HTML = {"Accept": "text/html"}
QUESTION = """# title: Which codes are there?
# description: All.
# theme: states
# keywords: code
SELECT ?state ?code { ?state <https://w3id.org/iisgraph/def/iso3> ?code }
"""


@pytest.fixture
def releases(tmp_path: Path) -> tuple[Path, Path]:
    """Two content folders: the newer has another value, one more record, and one less."""
    for name, code in (("old", "RUS"), ("new", "RUX")):
        records = tmp_path / name / "data/records/press"
        records.mkdir(parents=True)
        (tmp_path / name / "queries").mkdir()
        (tmp_path / name / "queries/codes.rq").write_text(QUESTION, encoding="utf-8")
        (records / "a.ttl").write_text(f'<id/state/RUS> <def/iso3> "{code}" .\n', encoding="utf-8")
        (records / f"{name}.ttl").write_text(
            '<id/state/KAZ> <def/iso3> "KAZ" .\n', encoding="utf-8"
        )
    return tmp_path / "old", tmp_path / "new"


def difference(old: Path, new: Path) -> diff.Difference:
    before, after = (snapshots.of_content(Content(path)) for path in (old, new))
    return diff.diff(before, after, questions.load(Content(new)).values())


def test_statements_and_answers(releases: tuple[Path, Path]) -> None:
    found = difference(*releases)
    assert [
        (g.graph.removeprefix(GRAPH), g.old, g.new, g.gained, g.lost) for g in found.graphs
    ] == [
        ("a", 1, 1, 1, 1),
        ("new", 0, 1, 1, 0),
        ("old", 1, 0, 0, 1),
    ]
    (change,) = found.answers
    assert (change.question, change.old, change.new) == ("codes", 2, 2)
    assert [row["code"] for row in change.gained] == ["RUX"]
    assert [row["code"] for row in change.lost] == ["RUS"]
    assert (found.old.statements, found.new.statements) == (2, 2)


def test_nothing_changed(snapshot: Snapshot, content: Content) -> None:
    """Of the whole data and all questions; a release does not differ from itself."""
    asked = list(questions.load(content).values())[::10]
    assert len(asked) > 10
    found = diff.diff(snapshot, snapshot, asked)
    assert not found.graphs
    assert not found.answers
    assert found.old == found.new == diff.Release(snapshot.release, len(snapshot))


def test_a_row_that_is_there_twice_counts(tmp_path: Path) -> None:
    """Answers are compared row by row, repeated ones too."""
    twice = QUESTION.replace("SELECT ?state ?code", "SELECT ?code")
    for name, states in (("old", ("A", "B")), ("new", ("A",))):
        folder = tmp_path / name
        (folder / "data/records/press").mkdir(parents=True)
        (folder / "queries").mkdir()
        (folder / "queries/codes.rq").write_text(twice, encoding="utf-8")
        text = "".join(f'<id/state/{s}> <def/iso3> "X" .\n' for s in states)
        (folder / "data/records/press/a.ttl").write_text(text, encoding="utf-8")
    (change,) = difference(tmp_path / "old", tmp_path / "new").answers
    assert (change.old, change.new, change.lost_in_all, change.gained_in_all) == (2, 1, 1, 0)


def test_json_there_and_back(releases: tuple[Path, Path]) -> None:
    found = difference(*releases)
    assert diff.loads(found.as_json()) == found
    for wrong in ("[]", "{}", '{"old": 1}', "no JSON"):
        with pytest.raises(ValueError):  # noqa: PT011 - of JSON or ours
            diff.loads(wrong)


def test_on_the_terminal(releases: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = map(str, releases)
    told = CliRunner().invoke(main, ["diff", old, new])
    assert told.exit_code == 0
    assert "  a: +1 -1\n  new: new, 1 statement\n  old: gone, 1 statement" in told.output
    assert "codes: 2 rows, now 2 (+1 -1)" in told.output
    assert "    - https://w3id.org/iisgraph/id/state/RUS · RUS" in told.output
    out = tmp_path / "x.json"
    written = CliRunner().invoke(main, ["diff", old, new, "--format", "json", "--out", str(out)])
    assert written.exit_code == 0
    assert diff.loads(out.read_text(encoding="utf-8")) == difference(*releases)
    nowhere = CliRunner().invoke(main, ["diff", old, new, "--out", str(tmp_path / "none/x.json")])
    assert (nowhere.exit_code, "folder does not exist" in nowhere.output) == (2, True)
    missing = CliRunner().invoke(main, ["diff", str(tmp_path / "none")])
    assert missing.exit_code == 2


def test_dumps_can_be_compared(releases: tuple[Path, Path], tmp_path: Path) -> None:
    """What `iisgraph export` wrote has the same graphs."""
    dumps = []
    for number, folder in enumerate(releases):
        dumps.append(tmp_path / f"{number}.trig")
        arguments = ["export", "--data", str(folder), "--out", str(dumps[-1])]
        assert CliRunner().invoke(main, arguments).exit_code == 0
    told = CliRunner().invoke(main, ["diff", *map(str, dumps), "--format", "json"])
    found = json.loads(told.output)
    graphs = {g["graph"].removeprefix(GRAPH) for g in found["graphs"]}
    assert graphs == {"a", "new", "old"}


SHAPE = "<shape/A> <p> [ <q> ( 1 2 3 ) ] , [ <q> ( %s ) ] . _:x <p> _:y . _:y <p> _:x .\n"


def test_a_dump_is_its_release_and_differs_in_what_changed(
    releases: tuple[Path, Path], tmp_path: Path
) -> None:
    """It is told by the release that it says; other labels of blank nodes are no change."""
    folder, dump = releases[0], tmp_path / "old.trig"
    shapes = folder / "data/records/press/shapes.ttl"
    shapes.write_text(SHAPE % "4 5", encoding="utf-8")
    release = snapshots.release_of(Content(folder))
    arguments = ["export", "--data", str(folder), "--out", str(dump)]
    assert CliRunner().invoke(main, arguments).exit_code == 0

    def told() -> diff.Difference:
        arguments = ["diff", str(dump), str(folder), "--format", "json"]
        return diff.loads(CliRunner().invoke(main, arguments).stdout)

    same = told()
    assert same.old == same.new == diff.Release(release, same.old.statements)
    assert (same.graphs, same.answers) == ([], [])
    shapes.write_text(SHAPE % "4 6", encoding="utf-8")
    changed = told()
    assert changed.old.release == release != changed.new.release
    (graph,) = changed.graphs
    # The second list is another: its two nodes have four statements, and two lead to it.
    assert (graph.old, graph.new, graph.gained, graph.lost) == (16, 16, 6, 6)
    dump.write_text(dump.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    hurt = CliRunner().invoke(main, ["diff", str(dump), str(folder)])
    assert hurt.exit_code == 2
    assert "was changed since it was exported" in hurt.output


def kept(folder: Path, versions: dict[str, str]) -> Content:
    (folder / diff.FOLDER).mkdir(parents=True, exist_ok=True)
    for version, text in versions.items():
        (folder / diff.FOLDER / f"{version}.json").write_text(text, encoding="utf-8")
    return Content(folder)


def test_versions_in_their_order(releases: tuple[Path, Path]) -> None:
    text = difference(*releases).as_json()
    content = kept(releases[1], {"0.9.0": text, "0.10.0": text, "1.0.0": text, "1.0.0-rc": text})
    assert list(diff.kept(content.root)) == ["1.0.0", "1.0.0-rc", "0.10.0", "0.9.0"]
    with pytest.raises(SourceError, match=r"broken\.json"):
        diff.kept(kept(releases[1], {"broken": "{}"}).root)


def test_the_page_shows_what_is_kept(releases: tuple[Path, Path]) -> None:
    """Also what attacks the page."""
    text = difference(*releases).as_json().replace('"RUX"', '"<script>alert(1)</script>"')
    content = kept(releases[1], {"0.2.0": text})
    app = web.create_app(snapshots.of_content(content), Settings())
    try:
        page = app.test_client().get("/data/releases", headers=HTML)
        assert page.status_code == 200
        assert "What changed with 0.2.0" in page.text
        assert "Which codes are there?" in page.text
        assert "served here" in page.text
        assert "&lt;script&gt;" in page.text
        assert "<script>" not in page.text
    finally:
        web.close(app)


def test_the_page_asks_in_the_language(releases: tuple[Path, Path]) -> None:
    """Of what is kept too; a question that has no translation says that it is English."""
    text = difference(*releases).as_json()
    known = text.replace("Which codes are there?", "What is an agreement about?")
    content = kept(releases[1], {"0.1.0": text, "0.2.0": known})
    app = web.create_app(snapshots.of_content(content), Settings())
    try:
        page = app.test_client().get("/data/releases?lang=ru", headers=HTML).text
        assert '<span lang="ru">О чём соглашение?</span>' in page
        assert '<span lang="en">Which codes are there?</span>' in page
    finally:
        web.close(app)


def test_without_releases_the_page_says_so(tmp_path: Path) -> None:
    shutil.copytree(read.default_content().root / "queries", tmp_path / "queries")
    (tmp_path / "data").mkdir()
    app = web.create_app(snapshots.of_content(Content(tmp_path)), Settings())
    try:
        page = app.test_client().get("/data/releases", headers=HTML)
        assert "No earlier release is kept" in page.text
    finally:
        web.close(app)


@pytest.fixture
def archived(releases: tuple[Path, Path], tmp_path: Path) -> Iterator[tuple[Flask, list[str]]]:
    """An application with two archives, a folder and a dump, and their releases.

    The dump is that of the folder with one more record.
    """
    old, new = releases
    middle = tmp_path / "middle"
    shutil.copytree(old, middle)
    record = middle / "data/records/press/middle.ttl"
    record.write_text('<id/state/USA> <def/iso3> "<script>" .\n', encoding="utf-8")
    dump = tmp_path / "middle.trig"
    arguments = ["export", "--data", str(middle), "--out", str(dump)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    app = web.create_app(
        snapshots.of_content(Content(new)), Settings(archive=(str(old), str(dump), str(new)))
    )
    yield app, [snapshots.release_of(Content(path)) for path in (old, middle, new)]
    web.close(app)


def asked(app: Flask, **values: str) -> TestResponse:
    return app.test_client().get("/data/releases", query_string=values, headers=HTML)


def test_an_old_release_is_asked_on_the_page(archived: tuple[Flask, list[str]]) -> None:
    """The answer of an archive beside that of what is served."""
    app, (old, middle, new) = archived
    options = re.findall(r'<option value="([0-9a-f]{64})"', asked(app).text)
    assert options == [old, middle], "and not the one that is served"
    page = asked(app, release=old, question="codes")
    assert page.status_code == 200
    told = page.text.partition('id="compared"')[2]
    gone, _, gained = told.partition("Rows that are new")
    assert "<td>RUS</td>" in gone
    assert "<td>RUX</td>" in gained
    assert "The same 2 rows in both." in asked(app, release=new, question="codes").text


def test_all_that_changed_since_an_archive(
    archived: tuple[Flask, list[str]], releases: tuple[Path, Path]
) -> None:
    """Statements by graph, and answers; as JSON the same as on the terminal."""
    app, (old, middle, _new) = archived
    page = asked(app, release=old)
    told = page.text.partition('id="since"')[2]
    assert f"What changed since release {old[:12]}" in told
    assert "1 question is answered otherwise" in told
    assert "3 graphs changed" in told
    assert "<td>RUX</td>" in told
    found = asked(app, release=old, format="json")
    assert found.mimetype == "application/json"
    assert diff.loads(found.text) == difference(*releases)
    of_dump = diff.loads(asked(app, release=middle, format="json").text)
    graphs = [g.graph.removeprefix(GRAPH) for g in of_dump.graphs]
    assert graphs == ["a", "middle", "new", "old"]
    assert {row["code"] for row in of_dump.answers[0].lost} == {"RUS", "<script>"}
    text = asked(app, release=middle).text
    assert "&lt;script&gt;" in text
    assert "<script>" not in text


def test_a_difference_is_found_out_once(
    archived: tuple[Flask, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, (old, *_) = archived
    first = asked(app, release=old).text
    monkeypatch.setattr(web.service_of(app).pool, "call", None)
    assert asked(app, release=old).text == first


def test_what_can_be_compared_as_json(archived: tuple[Flask, list[str]]) -> None:
    app, (old, middle, new) = archived
    told = asked(app, format="json").get_json()
    assert (told["release"], told["versions"]) == (new, {})
    assert told["since"].keys() == {old, middle}
    for address in told["since"].values():
        assert diff.loads(app.test_client().get(address).text).new.release == new


def test_a_release_does_not_differ_from_itself(archived: tuple[Flask, list[str]]) -> None:
    app, (*_, new) = archived
    assert "No statement and no answer is another." in asked(app, release=new).text


@pytest.mark.parametrize(
    "wrong", [{"release": "0" * 64}, {"question": "none"}, {"version": "0.1.0"}]
)
@pytest.mark.parametrize("form", ["html", "json"])
def test_what_is_not_here_cannot_be_compared(
    archived: tuple[Flask, list[str]], wrong: dict[str, str], form: str
) -> None:
    app, (old, *_) = archived
    values = {"release": old, "format": form} | wrong
    assert asked(app, **values).status_code == 404


def test_kept_differences_as_json(releases: tuple[Path, Path]) -> None:
    text = difference(*releases).as_json()
    app = web.create_app(snapshots.of_content(kept(releases[1], {"0.2.0": text})), Settings())
    try:
        assert asked(app, version="0.2.0", format="json").text == text
        page = asked(app).text
        assert "version=0.2.0" in page
        assert "What changed since an older release" not in page, "none is served"
    finally:
        web.close(app)
