"""The tokenizer of a GGUF file, made of the file's own tables, and tried before it is used.

transformers makes one by the model's architecture, which does not tell how its tokens were learned: a Llama with tokens
of GPT-2's kind gets a SentencePiece tokenizer that turns spaces into the end of the text, without a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import regex

from themata.core.errors import Refused, first_line

CONTROL, USER_DEFINED = 3, 4  # kinds of tokens in a GGUF file
_CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_LETTERS = r"[^\r\n\p{L}\p{N}]?\p{L}+"
_REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_CASED = [rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}{many}" for many in (rf"*{_LOWER}+", rf"+{_LOWER}*")]
_REST_AND_SLASH = r" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_LLAMA3 = rf"{_CONTRACTIONS}|{_LETTERS}|\p{{N}}{{1,3}}|{_REST}"
_QWEN2 = rf"{_CONTRACTIONS}|{_LETTERS}|\p{{N}}|{_REST}"
_TEKKEN = "|".join([*_CASED, r"\p{N}", _REST_AND_SLASH])
_O200K = "|".join([*(f"{cased}{_CONTRACTIONS}?" for cased in _CASED), r"\p{N}{1,3}", _REST_AND_SLASH])
# Patterns that part a text before its bytes are merged, by llama.cpp's names for them (src/llama-vocab.cpp)
_PATTERNS = {
    (_GPT2,): "gpt-2 default phi-2 jina-es jina-de mpt olmo jais roberta-bpe",
    (r"\p{N}", _GPT2): "smollm starcoder refact command-r codeshell exaone minerva-7b trillion",
    (_LLAMA3,): "llama-bpe llama-v3 llama3 falcon3 pixtral smaug-bpe dbrx lfm2",
    (_QWEN2,): "qwen2 stablelm2 deepseek-r1-qwen hunyuan megrez",
    (_TEKKEN,): "tekken",
    (_O200K,): "gpt-4o llama4",
}
PATTERNS = {name: patterns for patterns, names in _PATTERNS.items() for name in names.split()}
_WHOLE_WORDS = {"llama-bpe", "llama-v3", "llama3", "falcon3", "tekken"}  # taken before any merge
# Letters, digits, spaces, lines, and what stands in more than one byte
_PROBE = "Whales and ships: 1,234 of them don't  sail.\n\n\tÀ café, naïve – 你好, мир! 🐋 x_y(z)"
_MARK = regex.compile(r"<\|[^|<>\s]{1,40}\|>|<(?:start|end)_of_turn>")


def gguf_tokenizer(fields: Mapping[str, Any], name: str) -> Any:
    """A tokenizer of transformers' own kind.

    fields : the file's metadata, such as {"tokenizer.ggml.tokens": [...]}
    name : of the file, for errors
    """
    from transformers import PreTrainedTokenizerFast

    table = {key.rpartition("tokenizer.ggml.")[2]: value for key, value in fields.items()}
    tokens: Sequence[str] = table.get("tokens", ())
    if not tokens:
        raise Refused(f"the GGUF file {name} holds no tokenizer", hint="give a file of the whole model")
    kind = str(table.get("model"))
    if kind == "gpt2":
        made = _of_bytes(table, tokens, name)
    elif kind == "llama":
        made = _of_pieces(table, tokens)
    else:
        raise Refused(f"the tokenizer of {name} is of the kind {kind!r}", hint=_elsewhere(name))
    _add_tokens(made, tokens, table.get("token_type", ()))
    if table.get("add_bos_token", kind == "llama") and "bos_token_id" in table:
        _begin_with(made, tokens[table["bos_token_id"]], int(table["bos_token_id"]))
    special = {
        role: tokens[int(table[key])]
        for role, key in (("bos_token", "bos_token_id"), ("eos_token", "eos_token_id"), ("unk_token", "unknown_token_id"))
        if key in table
    }  # fmt: skip
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, clean_up_tokenization_spaces=False, **special)
    tokenizer.chat_template = table.get("tokenizer.chat_template")
    return tokenizer


def check_tokenizer(tokenizer: Any, name: str) -> None:
    """Refused where a text is another once it was in tokens, or a mark of the chat template is no token."""
    ids = tokenizer(_PROBE, add_special_tokens=False)["input_ids"]
    decoded = tokenizer.decode(ids, skip_special_tokens=True)
    if decoded != _PROBE:
        raise Refused(
            f"the tokenizer of {name} makes {decoded!r} of {_PROBE!r}", hint=f"the file is damaged, or {_elsewhere(name)}"
        )  # fmt: skip
    for mark in dict.fromkeys(_MARK.findall(_conversation(tokenizer, name))):
        if len(tokenizer(mark, add_special_tokens=False)["input_ids"]) != 1:
            raise Refused(
                f"the chat template of {name} writes {mark}, which is no token of its own there",
                hint="template='plain', 'llama2' or 'raw' takes its place",
            )


def ends_of_answers(tokenizer: Any, fields: Mapping[str, Any], name: str) -> list[int]:
    """Tokens that end an answer: those the file names, and the one that its chat template writes after an answer."""
    ends = {
        int(fields[key])
        for key in ("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id")
        if key in fields
    }
    after = _conversation(tokenizer, name).rpartition(_ANSWER)[2].lstrip()
    ids = tokenizer(after, add_special_tokens=False)["input_ids"] if after else []
    if ids and ids[0] in [*tokenizer.all_special_ids, *tokenizer.added_tokens_decoder]:
        ends.add(int(ids[0]))
    if not ends:
        raise Refused(f"the GGUF file {name} does not tell which token ends an answer", hint=_elsewhere(name))
    return sorted(ends)


_ANSWER = "Whales."


def _conversation(tokenizer: Any, name: str) -> str:
    """A question and its answer in the file's own chat template; "" without one."""
    if not tokenizer.chat_template:
        return ""
    talk = [{"role": "user", "content": "Name it."}, {"role": "assistant", "content": _ANSWER}]
    try:
        return str(tokenizer.apply_chat_template(talk, tokenize=False))
    except Exception as error:  # templates are programs and raise what they like
        raise Refused(
            f"the chat template of {name} fails: {first_line(error)}",
            hint="template='plain', 'llama2' or 'raw' takes its place",
        ) from error


