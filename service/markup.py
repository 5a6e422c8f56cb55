"""Turn an answer's text into HTML that is safe to show."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

_MARK = re.compile(r"\[(\d{1,3})\]")
_BULLET = re.compile(r"^(\s*)•\s+")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")
_MANY = 3
"""From so many columns on, a table is shown row by row on a phone."""


def answer_html(text: str, *, marks: int) -> Markup:
    """Return paragraphs, lists and tables, with `[1]` to `[marks]` as links to `#c1` and on.

    A line is a paragraph of its own. Everything else that looks like markup is shown as it was
    written. Each cell of a table says under which heading it stands, for screens too narrow for
    columns.
    """
    tokens = _MARKDOWN.parse(_apart(text), {"marks": marks})
    _describe_tables(tokens)
    return Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _apart(text: str) -> str:
    """Put an empty line between lines, except within a list or a table."""
    lines: list[str] = []
    before = ""
    for line in text.splitlines():
        line = _BULLET.sub(r"\1- ", line)
        kind = _kind(line)
        if lines and kind != "inside" and (kind == "text" or kind != before):
            lines.append("")
        lines.append(line)
        before = kind if kind != "inside" else before
    return "\n".join(lines)


def _kind(line: str) -> str:
    if line.startswith("|"):
        return "table"
    if _ITEM.match(line):
        return "item"
    return "inside" if line.startswith((" ", "\t")) else "text"


def _bold(state: StateInline, silent: bool) -> bool:
    """Read `**…**`; CommonMark's own rule fails where Chinese text and punctuation meet the asterisks."""
    first = state.pos + 2
    end = state.src.find("**", first, state.posMax)
    if not state.src.startswith("**", state.pos) or end <= first:
        return False
    if not silent:
        limit = state.posMax
        state.pos, state.posMax = first, end
        state.push("strong_open", "strong", 1)
        state.md.inline.tokenize(state)
        state.push("strong_close", "strong", -1)
        state.posMax = limit
    state.pos = end + 2
    return True


def _mark(state: StateInline, silent: bool) -> bool:
    """Read `[n]` where the answer has such a citation."""
    found = _MARK.match(state.src, state.pos, state.posMax)
    if found is None or not 1 <= int(found[1]) <= state.env["marks"]:
        return False
    if not silent:
        number = int(found[1])
        opening = state.push("mark_open", "a", 1)
        opening.attrs = {"class": "mark", "href": f"#c{number}", "aria-label": f"引文 {number}"}
        state.push("text", "", 0).content = str(number)
        state.push("mark_close", "a", -1)
    state.pos = found.end()
    return True


def _describe_tables(tokens: Sequence[Token]) -> None:
    """Name each cell's column, and keep the roles that a table loses when it is shown as blocks."""
    roles = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row"}
    headings: list[str] = []
    table: Token | None = None
    column = 0
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            headings, table = [], token
        elif token.type == "th_open":
            headings.append(_MARK.sub("", tokens[place + 1].content.replace("**", "")).strip())
            token.attrs.update(role="columnheader", scope="col")
            if table is not None and len(headings) == _MANY:
                table.attrSet("class", "many")
        elif token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            token.attrs.update(role="cell")
            token.attrSet("data-label", headings[column] if column < len(headings) else "")
            column += 1
        if token.nesting == 1 and token.tag in roles:
            token.attrSet("role", roles[token.tag])


def _table_open(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    # A region that scrolls must be reached by the keyboard.
    opening = renderer.renderToken(tokens, place, options, env)
    return f'<div class="table" tabindex="0" role="group" aria-label="表格">{opening}'


def _table_close(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    return f"{renderer.renderToken(tokens, place, options, env)}</div>\n"


def _heading(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    # The page has its own headings; one within an answer is a line in bold.
    return '<p class="heading">' if tokens[place].nesting == 1 else "</p>\n"


def _markdown() -> MarkdownIt:
    # Only what answers are composed of; raw HTML, links and images stay the text that they are.
    made = MarkdownIt("zero", {"html": False, "breaks": True}).enable(["list", "table", "heading", "newline"])
    made.inline.ruler.push("bold", _bold)
    made.inline.ruler.push("mark", _mark)
    made.add_render_rule("table_open", _table_open)
    made.add_render_rule("table_close", _table_close)
    made.add_render_rule("heading_open", _heading)
    made.add_render_rule("heading_close", _heading)
    return made


_MARKDOWN = _markdown()
