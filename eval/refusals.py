"""Measure refusals: of those that were due, and of those that were not."""

from __future__ import annotations

from eval.questions import Question
from eval.records import Reply


def refusal_scores(question: Question, reply: Reply) -> dict[str, float]:
    """Return the measures of one question, named so that their means are the usual figures.

    `refused` over unanswerable questions is the recall of refusals, `refusal_due` over refusals their
    precision, `falsely_refused` over answerable questions the rate of false refusals; `reason_right` says
    whether a due refusal gave an accepted reason.
    """
    refused = float(not reply.answered)
    scores: dict[str, float] = {}
    if question.answerable:
        scores["falsely_refused"] = refused
    else:
        scores["refused"] = refused
    if refused:
        scores["refusal_due"] = float(not question.answerable)
        if not question.answerable:
            scores["reason_right"] = float(accepted_reason(question, reply))
    return scores


def accepted_reason(question: Question, reply: Reply) -> bool:
    """Whether a refusal's reason is among those that the question accepts; no list accepts any."""
    return not question.refusal or reply.reason in question.refusal
