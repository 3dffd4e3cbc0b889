"""The interface in the reader's language."""

import html
import re
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from iisgraph import questions
from iisgraph.read import Content
from iisgraph.web.languages import FOLDER, INTERFACE
from tests import messages


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


@pytest.mark.parametrize(
    ("language", "named"),
    [
        ("en", {"states", "documents"}),
        ("ru", {"государств", "международные договорённости"}),
        ("zh", {"国家"}),
    ],
)
def test_nouns_go_with_their_numbers(client: FlaskClient, language: str, named: set[str]) -> None:
    """195, 134 and 106 ask for three forms in Russian."""
    text = page(client, f"/?lang={language}").partition('class="figures"')[2].partition("</ul>")[0]
    found = re.findall(r"<strong>([^<]+)</strong>\s*<a [^>]*>([^<]+)</a>", text)
    assert len(found) == 8
    assert named <= {noun for _, noun in found}


def test_chosen_language_is_kept(client: FlaskClient) -> None:
    """Links of ours carry on a language that the address asks for; others do not change."""
    chosen = page(client, "/doc/state/RUS?lang=zh")
    links = re.findall(r'<a [^>]*href="(/[^"]*)"', chosen)
    assert len(links) > 20
    files = (".ttl", ".nt", ".jsonld", ".rdf", ".trig", ".nq", ".csv")
    bare = [link for link in links if "lang=" not in link and not link.endswith(files)]
    assert bare == []
    assert [link for link in links if link.count("lang=") > 1] == []
    assert "wikidata.org/entity/Q159?" not in chosen
    plain = page(client, "/doc/state/RUS", "zh").partition("<main")[2]
    assert "?lang=" not in plain


@pytest.mark.parametrize(
    ("path", "language", "shown"),
    [
        ("/q/", "ru", "Кто были членами организации в определённый день?"),
        ("/q/", "zh", "某日某组织有哪些成员？"),
        ("/q/members-on-day", "ru", "Организация, о которой вопрос"),
        ("/q/members-on-day", "zh", "所问的日期"),
        ("/sparql", "ru", "Кто были первыми членами организации?"),
        ("/doc/organisation/sco", "zh", "上合组织成员国目前遵循什么？"),
        ("/", "ru", "О чём соглашение?"),
    ],
)
def test_saved_questions_are_asked_in_the_language(
    client: FlaskClient, path: str, language: str, shown: str
) -> None:
    """Titles and parameters are translated; what is English alone says so."""
    text = page(client, f"{path}?lang={language}").partition("<main")[2]
    (tag,) = set(re.findall(rf'lang="([^"]+)"[^>]*>\s*{re.escape(shown)}', text))
    assert tag == language
    assert f'lang="en">{QUESTION}' not in text
    assert f'lang="en">{QUESTION}' in page(client, "/q/?lang=en")


QUESTION = "Who were the members of an organisation on a day?"


@pytest.mark.parametrize("language", ["ru", "zh"])
@pytest.mark.parametrize("path", ["/", "/q/", "/sparql", "/data/disagreements", "/doc/state/KAZ"])
def test_no_question_is_left_in_english(
    client: FlaskClient, content: Content, path: str, language: str
) -> None:
    """Of all that are saved, no title, description or theme, also where a page shows many."""
    words = question_words(content)
    assert len(words) > 250
    shown = texts(client, f"{path}?lang={language}")
    assert shown & words == set()
    assert texts(client, f"{path}?lang=en") & words, "the same page shows some in English"


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_a_question_is_read_in_one_language(
    client: FlaskClient, content: Content, language: str
) -> None:
    """Its name in the window, its heading, its theme and all its parameters."""
    asked = questions.load(content)["states-in-both"]
    said = {asked.title, asked.description, asked.theme.capitalize()}
    said |= {parameter.description for parameter in asked.parameters}
    assert len(said) == 5
    english, told = (
        html.unescape(page(client, f"/q/states-in-both?lang={each}").partition("<pre")[0])
        for each in ("en", language)
    )
    assert [each for each in said if each not in english] == []
    assert [each for each in said if each in told] == []


def test_programs_read_questions_in_english(client: FlaskClient) -> None:
    """The description of the service is one for all readers."""
    english, russian = (client.get(f"/openapi.json?lang={each}").json for each in ("en", "ru"))
    assert english is not None
    assert russian is not None
    assert english["paths"]["/q/members-on-day"]["get"]["summary"] == QUESTION
    assert english["paths"] == russian["paths"]


