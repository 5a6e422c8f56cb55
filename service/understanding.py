"""Understand a question: its language, kind, and the region, year, document, clause, office and date it names."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

import cn2an

from indexer.catalogue import Entry
from indexer.dates import parse_deadline
from indexer.numbering import value_of
from indexer.regions import Mention, Region, find_mentions, leading_region, same_or_within
from indexer.tokens import normalize
from service.abbreviations import written_out
from service.glossary import Choose, first_terms, in_chinese
from service.kinds import kind_of, quantity_of, without_question_words
from service.question import Kind, Language, Quantity, Question
from service.romanized import find_romanized
from service.titles import Titles

_DIGITS = "〇零一二三四五六七八九"
_NUMERAL = r"[〇零一二三四五六七八九十百千两\d]{1,7}"
_YEAR = re.compile(
    rf"(?P<full>(?<!\d)(?:19|20)\d{{2}})\s*年|(?P<han>[一二][{_DIGITS}]{{3}})年"
    # 2050标准 and 2000元 are no years.
    r"|(?<![\d.a-z第])(?P<bare>(?:19|20)\d{2})(?!\d|[,.]\d|-\d{3}|\s*(?:[元块万亿家户人名个吨平米亩公里件项次%‰度张份辆套级号]|标准))"
    # 缴满15年 is no year, nor is 20年的房子.
    r"|(?<!\d)(?P<short>\d{2})(?:年(?![以之]?[内前后下]|以?上(?!半)|[期来龄多]|工龄|产权|保质|使用)|版)"
)
_BEFORE_SHORT_YEAR = re.compile(r"(?:^|[\s,，。:：、(（在从到自按照于至比和与跟])$")
_PAPER = re.compile(
    r"的?[^,，。的]{0,8}(?:版|方案|条例|办法|规定|计划|文件|政策|意见|措施|要点|通知|说法|标准|目标)"
)
_RELATIVE = (("去年", -1), ("明年", 1), ("前年", -2), ("后年", 2))
_ARTICLE = re.compile(rf"第\s*({_NUMERAL})\s*条(?:之([一二三四五六七八九十]))?")
_ITEM = re.compile(rf"第\s*({_NUMERAL})\s*(?:项|点|款|个?任务)")

# Offices that no trailer of the index names. What stands before the name (跟, 去, 让) is no part of it.
_STEMS = (
    "财政|税务|公安|民政|司法|教育|科技|科学技术|工信|经信|工业和信息化|商务|文旅|文化和旅游|卫健|卫生健康|应急|应急管理|审计|统计|信访"
    "|医保|医疗保障|人社|人力资源和?社会保障|自然资源(?:和规划)?|自规|生态环境|环保|住建|住房(?:和|城乡)建设|住房和城乡建设|城管|城市管理|交通|交通运输"
    "|水利|水务|农业农村|林业|市场监管|市场监督管理|行政审批|审批服务|政务服务(?:数据)?|数据|大数据|金融|地方金融(?:监管|工作)?|国资|国有资产"
    "|退役军人|体育|园林|气象|海关|烟草|邮政|药监|知识产权|发改|发展改革|招商|投资促进|机关事务|档案|人防|粮食|能源|文物|广电|医保"
)
_UNIT = re.compile(
    rf"(?:[省市县区](?!场|民|面|内|域|级|里))?(?:(?:{_STEMS})(?:局|厅|部门?(?![门分])|委(?:员会)?|办)"
    r"|优化办|督考办|督查室|国资委|卫健委|发改委|工商联|残联|总工会|妇联|团委|纪委监委|人大常委会|编办|法院|检察院|公积金中心|公共资源交易中心)"
)
_LEADS = re.compile(
    r"牵头|[挑领带打]头|主抓|负责|责任|配合|参与|承担|领(?:了|衔)|分工|[分派揽摊]到|给[^,，]{1,12}(?:派|分)|\bleads?\b|任务|responsible",
    re.IGNORECASE,
)
_WHICH_TASKS = re.compile(
    r"哪(?:些|几[项条件样桩摊]|一[项条件样桩摊]|[两二三四五六七八九十]+[项条件样桩摊]|[项条件样桩摊]|个(?:任务|工作))|什么(?:任务|工作(?!日)|事|活|(?=[?？]?$))|啥(?:任务|工作|事|活|(?=[?？]?$))"
    r"|[做干办弄管]些?[什么啥]{1,2}|(?:几|多少)(?:[项条件]|个?任务|个?工作(?!日))|任务|要做的|\btasks?\b|\bwhich\b|what must|\blist\b",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"谁|哪(?:个|些|一?家|几家)?(?:部门|单位|局|机构|委)|哪(?:个|一?家|几家)?牵头|which (?:department|office|bureau)|\bwho\b",
    re.IGNORECASE,
)
_DUE = re.compile(
    r"完成|到期|截止|时限|期限|卡在|要做|[办干弄做搞]完|[办弄做]好|搞定|收尾|交账|落实|任务|\bdue\b|deadline|finish|complete",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(?:(?:(?:19|20)\d{2}|(?<!\d)\d{2})年|(?:19|20)\d{2}[.-])?\s*"
    r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,2})月份?(?![以之]?内|间隔)(?:\s*\d{1,2}[日号]|[上中下]旬)?|[上下]半年|第?[一二三四1-4]季度|年(?=[底末]))"
    r"(?:底|末)?(?:之?前|以前)?"
)
_OUTRIGHT = re.compile(r"几(?:个工作日|个小时|个月|[天周年]|分钟)|多久|什么时候")
_COUNTED = re.compile(r"多少(?:平方米|公里|公斤|[米次人岁家只项辆户张个件份天])")
# At the head of a question, a name that no gazetteer has may still be a place: 东屏省, 蓝桥市.
_NO_PLACE = re.compile(
    r"[拿评获领办在的和有我你他她它是从到去把被对向给离个这那每各全本跨外多几哪什怎吗新老小大城农都不没能会可要想该让请问说按由以及或与跟住来出进上下内同异地县市省区俺咱们邻隔壁周边沿兄弟单列试点了着两超夜早股菜房车门楼店企公司人民政府]"
)

_PLACE = re.compile(r"([\u4e00-\u9fff]{2,3}?(?:[市省]|自治州))(?=.)")
_LEADS_TO_A_PLACE = re.compile(
    r"隔壁|邻近的?|旁边的?|附近的?|户[口籍](?:[在是]|还在)?|老家|住在?|[在去到往从自和与跟比给是像按][了着]?|[,，。?？;；:：、\s“(（]|(?<![\u4e00-\u9fff])那"
)

_ABOUT = re.compile(r"讲|说|写|是|的|了|规定|内容|主要|介绍|一下|有|吗|[\s《》“”.]")
"""What a question says that asks for a document as a whole."""

_EDITION = re.compile(
    r"(?:按照?|根据|依照?|照着?)?(?:[旧老新]的?|现行的?|原来的?|(?:19|20)\d{2}年?(?:的|那|版|发|出|印发|施行)*[个部份]?)"
    r"(?:暂行|管理|实施)?(?:办法|条例|规定|细则|政策|文件|方案|意见|通知|版本?)(?:[(（](?:19|20)\d{2}年?版?[)）])?(?:里[头面]?|中|上|的|规定|说)*"
)
"""Words that say which version of a document is meant, for the scope to choose by."""
_LEFT = 5
_OF_DOCUMENTS: tuple[Kind, ...] = ("metadata", "count", "compare")


class Understanding:
    """Reads questions against what the index holds: titles, numbers, regions, offices."""

    def __init__(
        self,
        entries: Sequence[Entry],
        *,
        units: Collection[str] = (),
        today: date | None = None,
        choose: Choose = first_terms,
    ) -> None:
        """`choose`: takes of the Chinese terms for English words those that the index uses."""
        self._entries = entries
        self._choose = choose
        self._units = sorted(
            {_plain(unit) for unit in units if len(_plain(unit)) >= 3}, key=len, reverse=True
        )
        self._regions = {entry.region for entry in entries if entry.region}
        self._today = today
        self._titles = Titles(entries)
        stated = [
            day.year
            for entry in entries
            for day in (entry.issued_on, entry.effective_on, entry.expires_on)
            if day is not None
        ]
        self._spoken_years = range(min(stated, default=2000) - 3, max(stated, default=2045) + 6)

    def read(self, original: str, standalone: str | None = None, *, names: Collection[str] = ()) -> Question:
        """Return what `original` asks; `standalone` is its self-contained form where history was resolved.

        `names`: regions that the question names only within a longer name (武汉 in 武汉都市圈).
        """
        text = normalize(standalone or original)
        language: Language = "zh" if re.search(r"[\u3400-\u9fff]", text) and not _mostly_latin(text) else "en"
        mentions = [mention for mention in self.mentions(text) if mention.region.name not in names]
        named = self._titles.find(text, mentions)
        topic = _topic(text, mentions, named.words)
        said = text
        if language == "en":
            said = topic = in_chinese(topic, self._choose) or topic
        else:
            topic = written_out(topic, self._choose)
        units = self._named_units(said)
        years = self._years(text, mentions)
        day = self._day(said, years, {mention.region.name for mention in mentions})
        kind, quantity = _kind(text, units, day), quantity_of(text)
        if language == "en":
            kind, quantity = _in_both(kind, quantity, said)
        regions = tuple(dict.fromkeys(mention.region for mention in mentions))
        ids = () if self._means_more(text, regions, named.document_ids) else named.document_ids
        return Question(
            original=original,
            text=text,
            topic=topic if kind in _OF_DOCUMENTS else _without_edition(topic),
            language=language,
            kind=kind,
            quantity=quantity,
            regions=regions if kind == "compare" else _smallest(regions),
            years=years,
            document_ids=ids,
            address=_address(said),
            units=units,
            day=day,
        )

    def _means_more(self, text: str, regions: Sequence[Region], ids: Collection[str]) -> bool:
        """Whether `text` names several regions of which `ids`, not called by their titles, are some's only: 鄂州跟衡阳的方案."""
        own = {entry.region for entry in self._entries if entry.id in ids}
        others = {region.name for region in regions} & self._regions
        return bool(ids) and len(regions) > 1 and not others <= own and "《" not in text

    def mentions(self, text: str) -> list[Mention]:
        """Return the regions named in `text`: those of the gazetteer, and those that the index knows.

        What looks like a city's or a province's name at the head of the text, or behind words that lead to a place,
        counts too.
        """
        found = find_mentions(text, known=self._regions)
        if _mostly_latin(text):
            found += [
                one
                for one in find_romanized(text, known=self._regions)
                if all(one.end <= other.start or one.start >= other.end for other in found)
            ]
        else:
            found += _unheard_of(text, [(mention.start, mention.end) for mention in found])
        return sorted(found, key=lambda mention: mention.start)

    def places(self, text: str) -> list[tuple[int, int]]:
        """Return where `text` names regions."""
        return [(mention.start, mention.end) for mention in self.mentions(text)]

    def within_names(self, question: Question, texts: Sequence[str]) -> frozenset[str]:
        """Return the regions that `question` names only as the head of a longer name that `texts` know.

        武汉都市圈 is no question about 武汉 where the texts speak of 武汉都市圈.
        """
        found = set()
        for mention in self.mentions(question.text):
            longer = question.text[mention.start : mention.end + 2]
            if mention.end + 2 <= len(question.text) and any(longer in text.lower() for text in texts):
                found.add(mention.region.name)
        return frozenset(found)

    def _years(self, text: str, mentions: Sequence[Mention]) -> tuple[int, ...]:
        years = []
        for match in _YEAR.finditer(text):
            if match["full"]:
                years.append(int(match["full"]))
            elif match["han"]:
                years.append(int("".join(str(max(0, _DIGITS.index(sign) - 1)) for sign in match["han"])))
            elif match["bare"]:
                years += [int(match["bare"])] if match["bare"][2:] not in ("00", "50") else []
            elif 2000 + int(match["short"]) in self._spoken_years and _is_short_year(text, match, mentions):
                years.append(2000 + int(match["short"]))
        if self._today is not None:
            years += [self._today.year + shift for word, shift in _RELATIVE if word in text]
        return tuple(dict.fromkeys(years))

    def _named_units(self, text: str) -> tuple[str, ...]:
        """Offices of the index's trailers, as they stand there; else what is called like an office."""
        found = [unit for unit in self._units if _is_lead_of(unit, text)]
        rest = text
        for unit in self._units:
            bare = re.sub(r"^[市省县区](?=.{2})", "", unit)
            for name in (unit, bare):
                if len(name) >= 3 and name in rest:
                    found.append(unit)
                    rest = rest.replace(name, " ")
                    break
        if not found:
            found = [match[0] for match in _UNIT.finditer(without_question_words(rest))][:2]
        return tuple(dict.fromkeys(found))

    def _day(self, text: str, years: Sequence[int], regions: Collection[str]) -> date | None:
        """Return the last day of the date named; one without year is of the documents' only year."""
        match = _DAY.search(text)
        if match is None:
            return None
        words = match[0].strip()
        stated = re.match(r"(?:19|20)\d{2}", words)
        if stated is None:
            issued = {
                entry.issued_on.year
                for entry in self._entries
                if entry.issued_on and (not regions or entry.region in regions)
            }
            year = years[0] if years else (max(issued) if len(issued) == 1 else None)
            if year is None:
                return None
            words = re.sub(r"^\d{2}年(?!底|末)", "", words)
            words = f"{year}年" + words.removeprefix("年")
        return parse_deadline(re.sub(r"(?<=^\d{4})[.-]", "年", words)).end


