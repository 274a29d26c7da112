"""What people read of HTML, Markdown and e-mails: the text, without what tells a program how to show or send it."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import regex

from themata.core.errors import InputError
from themata.read.messages import body_of, holds_reply, is_message, without_reply

MARKUPS = ("auto", "none", "html", "markdown", "email")

_CLOSED = re.compile(
    r"</(?:a|abbr|article|b|blockquote|body|center|code|dd|div|dl|dt|em|figure|font|h[1-6]|html|i|li|main|ol|p|pre|s|section"
    r"|small|span|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul)\s*>|<(?:br|hr|p|img|li)\b[^<>]*>|<!doctype html",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_PAGE = re.compile(r"<(?:!doctype|html|body)\b", re.IGNORECASE)
_PREFORMATTED = re.compile(r"<pre\b.*?</pre\s*>", re.IGNORECASE | re.DOTALL)
_UNSEEN = "script, style, noscript, template, svg, iframe, object, head, select, [hidden]"
_AROUND = "nav, footer, aside, form, button, dialog, [role=navigation], [role=contentinfo], [aria-hidden=true]"  # of a page
_QUOTED = (
    "blockquote[type=cite], .gmail_quote, .gmail_signature, .moz-signature, .moz-cite-prefix, .yahoo_quoted"
)
_PARAGRAPHS = "p, h1, h2, h3, h4, h5, h6, blockquote, pre, table, ul, ol, dl, article, section, figure, hr"
_LINES = "div, br, li, tr, dt, dd, figcaption, caption, header, main, address, option"
# Stand for breaks until the white space of the source is gone
_CELL, _LINE, _PARAGRAPH = ("\x1d", "\x1e", "\x1f")

_STRONG = regex.compile(
    r"!?\[[^\]\n]+\]\((?:https?:|mailto:|/|\.|#|<)[^)\n]*\)|^(?:```|~~~)|(?<![\w*])\*\*(?=\S)[^*\n]+(?<=\S)\*\*(?![\w*])"
    r"|^\|?[ \t]*:?-{3,}:?[ \t]*\|",
    regex.MULTILINE,
)
_STRONG_MARKS = ("](", "```", "~~~", "**", "---")  # one is in every such sign
# Signs of which two make Markdown, and what is in each
_WEAK = tuple(
    (marks, re.compile(pattern, re.MULTILINE))
    for marks, pattern in (
        (("# ",), r"^#{1,6} +\S"),
        (("\n",), r"(?:^[ \t]*[-*+] +\S.*\n){2}"),
        (("`",), r"(?<!`)`[^`\n]+`(?!`)"),
        (("===", "---"), r"^(?:={3,}|-{3,})[ \t]*$"),
        ((">",), r"^> ?\S"),
        (("__",), r"(?<!\w)__(?=\S)[^_\n]+__(?!\w)"),
    )
)
# One is in every Markdown. A character alone is looked for in a tenth of the time, and most texts lack most of them
_MARKS = {
    "]": ("](",),
    "~": ("~~~",),
    "*": ("* ", "**"),
    "-": ("- ", "---"),
    "=": ("===",),
    "#": ("# ",),
    "+": ("+ ",),
    ">": ("> ",),
    "`": ("`",),
    "_": ("__",),
}
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_WIDE = r"[\p{Han}\p{Hiragana}\p{Katakana}]"
_BETWEEN_UNSPACED = regex.compile(rf"(?<={_WIDE}) *\n *(?={_WIDE})")


@dataclass(frozen=True)
class Cleaned:
    """texts : as people read them · kinds : (n,) "html", "markdown" or "email" where that is another text, else None"""

    texts: list[str]
    kinds: list[str | None]

    @property
    def counts(self) -> dict[str, int]:
        """How many texts of each kind there were."""
        return dict(Counter(kind for kind in self.kinds if kind is not None).most_common())


def clean(texts: Iterable[str], markup: str = "auto") -> Cleaned:
    """What people read of texts.

    markup : "html", "markdown" or "email"; "auto" finds out for each text, "none" leaves all as they are

    >>> clean(["<p>Late &amp; <b>slow</b></p><script>go()</script>", "a <b and c", "**Late** [again](https://x.org)"]).texts
    ['Late & slow', 'a <b and c', 'Late again']
    >>> clean(["It works now.\\n\\nOn Mon, 3 May 2024, Ann <a@b.org> wrote:\\n> Does it?"]).counts
    {'email': 1}
    """
    pairs = [cleaned(text, markup) for text in texts]
    return Cleaned([text for text, _ in pairs], [kind for _, kind in pairs])


def cleaned(text: str, markup: str = "auto") -> tuple[str, str | None]:
    """What people read of a text, and its kind where that is another text."""
    if markup not in (*MARKUPS, *BODIES):
        raise InputError(f"markup is {', '.join(MARKUPS)}, got {markup!r}")
    kind = kind_of(text) if markup == "auto" else markup
    if kind is None or kind == "none":
        return text, None
    read = {"html": text_of_html, "markdown": text_of_markdown, "email": text_of_email, **BODIES}[kind]
    plain = read(text)
    return (plain, "email" if kind in BODIES else kind) if plain != text.strip() else (text, None)


def kind_of(text: str) -> str | None:
    """The markup of a text, None for none. What only looks like it, as in "a <b and c", List<String>, 2**3, is none."""
    if is_message(text) or holds_reply(text):
        return "email"
    if ("<" in text and _CLOSED.search(text)) or (
        "&" in text and html.unescape(text) != text and _ENTITY.search(text)
    ):
        return "html"
    if not any(first in text and any(mark in text for mark in marks) for first, marks in _MARKS.items()):
        return None
    if any(mark in text for mark in _STRONG_MARKS) and _STRONG.search(text):
        return "markdown"
    signs = (any(mark in text for mark in marks) and sign.search(text) for marks, sign in _WEAK)
    return "markdown" if sum(map(bool, signs)) > 1 else None


def text_of_html(text: str, *, of_mail: bool = False) -> str:
    """What a browser shows of HTML, of a whole page without its menus and footers.

    of_mail : without quoted messages and signatures, as programs for mail mark them
    """
    if "<" not in text:
        once = html.unescape(text)
        # Some programs write whole HTML as entities; a text that only speaks of a tag has no end of one
        return text_of_html(once) if "</" in once and _CLOSED.search(once) else _tidy(once)
    from selectolax.lexbor import LexborHTMLParser

    kept = _PREFORMATTED.sub(lambda match: match[0].replace("\n", "<br>"), text)
    tree = LexborHTMLParser(kept.encode("utf-8", "replace").decode())
    if tree.body is None:
        return ""
    unseen = _UNSEEN.replace(", head", "") + (f", {_AROUND}" if _PAGE.search(text) else "")
    for node in tree.body.css(unseen + (f", {_QUOTED}" if of_mail else "")):
        node.decompose()
    for selector, mark in ((_PARAGRAPHS, _PARAGRAPH), (_LINES, _LINE), ("td, th", _CELL)):
        for node in tree.body.css(selector):
            node.insert_before(mark)
            node.insert_after(mark)
    for node in tree.body.css("img[alt]"):
        node.insert_after(f" {node.attributes.get('alt') or ''} ")
    return _tidy(_with_breaks(tree.body.text()))


def title_of_html(text: str) -> str | None:
    """The title of a page, else its first heading."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(text.encode("utf-8", "replace").decode())
    for name in ("title", "h1"):
        node = tree.css_first(name)
        if node is not None and node.text().strip():
            return " ".join(node.text().split())
    return None


