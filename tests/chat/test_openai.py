"""The client for OpenAI-compatible servers, against a server that misbehaves on cue."""

from __future__ import annotations

import asyncio
import email.utils
import json
import logging
import socket
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from chat_server import Reply, completion, refusal, serving
from prompting import limited
from themata.chat.context_window import n_characters
from themata.chat.openai_server import OpenAIChat
from themata.core.errors import Absent, BadAnswer, ChatError, PromptTooLong, RateLimited, Refused, Unreachable
from themata.core.protocols import Answer, Chat, Prompt
from themata.http import retries
from themata.http.errors import error_of, retry_after
from themata.http.rate_limit import Pace

SECRET = "sk-very-secret"
SCHEMA = {"type": "object", "properties": {"label": {"type": "string"}}}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_WAIT", 0.01)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def prompts(n: int) -> list[Prompt]:
    return [Prompt.of(f"question {i}", system="Be brief.") for i in range(n)]


def texts(found: list[Any]) -> list[str]:
    return [one.text if isinstance(one, Answer) else repr(one) for one in found]


def echo(number: int, body: dict[str, Any]) -> Reply:
    return Reply(body["messages"][-1]["content"].replace("question", "answer"))


def test_it_is_a_chat() -> None:
    assert isinstance(OpenAIChat("m"), Chat)


def test_every_prompt_gets_its_own_answer_the_moment_it_arrives() -> None:
    def slow_first(number: int, body: dict[str, Any]) -> Reply:
        text = body["messages"][-1]["content"]
        return Reply(text.replace("question", "answer"), silent=0.3 if text.endswith(" 0") else 0.0)

    arrived: list[int] = []
    with serving(slow_first) as server:
        found = OpenAIChat("m", base_url=server.url).complete(
            prompts(5), on_answer=lambda place, answer: arrived.append(place)
        )
    assert texts(found) == [f"answer {i}" for i in range(5)]
    assert sorted(arrived) == [0, 1, 2, 3, 4] and arrived[-1] == 0
    assert (found[0].n_prompt_tokens, found[0].n_answer_tokens) == (10, 3)
    assert server.asked[0]["messages"][0] == {"role": "system", "content": "Be brief."}


def test_a_line_that_was_hung_up_between_two_prompts_is_opened_again() -> None:
    def rude(number: int, body: dict[str, Any]) -> Reply:
        return Reply("answer", hangs_up=True)

    with serving(rude) as server:
        chat = OpenAIChat("m", base_url=server.url, concurrency=1, retries=0)
        found = chat.complete(prompts(3))
    assert texts(found) == ["answer"] * 3
    assert len(server.asked) == 3


def test_a_server_that_hangs_up_without_a_word_is_told_in_words() -> None:
    def rude(number: int, body: dict[str, Any]) -> Reply:
        raise ConnectionResetError

    with serving(rude) as server:
        found = OpenAIChat("m", base_url=server.url, retries=0).complete(prompts(1))
    assert isinstance(found[0], Unreachable)
    assert (
        str(found[0]) == f"no whole answer from {server.url}: Server disconnected without sending a response"
    )


