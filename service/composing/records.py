"""Answer what documents say of themselves: title, number, issuer, dates, record, term, whether they are in force."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from indexer.document import Document
from indexer.history import Step
from service.composing.brief import Brief
from service.composing.stated import (
    Told,
    commencement,
    ends_another,
    issue,
    record,
    sentence_with,
    term,
    title_line,
    words,
)
from service.composing.wording import label, statement_of, tidy
from service.evidence import Draft, Span, Statement
from service.formal import chinese_date
from service.kinds import without_question_words
from service.question import Question

_WHEN = re.compile(
    r"哪[一]?[天日年月]|什么时[候间]|何时|几(?:[号月]|时(?!效))|啥时|多会儿|日期|时间|[早晚先后]|when|what date|on which day|\bdate\b",
    re.I,
)
_WHO = re.compile(
    r"谁|哪(?:个|一?家|[几两三四]个?家?|些)?[^,，。几哪]{0,3}(?:单位|部门|机关|机构|政府|局|委|会议?)|who|which (?:body|agency|office|department|authority)",
    re.I,
)
_ISSUES = r"印发|发文|发的|发布|发出|出台|下发|签发|制定|出的|定的|搞的|issu|released|made by"
_FIELDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.I))
    for name, pattern in (
        ("title", r"全称|全名|标题|名称|名字|叫什么|(?:full|official) (?:title|name)|called"),
        (
            "number",
            r"文号|字号|编号|第?几号(?:文|令|公告|政府令|主席令)|第几[号期]|什么号|(?:document|file|reference) (?:number|no)",
        ),
        (
            "issuer",
            r"发文(?:机关|单位)|制定(?:机关|单位|部门)|印发(?:机关|单位)|发布(?:机关|单位)|落款(?:是|单位|的)",
        ),
        ("addressees", r"(?<!颁)发给|印给|主送|addressed to|sent to"),
        ("adopted", r"通过|审议|第?几次会议?|哪次会议?|adopted|passed"),
        ("approved", r"批准|批的|批(?=[?？]|$)|approved"),
        (
            "amended",
            r"修[订正改](?!的?(?:那|这|新|旧|[个份部])|版|前|后|草案|过的|的[^,，。]{0,12}(?:法|条例|办法|规定|细则|版))|改过|改的(?=[\s,，。?？]|$)|amended|revised|amendment|revision",
        ),
        ("published", r"公布|颁布|promulgated|published"),
        ("versions", r"[几多哪][个种]?版|版本|现行版|which version|versions"),
        (
            "status",
            r"还?有效(?=[吗么不否没呢]|$|[?？])|是否(?:还|仍|现行)?有效|(?:没有?|是否|已经?|被|有没有)(?:被)?(?:废止|失效|作废|取消)|(?:废止|失效|作废)(?:了|没)|还(?:能|可以)?(?:用|作数|管用|算数|执行)[不吗么没]?(?=[?？]|$)|过期了?[吗没]|in force|still valid|valid(?: now| today)?\?|repealed|superseded",
        ),
        (
            "expiry",
            r"有效期|失效|到期|截止|废止|作废|管到|管[几多]|(?:执行|有效|施行|实施|用)到|到(?:什么时候|哪[一]?[天年])|试行多|多久有效|expir|valid (?:until|for|till)|how long .{0,40}(?:valid|force)",
        ),
        (
            "effective",
            r"施行|生效|实施|执行|起效|[起启]用|开始(?:用|算)|起?(?:才|就|开始)?(?:管用|作数|算数)|\b(?:start|begin|began)|effect|come into force|came into force|enter",
        ),
        (
            "issued",
            r"成文|落款(?:日期|时间|[在是]?几|[在是]?什么时候|[在是]?哪[一]?[天年月日])|印发日期|发文日期",
        ),
    )
)
_PAPER = r"(?:办法|规定|条例|细则|方案|意见|文件|通知|政策)"
_OF_THE_FORMER = re.compile(
    rf"(?:原先|原来|以前|早先|从前)(?:的|那[份个部]?)[^,，。]{{0,12}}{_PAPER}|(?:老|旧|前一个|上一个)(?:的|那[份个部]?|版)?{_PAPER}"
    rf"|(?:废止|取代|替代|作废)(?:了|掉)?的(?:那[份个部]?)?[^,，。]{{0,12}}{_PAPER}"
)
"""Asks of the document that this one ends, which only its last clause names."""
_ITS_TITLE = re.compile(r"^《[^》]*》(?:的修[订正改])?\s*(?:已|业)?(?:经|由)?")
_OTHER_TERMS = re.compile(
    r"(?:证|证书|证明|许可|执照|批[件文]|备案|资格|合同|协议|登记|名单|名额|预约|疫苗|牌|票|券|卡|码|公示|承诺|公告期|结果|认定|称号|标志|保险|补贴|贷款)[^,，。]{0,4}的?有效期"
)
"""The term of something that the document speaks of, not its own."""
_ABOUT_DOCUMENT = re.compile(
    r"方案|文件|意见|通知|条例|办法|规定|计划|政策|细则|规程|要点|措施|公告|通告|纪要|解释|决定|新规(?!定)|[^办方做看用执说立]法|文号|字号|document|plan|notice|regulation|measure|rule|law|opinion|procedure|announcement",
    re.I,
)
_DEMONSTRATIVE = re.compile(
    r"(?:这|那|该|上述|前面)[^,，。]{0,4}(?:文件|方案|意见|通知|条例|办法|规定|政策|公告)"
)
_POINTS = re.compile(
    r"^(?:请问)?(?:这|那|该|此|上述|以上|前面|刚才)[^,，。]{0,6}?(?:文件|方案|意见|通知|条例|办法|规定|政策|材料|公告)"
)
_IDLE = re.compile(
    r"[那这该份个部项的是在和与及、上下吗呢请由被把给有没还现今天目前后到从自过了又再吧啊呀发得早晚先较哪谁]"
    r"|文号|字号|编号|印发|发文|发布|公布|施行|生效|实施|执行|有效期?|失效|废止|作废|日期|时间|通过|批准|审议|修[订正改]|改过|全称|标题|名称|落款|单位|机关|部门"
    r"|分别|文件|现行|现在|版本?|最近|开始|出台|签发|颁布|制定|几次|哪次|会议|什么|怎么|第几|多久|管[几多]?年?"
)
"""Words that ask for a field or point at a document; what is left tells which document is meant."""
_GENERIC = re.compile(
    r"方案|意见|通知|条例|办法|规定|计划|政策|细则|规程|要点|措施|公告|通告|纪要|解释|决定|管理|工作|行动|实施|若干|关于|法$|年$|[,，。?？]"
)
_TYPES = (
    (r"\bmeasures?\b", "办法|措施"),
    (r"\b(?:plan|program|scheme)", "方案|计划|规划|要点"),
    (r"\bregulations?\b|\bordinance", "条例|规定|办法"),
    (r"\brules?\b|\bprovisions\b", "规定|规则|细则|办法"),
    (r"\bnotices?\b|\bcircular", "通知|通告"),
    (r"\bopinions?\b", "意见"),
    (r"\bprocedures?\b", "规程|办法|程序"),
    (r"\bannouncement", "公告|通告"),
    (r"\bminutes\b", "纪要"),
    (r"\binterpretation", "解释"),
    (r"\blaws?\b|\bact\b", "法"),
)
"""What kind of document an English question speaks of, by the words of Chinese titles."""
_STEPS: dict[str, tuple[Step, ...]] = {
    "adopted": ("adopted",),
    "approved": ("approved",),
    "amended": ("amended",),
    "published": ("published",),
}
_NAMES = {
    "title": ("全称", "its full title"),
    "number": ("发文字号", "a document number"),
    "issuer": ("发文机关", "an issuing body"),
    "addressees": ("主送机关", "whom it is addressed to"),
    "issued": ("成文日期", "a date of issue"),
    "adopted": ("通过的时间", "when it was adopted"),
    "approved": ("批准的时间", "when it was approved"),
    "amended": ("修改的时间", "when it was amended"),
    "published": ("公布的时间", "when it was published"),
    "effective": ("施行日期", "a date of effect"),
    "expiry": ("有效期", "a term"),
    "status": ("有效期和废止情况", "a term or a repeal"),
    "versions": ("版本", "its versions"),
}
_BODIES_CALLED = re.compile(r"政府|委员会|管委会|各[市县区单部有直]|单位|部门|局")
_EARLIER = re.compile(r"(?:哪|谁)[^,，。]{0,10}(?:早|先)|earlier|first", re.I)
_LATER = re.compile(r"(?:哪|谁)[^,，。]{0,10}(?:晚|后|新)|later|newer|more recent", re.I)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_MOST = 10
_NEAR = 0.62
_UNNAMED = 3
"""Documents that fit a question alike: with more than these it names none."""
_EACH = re.compile(r"各|每|所有|全部|都|[几四五六七八九十\d][个座]|哪[些几]")
_TAIL = 5
"""A congress is told of with its term: 青石市第九届人民代表大会常务委员会."""


@dataclass(frozen=True, slots=True)
class _Fact:
    """What a document states of one field, in both languages, and where."""

    chinese: str
    english: str
    spans: tuple[Span, ...]
    told: tuple[Told, ...] = ()
    """Steps of the record, where the fact is nothing else."""


def compose_record(brief: Brief) -> Draft:
    """Answer from the fields of the documents asked about, citing the words that state them.

    A field that only some of them state is reported as not stated of the others; empty where none states
    any of what is asked.
    """
    fields = asked_fields(brief.question)
    documents = _documents_asked(brief)[:_MOST]
    if _OF_THE_FORMER.search(brief.question.text) and not set(fields) & {"versions", "status"}:
        # Where an earlier version is indexed itself, that one is asked about.
        alone = (document for document in documents if len(brief.editions.get(document.id, ())) < 2)
        former = [span for document in alone if (span := ends_another(document)) is not None]
        if former:
            return Draft(tuple(statement_of(span.document, [span], brief) for span in former))
    stated: list[Statement] = []
    silent: list[Statement] = []
    for document in documents:
        facts = {name: fact for name in fields if (fact := _READERS[name](document, brief)) is not None}
        if facts:
            stated.append(_statement(document, facts, fields, brief, many=len(documents) > 1))
        elif (line := title_line(document)) is not None:
            silent.append(_silent(document, fields, line, brief, many=len(documents) > 1))
    if not stated:
        return Draft(())
    order = _order(brief.question, documents, brief)
    return Draft((*order, *stated, *silent))


def asks_unstated(brief: Brief) -> bool:
    """True where the question asks for fields of a document, and no document asked about states them."""
    question = brief.question
    fields = asked_fields(question)
    if not fields or not brief.documents:
        return False
    if not (question.document_ids or _ABOUT_DOCUMENT.search(question.text)):
        return False
    return not any(_READERS[name](one, brief) for one in _documents_asked(brief) for name in fields)


def asked_fields(question: Question) -> tuple[str, ...]:
    """Return the names of the fields that the question asks for, in the order in which it asks.

    A part without a verb (什么时候) asks for what the part before it speaks of (谁发的).
    """
    other = _OTHER_TERMS.search(question.text)
    if other is not None and not _ABOUT_DOCUMENT.search(re.sub(r"的?有效期$", "", other[0])[-2:]):
        return ()
    found: list[str] = []
    for part in re.split(
        r"[,，;；?？。]|、|以及|并且|\band\b|[和跟与](?=谁|什么|哪|何|文号|有效)", question.text
    ):
        found += _fields_of(part, found)
    if not found and _WHEN.search(question.text) and not _names_other_event(question.text):
        found = ["issued"]
    return tuple(dict.fromkeys(found))


def points_at_nothing(question: Question) -> bool:
    """Whether the question asks about 这两份文件 without saying which, here or before."""
    return (
        bool(asked_fields(question))
        and not (question.document_ids or question.regions)
        and _POINTS.search(question.text) is not None
    )


def field_names(question: Question) -> tuple[str, ...]:
    """Return what the question asks a document for, as one says it: `发文字号`; in English `a document number`."""
    language = 1 if question.language == "en" else 0
    return tuple(_NAMES[name][language] for name in asked_fields(question))


def _fields_of(part: str, before: Sequence[str]) -> list[str]:
    text = re.sub(r"《[^》]*》|实施(?=条例|细则|办法|方案|意见|规定|规则)", "", part)
    names = [name for name, pattern in _FIELDS if pattern.search(text)]
    if "versions" in names:
        names = [name for name in names if name != "status"]
    if "status" in names or "versions" in names:
        names = [name for name in names if name not in ("expiry", "effective")]
    if "number" in names and "adopted" in names and not re.search(r"会议", text):
        names.remove("adopted")
    if "expiry" in names and "effective" in names and re.search(r"(?:执行|施行|实施)到", text):
        names.remove("effective")
    steps = [name for name in names if name in _STEPS]
    when, who = _WHEN.search(text), _WHO.search(text)
    dated = [name for name in names if name in ("expiry", "effective", "status", "issued")]
    if who and not steps and (re.search(_ISSUES, text, re.I) or not (names or when)):
        names.append("issuer")
    if who and "published" in steps:
        names = [name for name in names if when or name != "published"] + ["issuer"]
    if when and not steps and not dated and (re.search(_ISSUES, text, re.I) or not names or before):
        names.append("issued")
    # 通过 in 办法通过什么方式 asks for no step; a step is asked for by when, who or how often.
    if steps and not (when or who or re.search(r"[几多]少?次|过[吗没]|会议?|最近|record|history", text)):
        names = [name for name in names if name not in steps]
    return names


def _names_other_event(text: str) -> bool:
    return re.search(r"召开|开的会|主持|会议(?:是|在)|举行|held", text) is not None


# Which documents.


def _documents_asked(brief: Brief) -> list[Document]:
    """The documents that the question is about: those it names, the fitting ones of each region, or the best found.

    What fits is told from the titles; where they tell nothing apart, all of them are meant. Of an English
    question often no more than the kind of document is understood, so that of several the one found first is taken.
    """
    question = brief.question
    named = [one for one in brief.documents if one.id in question.document_ids]
    if named:
        return _in_order_asked(named, question)
    if question.document_ids:
        return []
    if question.regions:
        groups = [
            [one for one in brief.documents if one.region == region.name] for region in question.regions
        ]
        most = 1 if question.language == "en" else _MOST
        chosen = [one for group in groups for one in _fitting(group, brief)[:most]]
        if any(groups):
            return list(dict.fromkeys(chosen))
    best = _fitting(brief.documents, brief)
    if question.language == "zh" and len(best) > _UNNAMED and not _EACH.search(question.text):
        return []
    return best[:1] if question.language == "en" else best


def _in_order_asked(documents: Sequence[Document], question: Question) -> list[Document]:
    names = [region.name for region in question.regions]
    return sorted(documents, key=lambda one: names.index(one.region) if one.region in names else len(names))


def _fitting(documents: Sequence[Document], brief: Brief) -> list[Document]:
    """Those that speak of what the question says of the document meant, the ones with the best title for it.

    Where no words fit (养狗 for 养犬), the first that was found if it is near in meaning.
    """
    question = brief.question
    topic = _IDLE.sub(" ", without_question_words(re.sub(r"[A-Za-z]+", " ", question.topic)))
    telling = _pairs(_GENERIC.sub(" ", topic))
    if question.language == "en" and not telling:
        types = "|".join(chinese for english, chinese in _TYPES if re.search(english, question.text, re.I))
        return [one for one in documents if re.search(types, one.title)] or list(documents)
    speaking = [one for one in documents if _speaks_of(one, telling)]
    if not speaking and _DEMONSTRATIVE.search(question.text):
        speaking = list(
            documents
        )  # 甲市和乙市的费率，这两个文件…: what was asked before tells nothing of them
    if not speaking and brief.found.nearness >= _NEAR:
        return list(documents[:1])
    shares = [len(_pairs(topic) & _pairs(document.title)) for document in speaking]
    best = max(shares, default=0)
    return [document for document, share in zip(speaking, shares, strict=True) if share == best]


def _speaks_of(document: Document, telling: set[str]) -> bool:
    """夜市管理办法 is no name for 养犬管理办法: half of what tells one from another must occur in it."""
    about = f"{document.title}\n{document.text}"
    return sum(pair in about for pair in telling) * 2 >= len(telling)


def _pairs(text: str) -> set[str]:
    words = re.findall(r"[\u3400-\u9fff\d.]+", text)
    return {word[place : place + 2] for word in words for place in range(len(word) - 1)}


# What they say.


def _title(document: Document, brief: Brief) -> _Fact | None:
    line = title_line(document)
    if line is None:
        return None
    return _Fact(f"全称为《{document.title}》", f"its full title is 《{document.title}》", (line,))


def _number(document: Document, brief: Brief) -> _Fact | None:
    if document.number is None:
        return None
    parts = (document.number, *re.findall(r"第.+号$|〔.+号$", document.number))
    span = words(document, *parts) or title_line(document)
    spans = (span,) if span is not None else ()
    return _Fact(f"发文字号为{document.number}", f"document number {document.number}", spans)


def _issuer(document: Document, brief: Brief) -> _Fact | None:
    if document.issuer is None:
        return None
    told = [
        one for one in record(document, "adopted", "amended") if document.issuer[-_TAIL:] in one.span.text
    ]
    if told:
        return _Fact(f"由{document.issuer}制定", f"made by {document.issuer}", (told[-1].span,))
    spans = tuple(
        dict.fromkeys(span for name in document.issuer.split("、") if (span := words(document, name)))
    )
    return _Fact(f"由{document.issuer}印发", f"issued by {document.issuer}", spans[:3])


def _addressees(document: Document, brief: Brief) -> _Fact | None:
    """The line before the first clause that calls whom the document is for: 各区人民政府，市直各单位："""
    for paragraph in document.paragraphs:
        text = paragraph.text.strip()
        if paragraph.clause == 0 and text.endswith(("：", ":")) and _BODIES_CALLED.search(text):
            names = tidy(text.rstrip("：:"))
            return _Fact(
                f"主送{names}", f"addressed to {names}", (Span(document, paragraph, 0, len(paragraph.text)),)
            )
    return None


def _issued(document: Document, brief: Brief) -> _Fact | None:
    if document.issued_on is None:
        return None
    told = record(document, "adopted", "approved", "published", "amended")
    if any(one.event.day == document.issued_on for one in told):
        return _of_steps(told)
    span = issue(document)
    return _Fact(
        f"成文日期为{chinese_date(document.issued_on)}",
        f"dated {_english_date(document.issued_on)}",
        (span,) if span is not None else (),
    )


def _step(name: str) -> Callable[[Document, Brief], _Fact | None]:
    def read(document: Document, brief: Brief) -> _Fact | None:
        told = record(document, *_STEPS[name])
        if name == "adopted" and "amended" not in asked_fields(brief.question):
            told += record(document, "amended")[-1:]
        if not told and name == "published":
            # Many rules are published by printing and sending them out.
            return _issued(document, brief) if not record(document) else None
        return _of_steps(told[-1:] if re.search(r"最近|最后|最新|last|latest", brief.question.text) else told)

    return read


def _of_steps(told: Sequence[Told]) -> _Fact | None:
    if not told:
        return None
    said = "；".join(_ITS_TITLE.sub("", tidy(one.span.text)) for one in told)
    return _Fact(said, said, tuple(one.span for one in told), tuple(told))


def _effective(document: Document, brief: Brief) -> _Fact | None:
    day = document.effective_on
    if day is None:
        return None
    spans = commencement(document) or _first_line(document)
    amended = [one for one in record(document, "amended") if one.event.day > day]
    chinese, english = f"自{chinese_date(day)}起施行", f"in force since {_english_date(day)}"
    if brief.day is not None and brief.day < day:
        english = f"takes effect on {_english_date(day)}"
    if amended:
        last = amended[-1]
        return _Fact(
            f"{chinese}（最近一次修改：{tidy(last.span.text)}）",
            f"{english} (last amended: {tidy(last.span.text)})",
            (*spans, last.span),
        )
    return _Fact(chinese, english, spans)


def _expiry(document: Document, brief: Brief) -> _Fact | None:
    if document.expires_on is None:
        return _repealed_by(document, brief) or _repealed(document)
    ends = chinese_date(document.expires_on)
    found = term(document)
    if found is None:
        return _Fact(
            f"有效期至{ends}", f"valid until {_english_date(document.expires_on)}", _first_line(document)
        )
    span, length = found
    said = f"有效期{length}，至{ends}止" if length else f"有效期至{ends}"
    return _Fact(said, f"valid until {_english_date(document.expires_on)}", (span,))


def _repealed(document: Document) -> _Fact | None:
    if document.status is None:
        return None
    span = words(document, document.status, "废止", "失效") if document.status == "已废止" else None
    span = span or words(document, document.status)
    spans = (span,) if span is not None else _first_line(document)
    english = {
        "已废止": "repealed",
        "已修改": "amended",
        "尚未施行": "not yet in force",
        "现行有效": "in force",
    }
    return _Fact(
        f"文件标明的时效为{document.status}",
        f"marked as {english.get(document.status, document.status)}",
        spans,
    )


def _repealed_by(document: Document, brief: Brief) -> _Fact | None:
    """That another document repeals this one, in that one's words, and since when."""
    repealing = brief.repealing.get(document.id)
    if repealing is None or repealing.effective_on is None:
        return None
    day = repealing.effective_on
    for name in (document.title, document.number):
        span = sentence_with(repealing, name, "废止", "停止执行", "不再执行") if name else None
        if span is not None:
            return _Fact(
                f"已被自{chinese_date(day)}起施行的《{repealing.title}》废止",
                f"repealed by 《{repealing.title}》, in force since {_english_date(day)}",
                tuple(dict.fromkeys((*commencement(repealing), span))),
            )
    return None


