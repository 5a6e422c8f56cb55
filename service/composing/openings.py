"""Name the words with which an answer settles a yes or no, or a claim, before it quotes; and know them again."""

from __future__ import annotations

import re

ACTS = "罚收补给发减免算占"
"""What 罚不罚, 给不给 may ask, answered by the act itself or by its negation."""
_VERDICTS: dict[str, str] = {
    "可以": "Yes", "不可以": "No",
    "需要": "Yes", "不需要": "No",
    "有": "Yes", "没有": "No",
    "有例外": "There are exceptions",
    "是": "Yes", "不是": "No",
    "收费": "Yes",
    "超过了": "It is exceeded", "没有超过": "It is not exceeded",
    "够": "It is enough", "不够": "It is not enough",
    "符合规定": "It complies", "不符合规定": "It does not comply",
    "不予处罚": "There is no penalty", "不会": "No",
    **dict.fromkeys(ACTS, "Yes"), **{f"不{act}": "No" for act in ACTS},
}  # fmt: skip
_LIMITED = "，文件的规定是**{}**。"
CONFIRMED = ("是，文件的规定是{}。", "Yes: {}.")
CORRECTED = ("文件的规定是{}。", "The document says {}.")
DIFFERS = ("文件的规定与问题中的说法不一致，以文件为准：", "This differs from what the document says:")
ANOTHER = ("不是，文件写明的是{}。", "No: the document names {}.")
"""What settles a claim, in Chinese and in English."""


def verdict(word: str, *, english: bool = False, limit: str | None = None) -> str:
    """Return the opening that says a yes or no, with the words of the limit that decides, where one does."""
    if english:
        return f"{_VERDICTS[word]}."
    return f"{word}{_LIMITED.format(limit) if limit is not None else '。'}"


def _any_of(forms: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(form.replace("*", "")).replace(r"\{\}", ".+") for form in forms))


_VERDICT = _any_of(
    [f"{word}{end}" for word in _VERDICTS for end in ("。", _LIMITED)]
    + [f"{word}." for word in dict.fromkeys(_VERDICTS.values())]
)
_SETTLED = _any_of([*CONFIRMED, *CORRECTED, *DIFFERS, *ANOTHER])


def is_verdict(text: str) -> bool:
    """True for an opening of `verdict`, its emphasis left out."""
    return _VERDICT.fullmatch(text) is not None


def settles_a_claim(text: str) -> bool:
    """True for an opening that confirms or corrects what the question puts forward, its emphasis left out."""
    return _SETTLED.fullmatch(text) is not None
