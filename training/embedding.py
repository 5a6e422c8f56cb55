"""Train a table of token vectors so that the sums of questions and of their passages point the same way."""

from __future__ import annotations

import json
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from torch.nn import functional
from tqdm import tqdm

from training.pairs import TokenPair

logger = logging.getLogger(__name__)

Table = NDArray[np.float32]
Draw = Callable[[np.random.Generator], TokenPair]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How one stage trains."""

    steps: int
    rate: float
    batch: int = 1024
    scale: float = 12.0
    """What the cosines are multiplied by before the softmax: lower looks at more of the negatives."""
    dimensions: tuple[int, ...] = (512, 128)
    """Matryoshka: the loss is taken on the first so many dimensions of each vector, and averaged."""
    warmup: int = 20
    seed: int = 1

    def seeded(self, seed: int) -> Schedule:
        """The same with other random draws."""
        return replace(self, seed=seed)


def start_table(idf: NDArray[np.float32], dimension: int, *, seed: int = 1) -> Table:
    """Random vectors, longer for rarer tokens: a random projection of TF-IDF."""
    random = np.random.default_rng(seed)
    table = random.standard_normal((len(idf), dimension), dtype=np.float32)
    table *= np.sqrt(idf / dimension)[:, None]
    table[0] = 0.0
    return table


@dataclass(frozen=True, slots=True)
class _Batch:
    tokens: torch.Tensor
    """The distinct tokens of the batch; the bags count in them."""
    questions: torch.Tensor
    question_starts: torch.Tensor
    passages: torch.Tensor
    passage_starts: torch.Tensor
    same: torch.Tensor
    """True where a question's group has another question's passage: no negative."""


def _assemble(pairs: Sequence[TokenPair]) -> _Batch:
    def starts(parts: Sequence[NDArray[np.int32]]) -> torch.Tensor:
        return torch.from_numpy(np.cumsum([0] + [len(part) for part in parts[:-1]]))

    questions = [pair.question for pair in pairs]
    passages = [pair.passage for pair in pairs]
    every = np.concatenate([*questions, *passages])
    tokens, places = np.unique(every, return_inverse=True)
    border = sum(len(question) for question in questions)
    groups = np.array([pair.group for pair in pairs])
    groups = np.where(groups < 0, -1 - np.arange(len(groups)), groups)
    same = groups[:, None] == groups[None, :]
    np.fill_diagonal(same, False)
    return _Batch(
        torch.from_numpy(tokens.astype(np.int64)),
        torch.from_numpy(places[:border]),
        starts(questions),
        torch.from_numpy(places[border:]),
        starts(passages),
        torch.from_numpy(same),
    )


def contrast(
    questions: torch.Tensor, passages: torch.Tensor, same: torch.Tensor, schedule: Schedule
) -> torch.Tensor:
    """Symmetric in-batch softmax, averaged over the Matryoshka dimensions."""
    target = torch.arange(len(questions))
    losses = []
    for dimension in schedule.dimensions:
        # bfloat16 is good enough for the products, and four times as fast where the processor has it.
        left = functional.normalize(questions[:, :dimension]).bfloat16()
        right = functional.normalize(passages[:, :dimension]).bfloat16()
        scores = schedule.scale * (left @ right.T).float()
        scores = scores.masked_fill(same, -1e4)
        losses.append(functional.cross_entropy(scores, target) + functional.cross_entropy(scores.T, target))
    return torch.stack(losses).mean() / 2


class _Adam:
    """Adam whose moments move only for the tokens of a batch: rare tokens keep theirs until they are met."""

    def __init__(self, weights: torch.Tensor, *, decay: float = 0.9, square_decay: float = 0.99) -> None:
        self.weights = weights
        self.decay, self.square_decay = decay, square_decay
        self.mean, self.square = torch.zeros_like(weights), torch.zeros_like(weights)
        self.times = torch.zeros(len(weights))
        # Reused in every step: fresh memory of this size costs more than the arithmetic.
        self.buffers = torch.empty(4, *weights.shape)

    def rows(self, tokens: torch.Tensor) -> torch.Tensor:
        """The vectors of `tokens`, in a buffer that the next call overwrites."""
        return torch.index_select(self.weights, 0, tokens, out=self.buffers[3, : len(tokens)])

    @torch.no_grad()
    def step(self, tokens: torch.Tensor, gradient: torch.Tensor, rate: float) -> None:
        """Move the vectors of `tokens`, which are distinct, against `gradient`."""
        mean, square, change = (self.buffers[number, : len(tokens)] for number in range(3))
        self.times[tokens] += 1
        times = self.times[tokens][:, None]
        torch.index_select(self.mean, 0, tokens, out=mean)
        torch.index_select(self.square, 0, tokens, out=square)
        mean.lerp_(gradient, 1 - self.decay)
        square.mul_(self.square_decay).addcmul_(gradient, gradient, value=1 - self.square_decay)
        self.mean.index_copy_(0, tokens, mean)
        self.square.index_copy_(0, tokens, square)
        torch.div(square, 1 - self.square_decay**times, out=change)
        change.sqrt_().add_(1e-10)
        mean.div_(1 - self.decay**times).div_(change)
        self.weights.index_add_(0, tokens, mean, alpha=-rate)


def train(
    table: Table, sources: Sequence[tuple[float, Draw]], schedule: Schedule, *, name: str = ""
) -> Table:
    """Train a copy of `table` on batches, each from one source drawn by its share.

    The rate rises over the warm-up and then falls linearly to 0.
    """
    weights = torch.from_numpy(table.copy())
    adam = _Adam(weights)
    shares = np.array([share for share, _ in sources])
    batches: queue.Queue[_Batch] = queue.Queue(maxsize=4)

    def produce() -> None:
        random = np.random.default_rng(schedule.seed)
        for _ in range(schedule.steps):
            _, draw = sources[random.choice(len(sources), p=shares / shares.sum())]
            batches.put(_assemble([draw(random) for _ in range(schedule.batch)]))

    threading.Thread(target=produce, daemon=True).start()
    running = 0.0
    with tqdm(total=schedule.steps, desc=name or "training", unit="step", mininterval=2.0) as bar:
        for step in range(schedule.steps):
            batch = batches.get()
            rate = schedule.rate * min(1.0, (step + 1) / schedule.warmup) * (1.0 - step / schedule.steps)
            rows = adam.rows(batch.tokens).detach().requires_grad_()
            questions = functional.embedding_bag(batch.questions, rows, batch.question_starts, mode="mean")
            passages = functional.embedding_bag(batch.passages, rows, batch.passage_starts, mode="mean")
            loss = contrast(questions, passages, batch.same, schedule)
            loss.backward()  # type: ignore[no-untyped-call]
            gradient = rows.grad
            assert gradient is not None
            adam.step(batch.tokens, gradient, rate)
            running = loss.item() if step == 0 else 0.98 * running + 0.02 * loss.item()
            bar.set_postfix(loss=f"{running:.3f}", refresh=False)
            bar.update()
    logger.info("%s: %d steps, loss %.4f", name, schedule.steps, running)
    return weights.numpy()


def save(table: Table, tokenizer: Tokenizer, folder: Path) -> None:
    """Write a sentence-transformers folder: one byte a number, a factor for each token, in model2vec layout.

    `SentenceTransformer(folder)` multiplies the factors in when it loads and computes in float32.
    """
    folder.mkdir(parents=True, exist_ok=True)
    limits = np.abs(table).max(axis=1)
    factors = (np.maximum(limits, 1e-12) / 127).astype(np.float32)
    numbers = np.rint(table / factors[:, None]).astype(np.int8)
    weights_file = folder / "model.safetensors"
    save_file({"embeddings": numbers, "weights": factors}, weights_file)
    weights_file.chmod(0o644)  # safetensors leaves it to its owner alone
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    configuration: dict[str, object] = {
        "model_type": "SentenceTransformer",
        "prompts": {},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    }
    (folder / "modules.json").write_text(json.dumps(modules, indent=2) + "\n", "utf-8")
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps(configuration, indent=2) + "\n", "utf-8"
    )
