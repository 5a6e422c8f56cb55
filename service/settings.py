"""Read the service's settings: options first, then `WENCE_*` variables, then `.env`, then defaults."""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from service.explain import explain

PREFIX = "WENCE_"
_SECRETS = frozenset({"api_keys", "admin_key", "session_secret", "llm_api_key", "llm_extra"})
# Variables of the project's other programs; here they are neither read nor mistaken for a typing error.
FOREIGN = frozenset({"WENCE_ORIGINALS", "WENCE_CHROMIUM", "WENCE_EVAL_KEY"})


class SettingsError(Exception):
    """A setting is unknown or ill-typed; the message says which, what was found and what was expected."""


def _split(value: object) -> object:
    """Cut a comma-separated string, so that lists can be written in an environment variable."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:_]+(?:/[^\s?#@]*)?")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


def _origin(value: str) -> str:
    if value != "*" and not _ORIGIN.fullmatch(value):
        raise ValueError(f"“{value}”不是来源，应形如 https://portal.example.gov.cn（不带路径），或 *")
    return value


def _embedder(value: str) -> str:
    if value not in ("*", "'self'") and not _ORIGIN.fullmatch(value):
        raise ValueError(f"“{value}”不是来源，应形如 https://portal.example.gov.cn（不带路径）、'self' 或 *")
    return value


def _optional(value: object) -> object:
    """Read an empty variable as unset: `WENCE_ADMIN_KEY=` turns the key off."""
    return None if value == "" else value


def _address(value: object) -> object:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise ValueError(f"“{value}”不是地址，应以 http:// 或 https:// 开头，不带用户名、密码和参数")
    return value.rstrip("/")


def _object(value: object) -> object:
    """Read a JSON object from a string."""
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value or "{}")
    except ValueError as error:
        raise ValueError(f"不是有效的 JSON：{error}") from error
    if not isinstance(found, dict):
        raise ValueError("不是 JSON 对象")
    return found


Origins = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, BeforeValidator(_split)]
Embedders = Annotated[
    tuple[Annotated[str, AfterValidator(_embedder)], ...], NoDecode, BeforeValidator(_split)
]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)]
Secret = Annotated[SecretStr | None, BeforeValidator(_optional)]
Optional = Annotated[str | None, BeforeValidator(_optional)]
Address = Annotated[str | None, BeforeValidator(_address)]
Extra = Annotated[Mapping[str, Any], NoDecode, BeforeValidator(_object)]


def _setting(default: Any, *, says: str, expects: str, **constraints: Any) -> Any:
    """Declare a setting: what it does and what may stand in it, for people, beside pydantic's checks."""
    return Field(default, description=says, json_schema_extra={"expects": expects}, **constraints)


