"""A small real model writes: in this process, and behind the server that comes with transformers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.generators import GenerationError, Message
from service.generators.local_transformers import TransformersGenerator
from service.generators.openai_server import OpenAIGenerator
from service.settings import SettingsError
from tests.tiny_chat_model import BROKEN_TEMPLATE, NO_SYSTEM_TEMPLATE, REPLY, save_tiny_model

ASKED = [Message("system", "照资料回答。"), Message("user", "刻章费用由谁承担？")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("model") / "tiny-llama")


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("model") / "endless", ends=False)


@pytest.fixture(scope="module")
def generator(folder: Path) -> TransformersGenerator:
    return TransformersGenerator(str(folder), device="cpu", max_tokens=60)


def test_a_local_model_writes_piece_by_piece(generator: TransformersGenerator) -> None:
    pieces = list(generator.generate(ASKED, seconds=20))
    assert "".join(pieces) == REPLY
    assert len(pieces) > 5
    assert generator.model == "tiny-llama"


def test_sampling_is_a_matter_of_temperature(folder: Path) -> None:
    warm = TransformersGenerator(str(folder), device="cpu", max_tokens=60, temperature=0.01)
    assert "".join(warm.generate(ASKED, seconds=20)) == REPLY


def test_the_number_type_can_be_chosen(folder: Path) -> None:
    import torch

    half = TransformersGenerator(str(folder), device="cpu", dtype="bfloat16", max_tokens=60)
    assert half._model.dtype == torch.bfloat16
    assert "".join(half.generate(ASKED, seconds=20)) == REPLY


@pytest.mark.parametrize("template", [None, NO_SYSTEM_TEMPLATE, BROKEN_TEMPLATE])
def test_a_model_is_asked_all_the_same_whatever_its_template_lacks(
    tmp_path: Path, template: str | None
) -> None:
    save_tiny_model(tmp_path / "other", template=template)
    plain = TransformersGenerator(str(tmp_path / "other"), device="cpu", max_tokens=60)
    assert "".join(plain.generate(ASKED, seconds=20)) == REPLY


def test_options_reach_the_chat_template(tmp_path: Path) -> None:
    template = "{% if enable_thinking %}<|user|>{% else %}<|user|><|assistant|>{% endif %}"
    save_tiny_model(tmp_path / "thinks", template=template)
    options = {"enable_thinking": False}
    quick = TransformersGenerator(
        str(tmp_path / "thinks"), device="cpu", max_tokens=60, template_options=options
    )
    assert "".join(quick.generate(ASKED, seconds=20)) == REPLY


def test_tokens_are_counted_with_the_marks_of_the_template(generator: TransformersGenerator) -> None:
    assert generator.count(ASKED) == len("照资料回答。") + len("刻章费用由谁承担？") + 5


def test_the_context_is_what_the_model_was_made_for(folder: Path) -> None:
    assert TransformersGenerator(str(folder), context=8192).context == 2048
    assert TransformersGenerator(str(folder), context=1024).context == 1024


def test_a_prompt_that_does_not_fit_is_an_error(generator: TransformersGenerator) -> None:
    with pytest.raises(GenerationError, match="of 2048 tokens") as caught:
        list(generator.generate([Message("user", "章" * 3000)], seconds=5))
    assert caught.value.reason == "broken"


def test_a_reply_that_reaches_the_limit_is_said_to_be_cut(endless: Path) -> None:
    cut = TransformersGenerator(str(endless), device="cpu", max_tokens=30)
    pieces = []
    with pytest.raises(GenerationError, match="cut at 30 tokens"):
        for piece in cut.generate(ASKED, seconds=20):
            pieces.append(piece)
    assert "".join(pieces) == (REPLY * 2)[:30]


def test_the_writing_stops_when_time_is_over_or_nobody_waits(endless: Path) -> None:
    slow = TransformersGenerator(str(endless), device="cpu", max_tokens=1900)
    with pytest.raises(GenerationError) as caught:
        list(slow.generate(ASKED, seconds=0.3))
    assert caught.value.reason == "slow"
    given_up = threading.Event()
    threading.Timer(0.3, given_up.set).start()
    list(slow.generate(ASKED, seconds=20, cancelled=given_up.is_set))
    assert given_up.is_set()
    assert slow._turn.acquire(timeout=3)
    slow._turn.release()


def test_one_reply_at_a_time(endless: Path) -> None:
    one = TransformersGenerator(str(endless), device="cpu", max_tokens=1900)
    first = one.generate(ASKED, seconds=20)
    next(first)
    with pytest.raises(GenerationError) as caught:
        list(one.generate(ASKED, seconds=0.3))
    assert caught.value.reason == "busy"
    assert list(one.generate(ASKED, seconds=5, cancelled=lambda: True)) == []
    first.close()  # type: ignore[attr-defined]
    assert next(one.generate(ASKED, seconds=5))


def test_a_folder_that_is_no_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="WENCE_LLM_LOCAL") as caught:
        TransformersGenerator(str(tmp_path))
    assert str(tmp_path) in str(caught.value)


@pytest.fixture(scope="module")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `transformers serve`, with the model loaded."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("serve") / "log"
    program = Path(sys.executable).parent / "transformers"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                str(program),
                "serve",
                str(folder),
                "--port",
                str(port),
                "--host",
                "127.0.0.1",
                "--device",
                "cpu",
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        )
    try:
        end = time.monotonic() + 60
        while True:
            assert server.poll() is None and time.monotonic() < end, log.read_text()[-3000:]
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait(10)


@pytest.mark.parametrize("stream", [True, False])
def test_the_same_model_writes_behind_a_real_server(served: str, folder: Path, stream: bool) -> None:
    remote = OpenAIGenerator(served, str(folder), max_tokens=60, stream=stream)
    assert "".join(remote.generate(ASKED, seconds=20)) == REPLY


def test_a_real_server_is_asked_for_too_few_tokens(served: str, folder: Path) -> None:
    remote = OpenAIGenerator(served, str(folder), max_tokens=5)
    with pytest.raises(GenerationError, match="cut at 5 tokens"):
        list(remote.generate(ASKED, seconds=20))
