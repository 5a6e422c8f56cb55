"""Read web pages: the lines of the main text, not those of the site around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from indexer.encoding import decode
from indexer.errors import UnreadableFile
from indexer.front_matter import iso_date
from indexer.furniture import is_breadcrumb, is_furniture, is_imprint, page_data
from indexer.source_text import BLANK, Extraction, SourceLine

SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")

CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE
)
XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")

_SILENT = """
script style noscript template head title button input select option textarea datalist svg canvas object
iframe audio video map progress meter
"""
_BLOCKS = """
address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure
footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td
tfoot th thead tr ul
"""
_AROUND = "nav navbar menu footer copyright breadcrumb crumbs share bdshare sidebar toolbar"
SILENT = frozenset(_SILENT.split())
BLOCKS = frozenset(_BLOCKS.split())
HEADINGS = {f"h{level}": level for level in range(1, 7)}
AROUND = frozenset({"nav", "footer", "aside"})
AROUND_ROLES = frozenset({"navigation", "contentinfo", "banner", "search", "complementary"})
AROUND_WORDS = frozenset(_AROUND.split())
AROUND_SHARE = 0.1
"""A part marked as navigation that holds more of the page's prose than this is none."""

IMPRINT_SHARE = 0.4
"""Likewise for one that shows the site's licence numbers."""

SPACES = re.compile(r"[ \t\n\r\f]+")
TITLE_JOINT = re.compile(r"\s*[_|｜]\s*|\s+[-—–]+\s+|-(?=[^-]{0,20}(?:网|门户|政府|委员会|局)$)")
META = {
    "articletitle": "title",
    "pubdate": "published_on",
    "contentsource": "source",
    "docnumber": "number",
}
LABELLED = re.compile(
    r"(?:第[一二三四五六七八九十百零〇\d]+[编章节条]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）]|\d+[.．、])"
)
FINAL = re.compile(r"[。；！？：]")
NAVIGATION_RUN = 5
"""So many lines of links in a row part the text from other things on the page."""
REACH = 12
"""So many short lines around the text (title, number, signature) still belong to it."""


@dataclass(slots=True)
class _Line:
    element: Any
    text: str = ""
    linked: int = 0
    level: int | None = None
    row: bool = False

    @property
    def is_link(self) -> bool:
        return self.linked * 2 >= len(self.text.replace(" ", ""))

    @property
    def is_prose(self) -> bool:
        """Whether the line reads like part of a policy rather than of a site."""
        text = self.text
        if self.is_link or is_imprint(text) or is_furniture(text) or page_data(text):
            return False
        return (
            self.row
            or len(text) >= 30
            or (len(text) >= 8 and FINAL.search(text) is not None)
            or (len(text) >= 4 and LABELLED.match(text) is not None)
        )


@dataclass(frozen=True, slots=True)
class _State:
    block: Any
    linked: bool = False
    level: int | None = None
    pre: bool = False


@dataclass(slots=True)
class _Flow:
    """Collects the text of a tree as a browser would break it into lines."""

    lines: list[_Line] = field(default_factory=list)
    current: list[tuple[str, bool]] = field(default_factory=list)

    def walk(self, root: Any) -> None:
        # Not by recursion: pages that never close their <font> nest thousands deep.
        states = [_State(root)]
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                if not tag or tag in SILENT or _is_hidden(element):
                    states.append(states[-1])
                    walker.skip_subtree()
                    continue
                states.append(self.enter(element, tag, states[-1]))
                if tag == "table" and not _is_layout(element):
                    self.lines += _table(element)
                    walker.skip_subtree()
                else:
                    self.add(element.text, states[-1])
            else:
                state = states.pop()
                if tag in BLOCKS or tag == "br":
                    self.end(state)
                if element is not root:
                    self.add(element.tail, states[-1])
        self.end(states[-1])

    def enter(self, element: Any, tag: str, state: _State) -> _State:
        if tag in BLOCKS:
            self.end(state)
            state = replace(state, block=element, level=HEADINGS.get(tag, state.level))
            if tag == "li" and (number := _list_number(element)):
                self.current.append((number, False))
        return replace(state, linked=state.linked or tag == "a", pre=state.pre or tag == "pre")

    def add(self, text: str | None, state: _State) -> None:
        for number, part in enumerate((text or "").split("\n") if state.pre else [text or ""]):
            if number:
                self.end(state)
            self.current.append((part, state.linked))

    def end(self, state: _State) -> None:
        text = collapse("".join(part for part, _ in self.current))
        linked = sum(len(part) - sum(map(str.isspace, part)) for part, is_linked in self.current if is_linked)
        self.current = []
        if text:
            self.lines.append(_Line(state.block, text, linked, state.level if len(text) <= 80 else None))


