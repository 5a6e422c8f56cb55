"""The measures of one question, on numbers that a reader can check by hand."""

from __future__ import annotations

from dataclasses import replace
from math import log2

import pytest

from eval.answers import answer_scores
from eval.calibration import calibration
from eval.citations import citation_scores
from eval.metrics import scores_of
from eval.questions import Gold, Question
from eval.records import Cited, Found, Record, Reply
from eval.retrieval import retrieval_scores

GOLD = (Gold("plan", "一"), Gold("plan", "二"))


def found(*addresses: str) -> list[Found]:
    return [
        Found("plan", address, f"plan#p{rank}", "……", 1 / (rank + 1))
        for rank, address in enumerate(addresses)
    ]


def cited(
    quote: str, *, index: int = 1, address: str = "一", text: str | None = None, in_source: bool = True
) -> Cited:
    text = quote if text is None else text
    start = text.index(quote)
    return Cited(
        index=index,
        document_id="plan",
        address=address,
        paragraph_id="plan#p1",
        text=text,
        quote=quote,
        start=start,
        end=start + len(quote),
        in_source=in_source,
        document_title="青禾市晾晒场改造计划",
        region="青禾市",
        issued_on="2023-05-06",
    )


def test_retrieval_counts_each_gold_clause_once_at_its_first_rank() -> None:
    scores = retrieval_scores(found("三", "一/(一)", "一/(二)", "二"), GOLD)
    assert scores["hit@1"] == 0
    assert scores["hit@5"] == 1
    assert scores["recall@5"] == 1
    assert scores["mrr@10"] == 1 / 2
    best = 1 + 1 / log2(3)
    assert scores["ndcg@10"] == pytest.approx((1 / log2(3) + 1 / log2(5)) / best)


def test_retrieval_of_alternatives_needs_one_of_them() -> None:
    assert retrieval_scores(found("二"), GOLD)["recall@5"] == 1 / 2
    assert retrieval_scores(found("二"), GOLD, any_gold=True)["recall@5"] == 1


def test_retrieval_that_finds_nothing_scores_nothing() -> None:
    assert set(retrieval_scores([], GOLD).values()) == {0.0}
    assert retrieval_scores(found("一"), ()) == {}


def test_facts_are_counted_by_group() -> None:
    groups = (("3天", "三天"), ("80元",))
    scores = answer_scores("三天内办结，收费180元[1]。", facts=groups, forbidden=(("5天",),), complete=True)
    assert scores["facts"] == 1 / 2
    assert scores["all_facts"] == scores["list_complete"] == 0
    assert scores["nothing_forbidden"] == 1
    assert scores["length"] == len("三天内办结，收费180元。")


def test_citations_are_measured_against_gold() -> None:
    citations = [cited("补助80元", address="一/1"), cited("补助90元", index=2, address="三")]
    scores = citation_scores("补助80元[1]。补助90元[2]。", citations, GOLD, question="")
    assert scores["citation_precision"] == 1 / 2
    assert scores["citation_recall"] == 1 / 2
    assert scores["gold_cited"] == scores["verbatim"] == scores["supported"] == 1


@pytest.mark.parametrize(
    "broken",
    [
        cited("补助80元", in_source=False),
        replace(cited("补助80元"), start=1, end=5),
        replace(cited("补助80元"), quote="", start=0, end=0),
    ],
)
def test_a_citation_that_is_not_the_source_is_not_verbatim(broken: Cited) -> None:
    assert citation_scores("补助80元[1]。", [broken], GOLD, question="")["verbatim"] == 0


QUESTION = Question(
    id="a-1",
    question="晾晒场补助多少",
    kind="figure",
    answerable=True,
    gold=(Gold("plan", "一"),),
    facts=(("80元",),),
    forbidden=(("90元",),),
)
ANSWER = Reply("补助80元[1]。", answered=True, citations=(cited("补助80元"),), confidence=0.9)
REFUSAL = Reply("没有写到。", answered=False, reason="no_evidence", confidence=0.2)
NEAR_MISS = Question(
    id="a-2", question="晒谷场补助多少", kind="near_miss", answerable=False, refusal=("no_evidence",)
)


def record(question: Question, reply: Reply | None) -> Record:
    return Record(question, reply, tuple(found("一")), 5.0, None if reply else "Timeout: ")


def test_an_answer_is_right_when_all_holds() -> None:
    scores = scores_of(record(QUESTION, ANSWER))
    assert scores["right"] == scores["signable"] == scores["right_answerable"] == 1
    assert scores["falsely_refused"] == 0
    assert "refused" not in scores and "refusal_due" not in scores


@pytest.mark.parametrize(
    "reply",
    [
        replace(ANSWER, text="补助8元[1]。"),
        replace(ANSWER, text="补助80元，不是90元[1]。"),
        replace(ANSWER, citations=(cited("补助80元", address="二"),)),
        replace(ANSWER, citations=(cited("补助80元", in_source=False),)),
        replace(ANSWER, citations=()),
        REFUSAL,
        None,
    ],
)
def test_an_answer_is_wrong_when_one_thing_fails(reply: Reply | None) -> None:
    assert scores_of(record(QUESTION, reply))["right"] == 0


def test_an_answer_with_one_more_claim_is_right_but_not_signable() -> None:
    scores = scores_of(record(QUESTION, replace(ANSWER, text="补助80元，共12次[1]。")))
    assert scores["right"] == 1
    assert scores["signable"] == 0


def test_a_refusal_is_right_where_it_is_due_and_says_why() -> None:
    scores = scores_of(record(NEAR_MISS, REFUSAL))
    assert scores["right"] == scores["refused"] == scores["refusal_due"] == scores["reason_right"] == 1
    wrong = scores_of(record(NEAR_MISS, replace(REFUSAL, reason="unsafe")))
    assert wrong["right"] == 0 and wrong["refused"] == 1
    assert scores_of(record(NEAR_MISS, ANSWER))["right"] == 0


def test_a_false_refusal_counts_against_precision_and_cites_nothing() -> None:
    scores = scores_of(record(QUESTION, REFUSAL))
    assert scores["falsely_refused"] == 1
    assert scores["refusal_due"] == scores["gold_cited"] == scores["all_facts"] == 0


def test_confidence_is_calibrated_when_it_is_the_share_answerable() -> None:
    half = [
        record(QUESTION, replace(ANSWER, confidence=0.5)),
        record(NEAR_MISS, replace(REFUSAL, confidence=0.5)),
    ]
    result = calibration(half)
    assert result is not None
    assert result.error == 0 and result.auc == 0.5
    sure = calibration([record(QUESTION, ANSWER), record(NEAR_MISS, REFUSAL)])
    assert sure is not None
    assert sure.auc == 1 and sure.error == pytest.approx((0.1 + 0.2) / 2)
    assert calibration([record(QUESTION, None)]) is None
