"""Answer what papers to bring: the clause that lists them, told by its heading or its opening words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.document import Document
from service.composing.brief import Brief
from service.composing.lists import list_items
from service.composing.wholes import all_text, length, own_text, quoted
from service.evidence import Draft
from service.kinds import standard_words

_ASKS = re.compile(
    r"(?:带齐?|拿|交|提交|提供|准备|递|备齐?|出示|附)(?:上|着|好|去)?(?:[哪那][些几]|什么)[^,，。]{0,4}(?:材料|东西|证件|资料|证明|手续|文件)"
    r"|(?:材料|证件|资料)(?:都|分别|具体|到底)?(?:有|要|是|需要?|包括|得)?(?:[哪那]些|什么|哪几)|(?:[哪那][些几]|什么)(?:样)?(?:申请|申报|证明)?(?:材料|证件|资料)"
)
_LISTS = re.compile(r"材料|(?:下列|以下)(?:文件|资料|证件|证明)")
_OPENS = re.compile(r"(?:提交|提供|出具|携带|准备|报送|材料)[^。；]{0,24}[：:]$")
_READABLE = 700
"""A clause of so many characters is quoted whole."""
_PAPERS = re.compile(r"证|表|书|材料|复印件|合同|照片")


def compose_materials(brief: Brief) -> Draft:
    """List the papers that the clause for them names, where what was found best is of another; else empty.

    Of several such clauses in the document the one whose words the question has most of; none where that is not clear.
    """
    question = brief.question
    found = [one for one in brief.found.sentences if not one.sentence.is_trailer]
    if not found or not _ASKS.search(standard_words(question.topic)):
        return Draft(())
    document, clause = found[0].chunk.document, found[0].sentence.paragraph.clause
    rows = [row for row in range(1, len(document.clauses)) if _lists_papers(document, row)]
    if not rows or any(row in document.path(clause) for row in rows):
        return Draft(())
    row = _nearest(document, rows, question.topic)
    if row is None:
        return Draft(())
    draft = list_items(document, row, brief)
    if draft.blocks:
        return draft
    whole = all_text(document, row)
    return quoted(whole, brief) if whole and length(whole) <= _READABLE else Draft(())


def _lists_papers(document: Document, row: int) -> bool:
    """True for the innermost clause that opens a list of papers, by its heading or its own last words."""
    clause = document.clauses[row]
    own = own_text(document, row)
    opens = bool(own) and _OPENS.search(own[0].text.rstrip()) is not None
    if not opens and not _LISTS.search(clause.title):
        return False
    text = document.text[clause.start : clause.end]
    inner = [n for n, one in enumerate(document.clauses) if one.parent == row and _LISTS.search(one.title)]
    return len(_PAPERS.findall(text)) > 1 and not inner


def _nearest(document: Document, rows: Sequence[int], topic: str) -> int | None:
    """Return the clause whose headings and opening share most with `topic`; None where two do as much."""
    if len(rows) == 1:
        return rows[0]
    pairs = {topic[n : n + 2] for n in range(len(topic) - 1)}
    scored = []
    for row in rows:
        own = own_text(document, row)
        words = "".join((*document.heading_path(row), own[0].text if own else ""))
        scored.append((sum(pair in words for pair in pairs), row))
    scored.sort(reverse=True)
    return scored[0][1] if scored[0][0] > scored[1][0] else None