def read(data: bytes, name: str) -> Extraction:
    """Read a page; where no main text can be told from the rest, all of it but links is read."""
    charset = CHARSET.search(data[:4096])
    text = decode(data, declared=charset[1].decode("ascii") if charset else None)
    page = _parse(text)
    lines = _flow(_without_surroundings(page))
    kept = _main_lines(lines)
    metadata = _page_metadata(page, lines, kept)
    title = metadata.pop("title", None) or _title(page, kept)
    return Extraction(tuple(SourceLine(line.text, line.level) for line in kept), title, metadata)


def fragment_lines(source: str) -> list[SourceLine]:
    """The lines of a piece of HTML, such as a table inside Markdown; nothing is taken for navigation."""
    if not source.strip():
        return []
    return [SourceLine(line.text, line.level) for line in _flow(_parse(f"<div>{source}</div>"))]


def collapse(text: str) -> str:
    """White space as a browser shows it; a line end of the source between Han characters is none."""

    def space(match: re.Match[str]) -> str:
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        wide = before > "\u2e7f" or after > "\u2e7f"
        return "" if wide and "\n" in match[0] else " "

    return SPACES.sub(space, text).strip(BLANK)


def _parse(text: str) -> Any:
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    source = XML_DECLARATION.sub("", text, count=1).replace("\x00", "")
    try:
        return lxml_html.document_fromstring(source.encode("utf-8", "surrogatepass"), parser=parser)
    except etree.ParserError as error:
        raise UnreadableFile("空文件：网页没有内容") from error
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile(f"损坏：不是可解析的网页（{error}）") from error


def _flow(element: Any) -> list[_Line]:
    flow = _Flow()
    flow.walk(element)
    return flow.lines


def _is_hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return "hidden" in element.attrib or "display:none" in style or "visibility:hidden" in style


def _without_surroundings(page: Any) -> Any:
    """Take out parts marked as navigation, footer or share bar that hold next to nothing of the prose."""
    body = page.find("body")
    body = page if body is None else body
    total = sum(len(line.text) for line in _flow(body) if line.is_prose)
    marked = [element for element in body.iter() if isinstance(element.tag, str) and _is_around(element)]
    for element in marked:
        lines = _flow(element)
        prose = sum(len(line.text) for line in lines if line.is_prose)
        share = IMPRINT_SHARE if any(is_imprint(line.text) for line in lines) else AROUND_SHARE
        if prose <= share * total and not any(_is_stately(line) for line in lines):
            element.drop_tree()
    return body


def _is_around(element: Any) -> bool:
    if element.tag in {"html", "body"} or element.getparent() is None:
        return False
    if element.tag in AROUND or (element.get("role") or "").lower() in AROUND_ROLES:
        return True
    names = re.split(r"[\s_-]+", f"{element.get('class') or ''} {element.get('id') or ''}".lower())
    return not AROUND_WORDS.isdisjoint(names)


def _is_stately(line: _Line) -> bool:
    """Whether a line is plainly a policy's own, or the page's heading, wherever it stands."""
    return line.level == 1 or (not line.is_link and LABELLED.match(line.text) is not None)


def _main_lines(lines: Sequence[_Line]) -> list[_Line]:
    """The lines from the first to the last of the text's prose, and the short ones around them."""
    prose = _densest([place for place, line in enumerate(lines) if line.is_prose], lines)
    if not prose:
        words = [line for line in lines if not line.is_link]
        return words or list(lines)
    first, last = prose[0], prose[-1]
    container = _container([lines[place].element for place in prose])
    for place in range(first - 1, max(-1, first - 1 - REACH), -1):
        if _is_border(lines[place]):
            break
        first = place
    for place in range(last + 1, min(len(lines), last + 1 + REACH)):
        inside = container is not None and container in lines[place].element.iterancestors()
        if _is_border(lines[place]) and not (inside and lines[place].text.startswith("附件")):
            break
        last = place
    heading = [line for line in lines[:first] if line.level == 1 and not line.is_link][-1:]
    return heading + list(lines[first : last + 1])


def _is_border(line: _Line) -> bool:
    if is_breadcrumb(line.text) or is_imprint(line.text):
        return True
    return (line.is_link and not is_furniture(line.text) and not page_data(line.text)) or len(line.text) > 80


