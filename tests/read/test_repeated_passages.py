"""Passages that documents share word for word are seen, said and, when asked, left out."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpora import sample
from themata import TopicModel
from themata.cli.app import app
from themata.read import boilerplate, read

END = "This e-mail and its attachments are confidential. They are meant for the person named above and for nobody else."
TEXTS = [text.split(" were discussed")[0] for text in sample(200).texts]


def signed(n: int = 40) -> list[str]:
    rng = random.Random(0)
    names = ["Ann Lee", "Tom Smith", "Eve Ito"]
    return [
        f"{text} in case {row}.\n\nKind regards,\n{rng.choice(names)}\nAcme Ltd., 5 Main Street, London, phone {row:04}\n{END}" if row < n else text
        for row, text in enumerate(TEXTS)
    ]  # fmt: skip


def test_signatures_and_disclaimers_are_found_whoever_signs() -> None:
    found = boilerplate(signed())
    assert found.n_docs == 40 and max(found.counts) == 40
    assert "confidential" in " ".join(found.passages) and "Main Street" in " ".join(found.passages)
    left = found.without(signed())
    assert not any("confidential" in text or "Main Street" in text for text in left)
    assert all(left[row].startswith(TEXTS[row]) for row in range(200))


def test_scripts_without_blanks_have_footers_too() -> None:
    rng = random.Random(0)
    words = "列車 遅延 駅員 切符 改札 空港 食堂 天気 試合 宿題 音楽 映画".split()
    texts = [
        "".join(rng.choices(words, k=12)) + "。本メールは宛先以外の方の閲覧を禁じます。" for _ in range(50)
    ]
    found = boilerplate(texts)
    assert found.n_docs == 50 and "宛先以外の方" in found.passages[0]
    assert not any("宛先" in text for text in found.without(texts))


@pytest.mark.parametrize("texts", [TEXTS, [TEXTS[0]] * 50 + TEXTS, ["thank you"] * 100 + TEXTS, [], ["a"]])
def test_what_documents_say_by_themselves_and_copies_are_no_boilerplate(texts: list[str]) -> None:
    found = boilerplate(texts)
    assert (found.passages, found.n_docs, found.without(texts)) == ((), 0, texts)


def test_a_document_that_is_nothing_else_stays() -> None:
    texts = [*signed(), END]
    assert boilerplate(texts).without(texts)[-1] == END


@pytest.mark.parametrize(
    ("usual", "end"),
    [
        ("เนื่องจากการเปลี่ยนแปลง", "อีเมลฉบับนี้และไฟล์แนบเป็นความลับสำหรับผู้รับที่ระบุไว้เท่านั้น"),
        ("することができますが", "このメールは宛先に記載された方のみを対象としており、機密情報を含みます。"),
    ],
)
def test_without_blanks_a_usual_phrase_is_no_passage_and_a_disclaimer_is(usual: str, end: str) -> None:
    rng = random.Random(3)
    letters = (
        [*"กขคงจฉชซญดตถทธนบปผพฟมยรลวสหอ"]
        if "ก" <= usual[-1] <= "์"
        else [*"山川田中村木本林森石空海町道花犬車店"]
    )
    texts = [
        "".join(rng.choices(letters, k=40)) + usual + "".join(rng.choices(letters, k=30)) for _ in range(60)
    ]
    assert boilerplate(texts).n_docs == 0
    found = boilerplate([text + end if row < 20 else text for row, text in enumerate(texts)])
    assert found.n_docs == 20 and found.counts[0] == 20
    assert end.rstrip("。") in found.passages[0]


def test_the_command_says_it_and_leaves_it_out_when_asked(tmp_path: Path) -> None:
    (tmp_path / "mails.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in signed()))
    runs = {}
    for name, asked in (("kept", []), ("dropped", ["--drop-boilerplate"])):
        command = [
            "fit",
            str(tmp_path / "mails.jsonl"),
            "--embedder",
            "none",
            "-o",
            str(tmp_path / name),
            *asked,
        ]
        runs[name] = CliRunner().invoke(app, command)
        assert runs[name].exit_code == 0, runs[name].output
        assert "40 documents of 200 share passages word for word" in runs[name].output
        assert any(
            "confidential" in passage
            for passage in json.loads((tmp_path / name / "run.json").read_text())["boilerplate"]
        )
    assert "--drop-boilerplate leaves" in runs["kept"].output and "left out" in runs["dropped"].output
    (tmp_path / "new.jsonl").write_text(json.dumps({"text": f"The heating in our office is broken. {END}"}))
    for name, left_out in (("kept", False), ("dropped", True)):
        given = ["assign", str(tmp_path / name), str(tmp_path / "new.jsonl"), "--json"]
        told = CliRunner().invoke(app, given)
        assert told.exit_code == 0, told.output
        assert ("left out at the fit are left out of 1 document" in told.output) == left_out
    CliRunner().invoke(app, ["export", str(tmp_path / "dropped"), str(tmp_path / "model")])
    saved = ["update", str(tmp_path / "model"), str(tmp_path / "new.jsonl"), "--out", str(tmp_path / "next")]
    assert "left out of 1 document" in CliRunner().invoke(app, saved).output
    saved = ["update", str(tmp_path / "next"), str(tmp_path / "new.jsonl"), "--out", str(tmp_path / "model")]
    assert "left out of 1 document" in CliRunner().invoke(app, saved).output
    assert TopicModel.load(tmp_path / "model").documents_.texts[-1] == "The heating in our office is broken."
    corpus = read(tmp_path / "mails.jsonl").without_boilerplate()
    assert (
        "confidential" not in corpus.documents.texts[0] and "confidential" in corpus.table.columns["text"][0]
    )
