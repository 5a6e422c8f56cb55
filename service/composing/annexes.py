"""Follow 见附件1 to the annex that it names."""

from __future__ import annotations

import re

from service.composing.wholes import all_text
from service.evidence import Span
from service.figures import number

_NAMED = re.compile(r"附[件表录]\s*(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3})?(?!的)")
_REFERS = re.compile(r"(?:见|按照?|依照|参照|列于|填写)[^。；;]{0,6}$|[（(]$")
_LABEL = re.compile(r"附[件表录](?P<number>\d{1,2}|[一二三四五六七八九十]{1,3})?")


def annex_named(span: Span) -> int | None:
    """Return the row of the annex that the span's words refer to (见附件1, 按照附件3办理); None where there is none."""
    for match in _NAMED.finditer(span.text):
        if not _REFERS.search(span.text[: match.start()]):
            continue
        for row, clause in enumerate(span.document.clauses):
            label = _LABEL.fullmatch(clause.label)
            if label is not None and _same(label["number"], match["number"]):
                return row if all_text(span.document, row) else None
    return None


def _same(one: str | None, other: str | None) -> bool:
    return (number(one) if one else None) == (number(other) if other else None)