def _kind(text: str, units: Sequence[str], day: date | None) -> Kind:
    """The kind of the question; `tasks` where it asks which tasks an office has, or are due by a date."""
    kind = kind_of(text)
    if kind in ("compare", "yesno", "metadata", "definition") or not _WHICH_TASKS.search(text):
        return kind
    if units and _LEADS.search(text) and not _WHO.search(text):
        return "tasks"
    if day is not None and _DUE.search(text) and kind != "office" and not _WHO.search(text):
        return "tasks"
    return kind


def _in_both(kind: Kind, quantity: Quantity | None, chinese: str) -> tuple[Kind, Quantity | None]:
    """Return kind and quantity of an English question, with what only its Chinese words tell."""
    words = chinese.replace(" ", "")
    outright = _OUTRIGHT.match(words)
    if outright is not None:
        quantity = quantity_of(outright[0]) or quantity
    elif quantity is None:
        quantity = quantity_of(words)
    elif quantity == "any" and (counted := _COUNTED.search(words)) is not None:
        quantity = quantity_of(counted[0]) or quantity
    return kind_of(words) if kind == "fact" else kind, quantity


def _is_short_year(text: str, match: re.Match[str], mentions: Sequence[Mention]) -> bool:
    """Whether `22年` is 2022 rather than twenty-two years."""
    if any(mention.end == match.start() for mention in mentions):
        return True
    after = text[match.end() :]
    if match[0].endswith("版") or re.match(r"版|\d{1,2}月|[底末初]", after):
        return True
    if not _BEFORE_SHORT_YEAR.search(text[: match.start()]):
        return bool(re.match(r"[)）]", after))
    return not after.startswith("的") or _PAPER.match(after) is not None


