"""Every answer of a language model, kept on disk the moment it arrives: nothing is paid for twice."""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from themata.core import powers
from themata.core.errors import ChatError, ThemataError, first_line
from themata.core.protocols import Answer, Chat, Deferring, OnAnswer, Outcome, Prompt

log = logging.getLogger(__name__)

_TABLE = """CREATE TABLE IF NOT EXISTS answers_1 (
    key TEXT PRIMARY KEY, model TEXT, text TEXT, n_prompt INTEGER, n_answer INTEGER,
    at TEXT DEFAULT CURRENT_TIMESTAMP, cut_at INTEGER)"""
_JOBS = "CREATE TABLE IF NOT EXISTS jobs_1 (key TEXT PRIMARY KEY, job TEXT)"
PATIENCE = 30.0  # seconds that one process waits for another to finish writing


class Cache:
    """Answers by what was asked, in one SQLite file that threads and processes may share.

    A damaged file is set aside and a new one begun: a cache may cost an answer, never a run.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    def get(self, keys: Sequence[str]) -> dict[str, Answer]:
        """The answers that are known, by key."""

        def read(db: sqlite3.Connection) -> dict[str, Answer]:
            answers = {}
            for key in keys:
                row = db.execute(
                    "SELECT text, n_prompt, n_answer, cut_at FROM answers_1 WHERE key = ?", (key,)
                ).fetchone()
                if row is not None:
                    answers[key] = Answer(*row)
            return answers

        return self._do(read) or {}

    def put(self, key: str, model: str, answer: Answer) -> None:
        """Keep an answer; it is on disk, as far as a killed process is concerned, when this returns."""
        row = (key, model, answer.text, answer.n_prompt_tokens, answer.n_answer_tokens, answer.cut_at)
        insert = (
            "INSERT OR REPLACE INTO answers_1 (key, model, text, n_prompt, n_answer, cut_at) "
            "VALUES (?, ?, ?, ?, ?, ?)"
        )

        def write(db: sqlite3.Connection) -> None:
            with db:
                db.execute(insert, row)

        self._do(write)

    def knows(self, model: str) -> bool:
        """Whether any answer of a model is kept."""
        asked = "SELECT 1 FROM answers_1 WHERE model = ? LIMIT 1"
        return self.path.exists() and bool(self._do(lambda db: db.execute(asked, (model,)).fetchone()))

    @property
    def jobs(self) -> MutableMapping[str, str]:
        """The provider's job that each prompt was handed in with."""
        return Jobs(self)

    def close(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def __len__(self) -> int:
        return self._do(lambda db: int(db.execute("SELECT count(*) FROM answers_1").fetchone()[0])) or 0

    def _do(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        """Work on the open file; a damaged one is replaced once, and a locked or full one done without."""
        with self._lock:
            for again in (False, True):
                try:
                    if self._db is None:
                        self._db = self._open()
                    return work(self._db)
                except sqlite3.OperationalError as error:  # locked for long, a full or read-only disk
                    log.warning("answers are not kept in %s: %s", self.path, error)
                    return None
                except sqlite3.DatabaseError as error:
                    if again:
                        log.warning("answers are not kept in %s: %s", self.path, error)
                        return None
                    self._set_aside(error)
        return None

    def _open(self) -> sqlite3.Connection:
        """Wait for others that open the file: SQLite itself does not where one changes the way it is written (WAL)."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self._opened()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.02)

    def _opened(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.path, timeout=PATIENCE, check_same_thread=False)
        try:
            # WAL: readers never wait for a writer, and a commit survives the process without waiting for the disk: 0.03 ms
            # each, so that none is gathered (0.02 without any waiting, 0.13 with; AMD EPYC)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute(_TABLE)
            db.execute(_JOBS)
            if "cut_at" not in {column[1] for column in db.execute("PRAGMA table_info(answers_1)")}:
                _widened(db)
            db.commit()
            db.execute("SELECT key, model, text, n_prompt, n_answer FROM answers_1 LIMIT 1").fetchall()
        except sqlite3.DatabaseError:
            db.close()
            raise
        return db

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        if self._db is not None:
            with closing(self._db):
                self._db = None
        aside = self.path.with_name(self.path.name + ".damaged")
        number = 1
        while aside.exists():
            number += 1
            aside = self.path.with_name(f"{self.path.name}.damaged-{number}")
        self.path.replace(aside)
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        log.warning(
            "the kept answers %s are damaged (%s): set aside as %s, and begun anew", self.path, error, aside
        )


def _widened(db: sqlite3.Connection) -> None:
    """A column more in a file of 0.1, unless another process has just made it."""
    try:
        db.execute("ALTER TABLE answers_1 ADD COLUMN cut_at INTEGER")
    except sqlite3.OperationalError as error:
        if "duplicate column" not in str(error):
            raise


class Memory:
    """Answers by what was asked, as Cache has them, for as long as this process does."""

    def __init__(self) -> None:
        self.jobs: MutableMapping[str, str] = {}
        self._answers: dict[str, Answer] = {}

    def get(self, keys: Sequence[str]) -> dict[str, Answer]:
        return {key: self._answers[key] for key in keys if key in self._answers}

    def put(self, key: str, model: str, answer: Answer) -> None:
        self._answers[key] = answer

    def update(self, other: Memory) -> None:
        """Know what another knows, too."""
        self._answers.update(other._answers)

    def knows(self, model: str) -> bool:
        return bool(self._answers)

    def close(self) -> None:
        """Nothing is open."""


class Jobs(MutableMapping[str, str]):
    """The provider's job that each prompt was handed in with, by the prompt's key, beside the answers on disk."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache

    def __getitem__(self, key: str) -> str:
        row = self.cache._do(lambda db: db.execute("SELECT job FROM jobs_1 WHERE key = ?", (key,)).fetchone())
        if not row:
            raise KeyError(key)
        return str(row[0])

    def __setitem__(self, key: str, job: str) -> None:
        self._write([("INSERT OR REPLACE INTO jobs_1 VALUES (?, ?)", (key, job))])

    def __delitem__(self, key: str) -> None:
        self._write([("DELETE FROM jobs_1 WHERE key = ?", (key,))])

    def __iter__(self) -> Iterator[str]:
        rows = self.cache._do(lambda db: db.execute("SELECT key FROM jobs_1").fetchall()) or []
        return iter([str(key) for (key,) in rows])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _write(self, statements: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        def write(db: sqlite3.Connection) -> None:
            with db:
                for statement, values in statements:
                    db.execute(statement, values)

        self.cache._do(write)


class Cached:
    """A chat that asks another one only what it does not remember, and no prompt of a batch twice.

    kept : the file of the answers, or what else holds them; None remembers nothing beyond the batch
    n_sent, n_kept : prompts sent, and prompts answered without sending, so far
    """

    def __init__(self, chat: Chat, kept: str | Path | Memory | None = None) -> None:
        self.chat = chat
        self.name = chat.name
        self.cache = Cache(kept) if isinstance(kept, str | Path) else kept
        self.n_sent = 0
        self.n_kept = 0

    def complete(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None = None) -> list[Outcome]:
        """Answer every prompt, from what is kept where it is. A chat that raises is a ChatError where nothing had arrived."""
        keys = [key_of(self.chat, prompt) for prompt in prompts]
        outcomes: dict[str, Answer | ChatError] = {}
        outcomes.update(self.cache.get(list(dict.fromkeys(keys))) if self.cache is not None else {})
        places: dict[str, list[int]] = {}
        for place, key in enumerate(keys):
            places.setdefault(key, []).append(place)

        def tell(key: str) -> None:
            for place in places[key]:
                if on_answer is not None:
                    on_answer(place, outcomes[key])

        for key in list(outcomes):
            tell(key)
        lacking = [key for key in places if key not in outcomes]

        def arrived(place: int, answer: Answer | ChatError) -> None:
            key = lacking[place]
            outcomes[key] = answer
            if self.cache is not None and isinstance(answer, Answer):
                self.cache.put(key, self.name, answer)
            tell(key)

        self.n_sent += len(lacking)
        self.n_kept += len(prompts) - len(lacking)
        if lacking:
            asked = [prompts[places[key][0]] for key in lacking]
            try:
                if isinstance(self.chat, Deferring) and self.chat.defers:
                    answers = self._ask_later(self.chat, dict(zip(lacking, asked, strict=True)), arrived)
                else:
                    answers = self.chat.complete(asked, on_answer=arrived)
            except (
                Exception
            ) as error:  # whatever a user's chat raises costs what has not arrived, and no more
                answers = [_failure(self.name, error)] * len(asked)
            for place, answer in enumerate(answers):
                if lacking[place] not in outcomes:  # a chat that never calls on_answer
                    arrived(place, answer)
        return [outcomes[key] for key in keys]

    def _ask_later(
        self, chat: Deferring, prompts: Mapping[str, Prompt], arrived: OnAnswer
    ) -> Sequence[Outcome]:
        """The answers to prompts that are not kept, by a job whose id is kept until it has ended."""
        places = {key: place for place, key in enumerate(prompts)}
        answers: list[Outcome] = [ChatError("never asked")] * len(places)

        def came(key: str, answer: Outcome) -> None:
            answers[places[key]] = answer
            arrived(places[key], answer)

        jobs: MutableMapping[str, str] = {} if self.cache is None else self.cache.jobs
        chat.complete_later(prompts, jobs, came)
        return answers

    def close(self) -> None:
        if self.cache is not None:
            self.cache.close()


def key_of(chat: Chat, prompt: Prompt) -> str:
    """A hash of all that decides an answer: the model, its parameters and the whole prompt with what it wants.

    A chat's parameters are its `identity` where it has one, and else what its constructor was given.
    """
    question = [
        chat.name,
        powers.identity(chat),
        prompt.messages,
        prompt.max_tokens,
        None if prompt.schema is None else dict(prompt.schema),
    ]
    text = json.dumps(question, sort_keys=True, default=repr, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _failure(name: str, error: Exception) -> ChatError:
    if isinstance(error, ChatError):
        return error
    if isinstance(error, ThemataError):  # says what to do
        return ChatError(str(error))
    log.error("%s failed", name, exc_info=error)
    return ChatError(f"{type(error).__name__}: {first_line(error)}")
