"""Answer who does a task and by when, from its trailer's fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from indexer.document import Document, Trailer
from service.composing.brief import Brief
from service.composing.claims import presumes
from service.composing.english import roles_in_english, source
from service.composing.facts import compose_facts
from service.composing.kinship import Kinship, pairs_of
from service.composing.openings import DIFFERS, verdict
from service.composing.wording import in_quotes, label, tidy, without_marker
from service.evidence import Draft, Span, Statement
from service.kinds import without_question_words
from service.question import Question
from service.ranking import ScoredSentence
from service.sentences import sentences

_WANTS_OFFICIAL = re.compile(
    r"牵头|主管|哪[个些家]?(?:局|委|部门|单位|机构|机关)|which (?:department|bureau|agency|office)", re.I
)
_IS_IT = re.compile(r"是不是|是否|对不对|(?:吗|对吧|是吧)[?？]?$")
_BODIES = (
    r"局|委(?!托|屈|婉)|办(?!理|法|事|结|公楼|件|好|税)|部门|机构|机关|单位|政府|法院|检察院|中心|银行|组(?!织|合|成)"
    r"|工会|妇联|残联|联合会|派出所|街道|[大支总]队|海关"
)
_OFFICIAL = re.compile(_BODIES)
_ANYBODY = re.compile(
    rf"{_BODIES}|公司|平台|窗口|热线|企业|协会|会议|人员|专员|[省市县区局处科组]长|领导|书记|站|厅|院|所|基金|财政|业主|经营者|职工|家长|主任|委员|代表|学校|医院"
    r"|(?:申请|当事|负责|使用|管理|所有|监护|代表|承租|出租|委托|受益|继承|发包|承包|责任|纳税|被执行|本|个|他)人"
)


_ASKS_ROLE = re.compile(
    r"牵头|责任|配合|主责|主抓|抓总|挑[头大]|统管|统筹|协同|协办|搭手|搭把手|总负责|领衔|指标|\b(?:lead|responsible|in charge|besides)",
    re.IGNORECASE,
)
_ASKS_DUE = re.compile(
    r"完成|到位|落实|办结时限|截止|收尾|交账|搞定|[弄做办干建]完|[弄做办干建]好|建成|due|deadline|finish|complete",
    re.IGNORECASE,
)
_SURE = 0.6
_DOUBTFUL = 0.4
"""At this share of the threshold a task that is plainly meant is still answered from its trailer."""
_FAR = 0.4
_SHARED = 0.35
_ALIKE = 0.3
_NAMED = 0.5
"""So much of the question in a task's heading and text says that it is the task asked about."""
_ACTS = re.compile(
    r"(?<![自缘事理])由(?!于|此|来|头)[\u4e00-\u9fff、]{2,24}|(?:局|委|委员会|部门|机构|机关|政府|法院|中心|单位|办公室|大队|公司|街道办事处|科|处|银行)[^，,。；;：:、]{0,14}?"
    r"(?:负责|受理|组织|承担|审[批核查]|核[发定]|查处|处罚|处[\d一二三四五六七八九十百千万]|责令|检查|发布|公布|公示|拨付|发放|代建|办理|认定|登记|更新|评估|监管|收取|批准|备案|出资|核验)"
)
"""An office that does something, in a sentence of its own."""


def compose_offices(brief: Brief) -> Draft:
    """Compose from the trailer of the best clause; from its sentences where it has none."""
    best = _best_with_trailer(brief)
    if best is None:
        return _from_sentences(brief)
    document, row = best.chunk.document, trailer_row(best.chunk.document, best.sentence.paragraph.clause)
    assert row is not None
    trailer = document.clauses[row].trailer
    assert trailer is not None
    if _says_itself(best, row):
        return _from_sentences(replace(brief, found=replace(brief.found, sentences=(best,))))
    stated = _stated(brief, document, row, best)
    opening = _verdict(brief.question, trailer)
    if opening is None:
        return Draft((stated,))
    return Draft((Statement(opening, trailer_spans(document, row)), stated))