def _densest(places: Sequence[int], lines: Sequence[_Line]) -> list[int]:
    """Drop prose that stands far from the rest and is next to nothing: a disclaimer, a teaser."""
    groups: list[list[int]] = []
    for place in places:
        if groups and not _parted(lines[groups[-1][-1] + 1 : place]):
            groups[-1].append(place)
        else:
            groups.append([place])
    weights = [sum(len(lines[place].text) for place in group) for group in groups]
    heaviest = max(weights, default=0)
    return [
        place
        for group, weight in zip(groups, weights, strict=True)
        if weight >= (0.4 if any(is_imprint(line.text) for line in lines[: group[0]]) else 0.05) * heaviest
        or any(LABELLED.match(lines[place].text) for place in group)
        or weight == heaviest
        for place in group
    ]


def _parted(between: Sequence[_Line]) -> bool:
    if any(is_imprint(line.text) for line in between):
        return True
    run = 0
    for line in between:
        run = run + 1 if line.is_link else 0
        if run >= NAVIGATION_RUN:
            return True
    return False


def _container(elements: Sequence[Any]) -> Any:
    """The innermost element that holds all `elements`."""
    chains = [[element, *element.iterancestors()][::-1] for element in elements]
    common = None
    for level in zip(*chains, strict=False):
        if any(element is not level[0] for element in level):
            break
        common = level[0]
    return common


def _is_layout(table: Any) -> bool:
    """Whether a table only places things: it holds tables, headings or long texts, or one column of cells."""
    if table.find(".//table") is not None or table.find(".//h1") is not None:
        return True
    rows = table.findall(".//tr")
    if not rows or max(len(_cells(row)) for row in rows) <= 1:
        return True
    for cell in table.iter("td", "th"):
        paragraphs = [line for line in _flow(cell) if len(line.text) >= 20]
        if len(paragraphs) >= 4 or sum(len(line.text) for line in paragraphs) > 1500:
            return True
    return False


def _table(table: Any) -> Iterator[_Line]:
    """One line a row, cells joined by ` | `; empty cells and a caption's line kept."""
    for caption in table.iter("caption"):
        yield from _flow(caption)
    for row in table.iter("tr"):
        flows = [_flow(cell) for cell in _cells(row)]
        cells = [" ".join(line.text for line in flow) for flow in flows]
        if any(cells):
            linked = sum(line.linked for flow in flows for line in flow)
            yield _Line(table, " | ".join(cells), linked, row=len([cell for cell in cells if cell]) > 1)


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in {"td", "th"}]


def _list_number(item: Any) -> str:
    """`2. ` for an item of a numbered list, as a browser shows it; empty for other items."""
    parent = item.getparent()
    style = " ".join(
        f"{element.get('style') or ''}".lower() for element in (parent, item) if element is not None
    )
    if parent is None or parent.tag != "ol" or re.search(r"list-style(?:-type)?\s*:\s*none", style):
        return ""
    kind = parent.get("type") or "1"
    # The text may carry its number itself.
    if kind != "1" or LABELLED.match(collapse(item.text_content())):
        return ""
    number = int(parent.get("start") or 1) if re.fullmatch(r"\d+", parent.get("start") or "1") else 1
    for sibling in parent.iterchildren("li"):
        if re.fullmatch(r"\d+", sibling.get("value") or ""):
            number = int(sibling.get("value"))
        if sibling is item:
            break
        number += 1
    return f"{number}. "


def _page_metadata(page: Any, lines: Sequence[_Line], kept: Sequence[_Line]) -> dict[str, str | None]:
    """What `<meta>` tags and the table of page data above the text state."""
    metadata: dict[str, str | None] = {}
    for meta in page.iter("meta"):
        key = META.get((meta.get("name") or "").lower())
        content = collapse(meta.get("content") or "")
        value = iso_date(content) if key == "published_on" else content
        if key is not None and value:
            metadata.setdefault(key, value)
    end = next((place for place, line in enumerate(lines) if kept and line is kept[-1]), len(lines))
    for line in lines[:end]:
        for key, found in page_data(line.text).items():
            metadata.setdefault(key, found)
    return metadata


def _title(page: Any, kept: Sequence[_Line]) -> str | None:
    """The page's heading if it has just one, else its `<title>` without the site's name."""
    headings = [line.text for line in kept if line.level == 1]
    if len(headings) == 1:
        return headings[0]
    element = page.find(".//title")
    title = collapse(element.text_content()) if element is not None else ""
    return TITLE_JOINT.split(title)[0].strip() or None
