"""Open with yes or no where a sentence settles what is asked: by a limit, by a modal word, or by saying so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.tokens import is_word
from service.composing.limits import Limit, is_comparable, limits
from service.composing.openings import ACTS, verdict
from service.composing.wording import tidy
from service.evidence import Span
from service.kinds import without_question_words
from service.question import Question

_FORBIDS = re.compile(r"不得|不能|不可以|不允许|不准|禁止|严禁|不予|不再|不适用|不受理|拒绝|只能|仅限|只限")
_SPARES = re.compile(
    r"无需|无须|不需要?|不再(?:收取|要求|提供|提交)|免(?:于|除|费|收|交|缴|予|提交|申)|不(?:予)?(?:收取|收费|另收|缴纳|缴|交)"
    r"|不向[^，,。；;]{1,8}收|(?:严禁|禁止|不得)[^，,。；;]{0,14}(?:收取|要求)|零(?:费用|成本|收费|跑动|材料|投资)|取消"
)
_ALLOWS = re.compile(r"可以?(?!持续|靠|行性|能|选(?!择))|允许|支持|实现|推行|实行|全程网办")
_MUST = re.compile(r"应当|必须|须(?!知)|需要?(?!求)|要(?=带|提交|提供|出具|经过|先)")
_SETS_UP = re.compile(r"建立|设立|开设|设置|开通|推出|推行|实行|组建|成立|提供|配备|开辟|打造|完善|畅通")
_PERMITS = re.compile(r"可以?(?!持续|靠|行性|能|选(?!择)|再生|视|追溯|控)|允许|准许")
_PERMITTED = re.compile(r"(?:可以?|允许|准许)([\u4e00-\u9fff]{2})")
_ONESELF = re.compile(r"个人|自己|本人|职工|员工|劳动者")
_BY_ONESELF = re.compile(r"(?:个人|本人|职工|员工|劳动者)[^，,。；;]{0,4}(?:应当|须|缴|交|承担|负担)")
_EMPLOYER = re.compile(r"单位|企业|公司")
_NO_LIMIT = re.compile(r"没有|不设|无(?=[\u4e00-\u9fff]{0,4}限)|不受")
_DEFINES = re.compile(r"^[^，。；]{0,24}[，,]?(?:是指|系指|指的是)")
_OTHERWISE = re.compile(r"除外|但是?|可以|允许|另有规定")
_OR = re.compile(r"或者?|之一|、")

_ENDS = r"(?:[咯哟哦呀啊呢啦哈嘞呐])?[?？]?$"
_ASKS_NEED = re.compile(
    rf"要不要|需不需要|用不用|非得|(?:要|需要?|得|用)[^能可]{{0,20}}(?:吗|么|嘛|不){_ENDS}|收费吗|要钱吗|花钱吗"
    r"|^\s*(?:do|does|must|is|are|should)\b.{0,60}\b(?:need|have to|required|must|necessary)\b|^\s*must\b",
    re.I,
)
_ASKS_EXISTS = re.compile(
    r"有没有|有无|(?:有|受)[^,，。]{1,16}(?:吗|么|没|没有)[?？]?$|受限制|^\s*(?:is|are) there\b", re.I
)
_ASKS_MAY = re.compile(
    r"^\s*(?:can|may|could)\b|\ballowed\b|\bpermitted\b|能不能|能否|可不可以|可否|行不行|[中成使]不[中成]|[要使]得不|[行成中]吗[?？]?$|够条件|有资格"
    rf"|(?:能|可以|允许|准)[^,，。]{{0,30}}(?:吗|么|嘛|不){_ENDS}",
    re.I,
)
_ASKS_EXCEPTIONS = re.compile(r"例外|\bexceptions?\b", re.I)
_EXCEPTS = re.compile(r"除[^，,。；;]{2,40}?(?:以外|之外|外)|除外|但[^，,。；;]{2,30}的?除外")
_ASKS_NOT_TO = re.compile(r"(?:能|可以?|准)(?:不[能可](?:以)?)?不(?![能可准行])[再用]?[\u4e00-\u9fff]")
_ASKS_PUNISHED = re.compile(r"会(?:不会)?[^,，。]{0,10}罚")
_UNPUNISHED = re.compile(r"(?:不予|免予|免于)处罚")
_ASKS_EXCESS = re.compile(r"超没超|超不超|有没有超|是否超|超[了过标]?[^,，。]{0,4}(?:吗|没有?|么)[?？]?$")
_ASKS_ENOUGH = re.compile(r"够不够|[足]?够[了的]?[吗么没]")
_ASKS_CONFORMS = re.compile(
    r"合不合|合(?:规|法|格|适|理|规矩)[吗么]|违[规法反](?:规定)?[吗么]|违不违|算违|达标|符合[^,，。]{0,8}(?:吗|么|规定|要求|标准|条件)"
)
_DOES_OR_NOT = re.compile(rf"([{ACTS}])不\1")
_ASKS_AFTER = re.compile(r"[罚收交缴]")
_OF_MONEY = ("收取", "收费", "收缴", "补贴", "补助", "缴纳", "罚款", "发放")
_MONEY = re.compile(r"[钱费款元贴金]")
_SAYS_SO = re.compile(r"(可以|不可以|能|不能|需要|不需要|有|没有|是|不是|不收费|收费)[。，,；;]")
_SAID = {"能": "可以", "不能": "不可以", "不收费": "不需要"}
_PART = re.compile(r"[^，,；;。：:]+")
_HAN = re.compile(r"[\u4e00-\u9fff]{2}")


def asks_by_figure(question: Question) -> bool:
    """True where the question wants a figure of its own held against a limit, whatever else it asks."""
    return _ASKS_EXCESS.search(question.text) is not None


def is_about(question: Question, span: Span) -> bool:
    """True where a sentence, with its headings and its document's title, shares a word with the question's matter."""
    above = " ".join((*span.document.heading_path(span.paragraph.clause), span.document.title))
    return bool(_pairs(without_question_words(question.topic)) & _pairs(f"{span.text} {above}"))


def verdict_of(question: Question, spans: Sequence[Span], *, sure: bool, likely: bool = True) -> str | None:
    """Return the words that say yes or no, as the evidence's words settle it; None leaves it open.

    In other words than the question's (English, 老外 for 外籍人员) a modal word settles only where the sentence is
    `sure` to be the answer and has but one. That something is allowed, or exists, is said only where it is `likely` that the
    evidence answers: a rule on another matter allows something too, and seldom forbids what is asked for.
    """
    evidence = "".join(span.text for span in spans)
    if question.language != "en":
        held = limits(question, evidence)
        if held and not is_about(question, spans[-1]):
            return None
        if held:
            return _by_limit(question, evidence, held)
        if is_comparable(question, evidence):
            return None  # one of several cases: 年满六十周岁的特困人员
        said = answers_itself(spans[-1])
        if said is not None:
            return verdict(said)
    if _DEFINES.search(spans[-1].text):
        return None  # what a term means permits and requires nothing
    word = _by_modal(question, evidence, sure=sure)
    if word is None or (word in ("可以", "有") and not likely):
        return None
    return verdict(word, english=question.language == "en")


def _by_limit(question: Question, evidence: str, held: Sequence[Limit]) -> str | None:
    """Say what the question's figure is to the limit that decides; None where it decides nothing.

    A case that the figure is not in (五万元以上的机具 for one of three) settles only that no duty follows, and
    only where it is the one case.
    """
    asks = question.text
    limit = _deciding(question, evidence, held)
    if limit is None:
        cases = [one for one in held if one.is_case]
        if len(cases) != 1 or len(held) != 1:
            return None
        part = _part_at(evidence, cases[0].figure.start)
        if cases[0].holds:
            return _by_modal_only(question, evidence)
        if _OR.search(part):
            return None
        if _ASKS_NEED.search(asks) and _MUST.search(evidence) and not _FORBIDS.search(evidence):
            return verdict("不需要")
        if _ASKS_MAY.search(asks) and _PERMITS.search(evidence) and not _FORBIDS.search(evidence):
            return verdict("不可以", limit=tidy(cases[0].words))
        return None
    word = None
    if _ASKS_EXCESS.search(asks) and limit.is_upper:
        word = "没有超过" if limit.holds else "超过了"
    elif _ASKS_ENOUGH.search(asks) and not limit.is_upper:
        word = "够" if limit.holds else "不够"
    elif _ASKS_CONFORMS.search(asks):
        word = "符合规定" if limit.holds else "不符合规定"
    elif _ASKS_MAY.search(asks) and not limit.holds:
        word = "不可以"
    return verdict(word, limit=tidy(limit.words)) if word else None


def _by_modal_only(question: Question, evidence: str) -> str | None:
    word = _by_modal(question, evidence, sure=False)
    return verdict(word) if word else None


def _deciding(question: Question, evidence: str, held: Sequence[Limit]) -> Limit | None:
    """Return the rule that decides: of several on one side the one whose part of the text the question names."""
    rules = [limit for limit in held if not limit.is_case]
    by_side = [[limit for limit in rules if limit.is_upper is upper] for upper in (True, False)]
    kept: list[Limit] = []
    topic = _pairs(without_question_words(question.topic))
    for side in by_side:
        shared = [len(_pairs(_part_at(evidence, limit.figure.start)) & topic) for limit in side]
        best = [limit for limit, count in zip(side, shared, strict=True) if count == max(shared)]
        if len(best) > 1:
            return None
        kept += best
    broken = [limit for limit in kept if not limit.holds]
    return broken[0] if broken else kept[0] if len(kept) == 1 else None


def answers_itself(span: Span) -> str | None:
    """Return the yes or no that a text itself answers its own question with: 能直接卖吗？可以。"""
    match = _SAYS_SO.match(span.text)
    before = span.paragraph.text[: span.start].rstrip()
    if not before:
        above = [p for p in span.document.paragraphs if p.number == span.paragraph.number - 1]
        before = above[0].text.rstrip() if above else ""
    if match is None or not before.endswith(("？", "?")):
        return None
    return _SAID.get(match[1], match[1])


def _by_modal(question: Question, evidence: str, *, sure: bool) -> str | None:
    asks = question.text
    if _ASKS_EXCEPTIONS.search(asks):
        return "有例外" if _EXCEPTS.search(evidence) else None
    does = _DOES_OR_NOT.search(asks)
    if does is not None:
        return _does_or_not(does[1], question, evidence)
    if _ASKS_CONFORMS.search(asks) and _FORBIDS.search(evidence) and not _OTHERWISE.search(evidence):
        return "不符合规定" if _governs(_FORBIDS, evidence, question, sure=False) else None
    if _ASKS_NEED.search(asks) and not _ASKS_MAY.search(asks):
        if "罚" in asks and re.search(r"不予处罚|免予处罚|不罚|不处罚", evidence):
            return "不予处罚" if _governs(re.compile(r"不予处罚"), evidence, question, sure=sure) else None
        if _governs(_SPARES, evidence, question, sure=sure):
            return "不需要"
        others = _ONESELF.search(asks) and _EMPLOYER.search(evidence) and not _BY_ONESELF.search(evidence)
        needed = not _SPARES.search(evidence) and not _FORBIDS.search(evidence) and not others
        return "需要" if needed and _governs(_MUST, evidence, question, sure=sure) else None
    if _ASKS_PUNISHED.search(asks) and _UNPUNISHED.search(evidence):
        return "不会" if _governs(_UNPUNISHED, evidence, question, sure=sure) else None
    if _ASKS_EXISTS.search(asks) and not _ASKS_MAY.search(asks):
        if _governs(_NO_LIMIT, evidence, question, sure=False):
            return "没有"
        there = not _FORBIDS.search(evidence) and _governs(_SETS_UP, evidence, question, sure=False)
        return "有" if there else None
    if not _ASKS_MAY.search(asks):
        return None
    if _FORBIDS.search(evidence):
        settled = _governs(_FORBIDS, evidence, question, sure=sure) and not _OTHERWISE.search(evidence)
        return "不可以" if settled else None
    if _ASKS_NOT_TO.search(asks):  # 能不认吗: what must be done can't be left undone
        spared = _PERMITS.search(evidence) or _SPARES.search(evidence) or _OTHERWISE.search(evidence)
        if not spared and _governs(_MUST, evidence, question, sure=sure):
            return "不可以"
    if any(f"不{match[1]}" in evidence for match in _PERMITTED.finditer(evidence)):
        return None  # 周六可以办理，周日不办理
    if sure and _PERMITS.search(evidence) and _is_in_the_best_part(_PERMITS, evidence, question):
        return "可以"
    return "可以" if _governs(_ALLOWS, evidence, question, sure=False) else None


def _does_or_not(verb: str, question: Question, evidence: str) -> str | None:
    """Answer 罚不罚, 给不给 in the text's own words: negated wherever it stands, or nowhere."""
    negated = re.findall(rf"(?:不予?|免予?|不再|不得|无需)[^，,。；;]{{0,2}}{verb}", evidence)
    if any(
        _is_another_word(match[0], question.text)
        for match in re.finditer(rf"{verb}[\u4e00-\u9fff]", evidence)
    ):
        return None
    every = evidence.count(verb)
    if not every or not (_pairs(evidence) & _pairs(without_question_words(question.topic))):
        return None
    if len(negated) == every:
        return f"不{verb}"
    return verb if not negated and not re.search(r"[不未非无免除但]", evidence) else None


