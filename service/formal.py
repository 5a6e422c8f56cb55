"""Write the formal citation of a paragraph: 《文件名》（发文字号，发文机关，日期）第…部分（…）第…项."""

from __future__ import annotations

import re
from datetime import date

from indexer.document import Clause, Document, Paragraph

_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千\d]+条")
_DIVISION = re.compile(r"第[〇零一二三四五六七八九十百千\d]+[编章节]")
_CHINESE = re.compile(r"[〇零一二三四五六七八九十百千]+")
_BRACKETED = re.compile(r"[(（]\s*([〇零一二三四五六七八九十百千\d]+)\s*[)）]")
_DIGITS = "〇一二三四五六七八九"


def formal_citation(document: Document, paragraph: Paragraph) -> str:
    """Return the citation as one would print it under an official answer.

    What the document does not state is left out; a digest says that it is one.
    """
    return name_of(document) + place_of(document, paragraph)


def name_of(document: Document) -> str:
    """Return 《文件名》 with number, issuer and date in brackets, as far as they are known."""
    facts = [
        "要点摘编" if document.digest_of else None,
        document.number,
        document.issuer,
        chinese_date(document.issued_on) if document.issued_on else None,
    ]
    known = "，".join(fact for fact in facts if fact)
    title = document.title.strip().removeprefix("《").removesuffix("》")
    return f"《{_inner_marks(title)}》" + (f"（{known}）" if known else "")


def place_of(document: Document, paragraph: Paragraph) -> str:
    """Return where in its document a paragraph stands; empty for the title block.

    Articles run through a law, so 编, 章 and 节 above them are not named; of an article with
    several paragraphs, the 款 is; below it come 项 and 目.
    """
    rows = document.path(paragraph.clause)
    article = next((row for row in rows if _ARTICLE.fullmatch(_label(document.clauses[row]))), None)
    if article is None:
        return "".join(_step(document.clauses[row]) for row in rows)
    place = _label(document.clauses[article]) + _subparagraph(document, article, paragraph)
    for row in rows[rows.index(article) + 1 :]:
        label = _BRACKETED.sub(r"（\1）", _label(document.clauses[row]))
        if _BRACKETED.fullmatch(label):
            place += f"第{label}项"
        elif label.isdigit():
            place += f"第{label}{'目' if place.endswith('项') else '项'}"
        else:
            place += _step(document.clauses[row])
    annex = next((row for row in rows if _label(document.clauses[row]).startswith("附件")), None)
    return place if annex is None or annex == article else _label(document.clauses[annex]) + place


def chinese_date(day: date) -> str:
    """Return `2024年4月2日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def _label(clause: Clause) -> str:
    return re.sub(r"\s+", "", clause.label)


def _step(clause: Clause) -> str:
    label = _label(clause)
    if not label:
        return f"“{clause.title.strip()}”部分" if clause.title.strip() else ""
    if _DIVISION.fullmatch(label) or _ARTICLE.fullmatch(label) or label.startswith("附件"):
        return label
    if _CHINESE.fullmatch(label):
        return f"第{label}部分"
    bracketed = _BRACKETED.fullmatch(label)
    if bracketed:
        return f"第（{bracketed[1]}）项" if bracketed[1].isdigit() else f"（{bracketed[1]}）"
    return f"第{label}项" if label.isdigit() else label


def _subparagraph(document: Document, article: int, paragraph: Paragraph) -> str:
    own = document.paragraphs_by_clause.get(article, ())
    if len(own) < 2:
        return ""
    # An item belongs to the 款 that introduces it: the last one that begins before the item.
    number = sum(1 for other in own if other.start <= paragraph.start)
    return f"第{_numeral(number)}款" if number else ""


def _numeral(number: int) -> str:
    """Write 1 to 99 in Chinese numerals, more in digits."""
    if number > 99:
        return str(number)
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _inner_marks(title: str) -> str:
    """Turn 《…》 inside a title into 〈…〉, as the punctuation standard asks."""
    return title.replace("《", "〈").replace("》", "〉")
