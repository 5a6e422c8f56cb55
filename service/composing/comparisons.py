"""Answer for several cities side by side: a table, with who leads where the values compare."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from service.composing.asked import asked_of, unit_asked, unit_fit, unit_of
from service.composing.brief import Brief
from service.composing.facts import (
    AT_ONCE,
    asks_figure,
    choose,
    holds_figure,
    in_order,
    introduces,
    is_for_others,
    says_something,
)
from service.composing.kinship import A_LITTLE, Kinship
from service.composing.matter import answers_by_itself, on_one_matter
from service.composing.rows import column_asked, figure_in, row_of
from service.composing.wording import nearest_figure, sentence_of, shown, states, without_marker
from service.evidence import Draft, Span, Statement, Table
from service.figures import Figure, number
from service.question import Quantity, Question
from service.ranking import Found, ScoredSentence

_LESS = re.compile(
    r"最[快低短少早省]|更[快低短少早省]|谁[快低短少早省]|[快低短少早省便宜](?:还是|一些|一点|些)|哪[个家里边儿座市城]{1,3}[^,，。]{0,4}[快低短少早省]|(?:fast|low|short|few|less|small)(?:er|est)?",
    re.I,
)
_MORE = re.compile(
    r"最[高长多大晚慢贵]|更[高长多大晚慢贵]|谁的?(?:目标)?[高长多大]|[高长多大贵](?:还是|一些|一点|些)|哪[个家里边儿座市城]{1,3}[^,，。]{0,4}[高长多大晚慢贵]|(?:high|long|more|most|larg|great)(?:er|est)?",
    re.I,
)
_LOWER = re.compile(r"不(?:得|应|能)?(?:低于|少于)|至少|以上|at least")
_UPPER = re.compile(r"不(?:得|应|能)?(?:超过|高于)|以[内下]|within|at most")
_ALSO = 0.6
"""Where one city surely speaks of the matter, another is believed to at this share of the threshold."""
_AS_SURE = 0.6
"""Of cities that a question does not name, those answer that are this sure, compared with the surest."""
_SHOWN = 8
"""With more cities than this, the asker is asked which one is meant."""
_SHOWN_OF_MANY = 3
_AS_GOOD = 0.2
_MOST_TRIED = 6
"""Of a city's sentences, those that score so much of its best are tried, so many at most."""
_COMPARABLE: tuple[Quantity, ...] = ("money", "percent", "days", "count")


@dataclass(frozen=True, slots=True)
class _Words:
    """What a table says of itself, in the language of the question."""

    header: tuple[str, str, str]
    silent: str
    no_figure: str
    see_text: str
    each: str
    of_those: str
    same: str


_CHINESE = _Words(
    ("城市", "规定", "条文"),
    "该市文件未提及",
    "未写明数值",
    "见条文",
    "问题没有指明城市，各地规定如下：",
    "已写明的城市中，",
    "各市相同：",
)
_ENGLISH = _Words(
    ("City", "Provision", "Text"),
    "not mentioned in this city's document",
    "no figure given",
    "see text",
    "The question names no city; the documents say:",
    "Of the cities that state it, ",
    "The same in all: ",
)


def compose_comparison(brief: Brief) -> Draft:
    """Compose one row per region of `brief.by_region`; empty where none of them says anything."""
    sure = {region: found for region, found in brief.by_region.items() if found.confidence >= brief.threshold}
    if not sure:
        return Draft(())
    question = brief.question
    if question.quantity is None and unit_asked(question.topic) is not None:  # 人数哪个多
        question = replace(question, quantity="count")
    spoken = _spoken(replace(brief, question=question), sure)
    if not any(spoken.values()):
        return Draft(())
    question = _measured(question, spoken)
    words = _words(question)
    with_figure = question.quantity is not None
    rows: list[tuple[tuple[str, ...], tuple[Span, ...]]] = []
    values: dict[str, tuple[Figure, Span]] = {}
    for region, chosen in spoken.items():
        if not chosen:
            rows.append(((region, "—", words.silent) if with_figure else (region, words.silent), ()))
            continue
        spans = tuple(in_order(chosen))
        text = "".join(sentence_of(without_marker(span)) for span in spans)
        figure = _value(question, chosen[0])
        if figure is not None:
            values[region] = (figure, chosen[0].span)
        if with_figure:
            rows.append(((region, _cell(question, chosen, words), text), spans))
        else:
            rows.append(((region, text), spans))
    header = words.header if with_figure else (words.header[0], words.header[2])
    blocks: list[Statement | Table] = []
    leader = _leader(question, values, silent=sum(not chosen for chosen in spoken.values()))
    if leader is not None:
        blocks.append(leader)
    blocks.append(Table(header, tuple(rows)))
    return Draft(tuple(blocks))


