"""Draw how often questions are answerable against how probable the refusal model held that to be."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

_SIDE = 320
_LEFT, _TOP, _COUNTS, _GAP = 56, 44, 70, 20
_INK, _FAINT, _BLUE, _RED = "#222222", "#c8ccd2", "#1b4f93", "#b3261e"


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like probability."""

    probability: float
    """Mean of what the model said."""
    share: float
    """How many of them are answerable, 0 to 1."""
    low: float
    high: float
    """Wilson interval of `share`, 95 %."""
    n: int


def bins_of(
    probabilities: NDArray[np.float64], answerable: NDArray[np.bool_], *, bins: int = 10
) -> tuple[Bin, ...]:
    """Return bins of equal width from 0 to 1, 1 belonging to the last one, empty ones left out."""
    if probabilities.shape != answerable.shape or probabilities.ndim != 1:
        raise ValueError(
            f"expected two rows of one length, found {probabilities.shape} and {answerable.shape}"
        )
    place = np.clip((probabilities * bins).astype(int), 0, bins - 1)
    found = []
    for number in range(bins):
        here = place == number
        n = int(here.sum())
        if n:
            share = float(answerable[here].mean())
            found.append(Bin(float(probabilities[here].mean()), share, *wilson(share, n), n))
    return tuple(found)


def wilson(share: float, n: int, *, z: float = 1.96) -> tuple[float, float]:
    """Return the Wilson score interval of a share seen in `n` trials."""
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance of probability and share, weighted by the number of questions."""
    total = sum(one.n for one in bins)
    return sum(abs(one.probability - one.share) * one.n for one in bins) / total if total else 0.0


def diagram(bins: Sequence[Bin], *, threshold: float | None = None) -> str:
    """Return the reliability diagram as SVG: shares with their intervals, and below them the counts.

    A dashed line marks `threshold`.
    """
    width, height = _LEFT + _SIDE + 20, _TOP + _SIDE + _GAP + _COUNTS + 46
    floor = _TOP + _SIDE
    base = floor + _GAP + _COUNTS
    most = max((one.n for one in bins), default=1)

    def x(value: float) -> float:
        return _LEFT + value * _SIDE

    def y(value: float) -> float:
        return floor - value * _SIDE

    total = sum(one.n for one in bins)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="sans-serif" font-size="11" fill="{_INK}">',
        f"<title>Reliability diagram of the refusal model, {total} questions</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        _text(_LEFT, 18, "Answerable questions by predicted probability", size=13),
        _text(
            _LEFT,
            34,
            f"{total} cross-fitted questions, calibration error {calibration_error(bins):.3f}",
            color="#555555",
        ),
    ]
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        parts += [
            _line(x(0), y(tick), x(1), y(tick), color=_FAINT, thin=True),
            _text(_LEFT - 8, y(tick) + 4, f"{tick:.1f}", anchor="end"),
            _text(x(tick), base + 16, f"{tick:.1f}", anchor="middle"),
        ]
    parts.append(_line(x(0), y(0), x(1), y(1), color="#888888", dashed=True))
    if threshold is not None:
        parts += [
            _line(x(threshold), _TOP, x(threshold), base, color=_RED, dashed=True),
            _text(x(threshold) + 5, _TOP + 12, f"refused below {threshold:.2f}", color=_RED),
        ]
    points = " ".join(f"{x(one.probability):.1f},{y(one.share):.1f}" for one in bins)
    parts.append(f'<polyline points="{points}" fill="none" stroke="{_BLUE}" stroke-width="1.5"/>')
    bar = _SIDE / max(len(bins), 10) * 0.7
    for one in bins:
        at = x(one.probability)
        tall = one.n / most * _COUNTS
        parts += [
            _line(at, y(one.low), at, y(one.high), color=_BLUE),
            f'<circle cx="{at:.1f}" cy="{y(one.share):.1f}" r="4" fill="{_BLUE}">'
            f"<title>said {one.probability:.3f}, found {one.share:.3f}, {one.n} questions</title></circle>",
            f'<rect x="{at - bar / 2:.1f}" y="{base - tall:.1f}" width="{bar:.1f}" height="{tall:.1f}" '
            f'fill="{_BLUE}" opacity="0.35"/>',
            _text(at, base - tall - 3, str(one.n), anchor="middle", color="#555555", size=9),
        ]
    parts += [
        _line(x(0), base, x(1), base, color=_INK),
        _text(x(0.5), base + 34, "predicted probability", anchor="middle"),
        f'<text transform="translate(14 {y(0.5)}) rotate(-90)" text-anchor="middle">share answerable</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _text(x: float, y: float, words: str, *, anchor: str = "start", color: str = _INK, size: int = 11) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}" font-size="{size}">{words}</text>'


def _line(
    x1: float, y1: float, x2: float, y2: float, *, color: str, dashed: bool = False, thin: bool = False
) -> str:
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" '
        f'stroke-width="{0.6 if thin else 1.3}"{dashes}/>'
    )


def main(
    probabilities: Annotated[Path, typer.Argument(help="ranking 阶段写出的 confidence.npz（数组 p、y）")],
    reranker: Annotated[Path, typer.Argument(help="重排模型的文件夹，图写在其中")] = Path("models/reranker"),
) -> None:
    """画出拒答模型的可靠性图：reliability.svg。"""
    with np.load(probabilities) as arrays:
        bins = bins_of(arrays["p"].astype(np.float64), arrays["y"].astype(np.bool_))
    threshold = json.loads((reranker / "calibration.json").read_text("utf-8"))["threshold"]
    (reranker / "reliability.svg").write_text(diagram(bins, threshold=threshold), "utf-8")
    typer.echo("| 概率（均值） | 可答的比例 | 95% 区间 | 题数 |\n| ---: | ---: | --- | ---: |")
    for one in bins:
        typer.echo(f"| {one.probability:.3f} | {one.share:.3f} | {one.low:.3f}–{one.high:.3f} | {one.n} |")
    typer.echo(f"\n校准误差 {calibration_error(bins):.3f}，{sum(one.n for one in bins)} 题")


if __name__ == "__main__":
    typer.run(main)
