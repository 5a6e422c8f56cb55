"""Put source words into an answer's sentences: tidy them, name their source, lead with the figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import permutations, zip_longest

from indexer.document import Document
from service.composing.asked import asked_of, unit_asked, unit_fit
from service.composing.brief import Brief
from service.composing.english import in_english, source
from service.composing.groups import is_of_several, marks
from service.evidence import Span, Statement
from service.figures import Figure, figures
from service.kinds import without_question_words
from service.question import Question
from service.ranking import ScoredSentence
from service.sentences import sentences

_HAN = r"[\u3400-\u9fff]"
_BOUND_BEFORE = re.compile(
    r"(?:原则上)?(?:最高|最低|最多|最少|最长|最短|最快)?(?:均|都|应)?(?:不得|不应|不)?(?:超过|高于|低于|少于|多于|大于|小于|突破|达到|达|保持在|控制在|维持在|压减至|压缩至|压缩到|缩减至|缩短至|压至|降至|降到|提高到|提升至|提高至|扩展到|扩大到|增至|增长|提高|降低|压缩|下降|至少|约|近|力争|为|至|到|前)?$"
)
_BOUND_AFTER = re.compile(
    r"^\s*(?:元|个)?(?:[及或]?以[上下内外]|之?内|以?前|左右|上下|之间|起|/人|/[年月日次人])"
)

_SIDES = (
    (
        "upper",
        re.compile(r"(?:不[足满到]|未满|低于|少于|小于|不超过|不高于)$"),
        re.compile(r"\s*(?:元|个)?[及或]?以[下内]"),
    ),
    (
        "lower",
        re.compile(r"(?<!不)(?:超过|超出|高于|多于|大于|年?满|不低于|不少于)$"),
        re.compile(r"\s*(?:元|个)?[及或]?以上"),
    ),
)
_CONDITION_AFTER = re.compile(
    r"\s*(?:元|个)?(?:[(（]含[^)）]*[)）])?[及或]?以[上下内]的"
    # 3个百分点以内的容忍度标准 says what holds.
    r"(?![^,，。；;]{0,8}(?:标准|要求|目标|水平|幅度|额度|限额|容忍|比例|优惠|补贴|补助|奖励|罚款|期限|时限))"
)
_SHARE_PAID = re.compile(
    r"^\s*(?:以[上下内]|至|到|[\d.%％百分之〇零一二三四五六七八九十\s])*[^,，。;；]{0,12}"
    r"(?:罚款|滞纳金|赔偿金|违约金|补助|补贴|奖励|贴息|支付|发给|发放|计发|给付|资助|上浮|缴纳|收取)"
)
_SHARE_OF_MONEY = re.compile(r"(?:金|款|费用?|价|额|工资|薪酬|收入|成本)的$")
_ASKS_MORE = re.compile(r"多[补给发收交奖拿领]|加[发补收付]|提高|上浮|涨|增加")
_RAISED_BY = re.compile(r"(?:提高|上浮|上调|增加|加[发收]|增发)[^，,。；;\d]{0,4}$")
_ASKS_MOST = re.compile(r"最[高多长大晚]|封顶|上限")
_MOST = re.compile(
    r"(?:最[高多长大晚迟]|不(?:得|应|能)?(?:超过|[高多长大迟晚]于)|上限|封顶)[^，,。；;\d]{0,14}$"
)
_MOST_AFTER = re.compile(r"\s*(?:元)?(?:封顶|[及或]?以[下内])")
_OF_RANGE = re.compile(
    r"\s*(?:元|个|人|户)?(?:[(（][^)）]{1,8}[)）])?(?:以上|至|到|-|－|—+|–|~|～)\s*(?:次日)?(?:不[满足到])?\s*"
)
_AMOUNT = re.compile(r"金额|(?:多少|几)[百千万亿]*(?:元|钱|块)")
_WAS = re.compile(r"(?:[由从]|原来?的?)[^，,。；;\d]{0,12}$")
_CHANGES_TO = re.compile(
    r"[^，,。；;\d]{0,6}(?:[调提升压缩降减增扩延改变]|放宽|优化)[^，,。；;\d]{0,3}[至到为成][^，,。；;\d]{0,4}"
)
_ASKS_EARLIER = re.compile(
    r"原来|原先|以前|之前|此前|过去|从前|[由从](?:多少|几)|before|previous|used to", re.I
)
_MOST_ORDERED = 4
_ASKS_CLOCK = re.compile(r"几点(?![建意要])|(?:开放|营业|办公|服务|办理)时间|what time|opening hours", re.I)
_ASKS_AGE = re.compile(r"岁|年龄|年纪|多大|\bages?\b|\bold\b", re.I)
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_SAME_WORDS = (
    (re.compile(r"首年|头一?年|第1年"), "第一年"),
    (re.compile(r"(?:从|自)?(?:次年|第[二2]年)起?|以后(?=每年)|此后(?=每年)"), "次年"),
)
_FEE = re.compile(r"费(?!用)|保证金|\bfees?\b|deposit", re.I)
_ASKS_CONDITION = re.compile(
    r"以[上下内]|门槛|范围|条件|哪[类种些]|额度|规模|多大|(?:几|多少)[个次回家户人岁年月天万元块]{1,2}(?:的话)?(?:以后|之后)?[^。？?]{0,8}(?:就|才|便)|(?:多少|几)[百千万亿]*[元块钱]{1,2}的|多[大高重贵]的|赞成|同意|参与表决|up to what|\bsize|eligib",
    re.I,
)


def tidy(text: str) -> str:
    """Return source words fit to read: no stray spaces, Chinese punctuation between Chinese words."""
    text = re.sub(rf"(?<={_HAN})[ \u00a0\u2002\u2003\u3000]+(?=[{_HAN[1:-1]}0-9A-Za-z“《(（])", "", text)
    text = re.sub(rf"(?<=[0-9%A-Za-z”》)）])[ \u00a0\u2002\u2003\u3000]+(?={_HAN})", "", text)
    text = re.sub(rf"(?<=[{_HAN[1:-1]}”》）)0-9%A-Za-z]),(?=[{_HAN[1:-1]}“《（(])", "，", text)
    text = re.sub(rf"(?<={_HAN});", "；", text)
    text = re.sub(rf"(?<={_HAN}):(?=[{_HAN[1:-1]}“《（(0-9])", "：", text)
    return text.strip()


def sentence_of(text: str) -> str:
    """Return tidied words as a whole sentence: they end in a full stop."""
    text = tidy(text).rstrip("；;，,、：: ")
    return text if text.endswith(("。", "！", "？", "”", "!", "?")) else f"{text}。"


_ISSUERS = re.compile(r"^(?:[\u4e00-\u9fff]+(?:局|委|委员会|政府|办公室|厅|院|会|部)\s*)+(?=关于)")
"""Who issues a notice, at the head of its title; the citation has it in full."""


def label(document: Document, brief: Brief) -> str:
    """Name the source shortly: its region where that tells documents apart, else its title."""
    same = [other for other in brief.documents if other.region == document.region]
    if document.region and document.region != "全国" and len(same) <= 1:
        return document.region
    year = (
        f"（{document.issued_on.year}年）"
        if document.issued_on and len({d.title for d in same}) < len(same)
        else ""
    )
    return f"《{_ISSUERS.sub('', document.title)}》{year}"


def name_before(document: Document, brief: Brief) -> str:
    """Name the source before words of it, in the language of the question; empty where there is but one source."""
    if brief.question.language == "en":
        return source(document)
    return f"{label(document, brief)}：" if brief.several_regions else ""


def lead_in(document: Document, clause: int) -> Span | None:
    """Return the sentence that opens the enumeration which `clause` is an item of, where there is one.

    `(三)…` under `有下列情形之一的，处…罚款：` says nothing without those words.
    """
    item = document.clauses[clause]
    if item.title or item.parent is None or item.parent == 0:
        return None
    before = [p for p in document.paragraphs_by_clause.get(item.parent, ()) if p.end <= item.start]
    if not before or not before[-1].text.rstrip().endswith(("：", ":")):
        return None
    paragraph = before[-1]
    last = sentences(paragraph.text)[-1]
    return Span(document, paragraph, last.start, last.end)


def without_marker(span: Span) -> str:
    """Return the span's words without the number that its clause begins with."""
    clause = span.document.clauses[span.paragraph.clause]
    if span.paragraph.start + span.start == clause.start and span.text.startswith(clause.marker):
        return span.text[len(clause.marker) :].lstrip(" 　")
    return span.text


