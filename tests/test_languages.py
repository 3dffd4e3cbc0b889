"""The interface in the reader's language."""

import re

import pytest
from flask.testing import FlaskClient

from iisgraph.web.languages import INTERFACE


def page(client: FlaskClient, path: str, language: str = "") -> str:
    headers = {"Accept": "text/html"} | ({"Accept-Language": language} if language else {})
    return client.get(path, headers=headers).text


@pytest.mark.parametrize(
    ("path", "language", "shown"),
    [
        ("/", "", "en"),
        ("/", "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("/", "fr,zh-CN;q=0.5", "zh"),
        ("/", "fr", "en"),
        ("/?lang=zh", "ru", "zh"),
        ("/?lang=xx", "ru", "ru"),
        ("/nowhere?lang=ru", "", "ru"),
    ],
)
def test_language_of_the_interface(
    client: FlaskClient, path: str, language: str, shown: str
) -> None:
    """The address decides, then what the browser asks for, then English."""
    assert f'<html lang="{shown}">' in page(client, path, language)


def test_language_is_changed_on_the_spot(client: FlaskClient) -> None:
    """The switch leads to this page with its parameters, and marks the present language."""
    text = page(client, "/q/members-on-day?day=2017-06-10&lang=ru")
    for tag in INTERFACE:
        (link,) = re.findall(rf'<a href="([^"]*)" lang="{tag}" hreflang', text)
        assert link.startswith("/q/members-on-day?")
        assert "day=2017-06-10" in link
        assert link.count("lang=") == 1
        assert f"lang={tag}" in link
    assert re.search(r'hreflang="ru"[^>]*aria-current="true"', text)


def test_chosen_language_is_kept(client: FlaskClient) -> None:
    """Links of ours carry on a language that the address asks for; others do not change."""
    chosen = page(client, "/doc/state/RUS?lang=zh")
    links = re.findall(r'<a [^>]*href="(/[^"]*)"', chosen)
    assert len(links) > 20
    files = (".ttl", ".nt", ".jsonld", ".rdf", ".trig", ".nq", ".csv")
    bare = [link for link in links if "lang=" not in link and not link.endswith(files)]
    assert bare == []
    assert "wikidata.org/entity/Q159?" not in chosen
    plain = page(client, "/doc/state/RUS", "zh").partition("<main")[2]
    assert "?lang=" not in plain
