"""Answer what a section or a document consists of: its clauses listed or counted from the clause tree."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.document import Document
from service.composing.asked import quoted_names
from service.composing.brief import Brief
from service.composing.english import all_listed, source
from service.composing.offices import heading_span
from service.composing.wording import in_quotes, label, tidy
from service.evidence import Draft, Span, Statement
from service.kinds import without_question_words
from service.question import Question

_UNITS = re.compile(
    r"条文|条款|(?<=[多少几])条(?=[?？]?$)|(?<=[多少几][项条件])(?:重点|主要|具体)?工作(?![日人])|(?<=几)块(?![钱地])|章|节|任务|措施|举措|部分|行动|重点|保障|附件|第几条|articles?|clauses?|chapters?|tasks?|measures?",
    re.I,
)
_GENERIC = re.compile(
    r"方案|文件|意见|通知|条例|办法|规定|计划|政策|这[个份部]|那[个份部]|里面?|中|一共|总共|共|都|列|有|分|成|了|出|编到|提出|安排|部署|规定|的|第|写|管|老|旧|新|现行|眼下|现在|数数|[那这]份?|个|呀|啊|呢"
)


_POINTS = re.compile(
    r"[”」]这?[一个]{0,2}(?:块|部分|章|节|方面|板块|行动)|[这那该本一]个?(?:部分|章|节|块)|(?:部分|章|节)(?:里|中|有|的|下)|第[一二三四五六七八九十\d]+(?:部分|章|节)|[”》](?:部分|章|节)"
)
_PARTS = re.compile(r"[,，;；。?？]")
_SPELT = 0.5
"""A document is named where the question has this share of its title's pairs of characters."""
_MOST = 5


def names_no_more(question: Question, document: Document, row: int) -> bool:
    """True where the question speaks of nothing but what the titles of section `row` and its document say."""
    return not _foreign_words(question.topic, (document, row), document.title)


def section_as_a_whole(brief: Brief) -> tuple[Document, int] | None:
    """Return the section that the question names and says nothing else about; None where there is none."""
    place = _section_named(brief)
    titles = "".join(document.title for document in brief.documents)
    return None if place is None or _foreign_words(brief.question.topic, place, titles) else place


def compose_section_list(brief: Brief) -> Draft | None:
    """List the titled clauses of the section that the question names; None where it names none."""
    place = section_as_a_whole(brief)
    if place is None:
        return None
    document, row = place
    children = _titled(document, row)
    if len(children) < 2:
        return None
    spans = [heading_span(document, child) for child in children]
    blocks = section_frame(document, row, spans, brief)
    for number, (child, span) in enumerate(zip(children, spans, strict=True), start=1):
        if span is None:
            return None
        clause = document.clauses[child]
        shown = (
            f"{clause.label}. {tidy(clause.title)}"
            if clause.label.isdigit()
            else f"{number}. {tidy(clause.title)}"
        )
        blocks.append(Statement(shown, (span,)))
    return Draft(tuple(blocks))


def section_frame(
    document: Document, row: int, items: Sequence[Span | None], brief: Brief
) -> list[Statement]:
    """Return what goes before the items of a section: its name and how many there are."""
    english = brief.question.language == "en"
    spans = _cited(document, row)
    section = in_quotes(tidy(document.clauses[row].title)) if spans else ""
    if row and not spans:
        spans = tuple(span for span in items[:1] if span is not None)
    count = all_listed(len(items), english=english)
    if not english:
        return [Statement(f"{label(document, brief)}{section}{count}", spans)]
    name = [Statement(f"{source(document)}{section}:".replace(": :", ":"), spans)] if spans else []
    return [*name, Statement(count)]