def _status(document: Document, brief: Brief) -> _Fact | None:
    """Whether the document is in force on the day of the question, as far as the documents tell."""
    day = brief.day
    newer = _newer(document, brief)
    if newer is not None:
        begins = newer.effective_on or newer.issued_on
        spans = commencement(newer) or tuple(span for span in [issue(newer)] if span is not None)
        if begins is not None and spans:
            return _Fact(
                f"已被新的版本取代，现行版本自{chinese_date(begins)}起施行",
                f"replaced by a newer version, in force since {_english_date(begins)}",
                tuple(dict.fromkeys((*commencement(document), *spans))),
            )
    if (ended := _repealed_by(document, brief)) is not None:
        return ended
    if document.status is not None:
        return _repealed(document)
    effective, expiry = _effective(document, brief), _expiry(document, brief)
    if effective is None and expiry is None:
        return None
    facts = [fact for fact in (effective, expiry) if fact is not None]
    verdict, english = "", ""
    if day is not None and document.effective_on is not None and day < document.effective_on:
        verdict, english = "目前尚未施行，", "not yet in force; "
    elif day is not None and document.expires_on is not None:
        if document.expires_on < day:
            verdict, english = "有效期已经届满，", "its term has ended; "
        else:
            verdict, english = "目前仍在有效期内，", "within its term; "
    said = "，".join(fact.chinese for fact in facts)
    if expiry is None:
        said += "，文中没有写明有效期，已收录的文件中也没有它的新版本"
    spans = tuple(dict.fromkeys(span for fact in facts for span in fact.spans))
    told = "; ".join(fact.english for fact in facts) + ("" if expiry else "; the text sets no term")
    return _Fact(f"{verdict}{said}", f"{english}{told}", spans)


