"""Runs the cases about SERVICE, with endpoints that the test itself holds and allows."""

from iisgraph import query
from iisgraph.endpoints import prefix_of
from iisgraph.engine import WHOLE, Answer
from iisgraph.errors import EngineError, QueryError, QueryRefused
from iisgraph.federation import localised
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE
from tests.w3c import answers, queries
from tests.w3c.cases import MF, QT, Case

_HOSTS = ("example.org", "example1.org", "example2.org", "invalid.endpoint.org")
PREFIXES = [prefix_of(BASE), *(prefix_of(f"http://{host}/") for host in _HOSTS)]


def run(case: Case) -> str:
    """What is wrong with the outcome of a case, or nothing."""
    text = queries.query_of(case)
    endpoints = _endpoints(case)

    def ask(address: str, sparql: str) -> Answer:
        if address not in endpoints and case.kind == "QueryEvaluationTest":
            raise EngineError("is not there")
        there = endpoints.get(address, queries.EMPTY)
        found = localised(sparql, WHOLE, (), PREFIXES, ask)
        return query.answer(there, found)

    try:
        snapshot = queries.dataset(case)
        answer = query.answer(snapshot, localised(text, WHOLE, snapshot.graphs, PREFIXES, ask))
        wanted = case.value(MF.result)
        return "" if wanted is None or queries.fits(answer, case.file(wanted)) else "another answer"
    except QueryRefused as error:
        is_found = "SERVICE ?" in text and "must be named" in str(error)
        return "" if is_found else f"refused: {error}"
    except (EngineError, QueryError) as error:
        return f"{type(error).__name__}: {error}"


def _endpoints(case: Case) -> dict[str, Snapshot]:
    """The graph of each endpoint of a case."""
    manifest = case.manifest
    found = {}
    for node in manifest.objects(case.value(MF.action), QT.serviceData):
        files = [case.file(each) for each in manifest.objects(node, QT.data)]
        found[str(manifest.value(node, QT.endpoint))] = answers.snapshot_of(files, {})
    return found
