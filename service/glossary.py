"""Put an English question into Chinese words, by a glossary of administration and daily life."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import product

from service.kinds import kind_of, quantity_of

Terms = tuple[str, ...]
"""What an English word may be in Chinese, the most official word first."""
Choose = Callable[[Sequence[Terms]], Sequence[str]]
"""Takes one term for each word of a question."""

_LONGEST = 6
"""No entry of the glossary has more words."""
_WORD = re.compile(
    r"(?P<han>[“《「][^”》」]*[\u3400-\u9fff][^”》」]*[”》」]|[\d.,%‰]*[\u3400-\u9fff][\u3400-\u9fff\d]*)|(?P<number>\d[\d,]*(?:\.\d+)?[%‰]?)"
    r"|(?P<word>[a-z]+(?:['’.&][a-z]+)*\d*)|(?P<mark>[?？!;；,，])"
)
_CLAUSE = re.compile(
    r"[?？!;；。]+|(?<=[a-z\d])\.(?=\s|$)"
    r"|,?\s*\b(?:and|or|but)\s+(?=(?:by |up to |at |for |in |to |from |within |on )?"
    r"(?:what|how|who|which|when|where|why|must|can|may|does|do|is|are|should|will|under)\b)"
    r"|,\s*(?=(?:by |up to |at |in |to |within )?(?:what|how|who|which|when|where|why|must|can|may|does|do|is|are|should)\b)"
)
_ARTICLES = frozenset((
    "a", "an", "the", "my", "your", "our", "their", "his", "her", "its", "this", "that", "these", "those", "such",
    "any", "some",
))  # fmt: skip
_MODALS: dict[str, Terms] = {
    "may": ("可以",), "can": ("可以",), "could": ("可以",), "allowed": ("可以",), "permitted": ("可以",),
    "must": ("应当",), "shall": ("应当",), "should": ("应当",), "need": ("需要",), "needed": ("需要",),
    "required": ("需要",), "have to": ("应当",),
}  # fmt: skip
"""What is said in yes-or-no questions alone; elsewhere every clause of a regulation says it too."""
_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "eighteen": "18", "twenty": "20",
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "eighty": "80", "ninety": "90",
}  # fmt: skip
_SCALES = {"thousand": 1e3, "k": 1e3, "million": 1e6, "billion": 1e9}
_UNITS = {
    "yuan": "元", "rmb": "元", "percent": "%", "working day": "个工作日", "business day": "个工作日",
    "calendar day": "日", "day": "天", "hour": "小时", "minute": "分钟", "week": "周", "month": "个月",
    "quarter": "个季度", "year": "年", "years old": "周岁", "year old": "周岁", "kilowatt": "千瓦", "kw": "千瓦",
    "kva": "千伏安", "metre": "米", "meter": "米", "m": "米", "centimetre": "厘米", "cm": "厘米",
    "kilometre": "公里", "kilometer": "公里", "km": "公里", "square metre": "平方米", "square meter": "平方米",
    "sqm": "平方米", "cubic metre": "立方米", "mu": "亩", "kilogram": "公斤", "kg": "公斤", "tonne": "吨",
    "ton": "吨", "time": "次", "percentage point": "个百分点", "dollar": "美元",
}  # fmt: skip
_MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8,
    "september": 9, "october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4,
    "jun": 6, "jul": 7, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"\b(?:(?P<before>by|before|until|till) )?(?:the )?(?:(?P<end>end of|late) |(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?"
    rf"(?P<month>{_MONTH})\b\.?"
    rf"(?:\s+(?P<after>\d{{1,2}})(?:st|nd|rd|th)?(?!\d))?,?\s+(?:of\s+)?(?P<year>(?:19|20)\d{{2}})\b"
)
_YEAR_END = re.compile(
    r"\b(?:(?P<before>by|before|until|till) )?(?:the )?(?:end of|late) (?:the year )?(?P<year>(?:19|20)\d{2})\b"
)
_HALF = re.compile(r"\b(?:the )?(?P<half>first|second) half of (?P<year>(?:19|20)\d{2})\b")
_YEAR = re.compile(
    r"\b(?P<year>(?:19|20)\d{2})\b(?!\s*(?:yuan|rmb|percent|days|people|firms|companies)|[,.]\d)"
)
_PLACE = re.compile(r"\b(?P<what>article|chapter|task|item|section)\s+(?P<number>\d{1,3})\b")
_PLACES = {"article": "条", "chapter": "章", "task": "项", "item": "项", "section": "节"}
_AMOUNT = re.compile(
    r"(?<![\w.])(?P<money>rmb|cny|¥|￥)?\s?(?P<number>\d[\d,]*(?:\.\d+)?|"
    + "|".join(sorted(_NUMBERS, key=len, reverse=True))
    + r"|(?:a|an)(?= (?:month|year|week|day|hour|quarter|million)\b))"
    + r"(?:[\s-]*(?P<scale>thousand|million|billion|k)(?!\w))?"
    + r"(?:[\s-]*(?P<unit>"
    + "|".join(f"{re.escape(unit)}s?" for unit in sorted(_UNITS, key=len, reverse=True))
    + r")(?!\w))?(?![\w.]*\d|[\u3400-\u9fff])"
)
# The number of payments and hours asks for two figures.
_AND_PERIOD = re.compile(
    r"\b(number of [^?,;]{1,60}?) and (?:the )?(?:number of )?"
    r"((?:working |business )?(?:days|hours|minutes|months|weeks|years))\b"
)
_EACH = re.compile(
    r"(?<!within )(?<!in )(?<!for )(?<!after )(?<!least )(?<!than )\b(?:a|an|per|each|every) "
    r"(?=(?:day|week|month|quarter|year|hour|person|household|head|square metre|cubic metre|vehicle|ton|tonne)\b)"
)

_AMOUNT_ASKED = "多少…"
"""Stands at the end, after what it is asked of."""
_MEASURED = {
    "面积": "平方米",
    "时速": "公里",
    "次数": "次",
    "人数": "人",
    "天数": "天",
    "距离": "米",
    "高度": "米",
    "长度": "米",
    "宽度": "米",
    "深度": "米",
}
"""In which unit a measure is asked for."""
_CLASSIFIERS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(f"(?:{ends})$"), classifier)
    for ends, classifier in (
        ("企业|公司|机构|银行|商户|医院|商会|协会|单位", "家"),
        ("犬|犬只|猫|动物", "只"),
        ("人|人员|学生|职工|员工|教师|儿童|居民|委员|代表|专家|干部|监督员", "人"),
        ("项目|事项|任务|改革|创新|措施|指标|成果|服务", "项"),
        ("车|车辆|机动车|电动自行车", "辆"),
        ("户|家庭", "户"),
        ("床位", "张"),
        ("泊位|车位|停车位|县|区|城市|乡镇|村|社区|环节|窗口|平台|名额|部门|收集容器", "个"),
        ("案件|专利|商标|案例|投诉", "件"),
        ("份|材料|复印件|证书", "份"),
    )
)
_CLOSINGS = {"list": "哪些", "definition": "是什么意思", "office": "哪个部门"}
_ASKS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r"how many (?:working|business) days\b", "几个工作日"),
        (r"how many (?:calendar )?days\b", "几天"),
        (r"how many hours\b", "几个小时"),
        (r"how many minutes\b", "几分钟"),
        (r"how many months\b", "几个月"),
        (r"how many weeks\b", "几周"),
        (r"how many years\b", "几年"),
        (r"how many times\b|how often\b", "多少次"),
        (r"how (?:far|long) (?:in advance|ahead|before(?:hand)?)\b", "提前多久"),
        (r"how many (?:people|persons)\b", "多少人"),
        (r"how many square met(?:re|er)s?\b", "多少平方米"),
        (r"how many (?:kilomet(?:re|er)s?|km)\b", "多少公里"),
        (r"how many met(?:re|er)s?\b|how (?:tall|wide|deep|far)\b", "多少米"),
        (r"how heavy\b", "多少公斤"),
        (r"how old\b", "多少周岁"),
        (r"how many\b|what number of\b|what is the number of\b", "多少"),
        (r"how (?:long|soon|fast|quickly|early|late)\b", "多久"),
        (r"how (?:high|low|much|big|large)\b", _AMOUNT_ASKED),
        (
            r"^\W*(?:(?:since|from|by|on|until|till) )?(?:when|what date|which date|what time|what day|which day)\b"
            r"|\b(?:by|until|till) (?:when|what date|which date)\b",
            "什么时候",
        ),
        (
            r"(?:which|what) (?:[a-z]+ )?(?:department|bureau|office|agency|authority|body|unit|organ)s?\b",
            "哪个部门",
        ),
        (r"^\W*(?:who|whom)\b", "谁"),
        (r"how (?:do|does|can|should|to|would|is|are)\b", "怎么"),
        (r"^\W*where\b", "哪里"),
        (r"^\W*why\b", "为什么"),
    )
)
_WANTS_LIST = re.compile(
    r"^\W*(?:the )?(?:conditions|requirements|documents|materials|papers|paperwork|steps|measures|grounds|cases)\b"
)
_IS_IT = re.compile(
    r"^\W*(?:is|are|am|was|were|does|do|did|can|could|must|may|will|has|have|had|should|would)\b"
)
_IRREGULAR = {
    "paid": "pay", "lent": "lend", "held": "hold", "kept": "keep", "sold": "sell", "bought": "buy", "built": "build",
    "taken": "take", "took": "take", "given": "give", "gave": "give", "driven": "drive", "written": "write",
    "chosen": "choose", "sent": "send", "spent": "spend", "met": "meet", "lost": "lose", "stolen": "steal",
    "bitten": "bite", "bit": "bite", "left": "leave", "brought": "bring", "made": "make", "hidden": "hide",
    "thrown": "throw", "women": "woman", "men": "man", "children": "child", "wives": "wife", "dying": "die",
    "sought": "seek", "withdrawn": "withdraw", "withheld": "withhold", "forbade": "forbid", "set": "set",
    "knives": "knife", "begun": "begin", "began": "begin", "ran": "run", "drove": "drive", "drunk": "drink",
    "taught": "teach", "hid": "hide", "feet": "foot", "criteria": "criterion", "premises": "premises",
}  # fmt: skip
_SPELT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), spelling)
    for pattern, spelling in (
        (r"iz(?=(?:e|es|ed|er|ers|ing|ation|ations)$)", "is"),
        (r"yz(?=(?:e|es|ed|ing)$)", "ys"),
        (r"^(labo|neighbo|behavio|hono|favo|endeavo|colo|odo|harbo)r", r"\1ur"),
        (r"^(cent|met|theat|kilomet|centimet)er(?=s?$)", r"\1re"),
        (r"^(licen|defen|offen)se", r"\1ce"),
        (r"^program(?=s?$)", "programme"),
        (r"^(enrol|instal|fulfil)l(?=ment|s?$)", r"\1"),
        (r"^check(?=book)", "cheque"),
        (r"^tire(?=s?$)", "tyre"),
        (r"^aging$", "ageing"),
    )
)


def first_terms(words: Sequence[Terms]) -> list[str]:
    """Take the first term of each word."""
    return [terms[0] for terms in words]


def in_chinese(text: str, choose: Choose = first_terms) -> str:
    """Return an English question as Chinese words, one clause of it after the other.

    `text` is normalised. Each word or phrase of the glossary gives the term that `choose` takes for it, the
    longest phrase first; what asks stays a question (多少, 什么时候). Figures and quoted Chinese are kept,
    so are words that the glossary does not know. Empty where no word says anything.
    """
    clauses = [_Clause(clause) for clause in _CLAUSE.split(_with_figures(text)) if clause.strip()]
    chosen = iter(choose([terms for clause in clauses for terms in clause.words]))
    said = [clause.said([next(chosen) for _ in clause.words]) for clause in clauses]
    told = "，".join(clause for clause in said if clause)
    return f"{told}？" if told else ""


class _Clause:
    """One clause of a question: its words, and what it asks."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._asks_yes_or_no = _IS_IT.match(text) is not None
        self._opens = ""
        for pattern, chinese in _ASKS:
            found = pattern.search(text)
            if found is not None:
                self._opens = chinese
                text = f"{text[: found.start()]} {text[found.end() :]}"
                break
        self.words = list(_words(text, modal=self._asks_yes_or_no))

    def said(self, terms: Sequence[str]) -> str:
        """Return the clause with `terms` for its words."""
        words = list(dict.fromkeys(terms))
        if self._opens and self._opens != _AMOUNT_ASKED:
            if self._opens == "多少" and words and len(words[0]) == 1:  # 多少条, 多少章
                words.append(f"多少{words.pop(0)}")
            else:
                counted = _classifier(words[0]) if self._opens == "多少" and words else ""
                words.insert(0, f"{self._opens}{counted}")
        if not words:
            return ""
        return f"{' '.join(words)} {self._closing(words)}".strip()

    def _closing(self, words: Sequence[str]) -> str:
        """What asks at the end of a clause that nothing at its head makes a question."""
        if self._asks_yes_or_no:
            return "吗"
        if self._opens and self._opens != _AMOUNT_ASKED:
            return ""
        kind = "list" if _WANTS_LIST.match(self._text) else kind_of(self._text)
        if not self._opens and kind in _CLOSINGS:
            return _CLOSINGS[kind]
        if not self._opens and quantity_of(self._text) is None:
            return ""
        units = (unit for measure, unit in _MEASURED.items() for word in words if word.endswith(measure))
        return f"多少{next(units, '')}"


