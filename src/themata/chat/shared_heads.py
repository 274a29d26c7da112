"""Attention of one new token, in which heads that share keys and values share them in memory, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

NAME = "themata_shared_heads"


@contextmanager
def shared_heads(model: Any) -> Iterator[None]:
    """The model attends as it did, but copies no keys and values for each head while it writes on a processor.

    transformers copies them wherever there is a mask: Qwen 0.5B, of 14 heads and 2 pairs of keys and values, then moves
    as much memory for a token of each of 18 prompts as its weights take. Afterwards the model is as it was.
    """
    usual = getattr(model.config, "_attn_implementation", None)
    if usual != "sdpa" or model.device.type != "cpu":
        yield
        return
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    AttentionInterface.register(NAME, _attend)
    AttentionMaskInterface.register(NAME, sdpa_mask)
    model.set_attn_implementation(NAME)
    try:
        yield
    finally:
        model.set_attn_implementation(usual)


def _attend(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    *,
    scaling: float | None = None,
    **more: Any,
) -> tuple[Any, None]:
    """query : (n, heads, n_queries, dim); key, value : (n, shared, n_keys, dim), each for the heads next to one another

    returns : (n, n_queries, heads, dim)
    """
    from torch.nn.functional import scaled_dot_product_attention
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    n, n_heads, n_queries, dim = query.shape
    n_shared = key.shape[1]
    of_all_heads = attention_mask is None or attention_mask.shape[1] == 1
    if n_queries > 1 or n_heads == n_shared or not of_all_heads:
        attended: tuple[Any, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **more
        )
        return attended
    queries = query.reshape(n, n_shared, n_heads // n_shared, dim)  # heads that share are queries of one head
    mixed = scaled_dot_product_attention(queries, key, value, attn_mask=attention_mask, scale=scaling)
    return mixed.reshape(n, 1, n_heads, value.shape[-1]), None