def question_words(content: Content) -> set[str]:
    """Titles, descriptions, parameters and themes of the saved questions, as pages write them."""
    words: set[str] = set()
    for each in questions.load(content).values():
        words |= {each.title, each.description, each.theme.capitalize()}
        words |= {parameter.description for parameter in each.parameters}
    return words


def texts(client: FlaskClient, path: str) -> set[str]:
    """The texts between the tags of a page, and the labels of its groups of choices."""
    found = re.findall(r'>([^<>]+)(?=<)|<optgroup label="([^"]+)"', page(client, path))
    return {html.unescape(" ".join((text or label).split())) for text, label in found}


# ---------------------------------------------------------------- the catalogues

TRANSLATED = [language for language in INTERFACE if language != "en"]


def read(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def several(text: Any) -> list[str]:
    """The forms of a text: one, or those of its plural."""
    return [text] if isinstance(text, str) else list(text)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    """Each text of templates and code, all its plural forms; and nothing that is no longer used."""
    wanted = {message.id for message in messages.catalogue() if message.id}
    found = read(language)
    assert len(wanted) > 250
    translated = {message.id for message in found if message.id and message.string}
    assert wanted - translated == set(), f"add these to {language}.po"
    assert translated - wanted == set(), f"remove these from {language}.po"
    for message in found:
        assert not message.fuzzy, message.id
        if isinstance(message.id, tuple):
            forms = several(message.string)
            assert len(forms) == found.num_plurals, message.id
            assert all(forms), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_same_places(language: str) -> None:
    """What is filled in stands in every translation, under the same name."""
    placeholder = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    for message in read(language):
        expected = set(placeholder.findall(several(message.id)[0]))
        for text in several(message.string) if message.id else []:
            assert set(placeholder.findall(text)) == expected, message.id


def test_catalogues_are_of_the_interface() -> None:
    """A file for each language but English, and none besides."""
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(TRANSLATED)


WORD = re.compile(r"[A-Za-z]{3,}")
PROPER = {
    *("iisgraph", "iis", "graph", "JSON", "BibTeX", "CSL", "CSVW", "metadata", "Atom", "SVG"),
    *("CSV", "SPARQL", "international", "information", "security", "linked", "data"),
    *("https", "org", "iisgraph", "GRAPH", "record", "schema", "skos", "prov", "nbsp"),
    *("lang", "dir", "rtl", "healthz", "readyz", "openapi", "json"),
}
"""Names of formats and of the project, and the title by which it is cited."""


MARKUP = [
    re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL),
    re.compile(r"<script.*?</script>|<code>.*?</code>|<pre.*?</pre>", re.DOTALL),
    re.compile(r"<[^<>]*>", re.DOTALL),
]


def test_no_text_stands_untranslated_in_a_template() -> None:
    """What a template says in words, it says through a catalogue."""
    seen = 0
    for path in sorted((messages.WEB / "templates").glob("*.html")):
        seen += 1
        text = path.read_text(encoding="utf-8")
        for markup in MARKUP:
            text = markup.sub(" ", text)
        assert set(WORD.findall(text)) <= PROPER, path.name
    assert seen > 15


@pytest.mark.parametrize(
    ("language", "word"), [("ru", "Членства"), ("zh", "成员资格"), ("en", "Memberships")]
)
def test_pages_speak_the_language(client: FlaskClient, language: str, word: str) -> None:
    """Headings, names of things and of properties alike."""
    text = page(client, "/doc/state/KAZ", language)
    assert f">{word} <" in text
    assert {"ru": "Казахстан", "zh": "哈萨克斯坦", "en": "Kazakhstan"}[language] in text


def test_numbers_have_their_plural(client: FlaskClient) -> None:
    """Russian has three forms."""
    text = page(client, "/search?q=Infoforum&lang=ru")
    assert re.search(r"\d+ результат(а|ов)?\b", text)


def test_names_fall_back_honestly(client: FlaskClient) -> None:
    """A name that is not in the reader's language says which it is in."""
    text = page(client, "/doc/source/sco-infoforum-2017", "zh")
    assert re.search(r'<h1 lang="(en|ru)"', text)
    arabic = page(client, "/doc/state/KAZ", "ar")
    assert '<h1 lang="ar" dir="rtl">' in arabic
    assert '<html lang="en">' in arabic
