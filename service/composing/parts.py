"""Find what a question asks besides its main point: 最高补多少，找谁办？ asks for a sum and for an office."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from service.composing.asked import unit_asked, unit_fit
from service.evidence import Draft, Span, Statement
from service.figures import figures
from service.kinds import kind_of, quantity_of, without_question_words
from service.question import Kind, Question

_PARTS = re.compile(
    r"[，,；;？?。！!]|\band (?=who|how|what|when|where|which|by when|must|can|does|is)", re.IGNORECASE
)
_ASKING: tuple[Kind, ...] = ("figure", "deadline", "office", "procedure", "list", "yesno", "definition")
_WHOLE: tuple[Kind, ...] = ("compare", "tasks", "metadata", "count")
"""Kinds that answer a question as a whole, however many clauses it has."""
_BY_SOMEBODY = re.compile(
    r"(?:由|向|到|报|牵头单位为|责任单位为|经)[^，。；;]{0,24}(?:局|委员会|部门|机构|机关|政府|中心|银行|单位|窗口|平台|大厅|派出所)"
    r"|^[^，。；;]{2,16}(?:局|部门|机构|机关|政府|中心)(?:应当|负责|受理|审核)"
)
_NAMED_ONLY = re.compile(
    r"(?:(?!多少|[几哪谁什怎啥])[^,，])*(?:补贴|补助|奖励|奖补|资金|经费|押金|保证金|罚款)"
)
"""A part that names a benefit and asks nothing of it; what is asked follows: 养老补贴，要走哪几步."""
_CONTEXT = 40


def other_parts(question: Question, draft: Draft) -> list[Question]:
    """Return the parts of a question that `draft` leaves open, each as a question of its own.

    Empty where the question has one point. Where nothing was answered, every part is open.
    """
    if question.kind in _WHOLE or question.address is not None:
        return []
    asking: list[tuple[str, Kind]] = []
    context = lead = ""
    parts = [piece.strip() for piece in _PARTS.split(question.topic) if piece.strip()]
    for place, part in enumerate(parts):
        kind = kind_of(part)
        named_only = place + 1 < len(parts) and _NAMED_ONLY.fullmatch(part) is not None
        if kind in _ASKING and not named_only:
            lead = lead if asking else context
            asking.append((part, kind))
            context = context or without_question_words(part)
        elif not asking:
            context += part
    if len(asking) < 2:
        return []
    found = []
    for place, (part, kind) in enumerate(asking):
        if draft.blocks and _is_answered(part, kind, question, draft):
            continue
        before = context if place else lead
        words = f"{before[:_CONTEXT]} {part}".strip()
        where = "".join(region.name for region in question.regions)
        found.append(
            replace(
                question, text=f"{where}{words}", topic=words, kind=kind, quantity=quantity_of(part), units=()
            )
        )
    return found


def joined(draft: Draft, more: Draft) -> Draft:
    """Return `draft` followed by what `more` adds from the same documents."""
    if not draft.blocks:
        return more
    documents = {span.document.id for span in draft.spans}
    if not more.spans or any(span.document.id not in documents for span in more.spans):
        return draft
    said = {block.text for block in draft.blocks if isinstance(block, Statement)}
    added = tuple(
        block
        for block in more.blocks
        if not isinstance(block, Statement) or (block.text not in said and _cites_more(block, draft.spans))
    )
    return replace(draft, blocks=(*draft.blocks, *added), notice=draft.notice or more.notice)


def _cites_more(block: Statement, cited: Collection[Span]) -> bool:
    """True where a statement stands on something that is not cited yet, or on nothing: a frame."""
    return not block.spans or not all(any(_within(one, other) for other in cited) for one in block.spans)


def _within(one: Span, other: Span) -> bool:
    return (
        one.document.id == other.document.id
        and one.paragraph.number == other.paragraph.number
        and other.start <= one.start
        and one.end <= other.end
    )


def _is_answered(part: str, kind: Kind, question: Question, draft: Draft) -> bool:
    text = "\n".join(span.text for span in draft.spans)
    quantity = quantity_of(part)
    if kind in ("figure", "deadline") and quantity in ("money", "percent", "days", "date", "count"):
        unit = unit_asked(part)
        return any(
            figure.quantity == quantity
            and unit_fit(unit, figure.value) == 2
            and not re.fullmatch(r"\d{4}", figure.value)  # 2021年 says of what year, not by when
            for figure in figures(text)
        )
    if kind == "office":
        return question.kind == "office" or _BY_SOMEBODY.search(text) is not None
    return kind == question.kind or kind in ("yesno", "figure", "deadline")
