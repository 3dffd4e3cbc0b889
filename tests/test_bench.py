"""The benchmark measures what it says: copies of our data, and whole processes."""

import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench import check as validators
from bench.measure import Cost, Limits, figure, least, run
from bench.multiply import MOST, SHARED, multiply, place, renaming
from bench.pages import kind_of, percentile, told
from bench.scale import lines
from iisgraph import snapshot as snapshots
from iisgraph.engine import DefaultGraph, NamedNode, Quad
from iisgraph.gate import check
from iisgraph.layout import layout
from iisgraph.read import Content
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE
from tests.conftest import ROOT

OURS = re.compile(rf"{BASE}(id/[a-z-]+|source|graph)(/[\w.-]+)+")


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """Our data two times over."""
    return Content(multiply(ROOT, 2, tmp_path_factory.mktemp("copies") / "twice"))


@pytest.fixture(scope="module")
def doubled(twice: Content) -> Snapshot:
    return snapshots.of_content(twice)


@pytest.fixture(scope="module")
def shared(content: Content) -> Snapshot:
    """What the copies have in common: the ontology with its rules, and the data on the whole."""
    return snapshots.of_files([file for file in content.rdf if is_shared(file.path)])


def is_shared(path: Path) -> bool:
    relative = path.relative_to(ROOT).as_posix()
    return relative in SHARED or relative.startswith("ontology/")


def named(snapshot: Snapshot) -> list[Quad]:
    return [q for q in snapshot.engine.quads() if not isinstance(q.graph_name, DefaultGraph)]


# ---------------------------------------------------------------- copies


def test_statements_multiply_as_copies_do(
    snapshot: Snapshot, doubled: Snapshot, shared: Snapshot
) -> None:
    """What files say and what follows from it is there twice; the ontology is there once."""
    derived = NamedNode(BASE + "graph/derived")
    once, two = (Counter(q.graph_name == derived for q in named(s)) for s in (snapshot, doubled))
    common = len(named(shared))
    assert two[False] - common == 2 * (once[False] - common)
    of_ontology = sum(
        q.graph_name == derived and not OURS.match(str(q.subject).strip("<>"))
        for q in named(snapshot)
    )
    assert two[True] - of_ontology == 2 * (once[True] - of_ontology)
    assert len(doubled) > 1.9 * len(snapshot)


def test_records_and_states_multiply(snapshot: Snapshot, doubled: Snapshot) -> None:
    """Each copy has its own named graphs and its own 195 states."""
    for kind in ("iis:Record", "iis:State", "iis:StateVote", "iis:Contest", "iis:EditorialNote"):
        text = f"SELECT (COUNT(?x) AS ?n) WHERE {{ ?x a {kind} }}"
        one, two = (int(next(s.engine.query(text).rows())["n"].value) for s in (snapshot, doubled))
        assert two == 2 * one > 0, kind


def test_copies_are_strangers(doubled: Snapshot) -> None:
    """No statement joins a thing of one copy to a thing of the other."""
    marks = re.compile(r"/copy2-|/[A-Z]{3}AB\b")
    joined = 0
    for quad in named(doubled):
        ends = [str(e).strip("<>") for e in (quad.subject, quad.object)]
        if all(OURS.fullmatch(end) for end in ends) and "/id/contest/" not in ends[0]:
            joined += 1
            assert bool(marks.search(ends[0])) == bool(marks.search(ends[1])), quad
    assert joined > 40_000


def test_each_file_of_a_copy_is_well_formed_and_laid_out(twice: Content) -> None:
    """Renaming keeps files as `iisgraph fmt` would write them."""
    copies = [file for file in twice.rdf if "copy" in file.path.name]
    assert len(copies) == sum(not is_shared(file.path) for file in Content(ROOT).rdf)
    assert len({file.graph for file in twice.rdf}) == len(twice.rdf)
    for file in copies:
        assert layout(file) == file.content.decode(), file.path


