from __future__ import annotations

import pytest

from downloads import Downloads, build


@pytest.fixture(scope="session")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Downloads:
    return build(tmp_path_factory.mktemp("downloads"))
