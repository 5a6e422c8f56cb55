"""Ask a language model what it thinks of the answers. Its opinion is reported apart and gates nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template
from typing import Any

from eval.errors import EvaluationError
from eval.metrics import scores_of
from eval.records import Record, Run
from eval.tables import Table

PROMPT = Path(__file__).parent / "templates" / "judge.txt"


class JudgeError(EvaluationError):
    """The model's server can't be used; the message says what came back."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model thinks of one answer; None where it said nothing readable."""

    id: str
    correct: bool | None
    supported: bool | None
    why: str = ""


Complete = Callable[[str], str]
"""From a prompt to the model's reply."""


def openai_completion(base_url: str, model: str, *, key: str | None = None, timeout: float = 120) -> Complete:
    """Return the chat completion of an OpenAI-compatible server, at temperature 0."""
    import httpx

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    client = httpx.Client(base_url=base_url.rstrip("/"), headers=headers, timeout=timeout)

    def complete(prompt: str) -> str:
        payload: dict[str, Any] = {
            "model": model,
            "temperature": 0,
            "messages": [{"role": "user", "content": prompt}],
        }
        try:
            reply = client.post("/chat/completions", json=payload).raise_for_status()
            return str(reply.json()["choices"][0]["message"]["content"] or "")
        except httpx.HTTPStatusError as error:
            response = error.response
            raise JudgeError(f"{base_url} 返回 {response.status_code}：{response.text[:300]}") from error
        except httpx.TransportError as error:
            raise JudgeError(f"{base_url} 连不上：{type(error).__name__} {error}") from error
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise JudgeError(f"{base_url} 的回复不是 chat completion 的形状：{error!r}") from error

    return complete


def opinion(record: Record, complete: Complete) -> Opinion:
    """Ask for an opinion of one answered question."""
    return _read(record.question.id, complete(render(record)))


def render(record: Record) -> str:
    """Return the prompt for one record: question, gold, answer, quotes."""
    question, reply = record.question, record.reply
    assert reply is not None
    facts = "\n".join(f"- {' / '.join(group)}" for group in question.facts)
    quotes = "\n".join(f"[{citation.index}] {citation.quote}" for citation in reply.citations)
    template = Template(PROMPT.read_text(encoding="utf-8"))
    return template.substitute(
        question=question.question, facts=facts or "（无）", answer=reply.text, quotes=quotes or "（无）"
    )


def judged(records: Sequence[Record]) -> list[Record]:
    """Return the records that a model is asked about: answers to answerable questions."""
    return [r for r in records if r.reply is not None and r.reply.answered and r.question.answerable]


def write_opinions(file: Path, opinions: Sequence[Opinion]) -> None:
    """Write opinions as JSON lines, beside the run and never into it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in opinions), encoding="utf-8"
    )


def opinion_table(run: Run, opinions: Sequence[Opinion], *, model: str) -> Table:
    """Return the model's shares, and how often it agrees with the deterministic measures."""
    scores = {record.question.id: scores_of(record) for record in run.records}
    rows = []
    for label, name, said in (
        ("回答正确", "all_facts", {one.id: one.correct for one in opinions}),
        ("陈述有据", "supported", {one.id: one.supported for one in opinions}),
    ):
        clear = {identity: verdict for identity, verdict in said.items() if verdict is not None}
        agree = [scores[identity].get(name, 1.0) == float(verdict) for identity, verdict in clear.items()]
        rows.append(
            (
                label,
                f"{sum(clear.values()) / len(clear):.1%}" if clear else "—",
                f"{sum(agree) / len(agree):.1%}" if agree else "—",
                str(len(clear)),
                str(len(said) - len(clear)),
            )
        )
    return Table(
        f"语言模型的看法（{model}，仅供参考）",
        ("", "模型说是", "与确定性指标一致", "题数", "无法辨认"),
        tuple(rows),
    )


def _read(identity: str, reply: str) -> Opinion:
    match = re.search(r"\{.*\}", reply, re.DOTALL)
    try:
        said = json.loads(match[0]) if match else {}
    except json.JSONDecodeError:
        said = {}
    if not isinstance(said, dict):
        said = {}
    return Opinion(identity, _yes(said.get("correct")), _yes(said.get("supported")), str(said.get("why", "")))


def _yes(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
