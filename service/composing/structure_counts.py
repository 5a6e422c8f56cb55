"""Count what a document consists of: its parts, articles and tasks, the rows of its tables, the clauses that begin with a word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexer.document import Document, Paragraph
from indexer.tables import cells_of
from service.composing.brief import Brief
from service.composing.english import source
from service.composing.sections import (
    UNITS,
    cited,
    foreign_words,
    pairs,
    section_named,
    section_pointed_at,
    titled,
)
from service.composing.wording import in_quotes, label, tidy
from service.evidence import Draft, Span, Statement
from service.tables import name_place, tables_of

_PARTS = re.compile(r"[,，;；。?？]")
_SPELT = 0.5
"""A document is named where the question has this share of its title's pairs of characters."""
_MOST = 5
_NAME = 6
"""So many characters before the number are a table's name; half of their pairs stand in its caption."""
_SHORT = 30
"""A line above a table of so many characters is its name."""
_GENRE = r"(?:若干措施|措施|方案|文件|意见|通知|条例|办法|规定|细则|规程|要点|计划|政策|决定|公告|纪要|指南)"
_OF_A_DOCUMENT = re.compile(
    _GENRE + r"(?:正文|全文|原文|本身|里面?|中|内|上|一共|总共|共|合计|总计|到底|究竟|具体|都|[,，\s])*"
    r"(?:分|有|写|列|含|设|包括|提|安排|部署)*(?:成|为|了|出)*(?:多少|几)个?大?"
    r"(?:条(?!产|线)|章|节|块(?![地钱])|部分|方面|板块|项(?=工作|任务|措施|举措|内容|[,，、?？。啊呀呢吧]|$))"
)
"""The question counts the parts of what it calls a document: 这份办法总共有多少条."""
_TOP = re.compile(r"部分|块|方面|板块")
_BEGINS = re.compile(
    r"(?:打头|开头|起头)(?:的?字?眼?(?:写|是|为|用|都)?(?:着|的是)?)?[“\"「](?P<a>[^”\"」]{1,8})[”\"」]"
    r"|[“\"「](?P<b>[^”\"」]{1,8})[”\"」]二?三?两?字?(?:打头|开头|起头|带头)"
    r"|(?:以|用|拿)(?P<c>[\u4e00-\u9fff]{1,6}?)[两二三]?字?(?:作为|为|来|做|作)?(?:打头|开头|起头)"
)
_TABLE = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{0,10}(?:表|清单|名单|目录|台账))(?:里头?|里面|中|上|内|一共|总共|共|都|列|有|写|出|了|的)*"
    r"(?:多少|几)(?P<unit>[项条个家行种类件户名])"
)
_STAGES = re.compile(r"[几少]个?(?:大|年度|主要)*(?:阶段|步|环节)")
"""What a text divides its matter into, and not itself."""
_TOTAL = re.compile(r"合\s*计|总\s*计|小\s*计")


def compose_structure_count(brief: Brief) -> Draft:
    """Count the clauses of the section, or of the document, that the question names; empty where unclear.

    A question that names anything else (家企业, 条产业链) is none about the document's own parts.
    """
    question = brief.question
    if not brief.documents or _STAGES.search(question.topic):
        return Draft(())
    if not (UNITS.search(question.topic) or _BEGINS.search(question.topic)):
        return Draft(())
    named = section_pointed_at(brief)
    whole = named is None and _OF_A_DOCUMENT.search(question.topic) is not None
    if not whole and named is None:
        named = section_named(brief, counted=True)
        titles = "".join(document.title for document in brief.documents)
        if foreign_words(_BEGINS.sub("", _up_to_what_is_counted(question.topic)), named, titles):
            return Draft(())
    blocks: list[Statement] = []
    for document in [named[0]] if named is not None else _documents_meant(brief):
        for counted in [titled(document, named[1])] if named else _counted(document, question.topic):
            blocks += _count(brief, document, counted, named[1] if named else 0)
    return Draft(tuple(blocks))


