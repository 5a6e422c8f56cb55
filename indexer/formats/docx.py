"""Read Word files (.docx): paragraphs, tables and automatic numbers, in the order of the document."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree

from indexer.errors import UnreadableFile
from indexer.formats.word_numbering import Numbering
from indexer.source_text import BLANK, Extraction, SourceLine, title_hint

SUFFIXES = (".docx", ".docm")

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LARGEST = 512 * 1024 * 1024
"""Bytes that a file may unpack to; a larger one is no policy."""
HEADING_STYLE = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
TITLE_STYLES = frozenset({"title", "标题"})
CONTENTS_STYLE = re.compile(r"(?:toc|目录)\s*\d", re.IGNORECASE)
LONGEST_HEADING = 80

# Deleted text, field codes, readings over characters, and the copy of a drawing that old programs read.
UNSEEN = {
    qn(f"w:{name}") for name in ("del", "moveFrom", "instrText", "delText", "rt", "pPr", "rPr", "sdtPr")
} | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
TEXTS = {qn("w:t"), qn("m:t")}
BREAKS = {qn("w:br"), qn("w:cr")}


@dataclass(frozen=True, slots=True)
class _Word:
    styles: dict[str, Any]
    numbering: Numbering


def read(data: bytes, name: str) -> Extraction:
    """Read a .docx file; headers, footers, comments and a generated table of contents stay out."""
    document = _open(data)
    styles = {style.style_id: style for style in document.styles}
    word = _Word(styles, Numbering(document.part, styles))
    lines = tuple(_blocks(document.element.body, word))
    return Extraction(lines + tuple(_footnotes(document)), title_hint(document.core_properties.title))


def _open(data: bytes) -> Any:
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UnreadableFile("加密：Word 文件设有打开密码，请去除密码后再放入")
        raise UnreadableFile("不支持的格式：扩展名是 .docx，内容却是旧版 Word（.doc）文件，请另存为 .docx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            encrypted = any(entry.flag_bits & 1 for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableFile(f"损坏：不是完整的 .docx 文件（{error}）") from error
    if encrypted:
        raise UnreadableFile("加密：.docx 压缩包设有密码，请去除密码后再放入")
    if size > LARGEST:
        raise UnreadableFile(f"损坏：解压后有 {size >> 20} MB，上限是 {LARGEST >> 20} MB")
    try:
        return docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise UnreadableFile(f"损坏：不是完整的 .docx 文件（{error}）") from error


def _blocks(parent: Any, word: _Word) -> Iterator[SourceLine]:
    for child in parent:
        if child.tag == qn("w:p"):
            yield from _paragraph(child, word)
        elif child.tag == qn("w:tbl"):
            yield from _table(child, word)
        elif child.tag == qn("w:sdt"):
            gallery = child.find(f"{qn('w:sdtPr')}/{qn('w:docPartObj')}/{qn('w:docPartGallery')}")
            content = child.find(qn("w:sdtContent"))
            if content is not None and (gallery is None or gallery.get(qn("w:val")) != "Table of Contents"):
                yield from _blocks(content, word)
        elif child.tag in {qn("w:ins"), qn("w:moveTo"), qn("w:customXml"), qn("w:smartTag")}:
            yield from _blocks(child, word)


def _paragraph(paragraph: Any, word: _Word) -> Iterator[SourceLine]:
    style = _style(paragraph, word)
    name = (style.name or "") if style is not None else ""
    if CONTENTS_STYLE.match(name):
        return
    boxes: list[Any] = []
    text = "".join(_words(paragraph, boxes))
    marker = word.numbering.marker(paragraph, style)
    level = _level(paragraph, style)
    for number, line in enumerate(text.split("\n")):
        words = line.strip(BLANK)
        if words:
            words = marker + words if number == 0 else words
            yield SourceLine(words, level if len(words) <= LONGEST_HEADING else None)
    for box in boxes:
        yield from _blocks(box, word)


def _words(element: Any, boxes: list[Any]) -> Iterator[str]:
    """The words of a paragraph; a text box in it is put into `boxes`, a line break is `\\n`."""
    for child in element:
        if child.tag in UNSEEN or (child.tag == qn("w:r") and _is_vanished(child)):
            continue
        if child.tag in TEXTS:
            yield child.text or ""
        elif child.tag == qn("w:tab"):
            yield "\t"
        elif child.tag in BREAKS:
            yield "\n"
        elif child.tag == qn("w:noBreakHyphen"):
            yield "-"
        elif child.tag == qn("w:txbxContent"):
            boxes.append(child)
        else:
            yield from _words(child, boxes)


def _is_vanished(run: Any) -> bool:
    vanish = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return vanish is not None and vanish.get(qn("w:val")) not in {"0", "false", "off"}


def _table(table: Any, word: _Word) -> Iterator[SourceLine]:
    """One line a row, cells joined by ` | `; a table that only places things, as its lines."""
    rows = [row for row in table.iter(qn("w:tr")) if next(row.iterancestors(qn("w:tbl"))) is table]
    grid = [[list(_blocks(cell, word)) for cell in _cells(row)] for row in rows]
    nested = next(table.iterdescendants(qn("w:tbl")), None) is not None
    layout = (
        nested or max(map(len, grid), default=0) <= 1 or any(_is_long(cell) for row in grid for cell in row)
    )
    for row in grid:
        if layout:
            yield from (line for cell in row for line in cell)
        elif any(row):
            yield SourceLine(" | ".join(" ".join(line.text for line in cell) for cell in row))


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row.iter(qn("w:tc")) if next(cell.iterancestors(qn("w:tr"))) is row]


def _is_long(cell: list[SourceLine]) -> bool:
    return len(cell) >= 4 and sum(len(line.text) for line in cell) > 400


def _style(paragraph: Any, word: _Word) -> Any:
    name = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return None if name is None else word.styles.get(name.get(qn("w:val")))


def _level(paragraph: Any, style: Any) -> int | None:
    """Heading level from the style or the outline level; 0 for a title."""
    outline = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    seen = 0
    while outline is None and style is not None and seen < 10:
        name = (style.name or "").strip()
        if name.lower() in TITLE_STYLES:
            return 0
        if match := HEADING_STYLE.match(name):
            return int(match[1])
        outline = style.element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        style, seen = getattr(style, "base_style", None), seen + 1
    if outline is None:
        return None
    level = int(outline.get(qn("w:val")) or 9)
    return level + 1 if level < 9 else None


def _footnotes(document: Any) -> Iterator[SourceLine]:
    """Notes of the text, after it; Word keeps them in a part of their own."""
    for relation in document.part.rels.values():
        if not relation.reltype.endswith("/footnotes"):
            continue
        root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
        for note in root.iterchildren(qn("w:footnote")):
            if note.get(qn("w:type")) is None:
                words = "".join("".join(_words(paragraph, [])) for paragraph in note.iter(qn("w:p"))).strip()
                if words:
                    yield SourceLine(words)
