"""Read the service's settings: options first, then `WENCE_*` variables, then `.env`, then defaults."""

from __future__ import annotations

import difflib
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
# Variables of the project's other programs; here they are neither read nor mistaken for a typing error.
FOREIGN = frozenset({"WENCE_ORIGINALS", "WENCE_CHROMIUM"})


class SettingsError(Exception):
    """A setting is unknown or ill-typed; the message says which, what was found and what was expected."""


def _split(value: object) -> object:
    """Cut a comma-separated string, so that lists can be written in an environment variable."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


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


Origins = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, BeforeValidator(_split)]
Embedders = Annotated[
    tuple[Annotated[str, AfterValidator(_embedder)], ...], NoDecode, BeforeValidator(_split)
]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)]
Secret = Annotated[SecretStr | None, BeforeValidator(_optional)]


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
    return settings


def _describe(error: Any, given: Mapping[str, Any], in_file: Mapping[str, str | None]) -> str:
    name = str(error["loc"][0])
    variable = PREFIX + name.upper()
    if name in given:
        where, found = f"选项 --{name.replace('_', '-')}", given[name]
    elif variable in {key.upper() for key in os.environ}:
        where, found = f"环境变量 {variable}", os.environ.get(variable, error["input"])
    else:
        where, found = f".env 中的 {variable}", in_file.get(variable, error["input"])
    shown = "（已隐去）" if name in ("api_keys", "admin_key", "session_secret") else f"“{found}”"
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
    if default is None or default in ((), ""):
        return "不设"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{','.join(default)}`" if isinstance(default, tuple) else f"`{default}`"
