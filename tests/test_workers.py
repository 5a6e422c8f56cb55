"""Work runs in threads, so much at a time, within its time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from service.workers import Saturated, TookTooLong, Workers


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_the_result_or_the_error_of_the_work_comes_back() -> None:
    async def both() -> None:
        workers = Workers(threads=1, queue=0, timeout=5)
        assert await workers.run(lambda: 7) == 7
        with pytest.raises(KeyError):
            await workers.run(lambda: dict[str, int]()["x"])
        with pytest.raises(TimeoutError) as caught:
            await workers.run(_times_out)
        assert "of its own" in str(caught.value)
        workers.close()

    asyncio.run(both())


def _times_out() -> None:
    raise TimeoutError("of its own")


def test_no_more_is_taken_than_there_is_room_for(gate: threading.Event) -> None:
    async def fill() -> None:
        workers = Workers(threads=1, queue=1, timeout=5)
        running = [asyncio.ensure_future(workers.run(gate.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        assert workers.full
        with pytest.raises(Saturated):
            await workers.run(gate.wait)
        gate.set()
        assert await asyncio.gather(*running) == [True, True]
        assert await workers.run(lambda: 1) == 1
        workers.close()

    asyncio.run(fill())


def test_work_that_was_given_up_still_takes_its_place(gate: threading.Event) -> None:
    async def give_up() -> None:
        workers = Workers(threads=1, queue=0, timeout=0.05)
        with pytest.raises(TookTooLong):
            await workers.run(gate.wait)
        assert workers.full
        gate.set()
        for _ in range(100):
            if not workers.full:
                break
            await asyncio.sleep(0.01)
        assert await workers.run(lambda: 1) == 1
        workers.close()

    asyncio.run(give_up())


def test_waiting_work_whose_caller_left_never_runs(gate: threading.Event) -> None:
    async def leave() -> None:
        ran: list[int] = []
        workers = Workers(threads=1, queue=1, timeout=5)
        first = asyncio.ensure_future(workers.run(gate.wait))
        second = asyncio.ensure_future(workers.run(lambda: ran.append(1)))
        await asyncio.sleep(0.01)
        second.cancel()
        for _ in range(500):  # until the pool has heard that nobody waits
            if workers.pending == 1:
                break
            await asyncio.sleep(0.01)
        gate.set()
        await first
        assert ran == [] and not workers.full
        workers.close()

    asyncio.run(leave())
