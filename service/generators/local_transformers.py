"""Have a `transformers` chat model on this machine write."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from service.generators import GenerationError, Message, never
from service.generators.reasoning import ReasoningFilter
from service.settings import SettingsError

logger = logging.getLogger(__name__)

_GLANCE = 0.1
"""Seconds between two looks at whether somebody gave up or time is over."""

_PLAIN_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ message['content'] }}"
    "{% elif message['role'] == 'user' %}用户：{{ message['content'] }}"
    "{% else %}助手：{{ message['content'] }}{% endif %}"
    "{{ '\n\n' }}{% endfor %}"
    "{% if add_generation_prompt %}助手：{% endif %}"
)
"""For a model that brings no chat template."""


class TransformersGenerator:
    """Writes with a model in this process, one reply at a time; safe to share between threads."""

    def __init__(
        self,
        name_or_folder: str,
        *,
        device: str = "auto",
        dtype: str = "auto",
        context: int = 8192,
        max_tokens: int = 800,
        temperature: float = 0.0,
        template_options: Mapping[str, Any] | None = None,
    ) -> None:
        """Load the model; raises SettingsError where it can't be.

        `device`: `auto` takes a GPU where there is one. `dtype`: `auto` is the one it was saved in.
        `context` is lowered to what the model was made for. `template_options` go to the chat
        template, such as `{"enable_thinking": False}`.
        """
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(name_or_folder)
            model: Any = AutoModelForCausalLM.from_pretrained(
                name_or_folder, dtype=dtype if dtype == "auto" else getattr(torch, dtype)
            )
            self._model = model.to(chosen).eval()
        except Exception as error:  # the library raises many kinds
            first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise SettingsError(
                f"WENCE_LLM_LOCAL：载入不了语言模型 {name_or_folder}（{chosen}，{dtype}）：{first}；"
                "应为 transformers 对话模型的名称，或其所在的文件夹"
            ) from error
        self.model = name_or_folder.rstrip("/\\").replace("\\", "/").rsplit("/", 1)[-1]
        most = getattr(self._model.config, "max_position_embeddings", None)
        self.context = min(context, most) if isinstance(most, int) and most > 0 else context
        self.max_tokens = max_tokens
        self._temperature = temperature
        self._template = None if self._tokenizer.chat_template else _PLAIN_TEMPLATE
        self._template_options = dict(template_options or {})
        self._device = chosen
        self._turn = threading.Lock()

    def count(self, messages: Sequence[Message]) -> int:
        """Return the tokens that `messages` fill, the marks of the chat template with them."""
        return int(self._encoded(messages)["input_ids"].shape[1])

    def generate(
        self, messages: Sequence[Message], *, seconds: float, cancelled: Callable[[], bool] = never
    ) -> Iterator[str]:
        """Yield the reply piece by piece, without the model's reasoning.

        Raises GenerationError; with `broken` also after the last piece of a reply that was cut at
        `max_tokens`, and for one that holds nothing but reasoning.
        """
        end = time.monotonic() + seconds
        encoded = self._encoded(messages)
        room = self.context - int(encoded["input_ids"].shape[1])
        if room < 1:
            raise GenerationError(
                "broken", f"{self.model}: the prompt fills {self.context - room} of {self.context} tokens"
            )
        while not self._turn.acquire(timeout=_GLANCE):
            if cancelled():
                return
            if time.monotonic() >= end:
                raise GenerationError("busy", f"{self.model}: another reply did not end in time")
        try:
            writing = _Writing(self, encoded, min(self.max_tokens, room))
            writing.start()
        except BaseException:
            self._turn.release()
            raise
        try:
            yield from self._read(writing, end, cancelled)
        finally:
            writing.stopped.set()

    def _read(self, writing: _Writing, end: float, cancelled: Callable[[], bool]) -> Iterator[str]:
        reasoning = ReasoningFilter(thinking=writing.prompt_ends_with("<think>"))
        wrote = False
        while True:
            if cancelled():
                return
            if time.monotonic() >= end:
                raise GenerationError("slow", f"{self.model}: the reply was not written in time")
            try:
                piece = writing.pieces.get(timeout=_GLANCE)
            except queue.Empty:
                continue
            if isinstance(piece, GenerationError):
                raise piece
            text = reasoning.end() if piece is None else reasoning.feed(piece)
            if reasoning.closed_unopened:
                raise GenerationError("broken", f"{self.model}: reasoning that no tag opens")
            if text:
                wrote = wrote or bool(text.strip())
                yield text
            if piece is None:
                break
        if writing.cut_short:
            raise GenerationError("broken", f"{self.model}: the reply was cut at {writing.limit} tokens")
        if not wrote:
            raise GenerationError("broken", f"{self.model}: an empty reply")

    def _encoded(self, messages: Sequence[Message]) -> Any:
        from jinja2 import TemplateError

        turns = [{"role": message.role, "content": message.content} for message in messages]
        # Some templates know no system message: its text then opens the first of the user.
        for one in (turns, _without_system(turns)):
            with contextlib.suppress(TemplateError):
                return self._templated(one, self._template)
        return self._templated(turns, _PLAIN_TEMPLATE)

    def _templated(self, turns: list[dict[str, str]], template: str | None) -> Any:
        return self._tokenizer.apply_chat_template(
            turns,
            chat_template=template,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            **self._template_options,
        )


class _Writing(threading.Thread):
    """One reply, written in a thread of its own; it holds its generator's turn until it really ends."""

    def __init__(self, generator: TransformersGenerator, encoded: Any, limit: int) -> None:
        super().__init__(name="llm", daemon=True)
        self.pieces: queue.SimpleQueue[str | GenerationError | None] = queue.SimpleQueue()
        """Pieces of the reply; None or an error is the last."""
        self.stopped = threading.Event()
        self.cut_short = False
        self.limit = limit
        self._generator = generator
        self._encoded = encoded

    def prompt_ends_with(self, words: str) -> bool:
        """Whether the chat template has opened the reply with `words`."""
        tail = self._generator._tokenizer.decode(self._encoded["input_ids"][0][-8:])
        return str(tail).rstrip().endswith(words)

    def run(self) -> None:
        try:
            self._write()
            self.pieces.put(None)
        except Exception as error:
            # Out of memory, a damaged model: the asker gets the composed answer.
            logger.warning("%s could not write", self._generator.model, exc_info=True)
            self.pieces.put(
                GenerationError("broken", f"{self._generator.model}: {type(error).__name__}: {error}")
            )
        finally:
            self._generator._turn.release()

    def _write(self) -> None:
        import torch
        from transformers import StoppingCriteriaList, TextStreamer

        pieces, stopped = self.pieces, self.stopped

        class Streamer(TextStreamer):
            def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
                if text:
                    pieces.put(text)

        tokenizer, model = self._generator._tokenizer, self._generator._model
        prompt = self._encoded.to(self._generator._device)
        sampling: dict[str, Any] = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        if self._generator._temperature > 0:
            sampling = {"do_sample": True, "temperature": self._generator._temperature}
        with torch.inference_mode():
            output = model.generate(
                **prompt,
                **sampling,
                max_new_tokens=self.limit,
                streamer=Streamer(tokenizer, skip_prompt=True, skip_special_tokens=True),
                stopping_criteria=StoppingCriteriaList([lambda *_, **__: stopped.is_set()]),
                pad_token_id=_pad(tokenizer, model),
            )
        new = output[0][prompt["input_ids"].shape[1] :].tolist()
        ends = model.generation_config.eos_token_id
        known = set(ends if isinstance(ends, list) else [ends])
        self.cut_short = len(new) >= self.limit and new[-1] not in known


def _pad(tokenizer: Any, model: Any) -> int | None:
    ends = model.generation_config.eos_token_id
    end: int | None = ends[0] if isinstance(ends, list) else ends
    own: int | None = tokenizer.pad_token_id
    return end if own is None else own


def _without_system(turns: list[dict[str, str]]) -> list[dict[str, str]]:
    system = [turn["content"] for turn in turns if turn["role"] == "system"]
    rest = [turn for turn in turns if turn["role"] != "system"]
    if not rest:
        return turns
    return [{**rest[0], "content": "\n\n".join([*system, rest[0]["content"]])}, *rest[1:]]
