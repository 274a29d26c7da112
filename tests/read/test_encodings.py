"""Files as Windows, Excel and other decades write them."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from themata.core.encodings import Decoding, as_utf8, detected, read_small_text
from themata.core.errors import InputError
from themata.read import read
from themata.read.classes import read_classes

# A few lines each, as short as answers to surveys are
ANSWERS = {
    "german": ("cp1252", ["Die Größe fehlte", "schöner Laden, nur zu spät", "20 € zu teuer"]),
    "french": ("cp1252", ["Très déçu par la qualité, l’équipe était gênée", "où est le problème ?"]),
    "spanish": ("cp1252", ["El niño comió mañana ¿qué pasó?", "atención rápida, muy útil"]),
    "portuguese": ("cp1252", ["Não gostei da atenção, mas é útil", "ótimo serviço, coração"]),
    "swedish": ("cp1252", ["Jätte bra på många sätt", "för långsam och dålig"]),
    "english": ("cp1252", ["It’s a “great” product – really", "plain as ever"]),
    "polish": ("cp1250", ["Bardzo dobrze, zażółć gęślą jaźń", "Nie działa, źle się pisze, łódź"]),
    "czech": ("cp1250", ["Příliš žluťoučký kůň úpěl ďábelské ódy", "nefunguje to dobře, špatné"]),
    "hungarian": ("cp1250", ["Árvíztűrő tükörfúrógép nagyon jó", "Nem működik a készülék, kérem őket"]),
    "romanian": ("cp1250", ["Nu merge, foarte bună şi ieftină ţară", "încet şi prost"]),
    "polish by ISO": ("iso8859_2", ["Bardzo dobrze, zażółć gęślą jaźń", "Nie działa, źle"]),
    "russian": ("cp1251", ["Очень хороший товар, спасибо", "Не работает вообще"]),
    "russian of old": ("koi8_r", ["Очень хороший товар, спасибо", "Не работает вообще"]),
    "greek": ("cp1253", ["Πολύ καλό προϊόν, ευχαριστώ", "Δεν λειτουργεί καθόλου"]),
    "turkish": ("cp1254", ["Çok güzel bir ürün, teşekkürler ışık", "Çalışmıyor, değiştirin"]),
    "hebrew": ("cp1255", ["שירות מצוין ומהיר", "המוצר לא עובד"]),
    "arabic": ("cp1256", ["المنتج رائع جدا وشكرا", "لا يعمل الجهاز"]),
    "lithuanian": ("cp1257", ["Labai geras, ačiū už prekę, džiaugiuosi", "Neveikia įrenginys, šaltas"]),
    "japanese": ("cp932", ["とても良い商品でした", "配達が遅かった、残念"]),
    "chinese": ("gb18030", ["质量非常好，很喜欢", "送货太慢了，不满意"]),
    "taiwanese": ("big5hkscs", ["品質非常好，很喜歡", "送貨太慢了，不滿意"]),
    "korean": ("cp949", ["정말 좋은 제품입니다", "배송이 너무 늦었어요"]),
    "thai": ("cp874", ["สินค้าดีมาก ขอบคุณ", "ส่งช้ามาก"]),
    "of a Mac": ("mac_roman", ["Die Größe fehlte", "schöner Laden, nur zu spät"]),
    "of DOS": ("cp850", ["Die Größe fehlte", "schöner Laden, nur zu spät"]),
}
GERMAN = ANSWERS["german"][1]


def table(answers: list[str], encoding: str = "utf-8") -> bytes:
    return "".join(["id;text\n", *(f"{i};{one}\n" for i, one in enumerate(answers))]).encode(encoding)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("packing", ["", ".gz"])
def test_the_encoding_of_a_file_is_detected(name: str, packing: str, tmp_path: Path) -> None:
    encoding, answers = ANSWERS[name]
    data = table(answers, encoding)
    (tmp_path / f"a.csv{packing}").write_bytes(gzip.compress(data) if packing else data)
    corpus = read(tmp_path / f"a.csv{packing}")
    assert corpus.documents.texts == answers
    assert corpus.rejected == ()
    assert str(corpus.decoding) == encoding


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize("answers", [GERMAN, ANSWERS["russian"][1], ANSWERS["japanese"][1]])
def test_unicode_is_read_with_and_without_its_mark(encoding: str, answers: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(table(answers, encoding))
    assert read(tmp_path / "a.csv").documents.texts == answers


def test_the_encoding_asked_for_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(table(["ółóżć", "plain"], "iso8859_2"))
    assert read(tmp_path / "a.csv", encoding="latin2").documents.texts == ["ółóżć", "plain"]
    with pytest.raises(InputError, match="no encoding 'cp1522': did you mean 'cp1252'"):
        read(tmp_path / "a.csv", encoding="cp1522")


def test_lines_of_two_encodings_are_each_read_in_their_own(tmp_path: Path) -> None:
    lines = [table(["größer"]), *(f"{i};schöner Tag {i}\n".encode("cp1252") for i in range(1, 6))]
    (tmp_path / "a.csv").write_bytes(b"".join(lines))
    corpus = read(tmp_path / "a.csv")
    assert corpus.documents.texts == ["größer", *(f"schöner Tag {i}" for i in range(1, 6))]
    assert (corpus.decoding.detected, corpus.decoding.unit) == ({"cp1252": 5}, "line")
    (tmp_path / "b.csv").write_bytes(
        b"".join(lines[:2])
    )  # one broken line among good ones is a fault of its own
    assert [row.reason for row in read(tmp_path / "b.csv").rejected] == ["broken UTF-8"]
    assert read(tmp_path / "b.csv", encoding="utf-8,cp1252").documents.texts == ["größer", "schöner Tag 1"]


@pytest.mark.parametrize("data", [b"broken \xff\xfe\xfa\n", b"broken \xff\n", bytes(range(128, 256)) + b"\n"])
def test_bytes_that_make_no_words_in_any_encoding_stay_broken(data: bytes) -> None:
    assert detected(data) is None
    assert as_utf8(io.BytesIO(data)).read() == data


def test_a_folder_of_texts_in_several_encodings(tmp_path: Path) -> None:
    for name, (encoding, answers) in ANSWERS.items():
        (tmp_path / f"{name}.txt").write_bytes("\n".join(answers).encode(encoding))
    corpus = read(tmp_path)
    texts = dict(zip(corpus.documents.columns["id"], corpus.documents.texts, strict=True))
    assert texts == {f"{name}.txt": "\n".join(answers) for name, (_, answers) in ANSWERS.items()}
    assert corpus.decoding.detected["cp1252"] == 6


def test_lines_of_json_and_standard_input_are_detected_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "".join(json.dumps({"text": one}, ensure_ascii=False) + "\n" for one in GERMAN).encode("cp1252")
    (tmp_path / "a.jsonl").write_bytes(lines)
    assert read(tmp_path / "a.jsonl").documents.texts == GERMAN
    for data in (lines, table(GERMAN, "cp1252"), "\n".join(GERMAN).encode("cp1252")):
        monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": io.BytesIO(data)}))
        corpus = read("-")
        assert (corpus.documents.texts, str(corpus.decoding)) == (GERMAN, "cp1252")


def test_classes_prompts_and_examples_are_read_as_windows_writes_them(tmp_path: Path) -> None:
    from themata.naming.llm.prompt_templates import prompt_text as prompt_of
    from themata.naming.llm.worked_examples import examples_of

    (tmp_path / "classes.csv").write_bytes("class\nÄrger\nFreude über Größe\n".encode("cp1252"))
    assert read_classes(str(tmp_path / "classes.csv"), n_docs=2) == ["Ärger", "Freude über Größe"]
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        (tmp_path / "prompt.txt").write_bytes("Wörter: [KEYWORDS]\r\nKürzer, schöner!\r\n".encode(encoding))
        assert prompt_of(tmp_path / "prompt.txt", "") == "Wörter: [KEYWORDS]\nKürzer, schöner!"
        example = [["Öl, Größe, schön", "Äpfel"]]
        (tmp_path / "examples.json").write_bytes(json.dumps(example, ensure_ascii=False).encode(encoding))
        assert [tuple(one) for one in examples_of(tmp_path / "examples.json")] == [tuple(example[0])]
    (tmp_path / "broken.txt").write_bytes(bytes(range(128, 256)))
    with pytest.raises(InputError, match=r"the prompt .*broken\.txt cannot be read as text"):
        read_small_text(tmp_path / "broken.txt", "the prompt")


def test_what_was_asked_or_found_is_told() -> None:
    assert str(Decoding()) == "utf-8"
    assert str(Decoding("cp1252")) == "cp1252"


# Spreadsheets

ROWS: list[list[Any]] = [
    ["Nr", "Kommentar", "Datum"],
    [1, "Die Größe fehlte", dt.datetime(2024, 5, 1)],
    [2, None, dt.datetime(2024, 5, 2)],
    [3, 5, dt.datetime(2024, 5, 3)],
]


def workbook(path: Path, *sheets: tuple[str, list[list[Any]]]) -> None:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd.mm.yyyy"}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)


def test_a_workbook_is_read_like_a_table(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", ("Antworten", ROWS))
    corpus = read(tmp_path / "a.xlsx")
    assert corpus.columns == {"text": "Kommentar", "id": "Nr", "date": "Datum"}
    assert corpus.documents.texts == ["Die Größe fehlte", "5"]
    assert corpus.documents.columns["id"] == [1, 3]
    assert corpus.documents.times is not None and str(corpus.documents.times[1])[:10] == "2024-05-03"
    assert [(row.line, row.reason) for row in corpus.rejected] == [(3, "no text")]
    (tmp_path / "a.csv").write_bytes((tmp_path / "a.xlsx").read_bytes())  # a workbook under another ending
    (tmp_path / "a.xlsx.gz").write_bytes(gzip.compress((tmp_path / "a.xlsx").read_bytes()))
    for name in ("a.csv", "a.xlsx.gz"):
        assert read(tmp_path / name).documents.texts == corpus.documents.texts


def test_a_title_above_the_names_and_an_empty_sheet_before_are_passed_over(tmp_path: Path) -> None:
    titled = [["Umfrage 2024"], [], *ROWS]
    workbook(tmp_path / "a.xlsx", ("Leer", []), ("Antworten", titled), ("Mehr", [["text"], ["other words"]]))
    corpus = read(tmp_path / "a.xlsx")
    assert corpus.documents.texts == ["Die Größe fehlte", "5"]
    assert corpus.rejected[0].line == 5
    assert read(tmp_path / "a.xlsx", sheet="Mehr").documents.texts == ["other words"]
    with pytest.raises(InputError, match="no sheet 'Antwort': did you mean 'Antworten'"):
        read(tmp_path / "a.xlsx", sheet="Antwort")


def test_sheets_of_libreoffice_are_read(tmp_path: Path) -> None:
    pd.DataFrame(ROWS[1:], columns=ROWS[0]).to_excel(tmp_path / "a.ods", index=False, engine="odf")
    assert read(tmp_path / "a.ods").documents.texts == ["Die Größe fehlte", "5"]


def test_a_file_that_is_no_workbook_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(InputError, match="not a workbook that can be read"):
        read(tmp_path / "a.xlsx")
    (tmp_path / "a.csv").write_text("text\na b\n")
    with pytest.raises(InputError, match="has no sheets"):
        read(tmp_path / "a.csv", sheet="x")


def test_the_command_tells_the_encoding_it_detected(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(table(GERMAN * 9, "cp1252"))
    command = [sys.executable, "-m", "themata", "fit", "a.csv", "--embedder", "none", "--out", "run"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert "a.csv is no UTF-8 and is read as cp1252" in done.stderr
    assert json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))["encoding"] == "cp1252"
