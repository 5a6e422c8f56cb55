"""Read what a document says of itself: title, issuer, number, dates, region, status."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from indexer.dates import FULL_DATE, add_duration, find_dates, number, parse_date
from indexer.frame import NUMBER, SIGNED_DATE, TITLE_END, Line, Role, squeezed
from indexer.numbering import Kind
from indexer.regions import NATION, PLACEHOLDER, common_region, find_regions, leading_region, resolve


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
STATUTE = re.compile(r"(?:条例|规定|办法|细则|法|法典|解释|规则)(?:[(（][^()（）]*[)）])?$")

TAKES_EFFECT = re.compile(
    r"(?P<subject>本[一-鿿]{1,10}?|《[^》]{4,60}》)?(?:经[^，。]{1,40}[，,])?\s*(?:自|从|于)\s*(?P<when>[^，。；自]{2,30}?)\s*(?:起|后)?\s*(?:正式)?(?:开始)?(?:施行|实施|执行|生效|试行)"
)
ON_ISSUE = re.compile(r"(?:印发|公布|发布|颁布|下发|通过|批准|发文)之日")
TERM = re.compile(
    r"(?:有效期(?:限)?|施行期(?:限)?|实施期(?:限)?|执行期(?:限)?|试行期(?:限)?|试行)\s*(?:为|是|：|:)?\s*(?P<term>[\d一二三四五六七八九十两半]+\s*个?\s*[年月])(?!\s*\d)"
)
UNTIL = re.compile(
    r"(?:有效期(?:限)?|施行期(?:限)?|执行期(?:限)?|实施期(?:限)?)?\s*(?:截止|截至|执行|延续|有效|施行|实施)?(?:到|至)\s*(?P<date>"
    + FULL_DATE.pattern.split("|(?<!", 1)[0]
    + r")\s*(?:止|失效|终止|废止)?"
)
OF_ITSELF = re.compile(
    r"本(?:办法|方案|意见|规定|措施|通知|细则|条例|计划|规划|政策|指南|行动方案|文件|要点|规则|制度|预案|若干|实施|公告|通告|决定|法|解释)"
)
STATED_STATUS = {
    "现行有效": "现行有效",
    "有效": "现行有效",
    "是": "现行有效",
    "废止": "已废止",
    "已废止": "已废止",
    "失效": "已废止",
    "已失效": "已废止",
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
    r"[(（【\[]?\s*(?:(?:有效性|时效性?|效力状态|文件状态|时效状态)\s*[:：]\s*(?P<value>[一-鿿]{1,6})|(?:本(?:文件|办法|规定|条例|通知)|此件)?\s*(?P<plain>已废止|已失效|现行有效|尚未施行|已被?修改))\s*[)）】\]]?"
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
    if "expires_on" not in stated:
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
    issuer = _issuer(lines, heading)
    issued_on = _issued_on(lines)
    effective_on = _effective(lines, issued_on)
    return Metadata(
        title=title,
        issuer=issuer,
        number=_number(lines, heading),
        issued_on=issued_on,
        effective_on=effective_on,
        region=_region(text, lines, title, heading, issuer),
        status=_status(lines),
    )


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


def _issuer(lines: Sequence[Line], heading: str | None) -> str | None:
    return _signed(lines) or _adopting(lines) or _heading_organ(heading) or _ordering(lines) or _noted(lines)


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


def _adopting(lines: Sequence[Line]) -> str | None:
    """The body that adopted a regulation (not the one that approved it), the latest one."""
    for line in reversed([line for line in lines if line.role is Role.HISTORY]):
        if re.search(r"批准\s*[)）]?$", line.text):
            continue
        if court := NATIONAL_COURT.search(line.text):
            return court[0]
        if national := NAMED_ADOPTED.search(line.text):
            return national["body"]
        if match := ADOPTED.search(re.sub(r"^.*?日\s*(?:经|由|根据)?|\d{4}年\d+月\d+日", "", line.text)):
            return f"{match['body']}{match['rest']}"
        if "国务院" in line.text:
            return "国务院"
        if match := re.search(
            r"日\s*(?P<organ>[一-鿿]{3,24}?(?:人民政府|委员会|局|厅|部)(?:办公室|办公厅)?)(?:第|令|发布|公布|印发)",
            line.text,
        ):
            return match["organ"]
    return None


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


def _number(lines: Sequence[Line], heading: str | None) -> str | None:
    framing = [line for line in lines if line.role in {Role.NUMBER, Role.HISTORY, Role.NOTE, Role.SIGNATURE}]
    for line in framing:
        if match := NUMBER.search(line.text):
            return _tidy_number(match[0])
    orders = [
        match
        for line in framing
        if (
            match := re.search(
                r"([一-鿿]{2,30}令)\s*[(（]?\s*(第?\s*[\d一二三四五六七八九十百〇零]+\s*号)", line.text
            )
        )
    ]
    if orders:
        return orders[-1][1] + re.sub(r"\s", "", orders[-1][2])
    plain = [line.text for line in lines if line.role is Role.NUMBER]
    for first, second in itertools.pairwise(plain):
        if first.endswith("令") and second.endswith("号"):
            return re.sub(r"\s", "", first + second)
    if heading and (match := re.search(r"[(（](" + NUMBER.pattern + r")[)）]$", heading)):
        return _tidy_number(match[1])
    return None


def _tidy_number(text: str) -> str:
    """Return a 发文字号 in its official form, with 〔〕 and without spaces."""
    text = re.sub(r"\s", "", text)
    text = re.sub(r"^(?:发文字号|文号|文件编号)[:：]", "", text)
    return re.sub(r"[﹝\[［【(（<〈]((?:19|20)\d{2})[﹞\]］】)）>〉]第?", r"〔\1〕", text)


def _issued_on(lines: Sequence[Line]) -> date | None:
    """The signature's date; else the latest adoption or publication; else a date that stands alone."""
    signed = [_line_date(line) for row, line in enumerate(lines) if _is_signing(lines, row)]
    if signed and signed[0]:
        return signed[0]
    history = [
        found.value
        for line in lines
        if line.role is Role.HISTORY and not re.search(r"[日\s]\s*(?:起)?(?:施行|实施)\s*[)）]?$", line.text)
        for found in list(find_dates(re.sub(r"《[^》]*》", "", line.text)))
    ]
    if history:
        return max(history)
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
    for line in lines:
        if line.role is Role.HISTORY and re.search(r"[日\s]\s*(?:起)?(?:施行|实施)\s*[)）]?$", line.text):
            return parse_date(line.text)
    best: date | None = None
    rank = -1
    for line in _own_lines(lines):
        for match in TAKES_EFFECT.finditer(line.text):
            subject = match["subject"] or ""
            if subject and not OF_ITSELF.match(subject) and not _is_title(subject, lines):
                continue
            if (
                not subject
                and re.search(r"[，,、]\s*$", line.text[: match.start()])
                and not OF_ITSELF.search(line.text[: match.start()])
            ):
                continue
            value = _start(match["when"], match[0], issued_on)
            this = 2 if subject else 1
            if not subject and not OF_ITSELF.search(line.text[max(0, match.start() - 40) : match.start()]):
                this = 0
            if value is not None and this >= max(rank, 1):
                best, rank = value, this
    return best