def _unheard_of(text: str, taken: Sequence[tuple[int, int]]) -> list[Mention]:
    """Places that no gazetteer has and no document speaks for: at the head of `text`, or where its words lead to a place."""
    found = []
    for place in (0, *(match.end() for match in _LEADS_TO_A_PLACE.finditer(text))):
        match = _PLACE.match(text, place)
        name = match[1] if match else None
        if (
            name is None
            or any(start < place + len(name) and place < end for start, end in taken)
            or leading_region(text[place:]) != name
            or _NO_PLACE.search(name[:-1].removesuffix("自治"))
        ):
            continue
        found.append(Mention(Region(name, "未收录", None, None), place, place + len(name)))
    return found


def _smallest(regions: Sequence[Region]) -> tuple[Region, ...]:
    """Return `regions` without those that another of them lies in: 湖北省黄石市 is about 黄石市."""
    return tuple(
        region
        for region in regions
        if not any(other != region and same_or_within(other.name, region.name) for other in regions)
    )


def _topic(text: str, mentions: Sequence[Mention], titles: Sequence[str]) -> str:
    """`text` without regions and titles; titles stay where nothing else says what is asked."""
    regions = [(mention.start, mention.end) for mention in mentions]
    named = [(text.find(words), text.find(words) + len(words)) for words in titles]
    rest = _cut(text, regions + named)
    if _ABOUT.sub("", without_question_words(rest)):
        return rest
    return _cut(text, regions) or text


