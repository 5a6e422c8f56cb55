"""Draw questions to try from the documents themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from indexer.document import Clause, Document

# Most headings of a policy begin with what is to be done; one can ask how.
_VERB = re.compile(
    r"^(?:全面|持续|大力|进一步|切实|深入|着力|加快|不断|积极|严格|规范|全力)?"
    r"(?:加强|推进|推动|推广|优化|提升|提高|完善|深化|健全|建立|建设|强化|降低|压缩|压减|扩大|保障|保护|支持|落实|开展"
    r"|实施|实行|推行|促进|打造|构建|培育|简化|畅通|创新|规范|引导|鼓励|加大|改进|解决|缩短|减轻|减免|发展|增强|拓宽)"
)
# 保障措施, 规范性文件: here the same characters are no verb.
_NOUN = re.compile(
    r"^(?:保障|支持|监督|激励|规范|发展|建设|实施|引导|创新|落实)(?:措施|政策|目标|要求|任务|原则|性|计划|方案|与|和)"
)
_DIVISION = re.compile(r"第[〇零一二三四五六七八九十百千\d]+[编章节]")
_DEFINED = re.compile(r"本(?:法|条例|办法|规定|细则|规则)所称的?([^，。,:：；\s]{2,14})[，,]?\s*是指")
_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千\d]+条")
_PLACEHOLDER = re.compile(r"[XxＸ×某○]")
_SHORT = range(4, 19)


def example_questions(
    documents: Iterable[Document], *, answered: Callable[[str], bool], count: int = 6
) -> tuple[str, ...]:
    """Return at most `count` questions that `answered` holds to be answered.

    The documents take turns and so do the kinds of question; the choice is the same for the same
    documents.
    """
    queues = [candidates(document, first=position) for position, document in enumerate(documents)]
    found: list[str] = []
    tried: set[str] = set()
    while queues and len(found) < count:
        for queue in list(queues):
            question = next((q for q in queue if q not in tried), None)
            if question is None:
                queues.remove(queue)
                continue
            tried.add(question)
            if answered(question):
                found.append(question)
            if len(found) == count:
                break
        if len(tried) >= 8 * count:  # documents that answer nothing must not cost a start its time
            break
    return tuple(found)


def candidates(document: Document, *, first: int = 0) -> Iterator[str]:
    """Yield questions that the document should answer, of one kind and another in turn.

    `first` turns the kinds, so that documents side by side begin with different ones.
    """
    place = document.region or ""
    if place == "全国" or _PLACEHOLDER.search(place):
        place = ""
    kinds = [
        [how(place, clause) for clause in document.clauses if _is_task(clause)],
        [
            f"{place}“{_topic(clause)}”由哪个部门牵头？"
            for clause in document.clauses
            if clause.trailer and clause.trailer.lead_units and _topic(clause)
        ],
        [
            f"{place}“{_topic(clause)}”什么时候完成？"
            for clause in document.clauses
            if clause.trailer and clause.trailer.deadline and _topic(clause)
        ],
        [
            f"《{document.title}》对{_topic(clause)}有什么规定？"
            for clause in document.clauses
            if _ARTICLE.fullmatch(clause.label) and _topic(clause)
        ],
        [
            f"《{document.title}》所称的{defined[1]}指什么？"
            for paragraph in document.paragraphs
            if (defined := _DEFINED.search(paragraph.text))
        ],
    ]
    # Begin each kind at another place, so that the questions are not all about the first clause.
    turned = [_turn(questions, shift) for shift, questions in enumerate(kinds)]
    some = [questions for questions in turned if questions]
    start = first % len(some) if some else 0
    yield from _interleave([*some[start:], *some[:start]])
    if document.effective_on:
        yield f"《{document.title}》从什么时候起施行？"
    yield f"《{document.title}》是什么时候印发的？"


def _is_task(clause: Clause) -> bool:
    topic = _topic(clause)
    return bool(_VERB.match(topic)) and not _NOUN.match(topic) and not _DIVISION.fullmatch(clause.label)


def how(place: str, clause: Clause) -> str:
    """Return the question how a clause's heading is to be done."""
    return f"{place}{'怎样' if place else '怎么'}{_topic(clause)}？"


def _topic(clause: Clause) -> str:
    """The heading's words where they are short enough to be said in a question, else nothing."""
    topic = clause.title.strip().rstrip("。.；;：:")
    plain = len(topic) in _SHORT and not re.search(r"[，。；：、,;:“”《》()（）\[\]\s]", topic)
    return topic if plain else ""


def _turn(questions: Sequence[str], shift: int) -> list[str]:
    start = len(questions) * (shift + 1) // 5
    return [*questions[start:], *questions[:start]]


def _interleave(lists: Sequence[Sequence[str]]) -> Iterator[str]:
    for position in range(max((len(one) for one in lists), default=0)):
        for one in lists:
            if position < len(one):
                yield one[position]
