"""What the documents say is so."""

import re
from dataclasses import fields

import click
import pytest

from iisgraph import cli, questions
from iisgraph.read import Content
from iisgraph.settings import PREFIX, Settings, explanations, shown
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_lists_each_setting_with_its_default() -> None:
    """The table of settings is the code's own."""
    table = README.split("<!-- settings -->")[1].split("<!-- /settings -->")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `--")]
    expected = [
        f"| `--{each.name.replace('_', '-')}` | `{PREFIX}{each.name.upper()}` "
        f"| {shown(each.default)} | {explanations()[each.name]} |"
        for each in fields(Settings)
    ]
    assert rows == expected


def test_readme_shows_each_verb() -> None:
    """No verb is left for the reader to find."""
    assert isinstance(cli.main, click.Group)
    missing = [verb for verb in cli.main.commands if f"iisgraph {verb}" not in README + _makefile()]
    assert not missing


def _makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")


def test_readme_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The Python example works as printed."""
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out.count("/id/former-state/") == 6


def test_readme_questions_exist(content: Content) -> None:
    """Questions named in the README can be asked."""
    named = set(re.findall(r"iisgraph questions (\S+)", README)) - {"#"}
    assert named
    assert named <= questions.load(content).keys()


def test_paths_in_documents_exist() -> None:
    """Files and folders that README and CONTRIBUTING name are there."""
    text = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"[`(]((?:ontology|data|queries|src|tests|docs)/[\w./-]*\w/?)[`)]", text)
    real = [path for path in paths if "my-source" not in path and "a--b" not in path]
    assert len(real) > 8
    assert [path for path in real if not (ROOT / path).exists()] == []


def test_decisions_are_indexed() -> None:
    """Each decision record is in the index, and the index has no other."""
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    records = {path.name for path in folder.glob("[0-9]*.md")}
    assert set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", index)) == records
    assert len(records) >= 5
