"""Files of every format, made up for tests, and a way to read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.errors import UnreadableFile
from indexer.formats import SourceText, read

ReadFile = Callable[[str, "str | bytes"], SourceText]

POLICY = [
    "云泽市人民政府办公室关于印发《云泽市扶持夜市十条》的通知",
    "云政办发〔2023〕17号",
    "各区县人民政府，市直各部门：",
    "《云泽市扶持夜市十条》已经市政府同意，现印发给你们，请照此执行。",
    "云泽市人民政府办公室",
    "2023年6月8日",
    "一、降低成本",
    "（一）夜市摊位费在头一年减半收取，市财政按减收额的60%补助到街道。（责任单位：市财政局）",
    "1. 每户补助不超过1,500元；",
    "二、优化服务",
    "各区设立夜市服务专窗，当天办结备案。",
    "附件：1.夜市名录",
]


def reader(folder: Path) -> ReadFile:
    """Return a function that writes a file of this name and content into `folder` and reads it."""

    def write_and_read(name: str, content: str | bytes) -> SourceText:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path)

    return write_and_read


def lines(source: SourceText) -> list[str]:
    return source.text.split("\n")


def cause(file: ReadFile, name: str, content: str | bytes) -> str:
    """The words of the refusal to read a file."""
    with pytest.raises(UnreadableFile) as raised:
        file(name, content)
    return str(raised.value)
