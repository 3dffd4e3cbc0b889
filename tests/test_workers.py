"""Queries run in processes that can be ended in the middle of one."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from iisgraph.engine import Oxigraph
from iisgraph.errors import QueryError, QueryRefused, QueryStopped, UnknownResource
from iisgraph.spool import Spool, Spooled
from iisgraph.turns import Cancel
from iisgraph.workers import Limits, Pool
from tests import rdf

LIMITS = Limits(processes=2, seconds=10.0, megabytes=256, queue_seconds=10.0)
MARGIN = 1.0
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }"


@dataclass(frozen=True)
class Answer:
    """An answer with a body, as `query.reply` gives one."""

    body: Any

    def with_body(self, body: Any) -> "Answer":
        return replace(self, body=body)


def evaluate(spool: Spool, what: str, argument: Any = None) -> Any:
    """Everything a query may do."""
    if what == "write":
        for _ in range(argument):
            spool.write(b"x" * 1000)
        return Answer(spool.taken())
    if what == "sleep":
        time.sleep(argument)
    elif what == "query":
        return len(list(STORE.query(argument).rows()))
    elif what == "allocate":
        return len(bytearray(argument * 2**20))
    elif what == "bug":
        raise KeyError(argument)
    elif what == "raise":
        raise argument
    elif what == "die":
        os._exit(3)
    elif what == "open":
        return Path(argument).read_bytes()
    return os.getpid() if what == "pid" else argument


STORE: Oxigraph = rdf.store_of(
    *rdf.file("\n".join(f"<s{n}> <p> {n} ." for n in range(300))).parsed.quads
)


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(evaluate, LIMITS)
    yield made
    made.close()


def is_alive(pid: int) -> bool:
    """Whether it runs; one that has ended and waits for an init to notice does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def gone(pid: int) -> bool:
    """Whether a process ends within the margin."""
    until = time.monotonic() + MARGIN
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not is_alive(pid)


@pytest.mark.parametrize(("what", "argument"), [("sleep", 20), ("query", ENDLESS)])
def test_a_call_ends_at_its_deadline(pool: Pool, what: str, argument: object) -> None:
    """In Python or deep inside the engine: the kernel ends the process."""
    pool.call("echo")
    started = time.monotonic()
    with pytest.raises(QueryStopped, match=r"ended after 0\.3 seconds"):
        pool.call(what, argument, seconds=0.3)
    assert 0.3 <= time.monotonic() - started < 0.3 + MARGIN


def test_seconds_can_only_lower_the_limit() -> None:
    """An asker has no more time than the operator gave."""
    pool = Pool(evaluate, Limits(1, 0.3, 256, 1.0))
    with pytest.raises(QueryStopped, match=r"ended after 0\.3 seconds"):
        pool.call("sleep", 20, seconds=60)
    pool.close()


def test_the_deadline_is_each_calls_own(pool: Pool) -> None:
    """A process that lives on carries no old deadline into the next call."""
    first = pool.call("pid", seconds=0.4)
    time.sleep(0.6)
    assert pool.call("pid") == first


def test_memory_is_bounded(pool: Pool) -> None:
    """An overrun ends that process alone, and says how much a query may take."""
    assert pool.call("allocate", 100) == 100 * 2**20
    with pytest.raises(QueryStopped, match="256 MiB"):
        pool.call("allocate", 1024)
    assert pool.call("echo", 5) == 5


def test_a_killed_process_is_replaced(pool: Pool) -> None:
    """The next call finds another one."""
    before = pool.call("pid")
    with pytest.raises(QueryStopped):
        pool.call("sleep", 20, seconds=0.1)
    after = pool.call("pid")
    assert after != before
    assert gone(before)


def test_a_process_is_used_again(pool: Pool) -> None:
    """No fork for each call."""
    assert len({pool.call("pid") for _ in range(20)}) == 1


def test_a_process_that_dies_is_no_answer(pool: Pool) -> None:
    """It is told as a limit, and the pool goes on."""
    with pytest.raises(QueryStopped, match="ended early"):
        pool.call("die")
    assert pool.call("echo", "still here") == "still here"


@pytest.mark.parametrize(
    "error",
    [QueryError("bad", 3, 7), QueryRefused("no", 1, 2), QueryError("where?"), UnknownResource("x")],
)
def test_errors_arrive_as_they_were_raised(pool: Pool, error: Exception) -> None:
    """Kind, words and place survive the way between processes."""
    with pytest.raises(type(error)) as caught:
        pool.call("raise", error)
    assert type(caught.value) is type(error)
    assert str(caught.value) == str(error)
    assert vars(caught.value) == vars(error)


def test_a_bug_is_told_as_one(pool: Pool) -> None:
    """It reaches the server, which logs it, and is not taken for a fault of the asker."""
    before = pool.call("pid")
    with pytest.raises(RuntimeError, match="KeyError: 'x'"):
        pool.call("bug", "x")
    assert pool.call("pid") == before


