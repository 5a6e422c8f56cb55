"""Recover the clause tree of a document from the labels its lines begin with."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from indexer.document import Clause, Paragraph
from indexer.frame import Line, Role
from indexer.numbering import DIVISIONS, Kind, Label, Value
from indexer.source_text import BLANK
from indexer.trailers import find_trailer, is_trailer_line

LONGEST_TITLE = 36
ENUMERATED = re.compile(r"[；;](?:[和或及]|以及|或者)?$")
NAMED = re.compile(r"(?P<open>[【(（\[])(?P<title>[^】)）\]。；，,;]{2,30})[】)）\]][\s　]*")
FIELD = re.compile(r"(?P<title>[一-鿿]{2,10})\s*[:：]")
SPEAKS_ON = re.compile(r"下列|如下|以下|之一|应当|包括|分为|规定|其中|[为是]$")
RULE_WORDS = re.compile(r"应当|不得|可以|[，,][^，,]{0,12}的$|.{3}[的者]$|必须")
FIGURE_CLAUSE = re.compile(r"\d[^，,]*[，,]|[，,][^，,]*\d")
QUOTES = {"“": "”", "‘": "’", "《": "》", "（": "）", "(": ")", "「": "」", "【": "】"}
_SEVERAL = 3
"""Items from so many on share a trailer that stands below the last of them."""


@dataclass(slots=True)
class _Node:
    """A clause while the tree grows."""

    parent: _Node | None
    line: int
    """Place of the line that carries its heading; -1 for the root."""
    label: Label | None = None
    level: int | None = None
    children: list[_Node] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    """Places of the lines that stand directly in it, its heading's own first."""
    title: str = ""
    body_start: int = 0

    @property
    def kind(self) -> Kind | None:
        return self.label.kind if self.label else None

    def walk(self) -> Iterator[_Node]:
        yield self
        for child in self.children:
            yield from child.walk()


def build(
    text: str, lines: Sequence[Line], *, document_id: str, year: int | None = None
) -> tuple[tuple[Clause, ...], tuple[Paragraph, ...]]:
    """Return the clauses (root first, in text order) and paragraphs of a document.

    `lines` are all its lines with words, as `frame` gives them; `year` stands in for deadlines without one.
    """
    labels = _accepted(lines)
    listed = _annex_lists(
        lines, {place: line.label for place, line in enumerate(lines) if line.label is not None}
    )
    root = _grow(lines, labels, listed)
    _name(root, lines)
    nodes = list(root.walk())
    rows = {id(node): row for row, node in enumerate(nodes)}
    holder = {place: rows[id(node)] for node in nodes for place in node.lines}
    clauses = tuple(_clause(text, node, rows, lines, year) for node in nodes)
    paragraphs = tuple(
        Paragraph(f"{document_id}#p{number}", number, line.text, line.start, line.end, holder[number - 1])
        for number, line in enumerate(lines, start=1)
    )
    return clauses, paragraphs


# Which labels count.


def _accepted(lines: Sequence[Line]) -> dict[int, Label]:
    """Labels by place, without those that are lists of annexes, references or figures."""
    labels = {place: line.label for place, line in enumerate(lines) if line.label is not None}
    for place in _annex_lists(lines, labels):
        labels.pop(place, None)
    for segment in _segments(lines, labels):
        _drop_articles_out_of_order(segment, labels)
        _drop_doubtful(segment, labels)
    return labels


def _segments(lines: Sequence[Line], labels: dict[int, Label]) -> list[list[int]]:
    """Places of labels, parted where numbering begins anew: at annexes and after a signature."""
    segments: list[list[int]] = [[]]
    for place, line in enumerate(lines):
        label = labels.get(place)
        if line.fresh or (label is not None and label.kind is Kind.ANNEX):
            segments.append([])
        if label is not None and label.kind is not Kind.ANNEX:
            segments[-1].append(place)
    return segments


