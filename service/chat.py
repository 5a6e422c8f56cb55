"""The OpenAI dialect under /v1, so that any chat client that speaks it can ask."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from sse_starlette import ServerSentEvent

from service.answer import Turn
from service.api import TypedRoute, problems
from service.chat_schemas import (
    MODEL,
    AssistantMessage,
    ChatBody,
    ChatCompletion,
    ChatMessage,
    Choice,
    ModelList,
    ModelView,
    Usage,
    WenceView,
    chunk,
)
from service.desk import Desk
from service.middleware import request_id_of
from service.presence import while_there
from service.problems import FieldProblem, Problem, as_problem
from service.schemas import QUESTION_CHARS, AnswerView
from service.streaming import Growth, Release, pieces, stream

_HISTORY = 20
_TURN_CHARS = 20_000
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SOURCES = re.compile(r"\n\n(?:引文：|Sources:)\n\n- \[1\] .*\Z", re.DOTALL)
_WORDS = {
    True: ("注意：", "引文：", "以下是核对后的完整回答，以此为准：", "：“{}”"),
    False: ("Note: ", "Sources:", "The whole answer after checking; this one stands:", ": “{}”"),
}


def chat(desk: Desk, *, heartbeat: float) -> APIRouter:
    """Return `/v1/chat/completions` and `/v1/models`."""
    router = APIRouter(prefix="/v1", route_class=TypedRoute, tags=["OpenAI 兼容"])
    model = ModelView(created=int(time.time()))

    @router.get("/models", summary="列出模型", responses=problems(401, 403), operation_id="list_models")
    def models(request: Request) -> ModelList:
        """只有一个：`wence`。"""
        desk.gate.admit(request)
        return ModelList(data=[model])

    @router.get(
        "/models/{name:path}",
        summary="查看模型",
        responses=problems(401, 403, 404),
        operation_id="read_model",
    )
    def one_model(request: Request, name: str) -> ModelView:
        """返回 `wence`；别的名称回 404。"""
        desk.gate.admit(request)
        _check_model(name)
        return model

    @router.post(
        "/chat/completions",
        summary="提一个问题（OpenAI 的格式）",
        response_model=ChatCompletion,
        responses={
            200: {
                "description": "回答；`stream` 为 true 时逐块返回，以 `data: [DONE]` 结束",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            },
            **problems(400, 401, 403, 404, 413, 415, 429, 503),
        },
        operation_id="chat_completion",
    )
    async def completion(request: Request, body: ChatBody) -> Response:
        """最后一条 `user` 消息是问题，此前的是上文；`system` 消息与采样参数略过，回答只依据文件。

        引文在 `message.citations` 里（逐块返回时在最后一块的 `delta` 里），也列在 `content` 的末尾。
        """
        desk.gate.admit(request)
        _check_model(body.model)
        question, history = _asked(body.messages)
        serving = desk.open(request)
        request_id = request_id_of(request.scope)
        base = str(request.base_url).rstrip("/")

        async def answer(release: Release = lambda part: None) -> AnswerView:
            answer = await desk.ask(
                serving,
                question,
                request_id=request_id,
                history=history,
                filters=body.wence.filters.filters(),
                k=body.wence.top_k,
                release=lambda part: release(AnswerView.of(part, request_id=request_id)),
            )
            return AnswerView.of(answer, request_id=request_id)

        prompt = estimated_tokens(message.text() for message in body.messages)
        if body.stream:
            usage = bool(body.stream_options and body.stream_options.include_usage)
            told = Chunks(request_id, serving.version, base=base, prompt_tokens=prompt, usage=usage)
            return stream(answer, dialect=told, heartbeat=heartbeat)
        finished = await while_there(request, answer())
        content = finished.answer + footnotes(finished, base=base)
        whole = ChatCompletion(
            id=f"chatcmpl-{request_id}",
            created=int(time.time()),
            choices=[Choice(message=AssistantMessage(content=content, citations=finished.citations))],
            usage=_usage(prompt, content),
            system_fingerprint=finished.index_version,
            wence=_about(finished),
        )
        return Response(whole.model_dump_json(), media_type="application/json")

    return router


class Chunks:
    """The dialect of a streamed completion.

    Text that left can't be taken back here: where the answer in the end is not the one that was begun,
    the whole of it follows and says that it stands.
    """

    def __init__(
        self, request_id: str, fingerprint: str, *, base: str, prompt_tokens: int, usage: bool
    ) -> None:
        """`base`: address of the service, for the links; `usage`: end with a chunk that holds it."""
        self._request_id = request_id
        self._fingerprint = fingerprint
        self._base = base
        self._prompt_tokens = prompt_tokens
        self._usage = usage
        self._created = int(time.time())
        self._growth = Growth()
        self._said: list[str] = []
        self._begun = False

    def grew(self, answer: AnswerView) -> Iterator[ServerSentEvent]:
        """Yield the text that is new."""
        yield from self._begin()
        yield from self._say(pieces(self._growth.rest(answer.answer) or ""))

    def ended(self, answer: AnswerView) -> Iterator[ServerSentEvent]:
        """Yield the rest of the text, the footnotes, the citations, and `[DONE]`."""
        yield from self._begin()
        rest = self._growth.rest(answer.answer)
        if rest is None:
            stands = _WORDS[_in_chinese(answer)][2]
            rest = f"\n\n---\n\n{stands}\n\n{answer.answer}"
        yield from self._say(pieces(rest))
        yield from self._say([footnotes(answer, base=self._base)])
        citations = answer.model_dump(mode="json", include={"citations"})
        yield self._chunk(delta=citations, finish_reason="stop", wence=_about(answer).model_dump(mode="json"))
        if self._usage:
            usage = _usage(self._prompt_tokens, "".join(self._said)).model_dump()
            yield self._event(chunk(self._id, self._created, self._fingerprint, usage=usage))
        yield ServerSentEvent("[DONE]", sep="\n")

    def failed(self, error: Exception) -> Iterator[ServerSentEvent]:
        """Yield the error; the stream then ends."""
        yield self._event(as_problem(error, self._request_id).chat_body(request_id=self._request_id))

    def _begin(self) -> Iterator[ServerSentEvent]:
        if not self._begun:
            self._begun = True
            yield self._chunk(delta={"role": "assistant", "content": ""})

    def _say(self, texts: Iterable[str]) -> Iterator[ServerSentEvent]:
        for piece in filter(None, texts):
            self._said.append(piece)
            yield self._chunk(delta={"content": piece})

    @property
    def _id(self) -> str:
        return f"chatcmpl-{self._request_id}"

    def _chunk(self, **fields: Any) -> ServerSentEvent:
        unsaid = {"usage": None} if self._usage else {}
        return self._event(chunk(self._id, self._created, self._fingerprint, **fields, **unsaid))

    @staticmethod
    def _event(data: dict[str, Any]) -> ServerSentEvent:
        return ServerSentEvent(json.dumps(data, ensure_ascii=False), sep="\n")


def footnotes(answer: AnswerView, *, base: str) -> str:
    """Return what follows the answer's text: the notice, and where each `[n]` leads.

    A chat client shows the content and nothing else, so whatever a reader must know stands in it.
    """
    note, sources, _, quoted = _WORDS[_in_chinese(answer)]
    parts = [f"{note}{answer.notice}"] if answer.notice else []
    if answer.citations:
        lines = [
            f"- [{one.index}] [{_linkable(one.formal)}]({base}{one.quote_url})"
            + quoted.format(re.sub(r"\s*\n\s*", " ", one.quote))
            for one in answer.citations
        ]
        parts.append("\n".join((sources, "", *lines)))
    return "".join(f"\n\n{part}" for part in parts)


def estimated_tokens(texts: Iterable[str]) -> int:
    """Return roughly how many tokens `texts` have: one a Chinese character, one to four others."""
    count = 0
    for text in texts:
        chinese = len(_CHINESE.findall(text))
        count += chinese + (len(text) - chinese + 3) // 4
    return count


def _asked(messages: list[ChatMessage]) -> tuple[str, tuple[Turn, ...]]:
    """Return the question, and what was said before it; raise the Problem where there is no question."""
    last = next((n for n in reversed(range(len(messages))) if messages[n].role == "user"), None)
    if last is None:
        raise _bad("messages", "没有 role 为 user 的消息，应至少有一条")
    message = messages[last]
    if isinstance(message.content, list):
        for n, part in enumerate(message.content):
            if part.type != "text":
                where = f"messages.{last}.content.{n}.type"
                raise _bad(where, f"找到 {part.type[:40]}，应为 text：本服务只读文字")
    question = message.text().strip()
    if not 1 <= len(question) <= QUESTION_CHARS:
        raise _bad(
            f"messages.{last}.content",
            f"去掉首尾空白后有 {len(question)} 个字符，应为 1 到 {QUESTION_CHARS} 个",
        )
    said = [
        Turn(one.role, _without_footnotes(one.text())[:_TURN_CHARS])
        for one in messages[:last]
        if one.role == "user" or one.role == "assistant"
    ]
    return question, tuple(turn for turn in said if turn.content.strip())[-_HISTORY:]


def _without_footnotes(text: str) -> str:
    """Undo what `footnotes` added to an answer that comes back as history."""
    return _SOURCES.sub("", text)


def _check_model(name: str) -> None:
    if name != MODEL:
        raise Problem(
            404,
            "no-such-model",
            f"没有名为“{name[:100]}”的模型；只有 {MODEL}。",
            errors=[FieldProblem(path="model", message=f"应为 {MODEL}", type="no_such_model")],
        )


def _bad(path: str, message: str) -> Problem:
    field = FieldProblem(path=path, message=message, type="value_error")
    return Problem(422, "invalid-request", f"{path}：{message}。", errors=[field])


def _about(answer: AnswerView) -> WenceView:
    return WenceView.model_validate(answer, from_attributes=True)


def _usage(prompt: int, content: str) -> Usage:
    completion = estimated_tokens([content])
    return Usage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)


def _in_chinese(answer: AnswerView) -> bool:
    return _CHINESE.search(answer.question) is not None


def _linkable(text: str) -> str:
    """Square brackets would end the text of a Markdown link."""
    return text.replace("[", "［").replace("]", "］")
