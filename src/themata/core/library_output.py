"""Other libraries' bars and tables, held back while they load a model."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_widget_advice() -> Iterator[None]:
    """No advice of tqdm's to install widgets for bars that nobody will see: it gives it when it is imported in Jupyter."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="IProgress not found")
        yield


@contextmanager
def quiet_loading() -> Iterator[None]:
    """No bars and tables of transformers and the hub; how loud they are otherwise stays as it was."""
    from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars
    from transformers.utils import logging

    level, bars, downloads = (
        logging.get_verbosity(),
        logging.is_progress_bar_enabled(),
        are_progress_bars_disabled(),
    )
    logging.set_verbosity_error()
    logging.disable_progress_bar()  # the hub's bars with it
    disable_progress_bars()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
        (disable_progress_bars if downloads else enable_progress_bars)()
