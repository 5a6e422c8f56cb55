"""Read what a document says of itself: title, issuer, number, dates, region, status."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from indexer.dates import add_duration, number, parse_date, parse_deadline
from indexer.frame import BARE_NUMBER, NUMBER, SIGNED_DATE, TITLE_END, Line, Role, squeezed
from indexer.history import Event, find_record
from indexer.numbering import Kind
from indexer.regions import (
    NATION,
    PLACEHOLDER,
    common_region,
    find_regions,
    leading_region,
    office_region,
    resolve,
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says of itself; None where it says nothing."""

    title: str | None = None
    issuer: str | None = None
    number: str | None = None
    issued_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    region: str | None = None
    status: str | None = None
    digest_of: str | None = None


ISSUING = re.compile(
    r"(?:印发|转发|发布|公布|下达)(?:关于)?(?P<name>.+?)的(?:通知|公告|通告|决定|函|意见)(?:[(（][^()（）]*[)）])?$"
)
QUOTED = re.compile(r"[《<〈](?P<name>.{4,90})[》>〉]")
ANNOUNCED = re.compile(
    r"现将《(?P<first>[^》]{4,90})》[^。]{0,30}(?:印发|发布|公布|转发)|^(?:经[^，,。]{2,40}[，,])?《(?P<second>[^》]{4,90})》[^。]{0,60}现(?:予|将其)?(?:以)?(?:印发|发布|公布|转发)"
)
ABOUT = re.compile(r"^(?P<organ>[^《》，。]{2,60}?)关于")
SEAL = re.compile(r"[(（](?:代章|章|盖章|印章|印|公章)[)）]")
ADOPTED = re.compile(
    r"(?P<body>[一-鿿]{2,20}?)第[\d一二三四五六七八九十百]+届(?P<rest>[一-鿿]*?(?:人民代表大会常务委员会|人民代表大会|常务委员会))"
)
NAMED_ADOPTED = re.compile(
    r"(?P<nation>第[\d一二三四五六七八九十百]+届)?(?P<body>全国人民代表大会(?:常务委员会)?)"
)
LINK = re.compile(r"^[\s，,；;、。]*(?:根据|经|由|被)?\s*|\s+")
NATIONAL_COURT = re.compile(r"最高人民(?:法院|检察院)")
MINISTRY = re.compile(
    r"^(?:中华人民共和国)?(?:国务院|国家[一-鿿]{2,12}(?:局|署|委员会|委|总局|办公室)|全国人民代表大会|最高人民(?:法院|检察院)|中共中央|中央[一-鿿]{2,10}(?:委员会|办公室|委|办)|"
    r"(?:财政|教育|科学技术|科技|工业和信息化|公安|民政|司法|人力资源(?:和)?社会保障|自然资源|生态环境|住房(?:和)?城乡建设|交通运输|水利|农业农村|商务|文化和旅游|应急管理|外交|国防|审计)部|"
    r"中国人民银行|中国证券监督|中国银行保险|海关总署|审计署|税务总局|市场监管总局)"
)
LOCAL = re.compile(r"本(?:市|省|自治区|自治州|县|区|州)(?![别间域])|我(?:市|省|县|区|州)")
OF_A_CITY = re.compile(r"[全我本]市|市直|市委|县市区|(?<![辖、的])市政府|各区县|各县区")
"""A text that speaks as a city's own; any other may name one city only in passing."""
NATIONAL_DUTY = re.compile(r"国务院[一-鿿、]{0,24}?(?:部门|机构|建立|制定|规定|负责|统一|批准)")
LAW = re.compile(r"[一-鿿]{2}(?<![办方做看用执司立说算])法(?:典)?(?:[(（][^()（）]*[)）])?$")
"""A title of a law proper, which the National People's Congress alone can make."""
ORDER_NUMBER = re.compile(
    r"[一-鿿]{2,30}?(?:令|公告)\s*[(（]?\s*(?:19|20)?\d{0,2}年?\s*第?\s*[\d一二三四五六七八九十百〇零]+\s*号"
)
ISSUED_AS = re.compile(
    r"^[一-鿿]*(?:办公[室厅]|人民政府|委员会|以)(?=[一-鿿]{1,12}[〔﹝\[［【(（<〈])|^[一-鿿]{2,}?[局厅部](?=[一-鿿]{2,8}[发办规函字][〔﹝\[［【(（<〈])"
)
"""What stands before the number itself where a record says who published the document under it."""
STATUTE = re.compile(r"(?:条例|规定|办法|细则|法|法典|解释|规则)(?:[(（][^()（）]*[)）])?$")