def statement_of(document: Document, spans: list[Span], brief: Brief, *, named: bool = True) -> Statement:
    """Say what `spans` of one document say, in its words, after its name where several could speak."""
    words: list[str] = []
    cited: list[Span] = []
    for span in spans:
        opening = lead_in(document, span.paragraph.clause)
        if opening is not None and all(opening.paragraph != other.paragraph for other in cited):
            cited.append(opening)
            words.append(tidy(without_marker(opening)))
        cited.append(span)
        own = without_marker(span)
        opens = own.rstrip().endswith(("：", ":")) and span != spans[-1]
        words.append(tidy(own) if opens else sentence_of(own))
    text = "".join(words)
    if brief.question.language == "en":
        return Statement(f"{source(document)}{text}", tuple(cited))
    if named and brief.several_regions:
        text = f"{label(document, brief)}：{text}"
    return Statement(text, tuple(cited))


def in_quotes(words: str) -> str:
    """Return words in quotation marks; the marks within them become single ones."""
    return f"“{words.replace('“', '‘').replace('”', '’')}”"


def answering_figure(question: Question, found: ScoredSentence) -> str | None:
    """Return the figure of the sentence that the question asks for, with its bound (不超过 1%).

    None where no figure of the asked kind stands out: then the sentence speaks for itself.
    """
    figure = nearest_figure(question, found.sentence.text)
    return shown(question, found.sentence.text, figure) if figure is not None else None