def compose_section_count(brief: Brief) -> Draft:
    """Count the clauses of the section, or of the document, that the question names; empty where unclear.

    A question that names anything else (家企业, 条产业链) is none about the document's own parts.
    """
    question = brief.question
    if not _UNITS.search(question.topic) or not brief.documents:
        return Draft(())
    named = _section_named(brief, counted=True)
    titles = "".join(document.title for document in brief.documents)
    if _foreign_words(_up_to_what_is_counted(question.topic), named, titles):
        return Draft(())
    documents = [named[0]] if named is not None else _documents_meant(brief)
    blocks: list[Statement] = []
    counted = [
        (one, rows)
        for one in documents
        for rows in ([_titled(one, named[1])] if named else _counted(one, question.topic))
    ]
    for document, rows in counted:
        spans = [span for row in (*rows[:1], *rows[-1:]) if (span := _marker_span(document, row)) is not None]
        if len(spans) < 2:
            continue
        english = question.language == "en"
        name = label(document, brief) if brief.several_regions else "文件"
        section = in_quotes(tidy(document.clauses[named[1]].title)) if named and named[1] else ""
        name = f"{source(document)}{section}" if english else f"{name}{section}{'部分' if section else ''}"
        tasks = [row for row in _below(document, rows) if document.clauses[row].label.isdigit()]
        tasks = tasks if not document.clauses[rows[0]].label.isdigit() else []
        if len(rows) == 1 and named is not None:
            spans = [*_cited(document, named[1]), spans[0]]
        if (title := _title_span(document)) is not None:  # whose parts are counted
            spans.insert(0, title)
        text = _count_of(document, rows, "个部分" if tasks else _counter(document, rows), english=english)
        blocks.append(Statement(f"{name}{text}", tuple(spans)))
        if tasks:
            ends = [_marker_span(document, row) for row in (tasks[0], tasks[-1])]
            text = _count_of(document, tasks, "项", english=english)
            name = "Tasks among them: " if english else "其中任务"
            blocks.append(Statement(f"{name}{text}", tuple(span for span in ends if span is not None)))
    return Draft(tuple(blocks))


def _up_to_what_is_counted(topic: str) -> str:
    """The parts of a question up to the one that says what is counted: 分几大块，每块开头是…."""
    parts = _PARTS.split(topic)
    last = next((place for place, part in enumerate(parts) if _UNITS.search(part)), len(parts) - 1)
    return " ".join(parts[: last + 1])


def _count_of(document: Document, rows: Sequence[int], counter: str, *, english: bool) -> str:
    """Say how many clauses there are, and which is the first and which the last.

    In English too the number bears its Chinese counter, by which the evidence check knows it for a count.
    """
    first, last = (in_quotes(tidy(document.clauses[row].heading)) for row in (rows[0], rows[-1]))
    count = f"共{len(rows)}{counter}"
    if english:
        return f"{first} ({count})." if first == last else f"from {first} to {last} ({count})."
    return f"{count}，即{first}。" if first == last else f"{count}，自{first}至{last}。"


def _documents_meant(brief: Brief) -> list[Document]:
    """Return the documents whose parts are counted: those whose titles the question spells out, else the first found."""
    question = brief.question
    if question.regions or question.document_ids:
        return list(brief.documents[:1])
    topic = _pairs(question.topic)
    spelt = [
        one for one in brief.documents if len(_pairs(one.title) & topic) >= _SPELT * len(_pairs(one.title))
    ]
    return spelt[:_MOST] or list(brief.documents[:_MOST])


def _foreign_words(topic: str, named: tuple[Document, int] | None, titles: str) -> bool:
    """True where the question speaks of more than a document's parts."""
    rest = _UNITS.sub("", _GENERIC.sub("", without_question_words(topic)))
    if named is not None:
        title = named[0].clauses[named[1]].title
        rest = "".join(character for character in rest if character not in title)
    rest = "".join(character for character in rest if character not in titles)
    rest = re.sub(r"主要|工作|重点|编|任务|大|具体|[^\u4e00-\u9fff]", "", rest)
    return len(rest) > 3


def _below(document: Document, rows: list[int]) -> list[int]:
    """Rows of all clauses under `rows`, themselves left out."""
    within = set(rows)
    found = []
    for row, clause in enumerate(document.clauses):
        if clause.parent in within:
            within.add(row)
            found.append(row)
    return found


