"""Measure speed: building an index, starting up, answering several clients at once, and the memory of it."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from eval.errors import EvaluationError
from eval.plots import line_plot, standalone
from eval.synthetic import write_corpus
from eval.tables import Table

START_TIMEOUT = 180.0
WARM_UP = 20
_TEXT_SUFFIXES = frozenset({".txt", ".md", ".html", ".htm", ".docx", ".pdf"})

Told = Callable[[str], None]


class BenchError(EvaluationError):
    """A step of the benchmark failed; the message holds what the program printed."""


@dataclass(frozen=True, slots=True)
class Load:
    """What so many clients met that ask one question after another, without a pause."""

    clients: int
    requests: int
    p50_ms: float
    p99_ms: float
    per_second: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one corpus."""

    name: str
    documents: int
    chunks: int
    build_seconds: float
    """A whole build in a process of its own, start and model loading included."""
    index_mb: float
    start_seconds: float
    """From the start of the process to the first ready reply, with the index on disk."""
    idle_mb: float
    """Resident memory when ready."""
    peak_mb: float
    """Most resident memory, after the load."""
    loads: tuple[Load, ...]

    @property
    def chunks_per_second(self) -> float:
        """Throughput of the build."""
        return self.chunks / self.build_seconds


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder to index and questions to put to it."""

    name: str
    folder: Path
    questions: tuple[str, ...]


@contextlib.contextmanager
def synthetic_corpus(clauses: int) -> Iterator[Corpus]:
    """Write a corpus of so many fictional clauses into a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="wence-bench-") as place:
        folder = Path(place) / "corpus"
        questions = write_corpus(folder, clauses=clauses)
        yield Corpus(f"自拟 {clauses:,} 条", folder, tuple(questions))


def folder_corpus(folder: Path, questions: Sequence[str]) -> Corpus:
    """Take a folder of policy files; without `questions`, each file is asked about by its name."""
    if not folder.is_dir():
        raise BenchError(f"没有文件夹 {folder}")
    return Corpus(folder.name, folder, tuple(questions) or tuple(_drawn(folder)))


def _drawn(folder: Path) -> Iterator[str]:
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in _TEXT_SUFFIXES)
    if not files:
        raise BenchError(f"{folder} 里没有政策文件")
    for file in files[:200]:
        yield f"{file.stem}里是怎么规定的？"
        yield f"{file.stem}由哪个部门负责？"


def bench(
    corpus: Corpus,
    *,
    clients: Sequence[int] = (1, 4, 16),
    requests: int = 400,
    model: str | None = None,
    told: Told = lambda step: None,
) -> Measured:
    """Build an index of `corpus`, serve it, and ask; everything runs in processes of its own."""
    from indexer.index import current_version, version_folder
    from indexer.manifest import read_manifest

    with tempfile.TemporaryDirectory(prefix="wence-bench-") as place:
        index = Path(place) / "index"
        told(f"{corpus.name}：建索引")
        build_seconds = _build(corpus.folder, index, model=model)
        version = current_version(index)
        assert version is not None
        manifest = read_manifest(version_folder(index, version))
        size = sum(file.stat().st_size for file in index.rglob("*") if file.is_file())
        told(f"{corpus.name}：启动")
        with _service(index, model=model) as (url, process, start_seconds):
            idle = _memory(process.pid, "VmRSS")
            loads = []
            for many in clients:
                told(f"{corpus.name}：{many} 个客户端提问")
                loads.append(_load(url, corpus.questions, clients=many, requests=requests))
            peak = _memory(process.pid, "VmHWM")
    return Measured(
        corpus.name,
        len(manifest.documents),
        manifest.chunks,
        build_seconds,
        size / 1e6,
        start_seconds,
        idle,
        peak,
        tuple(loads),
    )


def _build(corpus: Path, index: Path, *, model: str | None) -> float:
    command = [
        sys.executable,
        "-m",
        "indexer",
        "build",
        "--corpus",
        str(corpus),
        "--index",
        str(index),
        "--quiet",
    ]
    started = time.perf_counter()
    done = subprocess.run(command + (["--model", model] if model else []), capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 3):  # 3: some file was left out, the rest is indexed
        raise BenchError(f"建索引失败：{(done.stderr or done.stdout).strip()[-800:]}")
    return seconds