def compose_by_region(brief: Brief) -> Draft:
    """Answer for each region that has something to say, where the question names none and they differ.

    With more than `_SHOWN` regions the surest few answer, and the notice asks which one is meant.
    """
    words = _words(brief.question)
    blocks: list[Statement] = []
    answering = answering_regions(brief)
    shown_of = answering if len(answering) <= _SHOWN else answering[:_SHOWN_OF_MANY]
    answered: list[str] = []
    for region, found in shown_of:
        chosen = choose(brief.question, found, most=1 if len(answering) > 3 else 2) or _kin_of(
            brief, found, shown_of
        )
        if chosen:
            spans = in_order(chosen)
            text = "".join(sentence_of(without_marker(span)) for span in spans)
            blocks.append(Statement(f"- {region}：{text}", tuple(spans)))
            answered.append(region)
    if len(blocks) > 1:
        blocks.insert(0, Statement(words.each))
    return Draft(tuple(blocks), ask_which(brief, answering, answered))


def compose_each_region(brief: Brief, compose: Callable[[Brief], Draft]) -> Draft:
    """Answer a question that names no region once for each that surely answers, under the region's name.

    Empty where fewer than two do: then one answer says it all.
    """
    best = max((found.confidence for found in brief.by_region.values()), default=0.0)
    answering = [
        (region, found)
        for region, found in answering_regions(brief)
        if found.confidence >= max(brief.threshold, _AS_SURE * best)
    ]
    blocks: list[Statement | Table] = []
    answered: list[str] = []
    for region, found in answering if len(answering) <= _SHOWN else answering[:_SHOWN_OF_MANY]:
        own = tuple(document for document in brief.documents if document.region == region)
        draft = compose(replace(brief, found=found, by_region={}, documents=own))
        if draft.blocks:
            blocks += _under(region, draft.blocks)
            answered.append(region)
    if len(answered) < 2:
        return Draft(())
    return Draft((Statement(_words(brief.question).each), *blocks), ask_which(brief, answering, answered))


def _under(region: str, blocks: Sequence[Statement | Table]) -> list[Statement | Table]:
    """Put the region's name before blocks that do not begin with it."""
    first = blocks[0]
    if isinstance(first, Table) or region in first.text:
        return list(blocks)
    return [replace(first, text=f"{region}：{first.text}"), *blocks[1:]]


def answering_regions(brief: Brief) -> list[tuple[str, Found]]:
    """Return the regions that answer a question which names none, the surest first; all are on one matter.

    A region that is less sure answers too where its words are near to the question's or to those of a surer one.
    """
    ranked = sorted(on_one_matter(brief).items(), key=lambda item: -item[1].confidence)
    if not ranked or ranked[0][1].confidence < brief.threshold:
        return []
    anchors = choose(brief.question, ranked[0][1], most=1)
    kinship = Kinship(brief.question, anchors)
    return [
        (region, found)
        for place, (region, found) in enumerate(ranked)
        if place == 0
        or (
            found.confidence >= max(brief.threshold, _AS_SURE * ranked[0][1].confidence)
            and any(
                kinship.is_near(one)
                or (answers_by_itself(found, one, brief) and kinship.to_answers(one) >= A_LITTLE)
                for one in choose(brief.question, found, most=1)
            )
        )
        or (
            any(kinship.is_kin(one) for one in choose(brief.question, found, most=1))
            if found.confidence >= brief.threshold
            else bool(_related(brief.question, found, kinship))
        )
    ]


def ask_which(brief: Brief, answering: Sequence[tuple[str, Found]], answered: Sequence[str]) -> str | None:
    """Return what asks back for the city; None where every one that answers was shown."""
    others = [region for region, _ in answering if region not in answered]
    if len(answering) <= _SHOWN or not others:
        return None
    if brief.question.language == "en":
        return f"{', '.join(others)} have rules on this too. Please name the city."
    return f"{'、'.join(others)}等地的文件也有规定，请指明城市后再问。"