def _section_named(brief: Brief, *, counted: bool = False) -> tuple[Document, int] | None:
    """Return the section whose title the question mostly spells out.

    Where clauses are `counted`, words that the document's own title has name no section of it, unless the question
    says that it means a part.
    """
    quoted = " ".join(quoted_names(brief.question.topic))
    topic = _GENERIC.sub("", without_question_words(brief.question.topic)) + f" {quoted}"
    points = _POINTS.search(brief.question.topic) is not None
    best: tuple[float, Document, int] | None = None
    for document in brief.documents[:6]:
        parents = {clause.parent for clause in document.clauses if clause.parent}
        for row in parents:
            title = re.sub(r"[^\u4e00-\u9fffA-Za-z0-9]|[与和及]", "", document.clauses[row].title)
            if len(title) < 4:
                continue
            pairs = {title[i : i + 2] for i in range(len(title) - 1)}
            named = {pair for pair in pairs if pair in topic}
            share = len(named) / len(pairs)
            if counted and not points and named <= _pairs(document.title):
                continue
            if share >= 0.6 and (best is None or share > best[0]):
                best = (share, document, row)
    return None if best is None else (best[1], best[2])


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1) if not re.search(r"\W", text[n : n + 2])}


def _titled(document: Document, row: int) -> list[int]:
    """Rows of the clauses under `row`, or under its only kind of subsection."""
    return [
        n
        for n, clause in enumerate(document.clauses)
        if clause.parent == row and (clause.title or clause.label)
    ]


def _counted(document: Document, topic: str) -> list[list[int]]:
    """Rows of the clauses that a count over a whole document means: its chapters, articles or numbered tasks.

    One list for each kind asked for: 几章几条 asks for two.
    """
    labelled = [(n, clause) for n, clause in enumerate(document.clauses) if clause.label]
    kinds = {
        "章": [n for n, clause in labelled if clause.label.endswith("章")],
        "节": [n for n, clause in labelled if clause.label.endswith("节")],
        "条": [n for n, clause in labelled if re.fullmatch(r"第.+条(?:之.+)?", clause.label)],
    }
    words = {"章": r"章|chapter", "节": r"(?<!环)节", "条": r"条(?!例)|article|clause"}
    asked = [
        kinds[kind] for kind, pattern in words.items() if re.search(pattern, topic, re.I) and kinds[kind]
    ]
    if asked:
        return asked
    if kinds["条"]:
        return [kinds["条"]]
    if re.search(r"部分", topic):
        return [[n for n, clause in labelled if clause.level == 1]]
    if re.search(r"保障", topic):
        within = [
            n for n, clause in labelled if clause.parent and "保障" in document.clauses[clause.parent].title
        ]
        return [[n for n in within if document.clauses[n].level == 2]]
    return [[n for n, clause in labelled if clause.label.isdigit()]]


def _counter(document: Document, rows: list[int]) -> str:
    mark = document.clauses[rows[0]].label[-1:]
    return mark if mark in ("条", "章", "节") else "项"


def _marker_span(document: Document, row: int) -> Span | None:
    span = heading_span(document, row)
    if span is not None:
        return span
    clause = document.clauses[row]
    paragraph = next((p for p in document.paragraphs if p.start <= clause.start < p.end), None)
    if paragraph is None:
        return None
    start = clause.start - paragraph.start
    return Span(document, paragraph, start, start + len(clause.marker))


def _title_span(document: Document) -> Span | None:
    """Return where the document's own title stands; None where the text bears none."""
    wanted = re.sub(r"\s", "", document.title)
    for paragraph in document.paragraphs:
        if paragraph.clause == 0 and wanted and wanted in re.sub(r"\s", "", paragraph.text):
            return Span(document, paragraph, 0, len(paragraph.text))
    return None


def _cited(document: Document, row: int) -> tuple[Span, ...]:
    span = heading_span(document, row) if row else None
    return (span,) if span is not None else ()
