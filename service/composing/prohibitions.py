"""Put what is forbidden first where a question asks for that: 哪些地方不许建房 is no question about where one may."""

from __future__ import annotations

import re
from dataclasses import replace

from service.composing.wording import lead_in
from service.question import Question
from service.ranking import Found, ScoredSentence

_ASKS = re.compile(
    r"(?:哪[些几]?|什么|啥|何种|几种)[^,，。]{0,14}(?:不[能许准让可给予得](?!不|超|少|低|高|多|晚|早|小|大|吗|么|是)|禁止|严禁|别[^的处人]|免谈)"
    r"|(?:不[能许准让可给予得]|禁止|严禁)(?!不|超|少|低|高|多|晚|早|小|大)[^,，。]{0,10}(?:哪[些几]?|什么|啥|何种)"
)
_FORBIDS = re.compile(
    r"不得|禁止|严禁|不准|不许|不应|不予|不能|不可|不可以|不适用|不在[^，,。]{0,6}范围|不列入|不纳入"
)
_WORTH_READING = 0.1
"""A sentence that forbids goes first at this share of the best one's score, which does not."""


def forbidden_first(question: Question, found: Found) -> Found:
    """Return `found` with sentences that forbid, or stand under one that does, before others about as good."""
    if not found.sentences or question.kind == "yesno" or not _ASKS.search(question.topic):
        return found
    best = found.sentences[0].score
    forbidding = [one for one in found.sentences if one.score >= _WORTH_READING * best and _forbids(one)]
    rest = [one for one in found.sentences if one not in forbidding]
    return replace(found, sentences=(*forbidding, *rest))


def _forbids(one: ScoredSentence) -> bool:
    opening = lead_in(one.chunk.document, one.sentence.paragraph.clause)
    return _FORBIDS.search(f"{one.sentence.text} {opening.text if opening is not None else ''}") is not None
