"""Make the models that ship with the project: `python -m training --data DIR --out models`."""

from __future__ import annotations

import json
import logging
import os
import time
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from tokenizers import Tokenizer

from indexer.embedding import load_embedder
from training import data as sources
from training import evaluate as measures
from training import tokenizer as tokens
from training.corpus import TokenCorpus, tokenize
from training.embedding import Schedule, Table, save, start_table, train
from training.pairs import Glossary, ParallelPairs, SupervisedPairs, WeakPairs

logger = logging.getLogger("training")
app = typer.Typer(add_completion=False, help="从公开数据训练随项目发布的模型；不带子命令时依次执行各阶段。")

DIMENSION = 512
SUPERVISED = Schedule(steps=500, rate=0.004, scale=12.0, dimensions=(DIMENSION, 128))


@dataclass(frozen=True, slots=True)
class Track:
    """One way through both stages. All tracks start from the same vectors, so that they can be averaged."""

    name: str
    weak: Schedule
    english: float
    """Share of English batches in the weak stage."""
    seeds: tuple[int, ...]
    """The supervised stage runs once for each."""


TRACKS = (
    # A high scale looks at the nearest negatives alone: exact words count, as they must among 60,000 articles.
    Track("sharp", Schedule(1600, 0.01, scale=20.0, dimensions=(DIMENSION, 128)), english=0.0, seeds=(1,)),
    # A low one looks at all of them: other words for the same thing come closer, English ones too.
    Track("broad", Schedule(2000, 0.01, scale=10.0, dimensions=(DIMENSION, 128)), english=0.12, seeds=(1, 2)),
)

WEIGHTS = {
    "questions": 1.0,
    "written": 1.0,
    "plans": 2.0,
    "STARD-train": 2.0,
    "LeCoQA-train": 1.0,
    "XQuAD-en2zh": 1.5,
    "XQuAD-zh": 0.1,
    "CRUD-quest": 0.2,
}
"""How often a pair of each source is drawn in the supervised stage, relative to the others."""
ENGLISH_WEIGHT = 3.0
"""By how much more a question in English is drawn: there are few."""
PARALLEL_WEIGHTS = {"tatoeba": 1.0, "cedict": 1.0, "xquad-q": 0.1, "xquad-par": 0.1}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run reads and writes."""

    data: Path
    out: Path
    work: Path

    @property
    def embedding(self) -> Path:
        """The embedding's folder."""
        return self.out / "embedding"

    @property
    def twins(self) -> tuple[Path, Path]:
        """The folders of two embeddings; each saw but the other half of the questions."""
        return self.work / "twin-0", self.work / "twin-1"

    @property
    def tokenizer(self) -> Path:
        """The tokenizer that the embedding and the lexical index share."""
        return self.embedding / "tokenizer.json"

    @property
    def corpus(self) -> Path:
        """The raw texts as token ids."""
        return self.work / "corpus.npz"

    def weak(self, track: Track) -> Path:
        """The token vectors after the weak stage."""
        return self.work / f"weak-{track.name}.npy"


Data = Annotated[Path, typer.Option(help="训练数据目录", file_okay=False)]
Out = Annotated[Path, typer.Option(help="模型输出目录", file_okay=False)]
Work = Annotated[Path, typer.Option(help="中间结果目录", file_okay=False)]
Threads = Annotated[int, typer.Option(help="使用的 CPU 线程数", min=1)]

DATA, OUT, WORK = Path("data"), Path("models"), Path("var/training")


