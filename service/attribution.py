"""Find, for each statement that a language model wrote, the source sentences that carry it, or none.

A statement stays where one clause of one source carries all of it: its figures, dates, offices,
numbers and quoted names together in one sentence (service.verification), the part of that sentence
that speaks of the same thing, the same roles, the same polarity, the same city, and its other words
in wording or meaning. What it cites is tried first; where that does not carry it, another source may.
Otherwise it goes.

The thresholds were chosen on the odd half of tests/scripted_replies.py; the table is in tests/test_attribution.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from indexer.embedding import BUNDLED_MODEL, Embedder, StaticEmbedder
from indexer.regions import find_mentions, same_or_within
from service.closeness import QuestionWords, WordVectors
from service.contradictions import (
    BILINGUAL,
    HAN,
    NEGATIVE,
    NO_NEGATIVE,
    OFFICE,
    WORD_BREAK,
    at_commas,
    at_stops,
    in_chinese,
    lost_negation,
    misplaced,
    mostly_english,
    stated,
    strange_doer,
    strange_office,
    tells_apart,
    without_anchors,
    wrong_role,
)
from service.evidence import Draft, Span, Statement
from service.figures import figures
from service.kinds import without_question_words
from service.prompts import Source
from service.question import Question
from service.statements import Said
from service.units import Group, Unit, goes_along
from service.verification import Finding, squeeze, verify
from service.views import view_of

Outcome = Literal["kept", "moved", "dropped"]

SUPPORT = 0.8
"""Least share of a statement's weight that its evidence carries in wording or meaning."""
MOVED = 0.93
"""The same where the statement cites nothing, or another source than the one that carries it."""
PART = 0.48
"""The same for each part between commas."""
HOLE = 0.15
"""Largest share of the weight that one word without any likeness in the evidence may have."""
HOLLOW = 0.33
"""Likeness below which a word has none."""
ENGLISH = 0.2
"""Least cosine of an English statement and its evidence, beside a figure that they share."""
ENGLISH_ALONE = 0.4
"""The same without such a figure."""
LENT = 0.15
"""Weight from which a word has to be the evidence's own where a neighbouring sentence spells it."""
_IN_TITLE = 0.3
"""What a word counts that stands in the document's title alone."""
_MOST_UNITS = 4
_GAIN = 0.04
_TRIED = 8