def _annex_lists(lines: Sequence[Line], labels: dict[int, Label]) -> set[int]:
    """Places of a list of annexes, as before a signature: `附件：1.任务清单`, `2.联系表`."""
    listed: set[int] = set()
    for place, label in labels.items():
        if label.kind is not Kind.ANNEX or place in listed:
            continue
        run = [place]
        for following in range(place + 1, min(place + 30, len(lines))):
            line = lines[following]
            short = (
                len(line.text) <= 60
                and not line.text.endswith("。")
                and "｜" not in line.text
                and " | " not in line.text
            )
            if line.role is not Role.BODY or line.fresh:
                break
            if not short or (
                labels.get(following) is not None and labels[following].kind not in {Kind.NUMBER, Kind.ANNEX}
            ):
                run = []
                break
            run.append(following)
        after = run[-1] + 1 if run else len(lines)
        ends = after < len(lines) and lines[after].role in {Role.SIGNATURE, Role.DATE}
        again = any(
            other > place and labels[other].text == label.text and label.value != (0,) for other in labels
        )
        if run and (ends or (again and after < len(lines))):
            listed.update(run)
        elif again:
            listed.add(place)
    return listed


def _drop_articles_out_of_order(segment: Sequence[int], labels: dict[int, Label]) -> None:
    """Articles run through a document: what breaks the order is a reference at the start of a line."""
    places = [place for place in segment if labels[place].kind is Kind.ARTICLE]
    last: Value = ()
    for row, place in enumerate(places):
        value = labels[place].value
        if not last or _follows(last, value):
            last = value
            continue
        later = [labels[other].value for other in places[row + 1 :]]
        restarts = value == (1,) and (2,) in later[:1]
        skips = (
            value > last and not labels[place].doubtful and not any(last < other <= value for other in later)
        )
        if restarts or skips:
            last = value
        else:
            del labels[place]


def _follows(last: Value, value: Value) -> bool:
    if value == (last[0] + 1,):
        return True
    return value == (*last[:1], (last[1] if len(last) > 1 else 0) + 1)


def _drop_doubtful(segment: Sequence[int], labels: dict[int, Label]) -> None:
    """A doubtful label counts where it goes on a sequence, or opens one that goes on."""
    by_kind: dict[Kind, list[int]] = {}
    for place in segment:
        if place in labels and labels[place].kind is not Kind.ARTICLE:
            by_kind.setdefault(labels[place].kind, []).append(place)
    for places in by_kind.values():
        for place in [place for place in places if labels[place].figure]:
            before, after = _around(place, places, labels, figures=False)
            value = labels[place].value
            if not (before and after and _precedes(before[-1], value) and _precedes(value, after[0])):
                del labels[place]
        for place in [place for place in places if place in labels and labels[place].doubtful]:
            before, after = _around(place, places, labels, figures=True)
            label = labels[place]
            precedes = bool(after) and _precedes(label.value, after[0])
            goes_on = bool(before) and _precedes(before[-1], label.value)
            opens = label.value[-1] == 1 and (precedes or label.kind in {Kind.DECIMAL, Kind.SUBDECIMAL})
            resumes = precedes and any(_precedes(other, label.value) for other in before)
            if not (goes_on or opens or resumes):
                del labels[place]


def _around(
    place: int, places: Sequence[int], labels: dict[int, Label], *, figures: bool
) -> tuple[list[Value], list[Value]]:
    """Values of the labels of one kind before and after `place`, figures among them or not."""
    others = [other for other in places if other in labels and (figures or not labels[other].figure)]
    before = [labels[other].value for other in others if other < place]
    return before, [labels[other].value for other in others if other > place]


def _precedes(value: Value, following: Value) -> bool:
    """Whether one number follows the other at the same depth: 2.3 after 2.2."""
    return value[:-1] == following[:-1] and following[-1] == value[-1] + 1


# How they nest.


def _order(kinds: Sequence[Label]) -> dict[Kind, int]:
    """Ranks of the kinds of one segment, outermost 0: the usual order, changed where it nests otherwise.

    Of two kinds the outer one is that whose neighbouring numbers more often have the other between
    them: with `(一) 1. 2. (二) 3. 4.` every pair of brackets has a number between, few numbers a bracket.
    """
    present = sorted({label.kind for label in kinds})
    changed = True
    rounds = 0
    while changed and rounds < len(present):
        changed, rounds = False, rounds + 1
        for place in range(len(present) - 1):
            outer, inner = present[place], present[place + 1]
            if (
                outer in DIVISIONS
                or inner in DIVISIONS
                or {outer, inner} <= {Kind.NUMBER, Kind.DECIMAL, Kind.SUBDECIMAL}
            ):
                continue
            if _share(kinds, inner, outer) > _share(kinds, outer, inner) + 0.25 and _opens(
                kinds, inner, outer
            ):
                present[place], present[place + 1] = inner, outer
                changed = True
    return {kind: rank for rank, kind in enumerate(present)}