def _newer(document: Document, brief: Brief) -> Document | None:
    """The last version of the document's regulation that has begun by the day of the question, if it is another."""
    begun = [
        one
        for one in brief.editions.get(document.id, ())
        if (start := _begins(one)) is not None and (brief.day is None or start <= brief.day)
    ]
    if not begun or document.id == begun[-1].id:
        return None
    own, last = _begins(document), _begins(begun[-1])
    return begun[-1] if last is not None and (own is None or own < last) else None


def _begins(document: Document) -> date | None:
    return max((day for day in (document.effective_on, document.issued_on) if day is not None), default=None)


def _versions(document: Document, brief: Brief) -> _Fact | None:
    """The versions of the document's regulation, each with the day from which it applies."""
    editions = brief.editions.get(document.id, ())
    if len(editions) < 2:
        return _status(document, brief)
    said: list[str] = []
    spans: list[Span] = []
    for one in editions:
        start = one.effective_on or one.issued_on
        where = commencement(one) or tuple(span for span in [issue(one)] if span is not None)
        if start is None or not where:
            continue
        state = "" if _newer(one, brief) is not None else "，为现行版本"
        said.append(f"自{chinese_date(start)}起施行的版本{state}")
        spans += where
    if not said:
        return None
    return _Fact("已收录" + "；".join(said), "; ".join(said), tuple(dict.fromkeys(spans)))