def compose_row_count(brief: Brief) -> Draft:
    """Count the rows of the table that the question names: 任务分工表列了几项; empty where no caption has its name."""
    asked = _TABLE.search(_without_idle_words(brief.question.topic))
    if asked is None:
        return Draft(())
    wanted = pairs(asked["name"][-_NAME:])
    best: tuple[int, Document, Paragraph, list[Paragraph]] | None = None
    for document in _documents_meant(brief):
        for caption, rows in _tables(document):
            near = len(wanted & pairs(caption.text))
            if near >= max(2, len(wanted) / 2) and rows and (best is None or near > best[0]):
                best = (near, document, caption, rows)
    if best is None:
        return Draft(())
    _, document, caption, rows = best
    spans = [Span(document, one, 0, len(one.text)) for one in dict.fromkeys((caption, rows[0], rows[-1]))]
    first, last = (in_quotes(tidy(_named(one))) for one in (rows[0], rows[-1]))
    run = f"，自{first}至{last}" if len(rows) > 1 else ""
    named = in_quotes(tidy(caption.text)) if len(caption.text) <= _SHORT else "这张表"
    return Draft(
        (Statement(f"《{document.title}》的{named}共{len(rows)}{asked['unit']}{run}。", tuple(spans)),)
    )


def _count(brief: Brief, document: Document, rows: Sequence[int], section: int) -> list[Statement]:
    """Say how many clauses `rows` are, all under `section`, and how many tasks stand under them."""
    topic, english = brief.question.topic, brief.question.language == "en"
    begins = _BEGINS.search(topic)
    word = next(filter(None, begins.groups()), "") if begins else ""
    rows = [row for row in rows if _text_of(document, row).startswith(word)]
    ends = [span for row in (*rows[:1], *rows[-1:]) if (span := _marker_span(document, row)) is not None]
    if len(ends) < 2:
        return []
    title = in_quotes(tidy(document.clauses[section].title)) if section else ""
    own = f"《{document.title}》" if document.title != document.id else label(document, brief)
    name = f"{source(document)}{title}" if english else f"{own}{title}{'部分' if title else ''}"
    if word and not english:
        name = f"{name}以{in_quotes(word)}开头的"
    tasks = [row for row in _below(document, rows) if document.clauses[row].label.isdigit()]
    if document.clauses[rows[0]].label.isdigit() or not all(document.clauses[row].title for row in tasks):
        tasks = []
    head = _title_spans(document)
    spans = (*head, *cited(document, section), ends[0]) if len(rows) == 1 else (*head, *ends)
    if word:  # there may be others between the first and the last
        openings = (_opening_span(document, row, word) for row in rows)
        spans = (*head, *(span for span in openings if span is not None))
    top = not section and not word and _TOP.search(topic) is not None
    counter = "个部分" if tasks or top else _counter(document, rows, topic)
    blocks = [Statement(f"{name}{_count_of(document, rows, counter, english=english)}", spans)]
    if tasks:
        places = [_marker_span(document, row) for row in (tasks[0], tasks[-1])]
        text = _count_of(document, tasks, "项", english=english)
        under = "Tasks among them: " if english else "其中任务"
        blocks.append(Statement(f"{under}{text}", tuple(span for span in places if span is not None)))
    return blocks


def _without_idle_words(topic: str) -> str:
    """Return the topic without what stands idly between a table's name and its number: 后头那个, 到底."""
    return re.sub(r"到底|究竟|具体|大概|[\s,，]", "", topic)


def _tables(document: Document) -> Iterator[tuple[Paragraph, list[Paragraph]]]:
    """Yield the line above each table, which names it, and its rows, totals left out."""
    for header, rows in tables_of(document):
        if header.number > 1:
            kept = [row for row in rows if not _TOTAL.search(cells_of(row.text)[0])]
            yield document.paragraphs[header.number - 2], kept


