"""Draw figures as SVG that takes its colours and typeface from the page around it."""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from eval.bootstrap import Interval
from eval.calibration import Calibration

# Stand-ins that matplotlib can draw with, and what the page has in their place.
_COLOURS = {
    "#000001": "currentColor",
    "#000002": "var(--accent, #1d5fa8)",
    "#000003": "var(--rule, #c9ced6)",
    "#000004": "var(--bad, #b3261e)",
    "#000005": "var(--second, #c77700)",
    "#000006": "var(--third, #2e7d4f)",
}
INK, ACCENT, RULE, BAD, SECOND, THIRD = _COLOURS
SERIES = (ACCENT, SECOND, THIRD, BAD, INK)
_SIZE = 9.5


def share_plot(title: str, means: Mapping[str, Interval]) -> str:
    """Draw a share from 0 to 100 % for each name, with its interval; the first name stands on top."""
    names = list(means)
    figure, axes = _figure(width=6.4, height=0.9 + 0.27 * len(names), left=_room(names) + 0.1, right=0.95)
    for place, name in enumerate(reversed(names)):
        mean = means[name]
        axes.plot([mean.low * 100, mean.high * 100], [place, place], color=ACCENT, linewidth=3, alpha=0.35)
        axes.plot([mean.mean * 100], [place], "o", color=ACCENT, markersize=6, clip_on=False, zorder=3)
        axes.annotate(
            f"{mean.mean * 100:.0f}% / {mean.n} 题",
            (103, place),
            annotation_clip=False,
            va="center",
            fontsize=_SIZE - 1,
            color=INK,
        )
    axes.set_yticks(range(len(names)), [_literal(name) for name in reversed(names)])
    axes.set_xlim(0, 100)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_xticks(range(0, 101, 20), [f"{n}%" for n in range(0, 101, 20)])
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    return _svg(figure, title)


def count_plot(title: str, counts: Mapping[str, int]) -> str:
    """Draw a bar for each name, with its count; the first name stands on top."""
    names = list(counts)
    figure, axes = _figure(
        width=6.4, height=0.3 + 0.3 * len(names), left=_room(names) + 0.1, right=0.6, bottom=0.12
    )
    places = list(range(len(names)))[::-1]
    axes.barh(places, list(counts.values()), color=ACCENT, height=0.62)
    for place, count in zip(places, counts.values(), strict=True):
        axes.annotate(
            f"  {count}", (count, place), va="center", fontsize=_SIZE - 1, color=INK, annotation_clip=False
        )
    axes.set_yticks(places, [_literal(name) for name in names])
    axes.set_xlim(0, max(counts.values(), default=1) or 1)
    axes.xaxis.set_visible(False)
    return _svg(figure, title)


def calibration_plot(title: str, calibration: Calibration) -> str:
    """Draw how many questions of like confidence could be answered; a calibrated one keeps the diagonal."""
    figure, axes = _figure(width=6.4, height=4.4, left=0.62)
    axes.plot([0, 100], [0, 100], color=RULE, linewidth=1, linestyle="--")
    x = [b.confidence * 100 for b in calibration.bins]
    y = [b.answerable * 100 for b in calibration.bins]
    axes.plot(x, y, color=ACCENT, linewidth=1.2, alpha=0.5)
    biggest = max(b.n for b in calibration.bins)
    axes.scatter(x, y, s=[20 + 160 * b.n / biggest for b in calibration.bins], color=ACCENT, zorder=3)
    for b in calibration.bins:
        axes.annotate(
            str(b.n),
            (b.confidence * 100, b.answerable * 100),
            xytext=(7, -10),
            textcoords="offset points",
            fontsize=_SIZE - 2,
            color=INK,
        )
    _percent_axes(axes, "服务给的置信度", "其中可答的比例")
    return _svg(figure, title)