def _first_line(document: Document) -> tuple[Span, ...]:
    line = title_line(document)
    if line is None and document.paragraphs:
        first = document.paragraphs[0]
        line = Span(document, first, 0, len(first.text))
    return (line,) if line is not None else ()


_READERS: dict[str, Callable[[Document, Brief], _Fact | None]] = {
    "title": _title,
    "number": _number,
    "issuer": _issuer,
    "addressees": _addressees,
    "issued": _issued,
    "adopted": _step("adopted"),
    "approved": _step("approved"),
    "amended": _step("amended"),
    "published": _step("published"),
    "effective": _effective,
    "expiry": _expiry,
    "status": _status,
    "versions": _versions,
}


# How it is said.


def _statement(
    document: Document, facts: dict[str, _Fact], fields: Sequence[str], brief: Brief, *, many: bool
) -> Statement:
    spans = tuple(dict.fromkeys(span for fact in facts.values() for span in fact.spans)) or _first_line(
        document
    )
    missing = [name for name in fields if name not in facts]
    facts = _told_once(facts)
    if brief.question.language == "en":
        told = "; ".join(dict.fromkeys(fact.english for fact in facts.values()))
        silent = (
            f"; the text does not state {' or '.join(_NAMES[name][1] for name in missing)}" if missing else ""
        )
        return Statement(f"《{document.title}》: {told}{silent}.", spans)
    told = "，".join(dict.fromkeys(fact.chinese for fact in facts.values()))
    silent = f"；文中没有写明{'、'.join(_NAMES[name][0] for name in missing)}" if missing else ""
    return Statement(f"{_lead(document, brief, many=many, titled='title' in facts)}{told}{silent}。", spans)


