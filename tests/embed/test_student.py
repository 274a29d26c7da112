"""A student imitates its teacher: the same in any order, true where it says so, and without it later."""

from __future__ import annotations

import ast
import sysconfig
from collections.abc import Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import SUBJECTS
from themata import Communities, Documents, InputError, NotFittedError, Student, TopicModel, testing
from themata.core.graph import unit_rows
from themata.embed import student as module
from themata.embed.student import cut
from themata.evaluate.clusters import agreement
from themata.pipeline.embedding import Work, learn
from themata.pipeline.run_folder import RunFolder
from themata.pipeline.step_cache import Steps
from themata.relate.two_views import TwoViews

WORDS = [word for line in SUBJECTS.values() for word in line.split()]


class Bent:
    """A slow embedder of words: the sum of their directions, bent, so that no linear map gives it exactly."""

    def __init__(self, dim: int = 24, stop_at: int | None = None) -> None:
        self.dim, self.stop_at = dim, stop_at
        self.asked: list[str] = []

    name = "bent"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = []
        for text in texts:
            if len(self.asked) == self.stop_at:
                raise KeyboardInterrupt
            self.asked.append(text)
            rows.append(
                np.tanh(sum((direction(word, self.dim) for word in cut(text)), np.full(self.dim, 0.01)))
            )
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dim)


