"""Answer by how much something is reduced: the reduction itself (减半, 免收, 减免10%), never the full price."""

from __future__ import annotations

import re
from dataclasses import replace

from service.composing.wording import bounded, nearest_figure
from service.figures import figures
from service.question import Question

_ASKS = re.compile(
    r"便宜(?:了)?(?:多少|几)|优惠(?:多少|几)|(?<![压缩削])减免?(?:了)?(?:多少|几)|少(?:交|缴|付|出|收|掏)(?:多少|几)|[省让]多少|打几折"
)
_BY = re.compile(
    r"(?:减免|减征|减收|减按|优惠|下浮|降低|下调|少[缴交收]|让利|折扣|减少|打)[^，,。；;、\d]{0,4}$"
)
_WORD = re.compile(
    r"减半(?:收取|缴纳|征收)?|免(?:收|征|缴|交|费)|免予(?:缴纳|收取|缴费)|不收(?:取|费)|[一二三四五六七八九]折"
)


def asks_reduction(question: Question) -> bool:
    """True where the question asks how much cheaper something is."""
    return _ASKS.search(question.text) is not None


def reduces(text: str) -> bool:
    """True where a text states a reduction, in a figure or in a word."""
    return _WORD.search(text) is not None or any(_BY.search(text[: one.start]) for one in figures(text))


def reduction_in(question: Question, text: str) -> str | None:
    """Return the reduction that a text states for what the question names; None where it states several as near."""
    stated = [
        one for one in figures(text) if one.quantity in ("percent", "money") and _BY.search(text[: one.start])
    ]
    if stated:
        asked = replace(question, quantity="percent" if stated[0].quantity == "percent" else "money")
        nearest = nearest_figure(asked, text, exact=True) if len(stated) > 1 else stated[0]
        return bounded(text, nearest) if nearest in stated and nearest is not None else None
    words = {match[0] for match in _WORD.finditer(text)}
    return words.pop() if len(words) == 1 else None
