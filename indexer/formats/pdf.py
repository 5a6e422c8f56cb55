"""Read the text layer of PDF files: lines joined to paragraphs, no running heads or page numbers."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from indexer.errors import UnreadableFile
from indexer.source_text import BLANK, Extraction, SourceLine, title_hint
from indexer.wrapping import Row, join, measure, width

SUFFIXES = (".pdf",)

PAGE_NUMBER = re.compile(
    r"[\s—–―\-─·•.|]*(?:第\s*)?(?:\d{1,4}|[ivxlc]{1,6})\s*(?:页)?[\s—–―\-─·•.|]*"
    r"|(?:第\s*)?\d{1,4}\s*页?\s*[/／,，]?\s*(?:共\s*)?\d{1,4}\s*页?|Page\s+\d+(?:\s+of\s+\d+)?",
    re.IGNORECASE,
)
SPACES = re.compile(r"[ \t]{2,}|\t")
DIGITS = re.compile(r"\d+")
TWO_BYTES = re.compile(rb"begincodespacerange\s*<0000>\s*<[fF]{4}>")
_HAN = r"[\u2e80-\u9fff\uf900-\ufaff，。、；：！？“”‘’（）《》〔〕]"
HAN_SPACE = re.compile(rf"(?<={_HAN}) (?={_HAN})")
HAN_PAIR = re.compile(rf"(?<={_HAN}) ?(?={_HAN})")
EDGE = 3
"""Lines at the head or the foot of a page that may be a running head."""
UNMAPPED = 0.05
"""A text layer with a larger share of characters without meaning can't be trusted."""
# Fonts draw 人 and the radical ⼈ with one glyph, and many producers then write the radical's code.
_RADICALS = "⺁⺄⺊⺒⺓⺝⺟⺠⺧⺩⺬⺶⻁⻄⻅⻆⻉⻋⻑⻒⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻲⻳⼾⾭⿈⿊"
_IDEOGRAPHS = "厂乙卜巳幺月母民牛王示羊虎西见角贝车長镸长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙亀龟户青黄黑"
RADICALS = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
    **dict(zip(map(ord, _RADICALS), _IDEOGRAPHS, strict=True)),
}


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    x: float
    y: float
    right: float
    size: float


def read(data: bytes, name: str) -> Extraction:
    """Read a .pdf file; raise UnreadableFile for an encrypted one, and for scans without text layer."""
    reader = _open(data)
    pages: list[list[_Line]] = []
    for page in reader.pages:
        pages.append(_page_lines(page))
    silent = [number for number, lines in enumerate(pages, start=1) if not lines]
    if len(silent) == len(pages):
        raise UnreadableFile(f"扫描件没有文字层：共 {len(pages)} 页，请先做文字识别（OCR）再放入")
    _check_mapping(pages)
    size = Counter(round(line.size) for lines in pages for line in lines for _ in line.text).most_common(1)[
        0
    ][0]
    rows = [row for lines in _without_running_heads(pages) for row in _rows(lines, float(size or 10))]
    lines = tuple(SourceLine(text) for text in join(rows, measure(rows)) if text.strip())
    title = _title(reader)
    warnings = (f"第 {'、'.join(map(str, silent))} 页没有文字层，未读入",) if silent else ()
    return Extraction(lines, title, warnings=warnings)


def _open(data: bytes) -> Any:
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        # Many a public file is locked against changes only and opens with an empty password.
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise UnreadableFile("加密：PDF 设有打开密码，请去除密码后再放入")
        count = len(reader.pages)
    except DependencyError as error:
        raise UnreadableFile(f"加密：打开这种加密的 PDF 需要安装 cryptography（{error}）") from error
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError) as error:
        raise UnreadableFile(f"损坏：不是完整的 PDF（{error}）") from error
    if count == 0:
        raise UnreadableFile("空文件：PDF 没有页面")
    return reader


def _page_lines(page: Any) -> list[_Line]:
    """Lines of one page in the order in which the file draws them."""
    lines: list[_Line] = []
    pieces: list[_Line] = []

    def end() -> None:
        nonlocal pieces
        text = _clean("".join(piece.text for piece in pieces))
        worded = [piece for piece in pieces if piece.text.strip()]
        if text and worded:
            first = worded[0]
            right = max(piece.right for piece in worded)
            lines.append(_Line(text, first.x, first.y, right, max(piece.size for piece in worded)))
        pieces = []

    def visit(text: str, cm: Sequence[float], tm: Sequence[float], font: object, size: float) -> None:
        scale = (abs(tm[0] * tm[3] - tm[1] * tm[2]) * abs(cm[0] * cm[3] - cm[1] * cm[2])) ** 0.5 or 1.0
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        for number, part in enumerate(text.split("\n")):
            if number:
                end()
            if part:
                em = size * scale
                indent = width(part[: len(part) - len(part.lstrip())]) * em
                pieces.append(_Line(part, x + indent, y, x + width(part.rstrip()) * em, em))

    from pypdf.errors import PyPdfError

    try:
        _name_encodings(page)
        page.extract_text(visitor_text=visit)
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise UnreadableFile(f"损坏：第 {page.page_number + 1} 页无法读取（{error}）") from error
    end()
    return lines


