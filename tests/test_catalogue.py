from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from indexer.catalogue import KEY_BYTES, Catalogue, CatalogueWriter
from indexer.document import Deadline, Document, Trailer
from indexer.errors import BrokenIndex
from tests.small_corpus import article

DOGS, DOG_CHUNKS = article(
    "云岭县/养犬规定",
    ["云岭县养犬规定", "第一条 每户限养一只犬。", "第二条 犬只每年接种疫苗。"],
    issuer="云岭县人民政府",
    number="云政发〔2023〕4号",
    issued_on=date(2023, 4, 5),
    effective_on=date(2023, 6, 1),
    region="云岭县",
    status="现行有效",
)
PARKS, PARK_CHUNKS = article("公园", ["公园开放办法", "第一条 夏季开放至二十三时。𠮷"])


def key(number: int) -> bytes:
    return bytes([number]) * KEY_BYTES


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "目录 #1?.sqlite"
    with CatalogueWriter(file) as writer:
        writer.add(PARKS, PARK_CHUNKS, keys=[key(1), key(2)])
        writer.add(DOGS, DOG_CHUNKS, keys=[key(3), key(4), key(5)])
    return file


@pytest.fixture
def catalogue(file: Path) -> Catalogue:
    return Catalogue(file)


def test_a_document_comes_back_as_it_was(catalogue: Catalogue) -> None:
    assert catalogue.document("云岭县/养犬规定") == DOGS
    assert catalogue.document("公园") == PARKS


def test_every_field_of_a_document_comes_back(tmp_path: Path) -> None:
    deadline = Deadline("2022年底前", date(2022, 1, 1), date(2022, 12, 31), ongoing=True)
    trailer = Trailer(("市财政局",), ("市教育局", "各区政府"), deadline, 3, 9)
    clauses = (DOGS.clauses[0], replace(DOGS.clauses[1], title="数量", trailer=trailer), *DOGS.clauses[2:])
    document = replace(DOGS, clauses=clauses, expires_on=date(2028, 5, 31), digest_of="原规定")
    chunks = [replace(chunk, heading_path=document.heading_path(chunk.clause)) for chunk in DOG_CHUNKS]
    _ = document.paragraphs_by_clause  # what a document has worked out is no part of it
    with CatalogueWriter(tmp_path / "c.sqlite") as writer:
        writer.add(document, chunks, keys=[key(1)] * 3)
    catalogue = Catalogue(tmp_path / "c.sqlite")
    assert catalogue.document(document.id) == document
    assert catalogue.chunks_of(document.id) == chunks


def test_chunks_stand_in_row_order(catalogue: Catalogue) -> None:
    assert catalogue.rows == 5
    assert catalogue.chunks(range(5)) == [*PARK_CHUNKS, *DOG_CHUNKS]
    assert catalogue.chunks([4, 0]) == [DOG_CHUNKS[2], PARK_CHUNKS[0]]
    assert catalogue.chunks_of("云岭县/养犬规定") == DOG_CHUNKS


@pytest.mark.parametrize("row", [-1, 5])
def test_a_row_that_is_not_there_is_refused(catalogue: Catalogue, row: int) -> None:
    with pytest.raises(IndexError, match=f"expected 0 to 4, got {row}"):
        catalogue.chunk(row)


def test_metadata_is_at_hand_without_reading_texts(catalogue: Catalogue) -> None:
    park, dog = catalogue.entries
    assert (park.id, park.region, park.issued_on, park.first_row, park.chunk_count) == (
        "公园",
        None,
        None,
        0,
        2,
    )
    assert (dog.title, dog.number, dog.effective_on) == (
        "云岭县养犬规定",
        "云政发〔2023〕4号",
        date(2023, 6, 1),
    )
    assert (dog.issuer, dog.status, dog.characters) == ("云岭县人民政府", "现行有效", len(DOGS.text))
    assert catalogue.entry("公园") is park
    assert "公园" in catalogue and "花园" not in catalogue and len(catalogue) == 2


def test_rows_of_documents_are_a_mask(catalogue: Catalogue) -> None:
    assert catalogue.rows_of(["公园", "花园"]).tolist() == [True, True, False, False, False]
    assert catalogue.rows_of([]).any() is not True
    assert [catalogue.position(row) for row in range(5)] == [0, 0, 1, 1, 1]


def test_keys_come_back_by_row(catalogue: Catalogue) -> None:
    assert catalogue.keys() == [key(number) for number in range(1, 6)]


@pytest.mark.parametrize("method", ["entry", "document", "chunks_of"])
def test_an_unknown_document_is_a_key_error(catalogue: Catalogue, method: str) -> None:
    with pytest.raises(KeyError, match="花园"):
        getattr(catalogue, method)("花园")


def test_documents_last_asked_for_are_kept_within_bounds(file: Path) -> None:
    catalogue = Catalogue(file, cached_characters=len(DOGS.text))
    dogs = catalogue.document(DOGS.id)
    assert catalogue.document(DOGS.id) is dogs
    catalogue.document(PARKS.id)
    assert catalogue.document(DOGS.id) is not dogs


def test_many_threads_can_read_at_once(file: Path) -> None:
    catalogue = Catalogue(file, cached_characters=0)
    wanted: list[Document] = [PARKS, DOGS] * 50
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda document: catalogue.document(document.id), wanted)) == wanted


def test_a_published_catalogue_can_be_read_while_its_file_is_removed(file: Path) -> None:
    catalogue = Catalogue(file)
    file.unlink()
    assert catalogue.document("公园") == PARKS


def test_chunks_out_of_place_are_refused(tmp_path: Path) -> None:
    with CatalogueWriter(tmp_path / "c.sqlite") as writer, pytest.raises(ValueError, match="chunk 1 of"):
        writer.add(DOGS, DOG_CHUNKS[1:], keys=[key(1)] * 2)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenIndex, match=r"none\.sqlite"):
        Catalogue(tmp_path / "none.sqlite")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.sqlite").write_bytes("不是数据库".encode() * 500)
    with pytest.raises(BrokenIndex, match=r"c\.sqlite 无法读取"):
        Catalogue(tmp_path / "c.sqlite")
