"""Tell what frames a document (title block, addressees, signature, date, notes) from its body."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from indexer.dates import FULL_DATE, parse_date
from indexer.numbering import DIVISIONS, Kind, Label, label_of, uses_decimals
from indexer.source_text import BLANK


class Role(Enum):
    """What a line is to its document."""

    BODY = "正文"
    TITLE = "标题"
    LETTERHEAD = "版头"
    NUMBER = "发文字号"
    ADDRESSEES = "主送机关"
    HISTORY = "通过、公布记录"
    SIGNATURE = "署名"
    DATE = "成文日期"
    NOTE = "附注"
    CONTENTS = "目录"


@dataclass(frozen=True, slots=True)
class Line:
    """A line with words, stripped, and what it is."""

    text: str
    start: int
    end: int
    label: Label | None = None
    role: Role = Role.BODY
    level: int | None = None
    """Heading level where the file's format marks one."""
    fresh: bool = False
    """Whether a new text begins here: all numbered parts before it have ended."""


_BRACKETED = r"(?:[(（〔\[【][^()（）]*[)）〕\]】])"
ORGAN = re.compile(
    r"[\w·“”\"()（）]{1,40}?(?:政府|办公室|办公厅|委员会|办事处|联合会|管委会|领导小组|指挥部|法院|检察院|银行|委办|总局|总署|总队|支队|公司|中心|大学|学院|"
    r"协会|学会|[局厅部委署院会组办处社])(?:[(（](?:代章|章|盖章|印章|印|公章)[)）])?"
)
ORGANS = re.compile(rf"{ORGAN.pattern}(?:[\s　、]+{ORGAN.pattern})*")
SENTENCE = re.compile(r"[。；;！？!?]")
TITLE_END = re.compile(
    r"(?:通知|方案|意见|办法|条例|规定|规则|细则|措施|规划|计划|要点|纲要|公告|通告|公报|决定|决议|指南|指引|清单|解释|批复|答复|复函|函|"
    r"报告|请示|议案|纪要|制度|章程|准则|标准|规范|规程|预案|法|法典|任务|安排|政策|问答|倡议书|建议|举措|实施意见|行动|摘编|解读|\d+条|[一二三四五六七八九十]+条)"
    rf"(?:{_BRACKETED}|[“\"][^”\"]*[”\"])*$"
)
NUMBER_TEXT = (
    r"[一-鿿]{1,16}?[\s]*[〔﹝\[［【(（<〈]\s*(?:19|20)\d{2}\s*[〕﹞\]］】)）>〉]\s*第?\s*\d{1,5}\s*号"
)
NUMBER = re.compile(NUMBER_TEXT)
NUMBER_LINE = re.compile(rf"[(（]?\s*(?:(?:发文字号|文号|文件编号)\s*[:：]\s*)?{NUMBER_TEXT}\s*[)）]?")
BARE_NUMBER = re.compile(
    r"[(（]?\s*(?:(?:发文字号|文号|文件编号|编号)\s*[:：]\s*)?(?P<number>(?:[〔﹝\[［【]\s*(?:19|20)\d{2}\s*[〕﹞\]］】]|(?:19|20)\d{2}\s*年)\s*第?\s*\d{1,5}\s*[号期]|第\s*\d{1,4}\s*期)\s*[)）]?"
)
"""A line with a number that names no office: 〔2024〕17号 of minutes, 2024年第3号 of an announcement."""
ORDER = re.compile(
    r"(?:(?P<organ>[一-鿿]{2,30}?)\s*)?令?\s*[(（]?\s*第?\s*[\d一二三四五六七八九十百〇零]+\s*号(?:令)?\s*[)）]?"
)
ORDER_TITLE = re.compile(r"[一-鿿]{2,30}令(?:\s*第\s*[\d一二三四五六七八九十百〇零]+\s*号)?")
ADDRESSEES = re.compile(r"(?=.*(?:政府|单位|部门|委员会|管委会|办事处|机关|[局厅委办院])).{2,300}[:：]")
LETTERHEAD = re.compile(
    r"[一-鿿\s　]{3,40}文[\s　]*件|(?:特急|加急|平急|急件|机密|秘密|绝密)(?:[★☆].*)?"
    r"|(?:份号|编号)\s*[:：]?\s*\d+"
)
SPOKEN = re.compile(r"^(?:为|根据|按照|经|现|依据)|制定|如下|提出|以下|现将|牵头|责任单位")
HISTORY = re.compile(
    r"[(（]?\s*(?:根据|自)?(?:19|20)\d{2}\s*年.{0,160}?(?:通过|公布|发布|修正|修订|批准|施行|颁布|印发|第一次|废止).*"
)
NOTE = re.compile(
    r"[(（【]?\s*(?:此件(?:主动|依申请|不予|不)?(?:公开|发布|删减).*|此件.{0,16}|主动公开|依申请公开|不予公开|公开(?:属性|方式|选项|范围)\s*[:：].*|信息公开.{0,20})\s*[)）】]?"
    r"|(?:抄送|抄报|主送|分送|主题词|签发人|联系人|联系电话|联系方式|印发机关|印发日期|印发份数)\s*[:：].*"
    r"|.{2,40}(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*印发"
    r"|(?:特此(?:通知|公告|通告|批复|函告|报告|函复|说明)|此复|此致|现予公布|现印发给你们)[。！]?"
    r"|(?:市长|省长|县长|区长|州长|主任|主席|局长|部长|总理|院长)[\s　]*[:：]?[\s　]*[一-鿿][一-鿿\s　]{1,6}"
)
DATE_LINE = re.compile(
    rf"[(（]?\s*(?:{FULL_DATE.pattern.split('|(?<!', 1)[0]})\s*(?:印发|发布|公布)?\s*[)）]?"
)
SIGNED_DATE = re.compile(
    rf"(?P<organs>{ORGANS.pattern})[\s　]+"
    r"(?P<date>(?:19|20)\d{2}\s*年.*|[二○〇零一二三四五六七八九OＯ]{4}年.*)"
)
CONTENTS = re.compile(r"[【\[]?\s*目\s*[录次]\s*[】\]]?")
PAGE_NUMBER = re.compile(r"[\s.·…．\-—–_]*\d{0,3}\s*$")
CLOSING = re.compile(
    r"(?:《[^》]{2,60}》|本(?:办法|方案|意见|规定|措施|通知|细则|条例|计划|规划|政策|指南|实施[一-鿿]{2}|行动方案|文件|要点|规则|制度|预案|若干[一-鿿]{2}))"
    r".{0,30}?(?:施行|实施|执行|起生效|有效期).*"
)
"""A closing sentence of the whole text, where it stands in no numbered part: 本方案自印发之日起施行。"""