_IDLE = frozenset(
    re.findall(
        r"\S+",
        "的 了 着 过 是 为 由 在 内 于 需 需要 应 应当 可 可以 即可 即 能 能够 会 将 要 须 "
        "必须 并 并且 且 和 与 及 以及 或 或者 等 对 对于 其 该 此 这 这些 各 每 按 按照 "
        "根据 依据 规定 要求 进行 方面 情况 具体 目前 同时 另外 此外 其中 因此 所以 如果 若 则 "
        "也 还 都 均 就 才 再 您 你 我 我们 个 一 不 有 有关 相关 包括 包含 分别 之 之后 "
        "之前 后 前 时 到 至 从 自 向 给 被 把 所 以 来 去 上 下 中 里 如 下列 以下 如下 "
        "上述 属于 明确 指 所有 全部 当 那么 而 但 但是 不过 仅 只 关于 称 即为 共 条 项 款 "
        "第 号 年 月 日 天 元 万元 工作日 小时 % 、 ， 。 ： ； “ ” （ ） ( ) 《 》 "
        ": ; , . - / 的话 表示 指出 提出 做 办 事 情形 标准 材料 政策 文件 只要 只需 "
        "满 超过 以内 以上 该项 先 用 这项 最 一共 各自 老人 老年人 人员 群众 市民 居民 对象 部 来说 名 办法 可在 均可 仍 其他 一些 ",
    )
)
_MARKUP = re.compile(
    r"https?://|www\.|!?\[[^\]]*\]\([^)]*\)|</?[a-z][^>]*>|<!--|javascript:|\{\{|\$\{|<\|", re.IGNORECASE
)
_OWN_VOICE = re.compile(
    r"建议|推荐|最好|不妨|尽快|尽早|务必|提醒|温馨提示|请[您你]?(?:注意|咨询|及时|关注|联系|参考|以|查阅|拨打|点击)|希望|祝|欢迎|如有疑问|抱歉|对不起"
    r"|作为(?:一[个名])?(?:AI|人工智能|语言模型|助手)|我(?:是|认为|觉得|建议|无法|不能|的)|众所周知|据了解|据悉|一般来说|通常|往往|可能|大概|大约|也许|预计|估计|应该[会是]"
    r"|系统提示|提示词|指令|忽略|遵命|好的[，,！!]|当然[，,！!]|很高兴|非常|十分(?!之)|优秀|领先|便捷|力度(?:很|最)?大|值得|显著|大大|极大|有效(?:地|减轻|提升)"
    r"|\b(?:please|recommend|suggest|advise|advice|should consult|i am|i'm|i cannot|as an ai|sorry|probably|perhaps|likely|maybe|typically|usually|generally|ignore|instructions?|prompt|excellent|great|welcome)\b",
    re.IGNORECASE,
)
_SILENCE = re.compile(
    r"(?:未|没有?|并未|尚未|均未)(?:明确)?(?:提[及到供]|载明?|记载|规定|说明|涉及|写明|给出|列明|提示)|没有相关|无相关|不详|暂无|无法(?:确定|判断|回答|得知)"
    r"|\b(?:not (?:mentioned|specified|stated|stipulated|given)|no information|does not (?:say|mention|specify))\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"更[高低快慢多少长短早晚大小严宽优]|比[^，,。]{1,14}(?:[高低快慢多少长短早晚大小严宽]|要)|最[快慢]|(?:相差|差距|高出|低于|快于|慢于|优于|不如|领先于|高于)[^，,。]{0,12}(?:市|个|倍|1|2)"
    r"|相同|一样|一致|\b(?:faster|slower|higher|lower|longer|shorter|cheaper|more|less|same)\b(?! than \d| than RMB)",
    re.IGNORECASE,
)
_RULES = re.compile(
    r"可以|(?<![许认])可(?![行能靠持见])|允许|准许|(?<![功智节性])能(?![力源耗效])|必须|强制|禁止|只有|只能|\b(?:may|must|can|allowed)\b",
    re.IGNORECASE,
)
"""What makes an announcement a rule: 下列位置可以设置."""
_VERDICT = re.compile(
    r"^(?:是的|对的?|没错|不对|不是的?|错误?|正确|属实|不属实|有的|没有|可以的?|不可以|不能|能|不行|行|需要的?|不需要|无需|不用|要|不要|会|不会|是|否|yes|no|correct|true|false)[，,。.！!：:]\s*",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"具体|如下|以下|下列|所示|综上|所述|总结|概括|主要|包括|包含|内容|规定|要求|情况|情形|方面|说明|解答|回答|答复|答案|结论|资料|材料|文件|政策|相关|有关|您的|问题|关于|对于|分为|几点|几项|各项|各地|分别"
    r"|事项|要点|条文|标准|根据|依据|按照|比较|对比|城市|地区|项目|类别|类型|名称|序号|依据|出处|备注|来源|数值|期限|时限|时间|金额|比例|单位|部门|办法|流程|步骤|程序|条件|对象|范围|措施|任务|举措|目标|要求"
    r"|共|计|有|第|[一二三四五六七八九十两\d]+[项条种点个类份步]|为|是|的|了|需|应|可|在|由|和|与|及|中|：|:|，|,|。|、|\s|[*#]"
    r"|\b(?:the|following|requirements?|answer|summary|details?|rules?|are|is|as|follows|city|item|provision|source)\b",
    re.IGNORECASE,
)
_COMMON = re.compile(
    r"牵头|责任|配合|负责|不得?超过|不得?低于|最[高低多少长短快]|至[多少]|以[内上下]|内|底|前|办[完结理好]|完成|全程|只?需要?|只要|大约|上限|下限|即"
)
_COUNT = re.compile(
    r"(?:共(?:有|计)?|以下|下列|如下|这)?\s*(\d{1,2}|[一二两三四五六七八九十]{1,3})\s*[项条种点个类份步大件张]"
)
_RIVALS: tuple[tuple[str, ...], ...] = (
    (
        r"以前|之前|前(?=\d|[一二三四五六七八九十])|(?<!提)(?<!目)前(?=[，,。；备报完])|\bbefore\b",
        r"以后|之后|(?<!今)(?<!然)后(?=\d|[一二三四五六七八九十])|\bafter\b",
    ),
    (r"提高|上调|上升|增加|提升", r"降低|下调|下降|减少|压降|降到|降至|调低"),
    (r"减半|对半", r"加倍|翻倍|双倍|全额(?=收)"),
    (r"免费|免收|免征|不收", r"收费|有偿|自费|付费"),
    (r"首次|第一次|首贷|首套", r"再次|第二次|续贷|二次"),
    (r"高压", r"低压"),
    (r"进口", r"出口"),
    (r"上缘|上沿", r"下缘|下沿"),
    (r"简易", r"一般|普通"),
    (r"线上|网上|在线", r"线下|现场(?=办|申|提|递)|窗口(?=办|申|提|递)"),
    (r"投标保证金", r"履约保证金", r"质量保证金", r"工资保证金"),
    (r"设立|新设|新办|开办", r"注销", r"变更"),
    (r"本市户籍|本地", r"外地|外市|非本市"),
    (r"国家级", r"省级", r"市级", r"县级|区级", r"乡镇级?|镇级"),
    (r"备案", r"审批|批准|许可"),
    (r"自愿", r"强制"),
    (r"单位|企业|公司", r"个人|自然人"),
)
_TIMES = re.findall(
    r"\S+",
    "当场|即时|当面 当日|当天|当场 次日|第二天|隔日 次月|下月|下个月 次年|翌年|下一年 当月|本月 当年|本年|年内"
    " 每年|按年|/年|年度|全年|一年|每满 每月|按月|/月|月度|逐月 季度|按季 半年 每周|按周|每星期 每[日天]|按[日天]|/[日天]"
    " 终身|永久 立即|马上|即刻|及时",
)
_ONLY_WITH: tuple[tuple[str, str], ...] = (
    *((times, times) for times in _TIMES),
    (r"免费|免收|免征|免除|全免|免缴|无偿", r"免|不收|不另收|不得收|无偿|零|承担|负担"),
    (r"全部|一律|全额|所有|任何", r"全|一律|所有|均|各|凡|任何|每"),
    (r"(?<!不)(?<!未)必须|强制", r"必须|应当?|须|强制|得"),
)
"""Words that a statement may use only where the source has some of their kind: times, rhythms, all or free."""
_LEVEL = re.compile(r"(?:中央|国家|省|市|区县|区|县|乡镇|镇)(?:级|财政|本级)")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+-]*")
_GROUPS = re.compile(
    r"外资|内资|合资|民营|国有|国企|央企|中小|小微|微型|大型|中型|小型|个体(?:户|工商户)?|规上|高新技术|科技型|上市|外地|本地|本市户籍|外来|留学|农民工|农村|农户|城镇|残疾|退役|退休|军人|港澳|外籍|学生|毕业生"
    r"|博士|硕士|本科|未成年|儿童|妇女|孕妇|低保|特困|困难|低收入|党员|公务员|教师|医护|创业者|事业单位|机关(?=工作|人员|单位|、)|社会组织|民办|合作社|出口|进口|跨境|制造业|服务业|餐饮|建筑业|房地产"
)
_ENGLISH_BOUND = re.compile(
    r"\b(?:not (?:exceed\w*|more than|less than|fewer than|later than|over|higher than|lower than)|no (?:more|less|fewer|later|higher|lower) than)\b",
    re.I,
)
_ENGLISH_NEGATIVE = re.compile(
    r"\b(?:not|no|never|cannot|without|free of|free|prohibited|forbidden|banned|exempt\w*|unless|except|neither|nor)\b|n't\b",
    re.I,
)
_PRONOUN = re.compile(
    r"^(?:这一?项|该项|此项|本项|该|其|上述|这个)(?:任务|工作|政策|规定|项目|事项|措施|津贴|补贴)?(?=[由的要应需自在须于])"
)
_OFFICE_ASKED = re.compile(
    r"(?:由|归|是)?(?:谁|哪[个些家]?(?:部门|单位|局))(?:来)?(?:牵头|负责|主管|管)?(?:的)?"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement after the check."""

    said: Said
    text: str
    """Its words; a city that it left open is put before it."""
    outcome: Outcome
    spans: tuple[Span, ...] = ()
    """The sentences that carry it; none where it was dropped, or is a mere frame."""
    findings: tuple[Finding, ...] = ()
    stands_on: tuple[Span, ...] = ()
    """The same as `spans`, but for a statement that counts what follows and so can't cite it: 以下三项."""


@dataclass(frozen=True, slots=True)
class _Carried:
    units: tuple[Unit, ...]
    support: float


def word_vectors(embedder: Embedder) -> WordVectors:
    """Return vectors of single words: the embedder's own where it is static, else the bundled model's."""
    return WordVectors(embedder if isinstance(embedder, StaticEmbedder) else StaticEmbedder(BUNDLED_MODEL))


class Attribution:
    """Checks the statements of one reply against the sources of its prompt."""

    def __init__(
        self,
        sources: Sequence[Source],
        question: Question,
        embedder: Embedder,
        *,
        opening: Statement | None = None,
        leaders: frozenset[str] = frozenset(),
        words: WordVectors | None = None,
    ) -> None:
        """`opening`: the yes, no or figure that the evidence settles; `leaders`: who comes first in a comparison."""
        self._question = question
        self._opening = opening
        self._leaders = leaders
        self._embedder = embedder
        self._words = words or word_vectors(embedder)
        self._units: list[Unit] = []
        self._numbers = {source.number for source in sources}
        for source in sources:
            passage = source.passage
            for one in view_of(passage.chunk, passage.document).sentences:
                self._units.append(
                    Unit(
                        source.number,
                        passage.document,
                        one.paragraph,
                        one.start,
                        one.end,
                        one.is_heading,
                        one.is_trailer,
                    )
                )
        self._rows = {unit: row for row, unit in enumerate(self._units)}
        self._ids = [self._words.ids(unit.text) for unit in self._units]
        self._above = [self._words.ids(" ".join(unit.headings)) for unit in self._units]
        self._groups = tuple(self._make_groups())
        self._documents = tuple({unit.document.id: unit.document for unit in self._units}.values())
        self.regions = tuple(dict.fromkeys(d.region for d in self._documents if d.region))
        """Of the sources, in their order."""

    # What the writer asks

    def regions_named(self, text: str) -> tuple[str, ...]:
        """Return the regions that `text` names, those of the sources by any of their names."""
        return tuple(dict.fromkeys(one.region.name for one in find_mentions(text, known=self.regions)))

    def check(self, said: Said, *, region: str | None = None, header: Sequence[str] = ()) -> Checked:
        """Return `said` with the evidence that carries it.

        `region` is the city that the words before it set, `header` the header of the table it is a row of.
        """
        if said.kind == "code" or _MARKUP.search(said.text):
            return self._dropped(said, Finding("markup", said.text[:40], said.text))
        if self._names_a_source(said.text):
            return Checked(said, "", "dropped")
        if said.kind == "header":
            loose = [cell for cell in said.cells if not self._is_frame(cell)]
            return (
                self._dropped(said, Finding("wording", loose[0], said.text)) if loose else self._frame(said)
            )
        text = said.text
        bare = _VERDICT.match(f"{text.rstrip('。.！!，,')}。")
        if bare and bare.end() >= len(text.rstrip("。.！!，,")) + 1:
            return self._check_verdict(said)
        if lead := _VERDICT.match(text):
            text = text[lead.end() :] or text
        if said.leads_in and self._is_frame(text):
            return self._frame(said)
        counted = _COUNT.search(text) if said.leads_in else None
        claim = text[: counted.start()] + text[counted.end() :] if counted else text
        if said.kind == "row":
            claim = _row_claim(said.cells, header)
        if pronoun := _PRONOUN.match(text):
            claim = f"{self._topic}{text[pronoun.end() :]}"
        elif self._is_bare(claim) and not said.leads_in:
            if self._is_opening(text) and self._opening is not None:
                return self._kept(said, text, "kept", self._opening.spans)
            claim = f"{self._topic}{'，' if said.kind == 'row' or OFFICE.search(claim) else ''}{claim}"
        order = [number for number in said.marks if number in self._numbers]
        others = [number for number in sorted(self._numbers) if number not in order]
        findings: list[Finding] = []
        for numbers in filter(None, (order, [*order, *others] if others else [])):
            units, missing = self._carry(claim, frozenset(numbers), region, row=said.kind == "row")
            if units and numbers is not order and not self._better_than(order, claim, units):
                missing = [Finding("wording", claim[:40], said.text)]
            elif units:
                named = self._with_region(text, units, region)
                outcome: Outcome = "kept" if numbers is order or not said.marks else "moved"
                spans = _spans(units)
                if counted and not any(counted[0] in unit.text for unit in units):
                    return Checked(said, named, outcome, (), (), spans)
                return self._kept(said, named, outcome, spans)
            findings = findings or missing
        return Checked(
            said, text, "dropped", (), tuple(findings) or (Finding("wording", claim[:40], said.text),)
        )

    @cached_property
    def _topic(self) -> str:
        return _OFFICE_ASKED.sub("", without_question_words(self._question.topic))

    def _is_bare(self, text: str) -> bool:
        """It holds a figure, an office or a city, and next to no words of what it says so of."""
        left = without_anchors(text)
        for region in self.regions_named(text):
            left = left.replace(region, "").replace(re.sub(r"[市县区州省]$", "", region), "")
        left = _GENERIC.sub("", _COMMON.sub("", OFFICE.sub("", left)))
        return left != text and len(re.findall(rf"[{HAN}]|[A-Za-z]+", left)) < 2

    def _better_than(self, cited: Sequence[int], claim: str, units: Sequence[Unit]) -> bool:
        """The units carry the claim so nearly in its words that it was only cited wrongly.

        A cited source that has the claim's words as well, and does not carry it, says something else.
        """
        words = self._words.question(self._without_names(without_anchors(claim)))
        weights = self._weights(words, claim)
        if not weights.any():
            return True
        credits = self._credits(words)
        own = float((credits[[self._rows[unit] for unit in units]].max(axis=0) * weights).sum())
        home = units[0].document.id
        rows = [r for r, unit in enumerate(self._units) if unit.source in cited and unit.document.id == home]
        there = max((float((credits[row] * weights).sum()) for row in rows), default=0.0)
        return own >= MOVED and own > there

    def _kept(self, said: Said, text: str, outcome: Outcome, spans: tuple[Span, ...]) -> Checked:
        return Checked(said, text, outcome, spans, (), spans)

    def _is_opening(self, text: str) -> bool:
        """The words are the figure that the composed answer opens with."""
        own = {figure.value for figure in figures(self._opening.text)} if self._opening is not None else set()
        return bool(own) and own == {figure.value for figure in figures(text)}

    # Frames and verdicts

    def _frame(self, said: Said) -> Checked:
        return Checked(said, said.text, "kept")

    def _dropped(self, said: Said, finding: Finding) -> Checked:
        return Checked(said, said.text, "dropped", (), (finding,))

    def _check_verdict(self, said: Said) -> Checked:
        own = self._opening
        if own is not None and squeeze(own.text).strip("。.") == squeeze(said.text).strip("。.！!，,"):
            return self._kept(said, own.text, "kept", own.spans)
        return self._dropped(said, Finding("verdict", said.text, said.text))

    def _names_a_source(self, text: str) -> bool:
        """The statement is nothing but the name of a source: a list of references."""
        plain = re.sub(r"第[^第]{1,6}[条款项]|[《》“”\s。，,、:：()（）-]", "", text)
        return bool(plain) and any(
            plain in (squeeze(d.title), squeeze(d.number or "-"), squeeze(d.title + (d.number or "")))
            for d in self._documents
        )

    def _is_frame(self, text: str) -> bool:
        """It says nothing but what the question, the titles and the headings say, and announces."""
        if any(pattern.search(text) for pattern in (_OWN_VOICE, _SILENCE, _COMPARES, _RULES)):
            return False
        if any(figure.quantity != "count" for figure in figures(text)):
            return False
        left = text
        for region in self.regions_named(text):
            if region not in self.regions and region not in {one.name for one in self._question.regions}:
                return False
            for name in (region, re.sub(r"[市县区州省]$", "", region)):
                left = left.replace(name, "")
        if NEGATIVE.search(NO_NEGATIVE.sub("", left)):
            return False
        known = squeeze(
            " ".join((self._question.text, *(f"{unit.above}" for unit in self._units)))
        ) + squeeze(" ".join(unit.text for unit in self._units if len(text) <= 16))
        for piece in _GENERIC.sub(" ", left).split():
            if len(piece) >= 2 and not _spelled(squeeze(piece), known):
                return False
        return True

    # Evidence

    def _make_groups(self) -> Iterator[Group]:
        by_clause: dict[tuple[str, int], list[int]] = {}
        for row, unit in enumerate(self._units):
            by_clause.setdefault((unit.document.id, unit.paragraph.clause), []).append(row)
        documents = {unit.document.id: unit.document for unit in self._units}
        made: set[tuple[int, ...]] = set()
        for (document_id, clause), rows in by_clause.items():
            document = documents[document_id]
            path = document.path(clause)
            above = [
                row
                for parent in path[:-1]
                for row in by_clause.get((document_id, parent), ())
                if not self._units[row].is_trailer
            ]
            # Items under one sentence: a claim may take several of them in.
            leads = any(self._units[row].text.rstrip().endswith(("：", ":")) for row in rows)
            below = [
                row
                for (other_id, child), found in by_clause.items()
                if leads
                and other_id == document_id
                and child != clause
                and clause in document.path(child)
                and clause != 0
                and not document.clauses[child].title
                for row in found
            ]
            whole = tuple(sorted({*above, *rows, *below}))
            if whole not in made:
                made.add(whole)
                yield Group(tuple(self._units[row] for row in whole), np.asarray(whole, np.int64))

    def _carry(
        self, claim: str, numbers: frozenset[int], region: str | None, *, row: bool = False
    ) -> tuple[tuple[Unit, ...], list[Finding]]:
        """Return the units that carry all of `claim`, or none and what was missed."""
        carried, missing = self._carry_whole(claim, numbers, region)
        if carried is not None:
            return carried.units, []
        for parts, apart in ((at_stops(claim), False), ([] if row else at_commas(claim), True)):
            if len(parts) < 2:
                continue
            found = [self._carry_whole(part, numbers, region)[0] for part in parts]
            if all(one is not None for one in found):
                homes = [{unit.paragraph.clause for unit in one.units} for one in found if one is not None]
                if apart and any(here & there for here, there in pairwise(homes)):
                    continue  # One clause has to carry it whole: its parts may be about different things.
                units = tuple(dict.fromkeys(unit for one in found if one is not None for unit in one.units))
                if verify(Draft((Statement(claim, _spans(units)),))).findings:
                    continue
                named = self.regions_named(claim)
                if len({unit.document.region for unit in units}) <= max(1, len(named)):
                    return units, []
        return (), missing

    def _carry_whole(
        self, claim: str, numbers: frozenset[int], region: str | None
    ) -> tuple[_Carried | None, list[Finding]]:
        named = self.regions_named(claim) or ((region,) if region else ())
        words = self._words.question(self._without_names(without_anchors(claim)))
        weights = self._weights(words, claim)
        credits = self._credits(words)
        ranked: list[tuple[float, Group, list[int]]] = []
        for group in self._groups:
            usable = [n for n, unit in enumerate(group.units) if unit.source in numbers]
            if usable and self._of_region(group.units[usable[0]], named):
                share = float((credits[group.rows[usable]].max(axis=0) * weights).sum())
                ranked.append((share, group, usable))
        ranked.sort(key=lambda item: -item[0])
        first: list[Finding] = []
        for _, group, usable in ranked[:_TRIED]:
            carried, missing = self._from_group(claim, group, usable, words, weights, credits)
            if carried is not None:
                rival = max(
                    (
                        (share, other)
                        for share, other, _ in ranked
                        if other.units[0].document.id == group.units[0].document.id
                        and not set(other.units) & set(carried.units)
                    ),
                    key=lambda item: item[0],
                    default=None,
                )
                if rival is None or rival[0] <= carried.support + 0.12:
                    return carried, []
                missing = [Finding("wording", claim[:40], claim)]
            first = first or missing
        return None, first

    def _without_names(self, claim: str) -> str:
        """The claim without titles and cities, which are held to the document itself."""
        for document in self._documents:
            claim = claim.replace(document.title, " ")
        for region in self.regions_named(claim):
            claim = claim.replace(region, " ").replace(re.sub(r"[市县区州省]$", "", region), " ")
        return re.sub(r"《[^》]*》", " ", claim)

    def _of_region(self, unit: Unit, named: Sequence[str]) -> bool:
        """The document speaks for every city named, or its own words name it."""
        own = unit.document.region
        for region in named:
            if own is not None and (same_or_within(region, own) or same_or_within(own, region)):
                continue
            stem = re.sub(r"[市县区州省]$", "", region)
            if stem in unit.paragraph.text or stem in unit.document.title:
                continue
            return False
        return True

    def _weights(self, words: QuestionWords, claim: str) -> NDArray[np.float32]:
        names = "".join(self.regions_named(claim))
        weights = words.weights.copy()
        for place, word in enumerate(words.texts):
            plain = _plain(word)
            if not plain or plain in _IDLE or plain.isdigit() or (plain in names):
                weights[place] = 0.0
        total = float(weights.sum())
        return weights / total if total else weights

    def _credits(self, words: QuestionWords, rows: Sequence[int] | None = None) -> NDArray[np.float32]:
        """Return, for each unit and word, how far the unit carries the word: 1 where it spells it."""
        size = len(words.weights)
        rows = range(len(self._units)) if rows is None else rows
        found = np.zeros((len(rows), size), np.float32)
        if not size:
            return found
        near = self._words.nearest(words, [self._ids[row] for row in rows])
        above = self._words.nearest(words, [self._above[row] for row in rows])
        found[:] = np.clip((np.maximum(near, 0.9 * above) - 0.18) / 0.32, 0.0, 1.0)
        titles = {unit.document.id: squeeze(unit.document.title).lower() for unit in self._units}
        plain = [_plain(word) for word in words.texts]
        for row, unit in enumerate(self._units[place] for place in rows):
            text, over = squeeze(unit.text).lower(), squeeze(" ".join(unit.headings)).lower()
            for place, word in enumerate(plain):
                if word and (word in text or word in over):
                    found[row, place] = 1.0
                elif word and word in titles[unit.document.id]:
                    found[row, place] = max(found[row, place], _IN_TITLE)
                elif len(word) >= 2 and re.match(rf"[{HAN}]", word):
                    share = sum(character in text for character in word) / len(word)
                    found[row, place] = max(found[row, place], 0.85 * share if share >= 0.5 else 0.0)
        return found

    def _from_group(
        self,
        claim: str,
        group: Group,
        usable: Sequence[int],
        words: QuestionWords,
        weights: NDArray[np.float32],
        credits: NDArray[np.float32],
    ) -> tuple[_Carried | None, list[Finding]]:
        chosen: list[int] = []
        several = len([part for part in re.split(r"[，,；;：:]", claim) if len(part) >= 4]) > 1
        listed = "、" in claim or "和" in claim
        value = -9.0
        missing: list[Finding] = []
        support = 0.0
        while len(chosen) < _MOST_UNITS:
            best: tuple[float, int, list[Finding], float] | None = None
            # A claim of one part is made by one sentence, beside those that lead in to it or close its clause.
            shares = {
                n: float((credits[group.rows[[*chosen, n]]].max(axis=0) * weights).sum())
                for n in usable
                if n not in chosen
                and (
                    not chosen
                    or self._joins(group.units[n], group.units[chosen[0]], several, listed, missing)
                )
            }
            wanted = {finding.word for finding in missing}
            tried = sorted(shares, key=lambda n: -shares[n])[:4]
            carriers = [
                n for n in shares if n not in tried and self._might_carry(group.units[n], claim, wanted)
            ]
            for n in (*tried, *carriers[:6]):
                found = _findings(claim, [group.units[m] for m in (*chosen, n)])
                score = shares[n] - 0.3 * len(found)
                if best is None or score > best[0] + 1e-6:
                    best = (score, n, found, shares[n])
            if best is None or best[0] < value + _GAIN:
                break
            value, missing, support = best[0], best[2], best[3]
            chosen.append(best[1])
            if not missing and support > 0.97:
                break
        if not chosen:
            return None, []
        units = tuple(group.units[n] for n in sorted(chosen))
        if missing:
            return None, missing
        why = self._objection(
            claim, units, group, words, weights, credits[group.rows[sorted(chosen)]].max(axis=0)
        )
        return (None, [why]) if why is not None else (_Carried(units, support), [])

    def _joins(
        self, unit: Unit, first: Unit, several: bool, listed: bool, missing: Sequence[Finding]
    ) -> bool:
        """The sentence may stand beside the first: a claim on one thing does not mix two items of a list."""
        clauses = unit.document.clauses
        here, there = unit.paragraph.clause, first.paragraph.clause
        if here != there and clauses[here].parent == clauses[there].parent:
            return listed
        return bool(missing) or several or listed or goes_along(unit)

    def _might_carry(self, unit: Unit, claim: str, wanted: set[str]) -> bool:
        own = {figure.value for figure in figures(unit.text)}
        if own & {figure.value for figure in figures(claim)}:
            return True
        return any(word in unit.text for word in wanted)

    def _objection(
        self,
        claim: str,
        units: tuple[Unit, ...],
        group: Group,
        words: QuestionWords,
        weights: NDArray[np.float32],
        credit: NDArray[np.float32],
    ) -> Finding | None:
        """Return why the units, which carry every figure and name of the claim, still do not carry it."""
        text = "".join(unit.text for unit in units)
        above = " ".join(dict.fromkeys(unit.above for unit in units))
        known = squeeze(f"{text} {above}")
        issuers = squeeze(" ".join(unit.document.issuer or "" for unit in units))
        for pattern in (_OWN_VOICE, _SILENCE):
            own = next((m for m in pattern.finditer(claim) if m[0] not in known), None)
            if own is not None:
                return Finding("voice", own[0], claim)
        if (compared := _COMPARES.search(claim)) and compared[0] not in known and not self._leads(claim):
            return Finding("comparison", compared[0], claim)
        if mostly_english(claim):
            return self._english_objection(claim, units, group, above)
        support = float((credit * weights).sum())
        if weights.any() and support < SUPPORT:
            return Finding("wording", claim[:40], claim)
        for place, weight in enumerate(weights):
            if weight > HOLE and credit[place] < HOLLOW:
                return Finding("wording", words.texts[place], claim)
        for pattern in (_GROUPS, _LEVEL, _LATIN):
            for match in pattern.finditer(claim):
                if squeeze(match[0]).lower() not in known.lower():
                    return Finding("group", match[0], claim)
        for words_said, words_there in _ONLY_WITH:
            special = re.search(words_said, claim)
            if special is not None and not re.search(words_there, known):
                return Finding("wording", special[0], claim)
        issued = re.search(r"印发|发布|制定|发文|颁布|公布|解释|文号", claim)
        headings = " ".join(
            heading for unit in units for heading in unit.document.heading_path(unit.paragraph.clause)
        )
        stranger = strange_office(claim, known + issuers if issued else squeeze(f"{text} {headings}"))
        stranger = stranger or strange_doer(claim, known)
        if stranger is not None:
            return Finding("office", stranger, claim)
        for doing in re.finditer(rf"由[{HAN}]{{2,30}}", claim):
            deed = doing[0][-2:]
            if deed not in _IDLE and not _COMMON.search(deed) and self._likeness(deed, units) < HOLLOW:
                return Finding("wording", deed, claim)
        lent = self._lent_word(words, weights, units, known)
        if lent is not None:
            return Finding("wording", lent, claim)
        loose = self._loose_part(claim, words, credit)
        if loose is not None:
            return Finding("wording", loose, claim)
        for rivals in _RIVALS:
            said = [bool(re.search(rival, claim)) for rival in rivals]
            there = [bool(re.search(rival, f"{text} {above}")) for rival in rivals]
            for n, one in enumerate(said):
                if (
                    one
                    and not there[n]
                    and any(there[m] and not said[m] for m in range(len(rivals)) if m != n)
                ):
                    return Finding("rival", rivals[n].split("|")[0], claim)
        lost = lost_negation(claim, text)
        if lost is not None:
            return Finding("negation", lost, claim)
        role = wrong_role(claim, units)
        if role is not None:
            return Finding("office", role, claim)
        leads = [unit for unit in units if goes_along(unit)]
        return misplaced(
            claim, units, group, self._topic, lambda part, unit: self._likeness(part, [unit, *leads])
        )

    def _lent_word(
        self, words: QuestionWords, weights: NDArray[np.float32], units: Sequence[Unit], known: str
    ) -> str | None:
        """Return a weighty word that the evidence does not spell and a sentence beside it does.

        年满六十周岁的独居老人: the age is one item's, the word another's.
        """
        first = units[0]
        beside = [
            squeeze(unit.text)
            for unit in self._units
            if unit.document.id == first.document.id
            and unit not in units
            and unit.document.clauses[unit.paragraph.clause].parent
            in {unit.document.clauses[one.paragraph.clause].parent for one in units}
        ]
        for place, word in enumerate(map(_plain, words.texts)):
            own = weights[place] <= LENT or len(word) < 2
            own = own or re.search(".?".join(map(re.escape, word)), known.lower()) is not None
            if not own and any(word in text for text in beside):
                return word
        return None

    def _likeness(self, part: str, units: Sequence[Unit]) -> float:
        """Return the share of the words of `part` that `units` carry; 1 where it has none of its own."""
        words = self._words.question(self._without_names(without_anchors(part)))
        weights = self._weights(words, part)
        if not weights.any():
            return 1.0
        rows = [self._rows[unit] for unit in units]
        return float((self._credits(words, rows).max(axis=0) * weights).sum())

    def _loose_part(self, claim: str, words: QuestionWords, credit: NDArray[np.float32]) -> str | None:
        """Return a part between commas whose words the evidence hardly carries."""
        carried = {_plain(word): float(credit[place]) for place, word in enumerate(words.texts)}
        strength = {_plain(word): float(words.weights[place]) for place, word in enumerate(words.texts)}
        for part in WORD_BREAK.split(self._without_names(without_anchors(claim))):
            own = [
                word
                for word in (_plain(w) for w in self._words.question(part).texts)
                if word and word not in _IDLE and not word.isdigit() and len(word) > 0
            ]
            mass = sum(strength.get(word, 0.05) for word in own)
            kept = sum(strength.get(word, 0.05) * carried.get(word, 0.0) for word in own)
            if mass and sum(map(len, own)) >= 3 and kept < PART * mass:
                return part
        return None

    def _english_objection(
        self, claim: str, units: Sequence[Unit], group: Group, above: str
    ) -> Finding | None:
        text = "".join(unit.text for unit in units)
        vectors = self._embedder.embed_documents([claim, f"{above.split(' ')[0]} {text}"])
        near = float(vectors[0] @ vectors[1])
        shared = bool(figures(claim))
        if near < (ENGLISH if shared else ENGLISH_ALONE):
            return Finding("wording", claim[:40], claim)
        for english, chinese in BILINGUAL:
            match = re.search(english, claim, re.IGNORECASE)
            if match and not re.search(chinese, f"{text} {above}"):
                return Finding("wording", match[0], claim)
        chinese_words = in_chinese(claim, text)
        for figure in figures(claim):
            pieces = [piece for unit in group.units if not unit.is_trailer for piece in stated(unit.words)]
            own = [piece for piece in pieces if figure.value in {other.value for other in figures(piece)}]
            rest = [
                piece
                for piece in pieces
                if piece not in own and figure.quantity in {other.quantity for other in figures(piece)}
            ]
            # One of several figures of a kind: the words that tell them apart have to be known ones.
            if own and rest and not tells_apart(chinese_words, own, rest):
                return Finding("figure", figure.text, claim)
        said = bool(_ENGLISH_NEGATIVE.search(_ENGLISH_BOUND.sub(" ", claim)))
        there = bool(
            NEGATIVE.search(re.sub(r"不(?:得|应)?(?:超过|高于|低于|少于|多于|大于|小于)|不足|不满", "", text))
        )
        if said != there:
            return Finding("negation", claim[:40], claim)
        return None

    def _leads(self, claim: str) -> bool:
        """The comparison says what the figures of the cities say."""
        named = set(self.regions_named(re.split(r"比|than|更", claim)[0]))
        worse = re.search(r"更?[慢高贵长晚]|slower|higher|longer", claim)
        return bool(self._leaders) and named == self._leaders and not worse

    def _with_region(self, text: str, units: Sequence[Unit], region: str | None) -> str:
        """Put the city before a statement that leaves it open, where the sources speak for several."""
        own = units[0].document.region
        if (
            own is None
            or len(self.regions) < 2
            or region is not None
            or self.regions_named(text)
            or (len(self._question.regions) == 1 and same_or_within(self._question.regions[0].name, own))
        ):
            return text
        return f"{own}：{text}"


def _plain(word: str) -> str:
    """A word of the tokenizer without its marks."""
    return word.replace("▁", "").replace("##", "").strip()


def _spans(units: Sequence[Unit]) -> tuple[Span, ...]:
    ordered = sorted(units, key=lambda unit: (unit.source, unit.paragraph.number, unit.start))
    return tuple(dict.fromkeys(unit.span for unit in ordered))


def _row_claim(cells: Sequence[str], header: Sequence[str]) -> str:
    """The cells as one claim, each after what its column says beyond the commonplace."""
    named = []
    for place, cell in enumerate(cells):
        over = header[place] if place < len(header) else ""
        if cell:
            named.append(f"{over}：{cell}" if place and len(_GENERIC.sub("", over)) >= 2 else cell)
    return "，".join(named)


def _findings(claim: str, units: Sequence[Unit]) -> list[Finding]:
    """What service.verification finds of the claim against the units alone."""
    return list(verify(Draft((Statement(claim, tuple(unit.span for unit in units)),))).findings)


def _spelled(piece: str, known: str) -> bool:
    """Most pairs of characters of `piece` stand in `known`."""
    if len(piece) < 2:
        return True
    pairs = [piece[n : n + 2] for n in range(len(piece) - 1)]
    return sum(pair in known for pair in pairs) >= 0.6 * len(pairs)
