"""What of a text is language: markup, addresses, handles, mail headers and codes told apart from words, kind by kind."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence

import regex

from themata.core.errors import InputError

# Elements of HTML: "<b>" is markup, "a <b and c> d" and "List<String>" are not
_ELEMENTS = (
    "a abbr acronym address applet area article aside audio b base bdi bdo big blockquote body br button canvas caption "
    "center cite code col colgroup data dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font "
    "footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li "
    "link main map mark menu meta meter nav noframes nobr noscript object ol optgroup option output p param picture pre "
    "progress q rp rt ruby s samp section select small source span strike strong sub summary sup svg path table tbody td "
    "template textarea tfoot th thead time title tr track tt u ul var video wbr doctype"
)
# Never text, even where the end of it was cut off
_UNSEEN = re.compile(
    r"<(script|style|noscript|template|svg|iframe|object)\b(?=[\s/>])[^>]*(?<!/)>.*?(?:</\1\s*>|\Z)"
    r"|<!--.*?(?:-->|\Z)|<!\[CDATA\[|\]\]>|<\?(?:xml|php)\b.*?(?:\?>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_INSIDE = r"(?:\s+[^<>]*)?\s*/?>"
# These stand inside words and sentences; all others part them
_INLINE = re.compile(rf"</?(?:b|big|em|i|mark|s|small|strong|sub|sup|u|wbr){_INSIDE}", re.IGNORECASE)
_TAG = re.compile(rf"</?!?(?:{'|'.join(_ELEMENTS.split())}){_INSIDE}", re.IGNORECASE)
# Elements of other languages, such as <dc:title>, show by their attributes or by their end
_OTHER_TAG = re.compile(
    r"<(/?)([a-z][\w.:-]*)((?:\s+[\w:-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*/?>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,30}|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
# Commands of LaTeX: all in a formula, elsewhere those with an argument, which stays. "C:\Users" is none
_FORMULA = re.compile(r"\$[^$\n]{1,300}\$")
_COMMAND = re.compile(r"\\[A-Za-z]+\*?")
_COMMAND_WITH_ARGUMENT = re.compile(r"\\[A-Za-z]+\*?(?=\{)")
# Soft hyphens, and joiners that tell a printer how letters look
_UNPRINTED = str.maketrans(dict.fromkeys("\u00ad\u200b\u200d\u2060\ufeff"))

# Characters of other scripts end an address that stands right before them, marks of sentences do where nothing follows
_TAIL = r"[^\s<>\"'\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Arabic}\p{Hebrew}\p{Devanagari}。、，！？；：（）「」]"
_END = rf"{_TAIL}*(?<![.,;:!?)\]}}…])"
_ADDRESS = regex.compile(
    rf"(?:https?|ftp|file)://{_END}|\bwww\.(?=\w){_END}|\bmailto:{_END}|(?<![\w@.-])(?:[a-z0-9-]+\.)+[a-z]{{2,10}}/(?=\w){_END}"
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    regex.IGNORECASE,
)
# What is left of addresses: ?utm_source=mail&id=7
_PARAMETERS = re.compile(
    r"[?&]?\b(?:utm_\w+|fbclid|gclid|msclkid|igshid|mc_[ce]id)=[^\s&]*(?:&[\w-]+=[^\s&]*)*|\b[\w-]+=[\w%.+-]*(?:&[\w-]+=[\w%.+-]*)+",
    re.IGNORECASE,
)
_PARAMETER_NAMES = ("utm_", "fbclid", "gclid", "msclkid", "igshid", "mc_c", "mc_e")
_HOST_AND_PATH = re.compile(r"\.[a-z]{2,10}/", re.IGNORECASE)
_ANY_SITE = re.compile(r"\.(?:com|org|edu|gov|io)")
_SITE = re.compile(r"(?<=[a-z0-9])\.(?:com|org|edu|gov|io)(?:\.[a-z]{2})?\b(?![./]?\w)")

# Who is quoted, not who is spoken of
_ATTRIBUTION = re.compile(r"(?:\b(?:RT|MT|HT|via|h/t|cc)\b:?|♻️?)\s*(?:@\w+\b:?\s*)+", re.IGNORECASE)

_HEADERS = (
    "from to cc bcc date sent received reply-to message-id mime-version content-[a-z-]+ organization organisation lines "
    "references in-reply-to return-path sender distribution newsgroups nntp-posting-host x-[a-z-]+ user-agent importance "
    "delivered-to dkim-signature authentication-results list-[a-z-]+ precedence approved followup-to xref path expires"
)
_HEADER = re.compile(rf"[> \t]*(?:{'|'.join(_HEADERS.split())}):(?:\s|$)", re.IGNORECASE)
_SUBJECT = re.compile(
    r"[> \t]*(?:subject|summary|keywords):\s*(?:(?:re|fwd?|aw|wg|sv|tr|antw)(?:\[\d+\])?:\s*)*", re.IGNORECASE
)
_MAIL_LINE = re.compile(
    r"^[> \t]*(?:(?:in article\s+<.*|on\s(?=.*\d).{6,80}|.{3,80}<\S+@\S+>.{0,30})(?:wrote|writes):"
    r"|-{3,}\s*(?:original|forwarded) message\s*-{3,}|begin forwarded message:|sent from my \w+(?: \w+)?\.?)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNATURE = re.compile(r"\n-- ?\n(?:.*(?:\n|\Z)){0,8}\Z")
_QUOTE = re.compile(r"^(?:[>|]\s?)+(?=\S)", re.MULTILINE)
_SOFT_BREAK = re.compile(r"=[ \t]*\r?\n")
_QUOTED_PRINTABLE = re.compile(r"=\r?\n|=3d|=20\s*$|=c3=|=c2=|=e2=8", re.IGNORECASE | re.MULTILINE)
_OCTETS = re.compile(r"(?:=[0-9a-f]{2})+", re.IGNORECASE)

_FIGURE = re.compile("[0-9]")
_HYPHENS = re.compile("-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-")
SHORTEST_CODE = 8
_CODE = re.compile(
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
    r"|\b(?:0x)?(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b"
    r"|(?<![\w+/-])(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{24,}={0,2}(?![\w+/-])"
    r"|(?<![\w+/])(?-i:(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z]))(?=[a-z+/]*\d)[a-z0-9+/]{40,}={0,2}(?![\w+/])",
    re.IGNORECASE | re.ASCII,
)


def plain(text: str, ignore: Sequence[str] | None = None) -> str:
    r"""A text without what is no language.

    ignore : kinds of KINDS; None for all of them

    >>> plain("<p>Trains&nbsp;&amp; <b>tram</b>s<script>alert(1)</script></p>").split()
    ['Trains', '&', 'trams']
    >>> plain("RT @user3: late again https://t.co/1 #x")
    ' late again   #x'
    >>> plain(r"over $\mathbb{R}^n$ in C:\Users, \emph{deep}")
    'over $ {R}^n$ in C:\\Users,  {deep}'
    >>> plain("a <b and List<String>"), plain("see https://x.org/a?b=1.", ())
    ('a <b and List<String>', 'see https://x.org/a?b=1.')
    """
    for kind, take_out in _TAKEN_OUT.items():
        if ignore is None or kind in ignore:
            text = take_out(text)
    return text


def names_a_handle(term: str) -> bool:
    """Whether a term holds somebody's handle.

    >>> names_a_handle("thanks @user3"), names_a_handle("user3")
    (True, False)
    """
    return "@" in term and any(word[0] == "@" for word in term.split())


def kinds(given: Sequence[str] | str | None) -> tuple[str, ...]:
    """Kinds by their names, in the order of KINDS; "all", and None for none of them.

    >>> kinds(["handles", "markup"]), kinds(None)
    (('markup', 'handles'), ())
    """
    if given is None:
        return ()
    named = [given] if isinstance(given, str) else list(given)
    if named == ["all"]:
        return KINDS
    unknown = [name for name in named if name not in KINDS]
    if unknown:
        raise InputError(f"ignore takes {', '.join(map(repr, KINDS))}, 'all' or None, got {unknown[0]!r}")
    return tuple(kind for kind in KINDS if kind in named)


def _without_markup(text: str) -> str:
    for _ in range(3):  # feeds hold markup written in entities, and those in entities again
        before = text
        if "<" in text:
            text = _TAG.sub("\n", _INLINE.sub("", _UNSEEN.sub(" ", text)))
            text = _without_other_tags(text)
        if "&" in text:
            text = _ENTITY.sub(_character, text)
        if text == before:
            break
    if "\\" in text:
        text = _FORMULA.sub(lambda formula: _COMMAND.sub(" ", formula[0]), text)
        text = _COMMAND_WITH_ARGUMENT.sub(" ", text)
    return text if text.isascii() else text.translate(_UNPRINTED)


def _without_other_tags(text: str) -> str:
    ended = {tag[2].lower() for tag in _OTHER_TAG.finditer(text) if tag[1]}

    def parted(tag: re.Match[str]) -> str:
        return "\n" if tag[3] or tag[2].lower() in ended else tag[0]

    return _OTHER_TAG.sub(parted, text) if ended or '="' in text or "='" in text else text


def _character(entity: re.Match[str]) -> str:
    """What an entity stands for; a blank for a name that is none, as "&nbsp;" cased otherwise is."""
    character = html.unescape(entity[0])
    if character == entity[0]:
        character = html.unescape(entity[0].lower())
    return " " if character == entity[0] or character.isspace() else character


def _without_addresses(text: str) -> str:
    lower = text.lower()
    if _may_hold_address(lower):
        # No address has a blank in it, and the search is slow
        words = text.split(" ")
        text = " ".join(
            _ADDRESS.sub(" ", word) if _may_hold_address(word.lower()) else word for word in words
        )
    if _ANY_SITE.search(text):
        text = _SITE.sub(" ", text)
    if "=" in lower and ("&" in lower or any(name in lower for name in _PARAMETER_NAMES)):
        text = _PARAMETERS.sub(" ", text)
    return text


def _may_hold_address(lower: str) -> bool:
    # Most texts are spared 0.3 ms. Written out, which takes a quarter of the time of a loop, because it is asked of each word
    return (
        "://" in lower
        or "@" in lower
        or "www." in lower
        or "mailto:" in lower
        or ("/" in lower and _HOST_AND_PATH.search(lower) is not None)
    )


def _without_attributions(text: str) -> str:
    return _ATTRIBUTION.sub(" ", text) if "@" in text else text


def _without_mail(text: str) -> str:
    if "=" in text and len(_QUOTED_PRINTABLE.findall(text)) > 1:
        text = _OCTETS.sub(_decoded, _SOFT_BREAK.sub("", text))
    if ":" in text and "\n" in text:
        text = _without_headers(text)
    if ":" in text or "ent from" in text.lower():
        text = _MAIL_LINE.sub("", text)
    if "\n" in text:
        text = _QUOTE.sub("", _SIGNATURE.sub("\n", text))
    return text


def _without_headers(text: str) -> str:
    """Without blocks of header lines, two or more, but with what their subject says."""
    kept: list[str] = []
    block: list[str] = []

    def close() -> None:
        headers = sum(bool(_HEADER.match(line) or _SUBJECT.match(line)) for line in block)
        kept.extend(_subjects(block) if headers > 1 else block)
        block.clear()

    for line in text.split("\n"):
        if (
            _HEADER.match(line)
            or _SUBJECT.match(line)
            or (block and line[:1] in (" ", "\t") and line.strip())
        ):
            block.append(line)
        else:
            close()
            kept.append(line)
    close()
    return "\n".join(kept)


def _subjects(block: Sequence[str]) -> list[str]:
    subjects, inside = [], False
    for line in block:
        if line[:1] not in (" ", "\t") or _HEADER.match(line) or _SUBJECT.match(line):
            inside = _SUBJECT.match(line) is not None
        if inside:
            subjects.append(_SUBJECT.sub("", line, count=1))
    return subjects


def _decoded(octets: re.Match[str]) -> str:
    raw = bytes.fromhex(octets[0].replace("=", ""))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _without_codes(text: str) -> str:
    # No code has a blank in it, and each has a figure, but for an identifier of letters with four hyphens
    if any(map(_CODE.search, _with_figures(text))) or _HYPHENS.search(text):
        return _CODE.sub(" ", text)
    return text


def _with_figures(text: str) -> Iterator[str]:
    """What stands between blanks, is long enough for a code and has a figure."""
    end = 0
    for figure in _FIGURE.finditer(text):
        place = figure.start()
        if place < end:
            continue
        start, end = text.rfind(" ", 0, place) + 1, text.find(" ", place)
        end = end if end >= 0 else len(text)
        if end - start >= SHORTEST_CODE:
            yield text[start:end]


# Share of a topic's documents that mention somebody by a handle, from which the topic is about them
SPOKEN_OF = 0.5

# In the order they are taken out: a header is a line before its markup is read, and an address may stand in markup
_TAKEN_OUT: dict[str, Callable[[str], str]] = {
    "mail": _without_mail,
    "markup": _without_markup,
    "handles": _without_attributions,
    "addresses": _without_addresses,
    "codes": _without_codes,
}
KINDS = tuple(_TAKEN_OUT)
