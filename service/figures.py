"""Find figures in Chinese text: amounts, rates, periods, dates and counts, with their values.

One scan finds numbers, dates and ordinals; the words that follow a number tell what it measures.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import cn2an

Quantity = Literal["money", "percent", "days", "date", "rank", "count", "code"]
"""`code` is a number that measures nothing: a hotline, the name of a scheme (`“321”`)."""

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
# 千 belongs to the unit in 千伏安, 千瓦, 千米, 千克.
_SCALE = r"\s?[十百千万亿]+(?![瓦伏米克卡])"
_HAN_DIGITS = "〇零一二两三四五六七八九十百千"
_HAN = rf"[{_HAN_DIGITS}][{_HAN_DIGITS}万亿]*(?:点[〇零一二三四五六七八九]+)?"
_LATIN = rf"{_DIGITS}(?:{_SCALE}(?:\d+{_SCALE})*)?"
_ONES = "一二三四五六七八九"
_MONTH = rf"(?:1[0-2]|0?[1-9]|十[一二]?|[{_ONES}])"
_DAY = rf"(?:3[01]|[12]\d|0?[1-9]|三十一?|二十[{_ONES}]?|十[{_ONES}]?|[{_ONES}])"
_YEAR = r"(?:(?<!\d)(?:1[89]|20|21)\d{2}|(?<![〇零一二三四五六七八九])[〇零一二三四五六七八九]{4})"
_PART = r"(?:底|末|初|上旬|中旬|下旬)"
_JOINT = r"\s*(?:至|到|-|－|—+|–|~|～|、|或者?|和|及)\s*"
_NOT_A_PERIOD = r"(?!\s*(?:以?内|以[上下]|之[内久]|有期))"

_MONEY = r"美元|欧元|港元|港币|日元|英镑|人民币|元(?![化素旦首件]|结构|宇宙)|块钱|块(?![地牌屏状链])"
_PERIOD = (
    r"(?:个半?|半)?(?:工作日|自然日|日历日|小时|钟头|分钟|学期|学年|季度|月|周(?![岁年边期转围])|星期|礼拜)"
    r"|周岁|周年|日(?!常|益|均)|天(?!然|津)|年(?!级)|岁|秒"
)
_MEASURE = (
    r"平方公里|平方千米|平方米|平方|平米|㎡|立方米|公里|千米|厘米|毫米|米|公顷|亩|公斤|千克|克|吨|毫升|升"
    r"|千伏安|千伏|千瓦时|千瓦|兆瓦|度(?!假)|标准箱|标箱|倍"
)
# A word that begins with a classifier is none: 处理, 名单, 条件, 批准.
_CLASSIFIER = (
    r"个?(?:县市区|县区|环节|学时|课时|城市|乡镇|县|镇|村(?!级)|街道|区(?!域|间))|个|人次|户次|批次|项次|班次|场次|班列"
    r"|人(?!民|员|才|大|均|事)|户(?![籍口均外])|家(?![庭长属畜禽园具])|名(?![单称义额誉牌录优字])|位(?![于置居列]|一体)"
    r"|项(?!目)|件|条(?![件例款文约])|次(?![序要级数生年月日]|会议|全会)|座(?![谈位椅席])|所(?![得有在属谓需述列])"
    r"|处(?![理罚分置于长方级])|辆|艘|架(?!构)|宗|例(?![外会行如])|批(?![准复评发办量])|类(?![别似型推])|种(?![植子类业])"
    r"|款(?!项)|份(?!额)|页|张(?!贴)|套(?!餐)|间(?![隔接断])|台(?![账阶风])|步(?!骤)|级(?!别)|档(?![案次])|票(?![据面])"
    r"|单(?![位个独元一次户项价据证])|趟|班(?![子级车组])|场(?![所地景合馆面])|轮(?![流班岗换胎车摩])|期(?![间限满])"
    r"|组(?![织成建长合装])|箱|枚|起(?![草步点诉来动始算至实施执])|笔|字(?!号)|支(?![持付出撑行援局])|分(?![之钟期别类级批步布工管局院行支公开离析配散校成享])"
    r"|大(?=(?:重点|主要|专项)?(?:行动|工程|任务|体系|板块|领域|产业|方面|环境|平台|举措|措施|改革|原则|系统|片区|场景|指标|机制))"
)
_UNIT = re.compile(
    rf"\s*[余多]?\s*(?:(?P<percent>[%％‰]|个?百分点|成(?![为立员长功就果都效交年本品分型熟语份]|不变))|(?P<bp>个?基点)"
    rf"|(?P<money>{_MONEY})|(?P<days>{_PERIOD})|(?P<measure>{_MEASURE})|(?P<count>{_CLASSIFIER}))"
)
_ENGLISH_UNIT = re.compile(
    r"\s*-?(?P<scale>thousand|million|billion)?(?:\s*(?:(?P<percent>percent|per cent)"
    r"|(?P<money>yuan|rmb|cny|us dollars?|usd|dollars?|euros?)"
    r"|(?P<days>working[ -]days?|business[ -]days?|workdays?|(?:calendar[ -])?days?|hours?|minutes?"
    r"|months?|weeks?|years?)))?\b",
    re.IGNORECASE,
)
_CURRENCY_BEFORE = re.compile(
    r"(?:(?P<yuan>rmb|cny|[¥￥])|(?P<dollar>us\$|usd|\$)|(?P<euro>€|eur))\s*$", re.IGNORECASE
)
_ENGLISH_SCALE = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_ENGLISH_PERIOD = {"hour": "小时", "minute": "分钟", "month": "月", "week": "周", "year": "年", "day": "日"}

_ORDINAL_UNIT = r"[条款项章节编届次号批期类档]"
_PLACE = rf"(?:(?>\d+)|(?>[{_HAN_DIGITS}]+))"
# 当场办结, 立即向…报告: a time as good as a number. 当场处罚, 立即停止 answer no question of when.
_AT_ONCE = (
    r"(?:当场|即时|当[日天])(?=(?:可以?|即可|就|能|予以|完成|给予|提供|免费){0,2}(?:办结|办理|办好|办完|受理|出证|出具|登记|领取|核发|发证|发放|答复|批复|批准|给出"
    r"|作出|审核|核准|核验|开通|到账|兑现|拨付|归还|清退|移交|报告|送达|取得|立案|完成))"
    r"|(?:立即|即时|当[日场天])(?=(?:向[^,，。；;]{2,20}?)?(?:书面)?(?:报告|上报|报警|通知|报送))"
)
# 每年审核: how often, where it is no rate (每年500元).
_OFTEN = (
    r"每个?(?:年度?|季度?|月度?|周|星期|日|天|学期|学年)(?=(?:应当|须|要|都|可以?)?(?:至少|不少于|定期|组织|开展|进行|举[行办]|公布|发布|公示|检|审|考[核评]|评|核|更新|修订"
    r"|调整|召?开|听取|通报|报告|报送|[一两1-4]次|动态))"
)
_ANY_UNIT = rf"(?:{_CLASSIFIER}|{_MONEY}|{_PERIOD})"
_SCAN = re.compile(
    rf"""(?=[\d{_HAN_DIGITS}万亿半前第每当即立〔(（［\[早上下中晚凌])(?:
      (?P<number_of_document>[〔\[(（［]\s*\d{{4}}\s*[〕\])）］]\s*第?\s*\d+\s*号)
    | (?P<bracketed>[(（\[]\s*(?:\d{{1,2}}|[{_ONES}十]{{1,3}})\s*[)）\]])
    | (?P<iso>(?<!\d)(?P<y1>(?:19|20)\d{{2}})(?P<dash>[-/.])(?P<m1>1[0-2]|0?[1-9])(?P=dash)
        (?P<d1>3[01]|[12]\d|0?[1-9])(?!\d))
    | (?P<dated>(?:(?P<y2>{_YEAR})\s*年|(?<!\d)(?P<short>[012]\d)年(?=底|末|\d{{1,2}}月))
        (?:\s*(?:(?P<m2>{_MONTH})\s*月份?
            (?:\s*(?P<d2>{_DAY})\s*[日号]|\s*(?P<d3>(?:3[01]|[12]\d|0?[1-9])(?![\d.]))|\s*(?P<p2>{_PART}))?
           |年?(?P<half>底|末|初|上半年|下半年)|(?P<quarter>第?[一二三四1-4]季度)))?)
    | (?P<monthly>每[月周季]度?\s*\d{{1,2}}[日号])
    | (?P<season>(?:前|第)?(?<![\d{_HAN_DIGITS}])[一二三四1-4]季度)
    | (?P<month>(?<![\d.{_HAN_DIGITS}])(?<!连续)(?<![满每逾])(?P<m4>{_MONTH})\s*月
        (?:份?(?:\s*(?P<d4>{_DAY})\s*[日号]|\s*(?P<p4>{_PART}))|份|{_NOT_A_PERIOD}(?!一)))
    | (?P<clock>(?<![\d.])(?:[01]?\d|2[0-4])[:：][0-5]\d(?!\d)
        |(?:早上?|上午|中午|下午|晚上?|凌晨)\s*(?:\d{{1,2}}|[{_ONES}十两]{{1,3}})[时点](?:\d{{1,2}}分|半)?
        |(?<![\d.])(?:[01]?\d|2[0-4])时(?![间期代段限效常])(?:\d{{1,2}}分)?
        |(?<![\d{_HAN_DIGITS}几第])(?:二十[{_ONES.replace("五六七八九", "")}]?|十[{_ONES}]?|[{_ONES[1:]}两])时
         (?:半|(?:[{_ONES}]?十[{_ONES}]?|零?[{_ONES}])分|(?=\s*(?:至|到|-|—|~|～|起|止|以[前后]|之?[前后]|前|后|开|关|闭|结束|整|[,，、。;；)）]|$)))
        |(?<![\d.{_HAN_DIGITS}])(?:[01]?\d|2[0-4])点(?:半|整|钟|[0-5]\d分?|(?=\s*(?:至|到|-|—|~|～|以?前|以?后))))
    | (?P<percent>(?P<base>[百千万])分之(?:{_HAN}|{_DIGITS})
        (?:{_JOINT}(?P<upto>{_HAN})(?![{_HAN_DIGITS}]|分之|\s*{_ANY_UNIT}))?)
    | (?P<fraction>(?:{_HAN}|\d+)分之(?:{_HAN}|\d+)|(?<![\d./A-Za-z])[1-9]\d?/[1-9]\d?(?![\d/]))
    | (?P<rank>(?<![提目之以])前\s*{_PLACE}(?:名(?!单)|位|强|列|(?!\s*(?:[\d.%％万亿至到~-]|{_ANY_UNIT})))
        |第\s*{_PLACE}(?:名|位|方阵|梯队)|(?<=[列居省国排名])第{_PLACE}(?=[\s,，。;；、的)）]|$))
    | (?P<ordinal>第\s*(?:\d+|{_HAN})
        (?:\s*{_ORDINAL_UNIT}?(?:{_JOINT}第?(?:\d+|{_HAN})(?=\s*{_ORDINAL_UNIT}))+|\s*[之个]?)
        |前(?:\d|[{_HAN_DIGITS}])+[条款项]|(?:\d+|{_HAN})届(?:{_HAN}[次中])?(?:、{_HAN}次)*)
    | (?P<marker>(?:^|(?<=[\n“|]))\s*\d{{1,3}}(?:\s*[.．、](?=\s*[^\d\s])|\.[ ]+|[.．](?=\d{{4}})))
    | (?P<at_once>{_AT_ONCE})
    | (?P<often>{_OFTEN})
    | (?P<number>{_LATIN}|{_HAN}|(?<![\d{_HAN_DIGITS}万亿数几点.余多])[万亿](?=元|吨|美元|斤|千瓦|立方米|标箱|级)|(?<![上下前后大过多])半(?=个?(?:工作日|月|小时|学期|钟头)|[年日天周])))""",
    re.VERBOSE | re.MULTILINE,
)
# 数十家, 几百人; but 人数十人以上 is ten.
_VAGUE = re.compile(r"(?:几|(?<![人户总件次份票岁指基倍])数)[十百千]$")
_WIDE = re.compile(r"[０-９○]")
_NARROW = str.maketrans("０１２３４５６７８９○", "0123456789〇")
_RANGE = re.compile(rf"{_JOINT}$")

_SAME_UNIT = {
    "天": "日", "自然日": "日", "日历日": "日", "星期": "周", "礼拜": "周", "周岁": "岁", "周年": "年",
    "钟头": "小时", "学年": "年",
    "人民币": "元", "块": "元", "块钱": "元", "港币": "港元",
    "平方": "平方米", "平米": "平方米", "㎡": "平方米", "平方千米": "平方公里",
    "千米": "公里", "千克": "公斤", "标箱": "标准箱",
    "名": "人", "位": "人", "趟": "次",
    **dict.fromkeys(("个", "项", "件", "条", "款", "种", "类", "大"), ""),
}  # fmt: skip
# What a Chinese numeral before it makes a word of its own, not a count: 一步, 三分, 二期, 三区.
_LOOSE_UNITS = frozenset(
    {"分", "步", "度", "期", "县", "镇", "村", "区", "单", "字", "块", "支", "组", "班", "场", "档"}
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it stands in a text; `text[start:end]` is its words."""

    text: str
    start: int
    end: int
    quantity: Quantity
    value: str
    """Canonical: equal for `500万元` and `五百万元`, `10 个工作日` and `十个工作日`; units kept apart."""


