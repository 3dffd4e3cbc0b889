"""The scripts of the pages: what they are made of, and that pages do without them."""

import json
import re
import shutil
from pathlib import Path

import pytest
from flask import Flask

from iisgraph import web
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web.editor import WORDS
from tests.conftest import ROOT

ASSETS = ROOT / "assets"
BUILT = ROOT / "src/iisgraph/web/static/built"
SAID = re.compile(r'\bsay\(\s*"([^"]+)"')
BROWSER = {"Accept": "text/html,*/*;q=0.8"}

needs_scripts = pytest.mark.skipif(
    not BUILT.is_dir(), reason="the scripts are not built: .ci/venv assets"
)


def test_lock_file_pins_by_hash_and_names_no_host() -> None:
    """Each package has its hash, and comes from whatever registry npm is set to."""
    locks = [ASSETS / "package-lock.json", ROOT / "tests/clients/package-lock.json"]
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        packages = json.loads(text)["packages"]
        assert len(packages) > 30
        assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []
        assert '"resolved"' not in text
        assert (lock.parent / ".npmrc").read_text(encoding="utf-8").count("=true") >= 2


def test_words_of_scripts_are_handed_over() -> None:
    """What scripts say stands in the list that is translated, and nothing else does."""
    sources = list((ASSETS / "src").glob("*.ts"))
    assert len(sources) > 10
    said = {s for path in sources for s in SAID.findall(path.read_text(encoding="utf-8"))}
    assert len(said) > 30
    assert said == set(WORDS)


@needs_scripts
def test_licences_tell_of_what_is_bundled() -> None:
    """Name, version and licence of each package, with the text; those we know are among them."""
    text = (BUILT / "licences.txt").read_text(encoding="utf-8")
    heads = re.findall(r"^(@?[\w./-]+) [\d.]+: (.+)$", text, re.MULTILINE)
    assert {"@codemirror/view", "codemirror-lang-sparql", "d3-geo", "oxigraph", "world-atlas"} <= {
        name for name, _ in heads
    }
    assert {licence for _, licence in heads} <= {"MIT", "ISC", "BSD-3-Clause", "MIT OR Apache-2.0"}
    assert text.count("Permission") >= len(heads)


@needs_scripts
def test_scripts_name_no_other_host() -> None:
    """The scripts of pages fetch from their own site; namespaces are names, not addresses."""
    for path in BUILT.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(cdn|unpkg|jsdelivr|googleapis)\.", text), path
        assert not re.search(r"\bnew Function\(|\beval\(", text), path


@needs_scripts
def test_query_page_brings_its_script_and_data(app: Flask) -> None:
    """The script is there, and so is all that the page names for it."""
    client = app.test_client()
    page = client.get("/sparql", headers=BROWSER)
    found = re.search(r'<script type="module" src="([^"]+)">', page.text)
    assert found
    with client.get(found[1]) as script:
        assert script.mimetype == "text/javascript"
    data = re.search(r'<script type="application/json" id="page-data">(.+?)</script>', page.text)
    assert data
    told = json.loads(data[1])
    assert told["prefixes"]["iis"].startswith(told["base"])
    completion = client.get(told["vocabulary"]).get_json()
    assert completion["uses"]["iis:State"]["iis:iso3"] > 190
    assert {"iis:State", "org:Membership"} <= {term["name"] for term in completion["classes"]}


@pytest.fixture
def bare(snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application as in a checkout whose scripts were never built."""
    shutil.copytree(BUILT.parent, tmp_path / "static", ignore=shutil.ignore_patterns("built"))
    real = Flask.__init__

    def without_scripts(self: Flask, name: str) -> None:
        real(self, name, static_folder=str(tmp_path / "static"), static_url_path="/static")

    monkeypatch.setattr(Flask, "__init__", without_scripts)
    return web.create_app(snapshot, Settings(query_processes=1))


def test_pages_do_without_scripts(bare: Flask) -> None:
    """Without the build the form and its table answer, and no script is asked for."""
    query = "SELECT ?code { ?s a iis:State ; iis:iso3 ?code } ORDER BY ?code"
    page = bare.test_client().get("/sparql", query_string={"query": query}, headers=BROWSER)
    web.close(bare)
    assert page.status_code == 200
    assert "<td><span>AFG</span></td>" in page.text
    assert "/static/built/" not in page.text


def test_plain_page_shows_sources_and_saved_questions(app: Flask) -> None:
    """Without a script: sources beside rows, a saved question in the form, long answers cut."""
    client = app.test_client()
    query = "SELECT ?s ?c { ?s a iis:State ; iis:iso3 ?c } ORDER BY ?c LIMIT 2"
    asked = {"query": query, "provenance": "1"}
    page = client.get("/sparql", query_string=asked, headers=BROWSER).text
    assert '<th scope="col">Sources</th>' in page
    assert "names and codes of states" in page
    assert "provenance=1" in re.findall(r'href="(/sparql\?[^"]*format=csv[^"]*)"', page)[0]
    opened = client.get("/sparql?question=members-on-day", headers=BROWSER).text
    assert "earliestStart" in opened
    assert '<option value="members-on-day" selected lang="en">' in opened
    many = {"query": "SELECT ?v { ?v a iis:StateVote }"}
    page = client.get("/sparql", query_string=many, headers=BROWSER).text
    assert page.count("<tr>") == 301
    assert "the first 300 are shown" in page
    assert len(page) < 120_000