def _is_another_word(word: str, asked: str) -> bool:
    """True for a word that begins with the verb asked about and means something else: 收取 for 收 without money."""
    return is_word(word) and word not in asked and not (word in _OF_MONEY and _MONEY.search(asked))


def _governs(modal: re.Pattern[str], evidence: str, question: Question, *, sure: bool) -> bool:
    """True where a modal stands in a part of the text that the question names, or its only one is `sure`.

    Of several parts that share words with the question, one that shares far less than another is not what it names.
    """
    matches = list(modal.finditer(evidence))
    topic = _pairs(question.topic)
    most = max((len(_pairs(part[0]) & topic) for part in _PART.finditer(evidence)), default=0)
    for match in matches:
        part = _part_at(evidence, match.start()).replace(match[0], " ")
        shared = len(_pairs(part) & topic)
        if shared and 2 * shared >= most:
            return True
    return sure and len(matches) == 1


def _is_in_the_best_part(modal: re.Pattern[str], evidence: str, question: Question) -> bool:
    """True where no part of the text without the modal shares more with the question than one with it."""
    topic = _pairs(question.topic)
    shared = [
        (len(_pairs(part[0]) & topic), modal.search(part[0]) is not None) for part in _PART.finditer(evidence)
    ]
    return max((count for count, has in shared if has), default=0) >= max(
        (count for count, _ in shared), default=0
    )


def _part_at(text: str, place: int) -> str:
    """Return the part of `text` between commas that holds the character at `place`."""
    return next((part[0] for part in _PART.finditer(text) if part.start() <= place < part.end()), "")


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1) if _HAN.fullmatch(text[n : n + 2])}
