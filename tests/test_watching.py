"""`iisgraph check --watch`: each save is looked at, and only what it moved is told."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from iisgraph.cli import main
from tests.test_server import PROGRAM

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:Thing a sh:NodeShape ; sh:targetClass ex:Thing ;
    sh:property [ sh:path ex:name ; sh:minCount 1 ] .
"""
RIGHT = "@prefix ex: <http://example.org/> .\nex:a a ex:Thing ; ex:name 'A' .\n"
WRONG = RIGHT + "\n\nex:b a ex:Thing .\n"


def test_each_save_tells_what_has_come_and_gone(tmp_path: Path) -> None:
    """A fault, a broken file, its mending; and a clean end by Ctrl-C."""
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "data.ttl"
    shapes.write_text(SHAPES, "utf-8")
    data.write_text(RIGHT, "utf-8")
    command = [*PROGRAM, "check", "--watch", "--shapes", str(shapes), str(data)]
    lines: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path
    ) as watcher:
        assert watcher.stdout
        reader = threading.Thread(target=lambda: lines.extend(watcher.stdout or ()))
        reader.start()
        try:
            wait_for(lambda: told(lines, "Ctrl-C ends") == 1)
            data.write_text(WRONG, "utf-8")
            wait_for(lambda: told(lines, "Ctrl-C ends") == 2)
            data.write_text("ex:broken", "utf-8")
            wait_for(lambda: told(lines, "not checked: data.ttl:1:") == 1)
            assert told(lines, "gone:") == 0
            data.write_text(RIGHT, "utf-8")
            wait_for(lambda: told(lines, "Ctrl-C ends") == 3)
        finally:
            watcher.send_signal(signal.SIGINT)
            code = watcher.wait(15)
            reader.join(15)
    assert code == 0
    said = "".join(lines)
    assert "new: data.ttl:5:8: error: http://example.org/b" in said
    assert "gone: error: http://example.org/b" in said
    assert "[syntax]" in said
    assert "Traceback" not in said


def told(lines: list[str], text: str) -> int:
    return sum(text in line for line in lines)


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("other", [["--fix"], ["--report", "json=x.json"]])
def test_watching_writes_nothing(other: list[str], tmp_path: Path) -> None:
    """What would write at each save is refused."""
    result = CliRunner().invoke(main, ["check", "--watch", *other])
    assert result.exit_code == 2
    assert "--watch goes without" in result.stderr
