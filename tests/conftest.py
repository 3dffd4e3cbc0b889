"""What tests share: the packaged content, a small one, and an application."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from iisgraph import read, web
from iisgraph import snapshot as snapshots
from iisgraph.gate import Finding, check
from iisgraph.read import Content
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def content() -> Content:
    """The repository's own ontology, data and queries."""
    return read.default_content()


@pytest.fixture(scope="session")
def snapshot(content: Content) -> Snapshot:
    """The snapshot of the repository's own content."""
    return snapshots.of_content(content)


@pytest.fixture(scope="session")
def findings(content: Content) -> list[Finding]:
    """What the gate says of the repository's own content; it is asked once."""
    return check(content)


@pytest.fixture(scope="session")
def app(snapshot: Snapshot) -> Iterator[Flask]:
    """An application over the repository's own content, with short limits."""
    app = web.create_app(snapshot, Settings(query_seconds=2.0, query_megabytes=512))
    yield app
    web.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of that application."""
    return app.test_client()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small content folder: one record of one source."""
    (tmp_path / "data/records/press").mkdir(parents=True)
    (tmp_path / "queries").mkdir()
    (tmp_path / "data/sources.ttl").write_text("<source/a> a <def/Source> .\n", encoding="utf-8")
    write(tmp_path, "one")
    return tmp_path


def write(folder: Path, name: str) -> None:
    """Let the record of such a folder say another name."""
    path = folder / "data/records/press/a.ttl"
    path.write_text(f'<id/state/RUS> <def/iso3> "{name}" .\n', encoding="utf-8")
