"""What a model said, made into a name and a summary, or into the reason why it cannot be used."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import regex

MAX_CHARACTERS = 80
MAX_SUMMARY = 400

_THOUGHT = regex.compile(r"(?is)<(think|thinking|thought|reasoning|reflection)>.*?(?:</\1>|\Z)")
_THOUGHT_END = regex.compile(r"(?is)\A.*</(?:think|thinking|thought|reasoning|reflection)>")
_CHANNEL = regex.compile(r"(?s)\A.*<\|channel\|>final<\|message\|>")
_MARKS = regex.compile(
    r"<\|[^|>]{0,40}\|>|</?s>|\[/?INST\]|</?(?:label|topic|answer|doc|name|title|start_of_turn|end_of_turn)>"
)
_LABEL = regex.compile(
    r"(?i)^\W{0,6}(?:\d{1,2}[.):]\s*\W{0,4})?(?:(?:topic|group|short|suggested|final|best|new|my)\W{1,2})*"
    r"(?:label|topic|topic name|name|title|answer|category|theme|heading|"
    r"bezeichnung|thema|titel|titre|thème|étiquette|etiqueta|tema|título|etichetta|titolo|метка|тема|название|"
    r"标签|標籤|主题|主題|ラベル|トピック|레이블|주제)(?:\W{0,4}?\s*[:：]|\W{0,2} [-–—] )\W{0,3}\s*(?P<rest>.*)$"
)
_SUMMARY = regex.compile(
    r"(?i)^\W{0,6}(?:\d{1,2}[.):]\s*\W{0,4})?(?:one.sentence )?(?:summary|description|explanation|zusammenfassung|résumé|resumen|riassunto|"
    r"resumo|резюме|описание|摘要|概要|要約|总结|요약)\W{0,4}?\s*[:：]\W{0,3}\s*(?P<rest>.*)$"
)
_SUMMARY_INSIDE = regex.compile(r"(?i)[\s.;,|*–—-]+(?:summary|zusammenfassung|résumé)\**\s*:\s*(?P<rest>.*)$")
_CHATTER = regex.compile(
    r"(?i)^\W*(?:sure|certainly|of course|okay|ok|great|absolutely|yes|here(?:'s| is| are)|based on|given|thank|i |i'd|"
    r"i would|let me|the (?:best|label|topic|most|following)|this (?:label|group|topic)|my |after |looking |note)\b"
)
_ABOUT = regex.compile(
    r"(?i)^(?:sure\W+|certainly\W+|okay\W+)?(?:i would (?:call|label|name) (?:it|(?:this|the)(?: group| topic)?)(?=[\s:])|"
    r"(?:this|the|these|a (?:good|suitable|fitting)|an appropriate|my)\s(?:\w+\s){0,2}?"
    r"(?:topic|group|cluster|collection|documents?|label|category|name|title|theme)(?:\s(?:for|of|that)\b[^.:]{0,60}?)?\s"
    r"(?:is|are|would be|could be|might be|should be|deals? with|discuss(?:es)?|focus(?:es)? on|covers?))"
    r"\s*(?:all\s)?(?:about\s|related to\s|concerned with\s)?[:\s]*"
)
_REFUSAL = regex.compile(
    r"(?i)^\W*(?:i(?:'|’)?m (?:really |very |so )?sorry|(?:i am |i'm )?sorry|i apologi[sz]e|apologies|i can(?:no|'|’)?t\b|"
    r"i can not|i(?:'m| am|’m) (?:unable|not able)|i (?:won't|will not|do not have|don't have|must decline)|as an ai|i(?:'|’)?(?:m| am) just an ai|"
    r"unfortunately|unable to|cannot (?:determine|provide|label|help|assist)|no (?:documents|label) (?:were |was )?"
    r"(?:provided|given|found)|es tut mir leid|lo siento|je suis désolé|desculpe|mi dispiace|извините|抱歉|对不起|"
    r"申し訳|죄송)"
)
_EMPTY_WORDS = regex.compile(
    r"(?i)^(?:n/?a|none|null|unknown|undefined|label|labels|topic|topics?\W*\d*|group\W*\d*|documents?|keywords?|summary|"
    r"name|title|example|misc|miscellaneous|various|various (?:topics|documents|subjects)|other|others|general|general "
    r"(?:topics?|discussion)|mixed(?: topics)?|your label(?: here)?|string|untitled|answer|no label|collection of documents)$"
)


@dataclass(frozen=True)
class Reading:
    """A name that can be used, or a fault that says why there is none, as a model can be told."""

    name: str
    summary: str = ""
    fault: str = ""


def read(
    text: str, *, keywords: Sequence[str] = (), words: tuple[int, int] = (1, 8), wording: str = ""
) -> Reading:
    """Find the name and the summary in what a model said.

    keywords : of the topic; a list of them is no name
    words : fewest and most words of a name
    wording : the prompt, whose own words are no name

    >>> read("<think>Hm.</think>Sure! Here is a label:\\n\\n1. **\\"Deep sea whales\\"**.").name
    'Deep sea whales'
    >>> read("Label: Whales\\nSummary: Large mammals at sea.")
    Reading(name='Whales', summary='Large mammals at sea.', fault='')
    >>> read("I'm sorry, but I cannot help with that.").fault
    'it was a refusal and no label'
    """
    said = spoken(text)
    if _REFUSAL.match(said):
        return Reading("", fault="it was a refusal and no label")
    name, summary = _fields(said) or _lines(said)
    name, summary = tidy_name(name), _tidy_summary(summary)
    return Reading(name, summary, _fault(name, keywords, words, wording))


def tidy_name(name: str) -> str:
    """A name without quotes, markup, numbering and a final full stop.

    >>> tidy_name("2) `graph_neural_networks`."), tidy_name("U.S. elections in the U.S.")
    ('Graph neural networks', 'U.S. elections in the U.S.')
    """
    name = regex.sub(r"[*`#]+|(?<!\w)_+|_+(?!\w)|[\p{Cc}\p{Cf}]+", " ", name)
    name = " ".join(name.split())
    name = regex.sub(r"^(?:[-–—•>]+\s*|\(?\d{1,2}[.):]\s+|\(?[a-z]\)\s+)+", "", name)
    before = None
    while before != name:
        before = name
        name = _unquoted(name.strip(" \t,;:|"))
        if name.endswith((".", "。")) and not regex.search(
            r"\b\p{L}\.\p{L}?\.?$|\b(?:etc|Inc|Co|vs)\.$", name
        ):
            name = name[:-1]
    if " " not in name and "_" in name:
        name = name.replace("_", " ")
    first = name.split(" ")[0] if name else ""
    return name[:1].upper() + name[1:] if first.islower() and first.isalpha() and len(first) > 1 else name


def spoken(text: str) -> str:
    """What was said aloud: no thoughts, no marks of a chat template."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    text = _CHANNEL.sub("", text)
    text = _THOUGHT_END.sub("", _THOUGHT.sub("", text))
    return _MARKS.sub(" ", text).strip()


