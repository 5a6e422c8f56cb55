"""Read who does a task and by when, from the brackets or lines that close a clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.dates import ONGOING, PERIOD, parse_deadline
from indexer.document import Deadline, Trailer

OPENING, CLOSING = "(（[〔【", ")）]〕】"
QUOTES = {"“": "”", "‘": "’", "《": "》", "「": "」"}

_LEAD = r"(?:牵头|主办|主责|第一责任|主要责任|总牵头)"
_RESPONSIBLE = r"(?:责任|配合|协办|参与|参加|协同|协作|协助|实施|落实|承办|负责|共同责任)"
_WHO = r"(?:单位|部门|机构|主体|处室|科室|机关|地区)"
_LABELS = (
    rf"(?P<lead>{_LEAD}(?:责任)?{_WHO}(?:及责任{_WHO})?)"
    rf"|(?P<responsible>{_RESPONSIBLE}{_WHO})"
    r"|(?P<deadline>(?:完成|办结|落实|整改|实施|推进|进度|工作)?(?:时限|期限)(?:要求)?|(?:完成|落实|整改|推进)时间(?:要求)?|时间(?:节点|要求|安排|进度))"
    r"|(?P<other>(?:牵头|责任|主管|分管|包保|联系|市级|市|县级)?(?:领导|负责人|责任人|联系人)|(?:预期)?(?:目标|成果)|备注)"
)
LABEL = re.compile(rf"(?:{_LABELS})\s*[:：为]\s*")
LABEL_LINE = re.compile(rf"[(（【\[]?\s*(?:{_LABELS})\s*[】\]]?\s*[:：]")
AFTER_SENTENCE = re.compile(rf"(?<=[。；;！])\s*(?={LABEL.pattern})")
SIGNAL = re.compile(rf"{_LEAD}|{_WHO}|负责|配合|完成时限|时限[:：]")

LEADING = re.compile(
    r"^(?:由|请)?(?P<units>.+?)(?:共同|联合|负责)?(?:牵头|主办|主责)(?:负责|落实|组织|推进|实施|办理|制定|会同)*$"
)
LED_BY = re.compile(r"^(?P<verb>牵头|主办)\s*(?P<units>[^:：]+)$")
SHARING = re.compile(
    r"^(?P<units>.+?)(?:等)?(?:按照?(?:各自)?(?:职责|职能|职权)(?:和?权限)?(?:分工)?|根据职责(?:分工)?|依(?:照|据)?职责|各司其职|分工)?(?:共同|分别|具体|密切)?"
    r"(?:负责|配合|参与|参加|协助|协同|协办|实施|落实|推进)(?:落实|实施|推进|配合|办理|做好)*$"
)
VERB = re.compile(r"牵头|主办|主责|负责|配合|参与|协助|协办|落实$|实施$")
DUE = re.compile(r"(?:完成|前|底|末|内|启动|实施|推进|坚持|开展|落实|到位|见效|时间表)$")

UNIT_END = re.compile(
    r"(?:局|委|办|厅|部|署|院|会|组|处|科|所|站|队|行|社|校|台|区|市|县|省|州|镇|乡|街道|政府|中心|公司|集团|银行|支行|分行|单位|部门|机构|机关|法院|检察院|海关|管委会|办公室|指挥部|专班|园区|企业|联合会|协会|商会)"
    r"(?:[（(][^（）()]*[)）])?$"
)
STRONG_UNIT = re.compile(
    r"^[^，。；、\d]{2,24}(?:局|委|办|厅|署|法院|检察院|海关|政府|中心|公司|集团|银行|支行|分行|管委会|办公室|指挥部|联合会|委员会)$"
)
JOINT = re.compile(r"以及|及其他|及|和|与|会同|并")
REST = re.compile(
    r"^(?:有关|相关|各相关|各有关|责任|成员|市级|市直|区级|县级|其他|职能|主管)*(?:部门|单位|机构|部门单位|部门和单位|单位和部门)?$"
)


@dataclass(frozen=True, slots=True)
class _Fields:
    lead: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    deadline: str | None = None

    def __bool__(self) -> bool:
        return bool(self.lead or self.responsible or self.deadline)


def find_trailer(paragraphs: Sequence[tuple[int, str]], *, year: int | None = None) -> Trailer | None:
    """Return the trailer of a clause, None if it has none; `paragraphs` are its own: (start, text).

    Read are brackets that close a paragraph, lines that begin with a label (`牵头单位：…`), and such a
    label after a sentence. `year` stands in for a deadline that names none.
    """
    lead: list[str] = []
    responsible: list[str] = []
    due: str | None = None
    spans: list[tuple[int, int]] = []
    for start, text in paragraphs:
        for begin, end, content, labelled in _candidates(text):
            fields = _labelled(content) if labelled else _spoken(content)
            if not fields:
                continue
            lead += [unit for unit in fields.lead if unit not in lead]
            responsible += [unit for unit in fields.responsible if unit not in responsible]
            due = due or fields.deadline
            spans.append((start + begin, start + end))
    if not spans:
        return None
    deadline: Deadline | None = parse_deadline(due, year=year) if due else None
    return Trailer(
        tuple(lead), tuple(responsible), deadline, min(s for s, _ in spans), max(e for _, e in spans)
    )


def is_trailer_line(text: str) -> bool:
    """Whether a line is nothing but a trailer: `牵头单位：…`, or brackets with offices in them."""
    if LABEL_LINE.match(text):
        return True
    return any(
        begin == 0 for begin, _, content, labelled in _candidates(text) if labelled or _spoken(content)
    )


def split_units(text: str) -> tuple[str, ...]:
    """Split a list of offices; 和 and 及 part two of them, but not the halves of 市自然资源和规划局."""
    units: list[str] = []
    for part in _split(text, "、，,；;/ 　\n"):
        for unit in _split_at_joints(_without_rest(part)):
            unit = unit.strip(" 　。.:：")
            if unit and unit not in units:
                units.append(unit)
    return tuple(units)


def _candidates(text: str) -> list[tuple[int, int, str, bool]]:
    """Pieces of a paragraph that may be trailers: start, end, content, whether labels stand in it."""
    bracketed = text[:1] in tuple(OPENING)
    if LABEL_LINE.match(text) and not bracketed:
        return [(0, len(text), text.rstrip("。"), True)]
    found: list[tuple[int, int, str, bool]] = []
    end = len(text)
    while (bracket := _closing_bracket(text, end)) is not None:
        begin, finish = bracket
        content = text[begin + 1 : finish - 1].strip()
        if not _is_trailer(content, text, begin):
            break
        found.append((begin, finish, content, LABEL.search(content) is not None))
        end = begin
    match = AFTER_SENTENCE.search(text, 0, end)
    if match is not None:
        found.append((match.end(), end, text[match.end() : end].rstrip("。 "), True))
    return found[::-1]


def _is_trailer(content: str, text: str, begin: int) -> bool:
    if LABEL.search(content):
        return True
    if SIGNAL.search(content):
        return bool(_spoken(content))
    # （市公安局、市司法局） after a full sentence names who does it.
    units = split_units(content)
    return text[:begin].rstrip().endswith(("。", "；")) and bool(units) and all(map(STRONG_UNIT.match, units))


def _closing_bracket(text: str, end: int) -> tuple[int, int] | None:
    """Start and end of the bracket that closes `text[:end]`, a full stop after it left aside."""
    finish = len(text[:end].rstrip("。；; 　.，,、"))
    if finish == 0 or text[finish - 1] not in CLOSING:
        return None
    depth = 0
    for place in range(finish - 1, -1, -1):
        if text[place] in CLOSING:
            depth += 1
        elif text[place] in OPENING:
            depth -= 1
            if depth == 0:
                return place, finish
    return None


def _labelled(content: str) -> _Fields:
    lead: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    deadline: str | None = None
    labels = [match for match in LABEL.finditer(content) if _begins_field(content, match.start())]
    if labels and (before := content[: labels[0].start()].strip("；;，,。 　")):
        spoken = _spoken(before)
        lead, responsible, deadline = spoken.lead, spoken.responsible, spoken.deadline
    for place, match in enumerate(labels):
        end = labels[place + 1].start() if place + 1 < len(labels) else len(content)
        value = content[match.end() : end].strip("；;，,。 　)）【[]】")
        if not value:
            continue
        if match["lead"]:
            lead += split_units(value)
        elif match["responsible"]:
            responsible += split_units(value)
        elif match["deadline"]:
            deadline = deadline or value
    return _Fields(lead, responsible, deadline)


def _begins_field(content: str, start: int) -> bool:
    before = content[:start].rstrip()
    return not before or before[-1] in "；;，,。、】]）)|｜(（【["


def _spoken(content: str) -> _Fields:
    """Read brackets without labels: `市发改委牵头，市财政局配合，2023年6月底前完成`."""
    lead: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    deadline: str | None = None
    pending = ""
    for part in _split(content, "，,；;。"):
        part = part.strip()
        if not part:
            continue
        if _is_due(part):
            deadline = deadline or part
            continue
        whole = f"{pending}、{part}" if pending else part
        pending = ""
        if match := LEADING.match(whole) or LED_BY.match(whole):
            units, helpers = _helpers(match["units"])
            lead, responsible = lead + units, responsible + helpers
        elif match := SHARING.match(whole):
            responsible += split_units(match["units"].removeprefix("由"))
        else:
            pending = whole
    if pending and (lead or responsible):
        responsible += tuple(unit for unit in split_units(pending) if UNIT_END.search(unit))
    elif pending and deadline is None:
        units = split_units(pending)
        if units and all(map(STRONG_UNIT.match, units)):
            responsible = units
    return _Fields(lead, responsible, deadline) if lead or responsible else _Fields()


def _helpers(units: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`市司法局会同市公安局` leads with one office and shares with the other."""
    first, joint, second = units.removeprefix("由").partition("会同")
    return (split_units(first), split_units(second)) if joint else (split_units(first), ())


