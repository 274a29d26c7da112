"""Other libraries' objects as chats: a transformers pipeline, a llama_cpp.Llama, a client of the openai package."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from themata.chat.function_chat import Called
from themata.chat.server_dialect import answer_of
from themata.core.errors import InputError
from themata.core.protocols import Answer, Prompt

USUAL_MODEL = "gpt-4o-mini"  # of OpenAI itself, as BERTopic's representation has it


def adopt(chat: Any) -> Any:
    """A chat made of another library's object; anything else is handed back as it is."""
    if hasattr(chat, "complete"):
        return chat
    if is_causal_pipeline(chat):
        from themata.chat.transformers import Transformers

        return Transformers(chat, **sampling_of(pipeline_options(chat)))
    if type(chat).__module__.startswith("transformers.pipelines"):
        return called_pipeline(chat)
    if hasattr(chat, "create_chat_completion"):
        return called_llama(chat)
    if hasattr(getattr(getattr(chat, "chat", None), "completions", None), "create"):
        from themata.chat.openai_client import ClientChat

        return ClientChat(chat, _model_of(chat))
    return chat


def is_causal_pipeline(model: Any) -> bool:
    """Whether it is a pipeline of a model that our own decoding can batch."""
    config = getattr(getattr(model, "model", None), "config", None)
    return config is not None and hasattr(model, "tokenizer") and not config.is_encoder_decoder


def pipeline_options(pipeline: Any) -> dict[str, Any]:
    """What a pipeline was made with."""
    config = getattr(pipeline, "generation_config", None)
    names = "max_new_tokens", "repetition_penalty", "temperature"
    return {
        **{name: getattr(config, name, None) for name in names},
        **getattr(pipeline, "_forward_params", {}),
    }


def sampling_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Temperature and penalty as Transformers takes them: greedy unless do_sample says otherwise."""
    return {
        "temperature": float(options.get("temperature") or 1.0) if options.get("do_sample") else 0.0,
        "repetition_penalty": float(options.get("repetition_penalty") or 1.0),
    }


def called_pipeline(pipeline: Any, options: Mapping[str, Any] | None = None) -> Called:
    """A pipeline that is not a causal model's, or a function like one: called with all prompts as texts."""

    def ask(prompts: list[Prompt]) -> list[str]:
        texts = ["\n\n".join(text for _, text in prompt.messages) for prompt in prompts]
        first = [
            answer[0] if isinstance(answer, list) else answer for answer in pipeline(texts, **(options or {}))
        ]
        said = [answer["generated_text"] if isinstance(answer, Mapping) else str(answer) for answer in first]
        return [answer.removeprefix(text) for answer, text in zip(said, texts, strict=True)]

    return Called(ask, name_of(pipeline), together=True)


def called_llama(llama: Any, options: Mapping[str, Any] | None = None) -> Called:
    """options : of create_chat_completion; without max_tokens each prompt has its own"""
    given = dict(options or {})

    def ask(prompt: Prompt) -> Answer:
        request: dict[str, Any] = (
            given if options is not None else {"max_tokens": prompt.max_tokens, "temperature": 0.0}
        )
        return answer_of(
            llama.create_chat_completion(messages=prompt.talk, **request), request.get("max_tokens")
        )

    return Called(ask, name_of(llama), context=llama.n_ctx() if hasattr(llama, "n_ctx") else None)


def name_of(model: Any) -> str:
    inner = getattr(model, "model", model)
    path = getattr(inner, "name_or_path", None) or getattr(model, "model_path", None)
    return os.path.basename(str(path).rstrip("/\\")) if path else type(model).__name__


def _model_of(client: Any) -> str:
    """The model that a client is asked for: OpenAI's usual one, or the only one that another server has."""
    if "api.openai.com" in str(getattr(client, "base_url", "api.openai.com")):
        return USUAL_MODEL
    try:
        listed = [str(model.id) for model in client.models.list()]
    except Exception as error:  # of a client's own kind, or an asynchronous one's
        raise InputError(f"which model? {error}: give ClientChat(client, 'MODEL')") from error
    if len(listed) != 1:
        raise InputError(
            f"which model? There are {', '.join(listed[:9]) or 'none'}: give ClientChat(client, 'MODEL')"
        )
    return listed[0]