def _share(labels: Sequence[Label], kind: Kind, other: Kind) -> float:
    """Share of the neighbouring numbers of `kind` (n and n + 1) that have a label of `other` between them."""
    pairs = between = 0
    last: Label | None = None
    seen = False
    for label in labels:
        if label.kind is kind:
            if last is not None and _precedes(last.value, label.value):
                pairs += 1
                between += seen
            last, seen = label, False
        elif label.kind is other:
            seen = True
    return between / pairs if pairs else 0.0


def _opens(labels: Sequence[Label], kind: Kind, other: Kind) -> bool:
    """Whether `kind` comes before `other` in the text."""
    first = next(label.kind for label in labels if label.kind in (kind, other))
    return first is kind


def _grow(lines: Sequence[Line], labels: dict[int, Label], listed: set[int]) -> _Node:
    root = _Node(None, -1)
    ranks: dict[int, dict[Kind, int]] = {}
    for segment in _segments(lines, labels):
        order = _order([labels[place] for place in segment])
        ranks.update(dict.fromkeys(segment, order))
    stack = [root]
    titled: set[int] = set()
    for place, line in enumerate(lines):
        label = labels.get(place)
        if line.fresh:
            stack = [root]
        if place in titled:
            stack[-1].lines.append(place)
        elif line.role is not Role.BODY or place in listed:
            annexes = [node for node in stack if node.kind is Kind.ANNEX]
            inside = annexes and line.role in {
                Role.TITLE,
                Role.CONTENTS,
                Role.HISTORY,
                Role.NUMBER,
                Role.ADDRESSEES,
            }
            stack = stack[: stack.index(annexes[0]) + 1] if inside else [root]
            stack[-1].lines.append(place)
        elif label is not None:
            stack = _parents(stack, label, line.level, ranks.get(place, {}))
            node = _Node(stack[-1], place, label, line.level, lines=[place])
            stack[-1].children.append(node)
            stack.append(node)
            titled.update(_heading_runs_on(lines, labels, place))
        elif line.level is not None and line.level > 0 and _is_heading(line, stack, lines, place):
            while stack[-1] is not root and (stack[-1].level is None or stack[-1].level >= line.level):
                stack.pop()
            node = _Node(stack[-1], place, None, line.level, lines=[place])
            stack[-1].children.append(node)
            stack.append(node)
        else:
            _leave_finished_lists(stack, lines, line)
            stack[-1].lines.append(place)
    return root


def _parents(stack: Sequence[_Node], label: Label, level: int | None, ranks: dict[Kind, int]) -> list[_Node]:
    """The path from the root under which a new clause belongs."""
    kept = list(stack)
    if label.kind is Kind.ANNEX:
        return kept[:1]
    rank = ranks.get(label.kind, int(label.kind))
    for depth in range(1, len(kept)):
        node = kept[depth]
        if node.label is not None and node.kind is not Kind.ANNEX:
            if ranks.get(node.label.kind, int(node.label.kind)) >= rank:
                return _without_headings(kept[:depth], label, level)
        elif node.label is None and level is not None and node.level is not None and node.level >= level:
            return kept[:depth]
    return kept


def _without_headings(kept: list[_Node], label: Label, level: int | None) -> list[_Node]:
    """Leave unnumbered headings that the numbering has run past: their siblings go on outside."""
    while (
        len(kept) > 1
        and kept[-1].label is None
        and not any(child.kind is label.kind for child in kept[-1].children)
    ):
        outside = kept[-1].parent
        if outside is None or not any(child.kind is label.kind for child in outside.children):
            break
        kept = kept[:-1]
    return kept


