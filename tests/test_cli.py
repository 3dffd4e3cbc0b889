"""The terminal: every verb and exit code; data on stdout, all else on stderr."""

import csv
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rdflib import Dataset

from iisgraph import __version__
from iisgraph.cli import main
from iisgraph.formats import GRAPHS, RESULTS, Format
from iisgraph.snapshot import Snapshot
from tests.test_server import Server

ROOT = Path(__file__).parents[1]
PROGRAM = [sys.executable, "-c", "from iisgraph.cli import main; main()"]
VERBS = sorted(main.commands)
SELECT = "SELECT ?code { <id/state/RUS> iis:iso3 ?code }"
ASK = "ASK { <id/state/RUS> a iis:State }"
CONSTRUCT = "CONSTRUCT WHERE { <id/state/RUS> iis:iso3 ?code }"
SMALL = """\
@base <https://w3id.org/iisgraph/> .
@prefix iis: <https://w3id.org/iisgraph/def/> .

<id/state/RUS> a iis:State ;
    iis:iso3 "RUS" .
"""

by_name = pytest.mark.parametrize("form", [*RESULTS, *GRAPHS], ids=lambda f: f.names[0])
rdflib_datasets = pytest.mark.filterwarnings(
    # said of rdflib's own parsers by rdflib
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"
)


def call(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def told(result: Result, message: str, code: int = 2) -> None:
    """A user's mistake is one line on stderr, nothing on stdout, and never a traceback."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert re.search(message, result.stderr), result.stderr
    assert "Traceback" not in result.stderr
    assert "is a bug" not in result.stderr


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A file that is quickly read."""
    path = tmp_path / "small.ttl"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A SPARQL endpoint by URL."""
    server = Server("--port", "0", "--query-seconds", "1")
    yield f"{server.url}sparql"
    server.stop()


# ---------------------------------------------------------------- help


def test_verbs_are_those_of_the_design() -> None:
    """A verb that comes or goes changes what people have learnt."""
    assert VERBS == [
        "check",
        "config",
        "diff",
        "export",
        "fmt",
        "import",
        "lint",
        "query",
        "questions",
        "report",
        "serve",
    ]


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("verb", VERBS)
def test_help_has_examples(verb: str, flag: str) -> None:
    """A line that can be copied explains more than a list of options."""
    result = call(verb, flag)
    assert result.exit_code == 0
    assert re.search(rf"^  iisgraph {verb}\b", result.stdout, re.MULTILINE)
    assert "Usage:" in result.stdout


def test_examples_in_help_name_what_exists() -> None:
    """An example that fails teaches the wrong thing."""
    names = {path.stem for path in (ROOT / "queries").glob("*.rq")}
    texts = [call("--help").stdout, *(call(verb, "--help").stdout for verb in VERBS)]
    for text in texts:
        for name in re.findall(r"^ +iisgraph questions ([a-z][\w-]+)", text, re.MULTILINE):
            assert name in names
        for path in re.findall(r"\b(?:data|queries|ontology)/[\w/.-]+", text):
            assert (ROOT / path).exists(), path


def test_version() -> None:
    """The one of the package."""
    assert call("--version").stdout == f"iisgraph, version {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["wrong"],
        ["query"],
        ["fmt"],
        ["export"],
        ["query", "--format", "pdf", ASK],
        ["serve", "--port", "http"],
        ["check", "--no-such-flag"],
        ["questions", "members-on-day", "day"],
        ["export", "--out", "graph.pdf"],
    ],
)
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    """What was typed is wrong, and help is named."""
    told(call(*arguments), "Error: ")


# ---------------------------------------------------------------- check


def test_check_of_a_right_file_is_0(tmp_path: Path) -> None:
    """Nothing on stdout, the sum on stderr."""
    result = call("check", ROOT / "data/records/press/sco-tass2025.ttl")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 errors" in result.stderr


def test_check_with_errors_is_1(small: Path) -> None:
    """Findings are data: they go to stdout, one a line."""
    small.write_text(SMALL.replace("iis:iso3", "iis:iso33"), encoding="utf-8")
    result = call("check", small)
    assert result.exit_code == 1
    assert f"{small}:5:5: error: " in result.stdout
    assert "did you mean iis:iso3?" in result.stdout


def test_check_of_a_day_that_does_not_exist_prints_no_traceback(tmp_path: Path) -> None:
    """A wrong date is a finding, not something that a library complains of on stderr."""
    path = tmp_path / "sco-tass2025.ttl"
    text = (ROOT / "data/records/press/sco-tass2025.ttl").read_text(encoding="utf-8")
    path.write_text(text.replace("2025-09-01", "2025-09-31"), encoding="utf-8")
    done = subprocess.run([*PROGRAM, "check", path], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "shape/Membership-endDate" in done.stdout
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("verb", ["check", "fmt"])
def test_missing_file_is_2(verb: str, tmp_path: Path) -> None:
    """Not being able to run is not the same as having found something."""
    told(call(verb, tmp_path / "none.ttl"), r"none\.ttl: no such file or folder")


@pytest.mark.parametrize("verb", ["check", "fmt"])
def test_what_is_no_rdf_is_2(verb: str, tmp_path: Path) -> None:
    """An empty folder and a file of another kind are told as such."""
    told(call(verb, tmp_path), "this folder holds no RDF file")
    (tmp_path / "notes.txt").write_text("x")
    result = call(verb, tmp_path / "notes.txt")
    if verb == "check":
        assert result.exit_code == 2
        assert "is not RDF by its name" in result.output


def test_check_from_another_folder_shows_short_paths(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths are as the reader would type them."""
    monkeypatch.chdir(small.parent)
    small.write_text("<", encoding="utf-8")
    result = call("check", "small.ttl")
    assert result.exit_code == 2
    assert result.stdout.startswith("small.ttl:1:")


# ---------------------------------------------------------------- fmt


def test_fmt_lays_out_once(small: Path) -> None:
    """The second run changes nothing; what is written is the one layout."""
    small.write_text(SMALL.replace(" ;\n    ", ";"), encoding="utf-8")
    checked = call("fmt", "--check", small)
    assert (checked.exit_code, checked.stdout) == (1, f"{small}: not in the one layout\n")
    done = call("fmt", small)
    assert (done.exit_code, done.stdout) == (0, f"{small}: laid out\n")
    assert small.read_text(encoding="utf-8") == SMALL
    assert call("fmt", small).output == ""
    assert call("fmt", "--check", small).exit_code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SMALL.replace("State ;", "State ; # why"), r"small\.ttl:4: .*lose the comment '# why'"),
        ("<urn:a> <urn:b> .", r"small\.ttl:1:\d+: "),
    ],
)
def test_fmt_refuses_and_leaves_the_file(small: Path, text: str, message: str) -> None:
    """Words are not lost, and what cannot be read is not written."""
    small.write_text(text, encoding="utf-8")
    told(call("fmt", small), message)
    assert small.read_text(encoding="utf-8") == text


