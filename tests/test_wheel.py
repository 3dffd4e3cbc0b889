"""What people install is the wheel, not the tree: it is built, installed and used elsewhere."""

import csv
import json
import os
import re
import subprocess
import sys
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from iisgraph import __version__

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


def run(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("IISGRAPH_", "PYTHON"))}
    return subprocess.run(
        arguments, cwd=folder, capture_output=True, text=True, check=False, env=clean
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as a release is."""
    folder = tmp_path_factory.mktemp("dist")
    options = ("--wheel", "--no-isolation", "--outdir")
    done = run(sys.executable, "-m", "build", *options, folder, ROOT, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a clean environment that has the wheel."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv/bin"
    done = run(programs / "python", "-m", "pip", "install", "--quiet", wheel, folder=folder)
    assert done.returncode == 0, done.stderr
    return programs


@pytest.fixture(scope="module")
def server(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `iisgraph serve`, started outside the checkout."""
    process = subprocess.Popen(
        [installed / "iisgraph", "serve", "--port", "0"],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    found = (re.search(r"serving at (\S+)", line) for line in process.stderr)
    yield next(match[1] for match in found if match)
    process.terminate()
    process.communicate(timeout=30)


def test_wheel_holds_all_that_is_served_and_no_more(wheel: Path) -> None:
    """Each file of ontology, data, queries, templates and styles; neither tests nor rubbish."""
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {"iisgraph/py.typed", "iisgraph/cli/__init__.py"}
    for part in ("ontology", "data", "queries"):
        paths = [path for path in (ROOT / part).rglob("*") if path.is_file()]
        assert paths
        expected |= {f"iisgraph/content/{path.relative_to(ROOT)}" for path in paths}
    for part in ("web/templates", "web/static", "web/translations", "gate/formats"):
        paths = [path for path in (ROOT / "src/iisgraph" / part).iterdir() if path.is_file()]
        assert paths
        expected |= {str(path.relative_to(ROOT / "src")) for path in paths}
    scripts = ("query.js", "engine.js", "oxigraph.wasm", "offline.js")
    built = (*scripts, "countries-110m.json", "licences.txt")
    expected |= {f"iisgraph/web/static/built/{name}" for name in built}
    assert expected - names == set()
    allowed = re.compile(r"iisgraph/[\w/.+-]+|iisgraph-[\w.]+\.dist-info/[\w/.-]+")
    assert [name for name in names if not allowed.fullmatch(name)] == []
    assert [n for n in names if re.search(r"/tests?/|/test_", n) and "/content/" not in n] == []
    assert [n for n in names if "__pycache__" in n or n.endswith(".pyc")] == []
    assert any(n.endswith(".dist-info/licenses/LICENSE-DATA.md") for n in names)


def test_version_of_the_program_is_that_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The version is written once."""
    done = run(installed / "iisgraph", "--version", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"iisgraph, version {__version__}\n")


def test_query_answers_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    """`pip install` and one command give an answer."""
    sparql = "SELECT ?code { ?s a iis:State ; iis:iso3 ?code } ORDER BY ?code"
    done = run(installed / "iisgraph", "query", "--format", "csv", sparql, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    codes = done.stdout.split()[1:]
    assert "RUS" in codes
    assert len(codes) > 190


def test_packaged_content_passes_the_gate(installed: Path, tmp_path: Path) -> None:
    """The gate, its shapes and its vendor lists are in the package."""
    done = run(installed / "iisgraph", "check", "--format", "json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["conforms"] is True


def test_release_is_the_same_as_in_the_checkout(installed: Path, tmp_path: Path) -> None:
    """Equal content, equal release, wherever it lies."""
    script = "import iisgraph; print(iisgraph.open().release)"
    packaged = run(installed / "python", "-c", script, folder=tmp_path)
    checkout = run(sys.executable, "-c", script, folder=tmp_path)
    assert packaged.returncode == 0, packaged.stderr
    assert packaged.stdout == checkout.stdout


def test_served_question_has_the_expected_answer(server: str) -> None:
    """A saved question over HTTP is answered as in the tests of the tree."""
    with urllib.request.urlopen(f"{server}q/agreement-topics?format=csv", timeout=30) as response:
        found = list(csv.reader(response.read().decode().splitlines()))
    expected = (ROOT / "tests/questions/agreement-topics.csv").read_text(encoding="utf-8")
    assert found == list(csv.reader(expected.splitlines()))


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html", "text/html"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
    ],
)
def test_thing_is_dereferenced(server: str, accept: str, media_type: str) -> None:
    """`/id/…` leads to its document in what was asked for; templates and styles are there."""
    request = urllib.request.Request(f"{server}id/state/RUS", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=30) as response:
        assert response.url == f"{server}doc/state/RUS"
        assert response.headers.get_content_type() == media_type
        assert "Russia" in response.read().decode()
    with urllib.request.urlopen(f"{server}static/style.css", timeout=30) as response:
        assert response.headers.get_content_type() == "text/css"