def _fields(said: str) -> tuple[str, str] | None:
    """Name and summary of an answer in JSON, whole or cut off."""
    start = said.find("{")
    if start < 0:
        return None
    found = _json(said[start:])
    if isinstance(found, dict):
        lower = {str(key).lower(): value for key, value in found.items()}
        return (
            _first(lower, "label", "name", "topic", "title", "topic_label", "answer"),
            _first(lower, "summary", "description", "explanation"),
        )
    fields = {key.lower(): value for key, value in regex.findall(r'"(\w+)"\s*:\s*"((?:[^"\\]|\\.)*)"', said)}
    if fields:
        return _first(fields, "label", "name", "topic", "title"), _first(fields, "summary", "description")
    return None


def _json(text: str) -> Any:
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except ValueError:
        return None


def _first(fields: dict[str, Any], *names: str) -> str:
    for name in names:
        value = fields.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _lines(said: str) -> tuple[str, str]:
    """Name and summary of an answer in lines, whatever stands around them."""
    lines = [line for line in said.splitlines() if line.strip(" \t*#`-_>~=")]
    name = summary = ""
    rest = []
    for place, line in enumerate(lines):
        if found := _SUMMARY.match(line):
            summary = summary or found["rest"] or " ".join(lines[place + 1 : place + 2])
        elif (found := _LABEL.match(line)) and not name:
            below = next((one for one in lines[place + 1 : place + 2] if not _SUMMARY.match(one)), "")
            while again := _LABEL.match(found["rest"]):  # "Answer: Label: ..."
                found = again
            name = found["rest"].strip(" *_`\"'") or below
        elif not summary:
            rest.append(line)
    name = name or _told(rest)
    if inside := _SUMMARY_INSIDE.search(name):
        name, summary = name[: inside.start()], summary or inside["rest"]
    return name, summary


