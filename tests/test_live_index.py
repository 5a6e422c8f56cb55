"""A new index version takes over without a restart and without failing a request in flight."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from indexer.errors import BrokenIndex
from service.live_index import LiveIndex, Serving
from tests.client import client
from tests.fakes import FakeAssistant, document, serving


class Folder:
    """An index folder in which versions are published; those in `broken` can't be opened."""

    def __init__(self, version: str | None = None) -> None:
        self.version = version
        self.broken: set[str] = set()
        self.loads: list[str] = []
        self.now = 0.0
        self.outcomes: list[tuple[str | None, bool]] = []

    def current(self) -> str | None:
        return self.version

    def load(self) -> Serving:
        assert self.version is not None
        self.loads.append(self.version)
        if self.version in self.broken:
            raise BrokenIndex(f"{self.version} 的清单缺失")
        return serving(version=self.version)

    def live(self) -> LiveIndex:
        return LiveIndex(
            current_version=self.current,
            load=self.load,
            interval=0.01,
            retry=30,
            clock=lambda: self.now,
            changed=lambda one, ok: self.outcomes.append((one.version if one else None, ok)),
        )


def test_nothing_is_served_until_something_is_published() -> None:
    folder = Folder()
    live = folder.live()
    live.check()
    assert live.serving is None and "indexer build" in live.reason
    folder.version = "v1"
    live.check()
    assert live.serving is not None and live.serving.version == "v1"


def test_a_version_is_loaded_once() -> None:
    folder = Folder("v1")
    live = folder.live()
    live.check()
    live.check()
    folder.version = "v2"
    live.check()
    assert folder.loads == ["v1", "v2"]
    assert folder.outcomes == [("v1", True), ("v2", True)]


def test_a_broken_version_leaves_the_old_one_serving(caplog: pytest.LogCaptureFixture) -> None:
    folder = Folder("v1")
    live = folder.live()
    live.check()
    folder.version = "v2"
    folder.broken = {"v2"}
    with caplog.at_level(logging.ERROR):
        live.check()
    assert live.serving is not None and live.serving.version == "v1"
    assert folder.outcomes[-1] == ("v1", False)
    assert "v2" in caplog.text and "清单缺失" in caplog.text and "still serving v1" in caplog.text


def test_a_broken_version_is_not_tried_again_at_every_look() -> None:
    folder = Folder("v1")
    folder.broken = {"v1"}
    live = folder.live()
    live.check()
    live.check()
    assert folder.loads == ["v1"]
    assert "清单缺失" in live.reason
    folder.now = 31.0
    folder.broken = set()
    live.check()
    assert live.serving is not None


def test_a_good_version_after_a_broken_one_is_taken_at_once() -> None:
    folder = Folder("v1")
    folder.broken = {"v1"}
    live = folder.live()
    live.check()
    folder.version = "v2"
    live.check()
    assert live.serving is not None and live.serving.version == "v2"


def test_an_unreadable_pointer_leaves_the_old_version_serving() -> None:
    folder = Folder("v1")
    live = folder.live()
    live.check()

    def broken() -> str | None:
        raise BrokenIndex("current 无法读取")

    live._current_version = broken
    live.check()
    assert live.serving is not None


def test_a_new_version_is_noticed_in_the_background() -> None:
    folder = Folder("v1")
    seen = threading.Event()
    live = folder.live()
    live.changed = lambda one, ok: seen.set() if one and one.version == "v2" else None
    live.start()
    try:
        folder.version = "v2"
        assert seen.wait(5)
    finally:
        live.stop()


def test_a_request_in_flight_ends_on_the_version_it_began_with(tmp_path: Path) -> None:
    gate = threading.Event()
    old = FakeAssistant([document()], version="v1", gate=gate)
    with client(tmp_path, serving(assistant=old, version="v1")) as asking:
        live = asking.app.state.live  # type: ignore[attr-defined]
        answers: list[str] = []

        def ask() -> None:
            reply = asking.post("/api/v1/ask", json={"question": "小微企业的水费怎么收取？"})
            answers.append(reply.json()["index_version"])

        thread = threading.Thread(target=ask)
        thread.start()
        assert old.entered.wait(5)
        live._current_version = lambda: "v2"
        live._load = lambda: serving(version="v2")
        live.check()
        ask()
        gate.set()
        thread.join(5)
    assert answers == ["v2", "v1"]
