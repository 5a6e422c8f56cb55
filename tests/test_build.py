import errno
import fcntl
import multiprocessing
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.build import BuildReport, build, check, why_stale
from indexer.catalogue import CatalogueWriter
from indexer.document import Document
from indexer.errors import BrokenIndex, IndexerError, ModelError
from indexer.index import CURRENT, VERSIONS, current_version, open_index
from indexer.lexical import LexicalIndex
from indexer.parse import parse
from indexer.passage_text import passage_text
from indexer.source_text import SourceText
from indexer.vectors import FaissIndex
from tests.small_corpus import TEXTS, BagOfCharacters, article, write_corpus

DOGS = "云岭县/养犬规定.txt"
PARKS = "云岭县/公园开放.txt"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "政策")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def run(
    corpus: Path,
    index: Path,
    embedder: BagOfCharacters | None = None,
    *,
    if_stale: bool = False,
    fresh: bool = False,
) -> BuildReport:
    embedder = embedder or BagOfCharacters()
    return build(corpus, index, embedder=embedder, if_stale=if_stale, fresh=fresh, progress=False)


def titles(index: Path) -> set[str]:
    return {entry.title for entry in open_index(index, embedder=BagOfCharacters()).catalogue.entries}


def test_a_first_build_indexes_every_document(corpus: Path, index: Path) -> None:
    report = run(corpus, index)
    assert report.indexed == ("云岭县/公园开放", "云岭县/养犬规定", "青石市便民措施")
    assert (report.reused, report.removed, report.failures) == ((), (), ())
    assert report.published and report.complete and report.reason == "还没有索引"
    opened = open_index(index, embedder=BagOfCharacters())
    assert (
        (opened.version, len(opened.catalogue)) == (report.version, report.documents) == (report.version, 3)
    )
    assert opened.catalogue.rows == report.chunks == report.embedded


def test_chunks_are_embedded_under_their_title_and_headings() -> None:
    document, chunks = article("公园", ["公园开放办法", "第1条 夏季开放至二十三时。\n"])
    assert passage_text(document, chunks[1]) == "公园开放办法\n第1条 夏季开放至二十三时。"
    part = replace(chunks[1], text="夏季开放至二十三时。\n", start=chunks[1].start + 4)
    assert passage_text(document, part) == "公园开放办法\n第1条\n夏季开放至二十三时。"


def test_only_what_changed_is_embedded_again(corpus: Path, index: Path) -> None:
    run(corpus, index)
    write_corpus(corpus, {DOGS: TEXTS[DOGS].replace("二百元", "三百元")})
    embedder = BagOfCharacters()
    report = run(corpus, index, embedder)
    assert report.indexed == ("云岭县/养犬规定",)
    assert report.reused == ("云岭县/公园开放", "青石市便民措施")
    assert report.reason == "文件改动 1 个"
    # The check embeds a few of the passages again, under names of its own.
    assert report.embedded < 4
    assert any("三百元" in passage for passage in embedder.embedded)
    opened = open_index(index, embedder=BagOfCharacters())
    assert "三百元" in opened.catalogue.document("云岭县/养犬规定").text


def test_vectors_taken_over_belong_to_their_chunks(corpus: Path, index: Path) -> None:
    run(corpus, index)
    write_corpus(corpus, {"一号.txt": "青石市一号文件\n\n第一条 排在最前的新文件使各行后移。"})
    run(corpus, index)
    opened = open_index(index, embedder=BagOfCharacters())
    for row in range(opened.catalogue.rows):
        chunk = opened.catalogue.chunk(row)
        passage = passage_text(opened.catalogue.document(chunk.document_id), chunk)
        (expected,) = opened.embedder.embed_documents([passage])
        assert opened.vectors.vectors(np.array([row]))[0] == pytest.approx(expected, abs=1e-6)


def test_a_document_that_moved_is_not_embedded_again(corpus: Path, index: Path) -> None:
    run(corpus, index)
    (corpus / DOGS).rename(corpus / "养犬规定.txt")
    report = run(corpus, index)
    assert (report.indexed, report.removed, report.embedded) == (("养犬规定",), ("云岭县/养犬规定",), 0)