def text_of_markdown(text: str) -> str:
    """The text of Markdown, GitHub's tables among it; code stays, addresses of links and pictures do not."""
    return text_of_html(_parser().render(_FRONT_MATTER.sub("", text.replace("\r\n", "\n"), count=1)))


def text_of_email(text: str) -> str:
    """What the sender of an e-mail wrote: no headers but the subject, no quoted messages, no signature."""
    if is_message(text):
        subject, body, is_html = body_of(text)
        body = text_of_html(body, of_mail=True) if is_html else body
        body = without_reply(body)
        return _tidy(f"{subject}\n\n{body}" if subject else body)
    if _CLOSED.search(text):
        text = text_of_html(text, of_mail=True)
    return _tidy(without_reply(text))


# Of bodies of e-mails, whose headers have been read
BODIES: dict[str, Callable[[str], str]] = {
    "body of an e-mail": lambda text: _tidy(without_reply(text)),
    "body of an e-mail in HTML": lambda text: _tidy(without_reply(text_of_html(text, of_mail=True))),
}


@lru_cache(maxsize=1)
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _with_breaks(text: str) -> str:
    """White space of the source as one blank, or none between characters of scripts without blanks; breaks as lines."""
    text = _BETWEEN_UNSPACED.sub("", text)
    text = regex.sub(r"[^\S\x1d\x1e\x1f]+", " ", text)
    text = regex.sub(r"[ \x1d]*\x1d[ \x1d]*", "  ", text)
    text = regex.sub(r" *\x1f[ \x1e\x1f]*| *\x1e[ \x1e]*\x1f[ \x1e\x1f]*", "\n\n", text)
    return str(regex.sub(r" *\x1e[ \x1e]*", "\n", text))


def _tidy(text: str) -> str:
    """Without invisible characters and blanks at the ends of lines."""
    text = text.replace("\xa0", " ").translate(_INVISIBLE).replace("\r\n", "\n")
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


_INVISIBLE = str.maketrans(dict.fromkeys("\u00ad\u200b\u2060\ufeff"))
