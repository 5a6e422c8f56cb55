"""Set two runs side by side: paired differences, and the questions that flipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.bootstrap import Difference, difference
from eval.metrics import BY_NAME, METRICS, scores_of
from eval.records import Record, Run, RunError, by_id
from eval.tables import Table, label_of, shown, shown_p

# Whether a refusal was due is the question's own property: where both refuse there is nothing to compare.
_UNPAIRED = frozenset({"refusal_due"})
SURE = 0.05
"""A difference with p below this is called significant."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One question in both runs, with its measures."""

    before: Record
    after: Record
    scores_before: Mapping[str, float]
    scores_after: Mapping[str, float]

    def flipped(self) -> int:
        """Return 1 where the answer became right, -1 where it became wrong, 0 where it stayed."""
        return int(self.scores_after["right"] - self.scores_before["right"])


@dataclass(frozen=True, slots=True)
class Comparison:
    """Run B against run A, over the questions that both asked."""

    before: str
    after: str
    pairs: tuple[Pair, ...]
    left_out: int
    """Questions that only one of the runs asked."""
    differences: Mapping[str, Difference]
    by_kind: Mapping[str, Difference]
    """Differences of the headline, by kind of question."""

    @property
    def better(self) -> tuple[Pair, ...]:
        """Questions that became right."""
        return tuple(pair for pair in self.pairs if pair.flipped() > 0)

    @property
    def worse(self) -> tuple[Pair, ...]:
        """Questions that became wrong."""
        return tuple(pair for pair in self.pairs if pair.flipped() < 0)


def compare(before: Run, after: Run) -> Comparison:
    """Pair two runs by question id; raises `RunError` where they share none or a question was reworded."""
    earlier, later = by_id(before.records), by_id(after.records)
    shared = [identity for identity in earlier if identity in later]
    if not shared:
        raise RunError(f"{before.name} 与 {after.name} 没有相同的题")
    for identity in shared:
        if earlier[identity].question.question != later[identity].question.question:
            raise RunError(f"{identity} 在两次评测里问法不同，不能逐题对比")
    pairs = tuple(
        Pair(earlier[identity], later[identity], scores_of(earlier[identity]), scores_of(later[identity]))
        for identity in shared
    )
    kinds = dict.fromkeys(pair.after.question.kind for pair in pairs)
    by_kind = {
        kind: _difference("right", [pair for pair in pairs if pair.after.question.kind == kind])
        for kind in kinds
    }
    differences = {
        metric.name: _difference(metric.name, pairs) for metric in METRICS if metric.name not in _UNPAIRED
    }
    return Comparison(
        before.name,
        after.name,
        pairs,
        len(earlier) + len(later) - 2 * len(shared),
        {name: change for name, change in differences.items() if change},
        {kind: change for kind, change in by_kind.items() if change},
    )


def _difference(name: str, pairs: Sequence[Pair]) -> Difference | None:
    """Compare where the measure applies on both sides: a refusal has no citation precision."""
    both = [
        (pair.scores_before[name], pair.scores_after[name])
        for pair in pairs
        if name in pair.scores_before and name in pair.scores_after
    ]
    return difference([before for before, _ in both], [after for _, after in both])


def comparison_tables(comparison: Comparison, *, flips: int | None = None) -> list[Table]:
    """Return the differences and, side by side, the questions that flipped; at most `flips` each way."""
    rows = []
    for name, change in comparison.differences.items():
        metric = BY_NAME[name]
        means = [
            sum(values) / len(values)
            for values in zip(
                *(
                    (pair.scores_before[name], pair.scores_after[name])
                    for pair in comparison.pairs
                    if name in pair.scores_before and name in pair.scores_after
                ),
                strict=True,
            )
        ]
        rows.append(
            (
                metric.label,
                shown(name, means[0]),
                shown(name, means[1]),
                _signed(name, change.mean),
                f"{_signed(name, change.low)} … {_signed(name, change.high)}",
                shown_p(change.p),
                verdict(name, change),
                str(change.n),
            )
        )
    header = ("指标", "A", "B", "差", "95% 区间", "p", "结论", "题数")
    title = f"A = {comparison.before}，B = {comparison.after}，同题 {len(comparison.pairs)}"
    if comparison.left_out:
        title += f"（另有 {comparison.left_out} 题只在一边，未计）"
    kinds = tuple(
        (label_of("kind", kind), _signed("right", c.mean), shown_p(c.p), verdict("right", c), str(c.n))
        for kind, c in comparison.by_kind.items()
    )
    return [
        Table(title, header, tuple(rows)),
        Table("总指标按题型", ("", "差", "p", "结论", "题数"), kinds),
        _flips("由错变对", comparison.better, flips),
        _flips("由对变错", comparison.worse, flips),
    ]


def verdict(name: str, change: Difference) -> str:
    """Say in a word what a difference means."""
    if change.p >= SURE:
        return "无显著差别"
    better = change.mean * BY_NAME[name].better
    return "变好" if better > 0 else "变差" if better < 0 else "有变化"


def reply_text(record: Record) -> str:
    """Return what came back for a question, as one reads it."""
    if record.reply is None:
        return f"（请求失败：{record.error}）"
    return record.reply.text if record.reply.answered else f"（拒答）{record.reply.text}"


def _flips(title: str, pairs: Sequence[Pair], most: int | None) -> Table:
    rows = tuple(
        (
            pair.after.question.id,
            pair.after.question.question,
            reply_text(pair.before),
            reply_text(pair.after),
        )
        for pair in pairs[:most]
    )
    return Table(f"{title}：{len(pairs)} 题", ("题", "问题", "A 的回答", "B 的回答"), rows)


def _signed(name: str, value: float) -> str:
    return f"{value * 100:+.1f}" if BY_NAME[name].percent else f"{value:+.1f}"
