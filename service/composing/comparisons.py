"""Answer for several cities side by side: a table, with who leads where the values compare."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from service.composing.brief import Brief
from service.composing.facts import choose, in_order
from service.composing.wording import bounded, nearest_figure, sentence_of, tidy
from service.evidence import Draft, Span, Statement, Table
from service.figures import Figure, number
from service.question import Quantity, Question
from service.ranking import ScoredSentence

_LESS = re.compile(
    r"最[快低短少早省]|更[快低短少早省]|谁[快低短少早省]|哪[个家里边儿座市城]{1,3}[^,，。]{0,4}[快低短少早省]|(?:fast|low|short|few|less|small)(?:er|est)?",
    re.I,
)
_MORE = re.compile(
    r"最[高长多大晚慢贵]|更[高长多大晚慢贵]|谁的?(?:目标)?[高长多大]|哪[个家里边儿座市城]{1,3}[^,，。]{0,4}[高长多大晚慢贵]|(?:high|long|more|most|larg|great)(?:er|est)?",
    re.I,
)
_SILENT = "该市文件未提及"
_ALSO = 0.6
"""Where one city surely speaks of the matter, another is believed to at this share of the threshold."""
_COMPARABLE: tuple[Quantity, ...] = ("money", "percent", "days", "count")
_UNIT = re.compile(r"[^\d.\-e+]*$")


def compose_comparison(brief: Brief) -> Draft:
    """Compose one row per region of `brief.by_region`; empty where none of them says anything."""
    rows: list[tuple[tuple[str, ...], tuple[Span, ...]]] = []
    values: dict[str, tuple[Figure, Span]] = {}
    spoken: dict[str, list[ScoredSentence]] = {}
    for region, found in brief.by_region.items():
        chosen = choose(brief.question, found, most=2) if found.confidence >= _ALSO * brief.threshold else []
        spoken[region] = chosen
    sure = any(found.confidence >= brief.threshold for found in brief.by_region.values())
    if not sure or not any(spoken.values()):
        return Draft(())
    question = _measured(brief.question, spoken)
    with_figure = question.quantity is not None
    for region, chosen in spoken.items():
        if not chosen:
            rows.append(((region, "—", _SILENT) if with_figure else (region, _SILENT), ()))
            continue
        spans = tuple(in_order(chosen))
        words = "".join(sentence_of(span.text) for span in spans)
        figure = nearest_figure(question, chosen[0].sentence.text)
        if figure is not None:
            values[region] = (figure, chosen[0].span)
        if with_figure:
            shown = f"**{bounded(chosen[0].sentence.text, figure)}**" if figure is not None else "见条文"
            rows.append(((region, shown, words), spans))
        else:
            rows.append(((region, words), spans))
    header = ("城市", "规定", "条文") if with_figure else ("城市", "条文")
    blocks: list[Statement | Table] = []
    leader = _leader(question, values, silent=sum(not chosen for chosen in spoken.values()))
    if leader is not None:
        blocks.append(leader)
    blocks.append(Table(header, tuple(rows)))
    return Draft(tuple(blocks))


def compose_by_region(brief: Brief) -> Draft:
    """Answer for each region that has something to say, where the question names none and they differ."""
    blocks: list[Statement] = []
    answering = [
        (region, found)
        for region, found in sorted(brief.by_region.items(), key=lambda item: -item[1].confidence)
        if found.confidence >= brief.threshold
    ]
    for region, found in answering:
        chosen = choose(brief.question, found, most=1 if len(answering) > 3 else 2)
        if chosen:
            spans = in_order(chosen)
            words = "".join(sentence_of(span.text) for span in spans)
            blocks.append(Statement(f"- {region}：{words}", tuple(spans)))
    if len(blocks) > 1:
        blocks.insert(0, Statement("问题没有指明城市，各地规定如下："))
    return Draft(tuple(blocks))


def _measured(question: Question, spoken: Mapping[str, Sequence[ScoredSentence]]) -> Question:
    """Return the question with the quantity that is compared, where 哪个更快 leaves it to the texts.

    It is the only kind of figure that every city's best sentence holds, if there is just one.
    """
    if question.quantity is not None or not (_LESS.search(question.text) or _MORE.search(question.text)):
        return question
    kinds: list[set[str]] = [
        {figure.quantity for figure in chosen[0].sentence.figures} for chosen in spoken.values() if chosen
    ]
    shared = [kind for kind in _COMPARABLE if all(kind in found for found in kinds)]
    return replace(question, quantity=shared[0]) if len(kinds) > 1 and len(shared) == 1 else question


def _leader(question: Question, values: dict[str, tuple[Figure, Span]], *, silent: int) -> Statement | None:
    """Name the region with the least or the greatest value; None unless all values have one unit."""
    least = bool(_LESS.search(question.text))
    if len(values) < 2 or not (least or _MORE.search(question.text)):
        return None
    measured: dict[str, float] = {}
    units = set()
    for region, (figure, _) in values.items():
        match = _UNIT.search(figure.value)
        unit = match[0] if match else ""
        amount = number(figure.value[: len(figure.value) - len(unit)] or "")
        if amount is None:
            return None
        units.add(unit)
        measured[region] = amount
    if len(units) != 1:
        return None
    extreme = min(measured.values()) if least else max(measured.values())
    winners = [region for region, amount in measured.items() if amount == extreme]
    spans = tuple(values[region][1] for region in winners)
    shown = tidy(values[winners[0]][0].text)
    scope = "已写明的城市中，" if silent else ""
    if len(winners) == len(values):
        return Statement(f"{scope}各市相同：**{shown}**。", spans)
    return Statement(f"{scope}**{'、'.join(winners)}**：{shown}。", spans)
