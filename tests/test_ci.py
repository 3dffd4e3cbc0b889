"""What CI services read: the action, the hooks of pre-commit, and the script behind the action."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from iisgraph.cli import main
from iisgraph.gate.formats import NAMES
from iisgraph.vocab import SH
from tests import rdf
from tests.conftest import ROOT

ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS: Any = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
WORKFLOW: Any = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
DOCUMENT = (ROOT / "docs/checking.md").read_text(encoding="utf-8")
HEAD = f"@prefix : <{rdf.EX}> .\n@prefix sh: <{SH}> .\n"
SHAPES = (
    HEAD
    + ":S a sh:NodeShape ; sh:targetClass :T ; sh:property :P .\n:P sh:path :p ; sh:minCount 1 .\n"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A repository with a blank in a file's name, as a runner has checked it out."""
    (tmp_path / "my shapes").mkdir()
    (tmp_path / "my shapes/s.ttl").write_text(SHAPES, encoding="utf-8")
    (tmp_path / "right.ttl").write_text(HEAD + ":a a :T ; :p 1 .\n", encoding="utf-8")
    (tmp_path / "wrong one.ttl").write_text(HEAD + ":b a :T .\n", encoding="utf-8")
    program = tmp_path / "iisgraph"
    code = "from iisgraph.cli import main; main()"
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{code}' \"$@\"\n", encoding="utf-8")
    program.chmod(0o755)
    return tmp_path


def run_action(workspace: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The last step of the action, as a runner runs it."""
    (step,) = (step for step in ACTION["runs"]["steps"] if step.get("id") == "check")
    given = {name: inputs.get(name, "") for name in step["env"]} | {
        "IISGRAPH": str(workspace / "iisgraph"),
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_OUTPUT": str(workspace / "output"),
        "GITHUB_STEP_SUMMARY": str(workspace / "summary"),
        "RUNNER_TEMP": str(workspace / "temp"),
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(
        command, cwd=workspace, env=os.environ | given, capture_output=True, text=True, check=False
    )


def test_action_annotates_and_fails(workspace: Path) -> None:
    """The line in the pull request, the summary of the job, and every report."""
    done = run_action(workspace, SHAPES="my shapes\n", DATA="right.ttl\nwrong one.ttl")
    assert done.returncode == 1, done.stderr
    errors = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
    assert len(errors) == 1
    assert errors[0].startswith("::error file=wrong one.ttl,line=3,endLine=3,col=6,endColumn=8,")
    reports = Path(
        (workspace / "output").read_text(encoding="utf-8").strip().removeprefix("reports=")
    )
    names = {path.name for path in reports.iterdir()}
    assert names == {f"findings.{end}" for end in ("sarif", "xml", "json", "html", "md")}
    assert json.loads((reports / "findings.json").read_text(encoding="utf-8"))["conforms"] is False
    assert "failed" in (workspace / "summary").read_text(encoding="utf-8")


def test_action_passes_on_what_is_right(workspace: Path) -> None:
    """Exit code 0, and reports where they were asked for."""
    done = run_action(workspace, SHAPES="my shapes", DATA="right.ttl", REPORTS="kept")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (workspace / "kept/findings.sarif").exists()


def test_inputs_of_the_action_are_never_run(workspace: Path) -> None:
    """A name is a name, whatever it looks like; an option does not slip in as data."""
    odd = '$(touch owned) "; touch owned; #\n--format=json'
    done = run_action(workspace, SHAPES="my shapes", DATA=odd, OPTIONS="--mute=unused-prefix")
    assert done.returncode == 2
    assert not (workspace / "owned").exists()
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_options_of_the_action_are_passed_on(workspace: Path) -> None:
    """One on each line, those that are empty left out."""
    inputs = {"SHAPES": "my shapes", "DATA": "right.ttl"}
    assert run_action(workspace, **inputs, FAIL_ON="info").returncode == 1
    muted = "--mute=unused-prefix\n\n--mute=untouched-property\r\n--mute=untouched-class"
    done = run_action(workspace, **inputs, FAIL_ON="info", OPTIONS=muted)
    assert done.returncode == 0, done.stdout


def test_every_input_reaches_the_step_and_the_document() -> None:
    """None is declared in vain, and none is left for the reader to find."""
    text = json.dumps(ACTION["runs"])
    for name, told in ACTION["inputs"].items():
        assert f"inputs.{name} " in text
        assert told["description"]
        assert f"`{name}`" in DOCUMENT or f"{name}:" in DOCUMENT, name
    assert ACTION["runs"]["using"] == "composite"


def test_hooks_of_pre_commit_run(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each entry, with the arguments of the document and the files of a commit."""
    monkeypatch.chdir(workspace)
    check, fmt = HOOKS
    (arguments,) = re.findall(r"id: iisgraph-check\n\s+args: \[--shapes=shapes/\]", DOCUMENT)
    assert arguments
    assert [hook["language"] for hook in HOOKS] == ["python", "python"]
    for name, code in (("right.ttl", 0), ("wrong one.ttl", 1)):
        assert re.search(check["files"], name)
        _, *words = shlex.split(check["entry"])
        result = CliRunner().invoke(main, [*words, "--shapes=my shapes", name])
        assert result.exit_code == code, result.output
    _, *words = shlex.split(fmt["entry"])
    assert CliRunner().invoke(main, [*words, "right.ttl"]).exit_code == 0
    assert not re.search(fmt["files"], "data.nt")


def test_own_workflow_uses_the_action() -> None:
    """What is offered to others is what is used here; other actions are pinned by hash."""
    steps = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in [*steps, *ACTION["runs"]["steps"]] if "uses" in step]
    assert "./" in used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each) for each in used if each != "./")


def test_document_tells_of_each_format_and_option() -> None:
    """And its examples of YAML are YAML."""
    assert [name for name in NAMES if f"`{name}`" not in DOCUMENT] == []
    blocks = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)
    assert len(blocks) == 4
    assert all(yaml.safe_load(block) for block in blocks)
    for option in ("--format", "--report", "--fail-on", "--baseline", "--write-baseline"):
        assert option in DOCUMENT