HEAD = 40
"""Lines, from the beginning, among which the title block stands."""


def frame(text: str, headings: Sequence[tuple[int, int]] = ()) -> list[Line]:
    """Return the lines of `text` that hold words, each with its label and its role."""
    rows = _rows(text)
    decimals = uses_decimals(row for row, _ in rows)
    levels = dict(headings)
    lines = []
    for row, start in rows:
        level = levels.get(start, levels.get(text.rfind("\n", 0, start) + 1))
        lines.append(Line(row, start, start + len(row), label_of(row, decimals=decimals), level=level))
    roles: dict[int, Role] = {}
    fresh: set[int] = set()
    first = _first_label(lines)
    _mark_head(lines, first, roles)
    _mark_signatures(lines, first, roles)
    _mark_top_title(lines, first, roles)
    _mark_titles_after_signature(lines, roles, fresh)
    _mark_repeated_titles(lines, first, roles)
    _mark_contents(lines, roles)
    _mark_foot(lines, roles)
    return [_with(line, roles.get(place, Role.BODY), place in fresh) for place, line in enumerate(lines)]


def squeezed(text: str) -> str:
    """Return `text` without white space, with one kind of brackets: for comparing titles."""
    text = re.sub(r"[\s\u200b\ufeff]", "", text)
    return text.translate(str.maketrans("()〈〉<>﹝﹞“”", '（）《》《》〔〕""'))


def _with(line: Line, role: Role, fresh: bool) -> Line:
    label = line.label if role is Role.BODY else None
    return Line(line.text, line.start, line.end, label, role, line.level, fresh)


def _rows(text: str) -> list[tuple[str, int]]:
    rows, offset = [], 0
    for line in text.split("\n"):
        row = line.strip(BLANK)
        if row:
            rows.append((row, offset + len(line) - len(line.lstrip(BLANK))))
        offset += len(line) + 1
    return rows


def _first_label(lines: Sequence[Line]) -> int:
    """Place of the first line that begins a numbered part, in text that is no table of contents."""
    for place, line in enumerate(lines):
        if line.label is not None and line.label.kind is not Kind.ANNEX and line.label.value[0] == 1:
            return place
    return len(lines)


def _mark_head(lines: Sequence[Line], first: int, roles: dict[int, Role]) -> None:
    for place, line in enumerate(lines[: min(first, HEAD)]):
        text = line.text
        if NOTE.fullmatch(text):
            roles[place] = Role.NOTE
        elif LETTERHEAD.fullmatch(text) and place < 6:
            roles[place] = Role.LETTERHEAD
        elif (
            NUMBER_LINE.fullmatch(text)
            or BARE_NUMBER.fullmatch(text)
            or ORDER_TITLE.fullmatch(text)
            or ORDER.fullmatch(text)
        ):
            roles[place] = Role.NUMBER
        elif CONTENTS.fullmatch(text):
            roles[place] = Role.CONTENTS
        elif ADDRESSEES.fullmatch(text) and not SENTENCE.search(text) and not SPOKEN.search(text):
            roles[place] = Role.ADDRESSEES
        elif (HISTORY.fullmatch(text) and _is_history(text)) or (
            re.match(r"[(（]", text)
            and parse_date(text)
            and len(text) < 200
            and re.search(r"通过|公布|印发|发布|修|批准", text)
        ):
            roles[place] = Role.HISTORY