def _is_due(part: str) -> bool:
    if VERB.search(part) and not re.search(r"(?:完成|前|底)[^，]{0,6}(?:落实|实施)?$", part):
        return False
    plain = re.sub(r"\s", "", part)
    return (PERIOD.search(plain) is not None and DUE.search(plain) is not None) or (
        ONGOING.search(plain) is not None and len(plain) <= 12
    )


def _split(text: str, separators: str) -> list[str]:
    """Split outside brackets and quotes."""
    parts, depth, quote, begin = [], 0, "", 0
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in QUOTES and QUOTES[character] in text[place:]:
            quote = QUOTES[character]
        elif character in OPENING:
            depth += 1
        elif character in CLOSING:
            depth = max(0, depth - 1)
        elif depth == 0 and character in separators:
            parts.append(text[begin:place])
            begin = place + 1
    parts.append(text[begin:])
    return parts


def _without_rest(part: str) -> str:
    """`市经信局等部门` is 市经信局; what else follows 等 is one more of the list."""
    before, mark, after = part.rpartition("等")
    if not mark or not UNIT_END.search(before.strip()):
        return part
    if REST.match(after.strip()):
        return before
    return f"{before}和{after}" if not after.startswith(("级", "次", "候")) else part


def _split_at_joints(part: str) -> list[str]:
    for match in JOINT.finditer(part):
        before, after = part[: match.start()].strip(), part[match.end() :].strip()
        inside = sum(part[: match.start()].count(c) for c in OPENING) > sum(
            part[: match.start()].count(c) for c in CLOSING
        )
        if inside or len(before) < 2 or len(after) < 2 or not UNIT_END.search(before):
            continue
        if match[0] == "及其他":
            after = "其他" + after
        return [before, *_split_at_joints(after)]
    return [part]
