"""Tell whether a sentence speaks of the same matter as the question, or as another city's answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.figures import figures
from service.kinds import without_question_words
from service.question import Question
from service.ranking import ScoredSentence
from service.sentences import sentences

_NEAR_QUESTION = 0.5
NEAR_ANSWER = 0.3
AT_ALL = 0.15
A_LITTLE = 0.05
_COMMON = re.compile(
    r"企业|单位|部门|政府|应当|进行|工作|推进|全面|实现|开展|提升|加强|完善|有关|相关|规定|以上|以下|以内|不超|超过|不低|低于|至少|最高|各项|服务|推行|落实|本市|全市|我市"
    r"|责令(?:限期)?改正|拒不改正|逾期|罚款|处罚|违反|条例|本办法|对个人|对单位|下列|情形"
)


class Kinship:
    """Measures sentences against one question and what others answer to it."""

    def __init__(self, question: Question, anchors: Sequence[ScoredSentence] = ()) -> None:
        self._topic = pairs_of(without_question_words(question.topic))
        self._anchors = [pairs_of(_plain(one)) for one in anchors]

    def of(self, one: ScoredSentence) -> float:
        """Return the greater of its nearness to the question and to an answer, 0 to 1."""
        return max(self.to_question(one), self.to_answers(one))

    def is_kin(self, one: ScoredSentence) -> bool:
        """True where the sentence surely speaks of the same matter."""
        return (len(self._topic) > 1 and self.to_question(one) >= _NEAR_QUESTION) or self.to_answers(
            one
        ) >= NEAR_ANSWER

    def is_near(self, one: ScoredSentence) -> bool:
        """True where it may: it shares something with the question or an answer."""
        return self.of(one) >= AT_ALL

    def to_question(self, one: ScoredSentence) -> float:
        """Return the share of the question, 0 to 1, in a sentence and its headings."""
        own = pairs_of(_plain(one)) | pairs_of(" ".join(one.chunk.chunk.heading_path))
        return len(self._topic & own) / len(self._topic) if self._topic else 0.0

    def to_answers(self, one: ScoredSentence) -> float:
        """Return its nearness to what others answer, 0 to 1."""
        own = pairs_of(_plain(one))
        return max(
            (len(own & other) / min(len(own), len(other)) for other in self._anchors if own and other),
            default=0.0,
        )


def _plain(one: ScoredSentence) -> str:
    """The sentence without its figures, which two cities rarely share.

    A part between semicolons says what it is about together with the parts before it.
    """
    paragraph = one.sentence.paragraph.text
    for whole in sentences(paragraph, semicolons=False):
        if whole.start <= one.sentence.start < whole.end and whole.text.startswith("第"):
            text = paragraph[whole.start : one.sentence.end]
            break
    else:
        text = one.sentence.text
    for figure in reversed(figures(text)):
        text = f"{text[: figure.start]} {text[figure.end :]}"
    return text


def pairs_of(text: str) -> set[str]:
    """Return the pairs of characters in `text`, without the words that every regulation has."""
    text = _COMMON.sub(" ", text.lower())
    pairs = {text[place : place + 2] for place in range(len(text) - 1)}
    return {pair for pair in pairs if re.fullmatch(r"[\u4e00-\u9fff]{2}|[a-z\d]{2}", pair)}
