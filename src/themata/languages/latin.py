"""Latin."""

from themata.languages.language import Language

LANGUAGE = Language(code="la", name="Latin", attached_endings=tuple("que ve ne".split()))
