"""A language is a file and its name in one list: taken out, everything else works as before."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import themata
from themata.languages.catalog import LANGUAGES, language_of

# Every module that can be imported without an extra, and a fit in other languages and in the one that is gone
WITHOUT = """
import pkgutil
from importlib import import_module
import themata.languages, themata.words, themata.naming.phrases, themata.read
from themata import TopicModel
from themata.languages.catalog import LANGUAGES, language_of

code = {code!r}
assert code not in {{language.code for language in LANGUAGES}}
assert language_of(code).name == code
for package in (themata.languages, themata.words, themata.naming.phrases, themata.read):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        import_module(module.name)
cats = [f"The cat {{what}} beside the other cats" for what in ("sleeps", "eats", "runs", "plays")]
ships = [f"A submarine {{what}} under the deep sea" for what in ("dives", "waits", "hides", "rests")]
for language in ("en", code):
    model = TopicModel(embedder="lexical", n_topics=2, language=language).fit((cats + ships) * 4)
    assert all(label and label.name for label in model.result_.labels), language
"""


@pytest.mark.parametrize(("code", "file"), [("tr", "turkish"), ("ko", "korean")])
def test_a_language_is_removed_with_its_file_and_its_name_in_one_list(
    code: str, file: str, tmp_path: Path
) -> None:
    source = Path(themata.__file__).parent
    shutil.copytree(source, tmp_path / "themata", ignore=shutil.ignore_patterns("__pycache__"))
    languages = tmp_path / "themata" / "languages"
    dependents = [
        path for path in languages.glob("*.py") if f"themata.languages.{file} " in path.read_text("utf-8")
    ]
    assert not dependents, "no language is made of another"
    (languages / f"{file}.py").unlink()
    catalog = languages / "catalog.py"
    text = catalog.read_text("utf-8")
    assert text.count(file) == 1
    catalog.write_text(text.replace(file, ""), "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    script = [sys.executable, "-c", WITHOUT.format(code=code)]
    done = subprocess.run(script, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_two_languages_share_a_code() -> None:
    codes = [language.code for language in LANGUAGES]
    assert len(codes) == len(set(codes)) > 60


def test_each_language_has_its_own_file() -> None:
    package = Path(themata.__file__).parent / "languages"
    listed = {path.stem for path in package.glob("*.py") if "LANGUAGE = Language(" in path.read_text("utf-8")}
    assert len(listed) == len(LANGUAGES)


def test_a_language_that_nobody_described_is_counted_and_named_all_the_same() -> None:
    unknown = language_of("pcm")
    assert (unknown.code, unknown.conjunction, unknown.upper("ab")) == ("pcm", ", ", "AB")
