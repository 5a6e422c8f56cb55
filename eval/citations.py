"""Measure an answer's citations: against gold, against the source, against what the answer says."""

from __future__ import annotations

from collections.abc import Sequence

from eval.addresses import meets
from eval.questions import Gold
from eval.records import Cited
from eval.support import gaps


def citation_scores(
    text: str,
    citations: Sequence[Cited],
    gold: Sequence[Gold],
    *,
    question: str,
    any_gold: bool = False,
) -> dict[str, float]:
    """Return the measures of an answer's citations.

    `citation_precision` is the share of citations in a gold clause (0 without citations), `citation_recall`
    the share of gold clauses cited (with `any_gold` one is all); both only where the question has gold.
    `verbatim` is 1 when every citation keeps `text[start:end] == quote` and its text stands in the source.
    `support` is the share of statements that their quotes carry, `supported` 1 when all are;
    `support_in_paragraph` reads the whole cited paragraph instead.
    """
    scores: dict[str, float] = {}
    if gold:
        right = [any(meets(c.document_id, c.address, place) for place in gold) for c in citations]
        met = [any(meets(c.document_id, c.address, place) for c in citations) for place in gold]
        scores["gold_cited"] = float(any(met))
        scores["citation_precision"] = sum(right) / len(right) if right else 0.0
        scores["citation_recall"] = float(any(met)) if any_gold else sum(met) / len(met)
    scores["verbatim"] = float(bool(citations) and all(is_verbatim(citation) for citation in citations))
    for name, whole in (("support", False), ("support_in_paragraph", True)):
        checked = gaps(text, citations, question=question, whole=whole)
        scores[name] = sum(not missing for missing in checked) / len(checked) if checked else 0.0
    scores["supported"] = float(scores["support"] == 1.0)
    return scores


def is_verbatim(citation: Cited) -> bool:
    """Whether the quote is not empty, stands at its place in the text, and the text in the source."""
    return (
        bool(citation.quote)
        and citation.text[citation.start : citation.end] == citation.quote
        and citation.in_source
    )
