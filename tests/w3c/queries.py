"""Runs the cases about queries, through the same door as everybody's queries."""

import re
from pathlib import Path
from typing import Final

from rdflib import Namespace
from rdflib.namespace import RDFS

from iisgraph import query
from iisgraph.engine import Answer, DefaultGraph, Quad, triples
from iisgraph.errors import QueryError, QueryRefused
from iisgraph.formats import RESULTS
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE
from tests.w3c import answers
from tests.w3c.cases import MF, QT, Case

_TYPES: Final = {f.suffix: f.media_type for f in RESULTS}
UT: Final = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
_TOKEN: Final = re.compile(r"^\s*(?!#|BASE|PREFIX)\S", re.MULTILINE)
"""Something besides prologue and comments, which alone are an update that changes nothing."""

EMPTY: Final = answers.snapshot_of([], {})


def run(case: Case) -> str:
    """What is wrong with the outcome of a case, or nothing."""
    return {
        "PositiveSyntaxTest11": _is_taken,
        "NegativeSyntaxTest11": _is_refused,
        "QueryEvaluationTest": _is_answered,
        "CSVResultFormatTest": _is_answered,
    }[case.kind](case)


def run_refused(case: Case) -> str:
    """What is wrong with the refusal of what is not served: an update, or a call of a service."""
    text = query_of(case)
    try:
        query.answer(EMPTY, text)
    except QueryRefused:
        return ""
    except QueryError as error:
        return "" if not _TOKEN.search(text) else f"misread: {error}"
    return "answered"


def _is_taken(case: Case) -> str:
    snapshot = EMPTY if "FROM" not in (text := query_of(case)) else _anything(text)
    try:
        query.answer(snapshot, text)
    except QueryError as error:
        return "" if "custom function" in error.message else error.message
    return ""


def _anything(text: str) -> Snapshot:
    """A snapshot that has each graph that a query names: syntax alone is tried."""
    named = [word[1:-1] for word in text.split() if word.startswith("<") and word.endswith(">")]
    here = Path(__file__).with_name("nothing.nt")
    return answers.snapshot_of([], {BASE + n if ":" not in n else n: here for n in named})


def _is_refused(case: Case) -> str:
    return "" if _is_taken(case) else "taken"


def query_of(case: Case) -> str:
    """The text of the query of a case."""
    action, manifest = case.value(MF.action), case.manifest
    request = manifest.value(action, QT.query) or manifest.value(action, UT.request) or action
    return case.file(request).read_text(encoding="utf-8")


def dataset(case: Case) -> Snapshot:
    """The data of a case."""
    action, manifest = case.value(MF.action), case.manifest
    default = [case.file(node) for node in manifest.objects(action, QT.data)]
    named = {
        str(manifest.value(node, RDFS.label) or BASE + case.file(node).name): case.file(
            manifest.value(node, QT.graph) or node
        )
        for node in manifest.objects(action, QT.graphData)
    }
    if "FROM" in query_of(case):  # its graphs are in no graph store
        named |= {BASE + path.name: path for path in default}
    return answers.snapshot_of(default, named)


def _is_answered(case: Case) -> str:
    try:
        answer = query.answer(dataset(case), query_of(case))
        wanted = case.file(case.value(MF.result))
        return "" if fits(answer, wanted) else "another answer"
    except (QueryError, ValueError, OSError) as error:
        return f"{type(error).__name__}: {error}"


def fits(answer: Answer, wanted: Path) -> bool:
    """Whether an answer is the one that is wanted."""
    if answer.is_graph:
        found = [Quad(s, p, o) for s, p, o in triples(answer.triples())]
        return answers.same_graph(found, answers.quads_of(wanted, DefaultGraph()))
    if answer.is_boolean:
        return bool(answer) is answers.rows_of(wanted)
    if wanted.suffix == ".csv":
        return answers.same_csv(answer.serialize("text/csv"), wanted.read_bytes())
    suffix = wanted.suffix if wanted.suffix in _TYPES else ".srj"
    table = answers.read(answer.serialize(_TYPES[suffix]), suffix[1:])
    expected = answers.rows_of(wanted)
    assert isinstance(table, tuple)
    assert isinstance(expected, tuple)
    return answers.same_rows(table, expected)