def _place(data: Path, out: Path, work: Path, threads: int) -> Place:
    if not (data / "raw_paragraphs.jsonl.gz").is_file():
        raise typer.BadParameter(
            f"{data} 里没有 raw_paragraphs.jsonl.gz；训练数据应有的文件见 training/README.md",
            param_hint="--data",
        )
    torch.set_num_threads(threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if threads > 1 else "false"
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    place = Place(data, out, work)
    place.embedding.mkdir(parents=True, exist_ok=True)
    place.work.mkdir(parents=True, exist_ok=True)
    return place


@app.callback(invoke_without_command=True)
def everything(
    context: typer.Context, data: Data = DATA, out: Out = OUT, work: Work = WORK, threads: Threads = 2
) -> None:
    """依次执行 tokenizer、weak、supervised、twins、cross-encoder、ranking、refine、evaluate。"""
    if context.invoked_subcommand is not None:
        return
    for stage in (tokenizer, weak, supervised, twins, cross_encoder, ranking, refine, evaluate):
        started = time.monotonic()
        stage(data=data, out=out, work=work, threads=threads)
        typer.echo(f"{stage.__name__}：{time.monotonic() - started:.0f} 秒")


@app.command()
def tokenizer(data: Data = DATA, out: Out = OUT, work: Work = WORK, threads: Threads = 2) -> None:
    """统计词频，生成词表；并把原始文本切成词。"""
    place = _place(data, out, work, threads)
    made = tokens.build(place.data, counts=place.work / "counts.json")
    made.save(str(place.tokenizer), pretty=False)
    typer.echo(f"词表：{made.get_vocab_size()} 个词，{place.tokenizer}")
    # Regulations whose questions are kept out stay out altogether: they stand for texts never seen.
    kept_out = {pair.passage.document for pair in sources.regulation_questions(place.data, kept_out=True)}
    texts = (text for text in sources.raw_texts(place.data) if text.document not in kept_out)
    corpus = tokenize(made, texts)
    corpus.save(place.corpus)
    typer.echo(f"语料：{len(corpus)} 段，{len(corpus.ids)} 个词")


def _pairs(
    place: Place, *, without: int | None = None
) -> tuple[TokenCorpus, WeakPairs, ParallelPairs, SupervisedPairs]:
    """Return what the stages draw from, `without` one half of the questions on laws, regulations and plans."""
    words = Tokenizer.from_file(str(place.tokenizer))
    corpus = TokenCorpus.load(place.corpus)
    weak_pairs = WeakPairs(corpus)
    entries = list(sources.parallel_texts(place.data))
    glossary = Glossary.of(
        words, ((english, chinese) for source, english, chinese in entries if source == "cedict")
    )
    parallel = ParallelPairs(words, entries, weights=PARALLEL_WEIGHTS, weak=weak_pairs, glossary=glossary)
    pairs = [
        pair
        for pair in chain(
            sources.regulation_questions(place.data, kept_out=False),
            sources.written_questions(place.data, statutes=False),
            sources.plan_questions(place.data, kept_out=False),
            sources.written_questions(place.data, statutes=True),
            sources.lay_questions(place.data),
        )
        if without is None or sources.half_of_pair(pair) != without
    ]
    pairs += sources.reading_questions(place.data, kept_out=False)
    pairs += sources.news_questions(place.data)
    weights = []
    for pair in pairs:
        english_weight = ENGLISH_WEIGHT if pair.style == "en" and not pair.source.startswith("XQuAD") else 1.0
        weights.append(WEIGHTS[pair.source.split("/")[0]] * english_weight)
    asked = SupervisedPairs(words, pairs, weights=weights, glossary=glossary, gloss_share=0.1)
    return corpus, weak_pairs, parallel, asked


@app.command()
def weak(data: Data = DATA, out: Out = OUT, work: Work = WORK, threads: Threads = 2) -> None:
    """第一阶段：用原始文本的标题、句子和上下文训练词向量。"""
    place = _place(data, out, work, threads)
    corpus, weak_pairs, parallel, _ = _pairs(place)
    start = start_table(corpus.idf, DIMENSION)
    for track in TRACKS:
        mixture = [(1 - track.english, weak_pairs.draw), (track.english, parallel.draw)]
        np.save(place.weak(track), train(start, mixture, track.weak, name=f"weak, {track.name}"))


@app.command()
def supervised(data: Data = DATA, out: Out = OUT, work: Work = WORK, threads: Threads = 2) -> None:
    """第二阶段：用问题与答案段落训练，各次取平均，写出模型。"""
    place = _place(data, out, work, threads)
    _train_supervised(place, place.embedding, {track.name: track.seeds for track in TRACKS})
    typer.echo(f"模型：{place.embedding}")


@app.command()
def twins(data: Data = DATA, out: Out = OUT, work: Work = WORK, threads: Threads = 2) -> None:
    """第二阶段再做两次，各不用一半问题：后面的模型要在向量模型没有见过的问题上训练。"""
    place = _place(data, out, work, threads)
    for half, folder in enumerate(place.twins):
        _train_supervised(place, folder, {track.name: track.seeds[:1] for track in TRACKS}, without=half)
        typer.echo(f"只供训练重排的模型：{folder}")


def _train_supervised(
    place: Place, folder: Path, seeds: dict[str, tuple[int, ...]], *, without: int | None = None
) -> None:
    _, weak_pairs, parallel, asked = _pairs(place, without=without)
    mixture = [(0.70, asked.draw), (0.12, parallel.draw), (0.18, weak_pairs.draw)]
    means = []
    for track in TRACKS:
        start: Table = np.load(place.weak(track))
        runs = [
            train(start, mixture, SUPERVISED.seeded(seed), name=f"supervised, {track.name}, seed {seed}")
            for seed in seeds[track.name]
        ]
        means.append(np.mean(runs, axis=0))
    table = np.mean(means, axis=0)
    table[0] = 0.0
    save(table, Tokenizer.from_file(str(place.tokenizer)), folder)


@app.command()
def cross_encoder(data: Data = DATA, out: Out = OUT, work: Work = WORK, threads: Threads = 2) -> None:
    """第三阶段：训练交叉编码器，它把问题与一句话放在一起读，判断这句话是否回答了问题。"""
    from training import reading

    place = _place(data, out, work, threads)
    figures = reading.train_cross_encoder(
        place.data,
        place.out / "reranker",
        place.work / "reading",
        model=place.embedding,
        corpus=TokenCorpus.load(place.corpus),
        twins=place.twins,
    )
    typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))


