"""Ask every question of a set and keep what came back, one record a line, so that a break loses nothing."""

from __future__ import annotations

import platform
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from pathlib import Path

from eval.backends import Backend, ask
from eval.questions import Question, QuestionSet, Split
from eval.records import Header, Run, RunError, dump, load_run

Asked = Callable[[int, int], None]
"""Told after each question: how many are done, and of how many."""


def run(
    questions: QuestionSet,
    backend: Backend,
    out: Path,
    *,
    split: Split | None = None,
    concurrency: int = 1,
    k: int = 10,
    fresh: bool = False,
    on_asked: Asked = lambda done, total: None,
) -> Run:
    """Ask `questions` (already narrowed to `split`) and append the records to `out`; return the run.

    Where `out` holds a run of the same questions, code, models and index, only what is missing or failed is
    asked; of another run it refuses with `RunError`, unless `fresh` says to begin anew. Each record is on
    disk before the next question of its thread is asked.
    """
    header = Header(
        questions=questions.digest,
        backend=backend.name,
        index_version=backend.index_version,
        split=split,
        system=backend.system,
        generator=backend.generator,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=f"{platform.machine()} {platform.system()} Python {platform.python_version()}",
    )
    done = set() if fresh else _continued(out, header)
    todo = [question for question in questions.rows if question.id not in done]
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w" if fresh else "a", encoding="utf-8") as file:
        if file.tell() == 0:
            file.write(dump(header) + "\n")
            file.flush()
        with ThreadPoolExecutor(max_workers=concurrency) as pool:
            waiting = {pool.submit(_ask, backend, question, k): question for question in todo}
            try:
                for count, future in enumerate(as_completed(waiting), 1):
                    file.write(future.result() + "\n")
                    file.flush()
                    on_asked(len(done) + count, len(questions.rows))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return _in_order(load_run(out), questions)


def _ask(backend: Backend, question: Question, k: int) -> str:
    return dump(ask(backend, question, k=k))


def _continued(out: Path, header: Header) -> set[str]:
    """Return the ids that an earlier run in `out` answered; cut off a line torn by a break."""
    if not out.exists():
        return set()
    content = out.read_bytes()
    if not content.endswith(b"\n"):
        with out.open("r+b") as file:
            file.truncate(content.rfind(b"\n") + 1)
    if b"\n" not in content:
        return set()
    earlier = load_run(out)
    if earlier.header != header:
        raise RunError(
            f"{out} 里是另一次评测：{_told(earlier.header)}；这次是 {_told(header)}。"
            "换一个 --out，或加 --fresh 重来"
        )
    return {record.question.id for record in earlier.records if record.error is None}


def _told(header: Header) -> str:
    part = header.split or "全部"
    system = f"、程序与模型 {header.system}" if header.system else ""
    system += f"、由 {header.generator} 撰写" if header.generator else ""
    return f"问题集 {header.questions}、{header.backend}、索引 {header.index_version}、部分 {part}{system}"


def _in_order(run: Run, questions: QuestionSet) -> Run:
    place = {question.id: number for number, question in enumerate(questions.rows)}
    records = [record for record in run.records if record.question.id in place]
    return Run(run.name, run.header, tuple(sorted(records, key=lambda record: place[record.question.id])))
