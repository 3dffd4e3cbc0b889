"""A browser for tests: the system's Chromium, watched for errors and for requests that leave."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.node import packages

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        # The sandbox needs user namespaces, which containers often lack; all pages are ours.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def watched(browser: Browser, host: str, expected: str = "", **options: Any) -> Iterator[Page]:
    """A page that must say no error and ask no other host; checked when it is left.

    What it says of `expected` must be said.
    """
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 1000}} | options)
    page = context.new_page()
    page.set_default_timeout(20_000)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    strangers = [url for url in asked if not _is_own(url, host)]
    unexpected = [text for text in said if not expected or expected not in text]
    assert not unexpected, f"the console says {unexpected}"
    assert len(said) > len(unexpected) or not expected, f"the console does not say {expected}"
    assert not strangers, f"the page asked {strangers}"


def _is_own(url: str, host: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob") or parts.netloc == host


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its own good practice, with the places."""
    page.evaluate((packages() / "axe-core/axe.min.js").read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
    assert len(found["passes"]) > 10, "axe looked at hardly anything"
    return [
        f"{each['id']}: {each['help']}: {[node['target'] for node in each['nodes']][:3]}"
        for each in found["violations"]
    ]