def _heading_runs_on(lines: Sequence[Line], labels: dict[int, Label], place: int) -> list[int]:
    """Places of lines after `place` that end its heading: a name broken in two, an annex's title."""
    line, label = lines[place], labels[place]
    following = place + 1
    if following >= len(lines) or following in labels or lines[following].fresh:
        return []
    after = lines[following]
    rest = line.text[label.end :]
    plain = len(after.text) <= 40 and not re.search(r"[。；：:;|｜]", after.text)
    if label.kind is Kind.ANNEX and not rest.strip(BLANK) and plain:
        return [following]
    if label.kind in DIVISIONS and after.role is Role.BODY and plain:
        beyond = lines[following + 1] if following + 1 < len(lines) else None
        opens = beyond is not None and following + 1 in labels
        if not rest.strip(BLANK) or (rest.endswith(("和", "与", "及", "、", "或", "的")) and opens):
            return [following]
    return []


def _is_heading(line: Line, stack: Sequence[_Node], lines: Sequence[Line], place: int) -> bool:
    text = line.text
    if (
        len(text) > 40
        or re.search(r"[。；;，,！]$", text)
        or text.endswith(("：", ":"))
        or is_trailer_line(text)
    ):
        return False
    if place == 0 and len(stack) == 1:
        return False
    return re.search(r"[一-鿿A-Za-z]{2}", text) is not None and place + 1 < len(lines)


def _leave_finished_lists(stack: list[_Node], lines: Sequence[Line], line: Line) -> None:
    """A paragraph after the last item of a list (…；…；…。) belongs to what the list belongs to.

    So does a trailer in a line of its own after several items none of which has one: it is for all of them.
    """
    while len(stack) > 2:
        node, parent = stack[-1], stack[-2]
        if _is_for_all(node, parent, lines, line):
            stack.pop()
            return
        last = lines[node.lines[-1]].text
        if (
            node.label is None
            or node.kind in DIVISIONS
            or node.kind in {Kind.ARTICLE, Kind.ANNEX, Kind.HAN}
            or len(node.lines) > 1
        ):
            return
        siblings = [child for child in parent.children if child.kind is node.kind]
        listed = any(ENUMERATED.search(lines[child.lines[-1]].text) for child in siblings[:-1])
        in_article = any(ancestor.kind is Kind.ARTICLE for ancestor in stack[:-1])
        finished = last.endswith(("。", "）", ")", "。”"))
        if not finished or not (listed or in_article):
            return
        if is_trailer_line(line.text) and not listed:
            return
        stack.pop()


def _is_for_all(node: _Node, parent: _Node, lines: Sequence[Line], line: Line) -> bool:
    if node.label is None or parent.label is None or not is_trailer_line(line.text):
        return False
    siblings = [child for child in parent.children if child.kind is node.kind]
    own = [(lines[place].start, lines[place].text) for child in siblings for place in child.lines]
    return len(siblings) >= _SEVERAL and find_trailer(own) is None


# What they are called.


def _name(root: _Node, lines: Sequence[Line]) -> None:
    articles = [node for node in root.walk() if node.kind is Kind.ARTICLE]
    headed = sum(_is_headed(node, lines) for node in articles) * 2 >= len(articles)
    for node in root.walk():
        for group in _groups(node):
            enumerated = sum(bool(ENUMERATED.search(lines[child.lines[0]].text)) for child in group)
            listed = enumerated * 2 >= len(group) and enumerated > 0
            for child in group:
                _set_title(child, lines, listed=listed, headed=headed)


def _groups(node: _Node) -> list[list[_Node]]:
    return [list(group) for _, group in itertools.groupby(node.children, key=lambda child: child.kind)]


def _is_headed(article: _Node, lines: Sequence[Line]) -> bool:
    """Whether an article's first line is nothing but its name, the text standing below."""
    assert article.label is not None
    words = lines[article.line].text[article.label.end :]
    below = len(article.lines) > 1 or bool(article.children)
    return below and 2 <= len(words) <= 24 and not re.search(r"[。；：，,;:、]", words)