def _kin_of(brief: Brief, found: Found, others: Sequence[tuple[str, Found]]) -> list[ScoredSentence]:
    anchors = [
        one for _, other in others if other is not found for one in choose(brief.question, other, most=1)
    ]
    return _related(brief.question, found, Kinship(brief.question, anchors))


def _spoken(brief: Brief, sure: Mapping[str, Found]) -> dict[str, list[ScoredSentence]]:
    """Return what each region says of the matter; empty where its own best evidence is silent.

    A city whose search is unsure speaks where one of its sentences holds what is asked for and is near to the
    question or to what a sure city says: the same rule stands in other words in every plan.
    """
    question = brief.question
    anchors = {region: choose(question, found, most=2) for region, found in sure.items()}
    spoken: dict[str, list[ScoredSentence]] = {}
    for region, found in brief.by_region.items():
        others = [one for other, chosen in anchors.items() if other != region for one in chosen[:1]]
        kinship = Kinship(question, others)
        chosen = choose(question, found, most=2) if found.confidence >= _ALSO * brief.threshold else []
        if region not in sure and chosen and others and not kinship.is_near(chosen[0]):
            chosen = []
        spoken[region] = chosen or _related(question, found, kinship)
        if not spoken[region] and region in sure:
            spoken[region] = choose(replace(question, quantity=None), found, most=1)
    spoken = _agreeing(question, brief.by_region, spoken)
    for region, chosen in spoken.items():
        for part in asked_of(question) if chosen else ():
            asked = replace(question, quantity=part.quantity, topic=f"{question.topic} {part.words}")
            if not any(_states_part(one, asked, part.unit) for one in chosen):
                more = [
                    one
                    for one in choose(asked, brief.by_region[region])
                    if _states_part(one, asked, part.unit)
                ]
                chosen += [one for one in more[:1] if one not in chosen]
    return spoken


def _states_part(one: ScoredSentence, asked: Question, unit: str | None) -> bool:
    """True where the sentence holds a figure of the kind and the unit that a part of the question asks for."""
    return any(
        states(figure, one.sentence.text, asked) and unit_fit(unit, figure.value) > 0
        for figure in one.sentence.figures
    )


def _agreeing(
    question: Question, by_region: Mapping[str, Found], spoken: Mapping[str, list[ScoredSentence]]
) -> dict[str, list[ScoredSentence]]:
    """Return what each city says, so chosen among its good sentences that all speak of one matter.

    Every good sentence is tried as the one that the others must be like; the choice that fits the question and
    is alike best over all cities stands.
    """
    good = {region: _good(question, by_region[region]) for region, chosen in spoken.items() if chosen}
    good = {region: found or spoken[region][:1] for region, found in good.items()}
    best: tuple[float, dict[str, ScoredSentence]] = (0.0, {})
    for pivots in good.values() if len(good) > 1 else ():
        for pivot in pivots:
            kinship = Kinship(question, [pivot])
            ranked = {
                region: max((_fit(one, found) + kinship.to_answers(one), -n) for n, one in enumerate(found))
                for region, found in good.items()
            }
            total = sum(fit for fit, _ in ranked.values())
            picked = {region: good[region][-n] for region, (_, n) in ranked.items()}
            if total > best[0]:
                best = total, picked
    found: dict[str, list[ScoredSentence]] = {}
    for region, chosen in spoken.items():
        first = best[1].get(region)
        if first is None or not chosen or first == chosen[0]:
            found[region] = list(chosen)
        else:
            beside = (one for one in chosen if one.chunk.chunk.clause == first.chunk.chunk.clause)
            found[region] = [first, *(one for one in beside if one != first)][:2]
    return found


def _good(question: Question, found: Found) -> list[ScoredSentence]:
    """Return the sentences of one city that may answer, best first: with the figure asked for where any has it."""
    usable = [
        one
        for one in found.sentences
        if says_something(one) and not introduces(one) and not is_for_others(one, question)
    ]
    if asks_figure(question):
        unit = next((part.unit for part in asked_of(question) if part.quantity == question.quantity), None)
        usable = [one for one in usable if holds_figure(one, question)]
        usable = [one for one in usable if _states_part(one, question, unit)] or usable
    best = max((one.score for one in found.sentences), default=0.0)
    return [one for one in usable if one.score >= _AS_GOOD * best][:_MOST_TRIED]