_DOCUMENT = (
    r"(?:办法|方案|意见|规定|措施|通知|细则|条例|计划|规划|政策|指南|指引|文件|要点|规则|制度|预案|公告|通告|决定|决议|法|解释|规程|规范"
    r"|标准|章程|准则|纲要|目录|清单|批复|函|通则|实施|若干|[一二三四五六七八九十]{1,3}条)"
)
ON_RECORD = re.compile(r"自(?:公布|发布|颁布|印发|通过|批准)之日起(?:施行|实施|执行|生效)")
OF_ITSELF = re.compile(
    rf"本(?![市省县区州级地院局单部行])[一-鿿]{{0,6}}?{_DOCUMENT}|(?:以上|上述)(?:政策|规定|措施)"
)
TAKES_EFFECT = re.compile(
    rf"(?P<subject>(?:{OF_ITSELF.pattern})[一-鿿]{{0,4}}?|《[^》]{{4,60}}》)?(?:经[^，。]{{1,40}}[，,])?\s*(?:自|从|于)\s*"
    r"(?P<when>[^，。；自]{2,40}?)\s*(?:起|后)?\s*(?:正式)?(?:开始)?(?P<verb>施行|实施|执行|生效|试行|有效(?!期))"
)
ON_ISSUE = re.compile(r"(?:印发|公布|发布|颁布|下发|通过|批准|发文|签发)之日")
_TERM_NAME = r"(?:有效期|施行期|实施期|执行期|试行期)(?:限)?"
_ITS = rf"(?:^|(?<=[，,；;、（(]))\s*(?:其|{OF_ITSELF.pattern})?的?"
TERM = re.compile(
    rf"(?:{_ITS}{_TERM_NAME}\s*(?:暂?[定为是设]+|[:：])?\s*(?:自[^，。；]{{2,24}}起(?:计算)?\s*)?|^(?:施行|试行|实施|执行|有效)(?:期)?为?\s*)"
    r"(?P<term>[\d一二三四五六七八九十两半]+\s*个?\s*[年月])(?!\s*\d)"
)
"""A term that is the document's own: 临时号牌有效期四年 is not."""
UNTIL = re.compile(
    rf"(?:{_ITS}(?:{_TERM_NAME})?\s*(?:为|是|[:：])?\s*(?:自[^，。；]{{2,24}}?起?)?|^)\s*(?:施行|实施|执行|试行|有效|延续|截止|截至)*\s*(?:到|至)\s*"
    r"(?P<until>[12〇○零OＯ一二][\d〇○零OＯ一二三四五六七八九]{3}\s*年[^，,。；;、）)]{0,12})"
    r"|(?:^|[，,；;、])\s*(?:于)?(?P<end>(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*(?:起)?(?:自动|自行)?(?:止|失效|终止|废止|到期|届满|停止执行)"
)
WITHIN = re.compile(
    r"(?:到|至)\s*(?P<until>(?:19|20)\d{2}\s*年[^，。；]{0,10}?)\s*(?:止|期间)?\s*(?:施行|实施|执行|有效|试行)"
)
"""自2024年1月1日起至2026年12月31日止施行: the end stands before the verb."""
OWN_TERM = re.compile(
    rf"(?P<subject>{OF_ITSELF.pattern}|《[^》]{{4,60}}》)\s*(?:的|自[^，。；]{{2,24}}起(?:计算)?[，,]?)?\s*(?={_TERM_NAME}|(?:执行|施行|实施|试行|有效)(?:期|至|到|\d))"
)
OWN_TERM_BEGINS = re.compile(rf"(?:其|{OF_ITSELF.pattern})?的?{_TERM_NAME}")
STATED_STATUS = {
    "现行有效": "现行有效",
    "有效": "现行有效",
    "是": "现行有效",
    "废止": "已废止",
    "已废止": "已废止",
    "失效": "已废止",
    "已失效": "已废止",
    "部分失效": "已修改",
    "部分有效": "已修改",
    "部分废止": "已修改",
    "停止执行": "已废止",
    "否": "已废止",
    "无效": "已废止",
    "修改": "已修改",
    "已修改": "已修改",
    "已被修改": "已修改",
    "已修订": "已修改",
    "尚未施行": "尚未施行",
    "尚未生效": "尚未施行",
    "未生效": "尚未施行",
}
STATUS_LINE = re.compile(
    r"[(（【\[]?\s*(?:(?:有效性|时效性?|效力状态|效力|文件状态|时效状态|是否有效)\s*[:：]\s*(?P<value>[一-鿿]{1,6})"
    r"|(?:本(?:文件|办法|规定|条例|通知)|此件|该文件)?\s*(?P<plain>已?废止|已?失效|现行有效|尚未施行|尚未生效|已被?修[改订]|部分失效|停止执行))\s*[)）】\]]?"
)
REPEALED_SINCE = re.compile(
    r"[(（【\[]?\s*(?:注\s*[:：])?\s*(?:本(?:文件|办法|规定|条例|通知|方案)|此件|该文件)\s*(?P<since>自|已?于)?\s*(?P<day>(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*(?:起)?\s*(?:被)?(?:予以|宣布)?(?:废止|失效|停止执行)[。]?\s*[)）】\]]?"
)
TITLE_STATUS = re.compile(r"[(（【\[]\s*(?P<status>已?(?:废止|失效)|部分失效|现行有效)\s*[)）】\]]$")
TITLE_RECORD = re.compile(
    r"\s*[(（][^()（）]*(?:19|20)\d{2}\s*年[^()（）]*日[^()（）]*(?:通过|公布|发布|批准|修正|修订|施行|印发)[^()（）]*[)）]$"
)


