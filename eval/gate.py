"""Hold a run to thresholds, and to a stored baseline: what must be reached, what must not be lost."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from eval.errors import EvaluationError
from eval.metrics import BY_NAME
from eval.summary import Means, Summary
from eval.tables import Table, label_of, shown

DEFAULT_CONFIG = Path(__file__).parent / "gate.toml"
DEFAULT_BASELINE = Path(__file__).parent / "baseline.json"
LATENCY = ("p50_ms", "p90_ms", "p99_ms")
Rule = Literal["at_least", "at_most", "lose_at_most"]
_RULES: tuple[Rule, ...] = ("at_least", "at_most", "lose_at_most")
_GROUPS = ("kind", "lang", "style", "document", "split")


class GateError(EvaluationError):
    """A file of the gate can't be used; the message names it, what was found and what was expected."""


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class Limits:
    """Limits for one measure."""

    at_least: float | None = None
    at_most: float | None = None
    lose_at_most: float | None = None
    """How much worse than the baseline the mean may be, in the measure's own unit."""


Gate = Mapping[str, Limits]
"""Limits by measure (`right`), by measure in a group (`refused/kind=near_miss`), or by latency (`p50_ms`)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One limit held against a run."""

    measure: str
    rule: Rule
    limit: float
    found: float | None
    """None where the run has no such figure, which fails: a gate must not pass for want of questions."""
    baseline: float | None = None

    @property
    def passed(self) -> bool:
        """Whether the limit holds; limits are inclusive."""
        if self.found is None:
            return False
        slack = 1e-9
        if self.rule == "at_least":
            return self.found >= self.limit - slack
        if self.rule == "at_most":
            return self.found <= self.limit + slack
        if self.baseline is None:
            return True
        name = _name(self.measure)
        better = -1 if self.measure in LATENCY else BY_NAME[name].better
        return (self.baseline - self.found) * better <= self.limit + slack

    @property
    def reason(self) -> str:
        """Say in a sentence what was found and what was expected."""
        name = _label(self.measure)
        if self.found is None:
            return f"{name}：这次评测里没有这个数，不能放行"
        found, limit = _shown(self.measure, self.found), _shown(self.measure, self.limit)
        if self.rule == "at_least":
            return f"{name}：{found}，应不低于 {limit}"
        if self.rule == "at_most":
            return f"{name}：{found}，应不高于 {limit}"
        if self.baseline is None:
            return f"{name}：{found}，基线里没有，无从比较"
        return f"{name}：{found}，基线是 {_shown(self.measure, self.baseline)}，至多允许退步 {limit}"


def load_gate(file: Path) -> Gate:
    """Read a gate's file: a table `[limits]` with a row for each measure. Raises `GateError`."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise GateError(f"门槛文件 {file} 读不出来：{error}") from error
    try:
        gate = TypeAdapter(dict[str, Limits]).validate_python(content.get("limits", {}))
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(str(part) for part in first["loc"])
        raise GateError(f"{file} 的 limits/{where}：{first['msg']}") from error
    if not gate:
        raise GateError(f"{file} 里没有 [limits]，这样的门槛什么也挡不住")
    for measure in gate:
        _known(measure, file)
    return gate


def check(summary: Summary, gate: Gate, baseline: Mapping[str, float] | None = None) -> list[Check]:
    """Hold `summary` against every limit; without a baseline, regressions can't be judged and pass."""
    found = figures(summary)
    earlier = baseline or {}
    checks: list[Check] = []
    for measure, limits in gate.items():
        for rule in _RULES:
            limit: float | None = getattr(limits, rule)
            if limit is not None:
                checks.append(Check(measure, rule, limit, found.get(measure), earlier.get(measure)))
    return checks


def figures(summary: Summary) -> dict[str, float]:
    """Return every figure of a run by the name that a gate calls it."""
    found = _means(summary.overall)
    for group, values in summary.groups.items():
        for value, means in values.items():
            found |= {f"{name}/{group}={value}": mean for name, mean in _means(means).items()}
    latency = summary.latency
    return found | dict(zip(LATENCY, (latency.p50, latency.p90, latency.p99), strict=True))


def _means(means: Means) -> dict[str, float]:
    return {name: mean.mean for name, mean in means.items()}


def save_baseline(file: Path, summary: Summary) -> None:
    """Store a run's figures for later comparisons; latencies stay out, for they belong to a machine."""
    kept = {
        name: round(value, 6)
        for name, value in figures(summary).items()
        if name not in LATENCY and _name(name) not in ("latency_ms", "length")
    }
    content = {"run": summary.name, "questions": summary.questions, "figures": kept}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load_baseline(file: Path) -> dict[str, float]:
    """Read what `save_baseline` wrote. Raises `GateError`."""
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
        return TypeAdapter(dict[str, float]).validate_python(content["figures"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GateError(f"基线 {file} 读不出来：{error}") from error


def gate_table(checks: list[Check]) -> Table:
    """Return all checks, the failed ones first."""
    rows = [
        ("通过" if check.passed else "不通过", check.reason)
        for check in sorted(checks, key=lambda c: c.passed)
    ]
    failed = sum(not check.passed for check in checks)
    return Table(f"门槛 {len(checks)} 条，{failed} 条不通过", ("", "找到什么，应是什么"), tuple(rows))


def _known(measure: str, file: Path) -> None:
    name, _, group = measure.partition("/")
    right_group = not group or group.partition("=")[0] in _GROUPS
    if (name not in BY_NAME and measure not in LATENCY) or not right_group:
        raise GateError(
            f"{file} 里的 {measure} 不认识：应是 {'、'.join((*BY_NAME, *LATENCY))} 之一，"
            f"后面可接 /组=值，如 refused/kind=near_miss"
        )


def _name(measure: str) -> str:
    return measure.partition("/")[0]


def _label(measure: str) -> str:
    if measure in LATENCY:
        return f"用时 {measure.removesuffix('_ms')}"
    name, _, group = measure.partition("/")
    kind, _, value = group.partition("=")
    return f"{BY_NAME[name].label}（{label_of(kind, value)}）" if group else BY_NAME[name].label


def _shown(measure: str, value: float) -> str:
    return f"{value:.1f} 毫秒" if measure in LATENCY else shown(_name(measure), value)