def latency_plot(title: str, times: Sequence[float]) -> str:
    """Draw the share of questions that were answered within a time."""
    figure, axes = _figure(width=6.4, height=4.4, left=0.62)
    ordered = np.sort(np.asarray(times, float))
    axes.step(ordered, np.arange(1, len(ordered) + 1) / len(ordered) * 100, where="post", color=ACCENT)
    for share in (50, 99):
        value = float(np.percentile(ordered, share))
        axes.plot([value, value], [0, share], color=RULE, linewidth=1)
        axes.annotate(
            f"p{share} {value:.0f} 毫秒",
            (value, share),
            xytext=(5, -12),
            textcoords="offset points",
            fontsize=_SIZE - 1,
            color=INK,
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_ylim(0, 102)
    axes.set_xlabel("毫秒（对数刻度）")
    axes.set_ylabel("在此时间内答完的题（%）")
    axes.grid(color=RULE, linewidth=0.5)
    return _svg(figure, title)


def line_plot(title: str, lines: Mapping[str, Sequence[tuple[float, float]]], *, x: str, y: str) -> str:
    """Draw lines of (x, y) points on logarithmic axes, named in a legend."""
    figure, axes = _figure(width=5.4, height=3.8, left=0.75)
    for place, (name, points) in enumerate(lines.items()):
        colour = SERIES[place % len(SERIES)]
        axes.plot(
            [p[0] for p in points], [p[1] for p in points], "o-", label=name, color=colour, markersize=4
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.minorticks_off()
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(color=RULE, linewidth=0.5)
    axes.legend(frameon=False, fontsize=_SIZE - 1, labelcolor=INK)
    return _svg(figure, title)


def standalone(svg: str) -> str:
    """Return a figure as a file of its own: readable on light and dark pages alike."""
    style = "<style>svg{color:#5b6470;font-family:sans-serif;background:none}</style>"
    return re.sub(r"(<svg\b[^>]*>)", lambda match: match[1] + style, svg, count=1)


def _figure(
    *, width: float, height: float, left: float, right: float = 0.25, bottom: float = 0.52
) -> tuple[Any, Any]:
    """Return an empty figure; sizes, and the room left, right and below the axes, are inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    figure.patch.set_alpha(0)
    top = 0.12
    axes = figure.add_axes(
        (left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height)
    )
    axes.patch.set_alpha(0)
    axes.tick_params(colors=INK, labelsize=_SIZE, length=0)
    axes.xaxis.label.set(color=INK, fontsize=_SIZE)
    axes.yaxis.label.set(color=INK, fontsize=_SIZE)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(RULE)
    return figure, axes


def _percent_axes(axes: Any, x: str, y: str) -> None:
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 103)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(range(0, 101, 20))
        axis.set_major_formatter(lambda value, _: f"{value:g}%")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(color=RULE, linewidth=0.5)


def _room(names: Sequence[str]) -> float:
    """Return the inches that the longest name takes: the page's typeface is not known here."""
    wide = max(
        (sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in name) for name in names),
        default=1.0,
    )
    return wide * _SIZE / 72 + 0.1


def _literal(words: str) -> str:
    """Return `words` as matplotlib shows them unchanged: a dollar sign would begin a formula."""
    return words.replace("$", r"\$")


def _svg(figure: Any, title: str) -> str:
    import matplotlib

    buffer = io.StringIO()
    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": title}
    with warnings.catch_warnings(), matplotlib.rc_context(settings):
        warnings.simplefilter("ignore", UserWarning)  # the page has the Chinese glyphs, matplotlib need not
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    for drawn, shown in _COLOURS.items():
        svg = svg.replace(drawn, shown)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: [^;\"]*;?\s*", "", svg)
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)  # its rules would reach the whole page
    svg = re.sub(r'(<svg\b[^>]*?) width="[^"]*"', r'\1 role="img"', svg, count=1)
    return re.sub(r'(<svg\b[^>]*?) height="[^"]*"', r"\1", svg, count=1)
