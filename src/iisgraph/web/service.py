"""Puts a worker together: application, pool, cache, and what weighs queries."""

from collections.abc import Mapping

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from iisgraph import questions
from iisgraph.errors import IisgraphError
from iisgraph.formats import Format
from iisgraph.light import Scale
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web import Service, create_app, fixed_headers, service_of
from iisgraph.web.cache import Cache
from iisgraph.web.evaluation import EMPTY
from iisgraph.web.gateway import Gateway, Light
from iisgraph.web.journal import Journal


def assemble(snapshot: Snapshot, settings: Settings) -> tuple[Gateway, Journal]:
    """The gateway to an application for this snapshot, and the journal of its worker.

    Forks the processes that evaluate queries, so call it before any thread is started.
    """
    light = _light(snapshot)
    if snapshot.content:  # what is counted before the fork is counted once
        snapshot.rewriter.prepare(q.sparql for q in questions.load(snapshot.content).values())
    app = create_app(snapshot, settings)
    if settings.trust_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_host=1)  # type: ignore[method-assign] # as Flask tells to
    pool = service_of(app).pool
    cache = Cache(settings.cache_megabytes)
    gateway = Gateway(app, cache, light, fixed_headers(snapshot, settings))

    def gauges() -> Mapping[str, float]:
        return {
            "cache_entries": len(cache),
            "cache_bytes": cache.size,
            "cache_hits": gateway.hits,
            "light_queries": gateway.lights,
            "queries_waiting": pool.waiting,
            "query_processes_killed": pool.killed,
        }

    return gateway, Journal(is_written=settings.log != "none", gauges=gauges)


def service_of_gateway(gateway: Gateway) -> Service:
    """What the views behind a gateway work with."""
    assert isinstance(gateway.application, Flask)
    return service_of(gateway.application)


def _light(snapshot: Snapshot) -> Light:
    """Answers queries that are certainly cheap, in this process."""
    scale = Scale(snapshot.engine, snapshot.statistics)

    def answer(
        sparql: str, results: Format | None, boolean: Format | None
    ) -> tuple[Format, bytes] | None:
        try:
            if not scale.is_light(sparql):
                return None
            found = snapshot.engine.query(sparql)
        except (IisgraphError, UnicodeError):
            return None  # told in full where everything is told
        chosen = boolean if found.is_boolean else results
        if chosen is None:
            return None
        body = found.serialize(chosen.media_type)
        return None if body.endswith(EMPTY) else (chosen, body)

    return answer