@app.command()
def ranking(data: Data = DATA, out: Out = OUT, work: Work = WORK, threads: Threads = 2) -> None:
    """第四阶段：在前面的模型没有见过的问题上训练重排与拒答模型。"""
    # It indexes the held-out texts with the embedding made above, and needs what that needs.
    from training import ranking as rankers

    place = _place(data, out, work, threads)
    figures = rankers.train(
        place.data, place.out / "reranker", place.work / "ranking", model=place.embedding, twins=place.twins
    )
    typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))


@app.command()
def refine(data: Data = DATA, out: Out = OUT, work: Work = WORK, threads: Threads = 2) -> None:
    """第五阶段：用前面的模型都没有见过的问题再训练交叉编码器，重做句子排序与拒答模型，并与此前的取平均。"""
    from training import refining

    place = _place(data, out, work, threads)
    figures = refining.refine(
        place.data,
        place.out / "reranker",
        place.work / "refining",
        model=place.embedding,
        corpus=TokenCorpus.load(place.corpus),
        first=place.work / "reading" / "cross_encoder.safetensors",
    )
    typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))


@app.command()
def evaluate(data: Data = DATA, out: Out = OUT, work: Work = WORK, threads: Threads = 2) -> None:
    """在训练没有用到的部分上测量向量模型。"""
    place = _place(data, out, work, threads)
    embedder = load_embedder(place.embedding)
    for line in measures.report(embedder, place.data):
        typer.echo(line)
    articles = [text.text for text in sources.raw_texts(place.data) if 100 <= len(text.text) <= 200][:6000]
    rate, milliseconds = measures.speed(embedder, articles)
    typer.echo(f"\n{rate:,.0f} 段/秒（每段约 150 字，{threads} 线程）；一个问题 {milliseconds:.2f} 毫秒")


if __name__ == "__main__":
    app()