def _name_encodings(page: Any) -> None:
    """Give fonts with an embedded two-byte encoding its usual name; pypdf takes it for a one-byte encoding.

    The text then comes from the font's own map to Unicode, as it should.
    """
    from pypdf.generic import NameObject, StreamObject

    resources = page.get("/Resources")
    fonts = resources.get_object().get("/Font") if resources is not None else None
    for reference in fonts.get_object().values() if fonts is not None else ():
        font = reference.get_object()
        encoding = font.get("/Encoding")
        encoding = encoding.get_object() if encoding is not None else None
        if font.get("/ToUnicode") is None or not isinstance(encoding, StreamObject):
            continue
        if TWO_BYTES.search(encoding.get_data()):
            font[NameObject("/Encoding")] = NameObject("/Identity-H")


def _clean(text: str) -> str:
    """The line's words; spaces that a justified line shows between its characters are none."""
    text = SPACES.sub(" ", text.translate(RADICALS)).strip(BLANK)
    spaces, pairs = len(HAN_SPACE.findall(text)), len(HAN_PAIR.findall(text))
    return HAN_SPACE.sub("", text) if spaces >= 4 and spaces >= 0.3 * pairs else text


def _check_mapping(pages: Sequence[Sequence[_Line]]) -> None:
    """Refuse a text layer whose characters have lost their meaning."""
    text = "".join(line.text for lines in pages for line in lines)
    unmapped = sum(
        unicodedata.category(character) in {"Co", "Cn", "Cc"} or character == "\ufffd" for character in text
    )
    if unmapped > UNMAPPED * len(text):
        found = f"{len(text)} 个字符里 {unmapped} 个无法还原"
        raise UnreadableFile(f"损坏：文字层的字体缺少字符映射，{found}；请另存或做文字识别（OCR）")


def _without_running_heads(pages: Sequence[Sequence[_Line]]) -> Iterator[list[_Line]]:
    """Drop page numbers and the lines that stand at the edge of most pages, but for the figures in them."""
    edges: Counter[str] = Counter()
    for lines in pages:
        edges.update({_mask(line.text) for line in _edge(lines)})
    often = {text for text, count in edges.items() if count >= max(3, 0.4 * len(pages))}
    for lines in pages:
        top, bottom = _extremes(lines)
        edge = set(map(id, _edge(lines)))
        yield [
            line
            for line in lines
            if not (id(line) in edge and _mask(line.text) in often)
            and not (line.y in (top, bottom) and PAGE_NUMBER.fullmatch(line.text))
        ]


def _edge(lines: Sequence[_Line]) -> list[_Line]:
    by_height = sorted(lines, key=lambda line: -line.y)
    return by_height[:EDGE] + by_height[max(EDGE, len(by_height) - EDGE) :]


def _extremes(lines: Sequence[_Line]) -> tuple[float, float]:
    heights = [line.y for line in lines]
    return max(heights, default=0.0), min(heights, default=0.0)


def _mask(text: str) -> str:
    return DIGITS.sub("#", text.replace(" ", ""))


def _rows(lines: Sequence[_Line], size: float) -> Iterator[Row]:
    """The lines of a page as rows, in ems of the text's type size."""
    gaps = [above.y - line.y for above, line in pairwise(lines) if above.y > line.y]
    usual = sorted(gaps)[len(gaps) // 2] if gaps else 0.0
    above: _Line | None = None
    for line in lines:
        breaks = above is not None and (
            abs(line.size - above.size) > 0.15 * size
            or above.y - line.y > 1.7 * usual
            or line.y > above.y + size
        )
        yield Row(line.text, line.x / size, line.right / size, breaks=breaks)
        above = line


def _title(reader: Any) -> str | None:
    try:
        title = reader.metadata.title if reader.metadata is not None else None
    except Exception:  # A broken title is no reason to lose the text.
        return None
    return title_hint(str(title or ""))