def test_a_proxy_is_gone_through(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(echo) as server:
        monkeypatch.setenv("http_proxy", server.url.removesuffix("/v1"))
        monkeypatch.setenv("no_proxy", "")
        found = OpenAIChat("m", base_url="http://models.invalid/v1").complete(prompts(3))
    assert texts(found) == ["answer 0", "answer 1", "answer 2"]
    assert server.headers[0]["Host"] == "models.invalid"


def test_it_works_inside_a_running_loop() -> None:
    async def notebook(url: str) -> list[Any]:
        return OpenAIChat("m", base_url=url).complete(prompts(3))

    with serving(echo) as server:
        assert texts(asyncio.run(notebook(server.url))) == ["answer 0", "answer 1", "answer 2"]


@pytest.mark.parametrize(
    "bad",
    [
        refusal(500, "oops"),
        refusal(503, "loading the model", headers={"Retry-After": "0"}),
        refusal(429, "slow down", headers={"Retry-After": "0"}),
        refusal(529, "overloaded", headers={"Retry-After": "0"}),
        Reply("never whole", cut=True),
        Reply(body=b'{"choices": [{"mess'),
        Reply(body=b"<html>hello</html>", headers={"Content-Type": "text/html"}),
        Reply(body={"object": "list"}),
        Reply("too late", silent=0.6),
    ],
    ids=["500", "503", "429", "529", "cut", "half JSON", "HTML", "other JSON", "silence"],
)
def test_what_may_heal_is_asked_again(bad: Reply) -> None:
    with serving(lambda number, body: bad if number == 0 else echo(number, body)) as server:
        found = OpenAIChat("m", base_url=server.url, timeout=0.3).complete(prompts(1))
    assert texts(found) == ["answer 0"]
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("bad", "kind", "words"),
    [
        (refusal(500, "oops"), Unreachable, "oops"),
        (Reply(body=b"<html>hello</html>", headers={"Content-Type": "text/html"}), BadAnswer, "text/html"),
        (Reply("never whole", cut=True), Unreachable, "no whole answer"),
        (Reply("too late", silent=1.0), Unreachable, "no answer in 0.1 s"),
    ],
)
def test_what_does_not_heal_ends_in_a_clear_error(bad: Reply, kind: type, words: str) -> None:
    with serving(lambda number, body: bad) as server:
        (found,) = OpenAIChat("m", base_url=server.url, timeout=0.1, retries=2).complete(prompts(1))
    assert type(found) is kind and words in str(found)
    assert len(server.asked) == 3


def test_a_server_is_given_the_seconds_it_asks_for() -> None:
    slow = refusal(429, "slow down", headers={"Retry-After": "0.4"})
    with serving(lambda number, body: slow if number == 0 else echo(number, body)) as server:
        found = OpenAIChat("m", base_url=server.url, concurrency=1).complete(prompts(3))
    assert texts(found) == ["answer 0", "answer 1", "answer 2"]
    assert 0.4 <= server.times[1] - server.times[0] < 1.0


def test_a_server_may_say_when_by_a_date() -> None:
    then = email.utils.formatdate(time.time() + 20, usegmt=True)
    assert 18 <= (retry_after({"retry-after": then}) or 0) <= 20
    past = email.utils.formatdate(time.time() - 20, usegmt=True)
    assert retry_after({"retry-after": past}) == 0
    assert retry_after({"retry-after": "soon"}) is None


def test_a_wait_until_tomorrow_ends_the_asking() -> None:
    tomorrow = refusal(429, "daily limit reached", headers={"Retry-After": "80000"})
    with serving(lambda number, body: tomorrow) as server:
        found = OpenAIChat("m", base_url=server.url, concurrency=2).complete(prompts(20))
    assert all(isinstance(one, RateLimited) and "daily limit" in str(one) for one in found)
    assert len(server.asked) <= 2


def test_a_crowded_server_is_asked_by_fewer_at_once_until_all_is_answered() -> None:
    with serving(echo) as server:

        def crowded(number: int, body: dict[str, Any]) -> Reply:
            if server.active > 3:
                return refusal(429, "too many", headers={"Retry-After": "0.05"})
            return Reply(body["messages"][-1]["content"].replace("question", "answer"), silent=0.01)

        server.behave = crowded
        found = OpenAIChat("m", base_url=server.url, concurrency=16, retries=2).complete(prompts(60))
    assert texts(found) == [f"answer {i}" for i in range(60)]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (refusal(401, f"Incorrect API key provided: {SECRET}"), "Incorrect API key provided"),
        (refusal(403, "no access to this project"), "no access to this project"),
        (refusal(429, "You exceeded your current quota", code="insufficient_quota"), "current quota"),
        (refusal(404, "The model `m` does not exist", code="model_not_found"), "`m` does not exist"),
        (refusal(400, "API key not valid. Please pass a valid API key."), "API key not valid"),
        (Reply(status=404, body=b"<html>404 page not found</html>"), "404 page not found"),
        (Reply(status=307, body=b"", headers={"Location": "http://127.0.0.1:1/"}), "status 307"),
    ],
)
def test_what_will_not_heal_is_quoted_and_not_asked_again(bad: Reply, words: str) -> None:
    with serving(lambda number, body: bad) as server:
        chat = OpenAIChat("m", base_url=server.url, api_key=SECRET, concurrency=4)
        found = chat.complete(prompts(100))
    assert all(isinstance(one, Refused) and words in str(one) for one in found)
    assert SECRET not in str(found)
    assert len(server.asked) <= 4


