"""JSON Schemas of what the service answers, for its OpenAPI description."""

from typing import Any, Final

Object = dict[str, Any]


def _object(required: tuple[str, ...], **properties: Object) -> Object:
    return {"type": "object", "required": list(required), "properties": properties}


def _reference(name: str) -> Object:
    return {"$ref": f"#/components/schemas/{name}"}


def _many(items: Object) -> Object:
    return {"type": "array", "items": items}


TEXT: Final[Object] = {"type": "string"}
IRI: Final[Object] = {"type": "string", "format": "iri"}
_NUMBER: Final[Object] = {"type": "integer", "minimum": 1}
_TRUTH: Final[Object] = {"type": "boolean"}

SCHEMAS: Final[Object] = {
    "Results": _object(
        ("head",),
        head=_object(
            (),
            vars=_many(TEXT),
            provenance=_object(("complete",), complete=_TRUTH, untraced=_many(TEXT)),
            warnings=_many(_reference("Warning")),
        ),
        boolean=_TRUTH,
        results=_object(("bindings",), bindings=_many(_reference("Row"))),
    )
    | {"description": "SPARQL 1.1 Query Results JSON; what goes beyond it comes only if asked for"},
    "Row": {
        "type": "object",
        "description": "The values of a row by variable; an unbound one is left out",
        "properties": {"_sources": _reference("Origin")},
        "additionalProperties": _reference("Term"),
    },
    "Term": _object(
        ("type", "value"),
        type={"type": "string", "enum": ["uri", "literal", "bnode"]},
        value=TEXT,
        datatype=IRI,
        **{"xml:lang": TEXT},
    ),
    "Origin": _object(
        ("complete", "sources"),
        complete=_TRUTH,
        untraced=_many(TEXT),
        sources=_many(_reference("Source")),
    )
    | {"description": "Where a row comes from; not complete if a part of the query is not traced"},
    "Source": _object(
        ("graph", "part"),
        graph=IRI,
        part=TEXT,
        source=IRI,
        title=TEXT,
        publisher=TEXT,
        date=TEXT,
        kind=TEXT,
        rank=_NUMBER,
        rules=_many(TEXT),
    ),
    "Warning": _object(("rule", "message"), rule=TEXT, message=TEXT, line=_NUMBER, column=_NUMBER),
    "Findings": _object(
        ("conforms", "complete", "summary", "findings"),
        conforms=_TRUTH,
        complete=_TRUTH,
        summary={"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
        findings=_many(_reference("Finding")),
    )
    | {"description": "What a check found; in full in findings.schema.json of the package"},
    "Finding": _object(
        ("severity", "rule", "message", "file", "line", "column", "focus", "path", "value"),
        severity={"type": "string", "enum": ["error", "warning", "info"]},
        rule=TEXT,
        message=TEXT,
        **{name: {"type": ["string", "null"]} for name in ("file", "focus", "path", "value")},
        **{name: {"type": ["integer", "null"], "minimum": 1} for name in ("line", "column")},
    ),
    "Problem": _object(
        ("type", "title", "status", "detail"),
        type={"type": "string", "format": "uri-reference"},
        title=TEXT,
        status={"type": "integer", "minimum": 400, "maximum": 599},
        detail=TEXT,
        line=_NUMBER,
        column=_NUMBER,
    )
    | {
        "description": "What went wrong, as RFC 9457 has it; line and column are those in the query"
    },
}