def test_a_document_that_is_gone_disappears(corpus: Path, index: Path) -> None:
    run(corpus, index)
    (corpus / DOGS).unlink()
    report = run(corpus, index)
    assert (report.removed, report.indexed, report.embedded) == (("云岭县/养犬规定",), (), 0)
    opened = open_index(index, embedder=BagOfCharacters())
    assert "云岭县/养犬规定" not in opened.catalogue
    assert not opened.lexical.scores(["狂犬"]).any()


def test_a_changed_side_file_is_read_again(corpus: Path, index: Path) -> None:
    run(corpus, index)
    write_corpus(corpus, {"云岭县/养犬规定.meta.yaml": "region: 云岭县某镇"})
    assert run(corpus, index).indexed == ("云岭县/养犬规定",)
    opened = open_index(index, embedder=BagOfCharacters())
    assert opened.catalogue.entry("云岭县/养犬规定").region == "云岭县某镇"


def test_a_fresh_build_takes_nothing_over(corpus: Path, index: Path) -> None:
    run(corpus, index)
    report = run(corpus, index, fresh=True)
    assert (len(report.indexed), report.reused, report.embedded) == (3, (), report.chunks)


@pytest.mark.parametrize("option", ["model", "max_chars", "lexical"])
def test_what_decides_beside_the_files_makes_an_index_stale(
    corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    run(corpus, index)
    assert why_stale(corpus, index, embedder=BagOfCharacters()) is None
    if option == "model":
        reason = why_stale(corpus, index, embedder=BagOfCharacters(fingerprint="2"))
        assert reason and "指纹 1" in reason and "指纹 2" in reason
        assert run(corpus, index, BagOfCharacters(fingerprint="2")).embedded > 0
    elif option == "max_chars":
        assert (
            why_stale(corpus, index, embedder=BagOfCharacters(), max_chars=90)
            == "切块上限由 480 字改为 90 字"
        )
    else:
        monkeypatch.setattr("indexer.build.lexical_fingerprint", lambda: "other")
        assert why_stale(corpus, index, embedder=BagOfCharacters()) == "程序更新过"


def test_changes_of_the_corpus_are_counted(corpus: Path, index: Path) -> None:
    run(corpus, index)
    (corpus / DOGS).unlink()
    write_corpus(corpus, {"新.txt": "新规定\n\n第一条 新。", PARKS: "云岭县公园办法\n\n第一条 改。"})
    reason = why_stale(corpus, index, embedder=BagOfCharacters())
    assert reason == "文件新增 1 个；文件改动 1 个；文件减少 1 个"


def test_an_index_that_lacks_nothing_stays_as_it_is(corpus: Path, index: Path) -> None:
    first = run(corpus, index)
    (index / ".lock").unlink()
    again = run(corpus, index, if_stale=True)
    assert (again.version, again.published, again.reason) == (first.version, False, None)
    assert again.reused == first.indexed
    assert not (index / ".lock").exists()


def test_a_damaged_index_is_stale_and_built_anew(corpus: Path, index: Path) -> None:
    first = run(corpus, index)
    (index / VERSIONS / first.version / "vectors.faiss").write_bytes(b"?")
    second = run(corpus, index, if_stale=True)
    assert second.reason and "vectors.faiss" in second.reason
    assert (second.published, len(second.indexed)) == (True, 3)
    open_index(index, embedder=BagOfCharacters())


def test_unreadable_files_are_named_and_the_rest_is_indexed(corpus: Path, index: Path) -> None:
    write_corpus(corpus, {"空.txt": " \n", "录音.mp3": "?", "青石市便民措施.txt": "同名"})
    report = run(corpus, index)
    assert len(report.indexed) == 3 and not report.complete
    causes = {failure.path: failure.cause for failure in report.failures}
    assert causes.keys() == {"空.txt", "录音.mp3", "青石市便民措施.txt"}
    assert "空文件" in causes["空.txt"] and ".mp3" in causes["录音.mp3"]
    assert "青石市便民措施.md" in causes["青石市便民措施.txt"]
    again = run(corpus, index, if_stale=True)
    assert not again.published
    assert set(again.failures) == set(report.failures)


def test_a_fault_in_one_file_does_not_keep_the_others_out(
    corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(source: SourceText, *, document_id: str, source_name: str) -> Document:
        if "犬" in source_name:
            raise IndexError("list index out of range")
        return parse(source, document_id=document_id, source_name=source_name)

    monkeypatch.setattr("indexer.build.parse", faulty)
    report = run(corpus, index)
    assert len(report.indexed) == 2
    assert [(failure.path, failure.cause) for failure in report.failures] == [
        (DOGS, "处理时出错：IndexError: list index out of range")
    ]


def test_where_nothing_can_be_read_the_old_index_stays(corpus: Path, index: Path) -> None:
    first = run(corpus, index)
    for name in TEXTS:
        (corpus / name).write_text("")
    with pytest.raises(IndexerError, match=r"都无法收录：(?s:.)*公园开放\.txt：空文件"):
        run(corpus, index)
    assert current_version(index) == first.version
    assert len(titles(index)) == 3
    assert [folder.name for folder in (index / VERSIONS).iterdir()] == [first.version]


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda folder: None, "不存在"),
        (lambda folder: folder.write_text("?"), "不是文件夹"),
        (lambda folder: folder.mkdir(), "里没有政策文件（支持 .*md"),
    ],
)
def test_a_corpus_that_is_none_is_said(
    tmp_path: Path, index: Path, make: Callable[[Path], object], problem: str
) -> None:
    make(tmp_path / "空")
    with pytest.raises(IndexerError, match=problem):
        run(tmp_path / "空", index)
    assert not index.exists()