def _told(lines: Sequence[str]) -> str:
    """The name among lines that do not say which it is."""
    plain = [line for line in lines if not (_CHATTER.match(line) and line.rstrip(" *").endswith((":", "!")))]
    for line in plain or lines:
        short = _ABOUT.sub("", line, count=1)
        if short != line:
            return _quoted(short) or regex.split(r"(?<=[\p{L}\p{N}\)])[.]\s", short)[0]
        if _CHATTER.match(line):
            quoted = _quoted(line)
            after = line.rpartition(":")[2].strip(" *_\"'")
            if quoted or after != line.strip(" *_\"'"):
                return quoted or after
        return line
    return ""


def _quoted(line: str) -> str:
    found = regex.search(r"[\"“„«]([^\"”“»]{2,80})[\"”“»]|\*\*([^*]{2,80})\*\*", line)
    return (found[1] or found[2]) if found else ""


def _unquoted(name: str) -> str:
    pairs = {
        '"': '"',
        "'": "'",
        "“": "”",
        "„": "“",
        "«": "»",
        "‘": "’",
        "「": "」",
        "『": "』",
        "[": "]",
        "(": ")",
    }
    if name.endswith(">") and "<" not in name:
        return name[:-1].strip()
    if len(name) > 1 and pairs.get(name[0]) == name[-1] and name[0] not in name[1:-1]:
        return name[1:-1].strip()
    lone = name[:1] in {'"', "“"} and not regex.search(r'["”]', name[1:])
    open_end = name[-1:] in {'"', "”"} and not regex.search(r'["“]', name[:-1])
    return name[1:] if lone else name[:-1] if open_end else name


def _tidy_summary(summary: str) -> str:
    summary = " ".join(regex.sub(r"[*`#]+|[\p{Cc}\p{Cf}]+", " ", summary).split()).strip("\"'“” <>")
    if len(summary) > MAX_SUMMARY:
        summary = summary[:MAX_SUMMARY].rsplit(" ", 1)[0] + "…"
    return summary


def _fault(name: str, keywords: Sequence[str], words: tuple[int, int], wording: str) -> str:
    """Why a name cannot be used, in words for the model that gave it; empty for a good one."""
    if not regex.search(r"\p{L}", name):
        return "there was no label in it"
    if _REFUSAL.match(name):
        return "it was a refusal and no label"
    if _EMPTY_WORDS.match(name) or _EMPTY_WORDS.match(_singular(name)):
        return f'"{name}" says nothing about the group'
    if _is_echo(name, wording):
        return "it repeated the question"
    if _is_keyword_list(name, keywords):
        return "it was a list of keywords and no label"
    n_words = len(name.split())
    if n_words > words[1] or len(name) > MAX_CHARACTERS:
        return f"the label was too long: it had {n_words} words, and {words[1]} are the most"
    if n_words < words[0] and name.isascii():
        return f"the label was too short: {words[0]} words are the least"
    return ""


def _singular(name: str) -> str:
    return name[:-1] if name.lower().endswith("s") else name


def _is_echo(name: str, wording: str) -> bool:
    """The instruction itself, which small models like to say back."""
    return len(name.split()) >= 4 and name.casefold() in " ".join(wording.split()).casefold()


def _is_keyword_list(name: str, keywords: Sequence[str]) -> bool:
    """Keywords one after another: separated, or in the order they were given.

    >>> _is_keyword_list("whale, sea, ship", ["whale", "sea", "ship"])
    True
    >>> _is_keyword_list("Privacy, security and trust", ["privacy", "data", "attack"])
    False
    """
    known = {word.casefold() for word in keywords}
    parts = [part.strip().casefold() for part in regex.split(r"[,;/|、，]|\s[-–•]\s", name) if part.strip()]
    in_list = sum(part in known for part in parts)
    if len(parts) >= 5 or (len(parts) >= 3 and in_list >= 3):
        return True
    first = [word.casefold() for word in keywords[:4]]
    return len(first) == 4 and " ".join(name.casefold().replace(",", " ").split()).startswith(" ".join(first))
