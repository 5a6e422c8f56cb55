"""The administration: files in and out of the corpus, and the jobs that rebuild the index."""

from __future__ import annotations

import functools
import io
import threading
from pathlib import Path, PurePosixPath

import pytest
from fastapi.testclient import TestClient

from indexer.errors import IndexerError
from indexer.index import current_version
from service.admin import Built, CorpusFolder, Job, Jobs, Progress, UnacceptableFile, build_in_process
from service.rebuild import rebuild
from tests import admin_work
from tests.client import ADMIN, client
from tests.fakes import serving

KEY = {"x-api-key": ADMIN}


@pytest.fixture
def folder(tmp_path: Path) -> CorpusFolder:
    return CorpusFolder(tmp_path, suffixes=[".md", ".txt"])


@pytest.mark.parametrize(
    ("name", "under", "place"),
    [
        ("政策.md", "", "政策.md"),
        ("a.b.TXT", "", "a.b.TXT"),
        ("C:\\fake\\x.md", "", "x.md"),
        ("../../etc/x.md", "", "x.md"),
        ("x.md", "青石/2024/", "青石/2024/x.md"),
    ],
)
def test_a_file_goes_where_its_name_and_folder_say(
    folder: CorpusFolder, name: str, under: str, place: str
) -> None:
    assert folder.check(name, under) == PurePosixPath(place)


@pytest.mark.parametrize(
    ("name", "under"),
    [
        ("", ""),
        (".md", ""),
        ("x.exe", ""),
        ("x", ""),
        ("a\x00.md", ""),
        ("README.md", ""),
        ("x.md", "../up"),
        ("x.md", "a/.hidden"),
        ("长" * 100 + ".md", ""),
    ],
)
def test_an_unfit_name_is_refused(folder: CorpusFolder, name: str, under: str) -> None:
    with pytest.raises(UnacceptableFile):
        folder.check(name, under)


def test_an_unfit_format_is_refused_with_what_was_expected(folder: CorpusFolder) -> None:
    with pytest.raises(UnacceptableFile, match=r"找到 \.exe，应为 \.md、\.txt"):
        folder.check("x.exe")


def test_a_file_replaces_the_same_document_in_another_format(folder: CorpusFolder) -> None:
    assert folder.put(PurePosixPath("a/x.txt"), io.BytesIO(b"one")) is False
    assert folder.put(PurePosixPath("a/x.md"), io.BytesIO(b"two")) is True
    assert [path.name for path in (folder.root / "a").iterdir()] == ["x.md"]
    assert (folder.root / "a" / "x.md").read_bytes() == b"two"


def test_a_file_that_breaks_off_leaves_the_old_one(folder: CorpusFolder) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("connection lost")

    folder.put(PurePosixPath("x.md"), io.BytesIO(b"one"))
    with pytest.raises(OSError, match="lost"):
        folder.put(PurePosixPath("x.md"), Broken())
    assert [path.name for path in folder.root.iterdir()] == ["x.md"]
    assert (folder.root / "x.md").read_bytes() == b"one"


def test_a_document_goes_with_its_side_file_and_no_other(folder: CorpusFolder) -> None:
    for name in ("x.md", "x.meta.yaml", "x.y.md", "xx.md"):
        (folder.root / name).write_text(name)
    assert folder.remove("x") == ["x.md", "x.meta.yaml"]
    assert sorted(path.name for path in folder.root.iterdir()) == ["x.y.md", "xx.md"]
    assert folder.remove("x") == []


@pytest.mark.parametrize("document_id", ["../outside", "/etc/passwd", "a/../../outside", ".hidden", ""])
def test_nothing_outside_the_folder_is_removed(folder: CorpusFolder, document_id: str) -> None:
    outside = folder.root.parent / "outside.md"
    outside.write_text("keep")
    try:
        assert folder.remove(document_id) == []
        assert outside.exists()
    finally:
        outside.unlink()