class Settings(BaseSettings):
    """Everything an operator may set. `service/main.py` reads it once; nothing else does."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    index: Path = _setting(Path("var/index"), says="索引所在的文件夹", expects="文件夹路径")
    corpus: Path = _setting(
        Path("corpus"), says="政策文件所在的文件夹，管理接口在这里增删文件", expects="文件夹路径"
    )
    embedding_model: Annotated[str | None, BeforeValidator(_optional)] = _setting(
        None,
        says="嵌入模型：任何 sentence-transformers 模型的名称或文件夹，须与建索引时一致；不设则用自带的模型",
        expects="名称或文件夹路径，或不设",
    )
    host: str = _setting(
        "127.0.0.1", says="监听地址；0.0.0.0 表示所有网卡", expects="主机名或 IP 地址", min_length=1
    )
    port: int = _setting(
        8000, says="监听端口；0 表示任选一个空闲端口", expects="0 到 65535 的整数", ge=0, le=65535
    )
    trusted_proxies: str = _setting(
        "127.0.0.1", says="信任其 X-Forwarded-* 头的反向代理，以逗号分隔", expects="IP 地址或网段，或 *"
    )
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "info", says="日志级别", expects="debug、info、warning 或 error"
    )
    log_format: Literal["text", "json"] = _setting("text", says="日志格式", expects="text 或 json")
    site_title: str = _setting(
        "问策", says="页面上显示的站点名称", expects="1 到 40 个字符", min_length=1, max_length=40
    )
    docs: bool = _setting(True, says="是否提供 /docs 与 /openapi.json", expects="true 或 false")

    refuse_threshold: float | None = _setting(
        None,
        says="低于此置信度的回答改为拒答；不设则用模型自带的、在数据上选定的阈值",
        expects="0 到 1 的小数，或不设",
        ge=0,
        le=1,
    )
    reload_interval: float = _setting(
        2.0, says="多少秒查看一次是否发布了新索引", expects="0.1 到 3600 的秒数", ge=0.1, le=3600
    )
    concurrency: int = _setting(4, says="同时处理的提问数", expects="1 到 256 的整数", ge=1, le=256)
    queue: int = _setting(
        64, says="排队等候的提问数上限，超出即回 503", expects="0 到 10000 的整数", ge=0, le=10000
    )
    request_timeout: float = _setting(
        60.0, says="一次提问最多处理多少秒，超出即回 503", expects="0.1 到 3600 的秒数", ge=0.1, le=3600
    )
    heartbeat: float = _setting(
        10.0,
        says="流式回答空闲多少秒发一次心跳，以免代理断开连接",
        expects="0.1 到 300 的秒数",
        ge=0.1,
        le=300,
    )
    rate_limit: int = _setting(
        120,
        says="每个客户端每分钟的提问数上限；0 表示不限",
        expects="0 到 1000000 的整数",
        ge=0,
        le=1_000_000,
    )
    max_body: int = _setting(
        256 * 1024,
        says="请求体的字节数上限（上传文件除外）",
        expects="1024 到 104857600 的整数",
        ge=1024,
        le=100 * 1024**2,
    )
    max_upload: int = _setting(
        50 * 1024**2,
        says="一次上传的字节数上限",
        expects="1024 到 2147483648 的整数",
        ge=1024,
        le=2 * 1024**3,
    )

    cors_origins: Origins = _setting(
        (),
        says="哪些其他来源的网页可以调用接口（挂件所在的门户），以逗号分隔",
        expects="来源的列表，如 https://portal.example.gov.cn；* 表示任何来源",
    )
    embed_origins: Embedders = _setting(
        ("'self'",),
        says="哪些来源的网页可以用 iframe 嵌入 /embed，以逗号分隔",
        expects="来源的列表、'self' 或 *",
    )
    api_keys: Secrets = _setting(
        (), says="调用接口所需的密钥，以逗号分隔；不设则无需密钥", expects="密钥的列表"
    )
    session_minutes: int = _setting(
        0,
        says="设了接口密钥时，网页可凭短期令牌提问，令牌的有效分钟数；0 表示不发令牌",
        expects="0 到 1440 的整数",
        ge=0,
        le=1440,
    )
    session_secret: Secret = _setting(
        None, says="签发短期令牌所用的密钥；多个进程须相同；不设则每次启动随机生成", expects="至少 16 个字符"
    )
    admin_key: Secret = _setting(None, says="管理接口的密钥；不设则管理接口关闭", expects="至少 16 个字符")
    feedback_db: Path = _setting(
        Path("var/feedback.sqlite3"), says="反馈存放的 SQLite 文件", expects="文件路径"
    )

    llm_base_url: Address = _setting(
        None,
        says="由语言模型撰写回答：OpenAI 接口的地址，须带其路径；不设则回答摘自原文",
        expects="地址，如 http://127.0.0.1:8001/v1，或不设",
    )
    llm_model: Optional = _setting(
        None, says="该接口上的模型名称；不设则用它列出的第一个", expects="名称，或不设"
    )
    llm_api_key: Secret = _setting(None, says="该接口的密钥", expects="密钥，或不设")
    llm_local: Optional = _setting(
        None,
        says="由本机的语言模型撰写回答：transformers 对话模型的名称或文件夹；与 WENCE_LLM_BASE_URL 只设其一",
        expects="名称或文件夹路径，或不设",
    )
    llm_device: str = _setting(
        "auto",
        says="本机语言模型所在的设备；auto 表示有显卡用显卡",
        expects="auto、cpu、cuda、cuda:1 等",
        pattern=r"^[a-z]+(:\d+)?$",
    )
    llm_dtype: Literal["auto", "float32", "bfloat16", "float16"] = _setting(
        "auto",
        says="本机语言模型的数值类型；auto 表示照模型所存",
        expects="auto、float32、bfloat16 或 float16",
    )
    llm_context: int = _setting(
        8192,
        says="提示词与回复合计的词元数上限，不得超过模型所能",
        expects="1024 到 2000000 的整数",
        ge=1024,
        le=2_000_000,
    )
    llm_max_tokens: int = _setting(
        800, says="一次回复的词元数上限，含推理模型的思考", expects="16 到 100000 的整数", ge=16, le=100_000
    )
    llm_temperature: float = _setting(
        0.0, says="采样温度；0 表示每次取最可能的词", expects="0 到 2 的小数", ge=0, le=2
    )
    llm_tokenizer: Annotated[Path | None, BeforeValidator(_optional)] = _setting(
        None,
        says="该模型的 tokenizer.json 所在的文件夹，用来准确计数；不设则估计",
        expects="文件夹路径，或不设",
    )
    llm_extra: Extra = _setting(
        {},
        says="随每次请求另附的参数，用于模型或接口特有的开关；本机的模型只认其中的 chat_template_kwargs",
        expects='JSON 对象，如 {"chat_template_kwargs": {"enable_thinking": false}}',
    )
    llm_stream: bool = _setting(
        True, says="是否让该接口边写边传；只有不支持的网关才关闭", expects="true 或 false"
    )
    llm_timeout: float = _setting(
        30.0,
        says="等一次回复写完最多多少秒，超出即改用摘自原文的回答；须小于 WENCE_REQUEST_TIMEOUT",
        expects="1 到 3600 的秒数",
        ge=1,
        le=3600,
    )
    llm_retries: int = _setting(
        2, says="该接口出错时再试几次，都在上述时间之内", expects="0 到 10 的整数", ge=0, le=10
    )
    llm_concurrency: int = _setting(
        4, says="同时向该接口发出的请求数", expects="1 到 256 的整数", ge=1, le=256
    )
    prompts: Annotated[Path | None, BeforeValidator(_optional)] = _setting(
        None,
        says="自己的提示词所在的文件夹，其中没有的用自带的；不设则都用自带的",
        expects="文件夹路径，或不设",
    )
    answer_cache: int = _setting(
        1000,
        says="缓存多少个回答，同样的问题再来时直接返回；0 表示不缓存",
        expects="0 到 1000000 的整数",
        ge=0,
        le=1_000_000,
    )


def _expects(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return str(extra["expects"]) if isinstance(extra, dict) else ""


def _unknown(names: Iterable[str]) -> str | None:
    """Name the first variable that no setting reads, with the nearest one that exists."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for name in sorted(names):
        upper = name.upper()
        if not upper.startswith(PREFIX) or upper in known or upper in FOREIGN:
            continue
        near = difflib.get_close_matches(upper, known, n=1, cutoff=0.0)
        return f"不认识的设置 {name}；最接近的是 {near[0]}。全部设置见：python -m service settings"
    return None


