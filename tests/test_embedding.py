"""The static embedder agrees with SentenceTransformer, families get their prompts, errors say why."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer, models, pre_tokenizers

from indexer.embedding import (
    BUNDLED_MODEL,
    Embedder,
    StaticEmbedder,
    TransformerEmbedder,
    load_embedder,
    prompts_for,
)
from indexer.errors import ModelError
from training.embedding import Schedule, save, start_table, train
from training.pairs import TokenPair

TEXTS = ["水费 怎么 交", "电费 减半 减半 减半", "水费", "", "没见过的词", "水费 电费 没见过的词"]
WORDS = ["<unk>", "水费", "电费", "怎么", "交", "减半", "query", "passage", ":"]


def tokenizer() -> Tokenizer:
    words = Tokenizer(models.WordLevel({word: row for row, word in enumerate(WORDS)}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return words


def table(dimension: int = 12) -> np.ndarray:
    vectors = np.random.default_rng(7).standard_normal((len(WORDS), dimension), dtype=np.float32)
    vectors[0] = 0.0
    return vectors


def write_static(folder: Path, tensors: dict[str, np.ndarray], *, normalize: bool = True) -> Path:
    folder.mkdir(parents=True)
    kinds = ["StaticEmbedding", "Normalize"] if normalize else ["StaticEmbedding"]
    modules = [
        {
            "idx": i,
            "name": str(i),
            "path": f"{i}_{kind}" if i else "",
            "type": f"sentence_transformers.models.{kind}",
        }
        for i, kind in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    save_file(tensors, folder / "model.safetensors")
    tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def layouts() -> dict[str, dict[str, np.ndarray]]:
    vectors = table()
    factors = np.abs(vectors).max(axis=1) / 127 + 1e-9
    return {
        "float": {"embedding.weight": vectors},
        "bytes": {
            "embeddings": np.rint(vectors / factors[:, None]).astype(np.int8),
            "weights": factors.astype(np.float32),
        },
        "shared rows": {"embeddings": vectors[:5], "mapping": np.array([0, 1, 2, 3, 4, 1, 2, 3, 4])},
    }


@pytest.fixture
def static_folder(tmp_path: Path) -> Path:
    return write_static(tmp_path / "static", layouts()["bytes"])


@pytest.fixture(scope="module")
def bert_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BERT with random weights; its name makes it an e5 model."""
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    base = tmp_path_factory.mktemp("bert")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"水电费怎么交减半", "query", "passage", ":"]
    (base / "raw").mkdir()
    (base / "raw" / "vocab.txt").write_text("\n".join(words), "utf-8")
    torch.manual_seed(3)
    configuration = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=24,
        max_position_embeddings=40,
    )
    BertModel(configuration).save_pretrained(base / "raw")
    BertTokenizerFast(vocab={word: row for row, word in enumerate(words)}).save_pretrained(base / "raw")
    transformer = Transformer(str(base / "raw"))
    model = SentenceTransformer(modules=[transformer, Pooling(16)], device="cpu")
    model.save(str(base / "tiny-e5-small"))
    return base / "tiny-e5-small"


@pytest.mark.parametrize("layout", ["float", "bytes", "shared rows"])
@pytest.mark.parametrize("normalize", [True, False])
def test_the_static_embedder_agrees_with_sentence_transformers(
    tmp_path: Path, layout: str, normalize: bool
) -> None:
    folder = write_static(tmp_path / "model", layouts()[layout], normalize=normalize)
    expected = SentenceTransformer(str(folder), device="cpu").encode(TEXTS, normalize_embeddings=True)
    assert_allclose(load_embedder(folder).embed_documents(TEXTS), expected, atol=1e-5)


@pytest.mark.parametrize("dimension", [1, 5, 12])
def test_a_cut_static_model_agrees_with_sentence_transformers(static_folder: Path, dimension: int) -> None:
    model = SentenceTransformer(str(static_folder), device="cpu", truncate_dim=dimension)
    expected = model.encode(TEXTS, normalize_embeddings=True)
    embedder = load_embedder(static_folder, dimension=dimension)
    assert embedder.dimension == dimension
    assert_allclose(embedder.embed_questions(TEXTS), expected, atol=1e-5)


def test_the_bundled_model_agrees_with_sentence_transformers() -> None:
    texts = [
        "本市户籍的个体户能领多少创业补贴？",
        "How many days does it take?",
        "於三十日內辦結，費率１％",
        "…",
    ]
    expected = SentenceTransformer(str(BUNDLED_MODEL), device="cpu").encode(texts)
    assert_allclose(load_embedder().embed_questions(texts), expected, atol=1e-5)