def read_metadata(
    text: str,
    lines: Sequence[Line],
    *,
    stated: Mapping[str, str | None] | None = None,
    hint: str | None = None,
) -> Metadata:
    """Read the metadata of a document from its lines, as `frame` gives them.

    `stated` (front matter, a side file) wins, a None in it included: stated to be unknown. `hint` is a
    title from outside the text, used where the text has none.
    """
    stated = stated or {}
    found = _of_text(text, lines)
    if found.title is None and hint and 4 <= len(hint) <= 100:
        found = replace(found, title=hint.strip())
        found = replace(found, region=found.region or _named_region(hint))
    found = Metadata(
        title=stated.get("title", found.title),
        issuer=stated.get("issuer", found.issuer),
        number=stated.get("number", found.number),
        issued_on=_stated_date(stated, "issued_on", found.issued_on),
        effective_on=_stated_date(stated, "effective_on", found.effective_on),
        expires_on=_stated_date(stated, "expires_on", found.expires_on),
        region=stated.get("region", found.region),
        status=_stated_status(stated["status"]) if "status" in stated else found.status,
        digest_of=stated.get("digest_of"),
    )
    if "region" not in stated and found.region is None:
        found = replace(found, region=_office_region(found.issuer) or _named_region(found.title))
    if "issued_on" in stated and "effective_on" not in stated:
        found = replace(found, effective_on=_effective(lines, found.issued_on))
    if "expires_on" not in stated and found.expires_on is None:
        found = replace(found, expires_on=_expires(lines, found.effective_on or found.issued_on))
    return found


def _stated_date(stated: Mapping[str, str | None], key: str, found: date | None) -> date | None:
    if key not in stated:
        return found
    value = stated[key]
    return parse_date(value) if value else None


