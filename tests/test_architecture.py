"""The house stands as the README draws it."""

import ast
import re
from itertools import pairwise
from pathlib import Path

from tests.conftest import ROOT

PACKAGE = ROOT / "src/iisgraph"
ROW = re.compile(
    r"^\| (words|carriers|verbs|edges) \| (\w+) \| ([\w, ]*)\| ([\w, ]*)\|$", re.MULTILINE
)
FLOORS = ["words", "carriers", "verbs", "edges"]
LONGEST_FUNCTION = 45
LONGEST_MODULE = 360


def table() -> list[tuple[str, str, set[str], set[str]]]:
    """Rows of the README's table: floor, module, what it may import, what it alone imports."""
    rows = ROW.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    return [
        (f, m, set(re.findall(r"\w+", may)), set(re.findall(r"\w+", own)))
        for f, m, may, own in rows
    ]


def module_of(path: Path) -> str:
    """The module of the table that a file belongs to: `web` for all of `web/`."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Full names of what a file imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "iisgraph":
            found |= {f"iisgraph.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def sources() -> list[Path]:
    """All modules but the package's own `__init__`, which only opens the door to `api`."""
    found = [path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py"]
    assert len(found) > 20
    return found


def test_the_table_names_every_module() -> None:
    """A module that the README does not know has no place."""
    assert {module for _, module, _, _ in table()} == {module_of(path) for path in sources()}


def test_arrows_point_down() -> None:
    """What a module may import stands above it in the table."""
    seen: set[str] = set()
    for _, module, may, _ in table():
        below = may - seen
        assert not below, f"{module} may not import {below}, which stand below it"
        seen.add(module)
    floors = [FLOORS.index(floor) for floor, *_ in table()]
    assert all(upper <= lower for upper, lower in pairwise(floors))


def test_modules_import_what_the_table_allows() -> None:
    """The table is what the code does: nothing more, and nothing that is no longer used."""
    allowed = {module: may for _, module, may, _ in table()}
    used: dict[str, set[str]] = {module: set() for module in allowed}
    for path in sources():
        module = module_of(path)
        names = {name.split(".")[1] for name in imports(path) if name.startswith("iisgraph.")}
        used[module] |= names - {module, "__version__"}
    assert used == allowed


def test_each_library_has_one_door() -> None:
    """A library in the last column is imported by that module alone."""
    doors = {library: module for _, module, _, own in table() for library in own}
    assert {"pyoxigraph", "pyshacl", "flask"} <= doors.keys()
    for path in sources():
        for name in imports(path):
            library = name.split(".")[0]
            assert doors.get(library, module_of(path)) == module_of(path), (
                f"{path} imports {library}"
            )


def test_pyshacl_is_known_to_one_file() -> None:
    """Within `shacl`, only the adapter knows pySHACL."""
    knowing = [path.name for path in sources() if "pyshacl" in imports(path)]
    assert knowing == ["reference.py"]


def test_functions_and_modules_stay_small() -> None:
    """Half of the functions are under 10 lines, none is long, and no module is a drawer."""
    lengths = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= LONGEST_MODULE, path
        assert path.stem not in {"utils", "helpers", "common", "misc"}
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno:
                length = node.end_lineno - node.lineno + 1
                assert length <= LONGEST_FUNCTION, (
                    f"{path}:{node.lineno} {node.name}: {length} lines"
                )
                lengths.append(length)
    assert sorted(lengths)[len(lengths) // 2] < 10
