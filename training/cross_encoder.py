"""Train the cross-encoder that service/cross_encoder.py runs: lists of sentences, of which some answer a question."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch import nn
from torch.nn import functional
from tqdm import tqdm

from indexer.embedding import StaticEmbedder
from service.cross_encoder import (
    CLS,
    CONTEXT,
    FEATURES,
    KINDS,
    PAD,
    POSITIONS,
    QUANTITIES,
    QUESTION,
    SENTENCE,
    TAGS,
    EncodedQuestion,
    EncodedSentence,
    batch_of,
    token_vectors,
)

logger = logging.getLogger(__name__)

_SAME = 0.999
_BLOCK = 72
"""Pairs in one pass."""


Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of the model."""

    width: int = 128
    layers: int = 2
    heads: int = 4
    inner: int = 320
    dimension: int = 512
    """Of the vectors of the embedding."""


@dataclass(frozen=True, slots=True)
class Course:
    """How one stage trains."""

    steps: int
    rate: float = 1e-3
    lists: int = 24
    """Questions in a batch, each with its sentences."""
    most: int = 12
    """Sentences beside a question; which of a longer list is drawn anew each time."""
    dropout: float = 0.1
    warmup: int = 200
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """A question with sentences, and what is known of each."""

    question: EncodedQuestion
    sentences: tuple[EncodedSentence, ...]
    right: NDArray[np.float32]
    """1 where a sentence answers, 0 where not; NaN where only their group is known: one of them does."""
    table: int = 0
    """Which of the embeddings reads it: one that has not seen the question."""
    weight: float = 1.0
    stays: frozenset[int] = field(default_factory=frozenset)
    """Places of sentences that are always among those drawn, beside the right ones."""


Draw = Callable[[np.random.Generator], Listed]


