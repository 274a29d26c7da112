"""How OpenMP's threads wait in the command."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = """
import os, sys
from themata.cli.main import main
assert not {"torch", "sklearn"} & set(sys.modules), "OpenMP reads the policy when it is loaded"
sys.argv = ["themata", "--help"]
try:
    main()
finally:
    print("policy:", os.environ["OMP_WAIT_POLICY"])
"""


@pytest.mark.parametrize(("given", "expected"), [({}, "passive"), ({"OMP_WAIT_POLICY": "active"}, "active")])
def test_threads_of_the_command_wait_without_spinning_unless_the_user_says_so(
    given: dict[str, str], expected: str
) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"} | given
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert f"policy: {expected}" in done.stdout