def shown(question: Question, text: str, figure: Figure) -> str:
    """Return a figure with its bound, in the language of the question: `within 3 working days`."""
    own = bounded(text, figure)
    english = in_english(figure, own) if question.language == "en" else None
    return english or own


def nearest_figure(
    question: Question, text: str, *, exact: bool = False, unit: str | None = None
) -> Figure | None:
    """Return the figure of the asked kind whose part of `text` is nearest to the question.

    None where there is none, or two that differ are about as near. The two ends of a range are one figure; of
    several kinds of units the one asked for counts: 几年 asks for years. `exact` takes only the kind asked
    for, no share for an amount; `unit` says which unit is asked for, where not the question.
    """
    fitting = [
        figure
        for figure in figures(text)
        if states(figure, text, question) and not (exact and figure.quantity != question.quantity)
    ]
    if not fitting:
        return None
    if question.quantity == "money" and _AMOUNT.search(question.text):  # no share for an amount
        fitting = [figure for figure in fitting if figure.quantity == "money"] or fitting
    if not _ASKS_EARLIER.search(question.text):
        fitting = _without_earlier(fitting, text)
    unit = unit or next((one.unit for one in asked_of(question) if one.quantity == question.quantity), None)
    if unit is None and question.quantity == "any":  # 评审人数下限
        unit = unit_asked(question.topic)
    fit = max(unit_fit(unit, figure.value) for figure in fitting)
    if fit == 0 and question.quantity == "any":
        return None  # 8月25日 is no answer to 扣多少分
    fitting = [figure for figure in fitting if unit_fit(unit, figure.value) == fit]
    if _ASKS_CLOCK.search(question.text):
        fitting = [figure for figure in fitting if _CLOCK.match(figure.value)] or fitting
    fitting = _ranges(fitting, text)
    if asks_most(question):  # 每台二十万元，最高不超过三十万元
        fitting = [figure for figure in fitting if is_most(figure, text)] or fitting
    own = [_part_of(text, figure) for figure in fitting]
    if len(fitting) > 1 and is_of_several(question.topic, own):
        return None
    first = fitting[0]
    grouped = [marks(question.topic, part) for part in own]
    fitting = [figure for figure, group in zip(fitting, grouped, strict=True) if group == max(grouped)]
    topic = set(_bigrams(_without_figures(without_question_words(question.topic))))
    alone, shared = (
        _clearly_nearest(topic, [_parts_around(text, one, rivals) for one in fitting], fitting)
        for rivals in ([], fitting)
    )
    speaks = alone is not None and bool(_parts_around(text, alone, ())[0] & topic)
    if alone is first and speaks and (shared is None or shared.value != alone.value):
        return None  # nearest only by what is said of all: 加快培育企业，样板企业1家，企业总数达到16家
    return alone