@dataclass(slots=True)
class _Found:
    """A number before its unit is known for good: in `3至5年` the 3 gets its unit from the 5."""

    start: int
    end: int
    words: str
    amount: float
    quantity: Quantity | None
    unit: str
    everyday: bool
    value: str = ""


def figures(text: str) -> list[Figure]:
    """Return the figures of `text` in order; where two readings overlap, the longer stands.

    Numbers that count nothing are none: ordinals (第三条, 第十四届), list markers, document numbers
    and everyday words (一件事, 一网通办, 十分). The parts of a range share its unit.
    """
    return list(_figures(text))


@lru_cache(maxsize=16384)
def _figures(text: str) -> tuple[Figure, ...]:
    return tuple(
        Figure(text[one.start : one.end], one.start, one.end, one.quantity, one.value)
        for one in _scan(text)
        if one.quantity is not None and not one.everyday
    )


def values(text: str) -> set[str]:
    """Return the canonical values of all figures in `text`."""
    return {figure.value for figure in _figures(text)}


def carried_values(text: str) -> Counter[str]:
    """Count every value that `text` can be held to state, everyday readings (`一名`, `一次`) included."""
    found = [one for one in _scan(text) if one.quantity is not None]
    # 500万以下的贷款 speaks of money without saying so.
    money = [f"{one.value}元" for one in found if one.quantity == "count" and one.words[-1] in "万亿"]
    return Counter([*(one.value for one in found), *money])