def _says_itself(best: ScoredSentence, row: int) -> bool:
    """True where the best sentence names who does what it says, and the trailer is that of a clause around it."""
    if row == best.sentence.paragraph.clause or best.sentence.is_trailer or best.score < _SURE_OF_IT:
        return False
    return ACTING.search(best.sentence.text) is not None


def _verdict(question: Question, trailer: Trailer) -> str | None:
    """Say whether the office that a yes-or-no question names has the role that it is said to have."""
    premise, english = presumes(question.text), question.language == "en"
    if not question.units or not (question.kind == "yesno" or _IS_IT.search(question.text) or premise):
        return None
    leads = re.search(r"牵头|主管|领衔", question.text)
    units = trailer.lead_units if leads else (*trailer.lead_units, *trailer.responsible_units)
    right = any(same_unit(asked, unit) for asked in question.units for unit in units)
    if premise:
        return None if right else DIFFERS[english]
    return verdict("是" if right else "不是", english=english)


def compose_deadline(brief: Brief) -> Draft:
    """Answer by when a task is due from its trailer, where the best clause has one that names a time.

    Empty where it has none, or where the sentences themselves give the date asked for.
    """
    usable = [
        one for one in brief.found.sentences if not one.sentence.is_heading and not one.sentence.is_trailer
    ]
    if not usable or brief.question.quantity != "date":
        return Draft(())
    best, first = usable[0], brief.found.sentences[0]
    if first.sentence.is_trailer and _deadline_row(best) is None and _deadline_row(first) is not None:
        best = first  # what was found best is when a task is due
    if best.score >= _SURE and _tells_when(best) and not _ASKS_DUE.search(brief.question.text):
        return Draft(())
    if _deadline_row(best) is None and _ASKS_DUE.search(brief.question.text):
        kinship = Kinship(brief.question)
        tasks = (one for one in usable if _deadline_row(one) is not None)
        best = next((one for one in tasks if kinship.to_question(one) >= _NAMED), best)
    row = _deadline_row(best)
    trailer = best.chunk.document.clauses[row].trailer if row is not None else None
    if row is None or trailer is None or trailer.deadline is None:
        return Draft(())
    document = best.chunk.document
    stop = "." if brief.question.language == "en" else "。"
    lead = Statement(f"**{tidy(trailer.deadline.text)}**{stop}", trailer_spans(document, row))
    return Draft((lead, _stated(brief, document, row, best)))


def _deadline_row(one: ScoredSentence) -> int | None:
    """Return the row of the clause whose trailer says by when the task is due that a sentence belongs to."""
    row = trailer_row(one.chunk.document, one.sentence.paragraph.clause)
    trailer = one.chunk.document.clauses[row].trailer if row is not None else None
    return row if trailer is not None and trailer.deadline is not None else None


def names_task(brief: Brief) -> bool:
    """True where the task whose date is asked for is plainly the one that was found, though its text names no date.

    Its sentence fits by itself, or it shares much with the question and the next clause is far behind.
    """
    usable = [one for one in brief.found.sentences if not one.sentence.is_heading]
    best = next(iter(usable), None)
    if best is None or brief.found.confidence < _DOUBTFUL * brief.threshold:
        return False
    row = _deadline_row(best)
    if row is None:
        return False
    if best.score >= _SURE and not best.sentence.is_trailer:
        return True
    others = (one for one in usable if trailer_row(one.chunk.document, one.sentence.paragraph.clause) != row)
    next_best = next(others, None)
    far = next_best is None or next_best.score <= _FAR * best.score
    own = (one for one in brief.found.sentences if _deadline_row(one) == row)
    return far and any(Kinship(brief.question).to_question(one) >= _SHARED for one in own)


