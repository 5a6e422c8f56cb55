"""Change the corpus and rebuild the index in the background, one job at a time."""

from __future__ import annotations

import logging
import multiprocessing
import os
import re
import tempfile
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from ulid import ULID

from indexer.errors import IndexerError

logger = logging.getLogger(__name__)

State = Literal["queued", "running", "succeeded", "failed"]
KEPT_JOBS = 200


class UnacceptableFile(Exception):
    """An uploaded file can't go into the corpus; the message says what was found and expected."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did, in plain values that travel between processes."""

    indexed: int
    reused: int
    removed: int
    failures: tuple[tuple[str, str], ...] = ()
    """Path and cause of every file left out."""
    warnings: tuple[tuple[str, str], ...] = ()
    """Path and what could not be read of a file that was indexed."""


@dataclass(frozen=True, slots=True)
class Job:
    """One rebuild of the index and the changes of the corpus that it takes in."""

    id: str
    created_at: datetime
    changes: tuple[str, ...] = ()
    state: State = "queued"
    started_at: datetime | None = None
    finished_at: datetime | None = None
    progress: float = 0.0
    stage: str = "等候"
    built: Built | None = None
    error: str | None = None


Progress = Callable[[str, float], None]
"""Hears the stage (Chinese words) and the part of the work done, 0 to 1."""
Build = Callable[[Progress], Built]


class CorpusFolder:
    """The folder of policy files, changed by whole files: a reader sees the old file or the new one."""

    def __init__(self, root: Path, *, suffixes: Sequence[str]) -> None:
        self.root = root
        self.suffixes = tuple(suffix.lower() for suffix in suffixes)

    def check(self, name: str, folder: str = "") -> PurePosixPath:
        """Return where an uploaded file belongs, relative to the root; raise UnacceptableFile."""
        base = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1].strip())
        if not base or base.startswith((".", "~$")) or re.search(r"[\x00-\x1f\x7f<>:\"|?*]", base):
            raise UnacceptableFile(f'文件名“{name}”不能用：不得为空、以点开头或含有控制字符和 <>:"|?*')
        if len(base.encode()) > 240:
            raise UnacceptableFile(f"文件名“{base[:20]}…”太长：{len(base.encode())} 字节，至多 240 字节")
        if base.lower().split(".")[0] == "readme":
            raise UnacceptableFile(f"“{base}”不会收进索引：README 是给人看的说明，请换个文件名")
        parts = [part.strip() for part in unicodedata.normalize("NFC", folder).split("/") if part.strip()]
        if any(part.startswith(".") or re.search(r"[\x00-\x1f\x7f<>:\"|?*\\]", part) for part in parts):
            raise UnacceptableFile(f'文件夹“{folder}”不能用：各级名称不得以点开头或含有控制字符和 <>:"|?*\\')
        suffix = PurePosixPath(base).suffix.lower()
        if suffix not in self.suffixes:
            found = suffix or "没有后缀"
            raise UnacceptableFile(f"不支持“{base}”的格式：找到 {found}，应为 {'、'.join(self.suffixes)}")
        return PurePosixPath(*parts, base)

    def put(self, place: PurePosixPath, content: IO[bytes]) -> bool:
        """Store a file durably; return whether it replaced one of the same document.

        A file with another suffix would be the same document twice, so it goes.
        """
        target = self._inside(place)
        target.parent.mkdir(parents=True, exist_ok=True)
        others = [path for path in self._files_of(target.with_suffix("")) if path != target]
        replaced = target.exists() or bool(others)
        descriptor, partial = tempfile.mkstemp(prefix=".upload-", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                while block := content.read(1 << 20):
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).chmod(0o644)
            Path(partial).replace(target)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        for path in others:
            path.unlink(missing_ok=True)
        return replaced

    def remove(self, document_id: str) -> list[str]:
        """Remove a document's file and its side file; return the paths removed, none if there were none."""
        try:
            stem = self._inside(PurePosixPath(document_id))
        except UnacceptableFile:
            return []
        files = self._files_of(stem)
        if files:
            files.append(stem.with_name(stem.name + ".meta.yaml"))
        removed = [path for path in files if path.exists()]
        for path in removed:
            path.unlink(missing_ok=True)
        return [path.relative_to(self.root).as_posix() for path in removed]

    def _files_of(self, stem: Path) -> list[Path]:
        """The files of one document id: the same path with each suffix that can be read, in any case."""
        if not stem.parent.is_dir():
            return []
        return sorted(
            path
            for path in stem.parent.iterdir()
            if path.is_file()
            and unicodedata.normalize("NFC", path.stem) == stem.name
            and path.suffix.lower() in self.suffixes
        )

    def _inside(self, place: PurePosixPath) -> Path:
        if place.is_absolute() or any(part in ("..", ".") or part.startswith(".") for part in place.parts):
            raise UnacceptableFile(f"“{place}”不在政策文件夹里")
        return self.root / place


