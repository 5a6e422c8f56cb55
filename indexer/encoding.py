"""Find the encoding of a Chinese text, which may be a few characters long, and decode it."""

from __future__ import annotations

import codecs
import unicodedata
from collections import Counter

from charset_normalizer import from_bytes

from indexer.errors import UnreadableFile

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # Before UTF-16: its mark begins with that of UTF-16 LE.
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
PLAUSIBLE = 0.85
"""Least share of everyday characters in a text decoded by guess: real texts have over .95."""
UNREADABLE = "\ufffd"
FLAWS = 1 / 500
"""Share of a text's characters that may be damaged: pages cut a character in half, in a description say."""
PLAUSIBLE_AS_DECLARED = 0.5
"""Likewise in the encoding that the file itself names."""
WHOLE_TEXT = 64 * 1024
"""Bytes looked at when scoring a guess; decoding itself is always of the whole."""

EVERYDAY = frozenset("·×÷°±§¥¨\xa0㎡㎏\u200b\ufeff")

NAMES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "utf8": "utf-8",
    "unicode": "utf-16",
    "x-x-big5": "big5hkscs",
    "big5": "big5hkscs",
}
"""Encodings by the names that pages declare them under, each as the superset that readers use for it."""


def decode(data: bytes, *, declared: str | None = None) -> str:
    """Decode UTF-8, UTF-16, GB18030 (with GBK, GB2312) or Big5, with or without byte order mark.

    `declared` is what the file says of itself; it counts unless the bytes contradict it. Line ends
    become `\\n`. A few damaged bytes become U+FFFD. Raises UnreadableFile where no encoding gives a
    plausible text.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _lines(_strict(data[len(mark) :], encoding))
    if declared is not None:
        text = _attempt(data, NAMES.get(declared.strip().lower(), declared.strip()))
        if text is not None and plausibility(text) >= PLAUSIBLE_AS_DECLARED:
            return _checked(text, declared)
    text = _attempt(data, "utf-8")
    if text is not None and not _controls(text) and not _looks_like_gbk(text, data):
        return _lines(text)
    guesses = {
        encoding: guess
        for encoding in ("gb18030", "utf-16-le", "utf-16-be", "big5hkscs")
        if (guess := _attempt(data, encoding)) is not None
    }
    scores = {encoding: plausibility(guess) for encoding, guess in guesses.items()}
    best = max(scores, key=scores.__getitem__, default=None)
    if best is not None and scores[best] >= PLAUSIBLE:
        return _checked(guesses[best], best)
    if text is not None:
        return _checked(text, "UTF-8")
    match = from_bytes(data).best()
    text = _attempt(data, match.encoding) if match is not None else None
    if match is not None and text is not None and plausibility(text) >= PLAUSIBLE:
        return _checked(text, match.encoding)
    for encoding in ("utf-8", "gb18030"):
        text = data.decode(encoding, "replace")
        if text.count(UNREADABLE) <= FLAWS * len(text) and plausibility(text) >= PLAUSIBLE:
            return _checked(text, encoding)
    raise UnreadableFile(_cause(data))


def plausibility(text: str) -> float:
    """Return the share, 0 to 1, of everyday characters among those that are no white space.

    Everyday are printable ASCII, Chinese punctuation, full-width forms and the frequent Han
    characters, simplified (3,755) or traditional (5,401), whichever repertoire fits better. Bytes
    read in a wrong encoding give mostly rare ones.
    """
    counts = Counter(character for character in text[:WHOLE_TEXT] if not character.isspace())
    total = counts.total()
    if not total:
        return 0.0
    simplified = sum(_worth(character, "gb2312", range(0xB0, 0xD8)) * n for character, n in counts.items())
    traditional = sum(_worth(character, "big5", range(0xA4, 0xC7)) * n for character, n in counts.items())
    return max(simplified, traditional) / total


def _worth(character: str, charset: str, frequent: range) -> float:
    if "!" <= character <= "~":
        return 1.0
    if character < "\x80":  # Control characters.
        return -1.0
    if "一" <= character <= "鿿":
        try:
            lead = character.encode(charset)[0]
        except UnicodeEncodeError:
            return 0.2
        return 1.0 if lead in frequent else 0.6
    punctuation = "　" <= character <= "〿" or "！" <= character <= "￥" or "‐" <= character <= "※"
    if punctuation or character in EVERYDAY or unicodedata.category(character) == "No":
        return 1.0
    return 0.5 if "α" <= character <= "ω" or "─" <= character <= "◿" or "∀" <= character <= "⋿" else 0.0


def _looks_like_gbk(text: str, data: bytes) -> bool:
    """Whether valid UTF-8 is more likely a few words of GBK: Greek or Arabic letters that read as Han."""
    foreign = [character for character in text if character >= "\x80"]
    if not foreign or any(character > "\u07ff" for character in foreign):
        return False
    other = _attempt(data, "gb18030")
    return other is not None and plausibility(other) > max(0.95, plausibility(text))


def _attempt(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"编码无法识别：文件头标明 {encoding.upper()}，但第 {error.start + 1} 字节起无法解码"
        ) from error


def _controls(text: str) -> int:
    """How many control characters a text holds; 0 where they are too few to tell anything."""
    found = sum(character < " " and character not in "\t\n\r\f\v" for character in text)
    return found if found > len(text) // 100 else 0


def _checked(text: str, encoding: str) -> str:
    if controls := _controls(text):
        found = f"按 {encoding.upper()} 读出 {controls} 个控制字符"
        raise UnreadableFile(f"编码无法识别：{found}，像是二进制文件")
    return _lines(text)


def _cause(data: bytes) -> str:
    if b"\x00" in data[:WHOLE_TEXT]:
        return "编码无法识别：含有空字节，像是二进制文件；应为 UTF-8、GB18030 或 UTF-16 文本"
    reached = {}
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError as error:
            reached[encoding] = error.start
    if not reached:
        return "编码无法识别：应为 UTF-8、GB18030 或 UTF-16 文本"
    nearest = max(reached, key=reached.__getitem__)
    where = f"最接近 {nearest.upper()}，但第 {reached[nearest] + 1} 字节起无法解码"
    return f"编码无法识别：{where}；应为 UTF-8、GB18030 或 UTF-16 文本"


def _lines(text: str) -> str:
    """Part lines by `\\n` alone, whatever separator the file uses."""
    return "\n".join(text.removeprefix("\ufeff").splitlines())
