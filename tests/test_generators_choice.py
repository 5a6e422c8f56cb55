"""The settings choose what writes the answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service.generators.openai_server import OpenAIGenerator
from service.main import generator_of, writer_of
from service.settings import Settings, SettingsError, load_settings
from tests.fakes import document
from tests.llm_server import LLMServer, says

ROOT = Path(__file__).resolve().parent.parent


def settings(**given: Any) -> Settings:
    return load_settings(given, env_file=None)


def test_without_a_language_model_nothing_writes() -> None:
    assert generator_of(settings()) is None
    assert writer_of(settings(), None) is None  # type: ignore[arg-type]


def test_a_server_is_asked_as_the_settings_say() -> None:
    from service.generators import Message

    with LLMServer([says("甲")]) as server:
        made = generator_of(
            settings(
                llm_base_url=server.base_url,
                llm_model="qwen",
                llm_api_key="k-1",
                llm_context=4096,
                llm_max_tokens=300,
                llm_temperature=0.3,
                llm_stream=False,
                llm_extra='{"seed": 1}',
            )
        )
        assert isinstance(made, OpenAIGenerator)
        assert list(made.generate([Message("user", document().title)], seconds=5)) == ["甲"]
    (request,) = server.requests
    assert (made.model, made.context, made.max_tokens) == ("qwen", 4096, 300)
    assert request.headers["authorization"] == "Bearer k-1"
    body = {name: request.body[name] for name in ("model", "max_tokens", "temperature", "stream", "seed")}
    assert body == {"model": "qwen", "max_tokens": 300, "temperature": 0.3, "stream": False, "seed": 1}


def test_what_cannot_be_loaded_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="WENCE_LLM_LOCAL"):
        generator_of(settings(llm_local=str(tmp_path / "nothing")))
    with pytest.raises(SettingsError, match="WENCE_LLM_TOKENIZER"):
        generator_of(settings(llm_base_url="http://127.0.0.1:1/v1", llm_tokenizer=tmp_path))
    with pytest.raises(SettingsError, match="提示词"):
        writer_of(settings(llm_base_url="http://127.0.0.1:1/v1", prompts=tmp_path), None)  # type: ignore[arg-type]


def test_a_server_needs_no_torch_and_extractive_answers_no_client() -> None:
    script = (
        "import sys; from service.main import generator_of; from service.settings import load_settings;"
        "import service.prompts, service.generators.openai_server;"
        "given = {'llm_base_url': 'http://127.0.0.1:1/v1', 'llm_model': 'm'};"
        "generator_of(load_settings(given, env_file=None));"
        "print(sorted({'torch', 'transformers', 'openai'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_server_that_is_not_up_yet_does_not_stop_the_start(caplog: pytest.LogCaptureFixture) -> None:
    made = generator_of(settings(llm_base_url="http://127.0.0.1:1/v1"))
    assert made is not None
    assert "can't be reached yet" in caplog.text


def test_an_unnamed_model_is_named_from_the_start() -> None:
    with LLMServer(models=["glm"]) as server:
        made = generator_of(settings(llm_base_url=server.base_url))
    assert made is not None and made.model == "glm"
