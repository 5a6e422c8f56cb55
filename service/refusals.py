"""Say why there is no answer, in words that help the asker on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.regions import Region
from service.answer import Refusal, RefusalReason
from service.composing.records import field_names, points_at_nothing
from service.question import Question

_UNSAFE = {
    "order": "我只根据已收录的政策文件回答问题，不能更改自己的工作方式，也不提供系统内部信息。请直接提出与政策有关的问题。",
    "invention": "我只引用政策文件中写明的内容，不能编造数字、文号或条款。如需了解文件中的实际规定，请直接提问。",
    "wrongdoing": "这个请求可能涉及违法违规行为，我不能提供帮助。如需了解有关的法律责任或举报渠道，可以换个问法。",
}
_UNSAFE_EN = "I answer from the indexed policy documents only and can't help with this request. Please ask about what the documents say."


def refuse_unsafe(why: str, question: Question) -> Refusal:
    """Refuse an order to the service, an invention or help with wrongdoing."""
    return Refusal("unsafe", _UNSAFE_EN if question.language == "en" else _UNSAFE[why])


def refuse(
    question: Question,
    *,
    on_topic: bool,
    missing: Sequence[Region] = (),
    near: bool = False,
    of_the_year: bool = False,
) -> Refusal:
    """Refuse for want of evidence.

    `on_topic`: the documents speak of the matter at all; `missing`: regions named that no document speaks for;
    `near`: clauses close in topic go with the answer; `of_the_year`: what was found is of the year that the question
    names, so that it is not the year that is wanting.
    """
    if of_the_year:
        question = replace(question, years=())
    reason: RefusalReason = (
        "no_evidence" if on_topic or missing or points_at_nothing(question) else "out_of_scope"
    )
    if question.language == "en":
        return Refusal(reason, _english(question, reason, missing, near))
    return Refusal(reason, _chinese(question, reason, missing, near))


def _chinese(question: Question, reason: RefusalReason, missing: Sequence[Region], near: bool) -> str:
    hint = "下面是内容相近的条款，供参考。" if near else ""
    if missing:
        names = "、".join(region.name for region in missing)
        return f"已收录的文件中没有{names}的相关规定，无法据此回答，也不宜用其他地方的规定代替。{hint}"
    if points_at_nothing(question):
        return "问题没有指明是哪一份文件。请写出文件的标题、文号或发文的城市后再问。"
    if reason == "out_of_scope":
        return f"这个问题不在已收录的政策文件范围内，无法回答。可以换成与政策内容有关的问题再试。{hint}"
    fields = field_names(question) if question.kind == "metadata" else ()
    if fields:
        return f"已收录的文件没有写明{'、'.join(fields)}，无法据此回答。{hint or '可以向发文机关核实。'}"
    if question.years:
        years = "、".join(f"{year}年" for year in question.years)
        return f"已收录的文件中没有找到{years}的这项规定或数据，不宜用其他年份的代替。{hint or '可以不限年份再问，或向发文机关咨询。'}"
    return f"已收录的文件中没有找到能回答这个问题的规定。{hint or _advice(question)}"


def _advice(question: Question) -> str:
    """What the asker can do next: say what the question leaves open, else ask whoever knows."""
    if question.regions or question.document_ids:
        return "可以换个说法、补充事项名称后再问，或向发文机关咨询。"
    return "可以补充城市、文件或事项名称后再问，或向发文机关咨询。"


def _english(question: Question, reason: RefusalReason, missing: Sequence[Region], near: bool) -> str:
    hint = " The clauses below are close in topic." if near else ""
    if missing:
        names = ", ".join(region.name for region in missing)
        return f"The indexed documents hold nothing for {names}, and rules of other places would not apply.{hint}"
    if reason == "out_of_scope":
        return f"This question is outside the indexed policy documents.{hint}"
    fields = field_names(question) if question.kind == "metadata" else ()
    if fields:
        return f"The indexed documents do not state {' or '.join(fields)}.{hint}"
    if question.years:
        years = ", ".join(str(year) for year in question.years)
        return f"The indexed documents do not state this for {years}.{hint}"
    return f"The indexed documents do not say anything that answers this question.{hint}"