class Model(nn.Module):
    """The network; its parameters bear the names that the service reads."""

    usage: torch.Tensor

    def __init__(self, shape: Shape, usage: Matrix, *, dropout: float = 0.1) -> None:
        """`usage`: how usual each token is, shape (tokens, USAGE); see training.usage."""
        super().__init__()
        self.register_buffer("usage", torch.from_numpy(usage))
        width = shape.width
        self.shape = shape
        self.project = nn.Parameter(torch.randn(width, shape.dimension) / shape.dimension**0.5)
        self.features = nn.Parameter(torch.randn(width, FEATURES) * 0.1)
        self.segments = nn.Parameter(torch.randn(SENTENCE + 1, width) * 0.02)
        self.positions = nn.Parameter(torch.randn(POSITIONS, width) * 0.02)
        self.tags = nn.Parameter(torch.randn(len(TAGS), width) * 0.02)
        self.kinds = nn.Parameter(torch.randn(len(KINDS), width) * 0.02)
        self.quantities = nn.Parameter(torch.randn(len(QUANTITIES), width) * 0.02)
        self.layers = nn.ModuleList(_Layer(shape, dropout) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 1)
        self.drop = nn.Dropout(dropout)

    def forward(self, table: torch.Tensor, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """Return the log-odds, shape (pairs,); `table` holds the vectors of all tokens, shape (tokens, dimension)."""
        segments = batch["segments"]
        distinct, place = torch.unique(batch["ids"], return_inverse=True)
        vectors = table[distinct]
        lengths = vectors.norm(dim=1)
        units = vectors / lengths.clamp_min(1e-9)[:, None]
        near = _near(units[place], segments)
        x = functional.embedding(place, units @ self.project.T) * (segments > CLS)[..., None]
        weights = lengths.clamp_min(1e-3).log()[place]
        x = x + _token_features(near, weights, self.usage[batch["ids"]], segments) @ self.features.T
        x = (
            x
            + functional.embedding(segments, self.segments)
            + functional.embedding(batch["positions"], self.positions)
            + functional.embedding(batch["tags"], self.tags)
        )
        first = x[:, :1] + (self.kinds[batch["kinds"]] + self.quantities[batch["quantities"]])[:, None]
        x = self.drop(torch.cat([first, x[:, 1:]], dim=1))
        hidden = torch.where(segments == PAD, -1e4, 0.0)[:, None, None, :]
        for number, layer in enumerate(self.layers):
            # Of the last layer only the leading token is read.
            x = layer(x, near, hidden, asking=1 if number == len(self.layers) - 1 else x.shape[1])
        scores: torch.Tensor = self.head(self.norm(x[:, 0]))[:, 0]
        return scores


class _Layer(nn.Module):
    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key, self.value, self.out = (
            nn.Parameter(torch.randn(width, width) / width**0.5) for _ in range(4)
        )
        self.bias = nn.Parameter(torch.linspace(0.0, 6.0, shape.heads))
        """How much a head looks at words that mean the same."""
        self.up, self.down = nn.Linear(width, shape.inner), nn.Linear(shape.inner, width)
        self.drop = nn.Dropout(dropout)

    def forward(
        self, x: torch.Tensor, near: torch.Tensor, hidden: torch.Tensor, *, asking: int
    ) -> torch.Tensor:
        pairs, tokens, width = x.shape
        normal = self.norm1(x)
        q = (normal[:, :asking] @ self.query.T).view(pairs, asking, self.heads, -1).transpose(1, 2)
        k, v = (
            (normal @ weight.T).view(pairs, tokens, self.heads, -1).transpose(1, 2)
            for weight in (self.key, self.value)
        )
        mask = hidden + self.bias[None, :, None, None] * near[:, None, :asking]
        weights = torch.softmax(q @ k.transpose(2, 3) / (width / self.heads) ** 0.5 + mask, dim=-1)
        mixed = (weights @ v).transpose(1, 2).reshape(pairs, asking, width)
        x = x[:, :asking] + self.drop(mixed @ self.out.T)
        inner = functional.relu(self.up(self.norm2(x)))
        result: torch.Tensor = x + self.drop(self.down(inner))
        return result


def _near(units: torch.Tensor, segments: torch.Tensor) -> torch.Tensor:
    """Return the cosines of the question's words with all words of a pair, both ways; 0 elsewhere."""
    asked = segments == QUESTION
    count = int(asked.any(dim=0).nonzero().max()) + 1 if bool(asked.any()) else 1
    text = segments > QUESTION
    block = units[:, :count] @ units.transpose(1, 2) * asked[:, :count, None] * text[:, None]
    near = torch.zeros(len(units), units.shape[1], units.shape[1])
    near[:, :count] = block
    return near + near.transpose(1, 2)


def _token_features(
    near: torch.Tensor, weights: torch.Tensor, usage: torch.Tensor, segments: torch.Tensor
) -> torch.Tensor:
    """See service.cross_encoder.token_features."""
    asked = segments == QUESTION
    in_question, in_context, in_sentence = (
        (near * (segments == segment)[:, None, :]).clamp_min(0.0).amax(dim=2)
        for segment in (QUESTION, CONTEXT, SENTENCE)
    )
    nearest = torch.where(asked, in_sentence, in_question)
    above = torch.where(asked, in_context, torch.zeros_like(in_context))
    real = (segments > CLS).float()
    columns = [nearest, above, (nearest > _SAME).float(), (above > _SAME).float(), weights, *usage.unbind(2)]
    return torch.stack([column * real for column in columns], dim=2)


def train(
    model: Model,
    tables: Sequence[torch.Tensor],
    sources: Sequence[tuple[float, Draw]],
    course: Course,
    *,
    name: str = "",
) -> None:
    """Train `model` in place on batches, each from one source drawn by its share, so that all of a batch is of one table.

    The loss of a list: the softmax over its sentences where one answers, and for each sentence the log loss, so that
    a score says by itself whether a sentence answers.
    """
    torch.manual_seed(course.seed)
    model.train()
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    adam = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}],
        lr=course.rate,
        betas=(0.9, 0.98),
    )
    batches: queue.Queue[list[Listed]] = queue.Queue(maxsize=8)

    def produce() -> None:
        for one in _batches(sources, course):
            batches.put(one)

    threading.Thread(target=produce, daemon=True).start()
    running = 0.0
    with tqdm(total=course.steps, desc=name or "training", unit="step", mininterval=5.0) as bar:
        for step in range(course.steps):
            lists = batches.get()
            rate = course.rate * min(1.0, (step + 1) / course.warmup) * (1.0 - step / course.steps)
            for group in adam.param_groups:
                group["lr"] = rate
            pairs = [(one.question, sentence) for one in lists for sentence in one.sentences]
            scores = scores_of(model, tables[lists[0].table], pairs)
            loss = _loss(scores, lists)
            adam.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            adam.step()
            running = loss.item() if step == 0 else 0.98 * running + 0.02 * loss.item()
            bar.set_postfix(loss=f"{running:.3f}", refresh=False)
            bar.update()
    model.eval()
    logger.info("%s: %d steps, loss %.4f", name, course.steps, running)


