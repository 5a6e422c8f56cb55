"""Write a run up as one self-contained HTML page, as Markdown and as JSON."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval.addresses import meets
from eval.bootstrap import Interval
from eval.compare import compare as compare_runs
from eval.compare import comparison_tables
from eval.metrics import BY_NAME
from eval.outcomes import OUTCOMES, Judged, judge
from eval.plots import calibration_plot, count_plot, latency_plot, share_plot
from eval.records import Cited, Found, Run
from eval.summary import Summary, summarise
from eval.tables import (
    KIND_LABELS,
    Table,
    group_table,
    label_of,
    overall_table,
    shown,
    shown_range,
)

TEMPLATES = Path(__file__).parent / "templates"
GROUPS = ("kind", "lang", "style", "document", "split")
_CARDS = (
    "right_answerable",
    "right_unanswerable",
    "signable",
    "hit@5",
    "citation_precision",
    "verbatim",
    "supported",
    "list_complete",
    "falsely_refused",
)


@dataclass(frozen=True, slots=True)
class Card:
    """A figure at the head of the page."""

    label: str
    value: str
    range: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the page, the Markdown and the JSON show of a run."""

    run: Run
    summary: Summary
    judged: tuple[Judged, ...]
    """The gravest fault first, answers that are right at the end; the set's order within each."""
    against: tuple[Table, ...]
    """The comparison with an earlier run, where one was given."""

    @property
    def outcomes(self) -> dict[str, int]:
        """How many questions ended in each way, by label, the gravest first; ways that none took left out."""
        counts = Counter(judged.outcome.name for judged in self.judged)
        return {outcome.label: counts[name] for name, outcome in OUTCOMES.items() if counts[name]}


def make_report(run: Run, *, before: Run | None = None) -> Report:
    """Judge every record of `run`, and compare it with an earlier run where one is given."""
    judged = sorted((judge(record) for record in run.records), key=lambda one: one.outcome.rank)
    against = tuple(comparison_tables(compare_runs(before, run))) if before is not None else ()
    return Report(run, summarise(run), tuple(judged), against)


def html(report: Report) -> str:
    """Return the page. It loads nothing, and its policy lets nothing run but its own script."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["mark_quote"] = mark_quote
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8").strip()
    summary = report.summary
    return environment.get_template("report.html").render(
        report=report,
        summary=summary,
        headline=summary.overall.get("right"),
        shown=shown,
        shown_range=shown_range,
        cards=_cards(summary),
        plots=_plots(report),
        overall=overall_table(summary),
        groups=[group_table(summary, group) for group in GROUPS if len(summary.groups[group]) > 1],
        kinds=[(kind, label_of("kind", kind)) for kind in summary.groups["kind"]],
        langs=list(summary.groups["lang"]),
        documents=list(summary.groups["document"]),
        outcomes=[o for o in OUTCOMES.values() if o.label in report.outcomes],
        kind_label=lambda kind: KIND_LABELS.get(kind, kind),
        cited_gold=_in_gold,
        style=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def markdown(report: Report, *, worst: int = 20) -> str:
    """Return the figures, and the `worst` questions with answer and gold beside each other."""
    summary = report.summary
    parts = [
        f"# 评测报告：{summary.name}\n",
        overall_table(summary).markdown(),
        *(group_table(summary, group).markdown() for group in GROUPS if len(summary.groups[group]) > 1),
        Table("结果", ("", "题数"), tuple((name, str(n)) for name, n in report.outcomes.items())).markdown(),
        *(table.markdown() for table in report.against),
    ]
    rows = tuple(
        (
            judged.record.question.id,
            judged.outcome.label,
            judged.record.question.question,
            judged.record.reply.text if judged.record.reply else judged.record.error or "",
            "；".join(f"{gold.document} {gold.clause or '标题部分'}" for gold in judged.record.question.gold),
        )
        for judged in report.judged[:worst]
        if judged.outcome.name != "right"
    )
    parts.append(Table(f"最差的 {len(rows)} 题", ("题", "结果", "问题", "回答", "标准条款"), rows).markdown())
    return "\n".join(parts)


def plain(report: Report) -> dict[str, Any]:
    """Return the figures and each question's measures as JSON-like values."""
    questions = [
        {
            "id": judged.record.question.id,
            "outcome": judged.outcome.name,
            "scores": dict(judged.scores),
            "missing_facts": list(judged.missing_facts),
            "forbidden_facts": list(judged.forbidden_facts),
            "gaps": [{"what": gap.what, "words": gap.words} for gap in judged.gaps],
        }
        for judged in report.judged
    ]
    return {"summary": report.summary.as_plain(), "outcomes": report.outcomes, "questions": questions}


def mark_quote(citation: Cited) -> Markup:
    """Return a citation's text with its quote marked, everything escaped."""
    text, start, end = citation.text, citation.start, citation.end
    if not 0 <= start < end <= len(text):
        return Markup("{}").format(text)
    return Markup("{}<mark>{}</mark>{}").format(text[:start], text[start:end], text[end:])


def _in_gold(item: Cited | Found, judged: Judged) -> bool:
    return any(meets(item.document_id, item.address, gold) for gold in judged.record.question.gold)


def _cards(summary: Summary) -> list[Card]:
    cards = [
        Card(BY_NAME[name].label, shown(name, mean.mean), shown_range(name, mean))
        for name in _CARDS
        if (mean := summary.overall.get(name)) is not None
    ]
    latency = summary.latency
    return [*cards, Card("用时 p50", f"{latency.p50:.0f} 毫秒", f"p99 {latency.p99:.0f} 毫秒")]


def _plots(report: Report) -> list[tuple[str, Markup]]:
    """Return (title, SVG); the SVG's words come from labels and kinds, escaped by the plotting library."""
    summary = report.summary
    kinds: dict[str, Interval] = {
        label_of("kind", kind): means["right"] for kind, means in summary.groups["kind"].items()
    }
    faults = {label: n for label, n in report.outcomes.items() if label != OUTCOMES["right"].label}
    plots = [("总指标按题型，线段是 95% 区间", share_plot("按题型", kinds))]
    if faults:
        plots.append(("错在哪里", count_plot("错误", faults)))
    if summary.calibration is not None:
        plots.append(
            ("置信度可信吗（点旁是题数，虚线是理想）", calibration_plot("校准", summary.calibration))
        )
    times: Sequence[float] = [r.latency_ms for r in report.run.records if r.reply is not None]
    if times:
        plots.append(("一题要等多久", latency_plot("用时", times)))
    return [(title, Markup(svg)) for title, svg in plots]