def test_the_bundled_model_is_light() -> None:
    assert isinstance(load_embedder(), StaticEmbedder)
    assert max(file.stat().st_size for file in BUNDLED_MODEL.iterdir()) < 40_000_000


def test_the_bundled_model_runs_without_torch() -> None:
    script = (
        "import sys; from indexer.embedding import load_embedder;"
        "load_embedder().embed_questions(['几天办完']);"
        "sys.exit(bool({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_bundled_model_folds_traditional_and_wide_characters() -> None:
    one, other = load_embedder().embed_questions(
        ["開辦企業要幾個工作日？ＡＢＣ", "开办企业要几个工作日？abc"]
    )
    assert_allclose(one, other, atol=1e-6)


def test_the_bundled_model_puts_a_question_beside_its_clause() -> None:
    clauses = [
        "餐饮店开业前应当向市场监督管理部门申请食品经营许可证。",
        "中小学校每学期组织不少于两次应急疏散演练。",
        "企业新招用高校毕业生的，按每人一千元给予一次性补助。",
    ]
    questions = ["开个小饭馆要办啥证", "学校多久搞一次逃生演习", "公司招应届生政府给钱吗"]
    embedder = load_embedder()
    scores = embedder.embed_questions(questions) @ embedder.embed_documents(clauses).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


def embedders(static: Path, bert: Path) -> list[Embedder]:
    return [load_embedder(static), load_embedder(bert)]


def test_rows_have_length_one_and_keep_the_order(static_folder: Path, bert_folder: Path) -> None:
    for embedder in embedders(static_folder, bert_folder):
        vectors = embedder.embed_documents(["水费 怎么 交"] * 300 + ["电费 减半"] * 300)
        assert vectors.dtype == np.float32
        assert vectors.shape == (600, embedder.dimension)
        assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
        assert_allclose(vectors[299], vectors[0], atol=1e-5)
        assert_allclose(vectors[599], vectors[300], atol=1e-5)
        assert abs(vectors[0] @ vectors[300]) < 0.9999


def test_no_texts_give_no_rows(static_folder: Path, bert_folder: Path) -> None:
    for embedder in embedders(static_folder, bert_folder):
        assert embedder.embed_documents([]).shape == (0, embedder.dimension)
        assert embedder.embed_questions([]).shape == (0, embedder.dimension)


def test_a_text_without_a_known_token_is_a_row_of_zeros(static_folder: Path) -> None:
    assert not load_embedder(static_folder).embed_documents(["", "没见过的词"]).any()


def test_the_wrapped_model_puts_the_prompts_of_its_family_before_the_texts(bert_folder: Path) -> None:
    embedder = load_embedder(bert_folder)
    assert isinstance(embedder, TransformerEmbedder)
    plain = SentenceTransformer(str(bert_folder), device="cpu")
    expected = plain.encode(["query: 水费怎么交", "passage: 水费怎么交"], normalize_embeddings=True)
    assert_allclose(embedder.embed_questions(["水费怎么交"])[0], expected[0], atol=1e-5)
    assert_allclose(embedder.embed_documents(["水费怎么交"])[0], expected[1], atol=1e-5)


def test_a_cut_wrapped_model_has_rows_of_length_one(bert_folder: Path) -> None:
    vectors = load_embedder(bert_folder, dimension=4).embed_documents(["水费", "电费"])
    assert vectors.shape == (2, 4)
    assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_a_static_model_with_prompts_in_its_configuration_uses_them(static_folder: Path) -> None:
    plain = load_embedder(static_folder).embed_documents(["query : 水费"])
    (static_folder / "config_sentence_transformers.json").write_text('{"prompts": {"query": "query : "}}')
    embedder = load_embedder(static_folder)
    assert_allclose(embedder.embed_questions(["水费"]), plain, atol=1e-6)
    assert abs(embedder.embed_documents(["水费"]) @ plain.T) < 0.9999


@pytest.mark.parametrize(
    ("name", "question", "document"),
    [
        ("intfloat/multilingual-e5-small", "query: ", "passage: "),
        ("BAAI/bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("BAAI/bge-base-en-v1.5", "Represent this sentence for searching relevant passages: ", ""),
        ("BAAI/bge-m3", "", ""),
        ("moka-ai/m3e-base", "", ""),
        ("thenlper/gte-large-zh", "", ""),
        ("Alibaba-NLP/gte-multilingual-base", "", ""),
        ("nomic-ai/nomic-embed-text-v2-moe", "search_query: ", "search_document: "),
    ],
)
def test_each_family_has_its_prompts(name: str, question: str, document: str) -> None:
    prompts = prompts_for(name)
    assert (prompts.question, prompts.document) == (question, document)


@pytest.mark.parametrize("name", ["Qwen/Qwen3-Embedding-0.6B", "intfloat/multilingual-e5-large-instruct"])
def test_instructed_families_instruct_only_the_question(name: str) -> None:
    prompts = prompts_for(name)
    assert prompts.question.startswith("Instruct: ")
    assert "Query:" in prompts.question
    assert prompts.document == ""


def test_configured_prompts_win_over_the_family() -> None:
    prompts = prompts_for("intfloat/multilingual-e5-small", {"query": "问：", "document": ""})
    assert (prompts.question, prompts.document) == ("问：", "")


def test_empty_configured_prompts_leave_the_family_its_own() -> None:
    assert (
        prompts_for("intfloat/multilingual-e5-small", {"query": "", "document": ""}).document == "passage: "
    )


def test_the_fingerprint_follows_the_content_and_the_dimension(tmp_path: Path) -> None:
    first = write_static(tmp_path / "first", layouts()["float"])
    same = write_static(tmp_path / "same", layouts()["float"])
    other = write_static(tmp_path / "other", {"embedding.weight": table() * 2})
    fingerprint = load_embedder(first).fingerprint
    (first / "README.md").write_text("a card changes no vector")
    assert load_embedder(first).fingerprint == fingerprint == load_embedder(same).fingerprint
    assert load_embedder(other).fingerprint != fingerprint
    assert load_embedder(first, dimension=12).fingerprint == fingerprint
    assert load_embedder(first, dimension=6).fingerprint == f"{fingerprint}/6"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no such model folder: .*nowhere"):
        load_embedder(tmp_path / "nowhere")


@pytest.mark.parametrize("dimension", [0, 13])
def test_a_dimension_the_model_lacks_is_refused(static_folder: Path, dimension: int) -> None:
    with pytest.raises(ModelError, match=f"1 to 12, not {dimension}"):
        load_embedder(static_folder, dimension=dimension)


def test_weights_without_the_expected_matrix_are_refused(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "model", {"something": table()})
    with pytest.raises(ModelError, match=r"expected a matrix named .* found \['something'\]"):
        load_embedder(folder)


def test_weights_with_too_few_rows_are_refused(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "model", {"embedding.weight": table()[:4]})
    with pytest.raises(ModelError, match="the tokenizer knows 9 tokens, the weights hold 4"):
        load_embedder(folder)


@pytest.mark.parametrize("file", ["tokenizer.json", "model.safetensors"])
def test_missing_and_damaged_files_are_named(static_folder: Path, file: str) -> None:
    (static_folder / file).write_text("not what it should be")
    with pytest.raises(ModelError, match=file):
        load_embedder(static_folder)
    (static_folder / file).unlink()
    with pytest.raises(ModelError, match=f"{file} is missing"):
        load_embedder(static_folder)


def test_a_damaged_list_of_modules_is_named(static_folder: Path) -> None:
    (static_folder / "modules.json").write_text("[1, 2")
    with pytest.raises(ModelError, match=r"modules\.json: not the modules"):
        load_embedder(static_folder)


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a model")
    with pytest.raises(ModelError, match="can't be loaded as a sentence-transformers folder"):
        load_embedder(tmp_path)


def test_training_brings_questions_to_their_passages(tmp_path: Path) -> None:
    # Token 1 asks for 5, token 2 for 6, and so on; nothing but the pairs says so.
    def draw(random: np.random.Generator) -> TokenPair:
        asked = int(random.integers(1, 5))
        return TokenPair(np.array([asked], np.int32), np.array([asked + 4, 0], np.int32), asked)

    start = start_table(np.ones(len(WORDS), np.float32), 12)
    schedule = Schedule(steps=40, rate=0.05, batch=16, dimensions=(12, 4), warmup=2)
    trained = train(start, [(1.0, draw)], schedule)
    save(trained, tokenizer(), tmp_path / "model")
    embedder = load_embedder(tmp_path / "model")
    scores = embedder.embed_questions(WORDS[1:5]) @ embedder.embed_documents(WORDS[5:9]).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_a_saved_model_is_read_by_sentence_transformers_in_single_precision(tmp_path: Path) -> None:
    save(table(), tokenizer(), tmp_path / "model")
    model = SentenceTransformer(str(tmp_path / "model"), device="cpu")
    vectors = model.encode(TEXTS)
    assert vectors.dtype == np.float32
    assert_allclose(load_embedder(tmp_path / "model").embed_documents(TEXTS), vectors, atol=1e-5)
    exact = write_static(tmp_path / "exact", {"embedding.weight": table()})
    assert_allclose(vectors, load_embedder(exact).embed_documents(TEXTS), atol=0.02)