def _tells_when(one: ScoredSentence) -> bool:
    return any(figure.quantity in ("date", "days") for figure in one.sentence.figures)


def _stated(brief: Brief, document: Document, row: int, best: ScoredSentence) -> Statement:
    """Say who does the task of clause `row` and by when, in the language of the question.

    A task without a heading is called by the sentence that was found.
    """
    trailer = document.clauses[row].trailer
    assert trailer is not None
    title, spans = document.clauses[row].title, task_spans(document, row)
    if not title:
        task = best.span if not best.sentence.is_trailer else _task_of(best)
        title, spans = without_marker(task).rstrip("。；;"), (task, *spans)
    if brief.question.language == "en":
        due = tidy(trailer.deadline.text) if trailer.deadline is not None else ""
        return Statement(
            f"{source(document)}{in_quotes(tidy(title))} – {roles_in_english(trailer, due)}.", spans
        )
    name = f"{label(document, brief) if brief.several_regions else ''}{in_quotes(tidy(title))}"
    return Statement(f"{name}：{roles(trailer)}。", spans)


def _task_of(trailer: ScoredSentence) -> Span:
    """Return the sentence that a trailer stands behind, its own words where it stands alone."""
    span = trailer.span
    before = [one for one in sentences(span.paragraph.text) if one.end <= span.start]
    if before:
        return replace(span, start=before[-1].start, end=before[-1].end)
    above = [
        paragraph
        for paragraph in span.document.paragraphs
        if paragraph.clause == span.paragraph.clause and paragraph.number < span.paragraph.number
    ]
    return Span(span.document, above[-1], 0, len(above[-1].text), span.score) if above else span


def _from_sentences(brief: Brief) -> Draft:
    """Quote the sentences; empty where none of the chosen ones names anybody."""
    draft = compose_facts(brief)
    pattern = _OFFICIAL if _WANTS_OFFICIAL.search(brief.question.text) else _ANYBODY
    named = any(pattern.search(span.text) for span in draft.spans)
    return draft if named else Draft(())


def roles(trailer: Trailer) -> str:
    """Write a trailer's fields, lead units apart from responsible units."""
    parts: list[str] = []
    if trailer.lead_units:
        parts.append(f"牵头单位为{'、'.join(trailer.lead_units)}")
    if trailer.responsible_units:
        parts.append(f"责任单位为{'、'.join(trailer.responsible_units)}")
    if trailer.deadline is not None:
        parts.append(f"完成时限为{tidy(trailer.deadline.text)}")
    return "；".join(parts)


def trailer_row(document: Document, clause: int) -> int | None:
    """Return the row of the innermost clause at or above `clause` that has a trailer."""
    row: int | None = clause
    while row is not None:
        if document.clauses[row].trailer is not None:
            return row
        row = document.clauses[row].parent
    return None


def trailer_spans(document: Document, row: int) -> tuple[Span, ...]:
    """Return the places of a clause's trailer: one for each paragraph that it stands in."""
    trailer = document.clauses[row].trailer
    assert trailer is not None
    return tuple(
        Span(
            document,
            paragraph,
            max(trailer.start - paragraph.start, 0),
            min(trailer.end, paragraph.end) - paragraph.start,
        )
        for paragraph in document.paragraphs
        if paragraph.start < trailer.end and trailer.start < paragraph.end
    )


def task_spans(document: Document, row: int) -> tuple[Span, ...]:
    """Return what a statement about a task stands on: its heading and its trailer."""
    heading = heading_span(document, row)
    trailers = trailer_spans(document, row)
    return (heading, *trailers) if heading is not None else trailers


ACTING = re.compile(
    r"(?P<before>^|[，,；;：:。、（(“]|由|会同|联合|[和及与]|第[〇零一二三四五六七八九十百]+条\s*|\d+[.．]\s*|[)）]\s*)"
    r"(?P<unit>[省市县区]?[\u4e00-\u9fff]{1,12}?(?:局|委员会|委|厅|办公室|办))"
    r"(?![\u4e00-\u9fff]?办公室|[的报审批备属]|同意|批准|备案|认可)"
)
"""An office where a sentence has it act, and what stands before it."""
_SURE_OF_IT = 0.3
_SHORTEST = 3
_BODIES = "局委办厅署"


