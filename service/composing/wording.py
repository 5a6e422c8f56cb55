"""Put source words into an answer's sentences: tidy them, name their source, lead with the figure."""

from __future__ import annotations

import re

from indexer.document import Document
from service.composing.brief import Brief
from service.evidence import Span, Statement
from service.figures import Figure, figures
from service.kinds import without_question_words
from service.question import Question
from service.ranking import ScoredSentence
from service.sentences import sentences

_HAN = r"[\u3400-\u9fff]"
_BOUND_BEFORE = re.compile(
    r"(?:原则上)?(?:最高|最低|最多|最少|最长|最短|最快)?(?:均|都|应)?(?:不得|不应|不)?(?:超过|高于|低于|少于|多于|大于|小于|突破|达到|达|保持在|控制在|维持在|压减至|压缩至|压缩到|缩减至|缩短至|压至|降至|降到|提高到|提升至|提高至|扩展到|扩大到|增至|增长|提高|降低|压缩|下降|至少|约|近|力争|为|至|到|前)?$"
)
_BOUND_AFTER = re.compile(
    r"^\s*(?:元|个)?(?:[及或]?以[上下内外]|之?内|以?前|左右|上下|之间|起|/人|/[年月日次人])"
)

_SIDES = (
    (
        "upper",
        re.compile(r"(?:不[足满到]|未满|低于|少于|小于|不超过|不高于)$"),
        re.compile(r"\s*(?:元|个)?[及或]?以[下内]"),
    ),
    (
        "lower",
        re.compile(r"(?<!不)(?:超过|超出|高于|多于|大于|年?满|不低于|不少于)$"),
        re.compile(r"\s*(?:元|个)?[及或]?以上"),
    ),
)
_CONDITION_AFTER = re.compile(r"\s*(?:元|个)?(?:[(（]含[^)）]*[)）])?[及或]?以[上下内]的")
_FEE = re.compile(r"费(?!用)|保证金|\bfees?\b|deposit", re.I)
_ASKS_CONDITION = re.compile(
    r"以[上下内]|门槛|范围|条件|哪[类种些]|额度|规模|多大|up to what|\bsize|eligib", re.I
)


def tidy(text: str) -> str:
    """Return source words fit to read: no stray spaces, Chinese punctuation between Chinese words."""
    text = re.sub(rf"(?<={_HAN})[ \u00a0\u2002\u2003\u3000]+(?=[{_HAN[1:-1]}0-9A-Za-z“《(（])", "", text)
    text = re.sub(rf"(?<=[0-9%A-Za-z”》)）])[ \u00a0\u2002\u2003\u3000]+(?={_HAN})", "", text)
    text = re.sub(rf"(?<=[{_HAN[1:-1]}”》）)0-9%A-Za-z]),(?=[{_HAN[1:-1]}“《（(])", "，", text)
    text = re.sub(rf"(?<={_HAN});", "；", text)
    text = re.sub(rf"(?<={_HAN}):(?=[{_HAN[1:-1]}“《（(0-9])", "：", text)
    return text.strip()


def sentence_of(text: str) -> str:
    """Return tidied words as a whole sentence: they end in a full stop."""
    text = tidy(text).rstrip("；;，,、：: ")
    return text if text.endswith(("。", "！", "？", "”", "!", "?")) else f"{text}。"


def label(document: Document, brief: Brief) -> str:
    """Name the source shortly: its region where that tells documents apart, else its title."""
    same = [other for other in brief.documents if other.region == document.region]
    if document.region and document.region != "全国" and len(same) <= 1:
        return document.region
    year = (
        f"（{document.issued_on.year}年）"
        if document.issued_on and len({d.title for d in same}) < len(same)
        else ""
    )
    return f"《{document.title}》{year}"


def lead_in(document: Document, clause: int) -> Span | None:
    """Return the sentence that opens the enumeration which `clause` is an item of, where there is one.

    `(三)…` under `有下列情形之一的，处…罚款：` says nothing without those words.
    """
    item = document.clauses[clause]
    if item.title or item.parent is None or item.parent == 0:
        return None
    before = [p for p in document.paragraphs_by_clause.get(item.parent, ()) if p.end <= item.start]
    if not before or not before[-1].text.rstrip().endswith(("：", ":")):
        return None
    paragraph = before[-1]
    last = sentences(paragraph.text)[-1]
    return Span(document, paragraph, last.start, last.end)


def without_marker(span: Span) -> str:
    """Return the span's words without the number that its clause begins with."""
    clause = span.document.clauses[span.paragraph.clause]
    if span.paragraph.start + span.start == clause.start and span.text.startswith(clause.marker):
        return span.text[len(clause.marker) :].lstrip(" 　")
    return span.text