def test_fmt_of_an_unwritable_folder_is_2() -> None:
    """A folder that takes no files, such as /proc, even for root."""
    result = call("export", "--out", "/proc/graph.ttl", "--data", ROOT / "data/editorial.ttl")
    told(result, r"/proc/graph\.ttl: cannot be written: ")


# ---------------------------------------------------------------- query


@by_name
def test_query_in_each_format(form: Format, small: Path) -> None:
    """Nothing but the answer on stdout."""
    query = SELECT if form in RESULTS else CONSTRUCT
    result = call("query", "--data", small, "--format", form.names[0], query)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "RUS" in result.stdout
    name = form.names[0]
    if name == "json":
        assert json.loads(result.stdout)["head"]["vars"] == ["code"]
    elif name in ("csv", "tsv"):
        assert len(result.stdout.splitlines()) == 2
    elif form in GRAPHS:
        assert result.stdout.endswith("\n")


def test_query_as_a_table_for_people(small: Path) -> None:
    """The default of a table, and words for a boolean; Turtle for a graph."""
    assert re.search(r"│ RUS +│\n[^\n]*\n1 row\n$", call("query", "--data", small, SELECT).stdout)
    assert call("query", "--data", small, ASK).stdout == "yes\n"
    assert call("query", "--data", small, ASK.replace("RUS", "X")).stdout == "no\n"
    assert 'iis:iso3 "RUS" .' in call("query", "--data", small, CONSTRUCT).stdout