def _is_history(text: str) -> bool:
    """Whether a line says when the document was adopted or published, and nothing else."""
    found = FULL_DATE.search(text)
    if found is None or not re.fullmatch(r"[(（]?\s*(?:根据|自)?\s*", text[: found.start()]):
        return False
    if text[: found.start()].endswith("自") and not re.fullmatch(
        r"\s*起?(?:施行|实施|执行)\s*[)）]", text[found.end() :]
    ):
        return False
    return len(SENTENCE.findall(text)) <= 1 and not re.search(r"现(?:印发|予)|制定本|提出", text)


def _mark_signatures(lines: Sequence[Line], first: int, roles: dict[int, Role]) -> None:
    for place, line in enumerate(lines):
        if place in roles or len(line.text) > 80:
            continue
        if SIGNED_DATE.fullmatch(line.text) and parse_date(line.text):
            if _after_sentence(lines, place) or place > 0:
                roles[place] = Role.SIGNATURE
            continue
        if not DATE_LINE.fullmatch(line.text) or parse_date(line.text) is None:
            continue
        above = place - 1
        signed = 0
        while above >= 0 and signed < 8 and above not in roles and _is_organ(lines[above].text):
            above -= 1
            signed += 1
        title_above = above < 0 or lines[above].text.endswith(("通知", "方案"))
        if signed and not (title_above and above < 0 and place < 2):
            roles.update(dict.fromkeys(range(above + 1, place), Role.SIGNATURE))
            roles[place] = Role.DATE
        elif place < min(first, HEAD) or place >= len(lines) - 6:
            roles[place] = Role.DATE
    # A signature without a date, between the issuing note and the title or at the very end.
    for place, line in enumerate(lines):
        if place in roles or place == 0 or not _is_organ(line.text) or not _after_sentence(lines, place):
            continue
        if lines[place].label is None and (
            place == len(lines) - 1 or (place < first and TITLE_END.search(lines[place + 1].text))
        ):
            roles[place] = Role.SIGNATURE


def _is_organ(text: str) -> bool:
    return len(text) <= 80 and ORGANS.fullmatch(text) is not None and label_of(text) is None


def _after_sentence(lines: Sequence[Line], place: int) -> bool:
    return place > 0 and lines[place - 1].text.endswith(("。", "！", "）", ")"))


def _mark_top_title(lines: Sequence[Line], first: int, roles: dict[int, Role]) -> None:
    """The run of short lines that opens the text, up to the one that ends as titles do."""
    begin = 0
    while begin < min(first, len(lines)) and roles.get(begin) in {Role.NOTE, Role.NUMBER, Role.LETTERHEAD}:
        begin += 1
    run = _title_run(lines, begin, first, roles)
    roles.update(dict.fromkeys(run, Role.TITLE))


def _title_run(lines: Sequence[Line], begin: int, stop: int, roles: Mapping[int, Role]) -> list[int]:
    """Places, from `begin` on, of a title broken over at most five lines; empty where none begins there."""
    run: list[int] = []
    for place in range(begin, min(stop, begin + 5, len(lines))):
        line = lines[place]
        if place in roles or not _may_be_title(line):
            break
        run.append(place)
        if TITLE_END.search(line.text) and not _opens(lines, run):
            # 关于印发X\n实施办法的通知: a later line may end the same title.
            break
        if line.level in {0, 1} and not _goes_on(line.text):
            break
    for length in range(len(run), 0, -1):
        if TITLE_END.search(lines[run[length - 1]].text) and not _opens(lines, run[:length]):
            return run[:length]
    if (
        run
        and run[0] == begin
        and (lines[begin].level in {0, 1} or (begin == 0 and not _is_organ(lines[begin].text)))
    ):
        return run[:1]
    return []


def _opens(lines: Sequence[Line], run: Sequence[int]) -> bool:
    """Whether the joined lines have a 《 or a 关于印发 that is still to be closed."""
    joined = "".join(lines[place].text for place in run)
    if joined.count("《") > joined.count("》") or joined.count("（") + joined.count("(") > joined.count(
        "）"
    ) + joined.count(")"):
        return True
    return (
        re.search(
            r"(?:印发|转发|公布|发布|修改|废止)(?!.*(?:通知|决定|公告|通告|函|意见)(?:[(（].*)?$)", joined
        )
        is not None
    )


