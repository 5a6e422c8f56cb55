"""Name what went wrong with a question, the gravest fault first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eval.answers import facts_held
from eval.metrics import scores_of
from eval.records import Record
from eval.spelling import without_marks
from eval.support import Gap, gaps


@dataclass(frozen=True, slots=True)
class Outcome:
    """A way for a question to end; `rank` is 0 for the gravest fault and grows from there."""

    name: str
    label: str
    rank: int


_NAMES = (
    ("answered_unanswerable", "该拒未拒"),
    ("forbidden", "出现禁用内容"),
    ("not_verbatim", "引文与原文不符"),
    ("facts_missing", "要点不全"),
    ("gold_not_cited", "引文未中"),
    ("falsely_refused", "误拒"),
    ("failed", "请求失败"),
    ("wrong_reason", "拒答理由不符"),
    ("right", "答对"),
)
OUTCOMES: Mapping[str, Outcome] = {
    name: Outcome(name, label, rank) for rank, (name, label) in enumerate(_NAMES)
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A record with its measures and what they come to."""

    record: Record
    scores: Mapping[str, float]
    outcome: Outcome

    @property
    def missing_facts(self) -> tuple[str, ...]:
        """The first spelling of each key fact that the answer lacks."""
        return tuple(spellings[0] for spellings, held in self._held(self.record.question.facts) if not held)

    @property
    def forbidden_facts(self) -> tuple[str, ...]:
        """The first spelling of each forbidden fact that the answer shows."""
        return tuple(spellings[0] for spellings, held in self._held(self.record.question.forbidden) if held)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What the answer says and its citations don't."""
        reply = self.record.reply
        if reply is None or not reply.answered:
            return ()
        found = gaps(reply.text, reply.citations, question=self.record.question.question)
        return tuple(gap for statement in found for gap in statement)

    def _held(self, groups: tuple[tuple[str, ...], ...]) -> list[tuple[tuple[str, ...], bool]]:
        reply = self.record.reply
        text = without_marks(reply.text) if reply is not None and reply.answered else ""
        return list(zip(groups, facts_held(text, groups), strict=True))


def judge(record: Record) -> Judged:
    """Measure a record and name its outcome."""
    scores = scores_of(record)
    return Judged(record, scores, OUTCOMES[_outcome(record, scores)])


def _outcome(record: Record, scores: Mapping[str, float]) -> str:
    if record.reply is None:
        return "failed"
    if scores["right"]:
        return "right"
    if not record.question.answerable:
        return "answered_unanswerable" if record.reply.answered else "wrong_reason"
    if not record.reply.answered:
        return "falsely_refused"
    for measure, outcome in (
        ("nothing_forbidden", "forbidden"),
        ("verbatim", "not_verbatim"),
        ("all_facts", "facts_missing"),
    ):
        if scores.get(measure, 1.0) < 1.0:
            return outcome
    return "gold_not_cited"