@pytest.mark.parametrize(
    ("query", "form"), [(SELECT, "turtle"), (CONSTRUCT, "csv"), (CONSTRUCT, "table")]
)
def test_format_of_the_other_kind_is_2(small: Path, query: str, form: str) -> None:
    """Told with the formats that would do."""
    result = call("query", "--data", small, "--format", form, query)
    told(result, f"cannot be written as {form}; it can as ")


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_boolean_has_no_table_format(small: Path, form: str) -> None:
    """CSV and TSV have no booleans: a word or a refusal, never a crash."""
    result = call("query", "--data", small, "--format", form, ASK)
    assert "Traceback" not in result.output
    assert result.exit_code in (0, 2)
    assert result.stdout.strip() in ("true", "")


def test_query_from_file_and_from_stdin(small: Path) -> None:
    """A path, and `-`, are the same question as the text."""
    path = small.parent / "my.rq"
    path.write_text(SELECT, encoding="utf-8")
    expected = call("query", "--data", small, SELECT).stdout
    assert call("query", "--data", small, path).stdout == expected
    assert call("query", "--data", small, "-", stdin=SELECT).stdout == expected


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * { ?s ?p", r"iisgraph: .+ \(line 1, column \d+\)"),
        ("SELECT ?s { ?s nope:x ?o }", r"the prefix nope: is not declared.* \(line 1, column 16\)"),
        ("hello", "expected a query beginning with"),
        ("", "expected a query beginning with"),
        ("DROP ALL", "read-only"),
        ("SELECT * { SERVICE <http://example.org/> {} }", "federation to other endpoints is off"),
        ("SELECT * FROM <http://example.org/> {}", "nothing is fetched"),
        ("none.rq", r"none\.rq: cannot be read: No such file"),
    ],
)
def test_bad_query_is_2(small: Path, query: str, message: str) -> None:
    """Told with the place; nothing is reached outside."""
    told(call("query", "--data", small, query), message)


@pytest.mark.parametrize("verb", [["query", ASK], ["export", "--out", "-", "--format", "nt"]])
def test_missing_data_is_2(verb: list[str], tmp_path: Path) -> None:
    """A path that is not there is told before anything is done."""
    told(call(*verb, "--data", tmp_path / "none"), "no such file or folder")


def test_data_may_be_a_content_folder(tmp_path: Path) -> None:
    """A folder that is laid out as ours is read with its rules."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.ttl").write_text(SMALL, encoding="utf-8")
    result = call("query", "--data", tmp_path, "--format", "csv", "SELECT ?g { GRAPH ?g {} }")
    assert result.stdout.split() == ["g", "https://w3id.org/iisgraph/graph/a"]


# ---------------------------------------------------------------- endpoints by URL


@pytest.mark.parametrize("query", [SELECT, ASK, CONSTRUCT])
def test_endpoint_answers_as_the_data_itself(endpoint: str, query: str, small: Path) -> None:
    """Where the data lies is no matter to who asks."""
    remote, local = (call("query", "--data", where, query) for where in (endpoint, small))
    assert (remote.exit_code, remote.stdout) == (0, local.stdout)


def test_question_is_asked_of_an_endpoint(endpoint: str) -> None:
    """Saved questions run anywhere."""
    remote = call("questions", "agreement-topics", "--data", endpoint, "--format", "csv")
    assert remote.exit_code == 0
    expected = (ROOT / "tests/questions/agreement-topics.csv").read_text(encoding="utf-8")
    assert list(csv.reader(io.StringIO(remote.stdout))) == list(csv.reader(io.StringIO(expected)))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * {", "answered 400 "),
        ("DROP ALL", "answered 403 "),
        ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?i) }", " 503 "),
    ],
)
def test_refusal_of_an_endpoint_is_2(endpoint: str, query: str, message: str) -> None:
    """Its own words are passed on."""
    told(call("query", "--data", endpoint, query), message)


def test_endpoint_that_is_not_there_is_2() -> None:
    """Told with its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/sparql"
    told(call("query", "--data", url, ASK), f"{url} cannot be asked: .*refused")


def test_page_that_is_no_endpoint_is_2(endpoint: str) -> None:
    """Some page that answers 200 with something else is no crash."""
    url = endpoint.replace("/sparql", "/healthz")
    result = call("query", "--data", url, ASK)
    told(result, "answered|cannot be asked|405")


# ---------------------------------------------------------------- questions