def _stated_status(status: str | None) -> str | None:
    return STATED_STATUS.get(status.strip(), status.strip()) if status else None


def _of_text(text: str, lines: Sequence[Line]) -> Metadata:
    heading = _heading(lines)
    title = _title(lines, heading)
    events = record_of(lines)
    issuer = _issuer(lines, heading, events)
    issued_on = _issued_on(lines, events)
    status, repealed_on = _status(lines, heading, events)
    return Metadata(
        title=_without_remarks(title) if title else None,
        issuer=issuer,
        number=_number(lines, heading, events),
        issued_on=issued_on,
        effective_on=_effective(lines, issued_on),
        expires_on=repealed_on - timedelta(days=1) if repealed_on else None,
        region=_region(text, lines, title, heading, issuer),
        status=status,
    )


def record_of(lines: Sequence[Line]) -> tuple[Event, ...]:
    """Return what the lines under the title tell of adoption, publication, amendment and commencement."""
    texts = [line.text for line in lines if line.role is Role.HISTORY]
    texts += [
        match[0] for line in lines if line.role is Role.TITLE and (match := TITLE_RECORD.search(line.text))
    ]
    return find_record(texts)


# Title.


def _heading(lines: Sequence[Line]) -> str | None:
    """The text's own first title, broken lines joined."""
    runs = list(_title_runs(lines))
    return _joined(runs[0]) if runs and runs[0][0] is _first_title(lines) else None


def _first_title(lines: Sequence[Line]) -> Line | None:
    for line in lines:
        if line.role is Role.TITLE:
            return line
        if line.role not in {Role.NUMBER, Role.NOTE, Role.LETTERHEAD, Role.HISTORY}:
            return None
    return None


def _title_runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    run: list[Line] = []
    for line in lines:
        if line.role is Role.TITLE and not (run and line.fresh):
            run.append(line)
            continue
        if run:
            yield run
        run = [line] if line.role is Role.TITLE else []
    if run:
        yield run


def _joined(run: Sequence[Line]) -> str:
    """The title that lines break; a run that says the title twice says it once."""
    whole = squeezed("".join(line.text for line in run))
    for stop in range(1, len(run)):
        once = "".join(line.text for line in run[:stop])
        if squeezed(once) * 2 == whole or squeezed(once) == squeezed(
            "".join(line.text for line in run[stop:])
        ):
            return once
    return "".join(line.text for line in run)


def _title(lines: Sequence[Line], heading: str | None) -> str | None:
    later = [_joined(run) for run in _title_runs(lines) if run[0] is not _first_title(lines)]
    later = [name for name in later if TITLE_END.search(name) or heading is None]
    if heading and later and squeezed(later[0]) == squeezed(heading):
        return heading
    follows = any(line.label is not None for line in lines)
    issued = _issued_name(heading) if heading else _announced(lines)
    if later:
        return later[0]
    if issued and follows:
        return issued
    return heading or issued


def _without_remarks(title: str) -> str:
    """The title without the record or the status that a bracket behind it holds."""
    return TITLE_STATUS.sub("", TITLE_RECORD.sub("", title)).strip() or title


def _issued_name(heading: str) -> str | None:
    """X of 关于印发《X》的通知."""
    match = ISSUING.search(heading)
    if match is None:
        return None
    name = match["name"].strip()
    quoted = QUOTED.fullmatch(name)
    if quoted:
        return quoted["name"]
    return name if TITLE_END.search(name) and "《" not in name else None


def _announced(lines: Sequence[Line]) -> str | None:
    """X of an issuing note without a heading: 现将《X》印发给你们."""
    for line in lines[:12]:
        if line.label is not None:
            break
        if line.role is Role.BODY and (match := ANNOUNCED.search(line.text)):
            return match["first"] or match["second"]
    return None


# Issuer.


def _issuer(lines: Sequence[Line], heading: str | None, events: Sequence[Event]) -> str | None:
    return (
        _signed(lines)
        or _adopting(events)
        or _heading_organ(heading)
        or _ordering(lines)
        or _publishing(events)
        or _noted(lines)
    )