def load_settings(
    overrides: Mapping[str, Any] | None = None, *, env_file: Path | None = Path(".env")
) -> Settings:
    """Read the settings; `overrides` are the command line's options, by field name.

    Raises SettingsError, in Chinese, for the first unknown variable or for every ill-typed value.
    """
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    try:
        in_file = dotenv_values(env_file) if env_file is not None else {}
    except UnicodeDecodeError as error:
        raise SettingsError(f"{env_file} 不是 UTF-8 编码的文本") from error
    problem = _unknown({*os.environ, *in_file})
    if problem:
        raise SettingsError(problem)
    try:
        settings = Settings(_env_file=env_file, **given)  # type: ignore[call-arg]
    except ValidationError as error:
        raise SettingsError(
            "\n".join(_describe(entry, given, in_file) for entry in error.errors())
        ) from error
    for name in ("admin_key", "session_secret"):
        secret = getattr(settings, name)
        if secret is not None and len(secret.get_secret_value()) < 16:
            found = len(secret.get_secret_value())
            raise SettingsError(f"设置 {PREFIX}{name.upper()} 太短：找到 {found} 个字符，应为至少 16 个字符")
    problem = _at_odds(settings)
    if problem:
        raise SettingsError(problem)
    return settings


def _at_odds(settings: Settings) -> str | None:
    """Say which settings of the language model do not go together."""
    if settings.llm_base_url is None and settings.llm_local is None:
        return None
    if settings.llm_base_url is not None and settings.llm_local is not None:
        return (
            f"WENCE_LLM_BASE_URL（{settings.llm_base_url}）与 WENCE_LLM_LOCAL（{settings.llm_local}）"
            "都设了，只能设其一"
        )
    if settings.llm_timeout >= settings.request_timeout:
        return (
            f"WENCE_LLM_TIMEOUT 是 {settings.llm_timeout:g} 秒，应小于 WENCE_REQUEST_TIMEOUT 的"
            f" {settings.request_timeout:g} 秒，否则来不及改用摘自原文的回答"
        )
    if settings.llm_max_tokens * 2 > settings.llm_context:
        return (
            f"WENCE_LLM_MAX_TOKENS 是 {settings.llm_max_tokens}，应不超过 WENCE_LLM_CONTEXT 的一半"
            f"（{settings.llm_context // 2}），否则放不下政策文件的片段"
        )
    return None


def _describe(error: Any, given: Mapping[str, Any], in_file: Mapping[str, str | None]) -> str:
    name = str(error["loc"][0])
    variable = PREFIX + name.upper()
    if name in given:
        where, found = f"选项 --{name.replace('_', '-')}", given[name]
    elif variable in {key.upper() for key in os.environ}:
        where, found = f"环境变量 {variable}", os.environ.get(variable, error["input"])
    else:
        where, found = f".env 中的 {variable}", in_file.get(variable, error["input"])
    shown = "（已隐去）" if name in _SECRETS else f"“{found}”"
    return f"{where} 不对：找到 {shown}，应为{_expects(Settings.model_fields[name])}（{explain(error)}）"


def settings_table() -> str:
    """Return every setting as a Markdown table, for the README."""
    rows = ["| 环境变量 | 选项 | 默认 | 说明 | 可取 |", "| --- | --- | --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        rows.append(
            f"| `{PREFIX}{name.upper()}` | `--{name.replace('_', '-')}` | {_default(field)} "
            f"| {field.description} | {_expects(field)} |"
        )
    return "\n".join(rows)


def _default(field: FieldInfo) -> str:
    default = field.default
    if default is None or default in ((), "", {}):
        return "不设"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{','.join(default)}`" if isinstance(default, tuple) else f"`{default}`"
