"""Measure an answer's text: the facts it must hold, and those it must not."""

from __future__ import annotations

from collections.abc import Sequence

from eval.spelling import contains, without_marks

Groups = Sequence[Sequence[str]]


def facts_held(text: str, groups: Groups) -> list[bool]:
    """Tell for each group whether one of its spellings stands in an answer's text, marks left out."""
    plain = without_marks(text)
    return [any(contains(plain, spelling) for spelling in group) for group in groups]


def answer_scores(text: str, *, facts: Groups, forbidden: Groups, complete: bool) -> dict[str, float]:
    """Return the measures of an answer's text; no text, of a refusal, holds no facts and breaks no rule.

    `complete` adds `list_complete` for questions whose facts are the items of a list.
    """
    scores: dict[str, float] = {}
    if facts:
        held = facts_held(text, facts)
        scores["facts"] = sum(held) / len(held)
        scores["all_facts"] = float(all(held))
        if complete:
            scores["list_complete"] = float(all(held))
    if forbidden:
        scores["nothing_forbidden"] = float(not any(facts_held(text, forbidden)))
    if text:
        scores["length"] = float(len(without_marks(text)))
    return scores