def _signed(lines: Sequence[Line]) -> str | None:
    """The office that signs, several joined by 、; the first signature counts."""
    organs: list[str] = []
    for line in lines:
        if line.role is Role.SIGNATURE:
            match = SIGNED_DATE.fullmatch(line.text)
            organs += re.split(r"[\s　]+|、", match["organs"] if match else line.text)
        elif organs:
            break
    names = [SEAL.sub("", organ) for organ in organs if organ]
    return "、".join(dict.fromkeys(names)) or None


def _adopting(events: Sequence[Event]) -> str | None:
    """The body that adopted or last amended a regulation; one that approved or published it is not it."""
    for event in reversed(events):
        if event.step not in {"adopted", "amended"}:
            continue
        if court := NATIONAL_COURT.search(event.text):
            return court[0]
        if national := NAMED_ADOPTED.search(event.text):
            return national["body"]
        words = LINK.sub("", event.words)
        if match := ADOPTED.search(words):
            return f"{match['body']}{match['rest']}"
        if "国务院" in event.text:
            return "国务院"
        if organ := _organ_of(words):
            return organ
    return None


def _publishing(events: Sequence[Event]) -> str | None:
    """The office that published, by order or otherwise; the latest that is named."""
    for event in reversed(events):
        if event.step == "published":
            words = LINK.sub("", event.words)
            if "国务院" in words:
                return "国务院"
            if organ := _organ_of(words):
                return organ
    return None


def _organ_of(words: str) -> str | None:
    """The office that `words` begin with; 市人民政府 without its city's name is too little."""
    match = re.match(
        r"(?P<organ>[一-鿿、]{2,40}?(?:人民政府|委员会|[局厅部署])(?:办公室|办公厅)?)(?=第|令|公告|审议|发布|公布|印发|修|常务|党组|办公会|[一-鿿]{0,8}[〔\[])",
        words,
    )
    if match is None or re.match(r"[省市县区州](?:人民)?政府", match["organ"]):
        return None
    return match["organ"]


def _heading_organ(heading: str | None) -> str | None:
    match = ABOUT.match(heading) if heading else None
    if match is None:
        return None
    organ = match["organ"].strip()
    # 市优化营商环境领导小组 names no city: better than nothing, worse than a signature.
    is_organ = re.search(r"(?:政府|办公室|办公厅|委员会|法院|检察院|小组|指挥部|[局厅部委署院会办])$", organ)
    return "、".join(re.split(r"[\s　]+", organ)) if is_organ else None


def _ordering(lines: Sequence[Line]) -> str | None:
    for line in lines:
        if line.role is Role.NUMBER and (match := re.match(r"(?P<organ>[一-鿿]{3,30}?)令", line.text)):
            return re.sub(r"^中华人民共和国(?=国务院)", "", match["organ"])
    return None


def _noted(lines: Sequence[Line]) -> str | None:
    """`（2025年1月17日鹭津市人民政府办公室印发，…）`."""
    for line in lines:
        if line.role in {Role.HISTORY, Role.NOTE} and (
            match := re.search(
                r"[日\d]\s*(?P<after>[一-鿿]{3,30}?)(?:印发|发布|公布)|^[(（]?\s*(?P<before>[一-鿿]{3,30}?)\s*(?:于)?(?:19|20)\d{2}\s*年[^，。]{2,12}(?:印发|发布|公布)",
                line.text,
            )
        ):
            return match["after"] or match["before"]
    return None


# Number and dates.


def _number(lines: Sequence[Line], heading: str | None, events: Sequence[Event]) -> str | None:
    framing = [line for line in lines if line.role in {Role.NUMBER, Role.NOTE, Role.SIGNATURE}]
    for line in framing:
        if match := NUMBER.search(line.text):
            return _tidy_number(match[0])
    if heading and (match := re.search(r"[(（](" + NUMBER.pattern + r")[)）]$", heading)):
        return _tidy_number(match[1])
    plain = [line.text for line in framing if line.role is Role.NUMBER]
    for first, second in itertools.pairwise(plain):
        if first.endswith(("令", "公告")) and second.endswith("号"):
            return re.sub(r"\s", "", first + second)
    orders = [match for line in framing if (match := ORDER_NUMBER.search(line.text))]
    if orders:
        return re.sub(r"\s", "", orders[-1][0])
    for text in plain:
        if match := BARE_NUMBER.fullmatch(text):
            return _tidy_number(match["number"])
    return _published_number(events)


