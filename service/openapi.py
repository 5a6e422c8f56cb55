"""Describe the HTTP interface for those who program against it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.chat_schemas import ChatError
from service.problems import CHAT_PREFIX, MEDIA_TYPE, ProblemBody
from service.schemas import AnswerView

DESCRIPTION = """\
就政策文件提问：每个回答都注明所依据的原文段落；文件里没有依据的，就不回答。

- 出错时返回 `application/problem+json`（RFC 9457），`type` 供程序判断，`detail` 说明该怎么办；`/v1/` 下则是 OpenAI
  的格式。
- 每个响应都带 `X-Request-ID`；请求里给出的会沿用。
- 设了 `WENCE_API_KEYS` 时，密钥放在 `Authorization: Bearer …` 或 `X-API-Key` 头里；管理接口用管理密钥。
- 偏移量一律以 Unicode 字符（码点）计，含起点、不含终点。JavaScript 里用 `Array.from(text)` 再切。
"""
TAGS = [
    {"name": "提问", "description": "问一个问题，或只检索"},
    {"name": "OpenAI 兼容", "description": "用说 OpenAI 格式的聊天程序提问"},
    {"name": "文件", "description": "列出和阅读索引中的政策文件"},
    {"name": "反馈", "description": "读者对回答的评价"},
    {"name": "管理", "description": "增删文件、查看任务与反馈；需要管理密钥"},
    {"name": "运行", "description": "供监控与负载均衡使用"},
]


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with problem objects wherever a call can fail."""
    schema = get_openapi(
        title=app.title,
        version=app.version,
        description=DESCRIPTION,
        routes=app.routes,
        tags=TAGS,
        separate_input_output_schemas=False,
    )
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for body in (ProblemBody, ChatError):
        described = body.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(described.pop("$defs", {}))
        schemas[body.__name__] = described
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    # The framework drops what is null, in examples too, where null is what the reader must see.
    schemas["AnswerView"]["example"] = AnswerView.model_json_schema()["example"]
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    chat_error = {"application/json": {"schema": {"$ref": "#/components/schemas/ChatError"}}}
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            if path.startswith(CHAT_PREFIX):  # what is wrong with a field is a 400 there
                operation["responses"].pop("422", None)
            for status, response in operation["responses"].items():
                if status.isdigit() and int(status) >= 400:
                    response["content"] = chat_error if path.startswith(CHAT_PREFIX) else problem
    schema["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "接口密钥、短期令牌或管理密钥"},
        "header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "同上"},
    }
    schema["security"] = [{}, {"bearer": []}, {"header": []}]
    return schema
