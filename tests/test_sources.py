import os
import sys
from pathlib import Path

import pytest

from indexer.sources import find_sources
from tests.small_corpus import TEXTS, write_corpus


def names(corpus: Path) -> list[str]:
    return [source.name for source in find_sources(corpus)[0]]


def digests(corpus: Path) -> dict[str, str]:
    return {source.document_id: source.digest for source in find_sources(corpus)[0]}


def test_files_are_found_in_every_folder_in_order_of_id(tmp_path: Path) -> None:
    sources, failures = find_sources(write_corpus(tmp_path))
    assert [source.document_id for source in sources] == [
        "云岭县/公园开放",
        "云岭县/养犬规定",
        "青石市便民措施",
    ]
    assert {source.name for source in sources} == set(TEXTS)
    assert all(source.path.is_file() for source in sources)
    assert failures == []


@pytest.mark.parametrize(
    "name",
    [
        ".隐藏.txt",
        ".git/config.txt",
        "README.md",
        "云岭县/readme.zh-CN.md",
        "云岭县/公园开放.meta.yaml",
        "~$正在编辑.docx",
        "Thumbs.db",
    ],
)
def test_what_is_no_policy_is_passed_over(tmp_path: Path, name: str) -> None:
    write_corpus(tmp_path, {**TEXTS, name: "region: 云岭县"})
    assert sorted(names(tmp_path)) == sorted(TEXTS)


def test_files_of_unknown_formats_are_not_passed_over(tmp_path: Path) -> None:
    assert names(write_corpus(tmp_path, {"会议录音.mp3": "?", "readmeter.txt": "抄表办法"})) == [
        "readmeter.txt",
        "会议录音.mp3",
    ]


def test_the_index_may_stand_in_the_corpus_folder(tmp_path: Path) -> None:
    write_corpus(tmp_path, {**TEXTS, "索引/versions/1/说明.txt": "不是政策"})
    sources, _ = find_sources(tmp_path, beside=tmp_path / "索引")
    assert {source.name for source in sources} == set(TEXTS)


def test_two_files_of_one_id_are_named_and_the_first_is_taken(tmp_path: Path) -> None:
    sources, failures = find_sources(write_corpus(tmp_path, {"税费.md": "甲", "税费.txt": "乙"}))
    assert [source.name for source in sources] == ["税费.md"]
    assert [failure.path for failure in failures] == ["税费.txt"]
    assert "税费.md" in failures[0].cause


@pytest.mark.parametrize(
    "changed", ["云岭县/公园开放.txt", "云岭县/公园开放.meta.yaml", "云岭县/公园开放.txt.meta.yaml"]
)
def test_the_digest_follows_the_file_and_its_side_file(tmp_path: Path, changed: str) -> None:
    before = digests(write_corpus(tmp_path))
    write_corpus(tmp_path, {changed: "status: 已废止"})
    after = digests(tmp_path)
    assert {name for name in before if before[name] != after[name]} == {"云岭县/公园开放"}


def test_the_digest_does_not_follow_the_time(tmp_path: Path) -> None:
    before = digests(write_corpus(tmp_path))
    os.utime(tmp_path / "青石市便民措施.md", (1, 1))
    assert digests(tmp_path) == before


def test_ids_are_the_same_however_the_file_system_composes_characters(tmp_path: Path) -> None:
    sources, _ = find_sources(write_corpus(tmp_path, {"cafe\u0301.txt": "咖啡馆"}))
    assert sources[0].document_id == "café"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes for a file name")
def test_a_name_that_is_not_utf8_is_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "好.txt").write_text("好")
    with open(os.fsencode(tmp_path) + "/水费.txt".encode("gbk"), "w") as file:  # noqa: PTH123
        file.write("水费")
    sources, failures = find_sources(tmp_path)
    assert [source.name for source in sources] == ["好.txt"]
    assert "UTF-8" in failures[0].cause
    failures[0].path.encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_left_out_and_said(tmp_path: Path) -> None:
    (write_corpus(tmp_path) / "青石市便民措施.md").chmod(0)
    assert [failure.path for failure in find_sources(tmp_path)[1]] == ["青石市便民措施.md"]


def test_a_link_to_nowhere_is_left_out_and_said(tmp_path: Path) -> None:
    (write_corpus(tmp_path) / "断链.txt").symlink_to("没有这个文件")
    _, failures = find_sources(tmp_path)
    assert [(failure.path, failure.cause[:5]) for failure in failures] == [("断链.txt", "无法打开：")]
