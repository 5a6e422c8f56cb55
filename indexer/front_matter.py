"""Read metadata that people write beside a text: front matter at its head, or a side file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import yaml

from indexer.encoding import decode
from indexer.errors import UnreadableFile

TEXTS = frozenset({"title", "issuer", "number", "region", "status", "digest_of"})
DATES = frozenset({"issued_on", "effective_on", "expires_on", "published_on"})
SIDE_SUFFIX = ".meta.yaml"

FENCE = re.compile(r"---[ \t]*\n(?P<block>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
KEY_LINE = re.compile(r"[A-Za-z_一-鿿][\w-]*[ \t]*:(?:[ \t]|$)")
DATE = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[ T]\d{1,2}:\d{2}.*)?"
)


def split_front_matter(text: str) -> tuple[dict[str, str | None], str]:
    """Return the metadata of a `---` block at the very head of `text`, and the text after it.

    Without such a block, or where its first line is no `key:`, the text comes back whole: a rule
    of dashes is no front matter. Raises UnreadableFile where the block can't be understood.
    """
    match = FENCE.match(text)
    if match is None:
        return {}, text
    written = [
        line for line in match["block"].split("\n") if line.strip() and not line.lstrip().startswith("#")
    ]
    if written and not KEY_LINE.match(written[0]):
        return {}, text
    return _metadata(match["block"], "front matter", first_line=2), text[match.end() :]


def read_side_file(path: Path) -> dict[str, str | None]:
    """Return the metadata of `NAME.meta.yaml` beside the file `path`; empty where there is none.

    `NAME` is the file's name without or with its suffix; the longer name wins.
    """
    for name in (path.name + SIDE_SUFFIX, path.stem + SIDE_SUFFIX):
        side = path.with_name(name)
        if not side.is_file():
            continue
        try:
            data = side.read_bytes()
        except OSError as error:
            raise UnreadableFile(f"{name} 无法打开：{error.strerror or error}") from error
        return _metadata(decode(data), name, first_line=1) if data.strip() else {}
    return {}


def iso_date(text: str) -> str | None:
    """Return `2022-02-25`, `2022/2/25` or `2022年2月25日` as `YYYY-MM-DD`; None for what is no date."""
    match = DATE.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
    except ValueError:
        return None


def _metadata(block: str, where: str, *, first_line: int) -> dict[str, str | None]:
    try:
        values: object = yaml.safe_load(block)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第 {mark.line + first_line} 行" if mark is not None else ""
        problem = getattr(error, "problem", None) or "无法解析"
        raise UnreadableFile(
            f"{where} {line}不是有效的 YAML（{problem}）；值里含冒号、# 或引号时请用引号括起"
        ) from error
    except ValueError as error:  # PyYAML builds dates itself: 2022-13-01.
        raise UnreadableFile(f"{where} 里有不存在的日期（{error}）") from error
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise UnreadableFile(f"{where} 应为“键: 值”，实际是{_kind(values)}")
    return {str(key): _value(str(key), value, where) for key, value in values.items()}


def _value(key: str, value: object, where: str) -> str | None:
    if value is None:
        return None
    if key in DATES:
        if isinstance(value, datetime):
            return value.date().isoformat()
        if isinstance(value, date):
            return value.isoformat()
        found = iso_date(value) if isinstance(value, str) else None
        if found is None:
            raise UnreadableFile(f"{where} 的 {key} 应为日期（如 2022-02-25），实际是{_kind(value)} {value}")
        return found
    if isinstance(value, str):
        return value.strip() or None
    if key in TEXTS:
        raise UnreadableFile(
            f"{where} 的 {key} 应为文字，实际是{_kind(value)} {_plain(value)}；是文字就用引号括起"
        )
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "真假值"
    if isinstance(value, (int, float)):
        return "数值"
    if isinstance(value, date):
        return "日期"
    if isinstance(value, list):
        return "列表"
    return "映射" if isinstance(value, Mapping) else "文字"