def test_a_refusal_ends_the_waiting_of_others() -> None:
    def one_by_one(number: int, body: dict[str, Any]) -> Reply:
        if number == 0:
            return refusal(503, "come back later", headers={"Retry-After": "30"})
        return Reply(status=401, body={"error": "bad key"}, silent=0.2 * number)

    begun = time.monotonic()
    with serving(one_by_one) as server:
        found = OpenAIChat("m", base_url=server.url, concurrency=3).complete(prompts(5))
    assert all(isinstance(one, ChatError) for one in found)
    assert time.monotonic() - begun < 5


def test_a_dead_server_is_given_up_once_for_all() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    begun = time.monotonic()
    found = OpenAIChat("m", base_url=url, concurrency=4).complete(prompts(500))
    assert all(isinstance(one, Absent) and "no connection to" in str(one) for one in found)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(("n_answered", "n_calls"), [(0, 4), (1, 6)])
@pytest.mark.parametrize("kind", [Absent, BadAnswer])
def test_a_server_that_was_there_is_waited_for_longer(
    n_answered: int, n_calls: int, kind: type[ChatError]
) -> None:
    calls: list[Prompt] = []

    async def send(prompt: Prompt) -> Answer:
        calls.append(prompt)
        if len(calls) > n_answered:
            raise kind("gone")
        return Answer("here")

    @asynccontextmanager
    async def session() -> AsyncIterator[retries.Send[Prompt, Answer]]:
        yield send

    found = retries.ask_all(prompts(n_answered + 1), session, Pace(1), size=n_characters, retries=5)
    assert isinstance(found[-1], kind)
    assert len(calls) - n_answered == n_calls


def test_an_address_that_is_none_is_a_refusal() -> None:
    chat = OpenAIChat("m", base_url="localhost:8000/v1")
    with pytest.raises(Refused, match="no address of a server"):
        chat.check()
    (found,) = chat.complete(prompts(1))
    assert isinstance(found, Refused) and "http://localhost:8000/v1" in str(found)


def test_a_missing_key_is_said_before_anything_is_sent() -> None:
    (found,) = OpenAIChat("gpt-4o-mini").complete(prompts(1))
    assert isinstance(found, Refused) and "OPENAI_API_KEY" in str(found)


def test_what_would_end_the_asking_can_be_known_before(caplog: pytest.LogCaptureFixture) -> None:
    with serving(echo) as server:  # lists no models, as some do
        OpenAIChat("m", base_url=server.url).check()
        assert server.asked == []
    assert not caplog.text
    OpenAIChat("m", base_url=server.url).check()  # gone by now
    assert f"no server at {server.url} yet" in caplog.text
    with pytest.raises(Refused, match="OPENAI_API_KEY"):
        OpenAIChat("m").check()
    wrong = refusal(401, f"Incorrect API key provided: {SECRET}")
    with serving(echo, lists=wrong) as server, pytest.raises(Refused, match="API key provided: …"):
        OpenAIChat("m", base_url=server.url, api_key=SECRET).check()


PICKY = [
    (
        "max_tokens",
        refusal(400, "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens'."),
    ),
    ("temperature", refusal(400, "Only the default (1) is supported.", param="temperature")),
    ("response_format", refusal(400, "this model does not support json_schema response formats")),
    ("system", refusal(400, "System role not supported")),
]


