"""`iisgraph check` as CI runs it: reports to files, exit codes, the terminal."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iisgraph import gate
from iisgraph.cli import main
from iisgraph.gate.formats import NAMES
from tests.excerpt import excerpt

RECORD = "data/records/press/sco-headpost.ttl"
NOTED = "data/records/encyclopaedia/wiki-cc.ttl"
PROGRAM = [sys.executable, "-c", "from iisgraph.cli import main; main()"]


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part of the content, without an error."""
    return excerpt(tmp_path_factory.mktemp("right"), (RECORD, NOTED))


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a blank node, a misspelt property and a literal that would be rewritten."""
    root = excerpt(tmp_path_factory.mktemp("wrong"), (RECORD,))
    path = root / RECORD
    odd = '[] iis:hasPartty "\\u001B[31m::error::x" , "01"^^xsd:int .\n'
    path.write_text(path.read_text(encoding="utf-8") + odd, encoding="utf-8")
    return root


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("info", 1)], ids=str)
def test_fail_on_moves_the_line(level: str, code: int, right: Path) -> None:
    """A part of the content has warnings and notes, and no error."""
    result = run(right, "--fail-on", level, "--format", "json")
    assert result.exit_code == code
    report = json.loads(result.stdout)
    assert report["conforms"] is (code == 0)
    assert report["summary"]["info"] > 0
    assert report["summary"]["warning"] > 0
    assert report["summary"]["error"] == 0


def test_exit_codes_are_those_of_the_decision(
    right: Path, wrong: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 clean, 1 findings, 2 could not run, 3 a bug of ours (decision 0007)."""
    assert run(right).exit_code == 0
    assert run(wrong).exit_code == 1
    (tmp_path / "bad.ttl").write_text("<a> <b> .\n", encoding="utf-8")
    assert run(tmp_path / "bad.ttl").exit_code == 2
    assert run(tmp_path / "none.ttl").exit_code == 2
    assert run(right, "--baseline", tmp_path / "none.ttl").exit_code == 2
    assert run(right, "--report", f"json={tmp_path}/no/such/folder.json").exit_code == 2
    assert run(right, "--report", "pdf=x").exit_code == 2
    assert run(right, "--fail-on", "never").exit_code == 2
    monkeypatch.setattr(gate, "check", lambda *_: 1 / 0)
    assert run(right).exit_code == 3


def test_several_reports_at_once(wrong: Path, tmp_path: Path) -> None:
    """Every format of one run, each what the format alone would give."""
    paths = {name: tmp_path / f"out.{name}" for name in NAMES}
    options = [f"--report={name}={path}" for name, path in paths.items()]
    result = run(wrong, *options, "--format", "github")
    assert result.exit_code == 1
    assert result.stdout_bytes == paths["github"].read_bytes()
    for name, path in paths.items():
        assert run(wrong, "--format", name).stdout_bytes == path.read_bytes(), name


def test_syntax_errors_are_reported_in_every_format(tmp_path: Path) -> None:
    """A report is there although nothing else could be checked."""
    path = tmp_path / "bad.ttl"
    path.write_text("<a> <b> .\n", encoding="utf-8")
    result = run(path, "--report", f"sarif={tmp_path}/out.sarif")
    assert result.exit_code == 2
    log = json.loads((tmp_path / "out.sarif").read_text(encoding="utf-8"))
    (done,) = log["runs"]
    assert [each["ruleId"] for each in done["results"]] == ["syntax"]
    assert done["invocations"] == [{"executionSuccessful": False}]
    report = json.loads(run(path, "--format", "json").stdout)
    assert (report["conforms"], report["complete"]) == (False, False)
    assert "could not run" in run(path, "--format", "markdown").stdout


@pytest.mark.slow
def test_reports_are_the_same_whatever_the_hash_seed(wrong: Path, tmp_path: Path) -> None:
    """Blank nodes are named anew in each run; no report shows by what."""
    made = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        options = [f"--report={name}={folder}/{name}" for name in NAMES]
        environment = os.environ | {"PYTHONHASHSEED": seed}
        command: list[str] = [*PROGRAM, "check", *options, str(wrong)]
        done = subprocess.run(command, capture_output=True, check=False, env=environment)
        assert done.returncode == 1, done.stderr.decode()
        made.append({name: (folder / name).read_bytes() for name in NAMES})
    assert made[0] == made[1]
    assert b"hasPartty" in made[0]["text"]


@pytest.mark.parametrize(("variable", "coloured"), [("NO_COLOR", False), ("IISGRAPH_X", True)])
def test_terminal_gets_colours_unless_it_does_not_want_them(
    variable: str, coloured: bool, wrong: Path
) -> None:
    """Grouped by file with the place marked; the data's own escapes never go through."""
    ours, theirs = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    environment |= {variable: "1", "TERM": "xterm"}
    with subprocess.Popen(
        [*PROGRAM, "check", wrong], stdout=theirs, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        os.close(theirs)
        text = b""
        try:
            while part := os.read(ours, 65536):
                text += part
        except OSError:  # the terminal is closed
            pass
        assert process.wait() == 1
    os.close(ours)
    assert (b"\x1b[31merror\x1b[0m" in text) is coloured
    assert b"[31m::error" in text
    assert b"\x1b[31m::" not in text
    assert b"^^^" in text
