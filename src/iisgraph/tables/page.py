"""The tables in words: the part of `docs/tables.md` that follows from the layouts."""

from collections.abc import Iterator, Mapping, Sequence

from iisgraph.tables.cells import expectation
from iisgraph.tables.layouts import SOURCE, Column, Layout


def layouts_page(layouts: Mapping[str, Layout]) -> str:
    """One section a table in Markdown: what a row is, and what its columns hold."""
    return "\n".join(line for layout in layouts.values() for line in _section(layout))


def _section(layout: Layout) -> Iterator[str]:
    yield f"### {layout.name}.csv"
    yield ""
    yield f"{layout.title}. A row is {layout.row}."
    if layout.repeats:
        repeated, order = _listed(layout.repeats), _listed(layout.order)
        yield f"Rows with the same {repeated} are repetitions, numbered by {order}."
    for name in dict.fromkeys(reading.column for reading in layout.readings):
        taken = [reading.value for reading in layout.readings if reading.column == name]
        yield f"Where other cells of the row say so, {name} is read as {_listed(taken, 'or')}."
    yield ""
    yield "| column | holds | required |"
    yield "| --- | --- | --- |"
    for name in layout.header:
        column = layout.columns[name]
        holds = "; ".join([expectation(column), *_also(column, layout)]).replace("|", "\\|")
        yield f"| {name} | {holds} | {_required(column)} |"
    yield ""


def _required(column: Column) -> str:
    if column.required:
        return "yes"
    return "for facts" if column.name == SOURCE else ""


def _also(column: Column, layout: Layout) -> Iterator[str]:
    """What else the cells of a column are read as."""
    for other in layout.columns.values():
        if other.of != column.name or other is column:
            continue
        if other.within:
            yield f"with {other.within}, a place"
        else:
            yield f"{expectation(other)}{' where it is one' if other.skip_unknown else ''}"
    if column.name in layout.idle:
        yield "checked, and not written"


def _listed(names: Sequence[str], last: str = "and") -> str:
    return f" {last} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