def _published_number(events: Sequence[Event]) -> str | None:
    """The number under which the text was published, or as a whole revised and published again.

    An amendment of single articles (修正) has a number of its own, which is not the document's.
    """
    published = [
        event
        for event in events
        if event.step == "published"
        or (
            event.step in {"adopted", "amended"}
            and re.search(r"公布|发布|印发", event.words)
            and "修正" not in event.words
        )
    ]
    for event in reversed(published):
        words = LINK.sub("", event.words)
        if match := NUMBER.search(words):
            return _tidy_number(ISSUED_AS.sub("", match[0]))
        if match := ORDER_NUMBER.search(words):
            return re.sub(r"\s", "", re.sub(r"^(?:以|用)", "", match[0]))
    return None


def _tidy_number(text: str) -> str:
    """Return a 发文字号 in its official form, with 〔〕 and without spaces."""
    text = re.sub(r"\s", "", text)
    text = re.sub(r"^(?:发文字号|文号|文件编号)[:：]", "", text)
    return re.sub(r"[﹝\[［【(（<〈]((?:19|20)\d{2})[﹞\]］】)）>〉]第?", r"〔\1〕", text)


def _issued_on(lines: Sequence[Line], events: Sequence[Event]) -> date | None:
    """The signature's date, or a later amendment's; else the latest adoption or publication; else a lone date."""
    passed = [event.day for event in events if event.step not in {"effective", "repealed"}]
    signed = [_line_date(line) for row, line in enumerate(lines) if _is_signing(lines, row)]
    if signed and signed[0]:
        return max([signed[0], *(event.day for event in events if event.step == "amended")])
    if passed:
        return max(passed)
    alone = [
        _line_date(line)
        for line in lines
        if line.role is Role.DATE or (line.role is Role.NOTE and re.search(r"印发\s*[)）]?$", line.text))
    ]
    return next((value for value in alone if value), None)


def _is_signing(lines: Sequence[Line], row: int) -> bool:
    line = lines[row]
    if line.role is Role.SIGNATURE:
        return SIGNED_DATE.fullmatch(line.text) is not None
    return line.role is Role.DATE and row > 0 and lines[row - 1].role is Role.SIGNATURE


def _line_date(line: Line) -> date | None:
    return parse_date(line.text)


def _effective(lines: Sequence[Line], issued_on: date | None) -> date | None:
    recorded = [event.day for event in record_of(lines) if event.step == "effective"]
    if recorded:
        return recorded[-1]
    best: date | None = None
    rank = 0
    for line in _own_lines(lines):
        for match in _commencements(line.text, lines):
            value = _start(match["when"], match[0], issued_on)
            this = 2 if match["subject"] else 1
            if value is not None and this >= max(rank, 1):
                best, rank = value, this
    if best is None:
        best = next((day for line in _own_lines(lines) if (day := _term_begins(line.text, lines))), None)
    if best is None and any(ON_RECORD.search(line.text) for line in lines if line.role is Role.HISTORY):
        return issued_on
    return best


def _commencements(text: str, lines: Sequence[Line]) -> Iterator[re.Match[str]]:
    """Where `text` says when the document itself takes effect, not something it speaks of."""
    for match in TAKES_EFFECT.finditer(text):
        subject = match["subject"] or ""
        if subject.startswith("《") and not _is_title(subject, lines):
            continue
        if subject or _is_understood(text[: match.start()], lines):
            yield match


