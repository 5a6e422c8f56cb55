"""Lay figures out in tables: for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.bootstrap import Interval
from eval.metrics import BY_NAME, METRICS
from eval.summary import Means, Summary

KIND_LABELS: Mapping[str, str] = {
    "figure": "数字",
    "deadline": "时限",
    "office": "部门",
    "list": "列举",
    "tasks": "任务",
    "procedure": "流程",
    "yesno": "是否",
    "definition": "释义",
    "target": "目标",
    "compare": "比较",
    "metadata": "文件信息",
    "count": "计数",
    "false_premise": "错误前提",
    "near_miss": "似是而非",
    "absent": "未载",
    "out_of_domain": "领域之外",
    "unsafe": "不当请求",
    "followup": "追问",
    "ambiguous": "未指明",
    "fact": "一般",
}
GROUP_LABELS: Mapping[str, str] = {
    "kind": "按题型",
    "lang": "按语言",
    "style": "按问法",
    "document": "按文件",
    "split": "按部分",
}
IN_GROUPS: Mapping[str, str] = {
    "right": "答对",
    "hit@5": "前 5 段命中",
    "all_facts": "要点全",
    "gold_cited": "引中",
    "citation_precision": "引文精确",
    "supported": "有据",
    "refused": "该拒则拒",
    "falsely_refused": "误拒",
}
"""The measures that a table by kind, language or document shows, under short names."""
_FIGURE_CHARS = 30
_WIDE = 240


@dataclass(frozen=True, slots=True)
class Table:
    """A title, a header and rows of text; the first column is a name, the others are figures."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """Return the table in Markdown, its title as a heading."""
        lines = [f"### {self.title}", "", "| " + " | ".join(_cell(cell) for cell in self.header) + " |"]
        lines.append("| --- |" + " ---: |" * (len(self.header) - 1))
        lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in self.rows]
        return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def show(tables: Iterable[Table]) -> None:
    """Print tables in the terminal; figures are never cut, words wrap."""
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table as Printed

    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDE)
    for table in tables:
        printed = Printed(
            title=escape(table.title), title_justify="left", header_style="bold", box=box.SIMPLE_HEAD
        )
        fits = _width(table) <= console.width
        for place, name in enumerate(table.header):
            figure = all(len(row[place]) <= _FIGURE_CHARS for row in table.rows)
            printed.add_column(
                escape(name),
                justify="right" if figure and place else "left",
                no_wrap=figure and fits,
                overflow="fold",
            )
        for row in table.rows:
            printed.add_row(*(escape(cell) for cell in row))
        console.print(printed)


def _width(table: Table) -> int:
    """Return the characters that the table takes when no figure is cut and words wrap."""
    from rich.cells import cell_len

    columns = zip(table.header, *table.rows, strict=True)
    return sum(min(max(map(cell_len, column)), _FIGURE_CHARS) + 2 for column in columns) + 2


def shown(name: str, value: float) -> str:
    """Return a measure's value as people read it: `93.1%`, `41.2`."""
    return f"{value * 100:.1f}%" if name not in BY_NAME or BY_NAME[name].percent else f"{value:.1f}"


def shown_range(name: str, mean: Interval) -> str:
    """Return an interval as people read it: `90.2–95.4%`."""
    if name in BY_NAME and not BY_NAME[name].percent:
        return f"{mean.low:.1f}–{mean.high:.1f}"
    return f"{mean.low * 100:.1f}–{mean.high * 100:.1f}%"


def shown_p(p: float) -> str:
    """Return a p value as people read it."""
    return "p<0.001" if p < 0.001 else f"p={p:.3f}"


def label_of(group: str, value: str) -> str:
    """Return the name of a group's value: the Chinese word for a kind, the value itself otherwise."""
    return KIND_LABELS.get(value, value) if group == "kind" else value


def overall_table(summary: Summary) -> Table:
    """Return all measures of a run."""
    rows = [
        (
            BY_NAME[name].group,
            BY_NAME[name].label,
            shown(name, mean.mean),
            shown_range(name, mean),
            str(mean.n),
        )
        for name, mean in summary.overall.items()
    ]
    latency = summary.latency
    rows.append(
        (
            "运行",
            "用时 p50 / p90 / p99（毫秒）",
            f"{latency.p50:.1f}",
            f"{latency.p90:.1f} / {latency.p99:.1f}",
            "",
        )
    )
    if summary.calibration:
        auc = summary.calibration.auc
        rows.append(
            ("拒答", "置信度 AUC", "—" if auc is None else f"{auc:.3f}", "", str(summary.calibration.n))
        )
        rows.append(
            ("拒答", "校准误差 ECE", f"{summary.calibration.error:.3f}", "", str(summary.calibration.n))
        )
    order = {group: place for place, group in enumerate(dict.fromkeys(metric.group for metric in METRICS))}
    rows.sort(key=lambda row: order[row[0]])
    title = f"{summary.name}：{summary.questions} 题，索引 {summary.index_version or '未知'}"
    return Table(title, ("", "指标", "均值", "95% 区间", "题数"), tuple(rows))


def group_table(summary: Summary, group: str) -> Table:
    """Return the main measures by one group: kind, language, style, document or split."""
    rows = []
    for value, found in summary.groups[group].items():
        cells = [shown(name, found[name].mean) if name in found else "—" for name in IN_GROUPS]
        rows.append((label_of(group, value), str(_count(found)), *cells))
    header = ("", "题数", *IN_GROUPS.values())
    return Table(GROUP_LABELS[group], header, tuple(rows))


def summary_tables(summary: Summary, groups: Sequence[str] = ("kind", "lang", "document")) -> list[Table]:
    """Return what `run` prints: all measures, then the main ones by group."""
    return [overall_table(summary), *(group_table(summary, group) for group in groups)]


def _count(means: Means) -> int:
    return means["right"].n if "right" in means else 0