COVERAGE = {"untouched-class", "untouched-property", "unmatched-shape"}
"""Rules that speak of terms and shapes, of which there are as many whatever the data."""


def test_a_copy_is_as_right_as_the_original(tmp_path: Path) -> None:
    """Check finds twice in two copies what it finds in one: twice the work, and no other."""
    root = tmp_path / "some"
    (root / "queries").mkdir(parents=True)
    for path in ROOT.joinpath("ontology").rglob("*.*"):
        copied(path, root)
    for name in ("dataset", "reference/groups", "records/issuing-body/unoda-gm"):
        copied(ROOT / f"data/{name}.ttl", root)
    copied(ROOT / "data/reference/jurisdictions.ttl", root)
    both = multiply(root, 2, tmp_path / "both")
    one, two = (Counter((f.rule, f.severity) for f in check(Content(f))) for f in (root, both))
    once = {key for key in one if key[0] == "unknown-term" or key[0] in COVERAGE}
    assert two == {key: n if key in once else 2 * n for key, n in one.items()}
    assert set(one) > once
    assert not {"layout", "syntax"} & {rule for rule, _ in two}


def copied(path: Path, root: Path) -> None:
    target = root / path.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(path.read_bytes())


def test_copies_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    """Equal content gives an equal multiple; one copy is our data as it is."""
    one = multiply(ROOT, 1, tmp_path / "one")
    assert bytes_of(one) == bytes_of(ROOT)
    first, second = (bytes_of(multiply(one, 2, tmp_path / name)) for name in "ab")
    assert first == second
    assert len(first) > 1.8 * len(bytes_of(one))


def bytes_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in ("ontology", "data", "queries")
        for path in sorted((root / folder).rglob("*.*"))
    }


def test_names_change_and_nothing_else_does() -> None:
    """Terms, concepts and texts are shared; a code of a state gets longer wherever it stands."""
    text = (
        "<id/membership/un/RUS/member/1> org:member <id/state/RUS> ; org:role <scheme/x/member> .\n"
        '<graph/a> prov:hadPrimarySource <source/a> ; iis:label "RUS" ; <def/Term> <https://x.y/> .'
    )
    assert renaming(3)(text) == (
        "<id/membership/copy3-un/RUSAC/member/1> org:member <id/state/RUSAC> ;"
        " org:role <scheme/x/member> .\n<graph/copy3-a> prov:hadPrimarySource <source/copy3-a> ;"
        ' iis:label "RUS" ; <def/Term> <https://x.y/> .'
    )
    assert len({renaming(number)("<id/state/RUS>") for number in range(2, MOST + 1)}) == MOST - 1


def test_codes_and_symbols_change_too() -> None:
    """A code names one thing of its class; two with the same are one thing twice."""
    text = 'iis:iso3 "RUS" ;\n iis:m49 "643" ;\n iis:symbol\n "A/1" ,\n "A/2" ; iis:iso2 "RU" ;'
    assert renaming(2)(text) == (
        'iis:iso3 "RUSAB" ;\n iis:m49 "643002" ;\n'
        ' iis:symbol\n "copy2-A/1" ,\n "copy2-A/2" ; iis:iso2 "RU" ;'
    )
    match = "skos:exactMatch <http://www.wikidata.org/entity/Q159> ."
    assert renaming(2)(match) == match.replace("Q159", "Q159AB")


def test_files_of_a_copy_stand_where_their_sort_stands() -> None:
    """House rules tell records, reference data and notes apart by their place."""
    assert place(Path("data/sources.ttl"), 2) == Path("data/sources/copy-2.ttl")
    record = Path("data/records/joint/a--b.ttl")
    assert place(record, 2) == Path("data/records/joint/copy2-a--b.ttl")


@pytest.mark.parametrize("times", [0, MOST + 1])
def test_impossible_numbers_are_refused(times: int, tmp_path: Path) -> None:
    """Before anything is written."""
    with pytest.raises(ValueError, match="copies"):
        multiply(ROOT, times, tmp_path / "x")
    assert not (tmp_path / "x").exists()


