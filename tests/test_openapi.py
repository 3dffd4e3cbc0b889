"""The OpenAPI description is valid, complete and true."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from iisgraph import questions, web
from iisgraph.formats import RESULTS
from iisgraph.read import Content
from iisgraph.web.openapi import document

SOON = {"/store"}
"""What is described and answered by another part of the service than this application."""


@pytest.fixture(scope="module")
def described(content: Content) -> dict[str, Any]:
    """The description of a server for the repository's questions."""
    return document(questions.load(content), "https://example.org/")


def operations(described: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (path, method): operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }


def test_it_is_openapi(described: dict[str, Any]) -> None:
    """By the official schema, references and defaults included."""
    assert list(OpenAPIV31SpecValidator(described).iter_errors()) == []
    assert described["openapi"].startswith("3.1.")
    assert json.loads(json.dumps(described)) == described


def test_each_question_is_an_operation(described: dict[str, Any], content: Content) -> None:
    """With its title, its words, and its parameters with their kinds and defaults."""
    saved = questions.load(content)
    found = {path[3:]: op for (path, _), op in operations(described).items() if path[:3] == "/q/"}
    assert found.keys() == saved.keys()
    for name, question in saved.items():
        operation = found[name]
        assert operation["summary"] == question.title
        assert question.description in operation["description"]
        assert operation["tags"] == [question.theme]
        own = [p for p in operation["parameters"] if p.get("name") not in ("format", None)]
        assert [p["name"] for p in own] == [p.name for p in question.parameters]
        for parameter, given in zip(own, question.parameters, strict=True):
            assert parameter["schema"]["default"] == given.default
            assert (parameter["schema"].get("format") == "date") == (given.kind == "date")


def test_names_are_told_apart(described: dict[str, Any]) -> None:
    """Client generators make a method of each operation, and a class of each tag."""
    names = [operation["operationId"] for operation in operations(described).values()]
    assert len(names) == len(set(names))
    used = {tag for operation in operations(described).values() for tag in operation["tags"]}
    assert used == {tag["name"] for tag in described["tags"]}


def test_the_server_gives_it(client: FlaskClient, content: Content) -> None:
    """As JSON, for the server that it was asked from."""
    response = client.get("/openapi.json")
    assert response.mimetype == "application/json"
    assert response.get_json() == document(questions.load(content), "/")
    assert response.get_json()["servers"] == [{"url": "/"}]


def test_what_is_described_is_there(client: FlaskClient, described: dict[str, Any]) -> None:
    """Each path and method leads to a view."""
    adapter = client.application.url_map.bind("localhost")
    for path, method in operations(described):
        if path not in SOON:
            adapter.match(path.replace("{path}", "state/KAZ"), method=method.upper())


def test_questions_answer_as_described(client: FlaskClient, described: dict[str, Any]) -> None:
    """With the defaults as values, in every format that is offered."""
    for (path, _), operation in operations(described).items():
        if not path.startswith("/q/"):
            continue
        own = [p for p in operation["parameters"] if "default" in p.get("schema", {})]
        values = {parameter["name"]: parameter["schema"]["default"] for parameter in own}
        response = client.get(path, query_string=values | {"format": "json"})
        assert response.status_code == 200, path
        assert response.mimetype in operation["responses"]["200"]["content"]
        assert set(response.get_json()) == {"head", "results"}
    for form in RESULTS:
        response = client.get(path, query_string={"format": form.names[0]})
        assert response.mimetype in operation["responses"]["200"]["content"]


@pytest.mark.parametrize(
    ("query_string", "status"),
    [("day=soon", 400), ("nothing=1", 200), ("format=turtle", 406), ("organisation=../x", 400)],
)
def test_faults_are_those_described(
    client: FlaskClient, described: dict[str, Any], query_string: str, status: int
) -> None:
    """A wrong value is a problem in JSON with the members of the schema."""
    response = client.get(f"/q/members-on-day?{query_string}", headers={"Accept": "text/csv"})
    assert response.status_code == status
    if status == 200:
        return
    reference = operations(described)["/q/members-on-day", "get"]["responses"][str(status)]["$ref"]
    problem = described["components"]["responses"][reference.rsplit("/", 1)[-1]]
    assert response.mimetype in problem["content"]
    schema = described["components"]["schemas"]["Problem"]
    body = json.loads(response.data)
    assert set(schema["required"]) <= set(body) <= set(schema["properties"])


def test_other_servers_have_other_questions() -> None:
    """Without questions the endpoint alone is described, and validly so."""
    bare = document({}, "http://127.0.0.1:9000/")
    assert list(OpenAPIV31SpecValidator(bare).iter_errors()) == []
    assert set(bare["paths"]) == {"/sparql", "/store", "/doc/{path}", "/healthz", "/check"}
    assert web.openapi.document({}, "/")["servers"] == [{"url": "/"}]