class Builder:
    """A build that waits at a gate, so that a test can look while it runs."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.gate = threading.Semaphore(0)
        self.runs = 0
        self.together = 0
        self.most_together = 0

    def __call__(self, progress: Progress) -> Built:
        self.runs += 1
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        progress("读取", 0.5)
        self.begun.release()
        assert self.gate.acquire(timeout=5)
        self.together -= 1
        return Built(1, 0, 0)


def test_jobs_run_one_at_a_time_and_waiting_changes_join() -> None:
    build = Builder()
    jobs = Jobs(build)
    first = jobs.submit(["+ a"])
    assert build.begun.acquire(timeout=5)
    second, third = jobs.submit(["+ b"]), jobs.submit(["- c"])
    assert second.id == third.id != first.id
    running = jobs.get(first.id)
    assert running is not None and (running.state, running.stage, running.progress) == (
        "running",
        "读取",
        0.5,
    )
    build.gate.release(2)
    ended = jobs.wait(second.id, 5)
    assert ended is not None and ended.state == "succeeded" and ended.changes == ("+ b", "- c")
    assert build.runs == 2 and build.most_together == 1


def test_a_job_that_failed_says_why_and_the_next_runs() -> None:
    outcomes = iter([IndexerError("没有一份能读的文件"), None])
    ended: list[Job] = []
    published: list[str] = []

    def build(progress: Progress) -> Built:
        error = next(outcomes)
        if error:
            raise error
        return Built(1, 0, 0, (("坏.pdf", "已加密"),))

    jobs = Jobs(build, published=lambda: published.append("yes"), ended=ended.append)
    first = jobs.wait(jobs.submit(["+ a"]).id, 5)
    assert first is not None and (first.state, first.error) == ("failed", "没有一份能读的文件")
    assert published == []
    second = jobs.wait(jobs.submit(["+ b"]).id, 5)
    assert second is not None and second.state == "succeeded" and second.built is not None
    assert second.built.failures == (("坏.pdf", "已加密"),)
    assert published == ["yes"]


def test_a_build_in_its_own_process_tells_its_progress() -> None:
    heard: list[tuple[str, float]] = []
    built = build_in_process(admin_work.good, lambda stage, done: heard.append((stage, done)))
    assert built == Built(2, 1, 0, (("坏.pdf", "没有文字层"),))
    assert heard == [("读取", 0.25), ("检查", 0.9)]


def test_a_build_process_that_fails_or_dies_is_an_error() -> None:
    with pytest.raises(IndexerError, match="磁盘已满"):
        build_in_process(admin_work.told_error, lambda stage, done: None)
    with pytest.raises(IndexerError, match="退出码 7"):
        build_in_process(admin_work.dies, lambda stage, done: None)


def upload(asking: TestClient, *files: tuple[str, bytes], **form: str) -> tuple[int, dict[str, object]]:
    response = asking.post(
        "/api/v1/documents", headers=KEY, files=[("files", file) for file in files], data=form
    )
    return response.status_code, response.json()


def test_an_upload_is_stored_and_indexed(tmp_path: Path) -> None:
    with client(tmp_path, serving(), admin_key=ADMIN) as asking:
        status, job = upload(asking, ("新政.md", "# 新政".encode()), ("旧.txt", b"x"), folder="青石")
        assert status == 202 and job["changes"] == ["+ 青石/新政.md", "+ 青石/旧.txt"]
        jobs: Jobs = asking.app.state.jobs  # type: ignore[attr-defined]
        jobs.wait(str(job["id"]), 5)
        done = asking.get(str(job["url"]), headers=KEY).json()
    assert done["state"] == "succeeded" and done["progress"] == 1.0 and done["reused"] == 1
    assert (tmp_path / "corpus" / "青石" / "新政.md").read_text(encoding="utf-8") == "# 新政"


def test_one_unfit_file_and_none_is_taken(tmp_path: Path) -> None:
    with client(tmp_path, serving(), admin_key=ADMIN) as asking:
        status, problem = upload(asking, ("good.md", b"x"), ("bad.exe", b"x"))
    assert status == 415 and problem["type"] == "urn:wence:problem:unacceptable-file"
    assert not (tmp_path / "corpus").exists()


def test_files_left_out_are_named_in_the_job(tmp_path: Path) -> None:
    def build(progress: Progress) -> Built:
        return Built(0, 1, 0, (("新政.md", "空文件"),))

    with client(tmp_path, serving(), admin_key=ADMIN, build=build) as asking:
        _, job = upload(asking, ("新政.md", b""))
        asking.app.state.jobs.wait(job["id"], 5)  # type: ignore[attr-defined]
        done = asking.get(str(job["url"]), headers=KEY).json()
    assert done["failures"] == [{"path": "新政.md", "cause": "空文件"}]


def test_a_document_is_removed(tmp_path: Path) -> None:
    with client(tmp_path, serving(), admin_key=ADMIN) as asking:
        upload(asking, ("旧.txt", b"x"), folder="青石")
        response = asking.delete("/api/v1/documents/青石/旧", headers=KEY)
        assert response.status_code == 202 and response.json()["changes"] == ["- 青石/旧.txt"]
        assert asking.delete("/api/v1/documents/青石/旧", headers=KEY).status_code == 404
    assert not (tmp_path / "corpus" / "青石" / "旧.txt").exists()


def test_an_upload_over_the_limit_is_refused(tmp_path: Path) -> None:
    with client(tmp_path, serving(), admin_key=ADMIN, max_upload=2048, max_body=1024) as asking:
        assert upload(asking, ("a.md", b"x" * 1500))[0] == 202
        assert upload(asking, ("a.md", b"x" * 3000))[0] == 413


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/documents"),
        ("DELETE", "/api/v1/documents/x"),
        ("GET", "/api/v1/jobs/x"),
        ("GET", "/api/v1/feedback"),
    ],
)
def test_the_administration_needs_its_key(tmp_path: Path, method: str, path: str) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"} if method == "POST" else {}
    with client(tmp_path, serving(), admin_key=ADMIN, api_keys="reader-key") as asking:
        assert asking.request(method, path, headers=headers).status_code == 401
        assert asking.request(method, path, headers={**headers, "x-api-key": "reader-key"}).status_code == 403
    with client(tmp_path, serving()) as asking:
        response = asking.request(method, path, headers={**headers, "x-api-key": "anything"})
        assert response.status_code == 403 and "WENCE_ADMIN_KEY" in response.json()["detail"]


def test_an_unknown_job_is_not_found(tmp_path: Path) -> None:
    with client(tmp_path, serving(), admin_key=ADMIN) as asking:
        assert asking.get("/api/v1/jobs/none", headers=KEY).status_code == 404


def test_a_real_rebuild_takes_in_what_was_uploaded_and_names_what_it_could_not(tmp_path: Path) -> None:
    folder = CorpusFolder(tmp_path / "corpus", suffixes=[".md", ".txt"])
    text = "青石市便民办法\n\n一、总则\n\n让群众少跑腿。\n\n二、措施\n\n水费按九折收取。\n"
    folder.put(PurePosixPath("a.txt"), io.BytesIO(text.encode("gb18030")))
    folder.put(PurePosixPath("b.md"), io.BytesIO(b""))
    work = functools.partial(rebuild, folder.root, tmp_path / "index", None)
    stages: list[str] = []
    built = build_in_process(work, lambda stage, done: stages.append(stage))
    assert built.indexed == 1 and [path for path, _ in built.failures] == ["b.md"]
    assert stages and current_version(tmp_path / "index") is not None


def test_a_rebuild_of_nothing_fails_in_words(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    work = functools.partial(rebuild, tmp_path / "corpus", tmp_path / "index", None)
    with pytest.raises(IndexerError, match="corpus"):
        build_in_process(work, lambda stage, done: None)
