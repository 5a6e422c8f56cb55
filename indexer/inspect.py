"""Show what was understood of a document, for a person to check at a glance."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from indexer.document import Clause, Deadline, Document, Trailer

FIRST_WORDS = 30
UNKNOWN = "（未载明）"
NUMERAL = re.compile(r"[〇零○一二三四五六七八九十百千两\d]+")
SAMPLES = {"一": "一、", "1": "1."}


def describe(document: Document) -> str:
    """Return metadata, clause tree, trailers and counts of `document`, as plain text in Chinese."""
    parts = [_metadata(document), _tree(document), _counts(document)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _metadata(document: Document) -> str:
    fields: list[tuple[str, str | date | None]] = [
        ("文件", document.id),
        ("标题", document.title),
        ("发文机关", document.issuer),
        ("发文字号", document.number),
        ("成文日期", document.issued_on),
        ("施行日期", document.effective_on),
        ("失效日期", document.expires_on),
        ("地区", document.region),
        ("时效", document.status),
        ("摘编自", document.digest_of),
    ]
    optional = {"失效日期", "时效", "摘编自"}
    return "\n".join(
        f"{name}：{UNKNOWN if value is None else value}"
        for name, value in fields
        if value is not None or name not in optional
    )


def _tree(document: Document) -> str:
    lines = ["条款"]
    for row, clause in enumerate(document.clauses):
        paragraphs = document.paragraphs_by_clause.get(row, ())
        indent = "  " * clause.level
        if row == 0:
            lines.append(f"  （文首、文尾）  {len(paragraphs)} 段")
            lines += [f"      {_shortened(paragraph.text)}" for paragraph in paragraphs]
            continue
        numbers = f"p{paragraphs[0].number}" if paragraphs else "—"
        if len(paragraphs) > 1:
            numbers += f"…p{paragraphs[-1].number}（{len(paragraphs)} 段）"
        lines.append(f"  {indent}[{document.address(row)}] {clause.title}  {numbers}".rstrip())
        if words := _first_words(document, clause, row):
            lines.append(f"  {indent}    {words}")
        if clause.trailer is not None:
            lines.append(f"  {indent}    → {_trailer(clause.trailer)}")
    return "\n".join(lines)


def _first_words(document: Document, clause: Clause, row: int) -> str:
    """The beginning of the clause's own words, those of its children left out."""
    own = [
        paragraph
        for paragraph in document.paragraphs_by_clause.get(row, ())
        if paragraph.end > clause.body_start
    ]
    if not own:
        return ""
    return _shortened(document.text[max(clause.body_start, own[0].start) : own[0].end])


def _trailer(trailer: Trailer) -> str:
    parts = [
        (name, "、".join(units))
        for name, units in (("牵头", trailer.lead_units), ("责任", trailer.responsible_units))
        if units
    ]
    if trailer.deadline is not None:
        parts.append(("时限", _deadline(trailer.deadline)))
    return "；".join(f"{name}：{value}" for name, value in parts)


def _deadline(deadline: Deadline) -> str:
    dates = ""
    if deadline.start and deadline.end:
        dates = f"{deadline.start} 至 {deadline.end}"
    elif deadline.end:
        dates = f"至 {deadline.end}"
    if deadline.ongoing:
        dates = f"{dates}，长期" if dates else "长期"
    return f"{deadline.text}（{dates}）" if dates else deadline.text


def _counts(document: Document) -> str:
    """How many clauses of each kind, how many paragraphs, trailers, lead units and deadlines."""
    kinds = Counter(_kind(clause) for clause in document.clauses[1:])
    trailers = [clause.trailer for clause in document.clauses if clause.trailer is not None]
    counted = "，".join(f"{kind} {count}" for kind, count in kinds.items()) or "无编号条款"
    return "\n".join(
        [
            "合计",
            f"  条款：{counted}",
            f"  段落：{len(document.paragraphs)}；字符：{len(document.text)}",
            f"  责任事项：{len(trailers)}；写明牵头单位 {sum(bool(t.lead_units) for t in trailers)}；"
            f"写明责任单位 {sum(bool(t.responsible_units) for t in trailers)}；"
            f"写明时限 {sum(t.deadline is not None for t in trailers)}",
        ]
    )


def _kind(clause: Clause) -> str:
    if not clause.label:
        return "无编号标题"
    plain = re.sub(r"之.*", "", clause.label)
    if "①" <= plain <= "㉟":
        return "①"
    if plain.startswith(("附件", "附表", "附录", "附图")):
        return plain[:2]
    sample = NUMERAL.sub(lambda match: "1" if match[0].isdecimal() else "一", plain)
    return SAMPLES.get(sample, sample)


def _shortened(text: str) -> str:
    return text if len(text) <= FIRST_WORDS else text[:FIRST_WORDS] + "…"