@lru_cache(maxsize=4096)
def number(words: str) -> float | None:
    """Read a number written in digits, Chinese numerals or both (`1,500`, `三十五`, `2.5万`, `半`)."""
    words = unicodedata.normalize("NFKC", words).replace(",", "").replace(" ", "").replace("〇", "零")
    if words == "半":
        return 0.5
    parts = re.findall(r"(\d+(?:\.\d+)?)([十百千万亿]*)", words)
    if parts and "".join(digits + scale for digits, scale in parts) == words:
        return sum(float(digits) * _scaled(scale) for digits, scale in parts)
    if re.fullmatch(rf"[{_ONES}两]{{2,}}", words):  # 三五家 is three to five.
        return None
    if words[:1] in tuple("百千万亿"):
        words = f"一{words}"
    try:
        return float(cn2an.cn2an(words, "smart"))
    except (ValueError, KeyError, TypeError):
        return None


def _scaled(scale: str) -> float:
    value = 1.0
    for unit in scale:
        value *= {"十": 10, "百": 100, "千": 1e3, "万": 1e4, "亿": 1e8}[unit]
    return value


def _scan(text: str) -> list[_Found]:
    if _WIDE.search(text):
        text = text.translate(_NARROW)
    found: list[_Found] = []
    place = 0
    while match := _SCAN.search(text, place):
        place = match.end()
        kind = match.lastgroup if match.lastgroup in _READERS else _outer(match)
        if kind == "number":
            one = _measured(text, match)
            if one is not None:
                found.append(one)
                place = one.end
        elif kind in _READERS:
            quantity, value = _READERS[kind](match)
            found.append(_Found(match.start(), match.end(), match[0], 0, quantity, "", False, value))
            if match["upto"]:
                _split_range(match, found)
    _share_units(text, found)
    return found


