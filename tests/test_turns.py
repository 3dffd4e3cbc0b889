"""Turns are bounded, and go round among clients."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from iisgraph.errors import QueryStopped
from iisgraph.turns import Cancel, Turns


def until_waiting(turns: Turns, number: int) -> None:
    deadline = time.monotonic() + 5
    while turns.waiting != number and time.monotonic() < deadline:
        time.sleep(0.001)
    assert turns.waiting == number


def take(turns: Turns, client: str, order: list[str]) -> None:
    with turns.turn(client, 5.0, Cancel()):
        order.append(client)


def test_places_are_given_in_rotation_among_clients() -> None:
    """Whoever floods waits for himself; others come after one of his."""
    turns, order = Turns(1, 20), list[str]()
    with ThreadPoolExecutor(10) as threads, turns.turn("first", 1.0, Cancel()):
        for number, client in enumerate(["flood"] * 6 + ["a", "b"], 1):
            threads.submit(take, turns, client, order)
            until_waiting(turns, number)
    assert turns.waiting == 0
    assert order[:3] == ["flood", "a", "b"]
    assert order[3:] == ["flood"] * 5


def test_no_more_run_than_there_are_places() -> None:
    """And every place comes back."""
    turns, running, most = Turns(3, 100), 0, 0
    lock = threading.Lock()

    def work(number: int) -> None:
        nonlocal running, most
        with turns.turn(str(number % 5), 10.0, Cancel()):
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.002)
            with lock:
                running -= 1

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(work, range(100)))
    assert (most, running, turns.waiting) == (3, 0, 0)


def test_the_queue_is_bounded_for_all_and_for_each() -> None:
    """One client may fill half of it; then another still finds room."""
    turns = Turns(1, 4)
    with ThreadPoolExecutor(4) as threads, turns.turn("x", 1.0, Cancel()):
        for number in (1, 2):
            threads.submit(take, turns, "flood", [])
            until_waiting(turns, number)
        with pytest.raises(QueryStopped, match="too many"):
            take(turns, "flood", [])
        for number, client in ((3, "a"), (4, "b")):
            threads.submit(take, turns, client, [])
            until_waiting(turns, number)
        with pytest.raises(QueryStopped, match="too many"):
            take(turns, "c", [])


def test_waiting_ends_in_time_or_when_cancelled() -> None:
    """Neither leaves anything behind in the queue."""
    turns, cancel = Turns(1, 4), Cancel()
    with turns.turn("x", 1.0, Cancel()):
        with (
            pytest.raises(QueryStopped, match="no free process in time"),
            turns.turn("a", 0.05, Cancel()),
        ):
            pass
        threading.Timer(0.05, cancel.set).start()
        with pytest.raises(QueryStopped, match="was cancelled"), turns.turn("a", 5.0, cancel):
            pass
        assert turns.waiting == 0
    order: list[str] = []
    take(turns, "a", order)
    assert order == ["a"]


def test_a_cancellation_does_what_was_asked_for_once() -> None:
    """At once if it comes later, at the asking if it came before; not what was taken back."""
    done: list[str] = []
    cancel = Cancel()
    cancel.do(lambda: done.append("taken back"))
    cancel.do(None)
    cancel.do(lambda: done.append("first"))
    cancel.set()
    cancel.set()
    cancel.do(lambda: done.append("late"))
    assert done == ["first", "late"]