def _goes_on(text: str) -> bool:
    return text.endswith(("关于", "和", "与", "及", "、", "的", "关于印发"))


def _may_be_title(line: Line) -> bool:
    text = line.text
    if line.label is not None and not (line.label.doubtful or line.level in {0, 1}):
        return False
    if SENTENCE.search(text) or text.endswith(("：", ":", "，", ",")) or len(text) > 80 or len(text) < 2:
        return False
    return " | " not in text and "｜" not in text and not re.match(r"(?:现将|经|各|为|根据)", text)


def _mark_titles_after_signature(lines: Sequence[Line], roles: dict[int, Role], fresh: set[int]) -> None:
    for place in sorted(roles):
        if roles[place] not in {Role.DATE, Role.SIGNATURE} or roles.get(place + 1) in {
            Role.DATE,
            Role.SIGNATURE,
        }:
            continue
        begin = place + 1
        while roles.get(begin) in {Role.NOTE, Role.NUMBER}:
            begin += 1
        if begin < len(lines):
            if place > 0 and roles.get(0) is not Role.DATE:
                fresh.add(begin)
            run = _title_run(lines, begin, len(lines), roles)
            if run and TITLE_END.search(lines[run[-1]].text):
                roles.update(dict.fromkeys(run, Role.TITLE))


def _mark_repeated_titles(lines: Sequence[Line], first: int, roles: dict[int, Role]) -> None:
    """The title once more, in one line or in several; the 《title》 of the issuing notice on its own line."""
    top = [place for place in sorted(roles) if roles[place] is Role.TITLE and place < 6]
    names = {squeezed("".join(lines[place].text for place in top))}
    for line in lines[: min(first, HEAD)]:
        names |= {squeezed(name) for name in re.findall(r"《(.{6,80}?)》(?!的决定)", line.text)}
    names.discard("")
    for place in range(min(first, HEAD)):
        if place in roles:
            continue
        joined = ""
        for last in range(place, min(place + 5, first, len(lines))):
            joined += squeezed(lines[last].text)
            if joined in names:
                roles.update(dict.fromkeys(range(place, last + 1), Role.TITLE))
                break


def _mark_contents(lines: Sequence[Line], roles: dict[int, Role]) -> None:
    """A table of contents: headings in a row, without text between, that come again further on."""
    place = 0
    while place < len(lines):
        listed = roles.get(place) is Role.CONTENTS or CONTENTS.fullmatch(lines[place].text) is not None
        label = lines[place].label
        begin = place + 1 if listed else place
        if not listed and (label is None or label.kind not in DIVISIONS):
            place += 1
            continue
        stop = _contents_end(lines, begin, listed)
        if stop - begin >= 2 or (listed and stop > begin):
            roles.update(dict.fromkeys(range(place, stop), Role.CONTENTS))
            place = stop
        else:
            place += 1


def _contents_end(lines: Sequence[Line], begin: int, listed: bool) -> int:
    """Where a run of headings from `begin` on ends because its first comes again; `begin` if never."""
    if begin >= len(lines):
        return begin
    name = _entry(lines[begin])
    for place in range(begin, min(begin + 200, len(lines))):
        if place > begin and _entry(lines[place]) == name:
            return place
        label = lines[place].label
        is_entry = label is not None and (listed or label.kind in DIVISIONS)
        if not is_entry and not (
            listed and len(lines[place].text) <= 60 and not SENTENCE.search(lines[place].text)
        ):
            return begin
    return begin


def _entry(line: Line) -> str:
    return squeezed(PAGE_NUMBER.sub("", line.text))


def _mark_foot(lines: Sequence[Line], roles: dict[int, Role]) -> None:
    kinds = [
        line.label.kind for line in lines if line.label is not None and line.label.kind is not Kind.ANNEX
    ]
    # The last article of a regulation may have several paragraphs.
    articles = (
        bool(kinds)
        and kinds.count(Kind.ARTICLE) > 0
        and lines[-1].label is None
        and kinds[-1] is Kind.ARTICLE
    )
    for place in range(len(lines) - 1, max(-1, len(lines) - 12), -1):
        if place in roles:
            continue
        text = lines[place].text
        if NOTE.fullmatch(text) or (
            CLOSING.fullmatch(text)
            and len(text) <= 120
            and not articles
            and not _is_body_of_heading(lines, place)
        ):
            roles[place] = Role.NOTE
        else:
            break


def _is_body_of_heading(lines: Sequence[Line], place: int) -> bool:
    """Whether a line is labelled, or stands right under a heading that has no other words."""
    above = lines[place - 1] if place else None
    if lines[place].label is not None or above is None:
        return True
    return above.label is not None and not SENTENCE.search(above.text)