def _is_understood(before: str, lines: Sequence[Line]) -> bool:
    """Whether the words before 自…起施行 make the document its subject.

    本办法由市民政局负责解释，自…; 《云岭市夜市管理办法》已经…通过，现予公布，自…; 本办法由…解释。自….
    """
    *earlier, current = re.split(r"[。；]", before)
    if not current.strip():
        return (
            bool(earlier)
            and OF_ITSELF.match(re.sub(r"^第[一-鿿\d]+条\s*", "", earlier[-1].strip())) is not None
        )
    if not re.search(r"[，,、]\s*(?:并|均|统一)?\s*$", current):
        return OF_ITSELF.search(current[-12:]) is not None
    names = re.findall(r"《[^》]{4,60}》", current)
    return OF_ITSELF.search(current[-60:]) is not None or any(_is_title(name, lines) for name in names[:1])


def _start(when: str, whole: str, issued_on: date | None) -> date | None:
    if ON_ISSUE.search(when):
        if issued_on is None:
            return None
        later = re.search(
            r"之日起\s*(?:满)?(?P<days>[\d一二三四五六七八九十]+)\s*个?\s*(?:自然)?[日天](?:后|起|之后)",
            whole,
        )
        return issued_on + timedelta(days=number(later["days"])) if later else issued_on
    return parse_date(when)


def _expires(lines: Sequence[Line], since: date | None) -> date | None:
    """The last day of the document's term, where its closing words, or the record under its title, set one."""
    for line in lines:
        stated = re.search(r"[，,；;\s]\s*(?=有效期)", line.text) if line.role is Role.HISTORY else None
        if stated and (found := _term(line.text[stated.end() :], since)):
            return found
    for line in _own_lines(lines):
        text = line.text
        for match in _commencements(text, lines):
            if not ON_ISSUE.search(match["when"]) and parse_date(match["when"]) is None:
                continue
            if inside := WITHIN.search(match[0]):
                return parse_deadline(inside["until"]).end
            here, following = _sentences_from(text, match.start("verb"))
            if found := _term(here, since) or _term(following, since, named=True):
                return found
        for match in OWN_TERM.finditer(text):
            if match["subject"].startswith("《") and not _is_title(match["subject"], lines):
                continue
            if found := _term(_sentences_from(text, match.end())[0], since):
                return found
    return None


def _term_begins(text: str, lines: Sequence[Line]) -> date | None:
    """The first day of 本办法有效期自2024年1月1日至2026年12月31日."""
    for match in OWN_TERM.finditer(text):
        if match["subject"].startswith("《") and not _is_title(match["subject"], lines):
            continue
        here, _ = _sentences_from(text, match.end())
        if stated := re.match(
            rf"{_TERM_NAME}\s*(?:为|是|[:：])?\s*自?(?P<from>[^，。；]{{6,20}}?)起?[到至]", here
        ):
            return parse_date(stated["from"])
    return None


def _sentences_from(text: str, place: int) -> tuple[str, str]:
    """The rest of the sentence at `place`, and the sentence after it."""
    here, following, *_ = [*re.split(r"[。；;]", text[place:]), ""]
    return here, following.strip()


def _term(words: str, since: date | None, *, named: bool = False) -> date | None:
    """The last day of the term that `words` set; `named`: only if they begin with 有效期 or its like."""
    if named and not OWN_TERM_BEGINS.match(words):
        return None
    if match := UNTIL.search(words):
        if match["until"]:
            return parse_deadline(match["until"]).end
        last = parse_date(match["end"])
        # 2027年1月1日起废止 leaves the day before as the last.
        return last - timedelta(days=1) if last and re.search(r"日\s*起", match[0]) else last
    if (match := TERM.search(words)) and since is not None:
        return add_duration(since, match["term"])
    return None