def _fit(one: ScoredSentence, found: Sequence[ScoredSentence]) -> float:
    return one.score / (found[0].score or 1.0)


def _related(question: Question, found: Found, kinship: Kinship) -> list[ScoredSentence]:
    """Return the sentence nearest to the matter, if it is near enough and holds the figure asked for."""
    fitting = [
        one
        for one in found.sentences
        if says_something(one)
        and (not asks_figure(question) or holds_figure(one, question))
        and kinship.is_kin(one)
    ]
    best = max(fitting, key=kinship.of, default=None)
    return [best] if best is not None else []


def _measured(question: Question, spoken: Mapping[str, Sequence[ScoredSentence]]) -> Question:
    """Return the question with the quantity that is compared, where 哪个更快 leaves it to the texts.

    It is the only kind of figure that every city's best sentence holds, if there is just one.
    """
    if question.quantity not in (None, "any") or not (
        _LESS.search(question.text) or _MORE.search(question.text)
    ):
        return question
    kinds: list[set[str]] = [
        {figure.quantity for figure in chosen[0].sentence.figures} for chosen in spoken.values() if chosen
    ]
    shared = [kind for kind in _COMPARABLE if all(kind in found for found in kinds)]
    return replace(question, quantity=shared[0]) if len(kinds) > 1 and len(shared) == 1 else question


def _value(question: Question, one: ScoredSentence, unit: str | None = None) -> Figure | None:
    """The figure to compare; 当场 stands for no time at all."""
    figure = nearest_figure(question, one.sentence.text, unit=unit)
    at_once = AT_ONCE.search(one.sentence.text) if question.quantity == "days" else None
    if figure is None and at_once is not None and re.match("当场|即时|即来", at_once[0]):
        return Figure(at_once[0], at_once.start(), at_once.end(), "days", "0")
    return figure


def _cell(question: Question, chosen: Sequence[ScoredSentence], words: _Words) -> str:
    """Return the figures that a city's sentences give for the parts of the question."""
    row = row_of(chosen[0])
    column = column_asked(row, question) if row is not None else None
    if row is not None and column is not None:
        return f"**{figure_in(row, column)}**"
    parts = asked_of(question)
    found: list[str] = []
    for part in parts if len(parts) > 1 else ():
        found += _shown_in(replace(question, quantity=part.quantity, topic=part.words), chosen, part.unit)
    found = found or _shown_in(question, chosen)
    if found:
        return "；".join(f"**{one}**" for one in dict.fromkeys(found))
    return words.see_text if any(holds_figure(one, question) for one in chosen) else words.no_figure


def _shown_in(question: Question, chosen: Sequence[ScoredSentence], unit: str | None = None) -> list[str]:
    for one in chosen:
        figure = _value(question, one, unit)
        if figure is not None:
            return [shown(question, one.sentence.text, figure)]
    return []


def _leader(question: Question, values: dict[str, tuple[Figure, Span]], *, silent: int) -> Statement | None:
    """Name the region with the least or the greatest value; None unless all values have one unit and one bound."""
    least = bool(_LESS.search(question.text)) and not re.search(r"[贵高多大长]还是", question.text)
    if len(values) < 2 or not (least or _MORE.search(question.text)):
        return None
    measured: dict[str, float] = {}
    units = set()
    said = []
    for region, (figure, span) in values.items():
        unit = unit_of(figure.value)
        amount = number(figure.value[: len(figure.value) - len(unit)] or "") if figure.value != "0" else 0.0
        if amount is None or "~" in figure.value:
            return None
        if unit or figure.value != "0":
            units.add(unit)
        measured[region] = amount
        said.append(shown(question, span.text, figure))
    bounds = (any(map(_LOWER.search, said)), any(map(_UPPER.search, said)))
    if len(units) > 1 or all(bounds):
        return None
    words = _words(question)
    extreme = min(measured.values()) if least else max(measured.values())
    winners = [region for region, amount in measured.items() if amount == extreme]
    spans = tuple(values[region][1] for region in winners)
    own = shown(question, values[winners[0]][1].text, values[winners[0]][0])
    scope = words.of_those if silent else ""
    if len(winners) == len(values):
        return Statement(f"{scope}{words.same}**{own}**。", spans)
    return Statement(f"{scope}**{'、'.join(winners)}**：{own}。", spans)


def _words(question: Question) -> _Words:
    return _ENGLISH if question.language == "en" else _CHINESE