def same_unit(asked: str, unit: str) -> bool:
    """True where both name one office: 市财政局 is 财政局, is 鄂州市财政局; 住建局 is 市住房城乡建设局; 财政局 is not 税务局.

    A short name has the first character of the full one, its kind of body, and in between some of its characters in order.
    """
    short, full = sorted((_plain_unit(asked), _plain_unit(unit)), key=len)
    if short == full:
        return True
    if len(short) < _SHORTEST or short[0] != full[0] or short[-1] != full[-1] or short[-1] not in _BODIES:
        return False
    rest = iter(full)
    return all(character in rest for character in short)


def _plain_unit(name: str) -> str:
    name = re.sub(r"^.{0,6}?市(?=.{2})(?!场)|^[省县区](?=.{2})|[“”\"]|指标单位$", "", name)
    return re.sub(r"委员会$", "委", re.sub(r"办公室$", "办", name))


def heading_span(document: Document, row: int) -> Span | None:
    """Return the place of a clause's heading; None where it has no title."""
    clause = document.clauses[row]
    if not clause.title:
        return None
    paragraph = next((p for p in document.paragraphs if p.start <= clause.start < p.end), None)
    if paragraph is None:
        return None
    end = min(clause.body_start, paragraph.end) - paragraph.start
    words = paragraph.text[:end].rstrip()
    return Span(document, paragraph, clause.start - paragraph.start, len(words))


def _best_with_trailer(brief: Brief) -> ScoredSentence | None:
    """The best sentence, if its clause has a trailer; the next ones only while they are about as good."""
    usable = [one for one in brief.found.sentences if not one.sentence.is_heading] or list(
        brief.found.sentences
    )
    if not usable:
        return None
    asks_role = _ASKS_ROLE.search(brief.question.text) is not None
    for one in usable[:3]:
        if one.score < 0.5 * usable[0].score:
            break
        if not asks_role and not one.sentence.is_trailer and _ACTS.search(one.sentence.text):
            return None  # 县市场监管局每两个月检查一次, whoever leads the task that it is a part of
        if trailer_row(one.chunk.document, one.sentence.paragraph.clause) is not None:
            return _of_the_task_named(one, usable, brief.question) if one.sentence.is_trailer else one
        if _answers_itself(one):
            return None
    first = brief.found.passages[0]
    for one in usable:
        if one.chunk.chunk.id == first.chunk.id:
            row = trailer_row(one.chunk.document, one.sentence.paragraph.clause)
            return one if row is not None else None
    return None


def _of_the_task_named(
    best: ScoredSentence, usable: Sequence[ScoredSentence], question: Question
) -> ScoredSentence:
    """Return the trailer, of those about as good, whose task the question names most: trailers read alike."""
    topic = pairs_of(without_question_words(question.topic))

    def shared(one: ScoredSentence) -> int:
        clause = one.chunk.document.clauses[one.sentence.paragraph.clause]
        return len(topic & pairs_of(f"{clause.title} {_task_of(one).text}"))

    alike = (one for one in usable if one.sentence.is_trailer and one.score >= _ALIKE * best.score)
    return max((best, *alike), key=shared)


def _answers_itself(one: ScoredSentence) -> bool:
    """The sentence names an office as its subject, so no trailer is needed."""
    return (
        re.match(
            r"(?:由)?[\u4e00-\u9fff、]{2,30}(?:局|委|办|部门|机构|机关|政府|法院|中心|单位)[^，。]{0,4}(?:应当|负责|牵头|统筹)",
            one.sentence.text,
        )
        is not None
    )