def _clearly_nearest(
    topic: set[str], parts: Sequence[tuple[set[str], set[str]]], fitting: Sequence[Figure]
) -> Figure | None:
    """Return the figure whose parts (see `_parts_around`) are nearest to the topic; None where another is about as near."""
    # 低压用户…4个工作日，高压用户…18个工作日: 用户 stands by both and tells neither apart.
    common = set.intersection(*(here for here, _ in parts)) if len(parts) > 1 else set()
    scored = sorted(
        (
            (_nearness(here, before, topic, common), figure)
            for (here, before), figure in zip(parts, fitting, strict=True)
        ),
        key=lambda pair: -pair[0],
    )
    if (
        len(scored) > 1
        and scored[0][0] < scored[1][0] * 1.25 + 0.01
        and scored[0][1].value != scored[1][1].value
    ):
        return None
    return scored[0][1]


def all_figures(question: Question, text: str) -> list[Figure]:
    """Return the figures of the very kind and unit asked for, in the order of `text`, a range as one."""
    unit = unit_asked(question.topic)
    fitting = [
        figure
        for figure in figures(text)
        if figure.quantity == question.quantity and states(figure, text, question)
    ]
    return [one for one in _ranges(_without_earlier(fitting, text), text) if unit_fit(unit, one.value) == 2]


def in_order_of(asked: Sequence[str], found: Sequence[Figure], text: str) -> list[Figure] | None:
    """Return one figure for each part of a question, by the words that stand around it; None where that is not clear."""
    if len(asked) != len(found) or len(found) > _MOST_ORDERED:
        return None
    around = [set(_bigrams(text[slice(*_own_words(text, found, place))])) for place in range(len(found))]
    wanted = [set(_bigrams(without_question_words(part))) for part in asked]
    fits = sorted(
        (
            (sum(len(words & around[place]) for words, place in zip(wanted, order, strict=True)), order)
            for order in permutations(range(len(found)))
        ),
        reverse=True,
    )
    clear = len(fits) < 2 or fits[0][0] > fits[1][0]
    return [found[place] for place in fits[0][1]] if clear else None


def _own_words(text: str, found: Sequence[Figure], place: int) -> tuple[int, int]:
    """Return the place of a figure's part of `text`, cut short where another of the figures stands in it."""
    parts, own = _cut_at(text, found[place])
    start, end = parts[own]
    before = [figure.end for figure in found[:place] if figure.end > start]
    after = [figure.start for figure in found[place + 1 :] if figure.start < end]
    return max([start, *before]), min([end, *after])


def _without_earlier(found: list[Figure], text: str) -> list[Figure]:
    """Leave out what a figure was before it changed: 10万元 of 由10万元调高至15万元."""
    return [
        one
        for one, later in zip_longest(found, found[1:])
        if later is None
        or not _WAS.search(text[: one.start])
        or not _CHANGES_TO.fullmatch(text[one.end : later.start])
    ]