def _outer(match: re.Match[str]) -> str:
    return next(name for name in _OUTER if match[name] is not None)


def _measured(text: str, match: re.Match[str]) -> _Found | None:
    """Read a number and what follows it; None where it is no number after all."""
    words, start, end = match[0], match.start(), match.end()
    amount = number(words)
    digital = words[0].isdigit()
    if amount is None or (not digital and _VAGUE.search(text[max(0, start - 2) : start + 1])):
        return None
    if digital and end < len(text):
        following = text[end : end + 12].lstrip(" -")[:1]
        if (following.isascii() and following.isalpha()) or _CURRENCY_BEFORE.search(
            text[max(0, start - 5) : start]
        ):
            return _in_english(text, start, end, words, amount)
    unit = _UNIT.match(text, end)
    if unit is None or (not digital and words in ("百", "千")):
        if digital and re.search(r"[A-Za-z]$", text[max(0, start - 1) : start]):
            return None
        if not digital and (words[-1] not in "万亿" or words[0] in "百千"):
            # 五 of 五至十年 has its unit behind the ten; alone it is no figure.
            return _Found(start, end, words, amount, None, "", False)
        if words[-1] in "十百千万亿":
            return _Found(start, end, words, amount, "count", "", False, f"{amount:.12g}")
        return _Found(
            start,
            end,
            words,
            amount,
            "code",
            "",
            False,
            unicodedata.normalize("NFKC", words).replace(",", ""),
        )
    kind = unit.lastgroup or "count"
    name, end = unit[kind], unit.end()
    if kind == "percent" and name == "成":
        if len(words) > 1 or words in "十半":
            return None
        return _Found(start, end, words, amount, "percent", "%", False, f"{amount * 10:g}%")
    quantity, name = _canonical_unit(kind, name)
    if kind == "days":
        if name.startswith("半"):
            amount, name = amount + 0.5, name[1:]
        elif text[end : end + 1] == "半" and name in ("年", "小时", "月"):
            amount, end = amount + 0.5, end + 1
        name = _SAME_UNIT.get(name, name)
    everyday = not digital and _everyday(text, start, end, words, kind, unit[kind])
    return _Found(start, end, words, amount, quantity, name, everyday, f"{amount:.12g}{name}")


