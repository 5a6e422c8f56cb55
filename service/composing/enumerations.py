"""Find what a sentence enumerates: the places of its items, and how many a question expects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.figures import number
from service.question import Question

NUMERAL = r"[两二三四五六七八九十]{1,3}|\d{1,2}"
CLASSIFIER = r"[大个项条种类家张部方面章节点次批档级步]"
_HOW_MANY_WHICH = re.compile(
    rf"哪(?P<which>{NUMERAL}){CLASSIFIER}"
    rf"|(?P<these>{NUMERAL}){CLASSIFIER}[^,，。]{{0,12}}?(?:分别|各自|都|具体)?(?:是|指|有|包括|为)(?:哪|什么|啥)"
)
_ITEM = r"(?:[“《‘「][^”》’」]{1,40}[”》’」]|[^，,。；;：:、（）()“”《》]){1,30}?"
_RUN = re.compile(rf"{_ITEM}(?:、{_ITEM})+(?:(?:以及|和|及|与){_ITEM})?(?=[，,。；;：:）)”]|$)")
_QUOTED_RUN = re.compile(r"(?:“[^”]{1,40}”|《[^》]{1,60}》){2,}")
_COUNTED_AS = re.compile(rf"[“\"]?({NUMERAL}){CLASSIFIER}")
_OPENS = re.compile(
    r"^.*(?:分别[是为]|包括|包含|分为|涵盖|是指|即|围绕|聚焦|落实|实现|推进|开展|实施|打造|建设|建立|完善|健全|深化|设立|设有|下设|组建|含|[：:（(])"
)
_OPEN_END = re.compile(r"等[^、，。]{0,12}$")


def enumerations(text: str) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield where enumerations begin and the places of their items; those that end in 等 are open and left out.

    Names in quotation marks one behind the other (“甲”“乙”“丙”) are items without a comma. What the items are
    counted as behind the last (甲、乙、丙“三项制度”) belongs to none.
    """
    for match in _QUOTED_RUN.finditer(text):
        names = re.finditer(r"“[^”]+”|《[^》]+》", match[0])
        pieces = [(match.start() + one.start(), match.start() + one.end()) for one in names]
        if not text[match.end() :].startswith("等"):
            yield match.start(), pieces
    for match in _RUN.finditer(text):
        begin, end = match.span()
        first = text.find("、", begin)
        opened = _OPENS.search(text[begin:first])
        begin += opened.end() if opened else 0
        pieces = []
        place = begin
        for joint in re.finditer(
            r"、|以及|(?<=[\u4e00-\u9fff”》])(?:和|及|与)(?=[\u4e00-\u9fff“《])", text[begin:end]
        ):
            at = begin + joint.start()
            if joint[0] != "、" and text.find("、", at, end) >= 0:
                continue  # 和 within an item
            pieces.append((place, at))
            place = begin + joint.end()
        counted = _COUNTED_AS.search(text, place + 2, end)
        last = counted.start() if counted else end
        if counted and text[last - 1] == "等" and number(counted[1]) == len(pieces) + 1:
            last -= 1  # 甲、乙、丙等三大集群 leaves none out
        pieces.append((place, last))
        pieces = [(a, b) for a, b in pieces if text[a:b].strip()]
        if len(pieces) >= 2 and not _OPEN_END.search(text[pieces[-1][0] : pieces[-1][1]]):
            yield begin, pieces


def size_named(question: Question) -> int | None:
    """Return how many things the question says that there are: 哪三类, 四项是哪四项; None where it gives no number."""
    match = _HOW_MANY_WHICH.search(question.topic)
    value = number(match["which"] or match["these"]) if match else None
    return int(value) if value is not None and value >= 2 else None