class Jobs:
    """Rebuilds in the order asked for; a change that comes while a job still waits joins that job.

    `build` does one rebuild and reports its progress; `published` is called after one that went
    well. Finished jobs are remembered up to a bound.
    """

    def __init__(
        self,
        build: Build,
        *,
        published: Callable[[], None] = lambda: None,
        ended: Callable[[Job], None] = lambda job: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.published = published
        self.ended = ended
        self._build = build
        self._now = now
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def submit(self, changes: Sequence[str]) -> Job:
        """Ask for a rebuild that takes in `changes`; return the job that will do it."""
        with self._change:
            waiting = next((job for job in self._jobs.values() if job.state == "queued"), None)
            if waiting is not None:
                job = replace(waiting, changes=(*waiting.changes, *changes))
            else:
                job = Job(id=str(ULID()), created_at=self._now(), changes=tuple(changes))
            self._jobs[job.id] = job
            while len(self._jobs) > KEPT_JOBS and next(iter(self._jobs.values())).state in (
                "succeeded",
                "failed",
            ):
                self._jobs.popitem(last=False)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
                self._thread.start()
            return job

    def get(self, job_id: str) -> Job | None:
        """Return the job as it stands now, or None where there is none of that id."""
        with self._change:
            return self._jobs.get(job_id)

    def wait(self, job_id: str, timeout: float) -> Job | None:
        """Return the job once it has ended, or as it stands after `timeout` seconds."""
        with self._change:
            self._change.wait_for(lambda: self._has_ended(job_id), timeout)
            return self._jobs.get(job_id)

    def _has_ended(self, job_id: str) -> bool:
        job = self._jobs.get(job_id)
        return job is None or job.state in ("succeeded", "failed")

    def _work(self) -> None:
        while (job := self._next()) is not None:
            self._run(job)

    def _next(self) -> Job | None:
        """Return the job to do now; without one the thread ends, and `submit` will start another."""
        with self._change:
            job = next((job for job in self._jobs.values() if job.state == "queued"), None)
            if job is None:
                self._thread = None
                return None
            return self._put(job.id, state="running", started_at=self._now(), stage="开始")

    def _run(self, job: Job) -> None:
        try:
            built = self._build(lambda stage, done: self._note(job.id, stage, done))
        except Exception as error:
            expected = isinstance(error, (IndexerError, OSError))
            logger.error("job %s failed: %s", job.id, error, exc_info=not expected)
            message = str(error) if expected else f"构建出错：{error}"
            self._end(job.id, state="failed", error=message, stage="失败")
            return
        logger.info("job %s: %d indexed, %d left out", job.id, built.indexed, len(built.failures))
        try:
            self.published()
        finally:
            self._end(job.id, state="succeeded", built=built, progress=1.0, stage="已发布")

    def _note(self, job_id: str, stage: str, done: float) -> None:
        with self._change:
            self._put(job_id, stage=stage, progress=min(max(done, 0.0), 1.0))

    def _end(self, job_id: str, **changes: object) -> None:
        with self._change:
            job = self._put(job_id, finished_at=self._now(), **changes)
            self._change.notify_all()
        self.ended(job)

    def _put(self, job_id: str, **changes: object) -> Job:
        job = replace(self._jobs[job_id], **changes)  # type: ignore[arg-type]
        self._jobs[job_id] = job
        return job


def build_in_process(work: Callable[[Connection], None], progress: Progress) -> Built:
    """Run `work` in a process of its own and return what it built.

    Apart from the server a build can neither slow its answers nor take it down. `work` must be
    importable and sends, through the connection, `("progress", stage, done)` any number of times
    and at last `("built", Built)` or `("error", message)`.
    """
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(sending,), name="index-build", daemon=True)
    process.start()
    sending.close()
    outcome: Built | None = None
    failure: str | None = None
    try:
        while True:
            try:
                message = receiving.recv()
            except EOFError:
                break
            match message:
                case ("progress", stage, done):
                    progress(stage, done)
                case ("built", built):
                    outcome = built
                case ("error", text):
                    failure = text
    finally:
        receiving.close()
        process.join()
    if failure is not None:
        raise IndexerError(failure)
    if outcome is None:
        raise IndexerError(f"构建进程意外结束，退出码 {process.exitcode}；旧索引照常服务")
    return outcome