def _named(row: Paragraph) -> str:
    """The cell that says what a row is about."""
    cells = cells_of(row.text)
    return cells[name_place(cells)]


def _text_of(document: Document, row: int) -> str:
    clause = document.clauses[row]
    return clause.title or document.text[clause.body_start : clause.end].lstrip()


def _up_to_what_is_counted(topic: str) -> str:
    """The parts of a question up to the one that says what is counted: 分几大块，每块开头是…."""
    parts = _PARTS.split(topic)
    last = next((place for place, part in enumerate(parts) if UNITS.search(part)), len(parts) - 1)
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
    """Return the documents whose parts are counted: those whose titles the question spells out, else the first found.

    Of the documents of one city, the one whose title has most of the question's words.
    """
    question = brief.question
    topic = pairs(question.topic)
    if question.document_ids:
        return list(brief.documents[:1])
    if question.regions:
        nearest = sorted(brief.documents, key=lambda one: -len(pairs(one.title) & topic))
        return nearest[:1]
    spelt = [
        one for one in brief.documents if len(pairs(one.title) & topic) >= _SPELT * len(pairs(one.title))
    ]
    return spelt[:_MOST] or list(brief.documents[:_MOST])


def _below(document: Document, rows: Sequence[int]) -> list[int]:
    """Rows of all clauses under `rows`, themselves left out."""
    within = set(rows)
    found = []
    for row, clause in enumerate(document.clauses):
        if clause.parent in within:
            within.add(row)
            found.append(row)
    return found


def _counted(document: Document, topic: str) -> list[list[int]]:
    """Rows of the clauses that a count over a whole document means: its chapters, articles or numbered tasks.

    One list for each kind asked for: 几章几条 asks for two. What stands in an annex is not counted.
    """
    annexes = [n for n, clause in enumerate(document.clauses) if clause.label.startswith("附件")]
    annexed = {*annexes, *_below(document, annexes)}
    labelled = [(n, clause) for n, clause in enumerate(document.clauses) if clause.label and n not in annexed]
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
    if _TOP.search(topic):
        return [[n for n, clause in labelled if clause.level == 1]]
    if re.search(r"保障", topic):
        within = [
            n for n, clause in labelled if clause.parent and "保障" in document.clauses[clause.parent].title
        ]
        return [[n for n in within if document.clauses[n].level == 2]]
    numbered = [n for n, clause in labelled if clause.label.isdigit()]
    return [
        numbered or [n for n, clause in labelled if clause.level == max(one.level for _, one in labelled)]
    ]


def _counter(document: Document, rows: Sequence[int], topic: str) -> str:
    mark = document.clauses[rows[0]].label[-1:]
    if mark in ("条", "章", "节"):
        return mark
    return "条" if re.search(r"[几少]大?条", topic) else "项"


def _marker_span(document: Document, row: int) -> Span | None:
    if own := cited(document, row):
        return own[0]
    clause = document.clauses[row]
    paragraph = next((p for p in document.paragraphs if p.start <= clause.start < p.end), None)
    if paragraph is None:
        return None
    start = clause.start - paragraph.start
    return Span(document, paragraph, start, start + len(clause.marker))


def _opening_span(document: Document, row: int, word: str) -> Span | None:
    """Return the place of a clause's marker and of the word that it begins with."""
    marker = _marker_span(document, row)
    if marker is None:
        return None
    end = marker.paragraph.text.find(word, marker.start) + len(word)
    return Span(document, marker.paragraph, marker.start, max(marker.end, end))


def _title_spans(document: Document) -> tuple[Span, ...]:
    """Return where the document's own title stands; nothing where the text bears none."""
    wanted = re.sub(r"\s", "", document.title)
    for paragraph in document.paragraphs:
        if paragraph.clause == 0 and wanted and wanted in re.sub(r"\s", "", paragraph.text):
            return (Span(document, paragraph, 0, len(paragraph.text)),)
    return ()