def statement_of(document: Document, spans: list[Span], brief: Brief, *, named: bool = True) -> Statement:
    """Say what `spans` of one document say, in its words, after its name where several could speak."""
    words: list[str] = []
    cited: list[Span] = []
    for span in spans:
        opening = lead_in(document, span.paragraph.clause)
        if opening is not None and all(opening.paragraph != other.paragraph for other in cited):
            cited.append(opening)
            words.append(tidy(without_marker(opening)))
        cited.append(span)
        words.append(sentence_of(without_marker(span)))
    text = "".join(words)
    if brief.question.language == "en":
        return Statement(f"《{document.title}》 states (in Chinese): {text}", tuple(cited))
    if named and brief.several_regions:
        text = f"{label(document, brief)}：{text}"
    return Statement(text, tuple(cited))


def answering_figure(question: Question, found: ScoredSentence) -> str | None:
    """Return the figure of the sentence that the question asks for, with its bound (不超过 1%).

    None where no figure of the asked kind stands out: then the sentence speaks for itself.
    """
    figure = nearest_figure(question, found.sentence.text)
    return bounded(found.sentence.text, figure) if figure is not None else None


def nearest_figure(question: Question, text: str) -> Figure | None:
    """Return the figure of the asked kind whose part of `text` is nearest to the question.

    None where there is none, or two that differ are about as near.
    """
    fitting = [figure for figure in figures(text) if states(figure, text, question)]
    if not fitting:
        return None
    topic = set(_bigrams(without_question_words(question.topic)))
    parts = [_parts_around(text, figure) for figure in fitting]
    # 低压用户…4个工作日，高压用户…18个工作日: 用户 stands by both and tells neither apart.
    common = set.intersection(*(here for here, _ in parts)) if len(parts) > 1 else set()
    scored = sorted(
        (
            (_nearness(here, before, topic, common), figure)
            for (here, before), figure in zip(parts, fitting, strict=True)
        ),
        key=lambda pair: -pair[0],
    )
    if (
        len(scored) > 1
        and scored[0][0] < scored[1][0] * 1.25 + 0.01
        and scored[0][1].value != scored[1][1].value
    ):
        return None
    return scored[0][1]


def fits(figure: Figure, question: Question) -> bool:
    """True where the figure is of the kind asked for; any period fits 何时 and any date fits 多久."""
    asked = question.quantity
    if asked is None or (figure.quantity == "date" and asked not in ("date", "any")):
        return False
    if asked == "any":
        return True
    if asked == "date":
        return figure.quantity in ("date", "days")
    if asked == "money":
        return (
            figure.quantity == "money"
            or (figure.quantity == "count" and figure.text.endswith(("万", "亿")))
            # A fee or a deposit may be a share of something.
            or (figure.quantity == "percent" and _FEE.search(question.text) is not None)
        )
    return figure.quantity == asked


def bounded(text: str, figure: Figure) -> str:
    """Return the figure with the words that bound it: `不超过 1%`, `1500项以上`, `10个工作日内`."""
    before = _BOUND_BEFORE.search(text[max(0, figure.start - 12) : figure.start].rstrip())
    start = figure.start
    idle = ("", "为") if figure.quantity == "date" else ("", "为", "到", "至")
    if before and before[0] not in idle:
        start = text.rfind(before[0], 0, figure.start)
    after = _BOUND_AFTER.match(text[figure.end :])
    end = figure.end + (after.end() if after else 0)
    return tidy(text[start:end])


def bounds(text: str) -> set[tuple[str, str]]:
    """Return the figures that `text` bounds, with the side: 600万元以上 is not 600万元以下."""
    found = set()
    for figure in figures(text):
        for side, before, after in _SIDES:
            if after.match(text[figure.end :]) or before.search(text[: figure.start]):
                found.add((figure.value, side))
                break
    return found


def states(figure: Figure, text: str, question: Question) -> bool:
    """True where the figure is of the kind asked for and says what holds, not for whom: 单户600万元以下的小微企业."""
    return fits(figure, question) and (
        _ASKS_CONDITION.search(question.text) is not None or not _CONDITION_AFTER.match(text[figure.end :])
    )


def _nearness(here: set[str], before: set[str], topic: set[str], common: set[str]) -> float:
    """Share of the topic that stands in the figure's own part of the sentence, the part before counting half.

    What all figures have in their parts (`common`) counts little.
    """
    own = here & topic
    shared = 0.75 * len(own & common)
    return (len(own) - shared + 0.5 * len((before & topic) - here - common)) / (len(topic) or 1)


def _parts_around(text: str, figure: Figure) -> tuple[set[str], set[str]]:
    """Return the pairs of characters in the figure's own part of the sentence, and in the part before."""
    parts: list[tuple[int, int]] = []
    begin = 0
    for match in re.finditer(r"[，,；;。：:]", text):
        parts.append((begin, match.end()))
        begin = match.end()
    parts.append((begin, len(text)))
    place = next(n for n, (start, end) in enumerate(parts) if start <= figure.start < end)
    here = set(_bigrams(text[parts[place][0] : parts[place][1]]))
    return here, set(_bigrams(text[parts[place - 1][0] : parts[place - 1][1]])) if place else set()


def _bigrams(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1) if not text[i : i + 2].isspace()]
