"""Tell which regions speak of a question's matter as well as the surest one does."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from indexer.regions import NATION
from service.composing.brief import Brief
from service.composing.facts import choose
from service.composing.kinship import A_LITTLE, AT_ALL, NEAR_ANSWER, Kinship, pairs_of
from service.kinds import without_question_words
from service.question import Question
from service.ranking import Found, ScoredSentence

_AS_WELL = 0.75
_AS_SURE = 0.6
_SURE = 0.6
_SUBJECT = 0.3
"""Documents that share this much of the shorter title are of one subject: two plans for one thing."""
_OF_ANY_TITLE = re.compile(
    r"[《》（）()\s\d]|关于|印发|中华人民共和国|实施|工作|行动|若干|管理|促进|保障|条例|办法|规定|细则|方案|意见|通知|计划|措施|暂行|试行|年度?|[\u4e00-\u9fff]{1,6}?[省市州县区](?![场域级民政容])"
)


class Matter:
    """Measures how much of a question a sentence speaks of, where the words that few regions have count most."""

    def __init__(self, question: Question, by_region: Mapping[str, Found]) -> None:
        topic = pairs_of(without_question_words(question.topic))
        said = [set().union(*(_about(one) for one in found.sentences)) for found in by_region.values()]
        counts = Counter(pair for own in said for pair in topic & own)
        self._weights = {pair: math.log((1 + len(said)) / counts[pair]) for pair in topic if counts[pair]}

    def of(self, one: ScoredSentence) -> float:
        """Return the share of the question, 0 to 1, in a sentence, its headings and its document's title."""
        whole = sum(self._weights.values())
        own = _about(one)
        return sum(weight for pair, weight in self._weights.items() if pair in own) / whole if whole else 0.0


def on_one_matter(brief: Brief, *, silent: bool = False) -> dict[str, Found]:
    """Return the regions of `brief.by_region` whose evidence is about the matter of the surest one's, in their order.

    A region is where its best sentence speaks of the question as well as the surest one's does, or is like that; in
    a document on the same subject, a little like it. With `silent`, one with such a document stays though it says
    nothing: that is worth telling. The nation is no region to set beside cities, unless the question names it; where
    it is the surest of all, none is.
    """
    question = brief.question
    firsts = {
        region: first
        for region, found in brief.by_region.items()
        if (first := next(iter(choose(question, found, most=1) or found.sentences), None)) is not None
    }
    if not firsts:
        return {}
    surest = max(firsts, key=lambda region: brief.by_region[region].confidence)
    if surest == NATION and not names_the_nation(question) and not silent:
        return {}
    matter, kinship = Matter(question, brief.by_region), Kinship(question, [firsts[surest]])
    least = _AS_WELL * matter.of(firsts[surest])
    if silent and not least:
        return {}  # nothing that the question names is spoken of
    kept = {}
    for region, found in brief.by_region.items():
        first = firsts.get(region)
        if region == NATION and not names_the_nation(question):
            continue
        if region == surest or (
            first is not None
            and (
                (least > 0 and matter.of(first) >= least)
                or (answers_by_itself(found, first, brief) and kinship.to_answers(first) >= A_LITTLE)
                or kinship.to_answers(first) >= NEAR_ANSWER
                or ((silent or kinship.to_answers(first) >= AT_ALL) and _same_subject(found, firsts[surest]))
            )
        ):
            kept[region] = found
    return kept


def answers_by_itself(found: Found, first: ScoredSentence, brief: Brief) -> bool:
    """True where a region's own search for a figure is about as sure as the surest, and of the sentence too."""
    if brief.question.quantity is None:
        return False
    surest = max((other.confidence for other in brief.by_region.values()), default=0.0)
    return found.confidence >= max(brief.threshold, _AS_SURE * surest) and first.score >= _SURE


def compared(brief: Brief) -> Brief:
    """Return `brief` for a comparison that names no two regions: with those on one matter, or with none."""
    kept = on_one_matter(brief, silent=True)
    return replace(brief, by_region=kept if len(kept) > 1 else {})


def names_the_nation(question: Question) -> bool:
    """True where a question speaks of the nation's own rules."""
    return re.search(r"全国|国家|中央|nation", question.text, re.I) is not None


def _about(one: ScoredSentence) -> set[str]:
    document = one.chunk.document
    headings = document.heading_path(one.sentence.paragraph.clause)
    return pairs_of(" ".join((one.sentence.text, *headings, document.title)))


def _same_subject(found: Found, other: ScoredSentence) -> bool:
    wanted = _subject(other.chunk.document.title)
    documents = {one.chunk.document.id: one.chunk.document for one in found.sentences}
    for document in documents.values():
        own = _subject(document.title)
        if own and wanted and len(own & wanted) >= _SUBJECT * min(len(own), len(wanted)):
            return True
    return False


def _subject(title: str) -> set[str]:
    return pairs_of(_OF_ANY_TITLE.sub(" ", title))
