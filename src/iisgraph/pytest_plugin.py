"""`pytest --iisgraph DATA`: every shape and every house rule becomes a test.

Loaded by pytest through its entry point; imports nothing heavy before it is asked for.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from iisgraph.gate import Finding
    from iisgraph.gate.formats import Outcome

_OTHERS: Final = "everything else"
"""The test of all findings whose rule is no shape and no house rule."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of their own group; without `--iisgraph` nothing is done."""
    group = parser.getgroup("iisgraph", "RDF data that is held to shapes")
    group.addoption(
        "--iisgraph",
        action="append",
        default=[],
        metavar="PATH",
        type=Path,
        help="A content folder, or with --iisgraph-shapes any RDF; may be repeated.",
    )
    group.addoption(
        "--iisgraph-shapes",
        action="append",
        default=[],
        metavar="PATH",
        type=Path,
        help="The shapes that the data is held to; may be repeated.",
    )
    group.addoption("--iisgraph-fail-on", choices=["error", "warning", "info"], default="error",
                    help="The least weight that fails a test. [error]")  # fmt: skip


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add a test for each rule to the tests that there are."""
    if config.getoption("--iisgraph"):
        checked = _Checked(config)
        items += [RuleItem.from_parent(session, name=n, checked=checked) for n in checked.names]


class _Checked:
    """What is checked: once, when the first test asks."""

    def __init__(self, config: pytest.Config) -> None:
        self._paths: Sequence[Path] = config.getoption("--iisgraph")
        self._shapes: Sequence[Path] = config.getoption("--iisgraph-shapes")
        self._fail_on: str = config.getoption("--iisgraph-fail-on")
        self._outcome: Outcome | None = None
        self.names: list[str] = [*self._rules(), _OTHERS]

    def of(self, rule: str) -> "Outcome":
        """What was found by a rule."""
        from dataclasses import replace

        outcome = self._outcome = self._outcome or self._check()
        known = {*self.names} - {_OTHERS}
        is_other = rule == _OTHERS
        told = [
            f for f in outcome.findings if (f.rule not in known if is_other else f.rule == rule)
        ]
        return replace(outcome, findings=told)

    def _rules(self) -> Iterator[str]:
        from iisgraph import read
        from iisgraph.errors import IisgraphError
        from iisgraph.gate.shapes import rule_names

        shapes = self._shapes or [path / "ontology/shapes" for path in self._paths]
        try:
            files = list(read.foreign(shapes, Path.cwd()))
            yield from rule_names(quad for file in files for quad in file.quads)
        except IisgraphError as error:
            raise pytest.UsageError(str(error)) from None
        if not self._shapes:
            rules = (each for path in self._paths for each in path.glob("ontology/checks/*.rq"))
            yield from sorted({f"checks/{rule.stem}" for rule in rules})

    def _check(self) -> "Outcome":
        from iisgraph.gate import Severity
        from iisgraph.gate.formats import Outcome

        return Outcome(self._findings(), Severity[self._fail_on.upper()])

    def _findings(self) -> "Sequence[Finding]":
        from iisgraph import read
        from iisgraph.gate import Repository, check, check_repository
        from iisgraph.read import Content

        here = Path.cwd()
        if not self._shapes:
            return [finding for path in self._paths for finding in check(Content(path))]
        data, shapes = read.foreign(self._paths, here), read.foreign(self._shapes, here)
        return check_repository(Repository(data=data, shapes=shapes))


class RuleItem(pytest.Item):
    """The test of one rule: it fails by the findings that weigh enough."""

    def __init__(self, *, checked: _Checked, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._checked = checked
        self.add_marker("iisgraph")

    def runtest(self) -> None:
        """Fail with the findings as a person reads them; the others become a section."""
        from iisgraph.gate.formats import grouped

        outcome = self._checked.of(self.name)
        text = grouped.written(outcome)
        if not outcome.conforms:
            pytest.fail(f"{outcome.summary}\n\n{text}", pytrace=False)
        if text:
            self.add_report_section("call", "findings", text)

    def reportinfo(self) -> tuple[Path, None, str]:
        """How the test is called in reports."""
        return self.path, None, f"iisgraph: {self.name}"


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, by which `-m iisgraph` selects these tests."""
    config.addinivalue_line("markers", "iisgraph: a shape or house rule that data is held to")
