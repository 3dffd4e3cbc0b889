"""Puts a worker together: application, pool, cache, and what weighs queries."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from werkzeug.middleware.proxy_fix import ProxyFix

from iisgraph import questions
from iisgraph.errors import IisgraphError
from iisgraph.formats import Format
from iisgraph.light import Scale
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web import create_app, fixed_headers, service_of
from iisgraph.web.cache import Cache, Entry
from iisgraph.web.evaluation import EMPTY
from iisgraph.web.gateway import Gateway, Light
from iisgraph.web.negotiate import Offer
from iisgraph.workers import Pool


@dataclass(frozen=True)
class Assembly:
    """What a worker serves with."""

    gateway: Gateway
    pool: Pool
    prepare_pages: Callable[[], None]
    """Builds what pages need, so that the first who asks need not wait; may take its time."""

    def gauges(self) -> Mapping[str, float]:
        """Figures that are read when they are asked for."""
        return {
            "cache_entries": len(self.gateway.cache),
            "cache_bytes": self.gateway.cache.size,
            "cache_hits": self.gateway.hits,
            "light_queries": self.gateway.lights,
            "queries_waiting": self.pool.waiting,
            "query_processes_killed": self.pool.killed,
            "views": len(self.pool.views),
            "view_bytes": self.pool.views.size,
        }


def prepare(snapshot: Snapshot) -> None:
    """Make a snapshot ready to be shared by the workers that are forked from this process.

    What they will ask for is counted once; what was read of its files is let go.
    """
    for file in snapshot.files:
        file.forget()
    snapshot.statistics.prepare()
    if snapshot.content:
        snapshot.rewriter.prepare(q.sparql for q in questions.load(snapshot.content).values())
    gc.unfreeze()  # what an earlier snapshot has left may go
    gc.collect()
    gc.freeze()  # a collection would write to every object, and so copy what is shared


def assemble(snapshot: Snapshot, settings: Settings) -> Assembly:
    """The gateway to an application for this snapshot, and the pool behind it.

    Forks the processes that evaluate queries, so call it before any thread is started.
    """
    light = _light(snapshot)
    app = create_app(snapshot, settings)
    if settings.trust_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_host=1)  # type: ignore[method-assign] # as Flask tells to
    cache = Cache[Entry](settings.cache_megabytes * 2**20)
    gateway = Gateway(app, cache, light, fixed_headers(snapshot, settings))
    service = service_of(app)
    return Assembly(gateway, service.pool, service.prepare)


def _light(snapshot: Snapshot) -> Light:
    """Answers queries that are certainly cheap, in this process."""
    scale = Scale(snapshot.engine, snapshot.statistics)

    def answer(sparql: str, offer: Offer) -> tuple[Format, bytes] | None:
        try:
            if not scale.is_light(sparql):
                return None
            found = snapshot.engine.query(sparql)
        except (IisgraphError, UnicodeError):
            return None  # told in full where everything is told
        table = offer.boolean if found.is_boolean else offer.results
        chosen = offer.graph if found.is_graph else table
        if chosen is None:
            return None
        body = found.serialize(chosen.media_type)
        return None if body.endswith(EMPTY) else (chosen, body)

    return answer