def _canonical_unit(kind: str, name: str) -> tuple[Quantity, str]:
    if kind == "percent":
        return "percent", "pp" if "点" in name else unicodedata.normalize("NFKC", name)
    if kind == "bp":
        return "percent", "bp"
    if kind == "days":
        return "days", name.removeprefix("个")
    if kind == "money":
        return "money", _SAME_UNIT.get(name, name)
    name = name.removeprefix("个") or "个"
    return "count", _SAME_UNIT.get(name, name)


def _in_english(text: str, start: int, end: int, words: str, amount: float) -> _Found | None:
    unit = _ENGLISH_UNIT.match(text, end)
    before = _CURRENCY_BEFORE.search(text[max(0, start - 5) : start])
    if unit is None or (unit.end() == end and not before):
        return (
            _Found(start, end, words, amount, "code", "", False, words)
            if text[end : end + 1] == " "
            else None
        )
    amount *= _ENGLISH_SCALE.get((unit["scale"] or "").lower(), 1)
    stop = unit.end() if unit[0].strip() else end
    if before or unit["money"]:
        money = unit["money"] or ""
        dollar = (before and before["dollar"]) or re.match(r"us|dollar", money, re.I)
        name = (
            "美元"
            if dollar
            else "欧元"
            if (before and before["euro"]) or money.lower().startswith("euro")
            else "元"
        )
        return _Found(start, stop, words, amount, "money", name, False, f"{amount:.12g}{name}")
    if unit["percent"]:
        return _Found(start, stop, words, amount, "percent", "%", False, f"{amount:g}%")
    if unit["days"]:
        period = unit["days"].lower()
        working = re.match(r"work|business", period)
        name = "工作日" if working else next(zh for en, zh in _ENGLISH_PERIOD.items() if en in period)
        return _Found(start, stop, words, amount, "days", name, False, f"{amount:.12g}{name}")
    if unit["scale"]:
        return _Found(start, stop, words, amount, "count", "", False, f"{amount:.12g}")
    return _Found(start, end, words, amount, "code", "", False, words)


