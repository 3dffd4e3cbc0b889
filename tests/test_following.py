"""A check that follows the saves of a content finds what a check from the beginning finds."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from iisgraph import gate, read
from iisgraph.errors import ShapesError
from iisgraph.gate import Finding
from iisgraph.gate.following import FollowingCheck
from iisgraph.gate.syntax import broken_files
from iisgraph.read import Content

RECORDS = 40
"""Of the records only some are copied, since each step is checked from the beginning too."""

Edit = Callable[[str], str]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """A copy of the content with every so many of its records."""
    root = tmp_path_factory.mktemp("content")
    source = read.default_content().root
    for part in ("ontology", "queries", "data"):
        shutil.copytree(source / part, root / part)
    records = sorted((root / "data/records").rglob("*.ttl"))
    for path in set(records) - set(records[:: len(records) // RECORDS]):
        path.unlink()
    return Content(root)


def without_line(number: int) -> Edit:
    """Take one line away, where it does not end a sentence if that can be helped."""

    def edit(text: str) -> str:
        lines = text.splitlines(keepends=True)
        inner = [at for at, line in enumerate(lines) if line.rstrip().endswith(";")]
        if inner:
            del lines[inner[number % len(inner)]]
        return "".join(lines)

    return edit


def replacing(one: str, other: str) -> Edit:
    """Write another text for one, the first time that it occurs."""
    return lambda text: text.replace(one, other, 1)


EDITS: dict[str, Edit] = {
    "another year": replacing('"20', '"19'),
    "a date that is none": replacing('-01"^^xsd:date', '-41"^^xsd:date'),
    "a number as it is not kept": replacing(" 1 ", ' "01"^^xsd:integer '),
    "another property": replacing("schema:startDate", "schema:endDate"),
    "an unknown property": replacing("org:member ", "org:membre "),
    "another class": replacing("a org:Membership", "a iis:Participation"),
    "a thing that is not there": replacing("id/state/", "id/stat/"),
    "another language": replacing("@en", "@zz"),
    "out of layout": lambda text: text + "\n\n",
    "empty": lambda _: "",
    "no Turtle": lambda text: text + "ex:broken",
}


def saved(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def is_broken(path: Path) -> bool:
    (file,) = read.files(path)
    return any(broken_files([file]))


def agree(check: FollowingCheck, content: Content) -> list[Finding]:
    """The findings, which are those of a new check."""
    found, anew = check.findings(), gate.check(content)
    assert found == anew, sorted(set(found) ^ set(anew), key=lambda each: each.key)[:3]
    return found


def changing(edit: Edit, paths: list[Path]) -> Path:
    """The first file that an edit changes."""
    return next(path for path in paths if edit(path.read_text("utf-8")) != path.read_text("utf-8"))


def test_it_finds_what_a_new_check_finds_after_any_edit(whole: Content) -> None:
    """Lines and words of records, reference data and ontology change, one file at a time."""
    chance = random.Random(20)
    data = sorted((whole.root / "data").rglob("*.ttl"))
    data += [whole.root / "ontology" / name for name in ("iis.ttl", "schemes.ttl")]
    edits = [*EDITS.values(), *(without_line(number) for number in range(6))]
    check = FollowingCheck(whole)
    known = agree(check, whole)
    different = 0
    for edit in edits:
        chance.shuffle(data)
        path = changing(edit, data)
        before = path.read_text("utf-8")
        saved(path, edit(before))
        found = agree(check, whole)
        different += found != known
        if is_broken(path) or chance.random() < 0.5:  # else the next edit is added to this one
            saved(path, before)
        known = found
    assert len(edits) == 17
    assert different > 12


STEPS: dict[str, tuple[str, Edit]] = {
    "a shape": ("ontology/shapes/events.ttl", replacing("sh:minCount 1", "sh:minCount 2")),
    "a rule": ("ontology/rules/10-possible-days.rq", replacing("endDate", "endedDate")),
    "a house rule": ("ontology/checks/licence-unknown.rq", replacing("iis:sourceKind", "?kind")),
    "a question": ("queries/actions-on-agreement.rq", lambda text: text + "\n# iis:nothing\n"),
    "a term": ("ontology/iis.ttl", replacing("iis:ForumEdition a", "iis:ForumEditon a")),
    "a subclass": ("ontology/iis.ttl", replacing("rdfs:subClassOf", "rdfs:seeAlso")),
    "what rules make of it": ("data/records/x.ttl", lambda _: ASSERTED),
}
ASSERTED = """<id/membership/x> <http://www.w3.org/2000/01/rdf-schema#label> "x"@en ;
    a <http://www.w3.org/ns/org#Membership> .
"""


def test_it_follows_files_of_each_kind(whole: Content) -> None:
    """Changed, or new, and as they were again."""
    check = FollowingCheck(whole)
    first = agree(check, whole)
    for name, (relative, edit) in STEPS.items():
        path = whole.root / relative
        before = path.read_text("utf-8") if path.exists() else None
        after = edit(before or "")
        assert after != before, name
        saved(path, after)
        agree(check, whole)
        path.unlink() if before is None else saved(path, before)
        assert check.findings() == first, name


def test_it_goes_on_after_shapes_that_cannot_be_judged_by(whole: Content) -> None:
    """The fault is told by both, and nothing of it stays."""
    path = whole.root / "ontology/shapes/events.ttl"
    check = FollowingCheck(whole)
    before = path.read_text("utf-8")
    agree(check, whole)
    saved(path, before.replace("sh:minCount 1", 'sh:minCount "many"', 1))
    try:
        with pytest.raises(ShapesError):
            gate.check(whole)
        with pytest.raises(ShapesError):
            check.findings()
    finally:
        saved(path, before)
    agree(check, whole)
