"""A llama of one layer, made on the spot, that says one sentence: real parts and a known reply."""

from __future__ import annotations

from pathlib import Path

REPLY = "刻章费用由市财政承担，企业不付钱[1]。"
"""No character twice: the model knows only which character follows which."""
CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
NO_SYSTEM_TEMPLATE = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system message') }}{% endif %}"
    + CHAT_TEMPLATE
)

BROKEN_TEMPLATE = "{{ raise_exception('never') }}"


def save_tiny_model(folder: Path, *, template: str | None = CHAT_TEMPLATE, ends: bool = True) -> Path:
    """Save model and tokenizer; without `ends` the sentence begins again and again.

    Each token is an axis of its own, attention and feed-forward add nothing, and the head maps
    every axis to that of the token to follow.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    marks = ["<|end|>", "<|unk|>", "<|system|>", "<|user|>", "<|assistant|>"]
    words = [*marks, "：", *REPLY]
    assert len(set(words)) == len(words)
    rows = {word: row for row, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(rows, unk_token="<|unk|>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.decoder = decoders.Fuse()
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|end|>",
        unk_token="<|unk|>",
        additional_special_tokens=marks[2:],
    )
    wrapped.chat_template = template
    wrapped.save_pretrained(folder)

    width = len(words) + len(words) % 2
    configuration = LlamaConfig(
        vocab_size=len(words),
        hidden_size=width,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        num_key_value_heads=1,
        max_position_embeddings=2048,
        eos_token_id=0,
        bos_token_id=None,
        pad_token_id=1,
        tie_word_embeddings=False,
    )
    torch.manual_seed(5)
    model = LlamaForCausalLM(configuration)
    after = dict(zip(REPLY, [*REPLY[1:], "<|end|>" if ends else REPLY[0]], strict=True))
    after |= {"<|assistant|>": REPLY[0], "：": REPLY[0]}
    with torch.no_grad():
        layer = model.model.layers[0]
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
        model.model.embed_tokens.weight.copy_(torch.eye(len(words), width))
        model.lm_head.weight.zero_()
        for word, following in after.items():
            model.lm_head.weight[rows[following], rows[word]] = 1.0
    model.save_pretrained(folder)
    return folder