@contextlib.contextmanager
def _service(index: Path, *, model: str | None) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    """Run the service as an operator would; yield its address, process and seconds until ready."""
    import httpx

    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "WENCE_RATE_LIMIT": "0",
        "WENCE_ANSWER_CACHE": "0",  # every question costs what it costs
        "WENCE_LOG_LEVEL": "warning",
        "WENCE_FEEDBACK_DB": str(index.parent / "feedback.sqlite3"),
    }
    if model:
        environment["WENCE_EMBEDDING_MODEL"] = model
    log = index.parent / "service.log"
    command = [
        sys.executable,
        "-m",
        "service",
        "--index",
        str(index),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    reason = "没有回应"
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        while True:
            if process.poll() is not None:
                raise BenchError(f"服务没有启动：{log.read_text(errors='replace').strip()[-800:]}")
            with contextlib.suppress(httpx.TransportError):
                ready = httpx.get(f"{url}/readyz", timeout=5)
                if ready.status_code == 200:
                    break
                reason = ready.text[:300]
            if time.perf_counter() - started > START_TIMEOUT:
                raise BenchError(f"服务 {START_TIMEOUT:.0f} 秒内没有就绪：{reason}")
            time.sleep(0.01)
        yield url, process, time.perf_counter() - started
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _load(url: str, questions: Sequence[str], *, clients: int, requests: int) -> Load:
    import httpx

    asked = list(islice(cycle(questions), requests))
    # Each client asks its own share, so that no two ask the same question at the same time.
    shares = [asked[start::clients] for start in range(clients)]

    def ask_all(share: Sequence[str]) -> list[float]:
        times = []
        with httpx.Client(base_url=url, timeout=120) as client:
            for question in share:
                started = time.perf_counter()
                reply = client.post("/api/v1/ask", json={"question": question})
                times.append((time.perf_counter() - started) * 1000)
                if reply.status_code != 200:
                    raise BenchError(f"提问得到 {reply.status_code}：{reply.text[:300]}")
        return times

    ask_all(list(islice(cycle(questions), WARM_UP)))
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = [taken for share in pool.map(ask_all, shares) for taken in share]
    seconds = time.perf_counter() - started
    p50, p99 = (float(value) for value in np.percentile(times, (50, 99)))
    return Load(clients, len(times), p50, p99, len(times) / seconds)


def _memory(pid: int, entry: str) -> float:
    """Return megabytes of a process from the kernel's own figures; 0 where there are none."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith(entry)), "")
    return int(line.split()[1]) * 1024 / 1e6 if line else 0.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def machine() -> str:
    """Name the machine as a reader of the figures needs it."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return (
        f"{model}，{cores} 核，{memory:.0f} GiB 内存，{platform.system()}，Python {platform.python_version()}"
    )


def bench_table(measured: Sequence[Measured]) -> Table:
    """Return one row for each corpus."""
    clients = [load.clients for load in measured[0].loads] if measured else []
    header = (
        "语料",
        "文件",
        "切块",
        "建索引",
        "切块/秒",
        "索引大小",
        "启动",
        "内存（就绪 / 最高）",
        *(f"{many} 个客户端 p50 / p99，每秒" for many in clients),
    )
    rows = tuple(
        (
            one.name,
            f"{one.documents:,}",
            f"{one.chunks:,}",
            f"{one.build_seconds:.1f} 秒",
            f"{one.chunks_per_second:,.0f}",
            f"{one.index_mb:,.1f} MB",
            f"{one.start_seconds:.1f} 秒",
            f"{one.idle_mb:,.0f} / {one.peak_mb:,.0f} MB",
            *(f"{load.p50_ms:.1f} / {load.p99_ms:.1f} 毫秒，{load.per_second:.0f}" for load in one.loads),
        )
        for one in measured
    )
    return Table(f"速度与内存（{machine()}）", header, rows)


def bench_plot(measured: Sequence[Measured]) -> str:
    """Return an SVG file: milliseconds of a question over the number of chunks, by number of clients."""
    ordered = sorted(measured, key=lambda one: one.chunks)
    lines: dict[str, list[tuple[float, float]]] = {}
    for one in ordered:
        for load in one.loads:
            lines.setdefault(f"{load.clients} 个客户端 p50", []).append((one.chunks, load.p50_ms))
            if load.clients == 1:
                lines.setdefault("1 个客户端 p99", []).append((one.chunks, load.p99_ms))
    return standalone(line_plot("提问用时与语料大小", lines, x="切块数", y="毫秒"))


def read_questions(file: Path) -> list[str]:
    """Read the `question` of each JSON line; other fields are left alone."""
    try:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [str(row["question"]) for row in rows if not row.get("history")]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BenchError(f"问题文件 {file} 读不出来：每行应是带 question 的 JSON 对象（{error}）") from error


def write_section(page: Path, name: str, text: str) -> None:
    """Put `text` between the marks `<!-- name:begin -->` and `<!-- name:end -->`, new ones at the end."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    section = f"{begin}\n{text.strip()}\n{end}"
    content = page.read_text(encoding="utf-8") if page.exists() else ""
    before, found, rest = content.partition(begin)
    if found and end in rest:
        content = before + section + rest.partition(end)[2]
    else:
        content = f"{content.rstrip()}\n\n{section}\n".lstrip()
    page.write_text(content, encoding="utf-8")
