"""Measure one record: every figure of a question under its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eval.answers import answer_scores
from eval.citations import citation_scores
from eval.headline import headline_scores
from eval.records import Record
from eval.refusals import refusal_scores
from eval.retrieval import retrieval_scores

LIST_KINDS = frozenset({"list", "tasks", "procedure"})
"""Kinds of question whose facts are the items of a list, so that completeness is asked of them."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure as people read it."""

    name: str
    label: str
    group: str
    better: int
    """1 where more is better, -1 where less is, 0 where neither."""
    percent: bool = True


METRICS = (
    Metric("right", "答对率（总指标）", "总指标", 1),
    Metric("signable", "可签发率（从严）", "总指标", 1),
    Metric("right_answerable", "可答题答对率", "总指标", 1),
    Metric("right_unanswerable", "不可答题答对率", "总指标", 1),
    Metric("hit@1", "首段命中", "检索", 1),
    Metric("hit@5", "前 5 段命中", "检索", 1),
    Metric("hit@10", "前 10 段命中", "检索", 1),
    Metric("recall@5", "Recall@5", "检索", 1),
    Metric("recall@10", "Recall@10", "检索", 1),
    Metric("mrr@10", "MRR@10", "检索", 1),
    Metric("ndcg@10", "nDCG@10", "检索", 1),
    Metric("all_facts", "要点齐全", "回答", 1),
    Metric("facts", "要点比例", "回答", 1),
    Metric("list_complete", "列举完整", "回答", 1),
    Metric("nothing_forbidden", "无禁用内容", "回答", 1),
    Metric("facts_and_gold", "要点齐全且引中", "回答", 1),
    Metric("length", "回答字数", "回答", 0, percent=False),
    Metric("gold_cited", "引中标准条款", "引文", 1),
    Metric("citation_precision", "引文精确率", "引文", 1),
    Metric("citation_recall", "引文召回率", "引文", 1),
    Metric("verbatim", "引文逐字一致", "引文", 1),
    Metric("support", "有据陈述比例", "引文", 1),
    Metric("supported", "全部陈述有据", "引文", 1),
    Metric("support_in_paragraph", "有据陈述比例（整段）", "引文", 1),
    Metric("refused", "该拒则拒（召回）", "拒答", 1),
    Metric("refusal_due", "拒得有理（精确）", "拒答", 1),
    Metric("reason_right", "拒答理由相符", "拒答", 1),
    Metric("falsely_refused", "误拒率", "拒答", -1),
    Metric("failed", "请求失败", "运行", -1),
    Metric("latency_ms", "平均用时（毫秒）", "运行", -1, percent=False),
)
BY_NAME: Mapping[str, Metric] = {metric.name: metric for metric in METRICS}


def scores_of(record: Record) -> dict[str, float]:
    """Return the measures that apply to a record; a measure that doesn't apply is absent."""
    question, reply = record.question, record.reply
    scores = {"failed": float(reply is None)}
    scores.update(retrieval_scores(record.passages, question.gold, any_gold=question.any_gold))
    complete = question.kind in LIST_KINDS
    answered = reply is not None and reply.answered
    text = reply.text if reply is not None and reply.answered else ""
    if question.answerable or answered:
        scores.update(
            answer_scores(text, facts=question.facts, forbidden=question.forbidden, complete=complete)
        )
    if reply is not None:
        scores["latency_ms"] = record.latency_ms
        scores.update(refusal_scores(question, reply))
        if reply.answered:
            scores.update(
                citation_scores(
                    text,
                    reply.citations,
                    question.gold,
                    question=question.question,
                    any_gold=question.any_gold,
                )
            )
    if question.answerable and question.gold and not answered:
        scores["gold_cited"] = scores["citation_recall"] = 0.0
    if question.answerable:
        held = scores.get("all_facts", 1.0) == 1.0 and scores.get("gold_cited", 1.0) == 1.0
        scores["facts_and_gold"] = float(answered and held)
    scores.update(headline_scores(scores, answerable=question.answerable))
    scores["right_answerable" if question.answerable else "right_unanswerable"] = scores["right"]
    return scores