def _told_once(facts: dict[str, _Fact]) -> dict[str, _Fact]:
    """Facts of which several tell steps of the record, with all those steps in the first of them, in order."""
    telling = [name for name, fact in facts.items() if fact.told]
    if len(telling) < 2:
        return facts
    told = {one.span: one for name in telling for one in facts[name].told}
    ordered = sorted(told.values(), key=lambda one: (one.span.paragraph.number, one.span.start))
    merged = _of_steps(ordered)
    return {
        name: merged if name == telling[0] and merged is not None else fact
        for name, fact in facts.items()
        if name not in telling[1:]
    }


def _silent(document: Document, fields: Sequence[str], line: Span, brief: Brief, *, many: bool) -> Statement:
    if brief.question.language == "en":
        missing = " or ".join(_NAMES[name][1] for name in fields)
        return Statement(f"《{document.title}》 does not state {missing}.", (line,))
    missing = "、".join(_NAMES[name][0] for name in fields)
    return Statement(f"{_lead(document, brief, many=many, titled=False)}文中没有写明{missing}。", (line,))


def _lead(document: Document, brief: Brief, *, many: bool, titled: bool) -> str:
    """`青石市：《…条例》`: the region where it tells documents apart, then the title."""
    name = label(document, brief) if brief.several_regions or many else ""
    made = document.issued_on or document.effective_on
    versions = {one.id for one in brief.editions.get(document.id, ())}
    which = f"（{made.year}年）" if made is not None and len(versions) > 1 else ""
    title = f"《{document.title}》{which}"
    if name.startswith("《"):
        return f"{name}：" if titled else title
    return f"{name}：" * bool(name) + ("" if titled else title)