def _own_lines(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines of the text itself, annexes and title block left aside.

    The text that a notice issues may itself stand as the notice's annex: the last title opens it.
    """
    opening = max((row for row, line in enumerate(lines) if line.role is Role.TITLE), default=0)
    for row, line in enumerate(lines):
        if line.label is not None and line.label.kind is Kind.ANNEX and row > opening:
            return
        if line.role in {Role.BODY, Role.NOTE}:
            yield line


def _is_title(name: str, lines: Sequence[Line]) -> bool:
    wanted = squeezed(name.strip("《》"))
    return any(wanted in squeezed(line.text) for line in lines if line.role is Role.TITLE)


# Region and status.


def _region(
    text: str, lines: Sequence[Line], title: str | None, heading: str | None, issuer: str | None
) -> str | None:
    names = (_named_region(title), _named_region(heading), _office_region(issuer), _addressed_region(lines))
    for name in names:
        if name:
            return name
    if placeholder := PLACEHOLDER.search(text):
        return placeholder[0]
    articles = any(line.label is not None and line.label.kind is Kind.ARTICLE for line in lines)
    if title and LAW.search(title) and articles:
        return NATION
    if title and STATUTE.search(title) and not LOCAL.search(text) and len(NATIONAL_DUTY.findall(text)) >= 2:
        return NATION
    return _only_city(text)


def _named_region(title: str | None) -> str | None:
    """The region that a title names, names of other documents left out."""
    if not title:
        return None
    if MINISTRY.match(title) or title.startswith("中华人民共和国"):
        return NATION
    plain = re.sub(r"《[^》]*》|〈[^〉]*〉", "", title)
    if leading := leading_region(plain):
        return leading
    match = re.search(r"(?:印发|转发|发布|公布|关于)(?P<rest>.+)", plain)
    if match and (leading := leading_region(match["rest"])):
        return leading
    if placeholder := PLACEHOLDER.search(plain):
        return placeholder[0]
    quoted = re.search(r"(?:印发|转发|发布|公布)《(?P<name>[^》]+)》", title)
    if quoted and (leading := leading_region(quoted["name"])):
        return leading
    return common_region(find_regions(plain))


def _office_region(issuer: str | None) -> str | None:
    if not issuer:
        return None
    first = issuer.split("、")[0]
    if MINISTRY.match(first):
        inner = re.search(r"(?:总局|银行)(?P<branch>[一-鿿]{2,8}?(?:市|省|县|区))", first)
        return leading_region(inner["branch"]) if inner else NATION
    first = re.sub(r"^(?:中共|中国共产党)", "", first)
    return office_region(first)


def _addressed_region(lines: Sequence[Line]) -> str | None:
    """The city whose counties and offices are addressed; a province is too wide to be told from that."""
    for line in lines:
        if line.role is Role.ADDRESSEES:
            common = common_region(find_regions(line.text))
            region = resolve(common) if common else None
            if region is not None and region.kind in {"地级", "县级"}:
                return region.name
    return None


def _only_city(text: str) -> str | None:
    """The one city that the text names anywhere, where it names no other: 岳阳自贸片区 tells of 岳阳市."""
    plain = re.sub(r"《[^》]*》", "", text)
    if not OF_A_CITY.search(plain):
        return None
    cities = set()
    for region in find_regions(plain):
        if region.kind in {"地级", "直辖市"}:
            cities.add(region.name)
        elif region.kind == "县级":
            cities.add(
                region.parent
                if region.parent and (resolve(region.parent) or region).kind == "地级"
                else region.name
            )
    return cities.pop() if len(cities) == 1 else None


def _status(
    lines: Sequence[Line], heading: str | None, events: Sequence[Event]
) -> tuple[str | None, date | None]:
    """The status that the title block states, and the day of repeal where it names one."""
    for line in [line for line in lines[:15] if line.role is not Role.TITLE]:
        if match := REPEALED_SINCE.fullmatch(line.text):
            return "已废止", parse_date(match["day"])
        if match := STATUS_LINE.fullmatch(line.text):
            return STATED_STATUS.get(match["value"] or match["plain"]), None
    if heading and (match := TITLE_STATUS.search(heading)):
        return STATED_STATUS.get(match["status"]), None
    repealed = [event.day for event in events if event.step == "repealed"]
    return ("已废止", repealed[-1]) if repealed else (None, None)