def _everyday(text: str, start: int, end: int, words: str, kind: str, unit: str) -> bool:
    """`一件事`, `“两个毫不动摇”`, `三个一`, `上一年`: a numeral that counts nothing an asker could want."""
    before = text[start - 1 : start]
    after = text[end : end + 1]
    if kind == "days":
        if (words, unit) == ("四", "周"):  # 绿地四周
            counts = re.match(r"之?[内前后]|以|的?时间", text[end:]) or before in tuple("于为满过前达到约")
            return not counts
        ahead = text[max(0, start - 2) : start] in ("提前", "之前", "以前")
        return words == "一" and (
            after == "一" or (before != "" and before in "上下前后同每另某这那当头" and not ahead)
        )
    if kind == "measure" and unit != "度":
        return before in ("数", "几")
    if kind != "count" and kind != "measure":
        return kind == "money" and unit == "块"
    if words in ("一", "零", "〇") or before in ("“", '"', "‘", "数", "几", "统", "每"):
        return True
    if (words, unit) == ("二", "次"):  # 二次供水, 二次装修
        return re.match(r"以|的|[,，。;；、)）]|$", text[end:]) is None
    if unit == "分":
        return before not in ("得", "扣", "加", "减", "记", "占")
    return unit in _LOOSE_UNITS or (unit == "个" and after != "" and after in "一二三四五六七八九十")


def _split_range(match: re.Match[str], found: list[_Found]) -> None:
    """Read 百分之三十至五十 as two rates."""
    whole = found[-1]
    place = match.start("upto")
    words = re.split(_JOINT, match[0])[0]
    sign = _BASES[match["base"]]
    upper = number(match["upto"])
    whole.end, whole.value = match.start() + len(words), _percentage(words)
    if upper is not None:
        found.append(_Found(place, match.end(), match["upto"], 0, "percent", "", False, f"{upper:g}{sign}"))


def _share_units(text: str, found: list[_Found]) -> None:
    """Give the first parts of a range, or of a list, the unit of the last: 3—5年, 70、60、50个工作日."""
    for one, other in zip(reversed(found[:-1]), reversed(found[1:]), strict=True):
        if one.quantity not in (None, "code") or not _RANGE.fullmatch(text[one.end : other.start]):
            continue
        if (
            other.quantity == "date"
            and "-" in other.value
            and re.fullmatch(r"\d{4}|0?[1-9]|1[0-2]", one.words)
        ):
            if other.value.startswith("-") and len(one.words) < 3 and other.value.count("-") == 1:
                one.quantity, one.value = "date", f"-{one.amount:g}"
        elif (
            other.quantity == "date"
            and re.match(r"\d{4}", other.value)
            and re.fullmatch(r"(?:19|20)\d{2}", one.words)
        ):
            one.quantity, one.value = "date", one.words
        elif other.quantity in ("money", "percent", "days", "count") and not other.everyday:
            scale = re.search(r"[万亿]+$", other.words)
            if scale and one.words[-1] not in "万亿" and one.amount < other.amount / _scaled(scale[0]):
                one.amount, one.words = one.amount * _scaled(scale[0]), one.words + scale[0]
            one.quantity, one.unit, one.value = other.quantity, other.unit, f"{one.amount:.12g}{other.unit}"
    for one, other in pairwise(found):
        # 每年1月1日至20日: the second is a day of the same month.
        day = re.fullmatch(r"(\d*-\d+)-\d+", one.value) if one.quantity == "date" else None
        if (
            day
            and other.unit == "日"
            and other.end - other.start <= 4
            and _RANGE.fullmatch(text[one.end : other.start])
        ):
            other.quantity, other.value = "date", f"{day[1]}-{other.amount:g}"


