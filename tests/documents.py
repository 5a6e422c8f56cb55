"""Random documents with a clause tree, for tests that hold for any document."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from indexer.document import Clause, Document, Paragraph
from indexer.source_text import BLANK

NUMERALS = "一二三四五六七八九十"
WORDS = ["企业", "窗口", "补贴", "备案", "园区", "登记", "审核", "贷款", "水费", "培训", "指标", "材料"]
SENTENCES = [
    "{0}应当在{n}个工作日内办结{1}。",
    "对符合条件的{0}，按{1}的{n}%给予支持，最高{n},000元。",
    "鼓励{0}（含{1}；不含分支机构。下同）参加{0}。",
    "会议要求：“{0}要快；{1}要准。”各单位照此办理。",
    "{0}、{1}由所在区负责；逾期{n}.5日的，予以提醒！",
]


@dataclass
class Draft:
    """Text and clauses of a document while it is being made up."""

    random: random.Random
    text: str = ""
    clauses: list[Clause] = field(default_factory=list)
    paragraphs: list[tuple[int, int, int]] = field(default_factory=list)

    def line(self, words: str, clause: int) -> None:
        """Add a line to `clause`, after the indentation and blank lines that files have."""
        indent = self.random.choice(["", "", "　　", "  "])
        start = len(self.text) + len(indent)
        self.text += indent + words + self.random.choice(["\n", "\n", "\n\n", " \n", "\n\u200b\n"])
        self.paragraphs.append((start, start + len(words), clause))

    def sentences(self, *, least: int = 1, most: int = 4) -> str:
        pick = self.random
        return "".join(
            pick.choice(SENTENCES).format(*pick.sample(WORDS, 2), n=pick.randint(1, 98))
            for _ in range(pick.randint(least, most))
        )

    def open(self, label: str, marker: str, title: str, body: str, parent: int, *, level: int) -> int:
        """Begin a clause with its first line and return its row; `close` ends it."""
        indent = self.random.choice(["", "　　"])
        start = len(self.text) + len(indent)
        # A title ends its line or a sentence: 1.标题。正文
        same_line = bool(title and body) and self.random.random() < 0.5
        head = marker + title + ("。" if same_line else "")
        first = head + body if same_line or not title else head
        row = len(self.clauses)
        body_start = start + len(head) if same_line or not title else start + len(first)
        self.clauses.append(Clause(label, marker, title, parent, level, start, start, body_start))
        self.text += indent + first + self.random.choice(["\n", "\n\n"])
        self.paragraphs.append((start, start + len(first), row))
        if body and title and not same_line:
            self.line(body, row)
        return row

    def close(self, row: int) -> None:
        end = len(self.text.rstrip(BLANK))
        clause = self.clauses[row]
        self.clauses[row] = replace(clause, end=end, body_start=min(clause.body_start, end))

    def title(self) -> str:
        return "".join(self.random.sample(WORDS, 2))

    def articles(self, parent: int, level: int) -> None:
        """Articles, some with paragraphs and items of their own."""
        pick = self.random
        for number in range(pick.randint(1, 4)):
            marker = f"第{NUMERALS[number]}条"
            listed = pick.random() < 0.4
            body = "　" + ("有下列情形的，不予支持：" if listed else self.sentences())
            row = self.open(marker, marker, "", body, parent, level=level)
            for item in range(pick.randint(1, 5) if listed else 0):
                label = f"({NUMERALS[item]})"
                self.close(
                    self.open(label, label, "", f"未按期{pick.choice(WORDS)}的；", row, level=level + 1)
                )
            for _ in range(pick.randint(0, 2)):
                self.line(self.sentences(), row)
            self.close(row)

    def sections(self, parent: int, level: int) -> None:
        """Titled parts: 一、 with (一) and 1. inside, headings with and without a body."""
        pick = self.random
        for number in range(pick.randint(1, 4)):
            label = [NUMERALS[number], f"({NUMERALS[number]})", str(number + 1)][level - 1]
            marker = [f"{label}、", label, f"{label}."][level - 1]
            body = self.sentences() if level == 3 or pick.random() < 0.4 else ""
            row = self.open(label, marker, self.title(), body, parent, level=level)
            inner = pick.random()
            if level < 3 and inner < 0.6:
                self.sections(row, level + 1)
            elif level == 1 and inner < 0.8:
                self.articles(row, level + 1)
            for _ in range(pick.choice([0, 0, 1])):
                self.line(self.sentences(), row)
            self.close(row)


def random_document(seed: int) -> Document:
    """A document with a title block, nested clauses and a signature; any of them may be missing."""
    pick = random.Random(seed)
    draft = Draft(pick, text=pick.choice(["", "", "\n", "　\n\n"]))
    draft.clauses.append(Clause("", "", "", None, 0, 0, 0, 0))
    for _ in range(pick.randint(0, 3)):
        draft.line(draft.sentences(most=2), 0)
    shape = pick.random()
    if shape < 0.6:
        draft.sections(0, 1)
    elif shape < 0.9:
        draft.articles(0, 1)
    if pick.random() < 0.5:
        draft.line("云泽市人民政府", 0)
    text = pick.choice([draft.text, draft.text.rstrip(BLANK), draft.text + "\n\n"])
    return document(text, draft.clauses, draft.paragraphs)


def document(text: str, clauses: list[Clause], paragraphs: list[tuple[int, int, int]]) -> Document:
    """A document of the given clauses; the root covers all of `text`."""
    return Document(
        id="云泽/测试",
        title="云泽市测试办法",
        text=text,
        source="云泽/测试.txt",
        clauses=(replace(clauses[0], end=len(text)), *clauses[1:]),
        paragraphs=tuple(
            Paragraph(f"云泽/测试#p{number}", number, text[start:end], start, end, clause)
            for number, (start, end, clause) in enumerate(paragraphs, start=1)
        ),
    )