def _elsewhere(name: str) -> str:
    return f"llama.cpp may know it: llamacpp:{name}"


def _of_bytes(table: Mapping[str, Any], tokens: Sequence[str], name: str) -> Any:
    """Byte pairs as GPT-2 has them."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    pre = str(table.get("pre", "default"))
    if pre not in PATTERNS:
        raise Refused(
            f"the tokenizer of {name} parts texts by a pattern {pre!r} that is not known here",
            hint=_elsewhere(name),
        )
    pairs = [tuple(merge.split(" ", 1)) for merge in table.get("merges", ())]
    vocabulary = {token: place for place, token in enumerate(tokens)}
    made = Tokenizer(models.BPE(vocabulary, pairs, fuse_unk=False, ignore_merges=pre in _WHOLE_WORDS))
    parts = [pre_tokenizers.Split(Regex(pattern), "isolated") for pattern in PATTERNS[pre]]
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            *parts,
            pre_tokenizers.ByteLevel(add_prefix_space=bool(table.get("add_space_prefix")), use_regex=False),
        ]
    )
    if pre == "qwen2":
        made.normalizer = normalizers.NFC()
    made.decoder = decoders.ByteLevel()
    return made


def _of_pieces(table: Mapping[str, Any], tokens: Sequence[str]) -> Any:
    """Byte pairs as SentencePiece has them: of two neighbors those are merged that make the piece of the best score."""
    from tokenizers import Tokenizer, decoders, models, normalizers

    scores = table.get("scores", ())
    vocabulary = {token: place for place, token in enumerate(tokens)}
    types = table.get("token_type", ())
    pairs = []
    for place in sorted(range(len(tokens)), key=lambda place: -scores[place]):
        token = tokens[place]
        if len(token) > 1 and (len(types) == 0 or types[place] == 1):
            halves = ((token[:at], token[at:]) for at in range(1, len(token)))
            known = [(a, b) for a, b in halves if a in vocabulary and b in vocabulary]
            pairs += sorted(known, key=lambda pair: (vocabulary[pair[0]], vocabulary[pair[1]]))
    unknown = table.get("unknown_token_id")
    made = Tokenizer(
        models.BPE(
            vocabulary, pairs, fuse_unk=True, byte_fallback=True,
            unk_token=None if unknown is None else tokens[int(unknown)],
        )
    )  # fmt: skip
    prefixed = bool(table.get("add_space_prefix", True))
    spaces = normalizers.Replace(" ", "▁")
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), spaces] if prefixed else [spaces])
    strip = [decoders.Strip(" ", 1, 0)] if prefixed else []
    made.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), *strip]
    )
    return made


def _add_tokens(made: Any, tokens: Sequence[str], types: Sequence[int]) -> None:
    """Tokens that are read as a whole wherever they stand: those of control are never shown."""
    from tokenizers import AddedToken

    known = list(zip(tokens, types, strict=False))
    made.add_special_tokens(
        [AddedToken(t, special=True, normalized=False) for t, kind in known if kind == CONTROL]
    )
    made.add_tokens(
        [AddedToken(t, special=False, normalized=False) for t, kind in known if kind == USER_DEFINED]
    )


def _begin_with(made: Any, token: str, place: int) -> None:
    from tokenizers import processors

    made.post_processor = processors.TemplateProcessing(single=f"{token} $A", special_tokens=[(token, place)])