def picky(number: int, body: dict[str, Any]) -> Reply:
    for name, reply in PICKY:
        if name in body or (name == "system" and body["messages"][0]["role"] == "system"):
            return reply
    return echo(number, body)


def test_what_a_server_refuses_of_the_request_is_left_out_once_and_for_all() -> None:
    with serving(picky) as server:
        chat = OpenAIChat("m", base_url=server.url, concurrency=1)
        first = chat.complete(limited(prompts(1), max_tokens=7, schema=SCHEMA))
        n_first = len(server.asked)
        second = chat.complete(limited(prompts(3), max_tokens=7, schema=SCHEMA))
    assert texts(first) == ["Be brief.\n\nanswer 0"]
    assert n_first == 5 and len(server.asked) == n_first + len(second)
    assert server.asked[-1]["max_completion_tokens"] == 7
    assert server.last() == "Be brief.\n\nquestion 2"


def test_many_at_once_learn_what_a_server_refuses_together() -> None:
    with serving(picky) as server:
        found = OpenAIChat("m", base_url=server.url).complete(limited(prompts(50), schema=SCHEMA))
    assert sum(isinstance(one, Answer) for one in found) == 50


def test_the_users_own_options_are_never_left_out() -> None:
    bad = refusal(400, "temperature must be 1", param="temperature")
    with serving(lambda number, body: bad) as server:
        chat = OpenAIChat("m", base_url=server.url, options={"temperature": 0.7, "top_k": 5})
        (found,) = chat.complete(prompts(1))
    assert type(found) is ChatError and "temperature must be 1" in str(found)
    assert len(server.asked) == 1 and server.asked[0]["top_k"] == 5 and server.asked[0]["temperature"] == 0.7


def test_a_schema_is_handed_to_the_server() -> None:
    with serving(echo) as server:
        OpenAIChat("m", base_url=server.url).complete(limited(prompts(1), schema=SCHEMA))
    assert server.asked[0]["response_format"]["json_schema"]["schema"] == SCHEMA


def test_a_model_that_thinks_first_is_given_room() -> None:
    def thinker(number: int, body: dict[str, Any]) -> Reply:
        enough = body["max_tokens"] >= 400
        return echo(number, body) if enough else Reply(None, finish="length")

    with serving(thinker) as server:
        chat = OpenAIChat("m", base_url=server.url)
        assert texts(chat.complete(limited(prompts(1), max_tokens=50))) == ["answer 0"]
        assert texts(chat.complete(limited(prompts(1), max_tokens=50))) == ["answer 0"]
    assert [body["max_tokens"] for body in server.asked] == [50, 200, 800, 800]


def test_a_prompt_too_long_for_the_model_costs_itself_only() -> None:
    def small(number: int, body: dict[str, Any]) -> Reply:
        if body["messages"][-1]["content"].endswith(" 1"):
            return refusal(400, "'max_tokens' is too large: the maximum context length is 512 tokens")
        return echo(number, body)

    with serving(small) as server:
        found = OpenAIChat("m", base_url=server.url).complete(prompts(3))
    assert texts(found)[::2] == ["answer 0", "answer 2"]
    assert (
        type(found[1]) is PromptTooLong
        and found[1].limit == 512
        and "maximum context length" in str(found[1])
    )
    assert len(server.asked) == 3


def test_an_error_in_the_callers_code_stops_the_asking() -> None:
    def stop(place: int, answer: Any) -> None:
        raise KeyboardInterrupt

    with serving(lambda number, body: Reply("a", silent=0.05)) as server:
        with pytest.raises(KeyboardInterrupt):
            OpenAIChat("m", base_url=server.url, concurrency=2).complete(prompts(200), on_answer=stop)
        time.sleep(0.1)  # what was on its way arrives
        n_sent = len(server.asked)
        time.sleep(0.2)
        assert len(server.asked) == n_sent < 10


def test_requests_go_out_together_and_never_more_than_allowed() -> None:
    with serving(lambda number, body: Reply("a", silent=0.05)) as server:
        found = OpenAIChat("m", base_url=server.url, concurrency=8).complete(prompts(80))
    assert sum(isinstance(one, Answer) for one in found) == 80
    assert server.most == 8