def _start(when: str, whole: str, issued_on: date | None) -> date | None:
    if ON_ISSUE.search(when):
        if issued_on is None:
            return None
        later = re.search(r"之日起\s*(?P<days>[\d一二三四五六七八九十]+)\s*[日天]后", whole)
        return issued_on + timedelta(days=number(later["days"])) if later else issued_on
    return parse_date(when)


def _expires(lines: Sequence[Line], since: date | None) -> date | None:
    for line in _own_lines(lines):
        for sentence in re.split(r"(?<=。)", line.text):
            if not OF_ITSELF.search(sentence) or not re.search(r"施行|实施|执行|有效期|试行期", sentence):
                continue
            begins = TAKES_EFFECT.search(sentence)
            rest = sentence[begins.end() :] if begins else sentence
            if not begins and not re.search(
                OF_ITSELF.pattern + r"[^，。]{0,12}(?:有效期|试行期|执行期|施行期|实施期|执行至|有效至)",
                sentence,
            ):
                continue
            if match := UNTIL.search(rest):
                return parse_date(match["date"])
            if (match := TERM.search(rest)) and since is not None:
                return add_duration(since, match["term"])
    return None


def _own_lines(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines of the text itself, annexes and title block left aside."""
    for line in lines:
        if line.label is not None and line.label.kind is Kind.ANNEX:
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
    return leading_region(first)


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


def _status(lines: Sequence[Line]) -> str | None:
    head = [line for line in lines[:15] if line.role is not Role.TITLE]
    for line in head:
        if match := STATUS_LINE.fullmatch(line.text):
            return STATED_STATUS.get(match["value"] or match["plain"])
    return None