class Noise:
    """An embedder of which nothing can be learned: every text lies anywhere."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([direction(text, 16) for text in texts], dtype=np.float32)


def direction(word: str, dim: int) -> np.ndarray:
    seed = int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")
    center = direction_of_subject(word, dim)
    return center + 0.5 * np.random.default_rng(seed).standard_normal(dim)


def direction_of_subject(word: str, dim: int) -> np.ndarray:
    subject = next((i for i, line in enumerate(SUBJECTS.values()) if word in line.split()), None)
    return np.zeros(dim) if subject is None else np.random.default_rng(subject).standard_normal(dim)


def corpus(n: int = 600, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    subjects = [line.split() for line in SUBJECTS.values()]
    return [f"{' '.join(rng.choice(subjects[i % 4], 5))} and no {i}" for i in range(n)]


@pytest.fixture(scope="module")
def taught() -> tuple[Student, list[str]]:
    texts = corpus()
    return Student(Bent(), n_sample=150).learn(texts), texts


def test_a_student_is_near_its_teacher_on_documents_it_never_read(taught: tuple[Student, list[str]]) -> None:
    student, texts = taught
    unread = [text for text, exact in zip(texts, student.is_exact(texts), strict=True) if not exact]
    cosines = (student.encode(unread) * unit_rows(Bent().encode(unread))).sum(axis=1)
    assert len(unread) == 450
    assert cosines.mean() > 0.9
    assert student.fidelity_ is not None
    # What it says of itself, on few documents held out, is what is found on all others
    assert abs(student.fidelity_.cosine - cosines.mean()) < 0.03


def test_documents_that_the_teacher_read_keep_its_embeddings(taught: tuple[Student, list[str]]) -> None:
    student, texts = taught
    read = [text for text, exact in zip(texts, student.is_exact(texts), strict=True) if exact]
    assert len(read) == 150
    np.testing.assert_allclose(student.encode(read), unit_rows(Bent().encode(read)), atol=1e-6)


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_documents_and_their_copies_change_no_embedding(random: Any) -> None:
    texts = corpus(200)
    turned = texts + random.choices(texts, k=20)
    random.shuffle(turned)
    first = Student(Bent(), n_sample=80).learn(texts)
    second = Student(Bent(), n_sample=80).learn(turned)
    np.testing.assert_array_equal(first.encode(texts), second.encode(texts))


def test_another_seed_draws_another_sample() -> None:
    texts = corpus(200)
    first, second = (Student(Bent(), n_sample=80, random_state=seed).learn(texts) for seed in (1, 2))
    assert (first.is_exact(texts) != second.is_exact(texts)).any()


def test_a_restored_student_needs_no_teacher(taught: tuple[Student, list[str]]) -> None:
    student, texts = taught
    state = student.state()
    again = Student.from_state(state)
    again._teacher = None
    np.testing.assert_array_equal(again.encode(texts), student.encode(texts))
    assert again.fidelity_ == student.fidelity_


def test_a_small_corpus_is_read_by_the_teacher_alone() -> None:
    texts = corpus(40)
    student = Student(Bent()).learn(texts)
    np.testing.assert_array_equal(student.encode(texts), Bent().encode(texts))
    assert student.is_exact(texts).all()
    assert "read by the model itself" in str(student.fidelity_)
    assert Student.from_state(student.state()).fidelity_ == student.fidelity_


def test_short_documents_are_few_tokens_and_all_read(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = corpus(300)
    monkeypatch.setattr(module, "SMALL", sum(2 + len(text) / 4 for text in texts) + 1)
    assert Student(Bent()).learn(texts).fidelity_ == module.Fidelity(300, 300)
    monkeypatch.setattr(module, "SMALL", sum(2 + len(text) / 4 for text in texts) - 1)
    monkeypatch.setattr(module, "SMALLEST_SAMPLE", 60)
    fidelity = Student(Bent()).learn(texts).fidelity_
    assert fidelity is not None
    assert fidelity.n_read < 300


def test_more_is_read_where_the_estimates_are_poor(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "SMALL", 300)
    monkeypatch.setattr(module, "SMALLEST_SAMPLE", 60)
    monkeypatch.setattr(module, "SHARE", 0.01)
    student = Student(Noise()).learn(corpus(400))
    assert student.fidelity_ is not None
    assert student.fidelity_.n_read == 100  # a quarter, and no more
    assert student.fidelity_.cosine < 0.5
    assert "topics may be worse" in caplog.text


@pytest.mark.parametrize(
    "texts",
    [
        ["😀" * (i + 1) for i in range(70)],
        ["", "the same", "\ud800", *(f"{i}" for i in range(70))],
        ["机器学习 很 好" + "学" * i for i in range(70)],
        ["yes"] * 70,
    ],
    ids=["no words", "odd", "no spaces", "all the same"],
)
def test_odd_corpora_are_embedded(texts: list[str]) -> None:
    points = Student(Bent(), n_sample=50).learn(texts).encode([*texts, "unseen", ""])
    assert points.shape == (len(texts) + 2, 24)
    assert np.isfinite(points).all()


def test_words_of_scripts_without_spaces_are_pairs_of_letters() -> None:
    assert cut("机器学习 is FUN") == ["机器", "器学", "学习", "is", "fun"]
    assert cut("字") == ["字"]
    assert cut("ภาษา") == ["ภา", "าษ", "ษา"]


def test_a_student_must_learn_first_and_from_enough() -> None:
    with pytest.raises(NotFittedError, match="learn"):
        Student(Bent()).encode(["a"])
    with pytest.raises(InputError, match="at least 50"):
        Student(Bent(), n_sample=3)


@pytest.mark.parametrize("stop_at", [0, 7, 70, 130])
def test_learning_that_was_killed_goes_on_and_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int
) -> None:
    monkeypatch.setattr("themata.pipeline.embedding.CHUNK", 16)
    texts = corpus(300)
    whole = Bent()
    learn(texts, expected := Student(whole, n_sample=120))
    killed = Bent(stop_at=stop_at)
    with pytest.raises(KeyboardInterrupt):
        learn(texts, Student(killed, n_sample=120), Work(tmp_path))
    later = Bent()
    learn(texts, again := Student(later, n_sample=120), Work(tmp_path))
    np.testing.assert_array_equal(again.encode(texts), expected.encode(texts))
    # Only the batch that was killed is asked about a second time
    assert len(later.asked) + len(killed.asked) <= len(whole.asked) + 16


def test_a_run_with_a_student_asks_its_teacher_once(tmp_path: Path) -> None:
    docs = Documents(corpus(400))
    runs = []
    for _ in range(2):
        teacher = Bent()
        model = TopicModel(embedder=Student(teacher, n_sample=120), layout=None, labeler=None)
        with RunFolder(tmp_path / "run") as keeper:
            steps = Steps(keeper)
            model.fit_documents(docs, steps)
        runs.append((model.topics_, len(teacher.asked)))
        assert steps.facts["fidelity"]["n_read"] == 120
    (first, n_first), (second, n_second) = runs
    assert first == second
    assert (n_first > 120, n_second) == (True, 0)


def test_a_model_with_a_student_is_saved_whole_and_takes_new_documents(tmp_path: Path) -> None:
    texts, later = corpus(400), corpus(40, seed=5)
    model = TopicModel(embedder=Student("minilm", n_sample=100), layout=None).fit(texts)
    assert model.fidelity_ is not None
    assert not model.fidelity_.is_whole
    rows, strength = model.transform(later)
    model.save(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model")
    embedder = loaded._fitted.recipe.embedder.part
    embedder._teacher = None  # anything that needs it fails
    again, again_strength = loaded.transform(later)
    assert again == rows
    np.testing.assert_allclose(again_strength, strength, atol=1e-6)
    assert loaded.fidelity_ == model.fidelity_
    assert loaded.transform(texts)[0] == model.topics_
    loaded.partial_fit(later)
    assert len(loaded.topics_) == 440


def test_a_saved_model_embeds_even_where_no_file_could_hold_its_teacher(tmp_path: Path) -> None:
    texts = corpus(300)
    model = TopicModel(embedder=Student(Bent(), n_sample=100), layout=None, labeler=None).fit(texts)
    model.save(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model")
    assert loaded.transform(texts)[0] == model.topics_
    with pytest.raises(InputError, match="hand it over"):
        Student(None).learn(texts).encode(texts)


def test_true_embeddings_decide_how_fine_topics_are() -> None:
    texts = corpus(900)
    student = Student(Bent(), n_sample=300)
    model = TopicModel(embedder=student, layout=None, labeler=None, grouper=Communities()).fit(texts)
    voters = np.flatnonzero(student.is_exact(texts))
    docs, graph = model.documents_, model.graph_
    assert graph is not None
    grouper = Communities()
    expected = grouper.foresee(docs, graph, voters=voters)
    assert expected is not None
    assert model.get_params()["grouper"].resolution_ == expected
    assert grouper.foresee(docs, graph) is None  # of so few documents all would vote


def test_documents_with_estimates_are_related_as_such() -> None:
    texts = corpus(400)
    model = TopicModel(embedder=Student(Bent(), n_sample=100), layout=None, labeler=None).fit(texts)
    assert model.graph_ is not None
    expected = TwoViews().relate(model.documents_, estimated=True)
    assert abs(model.graph_.weights - expected.weights).max() == 0


def test_a_word_that_the_teacher_never_read_is_known_by_its_company() -> None:
    subjects = [line.split() for line in list(SUBJECTS.values())[:2]]
    rng = np.random.default_rng(0)
    texts = [f"{' '.join(rng.choice(subjects[i % 2], 5))} unread{i % 2}" for i in range(200)]
    counter = module._counter(texts)
    names = counter.get_feature_names_out().tolist()
    read = np.flatnonzero([not name.startswith("unread") for name in names])
    said = module._said_of_words(
        counter.transform(texts), read, unit_rows(Bent().encode([names[i] for i in read]))
    )
    alone, company = said[:, :24], said[:, 24:]
    first, second = (names.index(f"unread{i}") for i in (0, 1))
    assert not alone[[first, second]].any()
    near = company @ company[first]
    of_first, of_second = ([names.index(word) for word in subject] for subject in subjects)
    assert near[of_first].min() > near[of_second].max()


def test_a_student_that_learned_from_a_sample_keeps_the_promise_of_estimates() -> None:
    testing.check("estimating_embedder", Student(Bent()))
    testing.check("embedder", Student(Bent()))


def test_what_the_teacher_reads_is_counted_in_one_row() -> None:
    said: list[tuple[int, int]] = []
    texts = [" ".join(np.random.default_rng(i).choice(WORDS, 6)) for i in range(300)]
    learn(texts, Student(Noise(), n_sample=80), Work(progress=lambda done, total: said.append((done, total))))
    done = [row[0] for row in said]
    assert done == sorted(done) and len(done) > 1, "words, then documents"
    assert all(here <= of for here, of in said) and said[-1][0] == said[-1][1] > 80


def functions(packages: Sequence[str], n_each: int) -> tuple[list[str], list[str]]:
    """The source of functions of Python's own packages, and the package of each."""
    texts, labels = [], []
    for package in packages:
        files = sorted((Path(sysconfig.get_path("stdlib")) / package).glob("*.py"))
        sources = (path.read_text(encoding="utf-8") for path in files)
        found = (
            ast.get_source_segment(source, node) or ""
            for source in sources
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        )
        kept = list(islice((text[:300] for text in found if len(text) > 100), n_each))
        texts += kept
        labels += [package] * len(kept)
    return texts, labels


