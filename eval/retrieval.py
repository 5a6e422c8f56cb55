"""Measure what the search found against a question's gold clauses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from eval.addresses import meets
from eval.questions import Gold
from eval.records import Found

_MEASURES = {
    "hit@1": "Success@1",
    "hit@5": "Success@5",
    "hit@10": "Success@10",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "mrr@10": "RR@10",
    "ndcg@10": "nDCG@10",
}


def retrieval_scores(
    passages: Sequence[Found], gold: Sequence[Gold], *, any_gold: bool = False
) -> dict[str, float]:
    """Return the measures of one question; empty where it has no gold.

    Each gold clause is one relevant item, found at the first rank whose passage is the clause or lies in
    it; with `any_gold` they are one item together. A further passage of an item already found keeps its
    rank and gains nothing. Computed by ir-measures.
    """
    if not gold:
        return {}
    import ir_measures

    items = [[place] for place in gold] if not any_gold else [list(gold)]
    qrels = {"q": {_key(place): 1 for place in range(len(items))}}
    run = {"q": {key: float(len(passages) - rank) for rank, key in enumerate(_ranking(passages, items))}}
    if not passages:
        return dict.fromkeys(_MEASURES, 0.0)
    measured = ir_measures.calc_aggregate(list(_parsed().values()), qrels, run)
    return {name: float(measured[measure]) for name, measure in _parsed().items()}


def _ranking(passages: Sequence[Found], items: Sequence[Sequence[Gold]]) -> list[str]:
    # The most exact clause first, so that a passage counts for its own clause before one around it.
    exact_first = sorted(range(len(items)), key=lambda place: -max(g.clause.count("/") for g in items[place]))
    found: set[int] = set()
    keys: list[str] = []
    for rank, passage in enumerate(passages):
        met = [
            place
            for place in exact_first
            if place not in found
            and any(meets(passage.document_id, passage.address, gold) for gold in items[place])
        ]
        found.update(met[:1])
        keys.append(_key(met[0]) if met else f"other {rank}")
    return keys


def _key(place: int) -> str:
    return f"gold {place}"


@lru_cache(maxsize=1)
def _parsed() -> dict[str, Any]:
    import ir_measures

    return {name: ir_measures.parse_measure(measure) for name, measure in _MEASURES.items()}
