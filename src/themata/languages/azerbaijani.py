"""Azerbaijani, which has the letters of Turkish."""

from themata.languages.dotless_i import lower_dotless, upper, without_suffix
from themata.languages.language import Language

LANGUAGE = Language(
    code="az",
    name="Azerbaijani",
    conjunction=" və ",
    verbs_last=True,
    lower=lower_dotless,
    upper=upper,
    without_suffix=without_suffix,
)