def _classifier(term: str) -> str:
    """Return by what a thing is counted, empty where nothing tells: 家 for 企业."""
    return next((classifier for pattern, classifier in _CLASSIFIERS if pattern.search(term)), "")


def _with_figures(text: str) -> str:
    """Put dates, places in a document and amounts into Chinese."""

    def date(match: re.Match[str]) -> str:
        day = match["day"] or match["after"]
        rest = f"{day}日" if day else "底" if match["end"] else ""
        before = "前" if match["before"] else ""
        return f" {match['year']}年{_MONTHS[match['month']]}月{rest}{before} "

    text = text.replace("’", "'")
    text = _AND_PERIOD.sub(r"\1; how many \2", text)
    text = _DATE.sub(date, text)
    text = _YEAR_END.sub(lambda match: f" {match['year']}年底{'前' if match['before'] else ''} ", text)
    text = _HALF.sub(
        lambda match: f" {match['year']}年{'上' if match['half'] == 'first' else '下'}半年 ", text
    )
    text = re.sub(r"(?<=\d)\s?%", " percent", text)
    text = _PLACE.sub(lambda match: f" 第{match['number']}{_PLACES[match['what']]} ", text)
    text = _EACH.sub("per ", text)
    text = _AMOUNT.sub(_amount, text)
    return _YEAR.sub(lambda match: f" {match['year']}年 ", text)