def _set_title(node: _Node, lines: Sequence[Line], *, listed: bool, headed: bool) -> None:
    line = lines[node.line]
    if node.label is None:
        node.title, node.body_start = line.text, line.end
        return
    words = line.text[node.label.end :]
    length: int | None
    if node.kind is Kind.ARTICLE:
        match = NAMED.match(words)
        if match:
            title, length = match["title"].strip(BLANK), match.end()
        elif headed and _is_headed(node, lines):
            title, length = words, len(words)
        else:
            title, length = "", None
    elif listed or _in_article(node):
        title, length = "", None
    else:
        title, length = _title(node, words)
    if length is None:
        node.body_start = line.start + node.label.end
    else:
        node.body_start = line.start + node.label.end + length
    joined = [place for place in node.lines[1:2] if _belongs_to_heading(node, lines, place)]
    for place in joined:
        title += lines[place].text
        node.body_start = lines[place].end
    node.title = title


def _belongs_to_heading(node: _Node, lines: Sequence[Line], place: int) -> bool:
    labels = {node.line: node.label} if node.label else {}
    following = {other.line: other.label for other in node.children[:1] if other.label}
    return place == node.line + 1 and place in _heading_runs_on(lines, {**labels, **following}, node.line)


def _in_article(node: _Node) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.kind is Kind.ARTICLE:
            return True
        parent = parent.parent
    return False


def _title(node: _Node, words: str) -> tuple[str, int | None]:
    """The heading's words at the head of `words`, and how far they reach with their full stop."""
    if node.kind in DIVISIONS or node.kind is Kind.ANNEX:
        stop = _stop(words)
        if stop is not None and stop <= LONGEST_TITLE:
            return words[:stop], stop + 1
        return (words, len(words)) if len(words) <= 80 else ("", None)
    stop = _stop(words)
    if stop is None:
        field_match = FIELD.match(words)
        if field_match and not SPEAKS_ON.search(field_match["title"]):
            return field_match["title"], field_match.end()
        if words and not re.search(r"[；：，,;:、！？]$", words) and len(words) <= LONGEST_TITLE + 14:
            return words, len(words)
        return "", None
    phrase, rest = words[:stop], words[stop + 1 :].strip(BLANK)
    field_match = FIELD.match(phrase)
    if field_match and not SPEAKS_ON.search(field_match["title"]):
        return field_match["title"], field_match.end()
    if not _is_phrase(phrase):
        return "", None
    if not rest or is_trailer_line(rest):
        # One sentence alone is a heading where the body stands below it.
        below = len(node.lines) > 1 or bool(node.children)
        if not (below and len(phrase) <= 20 and not rest):
            return "", None
    return phrase, stop + 1


def _is_phrase(phrase: str) -> bool:
    if not 2 <= len(phrase) <= LONGEST_TITLE or RULE_WORDS.search(phrase) or re.search(r"[；;：:]", phrase):
        return False
    if len(phrase) > 24 and FIGURE_CLAUSE.search(phrase):
        return False
    return phrase.count("，") + phrase.count(",") <= 3


def _stop(words: str) -> int | None:
    """Place of the first full stop outside quotes and brackets."""
    closing = ""
    for place, character in enumerate(words):
        if closing:
            closing = "" if character == closing else closing
        elif character in QUOTES and QUOTES[character] in words[place:]:
            closing = QUOTES[character]
        elif character == "。":
            return place
    return None


def _clause(text: str, node: _Node, rows: dict[int, int], lines: Sequence[Line], year: int | None) -> Clause:
    row = rows[id(node)]
    if node.parent is None:
        return Clause("", "", "", None, 0, 0, len(text), 0)
    last = max(place for inner in node.walk() for place in inner.lines)
    end = lines[last].end
    body_start = min(node.body_start, end)
    while body_start < end and text[body_start] in BLANK:
        body_start += 1
    level = 0
    parent: _Node | None = node.parent
    while parent is not None:
        level, parent = level + 1, parent.parent
    own = [(lines[place].start, lines[place].text) for place in node.lines]
    trailer = find_trailer(own, year=year)
    label = node.label.text if node.label else ""
    marker = node.label.marker if node.label else ""
    assert row > rows[id(node.parent)]
    return Clause(
        label,
        marker,
        node.title,
        rows[id(node.parent)],
        level,
        lines[node.line].start,
        end,
        body_start,
        trailer,
    )
