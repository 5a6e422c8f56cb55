"""Build the tokenizer: a Unigram model whose words are chosen by frequency."""

from __future__ import annotations

import io
import json
import math
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import opencc
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from tqdm import tqdm

from training import data as sources

CHINESE_WORDS = 36_000
ENGLISH_WORDS = 8_000
NUMBERS = 600

_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-z]+")
_NUMBER = re.compile(r"[0-9]+")
# A place and its rank stay two tokens, so that 北京 finds 北京市.
_PLACE = re.compile(r"(.{2,})(市|省|县|区|镇|乡|自治区|自治州|自治县)")


def character_map() -> dict[str, str]:
    """What each character becomes: NFKC, lower case, simplified; a space unless a letter or digit."""
    simplified = opencc.OpenCC("t2s")
    mapping = {}
    for code in chain(range(0x20, 0xD800), range(0xF900, 0x10000), range(0x20000, 0x2A6E0)):
        character = chr(code)
        if unicodedata.category(character) in ("Cn", "Co"):
            continue
        folded = simplified.convert(unicodedata.normalize("NFKC", character)).lower()
        words = "".join(part if unicodedata.category(part)[0] in "LMN" else " " for part in folded)
        if words != character:
            mapping[character] = words
    return mapping


def compiled(mapping: dict[str, str]) -> bytes:
    """The mapping as the trie that the tokenizers library reads and only sentencepiece writes."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2

    def codes(text: str) -> str:
        return " ".join(f"{ord(character):X}" for character in text)

    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "rules.tsv"
        rules.write_text("".join(f"{codes(key)}\t{codes(value)}\n" for key, value in mapping.items()))
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["a b c"] * 10),  # the words don't matter, only the rules are kept
            model_writer=model,
            vocab_size=8,
            hard_vocab_limit=False,
            normalization_rule_tsv=str(rules),
            add_dummy_prefix=False,
            remove_extra_whitespaces=False,
            minloglevel=2,
        )
    parsed = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]
    parsed.ParseFromString(model.getvalue())
    return bytes(parsed.normalizer_spec.precompiled_charsmap)


def chinese_texts(data: Path) -> Iterator[str]:
    """What the Chinese words are counted in: all raw text (the first 400 characters of a news item)."""
    for text in sources.raw_texts(data):
        if text.kind == "news":
            yield text.text[:400]
        else:
            yield text.document
            yield text.text
    questions = chain(
        sources.regulation_questions(data, kept_out=False),
        sources.lay_questions(data),
        sources.plan_questions(data, kept_out=False),
    )
    for pair in questions:
        yield pair.question


def english_texts(data: Path) -> Iterator[str]:
    """What the English words are counted in."""
    for _, english, _ in sources.parallel_texts(data):
        yield english
    questions = chain(
        sources.regulation_questions(data, kept_out=False), sources.plan_questions(data, kept_out=False)
    )
    for pair in questions:
        if pair.style == "en":
            # Few but of our kind: they count as ten.
            yield " ".join([pair.question] * 10)


def count_chinese(
    texts: Iterable[str], normalizer: normalizers.Normalizer
) -> tuple[Counter[str], Counter[str]]:
    """Words as jieba cuts them, and numbers."""
    import jieba

    jieba.setLogLevel("WARNING")
    words: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    for text in tqdm(texts, desc="数词", unit="段"):
        normal = normalizer.normalize_str(text)
        for run in _HAN.findall(normal):
            for word in jieba.cut(run, HMM=False):
                place = _PLACE.fullmatch(word)
                words.update(place.groups() if place else (word,))
        numbers.update(number for number in _NUMBER.findall(normal) if len(number) > 1)
    return words, numbers


def build(data: Path, *, counts: Path | None = None) -> Tokenizer:
    """Count words and make the tokenizer; `counts` is a file that keeps the counts for the next time."""
    normalizer = normalizers.Precompiled(compiled(character_map()))
    if counts and counts.is_file():
        words, numbers = (Counter[str](counted) for counted in json.loads(counts.read_text("utf-8")))
    else:
        words, numbers = count_chinese(chinese_texts(data), normalizer)
        if counts:
            counts.write_text(json.dumps([words, numbers], ensure_ascii=False), "utf-8")
    english = Counter(
        word for text in english_texts(data) for word in _LATIN.findall(normalizer.normalize_str(text))
    )
    vocabulary = select(words, numbers, english)
    total = sum(vocabulary.values())
    scores = [("<unk>", -20.0)] + [(word, math.log(count / total)) for word, count in vocabulary.items()]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return tokenizer


def select(words: Counter[str], numbers: Counter[str], english: Counter[str]) -> Counter[str]:
    """The vocabulary with its counts, most frequent first within each group."""
    chosen: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for word, count in words.items():
        for character in word:
            characters[character] += 1
        if len(word) == 1:
            characters[word] += count
    many = [(word, count) for word, count in words.most_common() if 2 <= len(word) <= 5]
    chosen.update(dict(many[:CHINESE_WORDS]))
    chosen.update(dict(numbers.most_common(NUMBERS)))
    frequent = [(word, count) for word, count in english.most_common() if len(word) > 1]
    chosen.update(dict(frequent[:ENGLISH_WORDS]))
    chosen.update(characters)
    for single in "abcdefghijklmnopqrstuvwxyz0123456789":
        chosen[single] += 1
    # Every character of GB 2312 is known, met or not.
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                chosen[bytes((row, cell)).decode("gb2312")] += 1
            except UnicodeDecodeError:
                continue
    return chosen
