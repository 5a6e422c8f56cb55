"""Read Markdown: the words without the markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexer.encoding import decode
from indexer.formats.html import fragment_lines
from indexer.front_matter import split_front_matter
from indexer.source_text import BLANK, Extraction, SourceLine
from indexer.wrapping import is_wrapped, join, measure, rows

SUFFIXES = (".md", ".markdown")

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
TIGHT_HEADING = re.compile(r"^(#{1,6})(?=[^#\s!-~])", re.MULTILINE)
BULLET = re.compile(r"[-*+][ \t]+(?=\S)")
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
LONGEST_HEADING = 80

# Policies number their parts as they wish: a list rule would renumber them, an indent is the first
# line of a paragraph and no code, and `[注]: …` is a note and no link target.
PARSER = MarkdownIt("commonmark").enable("table").disable(["list", "code", "reference"])


def read(data: bytes, name: str) -> Extraction:
    """Read a .md file, with front matter if it has any. Lines of a paragraph stay lines."""
    metadata, text = split_front_matter(decode(data))
    closed = text.rfind("-->") + 3 if "-->" in text else 0
    text = COMMENT.sub("", text[:closed]) + text[closed:].replace("<!--", "&lt;!--")
    text = TIGHT_HEADING.sub(r"\1 ", text)
    return Extraction(tuple(_lines(PARSER.parse(text))), metadata=metadata)


def _lines(tokens: Sequence[Token]) -> Iterator[SourceLine]:
    blocks = list(_blocks(tokens))
    words = [line for block in blocks if isinstance(block, list) for line in [*block, ""]]
    printed = rows(words)
    margins = measure(printed) if is_wrapped(printed) else None
    for block in blocks:
        if isinstance(block, SourceLine):
            yield block
            continue
        for line in block if margins is None else join(rows(block), margins):
            if line.strip(BLANK):
                yield SourceLine(line)


def _blocks(tokens: Sequence[Token]) -> Iterator[list[str] | SourceLine]:
    """Paragraphs, each as its source lines, and whatever is a line of its own."""
    for position, token in enumerate(tokens):
        if token.type == "paragraph_open":
            yield _unbulleted(_words(tokens[position + 1]))
        elif token.type == "fence":
            yield from map(SourceLine, filter(str.strip, token.content.split("\n")))
        elif token.type == "heading_open":
            for line in filter(str.strip, _words(tokens[position + 1]).split("\n")):
                yield SourceLine(line.strip(), int(token.tag[1:]) if len(line) <= LONGEST_HEADING else None)
        elif token.type == "html_block":
            yield from fragment_lines(token.content)
        elif token.type == "tr_open":
            yield SourceLine(_table_row(tokens, position))


def _unbulleted(text: str) -> list[str]:
    return [BULLET.sub("", line, count=1) if BULLET.match(line) else line for line in text.split("\n")]


def _table_row(tokens: Sequence[Token], position: int) -> str:
    cells = []
    while tokens[position].type != "tr_close":
        if tokens[position].type == "inline":
            cells.append(_words(tokens[position]).replace("\n", " ").strip())
        position += 1
    return " | ".join(cells)


def _words(inline: Token) -> str:
    """The text of an inline token without its markup; a soft break stays a line end."""
    formula = "=" in inline.content or "＝" in inline.content
    words = []
    for token in inline.children or ():
        if token.type in {"softbreak", "hardbreak"} or (
            token.type == "html_inline" and BREAK.fullmatch(token.content)
        ):
            words.append("\n")
        elif token.type in {"text", "code_inline"}:
            words.append(token.content)
        elif formula and token.type in {"em_open", "em_close"} and token.markup == "*":
            words.append("*")  # 补助=基数*系数*年限 multiplies.
    return "".join(words)
