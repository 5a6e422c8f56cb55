"""Cut what a language model writes, while it is writing, into statements with the marks they cite.

A statement is a sentence, a list item's sentence, a heading or a table row. Markdown and marks are
taken off, so that what is checked is what is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from service.sentences import sentences

Kind = Literal["sentence", "item", "heading", "header", "row", "code"]

_WORD = r"(?:\^|(?:来源|资料|材料|片段|文档|引用|参考|sources?|passages?)\s*)?"
_NUMBERS = rf"{_WORD}\d{{1,2}}(?:\s*[,，、;；和与\-–—~至]\s*{_WORD}\d{{1,2}})*"
_OPEN, _CLOSE = r"[\[【［〔{]", r"[\]】］〕}]"
_MARK = re.compile(
    rf"[ \t]*(?:<sup>)?(?:\\?{_OPEN}\s*{_NUMBERS}\s*\\?{_CLOSE}"
    rf"|[(（]\s*(?:(?:参见|详见|见|来源|资料|依据|引自|sources?)[:：]?\s*)+{_OPEN}?\d{{1,2}}{_CLOSE}?"
    rf"(?:\s*[,，、]?\s*(?:资料|来源)?{_OPEN}?\d{{1,2}}{_CLOSE}?)*\s*[)）]"
    rf"|(?:资料|来源|片段)\s*\d{{1,2}}(?!\d|\s*[年月日号项条个份])"
    rf"|(?<=\S)[(（]\d{{1,2}}[)）](?=[。；，,;!！]|\s*$))(?:</sup>)?",
    re.IGNORECASE,
)
_MAY_BECOME_A_MARK = re.compile(
    rf"[ \t]*(?:<[^>]{{0,3}}>?|\\)?(?:{_OPEN}[^\]】］〕}}]{{0,24}}|[(（][^)）]{{0,24}}|</?[sup]{{0,3}})?$",
    re.I,
)
_RANGE = re.compile(r"(\d{1,2})\s*[-–—~至]\s*(\d{1,2})")
_STOPS = "。！？!?."
_PAIRS = ("（）", "“”", "‘’", "《》", "「」", "『』", "【】")
_FAR = 400
"""A bracket that has not closed after this many characters holds nothing together."""
_PREFIX = re.compile(
    r"\s*(?:>\s*)*(?:(?P<item>(?:[-*+•·●○▪–]\s+|[•·●○▪])|\d{1,2}[.．、)）](?!\d)\s*|[(（][一二三四五六七八九十\d]{1,3}[)）]\s*"
    r"|[①-⑳]\s*|[一二三四五六七八九十]{1,3}、\s*)|(?P<heading>#{1,6}\s+))"
)
_TABLE_RULE = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|)*\s*:?-{2,}:?\s*\|?\s*$")
_HORIZONTAL = re.compile(r"\s*(?:[-*_=]\s*){3,}$")
_FENCE = re.compile(r"\s*(?:```|~~~)\s*(\w*)")
_EMPHASIS = re.compile(
    r"\*\*|__|~~|`|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|</?(?:b|strong|em|i|u|sup|sub|p)>", re.I
)
_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)([^*_]{1,40})(?:\*\*|__)\s*[：:]?\s*$")
_FRAME = re.compile(
    r"^(?:(?:综上(?:所述)?|总之|总的来说|简而言之|因此|所以|另外|此外|同时|其中|具体来说|具体而言|需要注意的是|请注意)[，,：:]\s*)*"
    r"(?:(?:根据|依据|按照|依照|据|参照|结合)(?:您提供的|所给的?|上述|以上|提供的|现有的?|相关)?"
    r"(?:资料|材料|片段|来源|内容|原文|参考资料)*(?:的规定|规定|显示|所述|所载|记载|可知|内容)?[，,：:]\s*"
    r"|(?:资料|材料|原文)(?:中)?(?:显示|规定|指出|记载|提到)[，,：:]?\s*)?"
    r"|^(?:(?:based on|according to) (?:the )?(?:provided |given |above )?(?:sources?|passages?|materials?|documents?)\s*,\s*)"
    r"|^(?:in summary|in short|overall|additionally|therefore)\s*,\s*",
    re.IGNORECASE,
)
_THINKS, _THOUGHT = re.compile(r"<think(?:ing)?>", re.I), re.compile(r"</think(?:ing)?>", re.I)
_PROSE_FENCES = ("", "markdown", "md", "text", "txt")
_CHATTER = re.compile(
    r"(?:来源|出处|参考(?:资料|文献|来源)?|引用(?:资料|来源)?|依据|资料来源|sources?|references?)?[：:]?[\s、，,和与。.]*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Said:
    """One statement of a reply."""

    text: str
    """Its words on one line, without Markdown and without marks."""
    marks: tuple[int, ...] = ()
    """The numbers of the sources it cites, in order, none twice."""
    kind: Kind = "sentence"
    """`header` and `row` of a table have cells; `code` is what stands in a fence of code."""
    opening: str = ""
    """What the item begins with: `- `, `1. `; empty for its second sentence."""
    cells: tuple[str, ...] = ()
    line: int = 0
    """Number of the line it stands in, counting from 0."""

    @property
    def leads_in(self) -> bool:
        """It announces what follows: a heading, or words that end in a colon."""
        return self.kind == "heading" or self.text.endswith(("：", ":"))


def statements(pieces: Iterable[str]) -> Iterator[Said]:
    """Yield the statements of a reply as soon as each is complete; how `pieces` cut it changes nothing."""
    reader = _Reader()
    for piece in pieces:
        for character in piece:
            yield from reader.read(character)
    yield from reader.close()


class _Reader:
    """Reads a reply character by character."""

    def __init__(self) -> None:
        self._line = ""
        self._number = 0
        self._begun = False
        self._item = ""
        self._code: str | None = None
        self._thinking = False
        self._row: tuple[str, ...] | None = None
        self._row_text = ""
        self._in_table = False

    def read(self, character: str) -> Iterator[Said]:
        if character == "\n":
            yield from self._end_of_line()
            return
        self._line += character
        if character in _STOPS or not any(stop in self._line for stop in _STOPS) or not self._streams():
            return
        while end := self._first_end():
            words, self._line = self._line[:end], self._line[end:]
            yield from self._sentence(words)

    def close(self) -> Iterator[Said]:
        yield from self._end_of_line()
        yield from self._waiting_row()

    def _streams(self) -> bool:
        """The line is prose, of which each sentence can go at once."""
        if self._code is not None or self._thinking or _THINKS.search(self._line):
            return False
        return self._begun or not re.match(r"\s*(?:\||#|```|~~~|<)", self._line)

    def _first_end(self) -> int:
        """Where the first sentence of the line ends, once nothing that follows can belong to it; else 0."""
        hidden = _hide_marks(self._line)
        prefix = 0 if self._begun else (m.end() if (m := _PREFIX.match(hidden)) else 0)
        found = sentences.__wrapped__(hidden[prefix:], semicolons=False)
        if len(found) < 2:
            return 0
        end, following = prefix + found[0].end, prefix + found[1].start
        words = hidden[prefix:end]
        unclosed = any(words.count(pair[0]) > words.count(pair[1]) for pair in _PAIRS)
        if unclosed and len(self._line) - prefix < _FAR:
            return 0
        return 0 if _MAY_BECOME_A_MARK.match(self._line[end:]) else following

    def _end_of_line(self) -> Iterator[Said]:
        line, self._line = self._line, ""
        begun, self._begun = self._begun, False
        number, self._number = self._number, self._number + 1
        if self._thinking or _THINKS.search(line) or _THOUGHT.search(line):
            line = self._without_thoughts(line)
        fence = _FENCE.match(line)
        if fence and not begun:
            self._code = None if self._code is not None else fence[1].lower()
            return
        if self._code is not None and self._code not in _PROSE_FENCES:
            if line.strip():
                yield Said(line.strip(), kind="code", line=number)
            return
        if not begun and line.strip().startswith("|"):
            yield from self._table_line(line, number)
            return
        yield from self._waiting_row()
        self._in_table = False
        if line.strip() and (begun or not _HORIZONTAL.match(line)):
            self._begun, self._number = begun, number
            yield from self._sentences_of(line)
        self._begun, self._number, self._item = False, number + 1, ""

    def _sentences_of(self, line: str) -> Iterator[Said]:
        hidden = _hide_marks(line)
        prefix = 0 if self._begun else (m.end() if (m := _PREFIX.match(hidden)) else 0)
        found = sentences.__wrapped__(hidden[prefix:], semicolons=False)
        begin = 0
        for following in (*found[1:], None):
            end = prefix + following.start if following is not None else len(line)
            yield from self._sentence(line[begin:end])
            begin = end

    def _sentence(self, words: str) -> Iterator[Said]:
        kind: Kind = "sentence"
        opening = ""
        if not self._begun:
            bold = _BOLD_LINE.match(words)
            prefix = _PREFIX.match(words)
            if prefix:
                words = words[prefix.end() :]
                if prefix["heading"]:
                    kind = "heading"
                else:
                    self._item = opening = _opening(prefix["item"])
            elif bold:
                kind = "heading"
        if self._item and kind == "sentence":
            kind = "item"
        self._begun = True
        text, marks = _read_marks(words)
        if text and not _CHATTER.fullmatch(text):
            yield Said(text, marks, kind, opening, line=self._number)

    def _table_line(self, line: str, number: int) -> Iterator[Said]:
        if _TABLE_RULE.match(line):
            if self._row is not None and not self._in_table:
                cells, self._row = self._row, None
                yield Said(" ".join(cells), (), "header", cells=cells, line=number - 1)
            self._in_table = True
            return
        yield from self._waiting_row()
        if self._in_table:
            yield from _row(line, number)
            return
        self._row = _row_cells(line)[0]
        self._row_text = line

    def _waiting_row(self) -> Iterator[Said]:
        """A first row that no rule followed: a table without a header."""
        if self._row is not None:
            self._row = None
            yield from _row(self._row_text, self._number - 1)

    def _without_thoughts(self, line: str) -> str:
        kept = ""
        while line:
            match = (_THOUGHT if self._thinking else _THINKS).search(line)
            if match is None:
                return kept + ("" if self._thinking else _THOUGHT.sub("", line))
            kept += "" if self._thinking else line[: match.start()]
            self._thinking = not self._thinking
            line = line[match.end() :]
        return kept


def _hide_marks(text: str) -> str:
    """Write `)` over every mark, character for character, so that it stays with the stop before it."""
    return _MARK.sub(lambda match: ")" * len(match[0]), text)


def _row(line: str, number: int) -> Iterator[Said]:
    cells, marks = _row_cells(line)
    if any(cells):
        yield Said(" ".join(cell for cell in cells if cell), marks, "row", cells=cells, line=number)


def _row_cells(line: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    read = [
        _read_marks(re.sub(r"\s*<br\s*/?>\s*", "；", cell)) for cell in line.strip().strip("|").split("|")
    ]
    return tuple(text for text, _ in read), tuple(dict.fromkeys(mark for _, marks in read for mark in marks))


def _opening(marker: str) -> str:
    marker = marker.strip()
    number = re.fullmatch(r"(\d{1,2})\D*", marker)
    if number:
        return f"{number[1]}. "
    return "- " if re.fullmatch(r"[-*+•·●○▪–]", marker) else marker


def _read_marks(words: str) -> tuple[str, tuple[int, ...]]:
    """Return the plain words of a statement and the numbers it cites."""
    words = re.sub(r"\\([\[\]()*_|#.-])", r"\1", words)
    words = _EMPHASIS.sub("", words.replace("&nbsp;", " "))
    marks: list[int] = []

    def note(match: re.Match[str]) -> str:
        for begin, end in _RANGE.findall(match[0]):
            marks.extend(range(int(begin), min(int(end), int(begin) + 20) + 1))
        marks.extend(int(digits) for digits in re.findall(r"\d+", _RANGE.sub("", match[0])))
        return ""

    text = _MARK.sub(note, words)
    text = re.sub(r"[ \t　]+(?=[。；，、：）])", "", text).strip(" \t　")
    framed = _FRAME.match(text)
    if framed and framed.end() < len(text):
        text = text[framed.end() :]
    return text, tuple(dict.fromkeys(marks))