def _order(question: Question, documents: Sequence[Document], brief: Brief) -> list[Statement]:
    """Which of several is the earlier or the later, where the question asks that."""
    earlier, later = _EARLIER.search(question.text), _LATER.search(question.text)
    if len(documents) < 2 or not (earlier or later):
        return []
    by_effect = "effective" in asked_fields(question)
    dated = []
    for document in documents:
        day = document.effective_on if by_effect else document.issued_on
        told = issue(document)
        spans = commencement(document) if by_effect else (told,) if told is not None else ()
        if day is None or not spans:
            return []
        dated.append((day, document, spans))
    dated.sort(key=lambda one: one[0], reverse=not earlier)
    if dated[0][0] == dated[1][0]:
        return []
    day, first, _ = dated[0]
    cited = tuple(dict.fromkeys(span for _, _, spans in dated for span in spans))
    if question.language == "en":
        word = "earlier" if earlier else "later"
        return [Statement(f"The {word} one is 《{first.title}》: {_english_date(day)}.", cited)]
    what = "施行" if by_effect else "成文"
    return [
        Statement(f"{what}较{'早' if earlier else '晚'}的是《{first.title}》，{chinese_date(day)}。", cited)
    ]


def _english_date(day: date) -> str:
    """Return `2 April 2024 (2024年4月2日)`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year} ({chinese_date(day)})"
