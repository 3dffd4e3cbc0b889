"""What is compared: our programs, and the same work in plain rdflib and plain pySHACL."""

import sys
from pathlib import Path
from typing import Final

PYTHON: Final = [sys.executable, "-c"]
QUERY: Final = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://w3id.org/iisgraph/def/State> }"

_RDFLIB_LOAD: Final = """
import pathlib, rdflib, sys
graph = rdflib.Graph()
for folder in ("ontology", "data"):
    for path in sorted(pathlib.Path(sys.argv[1], folder).rglob("*.ttl")):
        graph.parse(path)
"""
_RDFLIB_ANSWER: Final = f"""{_RDFLIB_LOAD}
(row,) = graph.query("{QUERY}")
print(f"states: {{row.n}}\\nstatements: {{len(graph)}}")
"""
_RDFLIB_SERVE: Final = f"""{_RDFLIB_LOAD}
import flask
from werkzeug.serving import make_server
app = flask.Flask("plain")
def answer():
    return graph.query(flask.request.args["query"]).serialize(format="json")
app.add_url_rule("/sparql", "sparql", answer)
server = make_server("127.0.0.1", 0, app)
print(f"serving at http://127.0.0.1:{{server.port}}/", file=sys.stderr, flush=True)
server.serve_forever()
"""
_PYSHACL_CHECK: Final = f"""{_RDFLIB_LOAD}
import pyshacl
shapes = rdflib.Graph()
for path in sorted(pathlib.Path(sys.argv[1], "ontology/shapes").glob("*.ttl")):
    shapes.parse(path)
pyshacl.validate(graph, shacl_graph=shapes)
"""
_OUR_ANSWER: Final = f"""
import sys, iisgraph
graph = iisgraph.open(sys.argv[1])
(row,) = graph.query("{QUERY}").rows()
print(f"states: {{row['n'].value}}\\nstatements: {{len(graph)}}")
"""
_OUR_PROGRAM: Final = "from iisgraph.cli import main; main()"


def our_answer(content: Path) -> list[str]:
    """Load a content folder with its rules, merge its graphs, answer a query, count statements."""
    return [*PYTHON, _OUR_ANSWER, str(content)]


def rdflib_answer(content: Path) -> list[str]:
    """Load the same files into one graph, answer the query, count statements."""
    return [*PYTHON, _RDFLIB_ANSWER, str(content)]


def our_server(content: Path) -> list[str]:
    """Serve a content folder that is known to be right."""
    options = ["--port", "0", "--no-check", "--data", str(content)]
    return [*PYTHON, _OUR_PROGRAM, "serve", *options]


def rdflib_server(content: Path) -> list[str]:
    """Serve the same files from one graph."""
    return [*PYTHON, _RDFLIB_SERVE, str(content)]


def our_check(content: Path) -> list[str]:
    """Check syntax, layout, terms, literals, shapes and house rules."""
    return [*PYTHON, _OUR_PROGRAM, "check", str(content)]


def pyshacl_check(content: Path) -> list[str]:
    """Hold the same files, in one graph, against the shapes alone."""
    return [*PYTHON, _PYSHACL_CHECK, str(content)]