def test_the_last_two_versions_are_kept(corpus: Path, index: Path) -> None:
    versions = [run(corpus, index).version for _ in range(4)]
    assert {folder.name for folder in (index / VERSIONS).iterdir()} == set(versions[-2:])
    assert current_version(index) == versions[-1]


def test_whoever_has_a_removed_version_open_goes_on_reading_it(corpus: Path, index: Path) -> None:
    run(corpus, index)
    opened = open_index(index, embedder=BagOfCharacters())
    for _ in range(3):
        run(corpus, index)
    assert opened.lexical.search(["公园"], k=1)[1][0] > 0
    assert "犬" in opened.catalogue.document("云岭县/养犬规定").text


def test_progress_goes_from_nothing_to_all(corpus: Path, index: Path) -> None:
    heard: list[tuple[str, float]] = []
    build(
        corpus,
        index,
        embedder=BagOfCharacters(),
        progress=False,
        on_progress=lambda stage, done: heard.append((stage, done)),
    )
    stages, parts = zip(*heard, strict=True)
    assert list(dict.fromkeys(stages)) == ["读取", "分词", "向量化", "检查", "完成"]
    assert list(parts) == sorted(parts) and parts[0] == 0 and parts[-1] == 1


# What may go wrong halfway.


class Broken(BagOfCharacters):
    """Fails, waits or lies while embedding."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how

    def embed_documents(self, texts: Sequence[str], *, progress: bool = False) -> NDArray[np.float32]:
        if self.how == "waits":
            print("embedding", flush=True)
            time.sleep(60)
        if self.how == "fails":
            raise RuntimeError("out of memory")
        vectors = super().embed_documents(texts)
        if self.how == "one row short":
            return vectors[:-1]
        if self.how == "not a number":
            vectors[0, 0] = np.nan
        if self.how == "never twice the same":
            vectors += np.random.default_rng(len(self.embedded)).standard_normal(vectors.shape) * 5
        return vectors


def unharmed(index: Path, version: str) -> None:
    """The version published before is served, and nothing else is left on the disk."""
    assert current_version(index) == version
    assert len(titles(index)) == 3
    assert [folder.name for folder in (index / VERSIONS).iterdir()] == [version]


@pytest.mark.parametrize(
    ("how", "error", "message"),
    [
        ("fails", RuntimeError, "out of memory"),
        ("one row short", ModelError, "实际给出形状"),
        ("not a number", ModelError, "无穷大或非数值"),
        ("never twice the same", BrokenIndex, "检查未通过：向量索引"),
    ],
)
def test_a_model_that_fails_leaves_the_old_index(
    corpus: Path, index: Path, how: str, error: type[Exception], message: str
) -> None:
    first = run(corpus, index)
    with pytest.raises(error, match=message):
        run(corpus, index, Broken(how), fresh=True)
    unharmed(index, first.version)


def _full_disk(*arguments: object, **options: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _full_database(*arguments: object, **options: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize(
    ("place", "name", "failure"),
    [
        (FaissIndex, "save", _full_disk),
        (LexicalIndex, "save", _full_disk),
        (CatalogueWriter, "add", _full_database),
    ],
)
def test_a_full_disk_leaves_the_old_index(
    corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch, place: type, name: str, failure: object
) -> None:
    first = run(corpus, index)
    with monkeypatch.context() as patch:
        patch.setattr(place, name, failure)
        with pytest.raises(IndexerError, match="磁盘空间不足；没有发布新索引，原来的索引照常可用"):
            run(corpus, index)
    unharmed(index, first.version)


def test_a_file_that_cannot_grow_is_said(corpus: Path, index: Path) -> None:
    """The real thing: a process that may write no file beyond 4 KiB."""
    first = run(corpus, index)
    said = _in_process(_build_with_small_files, corpus, index)
    assert "无法写入" in said and "原来的索引照常可用" in said
    unharmed(index, first.version)


def _build_with_small_files(corpus: Path, index: Path) -> str:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        run(corpus, index)
    except IndexerError as error:
        return str(error)
    return "built"


def _in_process(work: Callable[..., str], *arguments: Path) -> str:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def _build_waiting(corpus: Path, index: Path) -> None:
    run(corpus, index, Broken("waits"), fresh=True)


def _wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("waited too long")


def test_a_killed_build_leaves_the_old_index_and_the_next_one_clears_up(corpus: Path, index: Path) -> None:
    first = run(corpus, index)
    process = multiprocessing.get_context("spawn").Process(target=_build_waiting, args=(corpus, index))
    process.start()
    try:
        # The catalogue and the words are written; the vectors are not.
        _wait_for(lambda: any(index.glob(f"{VERSIONS}/*.partial/lexical/params.index.json")))
        with pytest.raises(IndexerError, match=f"正由另一个构建写入（进程 {process.pid}）"):
            run(corpus, index)
    finally:
        process.kill()
        process.join()
    assert process.exitcode == -signal.SIGKILL
    assert current_version(index) == first.version
    assert len(titles(index)) == 3
    assert any(index.glob(f"{VERSIONS}/*.partial"))
    second = run(corpus, index)
    assert current_version(index) == second.version
    assert not any(index.glob(f"{VERSIONS}/*.partial"))


def test_a_build_killed_before_it_moved_the_pointer_is_cleared_up(corpus: Path, index: Path) -> None:
    first = run(corpus, index)
    shutil.copytree(index / VERSIONS / first.version, index / VERSIONS / "20991231T000000Z-ffffff")
    (index / f"{CURRENT}.partial").write_text("2099")
    second = run(corpus, index)
    assert {folder.name for folder in (index / VERSIONS).iterdir()} == {first.version, second.version}
    assert current_version(index) == second.version


def test_one_build_at_a_time(corpus: Path, index: Path) -> None:
    index.mkdir()
    with (index / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(IndexerError, match="正由另一个构建写入"):
            run(corpus, index)
    run(corpus, index)


def test_the_check_finds_rows_that_are_not_their_chunks(corpus: Path, index: Path) -> None:
    run(corpus, index)
    opened = open_index(index, embedder=BagOfCharacters())
    check(opened)
    rows = np.arange(opened.catalogue.rows)
    mixed = FaissIndex.build(opened.vectors.vectors(rows)[::-1])
    with pytest.raises(BrokenIndex, match="向量索引第 0 行"):
        check(replace(opened, vectors=mixed))


def test_a_path_that_cannot_be_written_is_said(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexerError, match="无法写入"):
        run(corpus, tmp_path / "file" / "index")