def test_processes_open_no_files(pool: Pool) -> None:
    """Whatever a query asks, the kernel says no."""
    with pytest.raises(RuntimeError, match="Too many open files"):
        pool.call("open", __file__)


def test_a_full_queue_is_told() -> None:
    """A call waits its time for a turn, and then is told to come again."""
    pool = Pool(evaluate, Limits(1, 10.0, 256, 0.1))
    busy = threading.Thread(target=pool.call, args=("sleep", 1.0))
    busy.start()
    time.sleep(0.3)
    with pytest.raises(QueryStopped, match="no free process"):
        pool.call("echo")
    busy.join()
    assert pool.call("echo", 1) == 1
    pool.close()


def test_many_threads_get_their_own_answers(pool: Pool) -> None:
    """Answers are never mixed up, and no more processes run than may."""
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda n: pool.call("echo", n), range(400)))
        pids = set(threads.map(lambda _: pool.call("pid"), range(100)))
    assert answers == list(range(400))
    assert 1 <= len(pids) <= LIMITS.processes


def test_large_answers_arrive_whole(pool: Pool) -> None:
    """More than a pipe holds."""
    assert pool.call("echo", "x" * 5_000_000) == "x" * 5_000_000


def test_close_ends_everything() -> None:
    """No process outlives the pool, busy or idle."""
    pool = Pool(evaluate, LIMITS)
    nursery, process = pool._child, pool.call("pid")
    assert is_alive(nursery)
    assert is_alive(process)
    pool.close()
    assert gone(nursery)
    assert gone(process)
    with pytest.raises(QueryStopped, match="no query process"):
        pool.call("echo")


def test_pools_close_in_any_order() -> None:
    """A younger pool has copies of the lines of an older one, and keeps it from nothing."""
    older, younger = Pool(evaluate, LIMITS), Pool(evaluate, LIMITS)
    pids = [pool.call("pid") for pool in (older, younger)]
    older.close()
    assert gone(pids[0])
    assert younger.call("echo", 1) == 1
    younger.close()
    assert gone(pids[1])


def test_no_copy_of_the_program_escapes() -> None:
    """An answer that cannot travel ends the process; it must not run on as a second program."""
    script = """if True:
        from iisgraph.errors import QueryStopped
        from iisgraph.workers import Limits, Pool
        pool = Pool(lambda spool: (lambda: 0), Limits(1, 5.0, 256, 1.0))
        try:
            pool.call()
        except QueryStopped:
            print("stopped")
        pool.close()
        print("end")
    """
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout.split() == ["stopped", "end"]


def test_a_small_answer_comes_as_it_is(pool: Pool) -> None:
    """No file is touched for what fits into a message."""
    assert pool.call("write", 3).body == b"x" * 3000


def test_a_large_answer_comes_in_a_file(pool: Pool) -> None:
    """Its process hands the file over and goes; the file goes with its last reader."""
    before = pool.call("pid")
    answer = pool.call("write", 5000).body
    assert isinstance(answer, Spooled)
    assert answer.size == 5_000_000
    pieces = list(answer.chunks())
    assert max(map(len, pieces)) <= 512 * 1024
    assert b"".join(pieces) == b"x" * 5_000_000
    assert answer.handle == -1
    assert pool.call("pid") != before


def test_an_answer_is_bounded() -> None:
    """A limit of its own, whatever the format; the process lives on with an empty file."""
    pool = Pool(evaluate, Limits(1, 10.0, 256, 1.0, answer_megabytes=1))
    before = pool.call("pid")
    with pytest.raises(QueryStopped, match="larger than 1 MiB"):
        pool.call("write", 2000)
    assert pool.call("write", 2).body == b"x" * 2000
    assert pool.call("pid") == before
    pool.close()


@pytest.mark.parametrize(("what", "argument"), [("sleep", 20), ("query", ENDLESS)])
def test_a_cancelled_call_ends_at_once(pool: Pool, what: str, argument: object) -> None:
    """Nobody waits any more, so nothing burns on."""
    before, cancel = pool.call("pid"), Cancel()
    threading.Timer(0.2, cancel.set).start()
    started = time.monotonic()
    with pytest.raises(QueryStopped, match="was cancelled"):
        pool.call(what, argument, cancel=cancel)
    assert time.monotonic() - started < MARGIN
    assert gone(before)
    assert pool.killed == 1


def test_a_call_cancelled_beforehand_is_not_begun(pool: Pool) -> None:
    """Whoever has gone while waiting gets no process."""
    cancel = Cancel()
    cancel.set()
    with pytest.raises(QueryStopped, match="was cancelled"):
        pool.call("sleep", 20, cancel=cancel)


def test_processes_end_with_the_nursery(pool: Pool) -> None:
    """Even in the middle of a query, and even if nobody closes the pool."""
    pid = pool.call("pid")
    ended: list[QueryStopped] = []

    def ask() -> None:
        try:
            pool.call("query", ENDLESS)
        except QueryStopped as error:
            ended.append(error)

    busy = threading.Thread(target=ask)
    busy.start()
    time.sleep(0.2)
    os.kill(pool._child, signal.SIGKILL)
    assert gone(pid)
    busy.join()
    assert len(ended) == 1