def test_topics_of_code_are_its_packages_with_estimates_as_with_the_model() -> None:
    texts, labels = functions(
        ["asyncio", "email", "importlib", "multiprocessing", "unittest", "xml/dom"], 120
    )
    amis = []
    for embedder in ("minilm", Student("minilm", n_sample=250)):
        model = TopicModel(embedder=embedder, layout=None, labeler=None).fit(texts)
        amis.append(agreement(np.array(model.topics_), labels).ami)
    whole, estimated = amis
    assert estimated > whole - 0.1 and estimated > 0.3


def test_documents_held_out_are_foretold_as_by_a_regression_of_the_others_alone() -> None:
    rng = np.random.default_rng(0)
    features, targets = (
        rng.normal(size=(60, 20)).astype(np.float32),
        rng.normal(size=(60, 3)).astype(np.float32),
    )
    kernel = features @ features.T
    guess, dual = module._solved(kernel, 0.3, targets, 50)
    alone = np.linalg.solve(kernel[:50, :50] + 0.3 * np.eye(50), targets[:50])
    assert np.allclose(guess, kernel[50:, :50] @ alone, atol=1e-2)
    assert np.allclose(
        features.T @ dual, features.T @ np.linalg.solve(kernel + 0.3 * np.eye(60), targets), atol=1e-2
    )