def asks_most(question: Question) -> bool:
    """True where the question asks for the greatest value: 最高补多少."""
    return _ASKS_MOST.search(question.text) is not None


def is_most(figure: Figure, text: str) -> bool:
    """True where the text says that it is at most so much: 最高不超过三十万元."""
    return _MOST.search(text[: figure.start]) is not None or _MOST_AFTER.match(text[figure.end :]) is not None


def _without_figures(topic: str) -> str:
    """The topic without the figures that it puts forward: they say when, not what (1小时下多少毫米)."""
    for figure in reversed(figures(topic)):
        if figure.text[0].isdigit() and figure.quantity != "code":  # 半日托 is no figure
            topic = f"{topic[: figure.start]} {topic[figure.end :]}"
    return topic


def _ranges(found: list[Figure], text: str) -> list[Figure]:
    """Join the two ends of a range into one figure: 五百元以上二千元以下, 六时至八时."""
    joined: list[Figure] = []
    for figure in found:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.quantity == figure.quantity
            and _joins(last, figure, text[last.end : figure.start])
        ):
            whole = text[last.start : figure.end]
            joined[-1] = Figure(
                whole, last.start, figure.end, figure.quantity, f"{last.value}~{figure.value}"
            )
        else:
            joined.append(figure)
    return joined


def _joins(last: Figure, figure: Figure, between: str) -> bool:
    """True where both are ends of a range, or hours of one day: 六时至九时、十六时至二十一时."""
    if "~" not in last.value:
        return _OF_RANGE.fullmatch(between) is not None
    hours = _CLOCK.match(last.value) and _CLOCK.match(figure.value)
    return bool(hours) and re.fullmatch(r"\s*[、，,和及]\s*|" + _OF_RANGE.pattern, between) is not None


def fits(figure: Figure, question: Question) -> bool:
    """True where the figure is of the kind asked for; any period fits 何时 and any date fits 多久."""
    asked = question.quantity
    if asked is None or (figure.quantity == "date" and asked not in ("date", "any")):
        return False
    if asked == "any":
        return True
    if asked == "date":
        return figure.quantity in ("date", "days")
    if asked == "money":
        return (
            figure.quantity == "money"
            or (figure.quantity == "count" and figure.text.endswith(("万", "亿")))
            # A fee or a deposit may be a share of something.
            or (figure.quantity == "percent" and _FEE.search(question.topic) is not None)
        )
    if asked == "days" and figure.value.endswith("岁"):
        return _ASKS_AGE.search(question.text) is not None
    return figure.quantity == asked


def bounded(text: str, figure: Figure) -> str:
    """Return the figure with the words that bound it: `不超过 1%`, `1500项以上`, `10个工作日内`."""
    before = _BOUND_BEFORE.search(text[max(0, figure.start - 12) : figure.start].rstrip())
    start = figure.start
    idle = ("", "为") if figure.quantity == "date" else ("", "为", "到", "至")
    if before and before[0] not in idle:
        start = text.rfind(before[0], 0, figure.start)
    after = _BOUND_AFTER.match(text[figure.end :])
    end = figure.end + (after.end() if after else 0)
    return tidy(text[start:end])


def bounds(text: str) -> set[tuple[str, str]]:
    """Return the figures that `text` bounds, with the side: 600万元以上 is not 600万元以下."""
    found = set()
    for figure in figures(text):
        for side, before, after in _SIDES:
            if after.match(text[figure.end :]) or before.search(text[: figure.start]):
                found.add((figure.value, side))
                break
    return found


_FINE_AFTER = re.compile(
    r"(?:[^,，。；;]{0,14}?(?:以[上下]|不等))?(?:[^,，。；;\d]{0,4}?[\d一二三四五六七八九十百千万]+[^,，。；;]{0,4}?以下)?的?(?:罚款|罚金)"
)
"""A fine is no price: 处一百元罚款 does not answer what an hour's parking costs."""
_ASKS_FINE = re.compile(
    r"罚|处分|处理|后果|责任|违|滞纳|怎么办|怎[么样]|赔|代价|追究|不[按交缴办报给]|没[有按交缴办报]|擅自|逾期|fine|penalt|punish|charged if",
    re.IGNORECASE,
)