_BASES = {"百": "%", "千": "‰", "万": "‱"}


def _percentage(words: str) -> str:
    value = number(words[3:])
    return words if value is None else f"{value:g}{_BASES[words[0]]}"


def _read_percent(match: re.Match[str]) -> tuple[Quantity, str]:
    return "percent", _percentage(match[0])


def _read_fraction(match: re.Match[str]) -> tuple[Quantity, str]:
    if "/" in match[0]:
        return "percent", match[0]
    below, above = (number(words) for words in match[0].split("分之"))
    return "percent", match[0] if below is None or above is None else f"{above:g}/{below:g}"


def _read_rank(match: re.Match[str]) -> tuple[Quantity, str]:
    words = re.search(rf"\d+|[{_HAN_DIGITS}]+", match[0])
    value = number(words[0]) if words else None
    return "rank", match[0] if value is None else f"{match[0][0]}{value:g}"


def _read_clock(match: re.Match[str]) -> tuple[Quantity, str]:
    parts = re.findall(rf"\d+|[{_ONES}十两]+|半", match[0])
    hour = number(parts[0]) or 0
    minute = (30 if parts[1] == "半" else number(parts[1]) or 0) if len(parts) > 1 else 0
    if re.match(r"下午|晚", match[0]) and hour < 12:
        hour += 12
    return "date", f"{hour:g}:{minute:02g}"


def _read_at_once(match: re.Match[str]) -> tuple[Quantity, str]:
    return "days", match[0]


def _read_often(match: re.Match[str]) -> tuple[Quantity, str]:
    return "days", match[0].replace("个", "")


def _read_season(match: re.Match[str]) -> tuple[Quantity, str]:
    return "date", ("前" if match[0].startswith("前") else "") + _quarter(match[0])


def _read_monthly(match: re.Match[str]) -> tuple[Quantity, str]:
    return "date", re.sub(r"\s", "", match[0]).replace("号", "日")


def _read_iso(match: re.Match[str]) -> tuple[Quantity, str]:
    return "date", _date(match["y1"], match["m1"], match["d1"])


def _read_month(match: re.Match[str]) -> tuple[Quantity, str]:
    return "date", _date("", match["m4"], match["d4"]) + _part(match["p4"])


def _read_dated(match: re.Match[str]) -> tuple[Quantity, str]:
    year = match["y2"] or f"20{match['short']}"
    if not year.isdecimal():
        year = "".join(str("零一二三四五六七八九".index("零" if c == "〇" else c)) for c in year)
    value = _date(year, match["m2"], match["d2"] or match["d3"])
    if match["quarter"]:
        return "date", f"{value}-{_quarter(match['quarter'])}"
    return "date", value + _part(match["p2"] or match["half"])


def _date(year: str, month: str | None, day: str | None) -> str:
    parts = [unicodedata.normalize("NFKC", year)]
    parts += [f"{number(words):g}" for words in (month, day) if words]
    return "-".join(parts)


def _part(words: str | None) -> str:
    return "底" if words == "末" else words or ""


def _quarter(words: str) -> str:
    place = re.search(r"[一二三四1-4]", words)
    return f"Q{'一二三四'.find(place[0]) % 4 + 1 if place[0] in '一二三四' else place[0]}" if place else words


_READERS = {
    "iso": _read_iso,
    "dated": _read_dated,
    "monthly": _read_monthly,
    "season": _read_season,
    "month": _read_month,
    "clock": _read_clock,
    "percent": _read_percent,
    "fraction": _read_fraction,
    "rank": _read_rank,
    "at_once": _read_at_once,
    "often": _read_often,
}
_OUTER = ("number", *_READERS, "number_of_document", "bracketed", "ordinal", "marker")
