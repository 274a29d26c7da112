"""Models handed on from the command line, to a folder and to a hub on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import themata
from corpora import sample
from fake_hub import WRITER, serving
from themata import TopicModel

COMMAND = [sys.executable, "-c", "from themata.cli.main import main; main()"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = sample(80)
    folder = tmp_path_factory.mktemp("sharing") / "model"
    TopicModel(embedder=None).fit(given.texts, given.embeddings).save(folder)
    return folder


def test_push_then_show_from_elsewhere(saved: Path, tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")
    with serving() as hub:
        places = {"HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_XET": "1"}
        env = {**os.environ, **places, "HF_TOKEN": WRITER, "HF_HUB_OFFLINE": "0"}
        command = [*COMMAND, "push", str(saved), "me/topics", "--private"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"{hub.address}/me/topics/commit/")
        assert "texts stayed here" in done.stderr
        assert hub.repositories["me/topics"].private
        command = [*COMMAND, "show", "hf:me/topics", "--json"]
        shown = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
        assert json.loads(shown.stdout)["n_topics"] == 4
        env |= {"HF_TOKEN": "hf_wrong_0123456789", "HF_HOME": str(tmp_path / "a stranger's")}
        refused = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr and "hf_wrong" not in refused.stderr


def test_export_leaves_texts_out_when_asked(saved: Path, tmp_path: Path) -> None:
    command = ["export", saved, tmp_path / "out", "--no-texts"]
    assert themata(*command).returncode == 0
    assert any(TopicModel.load(saved).documents_.texts)
    assert not any(TopicModel.load(tmp_path / "out").documents_.texts)
    again = themata(*command)
    assert again.returncode == 1 and "--overwrite replaces it" in again.stderr
    assert themata(*command, "--overwrite").returncode == 0
