"""Read a policy file of any supported format as text."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from indexer.encoding import UNREADABLE
from indexer.errors import UnreadableFile
from indexer.formats import docx, html, markdown, pdf, text
from indexer.front_matter import read_side_file
from indexer.furniture import drop_furniture
from indexer.source_text import Extraction, SourceLine, SourceText, line_starts

__all__ = ["SUFFIXES", "Extraction", "SourceLine", "SourceText", "read", "supported"]

logger = logging.getLogger(__name__)

# A new format is one module with SUFFIXES and `read(data: bytes, name: str) -> Extraction`, named here.
FORMATS: Sequence[ModuleType] = (text, markdown, html, docx, pdf)
SUFFIXES: dict[str, ModuleType] = {suffix: module for module in FORMATS for suffix in module.SUFFIXES}

SAVE_AS = {
    ".doc": "旧版 Word 文件，请另存为 .docx",
    ".wps": "WPS 文字文件，请另存为 .docx",
    ".ofd": "OFD 版式文件，请导出为带文字层的 .pdf",
    ".rtf": "请另存为 .docx",
}


def supported(path: Path) -> bool:
    """Whether `read` knows the suffix of `path`."""
    return path.suffix.lower() in SUFFIXES


def read(path: Path) -> SourceText:
    """Read one file; raise UnreadableFile, with the cause in Chinese, where that can't be done.

    Metadata of a side file `NAME.meta.yaml` wins over front matter, and that over the page's own.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        advice = f"（{SAVE_AS[suffix]}）" if suffix in SAVE_AS else ""
        kind = suffix or "没有扩展名"
        raise UnreadableFile(f"不支持的格式：{kind}{advice}；支持 {' '.join(sorted(SUFFIXES))}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"无法打开：{error.strerror or error}") from error
    if not data.strip(b" \t\r\n\x00"):
        raise UnreadableFile("空文件")
    extraction = _extract(SUFFIXES[suffix], data, path.name)
    lines, stated = drop_furniture(extraction.lines)
    text = "\n".join(line.text for line in lines)
    if not any(character.isalnum() for character in text):
        raise UnreadableFile("空文件：没有读到文字")
    flaws = text.count(UNREADABLE)
    flawed = (f"有 {flaws} 处字节无法解码，以 {UNREADABLE} 代替",) if flaws else ()
    headings = zip(line_starts(lines), lines, strict=True)
    return SourceText(
        text=text,
        title=extraction.title,
        headings=tuple((start, line.level) for start, line in headings if line.level is not None),
        metadata={**stated, **extraction.metadata, **read_side_file(path)},
        warnings=extraction.warnings + flawed,
    )


def _extract(module: ModuleType, data: bytes, name: str) -> Extraction:
    try:
        extraction: Extraction = module.read(data, name)
    except UnreadableFile:
        raise
    except Exception as error:  # A damaged file makes the libraries underneath raise whatever they meet.
        logger.warning("%s can't be read", name, exc_info=True)
        raise UnreadableFile(f"损坏：读取时出错（{type(error).__name__}: {error}）") from error
    return extraction
