"""Tell whom a clause is for: a rule for one group (大型企业, 个人, B级) is none for its opposite."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

# Each dimension maps wordings to the groups that they take in; two wordings without a common group exclude
# each other. A longer wording is read before a shorter one: 中小微企业 is no 小微企业.
_DIMENSIONS: tuple[tuple[re.Pattern[str], Mapping[str, str]], ...] = tuple(
    (re.compile("|".join(sorted(words, key=len, reverse=True))), words)
    for words in (
        {
            "大型": "L", "特大型": "L", "中型": "M", "小型": "S", "微型": "X", "大中型": "LM", "大企业": "L",
            "中小微": "MSX", "中小": "MS", "小微": "SX", "大公司": "L", "小企业": "SX", "小公司": "SX",
        },
        {"低压": "d", "高压": "g"},
        {"首套": "1", "第一套": "1", "二套": "2", "第二套": "2", "第三套": "3"},
        {"博士": "b", "硕士": "s", "本科": "k", "大专": "z", "专科": "z", "中专": "p", "高中": "h", "高职": "z", "研究生": "bs"},
        {"农村": "n", "乡下": "n", "乡村": "n", "乡镇": "n", "城镇": "c", "城市地区": "c", "城区": "c", "城里": "c"},
        {"新建": "x", "既有": "j", "已建成": "j", "存量": "j"},
        {"成年人": "c", "未成年人": "w"},
        {"初级": "1", "中级": "2", "高级": "3", "正高级": "4", "副高级": "3",
         "中级人民法院": "", "高级人民法院": "", "初级阶段": "", "高级法院": "", "中级法院": ""},
        {"轻度失能": "1", "中度失能": "2", "重度失能": "3", "完全失能": "4"},
        {"开办": "k", "设立登记": "k", "新设": "k", "注销": "z", "歇业": "x", "变更登记": "b"},
        {"进口": "i", "出口": "o", "进出口": "io"},
        {"犬": "d", "狗": "d", "猫": "c"},
        {"三轮车": "3", "自行车": "2", "电动车": "23", "摩托车": "m", "货车": "t", "客车": "b", "轿车": "c", "小汽车": "c"},
        {"省级": "s", "国家级": "g", "市级": "c", "县级": "x"},
        {"一审": "1", "二审": "2", "再审": "3"},
        {"周六": "6", "星期六": "6", "礼拜六": "6", "周日": "7", "周天": "7", "星期天": "7", "星期日": "7", "礼拜天": "7", "周末": "67",
         "双休日": "67"},
        {"包月": "m", "包季": "q", "包年": "y"},
        {"10千伏": "1", "20千伏": "2", "35千伏": "3", "110千伏": "4", "220千伏": "5"},
        {"发明专利": "f", "实用新型": "s", "外观设计": "w"},
        {"专利": "p", "商标": "t", "版权": "c", "著作权": "c"},
        {"高新技术企业": "g", "高企": "g", "高新企业": "g", "瞪羚": "d", "独角兽": "u", "单项冠军": "c", "专精特新": "z", "小巨人": "j"},
        {"高考": "g", "中考": "z", "公务员考试": "c"},
        {"职工医保": "z", "职工基本医疗保险": "z", "居民医保": "j", "居民基本医疗保险": "j"},
        {"租房": "z", "租赁住房": "z", "购房": "g", "买房": "g", "购买住房": "g"},
        {"煤气": "q", "燃气": "q", "天然气": "q", "用气": "q", "供气": "q", "水电气": "wqe", "水气": "wq", "水电": "we", "自来水": "w", "用水": "w", "供水": "w", "水费": "w", "用电": "e", "供电": "e", "电费": "e",
         "供热": "h", "热力": "h", "暖气": "h", "供暖": "h"},
        {"幼儿园": "y", "小学": "x", "初中": "c", "普通高中": "g", "中小学": "xcg", "义务教育": "xc", "高校": "d", "高等学校": "d"},
        {"国有企业": "g", "国企": "g", "民营企业": "m", "民企": "m", "外资企业": "w", "外商投资企业": "w", "个体工商户": "t", "个体户": "t"},
    )
)  # fmt: skip
_GRADE = re.compile(
    r"(?<![A-Za-z])([A-Ea-e])(?![A-Za-z])\s*(?P<kind>[级类档等])"
    r"|(?<![\u4e00-\u9fff])?([甲乙丙丁])(?P<kind2>[级类档等])"
    r"|(?:等级|级别|评级|信用)[^,，。；;]{0,6}?(?:为|是|在)?[“\"]?([A-E])(?![A-Za-z])"
)
_AGAINST = re.compile(r"对(个人|自然人|公民|单位|企业|法人|经营者)")
_PERSON = frozenset({"个人", "自然人", "公民"})
_FIRST = re.compile(r"首次(?!公开)|初次|第一次|头一?[次回]|第一回|初犯|首违|首犯")
_AGAIN = re.compile(
    r"再次|第二次|又[^,，。]{0,6}(?:犯|违)|多次|屡[次教]|两次以上|三次以上|重复违|屡犯|再犯|累犯"
)
_PENALTY = re.compile(r"罚|处以?|吊销|没收|警告")


def excluded(asked: str, stated: str, *, above: str = "") -> bool:
    """True where `stated` speaks of groups that all differ from the ones `asked` about.

    `above` holds the words that open or head the clause; they count where `stated` itself names no group.
    """
    return any(
        wanted and there and not wanted & there
        for wanted, own, around in zip(_groups(asked), _groups(stated), _groups(above), strict=True)
        for there in [own or around]
    )


def marks(asked: str, part: str) -> int:
    """Count the dimensions in which `part` names a group that `asked` asks about; others count against it."""
    return sum(
        (1 if wanted & there else -1)
        for wanted, there in zip(_groups(asked), _groups(part), strict=True)
        if wanted and there
    )


def is_of_several(asked: str, parts: Sequence[str]) -> bool:
    """True where `parts` speak of different groups (A级…，B级…，C级…) and nothing `asked` tells which is meant."""
    return any(
        not wanted and len({own for own in theirs if own}) > 1
        for wanted, theirs in zip(
            _groups(asked), zip(*(_groups(part) for part in parts), strict=True), strict=True
        )
    )


@lru_cache(maxsize=4096)
def _groups(text: str) -> tuple[frozenset[str], ...]:
    """Return the groups that `text` names, one set a dimension."""
    found = [
        frozenset("".join(words[match[0]] for match in pattern.finditer(text)))
        for pattern, words in _DIMENSIONS
    ]
    grades = set()
    for match in _GRADE.finditer(text):
        grades.add(
            next(
                group for place, group in enumerate(match.groups(), 1) if group and place in (1, 3, 5)
            ).upper()
        )
    found.append(frozenset(grades))
    against = {("p" if match in _PERSON else "u") for match in _AGAINST.findall(text)}
    if not against and re.search(r"罚", text):
        against = {
            sign
            for sign, words in (("p", r"个人|私人|自然人"), ("u", r"单位|企业|公司"))
            if re.search(words, text)
            and re.search(r"罚(?:[^,，。]{0,4}(?:多少|几|什么|款))|怎么罚|处罚", text)
        }
    found.append(frozenset(against))
    times = {sign for sign, pattern in (("1", _FIRST), ("2", _AGAIN)) if pattern.search(text)}
    found.append(frozenset(times if _PENALTY.search(text) else ()))
    return tuple(found)
