"""Tell whether a clause's address lies within another: gold clauses against what was found or cited."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from eval.questions import Gold

_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十]+)?")
# How a heading begins, and which part of that is its label.
_LABEL = re.compile(
    r"(?P<article>第[〇零一二三四五六七八九十百千\d]+(?:编|分编|章|节|条(?:之[一二三四五六七八九十]+)?|款|项))"
    r"|(?P<annex>附件\s*\d*|附件[一二三四五六七八九十]*)(?=[\s::、.]|$)"
    r"|(?P<round>\((?:[〇零一二三四五六七八九十百]+|\d{1,3})\))"
    r"|(?P<han>[〇零一二三四五六七八九十百]+)(?=、)"
    r"|(?P<number>\d{1,3})(?=[.、](?!\d))"
    r"|(?P<circled>[①-⑳])"
)


def within(address: str, gold: str) -> bool:
    """Whether the clause at `address` is the gold clause or lies in it.

    A gold clause that ends in an article (`第三条`) is met in any chapter, for articles are numbered through
    a document. The title block, an empty gold address, is met by paragraphs of the title block only.
    """
    inner, outer = _parts(address), _parts(gold)
    if not outer:
        return not inner
    if _ARTICLE.fullmatch(outer[-1]):
        inner, outer = _from_article(inner), outer[-1:]
    return inner[: len(outer)] == outer


def meets(document_id: str, address: str, gold: Gold) -> bool:
    """Whether a clause of a document is the gold clause or lies in it.

    Folders of the corpus don't matter: `2024/huangshi` is met by a gold document `huangshi`.
    """
    same = document_id == gold.document or document_id.rsplit("/", 1)[-1] == gold.document.rsplit("/", 1)[-1]
    return same and within(address, gold.clause)


def address_of(heading_path: Sequence[str]) -> str:
    """Return the address that a heading path spells: `("二、主要任务", "18.加强…")` is `二/18`.

    For services that give headings only; a heading without a number stands for itself.
    """
    return "/".join(_label(heading) for heading in heading_path)


def _label(heading: str) -> str:
    plain = heading.strip()
    match = _LABEL.match(_half_width(plain))
    return match[0].strip() if match else plain


def _parts(address: str) -> list[str]:
    return [part.replace(" ", "") for part in _half_width(address).split("/") if part.strip()]


def _from_article(parts: list[str]) -> list[str]:
    for place, part in enumerate(parts):
        if _ARTICLE.fullmatch(part):
            return parts[place:]
    return parts


def _half_width(text: str) -> str:
    # Circled numbers stay: NFKC would make ① a plain 1.
    return "".join(c if "①" <= c <= "⑳" else unicodedata.normalize("NFKC", c) for c in text)