# ---------------------------------------------------------------- measures

LIMITS = Limits(seconds=20, gibibytes=4)


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_a_process_is_measured() -> None:
    """Seconds, memory and output are those of that process alone."""
    small = run(python("print('statements: 7')"), LIMITS)
    large = run(python("import time; x = bytearray(200 * 2**20); time.sleep(0.3)"), LIMITS)
    assert small.statements == 7
    assert large.mebibytes - small.mebibytes == pytest.approx(200, abs=20)
    assert 0.3 < large.seconds < 10


def test_a_process_is_ended_at_its_limits() -> None:
    """Too long or too large is a bound, not a failure of the benchmark."""
    slow = run(python("import time; time.sleep(60)"), Limits(seconds=0.5))
    large = run(python("bytearray(8 * 2**30)"), Limits(seconds=20, gibibytes=1))
    assert slow.ended
    assert large.ended
    assert 0.5 <= slow.seconds < 10


def test_a_broken_program_is_no_figure() -> None:
    """A crash would look fast."""
    with pytest.raises(SystemExit, match="ZeroDivisionError"):
        run(python("1 / 0"), LIMITS)


def test_the_least_of_several_runs_counts() -> None:
    """Load of the machine only adds."""
    costs = iter([Cost(3, 10), Cost(2, 30), Cost(4, 20)])
    assert least(lambda: next(costs), 3) == Cost(2, 10)
    ended = iter([Cost(3, 10), Cost(9, 9, ended=True)])
    assert least(lambda: next(ended), 3).ended


def test_bounds_are_shown_as_bounds() -> None:
    """Where the peer was ended its figure is a lower bound, and so is the ratio."""
    costs = [Cost(1, 100), Cost(10, 1000), Cost(2, 50), Cost(600, 9000, ended=True)]
    seconds, mebibytes = lines("load", 10, costs)
    assert seconds == ["load, s", "1.00", "10.00", "1.0", "2.00", "> 600.00", "> 30.0", "> 60.0"]
    assert mebibytes[1:4] == ["100", "1000", "1.0"]
    assert figure(1.25, ended=False, digits=1) == "1.2"


# ---------------------------------------------------------------- pages


def test_pages_are_told_by_kind() -> None:
    """The part of the site is the kind; the slowest kind comes first, all pages are counted."""
    times = {"/": 0.3, "/doc/state/KAZ": 0.012, "/doc/state/RUS?lang=ru": 0.02, "/q/now": 0.005}
    assert [kind_of(address) for address in times] == ["/", "/doc/state", "/doc/state", "/q"]
    rows = told([(address, seconds, 2500) for address, seconds in times.items()]).splitlines()
    assert [row.split(" | ")[0] for row in rows[2:6]] == ["| all", "| /", "| /doc/state", "| /q"]
    assert rows[4] == "| /doc/state | 2 | 16.0 | 20.0 | 20.0 | 2.5 |"
    assert rows[-4] == "300.0 ms /"
    assert percentile([float(n) for n in range(1, 201)], 0.99) == 199.0


# ---------------------------------------------------------------- validators


def test_validators_are_told_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    """Ours and pySHACL read and judge the same few statements, and find the same."""
    validators.main(["--sizes", "500", "--peers", "pyshacl", "--seconds", "60"])
    rows = re.findall(r"^\| (iisgraph|pyshacl) +\|(.*)\|$", capsys.readouterr().out, re.MULTILINE)
    assert [name for name, _ in rows] == ["iisgraph", "pyshacl"] * 2
    for _, row in rows:
        read, judged, _, whole, _, mebibytes, results, others, alone = row.split("|")
        assert float(whole) >= max(float(read), float(judged))
        assert float(mebibytes) > 10
        assert int(results) > 50
        assert int(others) == int(alone) == 0