class Kept(deque[tuple[float, int]]):
    """Remembers all that was ever put into it."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[float] = []

    def append(self, turn: tuple[float, int]) -> None:
        self.all.append(turn[0])
        super().append(turn)


@pytest.mark.parametrize("limit", [{"requests_per_minute": 5}, {"tokens_per_minute": 510}])
def test_what_a_minute_may_hold_is_kept_in_every_window(limit: dict[str, int]) -> None:
    asked = [Prompt.of("x" * 400) for _ in range(14)]  # about 100 tokens each
    kept = Kept()
    with serving(echo) as server:
        chat = OpenAIChat("m", base_url=server.url, **limit)
        chat._pace.window, chat._pace._sent = 0.3, kept
        assert all(isinstance(one, Answer) for one in chat.complete(asked))
    assert len(kept.all) == len(server.asked) == 14
    assert all(later - first >= 0.3 for first, later in zip(kept.all, kept.all[5:], strict=False))


def test_a_key_is_sent_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), serving(echo) as server:
        chat = OpenAIChat("m", base_url=server.url, api_key=SECRET)
        chat.complete(prompts(1))
    assert server.headers[0]["Authorization"] == f"Bearer {SECRET}"
    assert SECRET not in repr(chat) + caplog.text + str(chat.identity)


def test_azure_is_asked_by_its_address_with_its_own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", SECRET)
    with serving(echo) as server:
        monkeypatch.setenv("http_proxy", server.url.removesuffix("/v1"))  # stands where Azure would
        monkeypatch.setenv("no_proxy", "")
        address = "http://me.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21"
        assert texts(OpenAIChat("gpt", base_url=address).complete(prompts(1))) == ["answer 0"]
    headers = {name.lower(): value for name, value in server.headers[0].items()}
    assert headers["api-key"] == SECRET and "authorization" not in headers
    assert server.paths == [
        "http://me.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21"
    ]


def test_a_refusal_of_the_model_is_its_answer() -> None:
    told = completion(None)
    told["choices"][0]["message"]["refusal"] = "I cannot do that."
    with serving(lambda number, body: Reply(body=told)) as server:
        assert texts(OpenAIChat("m", base_url=server.url).complete(prompts(1))) == ["I cannot do that."]


def test_half_a_surrogate_pair_is_sent_as_text() -> None:
    with serving(echo) as server:
        found = OpenAIChat("m", base_url=server.url).complete([Prompt.of("question \ud800")])
    assert texts(found) == ["answer ?"]
    assert len(server.asked) == 1


def test_an_address_without_a_path_means_the_usual_one() -> None:
    with serving(echo) as server:
        chat = OpenAIChat("m", base_url=server.url.removesuffix("/v1"))
        assert texts(chat.complete(prompts(1))) == ["answer 0"]
    assert server.paths == ["/v1/chat/completions"]


@pytest.mark.parametrize(
    ("status", "error", "known"),
    [
        (400, {"code": "context_length_exceeded", "message": "no"}, (None, None)),
        (400, {"type": "exceed_context_size_error", "message": "no", "n_prompt_tokens": 5000, "n_ctx": 4096}, (4096, 5000)),
        (413, {"message": "no"}, (None, None)),
        (400, {"message": "maximum context length is 512 tokens, however you requested 700 tokens"}, (512, None)),
    ],
    ids=["OpenAI's code", "llama.cpp's fields", "status 413", "words alone"],
)  # fmt: skip
def test_a_refusal_for_length_is_typed_by_what_the_server_gives(
    status: int, error: dict[str, Any], known: tuple[int | None, int | None]
) -> None:
    found = error_of(status, {}, json.dumps({"error": error}), where="host", model="m", key=None)
    assert isinstance(found, PromptTooLong) and (found.limit, found.size) == known
    assert type(error_of(status, {}, '{"error": "bad temperature"}', where="host", model="m", key=None)) is (
        PromptTooLong if status == 413 else ChatError
    )
