"""Join the measures of one question in one figure: is the answer right?

    right = 1  where the question can be answered, and the reply answers, holds every key fact and no
               forbidden one, cites at least one gold clause, and quotes it verbatim;
    right = 1  where it can't be answered, and the reply refuses with an accepted reason;
    right = 0  otherwise, a failed request among them.

The headline is the mean of `right` over all questions. `signable`, reported apart, asks more of an answer:
every statement carried by its quotes, and no citation outside the gold clauses.
"""

from __future__ import annotations

from collections.abc import Mapping


def headline_scores(scores: Mapping[str, float], *, answerable: bool) -> dict[str, float]:
    """Return `right` and `signable` of a question from its other measures; an absent one forbids nothing."""
    if not answerable:
        right = scores.get("refused") == 1.0 and scores.get("reason_right") == 1.0
        return {"right": float(right), "signable": float(right)}
    right = scores.get("falsely_refused") == 0.0 and all(
        scores.get(name, 1.0) == 1.0 for name in ("all_facts", "nothing_forbidden", "gold_cited", "verbatim")
    )
    signable = right and scores.get("supported", 1.0) == 1.0 and scores.get("citation_precision", 1.0) == 1.0
    return {"right": float(right), "signable": float(signable)}
