"""Comparisons and reports: the same figures, side by side, on a page that nothing hostile gets into."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from eval.compare import compare, comparison_tables
from eval.outcomes import judge
from eval.questions import QuestionSet
from eval.records import Run, RunError
from eval.report import Report, html, make_report, mark_quote, markdown, plain
from eval.run import run
from tests.eval_town import QUESTIONS, Clerk, Miscounting, backend, documents
from tests.test_eval_metrics import cited

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>$x^2$"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(QUESTIONS, backend(), tmp_path_factory.mktemp("runs") / "sound.jsonl")


@pytest.fixture(scope="module")
def altered(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(
        QUESTIONS, backend(Miscounting(documents())), tmp_path_factory.mktemp("runs") / "altered.jsonl"
    )


def test_a_comparison_tells_what_became_wrong(sound: Run, altered: Run) -> None:
    found = compare(sound, altered)
    assert [pair.after.question.id for pair in found.worse] == ["t-1", "t-2", "t-3", "t-4", "t-5", "t-6"]
    assert found.better == ()
    assert found.differences["right"].mean == -6 / 8
    assert found.differences["right"].p == pytest.approx(2 / 2**6)
    assert found.differences["refused"].mean == 0
    assert found.by_kind["deadline"].mean == -1


def test_a_comparison_is_antisymmetric(sound: Run, altered: Run) -> None:
    there, back = compare(sound, altered), compare(altered, sound)
    assert {name: change.mean for name, change in there.differences.items()} == {
        name: -change.mean for name, change in back.differences.items()
    }


def test_only_questions_of_both_runs_are_paired(sound: Run, altered: Run) -> None:
    found = compare(sound, replace(altered, records=altered.records[2:]))
    assert (len(found.pairs), found.left_out) == (6, 2)
    assert "另有 2 题" in comparison_tables(found)[0].title
    with pytest.raises(RunError, match="没有相同的题"):
        compare(sound, replace(altered, records=()))


def test_a_reworded_question_is_not_compared(sound: Run) -> None:
    first = sound.records[0]
    other = replace(first, question=replace(first.question, question="换了问法"))
    with pytest.raises(RunError, match="t-1"):
        compare(sound, replace(sound, records=(other, *sound.records[1:])))


def test_flips_stand_side_by_side(sound: Run, altered: Run) -> None:
    worse = comparison_tables(compare(sound, altered), flips=1)[-1]
    assert worse.title == "由对变错：6 题"
    (row,) = worse.rows
    assert "2个工作日" in row[2] and "3个工作日" in row[3]


def test_faults_are_named_gravest_first(altered: Run) -> None:
    report = make_report(altered)
    assert report.outcomes == {"要点不全": 6, "答对": 2}
    assert report.judged[0].missing_facts == ("2个工作日",)
    assert [gap.words for gap in report.judged[0].gaps] == ["3工作日"]


def test_an_answer_where_none_is_due_is_the_gravest(tmp_path: Path) -> None:
    bold = run(QUESTIONS, backend(Clerk(documents(), refuses=False)), tmp_path / "bold.jsonl")
    assert make_report(bold).judged[0].outcome.label == "该拒未拒"


class Page(HTMLParser):
    """Collects what could run or load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href") and not (value or "").startswith("#"):
                self.loads.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)


def hostile(sound: Run) -> Report:
    """Return a report in which every text that comes from outside is hostile."""
    first = sound.records[0]
    assert first.reply is not None
    question = replace(
        first.question,
        question=HOSTILE,
        kind=HOSTILE,
        lang=HOSTILE,
        note=HOSTILE,
        facts=((HOSTILE,),),
        history=(),
    )
    reply = replace(
        first.reply,
        text=HOSTILE,
        notice=HOSTILE,
        standalone_question=HOSTILE,
        generator=HOSTILE,
        citations=(cited("script", text=HOSTILE, address=HOSTILE),),
    )
    record = replace(first, question=question, reply=reply, gold_texts=(HOSTILE,))
    header = replace(sound.header, backend=HOSTILE, index_version=HOSTILE)
    return make_report(Run(HOSTILE, header, (record, *sound.records[1:])), before=None)


def test_the_page_loads_nothing_and_escapes_everything(sound: Run) -> None:
    page = html(hostile(sound))
    parsed = Page(page)
    assert parsed.tags.count("script") == 1
    assert "img" not in parsed.tags
    assert parsed.loads == [] and parsed.handlers == []
    assert "@import" not in page and "url(http" not in page
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/]{43}='", page)


def test_the_page_holds_every_question_with_its_gold(altered: Run, sound: Run) -> None:
    page = html(make_report(altered, before=sound))
    assert page.count('<article class="question') == len(QUESTIONS.rows)
    assert 'data-kind="near_miss"' in page and 'data-document="qinghe-2023"' in page
    assert "由对变错：6 题" in page
    assert "currentColor" in page and "prefers-color-scheme: dark" in page


def test_a_page_of_one_failed_question_is_a_page(sound: Run) -> None:
    failed = replace(sound.records[0], reply=None, error="TimeoutError: too slow", passages=())
    page = html(make_report(replace(sound, records=(failed,))))
    assert "TimeoutError: too slow" in page


def test_markdown_and_json_say_the_same(altered: Run) -> None:
    report = make_report(altered)
    text, values = markdown(report), plain(report)
    assert "| 总指标 | 答对率（总指标） | 25.0% |" in text
    assert values["summary"]["overall"]["right"]["mean"] == 0.25
    assert json.loads(json.dumps(values))["questions"][0]["outcome"] == "facts_missing"


def test_a_quote_is_marked_in_its_text_and_escaped() -> None:
    assert mark_quote(cited("补助<b>", text="每亩补助<b>80元")) == "每亩<mark>补助&lt;b&gt;</mark>80元"
    assert mark_quote(replace(cited("补助"), start=5, end=99)) == "补助"


def test_outcomes_follow_the_headline(sound: Run, altered: Run) -> None:
    for record in (*sound.records, *altered.records):
        judged = judge(record)
        assert (judged.outcome.name == "right") == (judged.scores["right"] == 1)


def test_a_set_may_be_empty_of_a_kind(sound: Run) -> None:
    assert QuestionSet(QUESTIONS.rows, "").only(kinds=["unsafe"]).rows == ()
