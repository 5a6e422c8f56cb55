"""Print answers as they left the service, chosen at random with a fixed seed, for a person to read aloud."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from eval.backends import Backend, Json
from eval.errors import EvaluationError
from eval.questions import Question, QuestionSet
from eval.tables import KIND_LABELS

_REASONS = {"no_evidence": "文件未写明", "out_of_scope": "不在文件范围内", "unsafe": "不当请求"}


@dataclass(frozen=True, slots=True)
class Printed:
    """A question with the answer object of the HTTP contract, unedited."""

    question: Question
    answer: Json


def draw(questions: QuestionSet, *, count: int, seed: int) -> list[Question]:
    """Return `count` questions drawn without replacement; the order of the rows in their files is no matter.

    Raises EvaluationError where there are fewer.
    """
    if count > len(questions.rows):
        raise EvaluationError(f"要抽 {count} 题，问题集里只有 {len(questions.rows)} 题")
    return random.Random(seed).sample(sorted(questions.rows, key=lambda row: row.id), count)


def print_answers(questions: Sequence[Question], backend: Backend) -> list[Printed]:
    """Ask every question once."""
    return [Printed(question, backend.ask(question)) for question in questions]


def answers_page(printed: Sequence[Printed], *, command: str) -> str:
    """Return the page in Markdown; `command` makes it again."""
    answered = sum(bool(one.answer["answered"]) for one in printed)
    parts = [
        "# 照录的回答",
        f"从问题集里按固定的种子随机抽出 {len(printed)} 题，向随附的语料各问一次，回答与引文照录，未作改动："
        f"作答 {answered} 题，拒答 {len(printed) - answered} 题。不用语言模型。",
        f"重新生成：`{command}`",
    ]
    parts += [_one(number, one) for number, one in enumerate(printed, start=1)]
    return "\n\n".join(parts) + "\n"


def _one(number: int, printed: Printed) -> str:
    question, answer = printed.question, printed.answer
    parts = [f"## {number}. {_inline(question.question)}"]
    label = KIND_LABELS.get(question.kind, question.kind)
    parts.append(f"`{question.id}` {label}" + ("" if question.answerable else "，文件里没有答案"))
    if question.history:
        said = [f"{'问' if one.role == 'user' else '答'}：{_inline(one.content)}" for one in question.history]
        parts.append("前文：" + "　".join(said))
    if answer.get("notice"):
        parts.append(f"提示：{_inline(answer['notice'])}")
    parts.append(_quoted(answer["answer"]))
    if answer["refusal"]:
        reason = answer["refusal"]["reason"]
        parts.append(f"（拒答：{_REASONS.get(reason, reason)}）")
    cited = [
        f"- [{one['index']}] {_inline(one['formal'])}：{_inline(one['quote'])}" for one in answer["citations"]
    ]
    if cited:
        parts.append("\n".join(cited))
    return "\n\n".join(parts)


def _quoted(text: str) -> str:
    """Return `text` as a block quote that keeps its lines; the rows of a table stay a table."""
    lines = text.splitlines()
    shown = []
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else ""
        breaks = bool(line and following) and not line.startswith("|")
        shown.append(f"> {line}\\" if breaks else f"> {line}".rstrip())
    return "\n".join(shown)


def _inline(text: str) -> str:
    return " ".join(text.split())