def scores_of(
    model: Model, table: torch.Tensor, pairs: Sequence[tuple[EncodedQuestion, EncodedSentence]]
) -> torch.Tensor:
    """Return the log-odds of pairs, shape (pairs,); those of about one length go through the network together."""
    order = np.argsort([len(question.ids) + len(sentence.ids) for question, sentence in pairs], kind="stable")
    found = []
    for places in np.array_split(order, max(1, len(order) // _BLOCK)):
        batch = batch_of([pairs[int(place)] for place in places])
        tensors = {
            name: torch.from_numpy(getattr(batch, name)).long()
            for name in ("ids", "segments", "positions", "tags", "kinds", "quantities")
        }
        found.append(model(table, tensors))
    scores: torch.Tensor = torch.cat(found)[torch.from_numpy(np.argsort(order, kind="stable"))]
    return scores


def _batches(sources: Sequence[tuple[float, Draw]], course: Course) -> Iterator[list[Listed]]:
    random = np.random.default_rng(course.seed)
    shares = np.asarray([share for share, _ in sources])
    waiting: dict[int, list[Listed]] = {}
    for _ in range(course.steps):
        while True:
            _, draw = sources[random.choice(len(sources), p=shares / shares.sum())]
            one = _drawn(draw(random), course.most, random)
            lists = waiting.setdefault(one.table, [])
            lists.append(one)
            if len(lists) == course.lists:
                break
        waiting[one.table] = []
        yield lists


def _drawn(listed: Listed, most: int, random: np.random.Generator) -> Listed:
    """Return at most `most` of the sentences: those that answer or stay, and others by chance."""
    if len(listed.sentences) <= most:
        return listed
    kept = [n for n in range(len(listed.sentences)) if n in listed.stays or listed.right[n] != 0]
    kept = kept[:most]
    others = [n for n in range(len(listed.sentences)) if n not in kept]
    chosen = sorted([*kept, *random.permutation(others)[: most - len(kept)]])
    return Listed(
        listed.question,
        tuple(listed.sentences[n] for n in chosen),
        listed.right[chosen],
        listed.table,
        listed.weight,
    )


def _loss(scores: torch.Tensor, lists: Sequence[Listed]) -> torch.Tensor:
    losses: list[torch.Tensor] = []
    begin = 0
    for one in lists:
        here = scores[begin : begin + len(one.sentences)]
        begin += len(one.sentences)
        right = torch.from_numpy(one.right)
        unknown = right.isnan()
        answers = unknown | (right > 0)
        known = ~unknown
        own: torch.Tensor = torch.zeros(())
        if answers.any():
            own = own + (here.logsumexp(0) - here[answers].logsumexp(0))
        if known.any():
            # A right sentence weighs as much as all wrong ones of its list that are about as likely.
            weights = torch.where(right[known] > 0, 2.0, 1.0)
            own = own + 0.5 * (
                functional.binary_cross_entropy_with_logits(
                    here[known], right[known], weight=weights, reduction="sum"
                )
                / 4.0
            )
        if unknown.any():
            # At least one of the group answers: the log loss of their noisy or.
            none = functional.logsigmoid(-here[unknown]).sum()
            own = own - 0.25 * torch.log1p(-none.exp().clamp_max(1 - 1e-4))
        losses.append(one.weight * own)
    return torch.stack(losses).mean()


def table_of(embedder: StaticEmbedder) -> torch.Tensor:
    """Return the token vectors of an embedding as one matrix."""
    return torch.from_numpy(token_vectors(embedder, np.arange(len(embedder.table))))


def save(model: Model, file: Path) -> None:
    """Write the weights as half-precision safetensors, under the names that the service reads."""
    arrays = {
        name: np.ascontiguousarray(tensor.detach().numpy().astype(np.float16))
        for name, tensor in model.state_dict().items()
    }
    save_file(arrays, file)
    file.chmod(0o644)
