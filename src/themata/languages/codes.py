"""Languages by their codes and their names."""

from __future__ import annotations

import difflib

import regex

from themata.core.errors import InputError

NAMES = {
    "af": "Afrikaans", "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "br": "Breton", "ca": "Catalan", "cs": "Czech",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish", "et": "Estonian",
    "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish", "gl": "Galician", "gu": "Gujarati",
    "ha": "Hausa", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian",
    "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "ko": "Korean", "ku": "Kurdish",
    "la": "Latin", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "mr": "Marathi", "ms": "Malay",
    "nb": "Norwegian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "so": "Somali", "sq": "Albanian", "sr": "Serbian", "st": "Sotho",
    "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "yo": "Yoruba", "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip
_CODES = {name.lower(): code for code, name in NAMES.items()} | {"norwegian": "no", "farsi": "fa"}
_THREE = dict(
    pair.split(":")
    for pair in """
    eng:en deu:de ger:de fra:fr fre:fr spa:es ita:it por:pt nld:nl dut:nl rus:ru ukr:uk pol:pl ces:cs cze:cs slk:sk slo:sk
    hun:hu ron:ro rum:ro bul:bg ell:el gre:el tur:tr ara:ar heb:he fas:fa per:fa hin:hi ben:bn urd:ur tam:ta tel:te mar:mr
    tha:th vie:vi ind:id msa:ms may:ms jpn:ja kor:ko zho:zh chi:zh swe:sv nor:no nob:nb dan:da fin:fi est:et lav:lv lit:lt
    hrv:hr srp:sr slv:sl cat:ca glg:gl eus:eu baq:eu swa:sw afr:af
    """.split()
)
ANY = ("multilingual", "auto")  # what others call finding them out


def spelled(language: str | None) -> str:
    """A language as a model is told it: by its name, where a code is given.

    >>> spelled("de"), spelled("Swiss German"), spelled(None)
    ('German', 'Swiss German', '')
    """
    return NAMES.get((language or "").lower(), language or "")


def code_of(language: str | None) -> str | None:
    """The code of a language that is given by its code or its English name; None where it is to be found out.

    Raises InputError for what is no language.

    >>> code_of("english"), code_of("de-AT"), code_of("fra"), code_of("pcm"), code_of("multilingual"), code_of(None)
    ('en', 'de', 'fr', 'pcm', None, None)
    """
    if language is None:
        return None
    if not isinstance(language, str):
        raise InputError(f"language is a code such as 'de' or a name such as 'German', got {language!r:.80}")
    told = language.strip().lower()
    if told in ANY:
        return None
    code = _CODES.get(told) or regex.split("[-_]", told)[0]
    if regex.fullmatch("[a-z]{2,3}", code):
        return _THREE.get(code, code)
    near = difflib.get_close_matches(told, _CODES, n=1)
    hint = (
        f"did you mean {NAMES[_CODES[near[0]]]!r}?"
        if near
        else "give a code such as 'de', or a name such as 'German'"
    )
    raise InputError(f"no language {language!r} is known: {hint}")
