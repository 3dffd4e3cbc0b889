"""One table of media types."""

import pytest

from iisgraph.formats import FORMATS, GRAPHS, HTML, RESULTS, Kind, by_name, by_suffix


def test_no_two_formats_share_a_name_a_type_or_a_suffix() -> None:
    """A name means one thing."""
    names = [name for f in FORMATS for name in f.names]
    assert len(set(names)) == len(names)
    assert len({f.media_type for f in FORMATS}) == len({f.suffix for f in FORMATS}) == 11


@pytest.mark.parametrize("form", FORMATS, ids=lambda f: f.names[0])
def test_formats_are_found_by_name_type_and_suffix(form: object) -> None:
    """Names in any case and with space around them."""
    (found,) = [f for f in FORMATS if f is form]
    for name in (*found.names, found.media_type):
        assert by_name(f" {name.upper()} ") is found
    assert by_suffix(found.suffix.upper()) is found


def test_what_is_not_offered_is_not_found() -> None:
    """The choice is among what the caller can write."""
    assert by_name("csv", GRAPHS) is None
    assert by_name("turtle", RESULTS) is None
    assert by_suffix(".html", GRAPHS) is None
    assert by_name("") is by_suffix("") is by_name("text/*") is None


def test_every_format_is_a_result_a_graph_or_a_page() -> None:
    """The three together are the table."""
    assert (*RESULTS, *GRAPHS, HTML) == FORMATS
    assert {f.kind for f in GRAPHS} == {Kind.GRAPH, Kind.DATASET}