def _amount(match: re.Match[str]) -> str:
    words = _NUMBERS.get(match["number"], "1" if match["number"] in ("a", "an") else match["number"])
    unit = match["unit"] or ""
    chinese = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"), "")
    if match["money"]:
        chinese = "元"
    if words == "1" and match["number"] == "one" and not chinese and not match["scale"]:
        return match[0]  # the one who pays
    value = float(words.replace(",", "")) * _SCALES.get(match["scale"] or "", 1)
    for scale, sign in ((1e8, "亿"), (1e4, "万")):
        if value >= scale and (chinese or match["scale"]):
            return f" {value / scale:g}{sign}{chinese} "
    return f" {value:.10g}{chinese} "


def _words(text: str, *, modal: bool) -> Iterator[Terms]:
    """Yield what each phrase of a clause may be in Chinese; `modal` keeps may and must."""
    tokens = [
        (match.lastgroup, match[0])
        for match in _WORD.finditer(text.replace("-", " "))
        if match.lastgroup != "mark" and match[0] not in _ARTICLES
    ]
    place = 0
    while place < len(tokens):
        token = tokens[place][1]
        run = 0
        while place + run < len(tokens) and run < _LONGEST and tokens[place + run][0] == "word":
            run += 1
        for size in range(run, 0, -1):
            terms = _terms([word for _, word in tokens[place : place + size]], modal=modal)
            if terms is not None:
                if terms:
                    yield terms
                place += size
                break
        else:
            yield (token,)
            place += 1


