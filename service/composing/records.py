"""Answer what the catalogue knows: title, issuer, number, dates, and how many clauses there are."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from indexer.document import Document, Paragraph
from service.composing.brief import Brief
from service.composing.wording import label
from service.evidence import Draft, Span, Statement
from service.formal import chinese_date

_NUMBER = re.compile(r"文号|字号|第几号|几号文|什么号|document number|file number", re.I)
_ISSUER = re.compile(
    r"谁|哪[个家]?(?:单位|部门|机关|机构|政府)|发文机关|发文单位|制定机关|印发(?:单位|机关)|落款(?:是|单位)?|who|which body",
    re.I,
)
_WHEN = re.compile(
    r"哪[一]?[天日年月]|什么时[候间]|何时|几[号月]|啥时|多会儿|日期|时间|when|what date|\bdate\b", re.I
)
_EFFECT = re.compile(r"施行|生效|实施|执行|effect|force", re.I)
_EXPIRY = re.compile(r"有效期|失效|到期|截止|废止|expire", re.I)
_TITLE = re.compile(r"全称|全名|标题|名称|名字|叫什么|title|called", re.I)
_IN_FORCE = ("之日起施行", "起施行", "施行")
_ABOUT_DOCUMENT = re.compile(
    r"方案|文件|意见|通知|条例|办法|规定|计划|政策|细则|文号|字号|document|plan|notice", re.I
)
_STATUS = re.compile(r"有效吗|还有效|是否有效|废止|现行|still in force|valid", re.I)


def compose_record(brief: Brief) -> Draft:
    """Answer from the fields of the documents asked about, citing the title block that states them.

    Empty where the file does not state what is asked.
    """
    text = brief.question.text
    blocks: list[Statement] = []
    for document in brief.documents[:6]:
        facts: list[tuple[str, tuple[str, ...]]] = []
        if _TITLE.search(text):
            facts.append((f"全称为《{document.title}》", (document.title,)))
        if _NUMBER.search(text) and document.number:
            facts.append((f"发文字号为{document.number}", (document.number,)))
        if _ISSUER.search(text) and document.issuer:
            facts.append((f"由{document.issuer}印发", (document.issuer,)))
        if _EXPIRY.search(text) and document.expires_on:
            facts.append((f"有效期至{chinese_date(document.expires_on)}", _written(document.expires_on)))
        elif _EFFECT.search(text) and document.effective_on:
            facts.append(
                (f"自{chinese_date(document.effective_on)}起施行", (*_written(document.effective_on), "施行"))
            )
        elif _EFFECT.search(text) and not _EFFECT.search(document.text) and document.issued_on:
            facts.append(
                (
                    f"没有写明施行日期，成文日期为{chinese_date(document.issued_on)}",
                    _written(document.issued_on),
                )
            )
        elif _WHEN.search(text) and not _EFFECT.search(text) and document.issued_on:
            facts.append((f"成文日期为{chinese_date(document.issued_on)}", _written(document.issued_on)))
        if _STATUS.search(text) and document.status:
            facts.append((f"时效状态为{document.status}", (document.status,)))
        if not facts:
            continue
        spans = _spans(document, [words for _, words in facts])
        name = f"{label(document, brief)}：" if brief.several_regions or len(brief.documents) > 1 else ""
        title = "" if _TITLE.search(text) else f"《{document.title}》"
        blocks.append(Statement(f"{name}{title}{'，'.join(fact for fact, _ in facts)}。", spans))
    return Draft(tuple(blocks))


def asks_unstated(brief: Brief) -> bool:
    """True where the question asks for a field of a document that the document does not state."""
    text = brief.question.text
    if not _ABOUT_DOCUMENT.search(text):
        return False
    return bool(brief.documents) and (
        (bool(_NUMBER.search(text)) and not any(document.number for document in brief.documents))
        or (bool(_ISSUER.search(text)) and not any(document.issuer for document in brief.documents))
        or (bool(_WHEN.search(text)) and not any(document.issued_on for document in brief.documents))
    )


def _spans(document: Document, wanted: list[tuple[str, ...]]) -> tuple[Span, ...]:
    """Find the paragraphs, title block first, whose words state what is wanted; the first lines if none does."""
    found: list[Span] = []
    own = sorted(document.paragraphs, key=lambda paragraph: (paragraph.clause != 0, paragraph.number))
    for words in wanted:
        # That a document takes effect stands in its last article.
        order = document.paragraphs[::-1] if words[-1] in _IN_FORCE else own
        span = next(
            (
                span
                for word in words
                for one in order
                if (span := _occurs(document, one, (word,))) is not None
            ),
            None,
        )
        if span is not None and all(span.paragraph != other.paragraph for other in found):
            found.append(span)
    if not found and document.paragraphs:
        first = document.paragraphs[0]
        found.append(Span(document, first, 0, len(first.text)))
    return tuple(found)


def _occurs(document: Document, paragraph: Paragraph, words: tuple[str, ...]) -> Span | None:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", paragraph.text))
    for word in words:
        if re.sub(r"\s", "", unicodedata.normalize("NFKC", word)) in plain:
            return Span(document, paragraph, 0, len(paragraph.text))
    return None


def _written(day: date) -> tuple[str, ...]:
    digits = "〇一二三四五六七八九"
    year = "".join(digits[int(c)] for c in str(day.year))

    def numeral(value: int) -> str:
        tens, ones = divmod(value, 10)
        return ("" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十") + (
            digits[ones] if ones else ""
        )

    return (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}年{day.month:02}月{day.day:02}日",
        f"{day.year}年{day.month}月{day.day}",
        day.isoformat(),
        f"{year}年{numeral(day.month)}月{numeral(day.day)}日",
    )
