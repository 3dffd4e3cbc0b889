"""`pytest --iisgraph DATA` turns each shape into a test."""

import tomllib
from pathlib import Path

import pytest

from iisgraph.vocab import SH
from tests import rdf
from tests.conftest import ROOT
from tests.excerpt import excerpt

pytest_plugins = ("pytester",)

HEAD = f"@prefix : <{rdf.EX}> .\n@prefix sh: <{SH}> .\n"
SHAPES = (
    HEAD
    + """
:Person a sh:NodeShape ; sh:targetClass :Person ; sh:property :Name , :Age .
:Name sh:path :name ; sh:minCount 1 .
:Age sh:path :age ; sh:minCount 1 ; sh:severity sh:Warning .
"""
)
RIGHT = HEAD + ":ann a :Person ; :name 'Ann' ; :age 7 .\n"
WRONG = HEAD + ":ann a :Person ; :name 'Ann' .\n:bob a :Person ; :age 7 .\n"


@pytest.fixture(autouse=True)
def _no_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin is named, as it may or may not be installed: twice it would not load."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.fixture
def run(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder of shapes and data, and no test of Python."""
    pytester.makefile(".ttl", shapes=SHAPES, right=RIGHT, wrong=WRONG)
    return pytester


def asked(run: pytest.Pytester, *options: str) -> pytest.RunResult:
    return run.runpytest_subprocess("-p", "iisgraph.pytest_plugin", "-v", *options)


def test_each_shape_is_a_test(run: pytest.Pytester) -> None:
    """Those that nothing was found by pass."""
    result = asked(run, "--iisgraph=right.ttl", "--iisgraph-shapes=shapes.ttl")
    result.assert_outcomes(passed=4)
    assert result.ret == 0


def test_finding_fails_the_test_of_its_shape(run: pytest.Pytester) -> None:
    """With the file, the line and a mark under the place, and no traceback."""
    result = asked(run, "--iisgraph=wrong.ttl", "--iisgraph-shapes=shapes.ttl")
    result.assert_outcomes(passed=3, failed=1)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["*wrong.ttl*", "*4:8 error*Name*", "*│ :bob a :Person*", "*│*^^^^^^^*"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_weight_that_fails_can_be_set(run: pytest.Pytester) -> None:
    """A warning fails where it is asked for."""
    options = ("--iisgraph=wrong.ttl", "--iisgraph-shapes=shapes.ttl")
    asked(run, *options, "--iisgraph-fail-on=warning").assert_outcomes(passed=2, failed=2)


def test_rules_can_be_chosen_as_other_tests(run: pytest.Pytester) -> None:
    """By name and by marker, beside tests of Python."""
    run.makepyfile("def test_it(): pass")
    options = ("--iisgraph=wrong.ttl", "--iisgraph-shapes=shapes.ttl")
    asked(run, *options).assert_outcomes(passed=4, failed=1)
    asked(run, *options, "-m", "not iisgraph").assert_outcomes(passed=1, deselected=4)
    asked(run, *options, "-k", "Age").assert_outcomes(passed=1, deselected=4)
    asked(run).assert_outcomes(passed=1)


def test_file_that_cannot_be_read_is_the_users_mistake(run: pytest.Pytester) -> None:
    """Broken shapes end the run; broken data fails it by what is in no shape."""
    result = asked(run, "--iisgraph=right.ttl", "--iisgraph-shapes=none.ttl")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*none.ttl*no such file*"])
    (run.path / "bad.ttl").write_text("<a> <b> .\n", encoding="utf-8")
    result = asked(run, "--iisgraph=bad.ttl", "--iisgraph-shapes=shapes.ttl")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*everything else*FAILED*", "*bad.ttl*", "*1:9 error*syntax*"])


@pytest.mark.slow
def test_content_folder_needs_no_shapes_named(pytester: pytest.Pytester) -> None:
    """Its shapes and house rules are known, and ours hold."""
    excerpt(Path(pytester.path), ("data/records/press/sco-headpost.ttl",))
    result = asked(pytester, "--iisgraph=.", "-q")
    counts = result.parseoutcomes()
    assert result.ret == 0
    rules = len(list((ROOT / "ontology/checks").glob("*.rq")))
    assert counts["passed"] > rules + 100


def test_pytest_finds_the_plugin_by_itself() -> None:
    """Whoever has installed the package has the options."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"iisgraph": "iisgraph.pytest_plugin"}