def _terms(words: Sequence[str], *, modal: bool) -> Terms | None:
    """Return the terms of a phrase in any of its inflections; none for a word that says nothing by itself."""
    if len(words) == 1 and words[0] in _MODALS:
        return _MODALS[words[0]] if modal else ()
    entries, vocabulary = _glossary()
    forms = [[form for form in _forms(word) if form in vocabulary] for word in words]
    return next((entries[phrase] for phrase in product(*forms) if phrase in entries), None)


@lru_cache(maxsize=4096)
def _forms(word: str) -> tuple[str, ...]:
    """Return what `word` may be an inflection of, itself first."""
    word = word.removesuffix("'s").removesuffix("'")
    for pattern, spelling in _SPELT:
        word = pattern.sub(spelling, word)
    found = [word]
    if word in _IRREGULAR:
        found.append(_IRREGULAR[word])
    if word.endswith("ies") and len(word) > 4:
        found += [f"{word[:-3]}y", word[:-1]]
    elif re.search(r"(?:s|x|z|ch|sh)es$", word):
        found += [word[:-2], word[:-1]]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        found += [word[:-1], word[:-2]] if word.endswith("oes") else [word[:-1]]
    if word.endswith("ly") and len(word) > 5:
        found += [word[:-2], f"{word[:-3]}y"] if word.endswith("ily") else [word[:-2], f"{word[:-2]}e"]
    for ending in ("ied", "ing", "ed", "er"):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 2:
            continue
        if ending == "ied":
            found.append(f"{stem}y")
            break
        if ending == "er":
            break
        found += [f"{stem}e", stem]
        if len(stem) > 2 and stem[-1] == stem[-2]:
            found.append(stem[:-1])
        if ending == "ing" and stem.endswith("y"):
            found.append(f"{stem[:-1]}ie")
        break
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1)
def _glossary() -> tuple[dict[tuple[str, ...], Terms], frozenset[str]]:
    """Read the glossary: the terms of each phrase, and all words that occur in phrases."""
    entries: dict[tuple[str, ...], Terms] = {}
    for line in (files("service") / "data" / "glossary.tsv").read_text("utf-8").splitlines():
        english, _, chinese = line.partition("\t")
        entries.setdefault(key_of(english), tuple(filter(None, chinese.split(";"))))
    return entries, frozenset(word for phrase in entries for word in phrase)


def key_of(english: str) -> tuple[str, ...]:
    """Return the words of a phrase as they are looked up: British spelling, no articles, no hyphens."""
    words = re.findall(r"[a-z\d]+(?:['’.&][a-z\d]+)*", english.replace("-", " "))
    return tuple(_forms(word)[0] for word in words if word not in _ARTICLES or len(words) == 1)
