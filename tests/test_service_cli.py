"""The command line of the service."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import BrokenIndex
from service import __main__ as cli
from service import main as wiring
from service.__main__ import fold, main, told
from service.answer import Answer, Refusal
from service.live_index import Serving
from service.settings import PREFIX
from tests.fakes import FakeAssistant, document, passage, serving


@pytest.fixture(autouse=True)
def a_place_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    import os

    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    for name in ("service", "indexer"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> FakeAssistant:
    """Answer `ask` from a fake index; returns what answers."""
    assistant = FakeAssistant([document()])

    def open_it(self: wiring.Opener) -> Serving:
        return serving(assistant=assistant)

    monkeypatch.setattr(wiring.Opener, "__call__", open_it)
    return assistant


def run(*arguments: str) -> int:
    """Run the command line; return its exit status."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def test_an_answer_is_printed_with_its_citation(
    opened: FakeAssistant, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("ask", "小微企业的水费怎么收取？") == 0
    out = capsys.readouterr().out
    assert out.startswith("2.减免小微企业费用[1]。")
    assert "[1] 《青石市推进便民办事二十条》（青政办发〔2024〕7号" in out
    assert "    2.减免小微企业费用。" in out
    assert "\x1b[" not in out


def test_a_refusal_has_an_exit_status_of_its_own(
    opened: FakeAssistant, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("ask", "月球上几点日出") == 4
    out = capsys.readouterr().out
    assert "现有文件没有依据。" in out and "相近的条款" in out


def test_an_answer_can_be_had_as_json(opened: FakeAssistant, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", "小微企业的水费怎么收取？", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["answered"] is True and answer["citations"][0]["clause"] == "2"


def test_a_question_can_be_kept_to_a_document(opened: FakeAssistant) -> None:
    run("ask", "水费", "--document", "a/b", "--document", "c")
    assert opened.asked[0][2].document_ids == ("a/b", "c")


def test_without_an_index_ask_says_how_to_build_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", "水费", "--index", "nowhere") == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "nowhere" in captured.err and "indexer build" in captured.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "many"], ["--port", "“many”", "0 到 65535"]),
        (["serve", "--log-format", "xml"], ["--log-format", "“xml”", "text 或 json"]),
        (["ask", "水费", "--refuse-threshold", "2"], ["--refuse-threshold", "“2”", "0 到 1"]),
        (["ask", "  "], ["空"]),
    ],
)
def test_a_bad_option_is_explained(
    arguments: Sequence[str], words: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    err = capsys.readouterr().err
    for word in words:
        assert word in err


def test_an_unknown_variable_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WENCE_PROT", "80")
    assert run() == 2
    assert "WENCE_PORT" in capsys.readouterr().err


def test_the_settings_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("settings") == 0
    assert "| `WENCE_INDEX` |" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["serve", "ask", "settings", "build", "inspect", "info"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command, "--help") == 0
    assert "Usage" in capsys.readouterr().out


def test_a_port_that_is_taken_is_said_before_anything_is_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run("--port", str(port)) == 1
    assert f"无法在 127.0.0.1:{port} 上监听" in capsys.readouterr().err


def test_options_alone_mean_serve(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(self: wiring.Opener) -> Serving:
        return serving(examples=("青石市怎样压缩开办时限？",))

    class Server:
        def __init__(self, config: Any) -> None:
            self.config = config

        def run(self, sockets: Sequence[socket.socket]) -> None:
            assert len(sockets) == 1

    monkeypatch.setattr(wiring, "current_version", lambda folder: "v1")
    monkeypatch.setattr(wiring.Opener, "__call__", load)
    monkeypatch.setattr("uvicorn.Server", Server)
    assert run("--index", "some", "--host", "127.0.0.1", "--port", "0") == 0
    out = capsys.readouterr().out
    assert "http://127.0.0.1:" in out and "试着问一句：青石市怎样压缩开办时限？" in out


def test_a_broken_index_is_said_at_the_start_and_does_not_stop_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(self: wiring.Opener) -> Serving:
        raise BrokenIndex("清单缺失")

    monkeypatch.setattr(wiring, "current_version", lambda folder: "v1")
    monkeypatch.setattr(wiring.Opener, "__call__", load)
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: None)
    assert run("--port", "0", "--log-level", "error") == 0
    assert "清单缺失" in capsys.readouterr().out


def test_the_module_runs_as_a_program() -> None:
    root = Path(cli.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-m", "service", "settings"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and "WENCE_PORT" in done.stdout


def test_lines_are_folded_by_columns_not_characters() -> None:
    assert fold("一二三ab四", 4) == ["一二", "三ab", "四"]
    assert fold("a\nb", 10) == ["a", "b"]


def test_a_notice_and_bold_marks_suit_a_terminal() -> None:
    answer = Answer("问", "问", "共**3**项", notice="依据的是旧版文件。")
    assert told(answer, width=40) == "共3项\n\n注意：依据的是旧版文件。"


def test_suggestions_are_cited_formally() -> None:
    refusal = Refusal("no_evidence", "没有依据。")
    answer = Answer("问", "问", "", refusal=refusal, suggestions=(passage(document(), 6),))
    assert told(answer, width=40).endswith("第二部分第1项")