def test_questions_are_listed_with_their_parameters() -> None:
    """Each by name, title and defaults."""
    result = call("questions")
    assert result.exit_code == 0
    for path in (ROOT / "queries").glob("*.rq"):
        assert re.search(rf"^\w+ +{path.stem}( |$)", result.stdout, re.MULTILINE)
    assert "[day=" in result.stdout


def test_question_is_answered_or_shown() -> None:
    """With its value put in; `--sparql` shows the query that would be asked."""
    result = call("questions", "members-on-day", "day=2017-06-10", "--format", "csv")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "state/IND" in result.stdout
    shown = call("questions", "members-on-day", "day=2017-06-10", "--sparql")
    assert '"2017-06-10"' in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["members-todday"], "there is no saved question 'members-todday'; did you mean members"),
        (["members-on-day", "day=soon"], "day is 'soon', expected a day such as"),
        (["members-on-day", "year=2017"], "has no parameter year"),
    ],
)
def test_wrong_question_is_2(arguments: list[str], message: str) -> None:
    """Told with what was probably meant."""
    told(call("questions", *arguments), message)


# ---------------------------------------------------------------- export


@rdflib_datasets
@pytest.mark.parametrize("form", GRAPHS, ids=lambda f: f.names[0])
def test_export_in_each_format(form: Format, small: Path) -> None:
    """To a file by its suffix and to stdout by name: the same bytes, and all statements."""
    out = small.parent / f"graph{form.suffix}"
    result = call("export", "--data", small, "--out", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert re.search(r"2 statements, release [0-9a-f]{64}", result.stderr)
    assert len(list(Dataset().parse(out, format=form.media_type).quads())) == 2
    printed = call("export", "--data", small, "--out", "-", "--format", form.names[-1])
    assert printed.stdout_bytes.rstrip() == out.read_bytes().rstrip()
    assert printed.stderr == ""


@pytest.mark.parametrize("suffix", ["ttl", "nt", "trig", "nq"])
def test_export_of_everything_is_the_same_bytes_each_time(suffix: str, tmp_path: Path) -> None:
    """Equal releases are equal bytes, blank nodes of shapes included: a dump can be compared."""
    content = []
    for name in ("one", "two"):
        out = tmp_path / f"{name}.{suffix}"
        assert call("export", "--out", out).exit_code == 0
        content.append(out.read_bytes())
    assert len(content[0]) > 500_000
    assert content[0] == content[1]


def test_export_of_everything_holds_every_graph(snapshot: Snapshot, tmp_path: Path) -> None:
    """Graph by graph what the snapshot holds, the derived one included."""
    out = tmp_path / "all.nq"
    call("export", "--out", out)
    head, _, *lines = out.read_text().splitlines()
    assert head == f"# iisgraph release {snapshot.release}"
    graphs = {line.rsplit(" ", 2)[1][1:-1] for line in lines}
    assert graphs == snapshot.graphs


def test_failed_export_leaves_the_file(small: Path) -> None:
    """A file is written whole or not at all."""
    out = small.parent / "none/graph.ttl"
    told(call("export", "--data", small, "--out", out), "cannot be written: No such file")
    assert not out.parent.exists()


# ---------------------------------------------------------------- serve


def test_taken_port_is_2() -> None:
    """One line with the address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told(call("serve", "--port", str(port)), f"cannot listen on 127.0.0.1:{port}: ")


def test_content_with_errors_is_not_served(tmp_path: Path) -> None:
    """The gate runs before the door opens."""
    for part in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / part, tmp_path / part)
    path = tmp_path / "data/records/press/sco-tass2025.ttl"
    path.write_text(path.read_text().replace("org:member <", "org:membr <"), encoding="utf-8")
    result = call("serve", "--port", "0", "--data", tmp_path)
    assert result.exit_code == 2
    assert "is not served with errors" in result.stderr
    assert "did you mean org:member?" in result.output


@pytest.mark.parametrize("verb", ["serve", "config"])
def test_help_of_settings_tells_their_defaults(verb: str) -> None:
    """Each setting is a flag with a line of help."""
    from dataclasses import fields

    from iisgraph.settings import Settings, shown

    text = " ".join(call(verb, "--help").stdout.split())
    for each in fields(Settings):
        assert f"--{each.name.replace('_', '-')} " in text
        assert f"[{shown(each.default)}]" in text


# ---------------------------------------------------------------- config


def test_config_tells_each_setting_and_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the end an operator asks which of three places has won."""
    from iisgraph.settings import Settings, origins

    monkeypatch.setenv("IISGRAPH_PORT", "9000")
    monkeypatch.setenv("IISGRAPH_TRUST_PROXY", "true")
    monkeypatch.setenv("IISGRAPH_QUERY_SECONDS", "3")
    result = call("config", "--port", "80", "--watch", "--no-check", "--format", "json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert [*told] == ["data", "no_check", *origins({})]
    assert told["port"] == {"value": 80, "from": "--port"}
    assert told["watch"] == {"value": True, "from": "--watch"}
    assert told["no_check"] == {"value": True, "from": "--no-check"}
    assert told["trust_proxy"] == {"value": True, "from": "IISGRAPH_TRUST_PROXY"}
    assert told["query_seconds"] == {"value": 3.0, "from": "IISGRAPH_QUERY_SECONDS"}
    assert told["host"] == {"value": Settings().host, "from": "default"}
    assert told["data"] == {"value": str(ROOT), "from": "default"}


def test_config_for_people_has_a_line_for_each() -> None:
    """Name, value, origin, also for a folder that serve would take."""
    result = call("config", "--data", "/srv/my data", "--threads", "7")
    rows = [re.split(" {2,}", line) for line in result.stdout.splitlines()]
    assert {len(row) for row in rows} == {3}
    assert ["threads", "7", "--threads"] in rows
    assert ["data", "/srv/my data", "--data"] in rows
    assert ["log", "json", "default"] in rows


@pytest.mark.parametrize(
    ("variable", "text", "flags", "message"),
    [
        ("IISGRAPH_PROT", "1", [], "IISGRAPH_PROT is not a setting"),
        ("IISGRAPH_WATCH", "on", [], "IISGRAPH_WATCH is 'on', expected true or false"),
        ("IISGRAPH_PORT", "80", ["--log", "xml"], "log is 'xml', expected json, query, none"),
    ],
)
def test_config_refuses_what_serve_refuses(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, flags: list[str], message: str
) -> None:
    """So that it can be asked before a server is started."""
    monkeypatch.setenv(variable, text)
    told(call("config", *flags), message)


# ---------------------------------------------------------------- the terminal itself


def test_control_characters_of_data_do_not_reach_the_terminal(small: Path) -> None:
    """Data could else clear the screen, or type commands."""
    evil = "\\u001B]0;evil\\u0007\\u001B[2J\\u009B"
    small.write_text(SMALL.replace('"RUS"', f'"{evil}"'), encoding="utf-8")
    table = call("query", "--data", small, SELECT)
    assert table.exit_code == 0
    small.write_text("<urn:a> <urn:\\u009B> 1 .\n", encoding="utf-8")
    checked = call("check", small)
    assert checked.exit_code == 2
    for text in (table.stdout, checked.stdout):
        assert "\\u00" in text
        assert [c for c in text if not c.isprintable() and c != "\n"] == []


def test_broken_pipe_is_quiet() -> None:
    """`| head -1` ends the program without a word."""
    program = " ".join(f"'{part}'" for part in PROGRAM)
    query = "SELECT * { ?s ?p ?o }"
    for form in ("csv", "table"):
        done = subprocess.run(
            [
                "bash",
                "-c",
                f'{program} query --format {form} "{query}" | head -1; echo ${{PIPESTATUS[0]}}',
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        first, code = done.stdout.splitlines()
        assert first
        assert code == "0"
        assert done.stderr == ""


def test_program_keeps_streams_apart(small: Path) -> None:
    """As a process: data on stdout in UTF-8 whatever the locale, no chatter where no one looks."""
    small.write_text(SMALL.replace('"RUS"', '"Россия"'), encoding="utf-8")
    done = subprocess.run(
        [*PROGRAM, "query", "--format", "csv", "--data", small, SELECT],
        capture_output=True,
        check=False,
        env=os.environ | {"LC_ALL": "C"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().split() == ["code", "Россия"]


def test_bug_is_3(monkeypatch: pytest.MonkeyPatch, small: Path) -> None:
    """A bug looks neither like findings nor like bad input."""

    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("iisgraph.query.answer", fail)
    result = call("query", "--data", small, ASK)
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "this is a bug; please report it" in result.stderr
