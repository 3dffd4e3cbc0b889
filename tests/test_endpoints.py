"""Addresses that a prefix allows, and the many that only look so."""

import pytest

from iisgraph.endpoints import address_of, permitted, prefix_of
from iisgraph.errors import SettingError
from iisgraph.settings import Settings

PREFIXES = [prefix_of("https://query.example.org/sparql"), prefix_of("HTTP://[::1]:8080")]


@pytest.mark.parametrize(
    ("iri", "called"),
    [
        ("https://query.example.org/sparql", "https://query.example.org/sparql"),
        ("https://query.example.org/sparql/en", "https://query.example.org/sparql/en"),
        ("https://query.example.org/sparql?a=b/../c", "https://query.example.org/sparql?a=b/../c"),
        ("HTTPS://Query.EXAMPLE.org:443/sparql", "https://query.example.org/sparql"),
        ("http://[::1]:8080", "http://[::1]:8080/"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
    ],
)
def test_what_lies_below_a_prefix_is_called_there(iri: str, called: str) -> None:
    """The address is made of the parts that were compared."""
    assert str(permitted(iri, PREFIXES)) == called


@pytest.mark.parametrize(
    "iri",
    [
        "https://query.example.org/",
        "https://query.example.org/sparql-evil",
        "https://query.example.org/SPARQL",
        "https://query.example.org.evil.test/sparql",
        "https://query.example.org@evil.test/sparql",
        "https://query.example.org:pass@evil.test/sparql",
        "https://evil.test/https://query.example.org/sparql",
        "https://evil.test#https://query.example.org/sparql",
        "https://evil.test?https://query.example.org/sparql",
        "https://evil.test\\@query.example.org/sparql",
        "https://query.example.org\\.evil.test/sparql",
        "https://query.example.org/sparql/../admin",
        "https://query.example.org/sparql/./x",
        "https://query.example.org/sparql/%2e%2e/admin",
        "https://query.example.org/sparql/.%2E/admin",
        "https://query.example.org/sparql/..%2fadmin",
        "https://query.example.org/sparql/..%5Cadmin",
        "https://query.example.org/sparql/%",
        "https://query.example.org/sparql#x",
        "https://query.example.org/sparql\n/x",
        "https://query.example.org/sparql\n",
        " https://query.example.org/sparql",
        "https://query.example.org/spa\trql",
        "https://query.example.org:8443/sparql",
        "https://query.example.org:0/sparql",
        "https://query.example.org:443x/sparql",
        "https://query.example.org:٤٤٣/sparql",
        "https://query.example.org./sparql",
        "https://quеry.example.org/sparql",
        "https://query%2eexample.org/sparql",
        "http://query.example.org/sparql",
        "ftp://query.example.org/sparql",
        "//query.example.org/sparql",
        "https:query.example.org/sparql",
        "https:///query.example.org/sparql",
        "http://[::1]:80/",
        "http://[::1%25lo]:8080/",
        "http://::1:8080/",
        "?x",
        "",
    ],
)
def test_nothing_else_is(iri: str) -> None:
    """Neither by user, port, case, dots, percent signs, nor letters that look alike."""
    assert permitted(iri, PREFIXES) is None


def test_a_prefix_of_a_host_allows_all_of_it() -> None:
    """A folder with its slash allows what is in it, and not itself without."""
    host, folder = prefix_of("https://a.test"), prefix_of("https://a.test/in/")
    assert permitted("https://a.test/any/path", [host])
    assert permitted("https://a.test/in/x", [folder])
    assert not permitted("https://a.test/in", [folder])


@pytest.mark.parametrize(
    "text",
    ["example.org", "https://", "https://a.test/?x", "https://a.test/x?", "https://u@a.test/", "*"],
)
def test_an_operator_is_told_what_is_no_prefix(text: str) -> None:
    """By every road: a flag as well as a variable."""
    with pytest.raises(SettingError, match="service_prefix"):
        prefix_of(text)
    with pytest.raises(SettingError, match="service_prefix"):
        Settings(service_prefix=(text,))
    with pytest.raises(SettingError, match="service_prefix"):
        Settings.read({"IISGRAPH_SERVICE_PREFIX": f"https://ok.test/ {text}"})


def test_an_address_is_read_back_as_itself() -> None:
    """So that what is compared once is never another thing later."""
    for iri in ("https://a.test/x?y", "http://a.test:81/", "http://[2001:db8::1]/"):
        assert address_of(str(address_of(iri))) == address_of(iri)
