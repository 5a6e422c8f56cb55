"""Say in Chinese what a validation error found and what it expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MESSAGES = {
    "missing": "缺少必填字段",
    "extra_forbidden": "不认识的字段",
    "json_invalid": "不是合法的 JSON：{error}",
    "string_type": "应为字符串",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "至多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不符",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为有限的数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "list_type": "应为数组",
    "tuple_type": "应为数组",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为 JSON 对象",
    "too_long": "至多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "literal_error": "应为以下之一：{expected}",
    "enum": "应为以下之一：{expected}",
    "date_type": "应为日期，形如 2024-04-02",
    "date_parsing": "应为日期，形如 2024-04-02",
    "date_from_datetime_parsing": "应为日期，形如 2024-04-02",
    "date_from_datetime_inexact": "应为不带时刻的日期，形如 2024-04-02",
    "path_type": "应为路径",
    "url_parsing": "应为网址",
}


def explain(error: Mapping[str, Any]) -> str:
    """Return one Chinese sentence, without full stop, for one entry of pydantic's `errors()`.

    An error type without a sentence of its own keeps pydantic's.
    """
    context = error.get("ctx") or {}
    if error["type"] in ("value_error", "assertion_error"):
        return str(context.get("error", error["msg"]))
    template = _MESSAGES.get(error["type"])
    if template is None:
        return str(error["msg"])
    return template.format_map({key: str(value).replace(" or ", " 或 ") for key, value in context.items()})