# ---------------------------------------------------------------- views


def views(view: Any) -> Any:
    """Every way in which a view can come to be, or not."""
    what, argument = view
    made = os.getpid()
    if what == "raise":
        raise argument
    if what == "bug":
        raise KeyError(argument)
    if what == "sleep":
        time.sleep(argument)
    held = bytearray(argument * 2**20) if what == "allocate" else b""
    return lambda spool, *given: (
        (made, len(held)) if given == ("view",) else evaluate(spool, *given)
    )


@pytest.fixture
def viewing() -> Iterator[Pool]:
    made = Pool(evaluate, replace(LIMITS, view_megabytes=64), views)
    yield made
    made.close()


def test_a_view_is_made_once_and_shared(viewing: Pool) -> None:
    """Many who ask at the same time wait for one, and so do those who come later."""
    view = ("allocate", 8)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: viewing.call("view", view=view), range(8)))
    assert len(set(found)) == 1
    assert found[0][1] == 8 * 2**20
    assert viewing.call("view", view=view) == found[0]
    assert len(viewing.views) == 1
    assert 8 * 2**20 <= viewing.views.size < 32 * 2**20


def test_the_pool_itself_sees_no_view(viewing: Pool) -> None:
    """Without a view it is the first function that evaluates."""
    viewing.call("view", view=("plain", 0))
    assert viewing.call("echo", 5) == 5


def test_views_are_kept_while_there_is_room(viewing: Pool) -> None:
    """The one that was not asked for longest goes first; the newest always stays."""
    first, second, third = (("allocate", size) for size in (20, 21, 22))
    makers = {view: viewing.call("view", view=view)[0] for view in (first, second)}
    assert viewing.call("view", view=first)[0] == makers[first]
    viewing.call("view", view=third)
    assert len(viewing.views) == 2
    assert viewing.views.size <= 64 * 2**20
    assert viewing.call("view", view=first)[0] == makers[first]
    assert viewing.call("view", view=second)[0] != makers[second]


def test_a_view_in_use_is_not_given_up(viewing: Pool) -> None:
    """A query on it is answered, whatever others ask for meanwhile."""
    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(viewing.call, "sleep", 1, view=("allocate", 40))
        time.sleep(0.3)
        viewing.call("view", view=("allocate", 41))
        assert slow.result() == 1
    viewing.call("view", view=("allocate", 42))
    assert len(viewing.views) == 1


def test_why_there_is_no_view_is_told_and_asked_anew(viewing: Pool) -> None:
    """A mistake stays a mistake, and nothing of it is kept."""
    for _ in range(2):
        with pytest.raises(UnknownResource, match="gone"):
            viewing.call("view", view=("raise", UnknownResource("gone")))
        with pytest.raises(RuntimeError, match="KeyError"):
            viewing.call("view", view=("bug", "x"))
    assert not len(viewing.views)


def test_a_view_has_a_bound_of_its_own(viewing: Pool) -> None:
    """What is larger than all views may be is not made, and costs nothing else."""
    with pytest.raises(QueryStopped, match="64 MiB"):
        viewing.call("view", view=("allocate", 100))
    assert viewing.call("view", view=("allocate", 1))[1] == 2**20


def test_who_cannot_wait_for_a_view_finds_it_later(viewing: Pool) -> None:
    """It goes on being made past the deadline of the one who asked."""
    view = ("sleep", 0.8)
    started = time.monotonic()
    with pytest.raises(QueryStopped, match="still being made"):
        viewing.call("view", view=view, seconds=0.2)
    assert time.monotonic() - started < 0.2 + MARGIN
    assert viewing.call("view", view=view)
    assert len(viewing.views) == 1


def test_a_view_that_nobody_waits_for_makes_way(viewing: Pool) -> None:
    """Or who asks for one after the other would have them all made at once."""
    for number in range(3):
        with pytest.raises(QueryStopped):
            viewing.call("view", view=("sleep", 60 + number), seconds=0.05)
        assert len(viewing.views) == 1


def test_a_query_on_a_view_ends_at_its_deadline(viewing: Pool) -> None:
    """And the view is there for the next one."""
    view = ("allocate", 1)
    made = viewing.call("view", view=view)
    with pytest.raises(QueryStopped, match="ended after"):
        viewing.call("sleep", 20, view=view, seconds=0.3)
    assert viewing.call("view", view=view) == made


def test_views_end_with_the_pool() -> None:
    """Their nurseries and processes too."""
    pool = Pool(evaluate, LIMITS, views)
    maker, _ = pool.call("view", view=("allocate", 1))
    worker = pool.call("pid", view=("allocate", 1))
    assert is_alive(maker)
    assert is_alive(worker)
    pool.close()
    deadline = time.monotonic() + 5
    while (is_alive(maker) or is_alive(worker)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(maker)
    assert not is_alive(worker)
