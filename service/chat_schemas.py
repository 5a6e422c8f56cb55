"""The JSON of the OpenAI dialect: what is read of a request, and what is sent."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from service.schemas import CitationView, FiltersBody, RefusalView

MODEL = "wence"
"""The only model there is."""


class _Tolerant(BaseModel):
    """A body whose unknown fields are passed over: clients of this dialect send many."""

    model_config = ConfigDict(extra="ignore")


class TextPart(_Tolerant):
    """A part of a message; only text can be read."""

    type: str = Field(description="`text`；别的种类只在此前的消息里容许，并被略过")
    text: str | None = Field(default=None, description="文字")


class ChatMessage(_Tolerant):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = Field(
        description="谁说的。最后一条 `user` 是问题，之前的 `user`、`assistant` 是上文，其余略过"
    )
    content: str | list[TextPart] | None = Field(default=None, description="文字，或由 `text` 部分组成的列表")

    def text(self) -> str:
        """Return the text of the message, other parts left out."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text" and part.text)
        return self.content or ""


class StreamOptions(_Tolerant):
    """What a stream should hold besides the answer."""

    include_usage: bool | None = Field(default=None, description="最后再发一块，内有 `usage`")


class ResponseFormat(_Tolerant):
    """The form of the content."""

    type: Literal["text"] = Field(description="只有 `text`")


class WenceOptions(BaseModel):
    """What this service takes beyond the dialect."""

    model_config = ConfigDict(extra="forbid")

    filters: FiltersBody = Field(default_factory=FiltersBody, description="只在这些文件里查，同 /api/v1/ask")
    top_k: int = Field(default=8, ge=1, le=50, description="最多根据几个检索片段作答")


class ChatBody(_Tolerant):
    """A chat completion asked for."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {"model": MODEL, "messages": [{"role": "user", "content": "公司注销最快几天？"}]},
                {
                    "model": MODEL,
                    "messages": [
                        {"role": "user", "content": "青石市企业注销最快几天？"},
                        {"role": "assistant", "content": "……"},
                        {"role": "user", "content": "那白山市呢？"},
                    ],
                    "stream": True,
                    "stream_options": {"include_usage": True},
                    "wence": {"filters": {"regions": ["白山市"]}},
                },
            ]
        },
    )

    model: str = Field(description="只有 `wence`")
    messages: list[ChatMessage] = Field(min_length=1, description="对话，旧的在前")
    stream: bool | None = Field(default=None, description="逐块返回")
    stream_options: StreamOptions | None = Field(default=None, description="逐块返回时的选项")
    n: Annotated[int, Field(ge=1, le=1)] | None = Field(default=None, description="只能是 1：回答只有一个")
    response_format: ResponseFormat | None = Field(default=None, description="只能是 text")
    wence: WenceOptions = Field(default_factory=WenceOptions, description="本服务自己的选项，可不给")


class AssistantMessage(BaseModel):
    """The answer as a message."""

    role: Literal["assistant"] = Field(default="assistant", description="总是 assistant")
    content: str = Field(description="回答，末尾是提醒（若有）与引文列表；拒答时是说明")
    refusal: None = Field(default=None, description="总是 null：拒答见 `wence.refusal`")
    citations: list[CitationView] = Field(description="引文，与 /api/v1/ask 相同")


class Choice(BaseModel):
    """The only choice."""

    index: Literal[0] = Field(default=0, description="总是 0")
    message: AssistantMessage = Field(description="回答")
    logprobs: None = Field(default=None, description="总是 null")
    finish_reason: Literal["stop"] = Field(default="stop", description="总是 stop：回答总是完整的")


class Usage(BaseModel):
    """An estimate: the service itself counts no tokens."""

    prompt_tokens: int = Field(description="对话的词元数，估算")
    completion_tokens: int = Field(description="回答的词元数，估算")
    total_tokens: int = Field(description="两者之和")


class WenceView(BaseModel):
    """What the dialect has no place for."""

    request_id: str = Field(description="请求的编号，反馈时用")
    standalone_question: str = Field(description="实际检索的问题")
    answered: bool = Field(description="是否作答；false 即拒答")
    refusal: RefusalView | None = Field(description="拒答的理由；作答时为 null")
    notice: str | None = Field(description="给读者的提醒")
    confidence: float = Field(description="检索片段足以回答问题的概率，经过校准")
    checks: dict[str, int] = Field(description="证据核对：各种结果的陈述数")
    generator: str = Field(description="`extractive`，或 `llm:模型名;prompt=提示词@版本`")
    index_version: str = Field(description="所用索引的版本")


class ChatCompletion(BaseModel):
    """A whole chat completion."""

    id: str = Field(description="编号", examples=["chatcmpl-01JD7M4N3T5X8Y6Z9A0B1C2D3E"])
    object: Literal["chat.completion"] = Field(default="chat.completion", description="总是 chat.completion")
    created: int = Field(description="何时，Unix 秒")
    model: str = Field(default=MODEL, description="总是 wence")
    choices: list[Choice] = Field(description="总是一个")
    usage: Usage = Field(description="词元数，估算")
    system_fingerprint: str = Field(description="索引的版本")
    wence: WenceView = Field(description="本服务自己的字段")


class ModelView(BaseModel):
    """A model that can be asked."""

    id: str = Field(default=MODEL, description="模型的名称")
    object: Literal["model"] = Field(default="model", description="总是 model")
    created: int = Field(description="服务何时启动，Unix 秒")
    owned_by: str = Field(default=MODEL, description="总是 wence")


class ModelList(BaseModel):
    """All models."""

    object: Literal["list"] = Field(default="list", description="总是 list")
    data: list[ModelView] = Field(description="总是一个")


class ChatErrorDetail(BaseModel):
    """What went wrong."""

    message: str = Field(description="出了什么问题，该怎么办")
    type: str = Field(description="类别", examples=["invalid_request_error"])
    param: str | None = Field(description="出问题的字段")
    code: str | None = Field(description="供程序判断", examples=["model_not_found"])


class ChatError(BaseModel):
    """An error in this dialect's form."""

    error: ChatErrorDetail = Field(description="错误")


def chunk(
    completion_id: str,
    created: int,
    fingerprint: str,
    *,
    delta: dict[str, JsonValue] | None = None,
    finish_reason: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return one piece of a streamed completion; without a `delta` it has no choice."""
    choices = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}]
    return {
        "id": completion_id,
        "object": "chat.completion.chunk",
        "created": created,
        "model": MODEL,
        "system_fingerprint": fingerprint,
        "choices": choices if delta is not None else [],
        **more,
    }