def asks_penalty(question: Question) -> bool:
    """True where the question asks what follows from breaking a rule."""
    return _ASKS_FINE.search(question.text) is not None


def is_penalty(text: str) -> bool:
    """True for a sentence that fixes a fine."""
    return re.search(r"处[^，。；]{1,24}罚款|并处罚款|处以罚款", text) is not None


def states(figure: Figure, text: str, question: Question) -> bool:
    """True where the figure is of the kind asked for and says what holds, not for whom: 单户600万元以下的小微企业."""
    if not fits(figure, question) and not (
        # A fine or a benefit may be a share of something, or a multiple.
        question.quantity == "money"
        and (figure.quantity == "percent" or figure.value.endswith("倍"))
        and (
            _SHARE_PAID.match(text[figure.end :])
            or _SHARE_OF_MONEY.search(text[: figure.start])
            or (_ASKS_MORE.search(question.text) and _RAISED_BY.search(text[: figure.start]))
        )
    ):
        return False
    if question.quantity == "money" and _FINE_AFTER.match(text[figure.end :]) and not asks_penalty(question):
        return False
    return _ASKS_CONDITION.search(question.text) is not None or not _CONDITION_AFTER.match(text[figure.end :])


def is_condition(text: str, figure: Figure) -> bool:
    """True where the figure says for whom: 单户600万元以下的小微企业."""
    return _CONDITION_AFTER.match(text[figure.end :]) is not None


def _nearness(here: set[str], before: set[str], topic: set[str], common: set[str]) -> float:
    """Share of the topic that stands in the figure's own part of the sentence, the part before counting half.

    What all figures have in their parts (`common`) counts little.
    """
    own = here & topic
    shared = 0.75 * len(own & common)
    return (len(own) - shared + 0.5 * len((before & topic) - here - common)) / (len(topic) or 1)


def _parts_around(text: str, figure: Figure, rivals: Sequence[Figure]) -> tuple[set[str], set[str]]:
    """Return the pairs of characters in the figure's own part of the sentence, and in the part before.

    Where one of `rivals` stands in the part before, what stands before that one: 加快培育企业，样板1家，总数达到16家.
    """
    parts, place = _cut_at(text, figure)
    here = set(_bigrams(text[slice(*parts[place])]))
    holding = {_cut_at(text, rival)[1] for rival in rivals}
    before = place - 1
    while before > 0 and before in holding and text[parts[before][1] - 1] not in "；;。":
        before -= 1
    return here, set(_bigrams(text[slice(*parts[before])])) if before >= 0 else set()


def _part_of(text: str, figure: Figure) -> str:
    """Return the figure's own part of the text; the sentence part before it too where it names no subject."""
    parts, place = _cut_at(text, figure)
    own = text[slice(*parts[place])]
    before = text[slice(*parts[place - 1])] if place else ""
    return own if not before or before[-1] in "；;。" else before + own


def _cut_at(text: str, figure: Figure) -> tuple[list[tuple[int, int]], int]:
    """Return the places of the parts of `text` between commas, and which of them holds the figure."""
    parts: list[tuple[int, int]] = []
    begin = 0
    for match in re.finditer(r"[，,；;。：:]", text):
        parts.append((begin, match.end()))
        begin = match.end()
    parts.append((begin, len(text)))
    return parts, next(n for n, (start, end) in enumerate(parts) if start <= figure.start < end)


def _bigrams(text: str) -> list[str]:
    for pattern, words in _SAME_WORDS:
        text = pattern.sub(words, text)
    return [text[i : i + 2] for i in range(len(text) - 1) if not text[i : i + 2].isspace()]