def _without_edition(topic: str) -> str:
    """`topic` without the words that say which version is meant: 旧办法(2019年)里; as it is where little else would be left."""
    rest = re.sub(r"\s+", " ", _EDITION.sub(" ", topic)).strip(" ,，")
    return rest if len(without_question_words(rest)) >= _LEFT else topic


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """`text` without `spans`, which may overlap."""
    kept = [True] * len(text)
    for start, end in spans:
        kept[start:end] = [False] * (end - start)
    words = "".join(sign if keep else " " for sign, keep in zip(text, kept, strict=True))
    return re.sub(r"\s+", " ", words).strip()


def _address(text: str) -> str | None:
    """`第10条` and `第十条` are `第十条`; `第18项` and `第十八项任务` are `18`."""
    match = _ARTICLE.search(text)
    if match is not None:
        number = value_of(match[1])
        if number:
            return f"第{cn2an.an2cn(number)}条".replace("第一十", "第十") + (
                f"之{match[2]}" if match[2] else ""
            )
    item = _ITEM.search(text)
    if item is not None:
        return str(value_of(item[1]) or "") or None
    return None


def _is_lead_of(unit: str, text: str) -> bool:
    """Whether `text` speaks of the office behind an indicator: 负责“办理建筑许可”这一指标的单位."""
    indicator = re.fullmatch(r"(.{2,20}?)指标(?:牵头|责任)?单位", unit)
    return (
        indicator is not None
        and indicator[1] in re.sub(r"[“”\"]", "", text)
        and re.search(r"指标.{0,3}(?:单位|部门|牵头)", text) is not None
    )


def _plain(unit: str) -> str:
    return re.sub(r"[“”\"]|等部门$|等单位$|等$", "", normalize(unit)).strip()


def _mostly_latin(text: str) -> bool:
    latin = len(re.findall(r"[A-Za-z]", text))
    return latin > 3 * len(re.findall(r"[\u3400-\u9fff]", text)) and latin > 12
