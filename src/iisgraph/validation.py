"""`iisgraph.validate`: the function of pySHACL on our validator, so that one import changes.

Data, shapes and ontology may each be an rdflib Graph or Dataset (its graphs are
merged), a path, RDF as text or bytes, or an open file. Nothing is fetched, and no
option is passed over: what is not understood is refused.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, TypeAlias

from iisgraph import engine, formats, shacl
from iisgraph.engine import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Term
from iisgraph.errors import SourceError
from iisgraph.read import File
from iisgraph.shacl import Report, Result
from iisgraph.vocab import BASE, SH, TYPE, XSD

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

Given: TypeAlias = "Graph | str | bytes | PathLike[str] | IO[bytes] | IO[str]"

_ADVANCED: Final = frozenset(
    SH + name for name in ("rule", "target", "expression", "SPARQLFunction", "JSFunction")
)
_BOUND: Final = frozenset({SH + "Info", SH + "Warning"})
_HARMLESS: Final = frozenset(
    {"debug", "do_owl_imports", "iterate_rules", "js", "max_validation_depth", "meta_shacl"}
    | {"multi_data_graphs_mode", "serialize_report_graph", "sparql_mode", "check_dash_result"}
)
_OTHERS: Final = ("shacl_graph", "ont_graph")
_HEADS: Final = {SH + "Violation": "Constraint Violation"}


def validate(
    data_graph: "Given | Sequence[Given]",
    *,
    shacl_graph: "Given | None" = None,
    ont_graph: "Given | None" = None,
    advanced: bool | None = False,
    inference: str | None = None,
    inplace: bool | None = False,
    abort_on_first: bool | None = False,
    allow_infos: bool | None = False,
    allow_warnings: bool | None = False,
    focus_nodes: Iterable[str] | None = None,
    use_shapes: Iterable[str] | None = None,
    **options: Any,
) -> "tuple[bool, Graph, str]":
    """Judge data by shapes, as `pyshacl.validate` does and with its arguments.

    Several data graphs are merged; without `shacl_graph` the shapes are in the data.
    `advanced` is accepted where the shapes use nothing of SHACL Advanced Features.
    Further options are `data_graph_format` and its like, which name the syntax of
    text (else Turtle), and whatever else pySHACL takes as long as it is off.

    Returns:
        Whether the data conforms, the report as an rdflib Graph, and it as text.

    Raises:
        ValueError: for an option that is not understood.
        ShapesError: if the shapes are ill-formed.
        SourceError: if a file cannot be read or parsed.
    """
    forms = {name: options.pop(f"{name}_format", None) for name in ("data_graph", *_OTHERS)}
    _refuse(options)
    many = data_graph if isinstance(data_graph, list | tuple) else (data_graph,)
    data = [quad for each in many for quad in _quads(each, forms["data_graph"])]
    shapes = list(_quads(shacl_graph, forms["shacl_graph"])) if shacl_graph is not None else data
    if ont_graph is not None:
        data = [*data, *_quads(ont_graph, forms["ont_graph"])]
    if advanced:
        _refuse_advanced(shapes)
    if inference not in (None, "none"):
        data = _inferred(data, str(inference), data_graph if inplace else None)
    results = _results(data, _chosen(shapes, use_shapes), focus_nodes)
    bearable = _BOUND if allow_warnings else {SH + "Info"} if allow_infos else frozenset()
    return _told_as_pyshacl(results[:1] if abort_on_first else results, bearable)


def _results(
    data: list[Quad], shapes: list[Quad], focus_nodes: Iterable[str] | None
) -> Sequence[Result]:
    about = None if focus_nodes is None else [NamedNode(str(node)) for node in focus_nodes]
    return shacl.validate(data, shapes, about=about).results


def _told_as_pyshacl(
    results: Sequence[Result], bearable: Collection[str]
) -> "tuple[bool, Graph, str]":
    conforms = all(result.severity.value in bearable for result in results)
    report = Report(tuple(results))
    return conforms, _graph(report, conforms=conforms), _text(report, conforms=conforms)


def _refuse(options: dict[str, Any]) -> None:
    for name, value in options.items():
        if name not in _HARMLESS:
            raise TypeError(f"validate() got an unexpected keyword argument {name!r}")
        if value and name not in {"debug", "iterate_rules", "meta_shacl"}:
            raise ValueError(f"{name}={value!r} is not understood here; pyshacl.validate takes it")


def _refuse_advanced(shapes: Iterable[Quad]) -> None:
    named = (getattr(term, "value", "") for q in shapes for term in (q.predicate, q.object))
    used = sorted(_ADVANCED.intersection(named))
    if used:
        raise ValueError(f"advanced: <{used[0]}> is not understood; pyshacl.validate takes it")


def _chosen(shapes: list[Quad], wanted: Iterable[str] | None) -> list[Quad]:
    """The shapes, with the targets of only those that are wanted (SHACL §2.1.3)."""
    if wanted is None:
        return shapes
    names = {NamedNode(str(each)) for each in wanted}
    return [quad for quad in shapes if quad.subject in names or not _aims(quad)]


def _aims(quad: Quad) -> bool:
    """Whether a statement gives its subject a target: it names one, or makes it a class."""
    if quad.predicate.value != TYPE:
        return quad.predicate.value.startswith(SH + "target")
    return not getattr(quad.object, "value", "").startswith(SH)


# ---------------------------------------------------------------- from rdflib and files


def _quads(given: Any, form: str | None) -> Iterator[Quad]:
    from rdflib import Dataset, Graph

    if isinstance(given, Dataset):
        yield from (_quad(triple[:3]) for triple in given.quads())
    elif isinstance(given, Graph):
        yield from map(_quad, given)
    else:
        yield from _read(given, form)


def _read(given: Any, form: str | None) -> Iterable[Quad]:
    if hasattr(given, "read"):
        given = given.read()
    if isinstance(given, str) and given.startswith(("http://", "https://")):
        raise ValueError(f"{given}: nothing is fetched; read it yourself, and give what it says")
    if isinstance(given, PathLike) or (isinstance(given, str) and _is_path(given)):
        return File(Path(given), BASE + "graph/given").quads
    content = given.encode() if isinstance(given, str) else given
    syntax = formats.by_name(form or "turtle", formats.GRAPHS)
    if syntax is None:
        raise ValueError(f"{form!r} is no syntax of RDF that is known here")
    try:
        return engine.parse(content, syntax.media_type, BASE + "graph/given", BASE).quads
    except SyntaxError as error:
        raise SourceError(str(error), Path("<text>"), error.lineno, error.offset) from None


def _is_path(text: str) -> bool:
    return "\n" not in text and len(text) < 1024 and Path(text).is_file()


def _quad(triple: Any) -> Quad:
    subject, predicate, value = (_term(each) for each in triple)
    return Quad(subject, predicate, value, DefaultGraph())  # type: ignore[arg-type]  # checked by Quad


def _term(node: Any) -> Term:
    from rdflib import BNode, URIRef

    if isinstance(node, URIRef):
        return NamedNode(str(node))
    if isinstance(node, BNode):
        return BlankNode(str(node))
    if node.language:
        return Literal(str(node), language=node.language.lower())
    return Literal(str(node), datatype=NamedNode(str(node.datatype or XSD + "string")))


def _inferred(data: Iterable[Quad], rules: str, own: Any) -> list[Quad]:
    """The data with what follows by the rules of RDFS or OWL 2 RL."""
    import owlrl  # type: ignore[import-untyped]  # its authors gave it none
    from rdflib import Graph, URIRef
    from rdflib import Literal as Written

    closures = {
        "rdfs": owlrl.RDFS_Semantics,
        "owlrl": owlrl.OWLRL_Semantics,
        "both": owlrl.RDFS_OWLRL_Semantics,
    }
    if rules not in closures:
        raise ValueError(f"inference={rules!r}: one of rdfs, owlrl, both, none is understood")
    graph = own if isinstance(own, Graph) else Graph()
    for subject, predicate, value in engine.triples(data):
        graph.add((_node(subject), _node(predicate), _node(value)))
    owlrl.DeductiveClosure(closures[rules]).expand(graph)
    return [  # rules may also give literals as subjects, of which RDF knows nothing
        _quad(triple)
        for triple in graph
        if not isinstance(triple[0], Written) and isinstance(triple[1], URIRef)
    ]


# ---------------------------------------------------------------- to rdflib and text


def _graph(report: Report, *, conforms: bool) -> "Graph":
    from rdflib import Graph

    graph = Graph(bind_namespaces="core")
    graph.bind("sh", SH)
    verdict = Literal(str(conforms).lower(), datatype=NamedNode(XSD + "boolean"))
    for subject, predicate, value in engine.triples(report.graph()):
        told = verdict if predicate.value == SH + "conforms" else value
        graph.add((_node(subject), _node(predicate), _node(told)))
    return graph


def _node(term: Term) -> "Node":
    from rdflib import BNode, URIRef
    from rdflib import Literal as Written

    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, BlankNode):
        return BNode(term.value)
    datatype = term.datatype.value
    is_plain = term.language or datatype == XSD + "string"
    kind = None if is_plain else URIRef(datatype)
    return Written(term.value, lang=term.language, datatype=kind, normalize=False)


def _text(report: Report, *, conforms: bool) -> str:
    head = f"Validation Report\nConforms: {conforms}\n"
    if not report.results:
        return head
    return f"{head}Results ({len(report.results)}):\n" + "".join(map(_told, report.results))


def _told(result: Result) -> str:
    component = result.component.value
    kind = _HEADS.get(result.severity.value, "Validation Result")
    members = (
        ("Severity", result.severity),
        ("Source Shape", result.shape),
        ("Focus Node", result.focus),
        ("Value Node", result.value),
        ("Result Path", result.path),
        ("Source Constraint", result.constraint),
        *(("Message", message.value) for message in result.messages),
    )
    lines = [f"\t{name}: {value}\n" for name, value in members if value is not None]
    return f"{kind} in {component.rpartition('#')[2]} ({component}):\n{''.join(lines)}"
