"""What a model said, made into a name and a summary, or into the reason why it cannot be used."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import regex

from themata.chat.thoughts import is_musing, spoken
from themata.core.words_of_names import stem
from themata.core.words_of_names import words as words_of
from themata.naming.phrases.phrase_counts import ARTICLES, PREPOSITIONS

MAX_CHARACTERS = 80
MAX_SUMMARY = 400
MOST_WORDS = 16  # of a name that a prompt of the user's asks for, in the form that it likes
_AROUND = " \t\r\n.\"'`*_}])>”’»›"
# Lines of a prompt that ask for the name ("Label:"), and for text beside it ("a summary in two sentences")
_WANTS_NAME = regex.compile(
    r"(?i)\b(?:label|name|title|heading|headline|caption|topic:|bezeichnung|titel|überschrift|titre|étiquette|nombre|título|"
    r"etiqueta|titolo|etichetta|название|заголовок)s?\b|topic:|标签|標籤|标题|標題|タイトル|ラベル|제목|레이블"
)
_WANTS_TEXT = regex.compile(
    r"(?i)\b(?:summary|summari[sz]e|sentences?|paragraphs?|explain|explanation|zusammenfassung|sätzen?|résumé|phrases?|resumen|"
    r"riassunto|abstract of)\b|摘要|要約|总结|요약"
)

# Lines of an answer: "**Topic label:** Deep sea whales", "Summary: Mammals at sea.", and both on one line
_LABEL = regex.compile(
    r"(?i)^\W{0,6}(?:\d{1,2}[.):]\s*\W{0,4})?(?:(?:topic|group|short|suggested|final|best|new|my)\W{1,2})*"
    r"(?:label|topic|topic name|name|title|answer|category|theme|heading|"
    r"bezeichnung|thema|titel|titre|thème|étiquette|etiqueta|tema|título|etichetta|titolo|метка|тема|название|"
    r"标签|標籤|主题|主題|ラベル|トピック|레이블|주제)(?:\W{0,4}?\s*[:：=]|\W{0,2} [-–—] )[^\w\"'“„«‹「『`*{\[(<]{0,3}\s*(?P<rest>.*)$"
)
_SUMMARY = regex.compile(
    r"(?i)^\W{0,6}(?:\d{1,2}[.):]\s*\W{0,4})?(?:one.sentence )?(?:summary|description|explanation|zusammenfassung|résumé|resumen|riassunto|"
    r"resumo|резюме|описание|摘要|概要|要約|总结|요약)\W{0,4}?\s*[:：]\W{0,3}\s*(?P<rest>.*)$"
)
_SUMMARY_INSIDE = regex.compile(r"(?i)[\s.;,|*–—-]+(?:summary|zusammenfassung|résumé)\**\s*:\s*(?P<rest>.*)$")
# A line beside the name: "Here is a label for the topic", "Based on the documents"
_CHATTER = regex.compile(
    r"(?i)^\W*(?:sure|certainly|of course|okay|ok|great|absolutely|yes|here(?:'s| is| are)|based on|given|thank|i |i'd|"
    r"i would|let me|the (?:best|label|topic|most|following)|this (?:label|group|topic)|my |after |looking |note)\b"
)
# Before the name, on its line: "I would call this group ...", "The documents are mostly about ..."
_ABOUT = regex.compile(
    r"(?i)^(?:sure\W+|certainly\W+|okay\W+)?(?:(?:i|we) (?:think|believe|feel|would say)(?: that)?\s)?(?:i would (?:call|label|name) (?:it|(?:this|the)(?: group| topic)?)(?=[\s:])|"
    r"(?:this|the|these|a (?:good|suitable|fitting)|an appropriate|my)\s(?:\w+\s){0,2}?"
    r"(?:topic|group|cluster|collection|documents?|label|category|name|title|theme)(?:\s(?:for|of|that)\b[^.:]{0,60}?)?\s"
    r"(?:\w+ly\s)?(?:is|are|would be|could be|might be|should be|deals? with|discuss(?:es)?|describes?|focus(?:es)? on|covers?|"
    r"concerns?|explores?|talks? about|(?:is|are) \w+ly)|i(?:'|’)?(?:d| would)? ?(?:suggest|propose|recommend)(?: the)?(?: (?:label|name|title|topic))?)"
    r"\s*(?:all\s)?(?:about\s|related to\s|concerned with\s)?[:\s]*"
)
# "Sure thing!", "Got it."
_OPENING = regex.compile(
    r"(?i)^\W{0,3}(?:sure(?: thing)?|certainly|of course|absolutely|great|okay|ok|alright|gladly|no problem|yes|understood|"
    r"got it)\b\s*[!.:]+(?:\s+|$)"
)
# "... Let me know if you need more", "... This label captures all of them"
_CLOSING = regex.compile(
    r"(?i)(?:^|[.!?…)*_\"”'\]]+\s+|\s+[-–—]\s+)(?:(?:please )?let me know|i hope\b|hope (?:this|that|it)\b|feel free|please note|"
    r"is there anything|would you like|do you want me|if you (?:need|have|want|would)|this (?:label|name|topic|title) (?:\w+ly )?"
    r"(?:captures|reflects|describes|is|was|covers|summari[sz]es|encompasses|represents)|thank you for|you(?:'|’)re welcome)"
    r"(?s:.*)$"
)
# "The documents describe how whales sing" is no name
_SENTENCE = regex.compile(
    r"(?i)^(?:the|this|these|those|they|it|we|you|i|there|our|all)\b.*\b(?:is|are|was|were|will|can|has|have|had|"
    r"discuss(?:es)?|describes?|explores?|covers?|deals?|focus(?:es)?|contains?|provides?|examines?|presents?|mentions?)\b"
)
# All sentences of a text but one that breaks off
_WHOLE = regex.compile(r"""(?s).*[.!?。！？]["”')\]]?(?=\s|$)""")
# "Whales and", "Storms -"
_BREAKS_OFF = regex.compile(r"(?:\s(?:and|or|of|the|a|an|und|oder|et|ou|&)|[,/&(–—-])$")
# {"label": "Deep sea wh
_OPEN_JSON = regex.compile(r"\"\w+\"\s*:\s*\"(?:[^\"\\]|\\.)*\Z")
# "null", "None.", "--"
_NOTHING = regex.compile(r"(?i)^\W*(?:null|none|nil|undefined|nan|true|false)?\W*$")
_NAME_KEYS = ("label", "name", "topic", "title", "heading", "theme", "category", "answer")
_SUMMARY_KEYS = ("summary", "description", "explanation")
# "I'm sorry, but ...", "As an AI ..."
_REFUSAL = regex.compile(
    r"(?i)^\W*(?:i(?:'|’)?m (?:really |very |so )?sorry|(?:i am |i'm )?sorry|i apologi[sz]e|apologies|i can(?:no|'|’)?t\b|"
    r"i can not|i(?:'m| am|’m) (?:unable|not able)|i (?:won't|will not|do not have|don't have|must decline)|as an ai|i(?:'|’)?(?:m| am) just an ai|"
    r"unfortunately|unable to|cannot (?:determine|provide|label|help|assist)|no (?:documents|label) (?:were |was )?"
    r"(?:provided|given|found)|es tut mir leid|lo siento|je suis désolé|desculpe|mi dispiace|извините|抱歉|对不起|"
    r"申し訳|죄송)"
)
# "Miscellaneous", "Topic 3", "Various documents": names of any topic
_EMPTY_WORDS = regex.compile(
    r"(?i)^(?:n/?a|none|null|unknown|undefined|label|labels|topic|topics?\W*\d*|group\W*\d*|documents?|keywords?|summary|"
    r"name|title|example|misc|miscellaneous|various|various (?:topics|documents|subjects)|other|others|general|general "
    r"(?:topics?|discussion)|mixed(?: topics)?|your label(?: here)?|string|untitled|answer|no label|collection of documents)$"
)


@dataclass(frozen=True)
class Reading:
    """A name that can be used, or a fault that says why there is none, as a model can be told.

    name : empty where nothing was said that could be one; with a fault of its form, what was said
    """

    name: str
    summary: str = ""
    fault: str = ""


def read_answer(
    text: str,
    *,
    keywords: Sequence[str] = (),
    words: tuple[int, int] = (1, 8),
    wording: str = "",
    cut_at: int | None = None,
    upper: bool = True,
) -> Reading:
    """Find the name and the summary in what a model said.

    keywords : of the topic; a list of them is no name
    words : fewest and most words of a name
    wording : the prompt, whose own words are no name
    cut_at : tokens after which the limit ended the answer; a name that ends with it may be half of one
    upper : a name begins with a capital

    >>> read_answer("<think>Hm.</think>Sure! Here is a label:\\n\\n1. **\\"Deep sea whales\\"**.").name
    'Deep sea whales'
    >>> read_answer("Label: Whales\\nSummary: Large mammals at sea.")
    Reading(name='Whales', summary='Large mammals at sea.', fault='')
    >>> read_answer("I'm sorry, but I cannot help with that.").fault
    'it was a refusal and no label'
    >>> read_answer("<think>The documents tell of", cut_at=160).fault
    'there was no label in it: it was cut at 160 tokens, while it was thinking'
    """
    said = spoken(text)
    if _REFUSAL.match(said):
        return Reading("", fault="it was a refusal and no label")
    raw, summary = _name_and_summary(said)
    if cut_at is not None and (not said or is_musing(raw)):
        return Reading(
            "", fault=f"there was no label in it: it was cut at {cut_at} tokens, while it was thinking"
        )
    if is_musing(raw):
        return Reading("", fault="there was no label in it: it was thinking aloud")
    name = tidy_name(said_once(tidy_name(raw, upper=False)), upper=upper)
    at_the_end = bool(name) and said.rstrip(_AROUND).endswith(raw.rstrip(_AROUND))
    if at_the_end and cut_at is not None:
        return Reading("", fault=f"the label was cut at {cut_at} tokens")
    if at_the_end and _OPEN_JSON.search(said):
        return Reading("", fault="the label breaks off")
    summary = _tidy_summary(summary)
    if cut_at is not None:
        summary = "".join(_WHOLE.findall(summary)).strip()
    void = _void(name, wording)
    return Reading("" if void else name, summary, void or _misshapen(name, keywords, words))


def read_freely(text: str, prompt: str, *, cut_at: int | None = None) -> str:
    """What a model said to a prompt of the user's: the name where one is asked for, and else the text; "" for nothing.

    prompt : it asks for a name where it speaks of a label, name or title, and of no sentence or summary
    cut_at : tokens after which the limit ended the answer

    >>> read_freely('Sure! Here is a short label: **"Trains"**. Let me know ...', "[KEYWORDS] A label, please")
    'Trains'
    >>> read_freely("Sure! Here is a summary:\\n\\nTrains run. People wait.\\n\\nLet me know!", "Summarize [DOCUMENTS]")
    'Trains run. People wait.'
    """
    if asks_for_name(prompt):
        reading = read_answer(text, words=(1, MOST_WORDS), wording=prompt, cut_at=cut_at, upper=False)
        # A list of keywords is what a prompt may well ask for; a sentence that holds one is not
        is_list = len(reading.name.split()) <= MOST_WORDS and _is_keyword_list(reading.name, ())
        return reading.name if is_list or not reading.fault else ""
    said = spoken(text)
    if _REFUSAL.match(said) or _NOTHING.match(said) or is_musing(said):
        return ""
    fields = _fields(said)
    if fields is not None:
        return " ".join(filter(None, map(_tidy_summary, fields)))
    lines = [line for line in said.splitlines() if line.strip(" \t*#`-_>~=")]
    kept = [line for line in lines if not (_CHATTER.match(line) and line.rstrip(" *").endswith((":", "!")))]
    answer = " ".join(_CLOSING.sub("", _OPENING.sub("", " ".join(kept))).split())
    label = _LABEL.match(answer) if len(kept) == 1 else None
    answer = _unquoted(label["rest"] if label else answer)
    return whole_sentences(answer) if cut_at is not None else answer


def asks_for_name(prompt: str) -> bool:
    """Whether a prompt of the user's asks for the name of a topic, rather than for a text.

    >>> asks_for_name("Give a short label: [KEYWORDS]"), asks_for_name("[KEYWORDS] A title and a summary")
    (True, False)
    """
    return bool(_WANTS_NAME.search(prompt)) and not _WANTS_TEXT.search(prompt)


def whole_sentences(text: str) -> str:
    """A text that was cut, as far as its last whole sentence; with an ellipsis where it has none.

    >>> whole_sentences("Ships sail. They ha"), whole_sentences("Ships sa")
    ('Ships sail.', 'Ships…')
    """
    whole = "".join(_WHOLE.findall(text)).strip()
    return whole or ((text.rsplit(" ", 1)[0].rstrip(" ,;:") + "…") if " " in text else text)


def tidy_name(name: str, *, upper: bool = True) -> str:
    """A name without quotes, markup, numbering and a final full stop.

    >>> tidy_name("2) `graph_neural_networks`."), tidy_name("U.S. elections in the U.S.")
    ('Graph neural networks', 'U.S. elections in the U.S.')
    """
    name = regex.sub(r"[*`#]+|(?<!\w)_+|_+(?!\w)|[\p{Cc}\p{Cf}]+", " ", name)
    name = " ".join(name.split())
    before = None
    while before != name:
        before = name
        name = regex.sub(r"^(?:[-–—•>]+\s*|\(?\d{1,2}[.):]\s+|\(?[a-z]\)\s+)+", "", name)
        name = _unquoted(name.strip(" \t,;:|"))
        if name.endswith((".", "。")) and not regex.search(
            r"\b\p{L}\.\p{L}?\.?$|\b(?:etc|Inc|Co|vs)\.$", name
        ):
            name = name[:-1]
    if " " not in name and "_" in name:
        name = name.replace("_", " ")
    first = name.split(" ")[0] if name else ""
    return name[:1].upper() + name[1:] if upper and _LOWER_WORD.fullmatch(first) else name


def _name_and_summary(said: str) -> tuple[str, str]:
    """Name and summary, wherever they stand in what was said."""
    fields = _fields(said)
    return _lines(said) if fields is None else fields


def _fields(said: str) -> tuple[str, str] | None:
    """Name and summary of an answer in JSON, whole or cut off; None where it is in no JSON."""
    start = min((at for at in (said.find("{"), said.find("[")) if at >= 0), default=-1)
    if start < 0:
        return None
    value = _json(said[start:])
    if isinstance(value, dict | list):
        if isinstance(value, dict) or all(isinstance(entry, str | dict) for entry in value):
            return _first(value, _NAME_KEYS), _first(value, _SUMMARY_KEYS)
        return None
    pairs = {key.lower(): value for key, value in regex.findall(r'"(\w+)"\s*:\s*"((?:[^"\\]|\\.)*)"?', said)}
    return (_first(pairs, _NAME_KEYS), _first(pairs, _SUMMARY_KEYS)) if pairs else None


def _json(text: str) -> Any:
    """The value that a text begins with, in JSON or as Python writes it; None where it begins with none."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except ValueError:
        pass
    whole = text[: max(text.rfind("}"), text.rfind("]")) + 1]
    if "'" not in whole:
        return None
    try:
        return ast.literal_eval(whole)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _first(value: Any, names: Sequence[str]) -> str:
    """The first text under one of the names, a list's first, in the order of the names and then deeper."""
    if isinstance(value, list):
        if value and isinstance(value[0], str):
            return value[0] if names is _NAME_KEYS else ""
        return next(filter(None, (_first(entry, names) for entry in value)), "")
    if not isinstance(value, dict):
        return ""
    fields = {str(key).lower().strip(): field for key, field in value.items()}
    for name in names:
        for key, field in fields.items():
            if name in (key, key.removesuffix("s"), regex.split(r"[\s_-]", key)[-1]):
                said = field[0] if isinstance(field, list) and field else field
                if isinstance(said, str) and said.strip():
                    return said
    return next(
        filter(None, (_first(entry, names) for entry in fields.values() if isinstance(entry, dict))), ""
    )


def _lines(said: str) -> tuple[str, str]:
    """Name and summary of an answer in lines, whatever stands around them."""
    lines = [line for line in said.splitlines() if line.strip(" \t*#`-_>~=")]
    name = summary = ""
    rest = []
    for place, line in enumerate(lines):
        if match := _SUMMARY.match(line):
            summary = summary or match["rest"] or " ".join(lines[place + 1 : place + 2])
        elif (match := _LABEL.match(line)) and not name:
            below = next(
                (line_below for line_below in lines[place + 1 : place + 2] if not _SUMMARY.match(line_below)),
                "",
            )
            while again := _LABEL.match(match["rest"]):  # "Answer: Label: ..."
                match = again
            name = _alone(_CLOSING.sub("", match["rest"])).strip(" *_`\"'") or below
        elif not summary:
            rest.append(line)
    name = name or _name_among(rest)
    if inside := _SUMMARY_INSIDE.search(name):
        name, summary = name[: inside.start()], summary or inside["rest"]
    return name, summary


def _name_among(lines: Sequence[str]) -> str:
    """The name among lines that do not say which it is."""
    aloud = [line for line in lines if not is_musing(line)]
    said = [line for line in (_CLOSING.sub("", line) for line in aloud or lines) if line.strip()]
    plain = [line for line in said if not (_CHATTER.match(line) and line.rstrip(" *").endswith((":", "!")))]
    for whole in plain or said:
        line = _OPENING.sub("", whole, count=1)
        if not line.strip():
            continue
        while label := _LABEL.match(line):  # "Sure! Label: ..."
            line = label["rest"]
        short = _ABOUT.sub("", line, count=1)
        if short != line:
            return _quoted(short) or str(regex.split(r"(?<=[\p{L}\p{N}\)])[.]\s", short)[0])
        if _CHATTER.match(line):
            quoted = _quoted(line)
            after = line.rpartition(":")[2].strip(" *_\"'")
            if quoted or after != line.strip(" *_\"'"):
                return quoted or after
        return str(line)
    return ""


def _alone(rest: str) -> str:
    """What stands in quotes, or in bold, before more is said of it.

    >>> _alone('"Baking" - documents about bread'), _alone('"Smart" cities')
    ('Baking', '"Smart" cities')
    """
    match = regex.match(
        r"^\W{0,2}?(?:\*\*)?[\"“„«‹`]([^\"”“»›`]{2,80})[\"”“»›`](?:\*\*)?(?=\s*(?:[-–—.,;:!?(]|$))", rest
    )
    bold = regex.match(r"^\W{0,2}?\*\*([^*]{2,80})\*\*(?=\s*(?:[-–—.,;:!?(]|$))", rest)
    return match[1] if match else bold[1] if bold else rest


def _quoted(line: str) -> str:
    match = regex.search(r"[\"“„«‹]([^\"”“»›]{2,80})[\"”“»›]|\*\*([^*]{2,80})\*\*", line)
    return (match[1] or match[2]) if match else ""


_CLOSED_BY = dict(zip("\"'“„«‘‹{<「『[(", "\"'”“»’›}>」』])", strict=True))


def _unquoted(name: str) -> str:
    if name.endswith(">") and "<" not in name:
        return name[:-1].strip()
    if len(name) > 1 and _CLOSED_BY.get(name[0]) == name[-1] and name[0] not in name[1:-1]:
        return name[1:-1].strip()
    lone = name[:1] in {'"', "“"} and not regex.search(r'["”]', name[1:])
    open_end = name[-1:] in {'"', "”"} and not regex.search(r'["“]', name[:-1])
    return (name[1:] if lone else name[:-1] if open_end else name).strip()


def _tidy_summary(summary: str) -> str:
    summary = " ".join(regex.sub(r"[*`#]+|[\p{Cc}\p{Cf}]+", " ", summary).split()).strip("\"'“” <>")
    if len(summary) > MAX_SUMMARY:
        summary = summary[:MAX_SUMMARY].rsplit(" ", 1)[0] + "…"
    return summary


_JOINS = regex.compile(r"(?i)[,\s](?:and|or|und|oder|et|ou|y|o|e|&)\s")
_LOWER_WORD = regex.compile(r"\p{Ll}+(?:['’-]\p{Ll}+)*(?<=..)")
_UNSPACED_SCRIPT = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
_LATIN_WORD = regex.compile(r"\p{Latin}{2,}")


def _void(name: str, wording: str) -> str:
    """Why nothing that was said can be a name, in words for the model that said it; empty where something may be."""
    if not regex.search(r"\p{L}", name) or (_NOTHING.match(name) and not name[:1].isupper()):
        return "there was no label in it"
    if _REFUSAL.match(name):
        return "it was a refusal and no label"
    if _EMPTY_WORDS.match(name) or _EMPTY_WORDS.match(_singular(name)):
        return f'"{name}" says nothing about the group'
    if _is_echo(name, wording):
        return "it repeated the question"
    return ""


def _misshapen(name: str, keywords: Sequence[str], words: tuple[int, int]) -> str:
    """Why what was said is not in the form of a name, in words for the model that said it; empty for a good one."""
    if _is_keyword_list(name, keywords):
        return "it was a list of keywords and no label"
    n_words = len(name.split())
    if n_words > words[1] or len(name) >= MAX_CHARACTERS:
        return f"the label was too long: it had {n_words} words, and {words[1]} are the most"
    if n_words < words[0] and name.isascii():
        return f"the label was too short: {words[0]} words are the least"
    if _BREAKS_OFF.search(name):
        return "the label breaks off"
    if n_words > 3 and _SENTENCE.match(name):
        return "it was a sentence and no label"
    said = " ".join(keywords)
    mixes = _UNSPACED_SCRIPT.search(name) and len(_LATIN_WORD.findall(name)) >= 3
    if keywords and mixes and not _UNSPACED_SCRIPT.search(said):
        return "it fell into another language"
    return ""


def _singular(name: str) -> str:
    return name[:-1] if name.lower().endswith("s") else name


def _is_echo(name: str, wording: str) -> bool:
    """The instruction itself, which small models like to say back."""
    said = name.casefold().split()
    return len(said) >= 4 and " ".join(said) in " ".join(wording.casefold().split())


def said_once(name: str) -> str:
    """A name of two halves without what both say: the fuller one where the other says nothing new, a last word once.

    >>> [said_once(name) for name in ("Luggage and lost luggage", "Time zone and time", "Reminders and reminders")]
    ['lost luggage', 'Time zone', 'Reminders']
    >>> said_once("Evolutionary algorithms and genetic algorithms"), said_once("Rental car rental")
    ('Evolutionary and genetic algorithms', 'Rental car')
    >>> [said_once(name) for name in ("Salt and pepper", "Theory of games and design of games", "Day by day")]
    ['Salt and pepper', 'Theory of games and design of games', 'Day by day']
    """
    halves = _JOINS.split(name)
    if len(halves) == 1:
        stems_of_all = [stem(word) for word in words_of(name)]
        again = len(stems_of_all) > 2 and stems_of_all[0] == stems_of_all[-1]
        return _without_last_word(name) if again else name
    if len(halves) != 2:
        return name
    stems = [{stem(word) for word in words_of(half)} for half in halves]
    if not all(stems):
        return name
    if stems[1] <= stems[0]:
        return str(halves[0])
    if stems[0] <= stems[1]:
        return str(halves[1])
    if halves[0].split()[-1].casefold() != halves[1].split()[-1].casefold():
        return name
    return _without_last_word(halves[0]) + name[len(halves[0]) :]


def _without_last_word(text: str) -> str:
    """As it is where the last word belongs to a preposition: "design of games"."""
    before, _, _ = text.rpartition(" ")
    return before if before and before.split()[-1].casefold() not in PREPOSITIONS | ARTICLES else text


def _is_keyword_list(name: str, keywords: Sequence[str]) -> bool:
    """Keywords one after another: separated, or in the order they were given.

    >>> _is_keyword_list("whale, sea, ship", ["whale", "sea", "ship"])
    True
    >>> _is_keyword_list("Privacy, security and trust", ["privacy", "data", "attack"])
    False
    >>> _is_keyword_list("Harbors, tides, lighthouses", ["whale", "sea", "ship"])
    True
    """
    known = {word.casefold() for word in keywords}
    parts = [part.strip().casefold() for part in regex.split(r"[,;/|、，]|\s[-–•]\s", name) if part.strip()]
    in_list = sum(part in known for part in parts)
    joined = _JOINS.search(f" {parts[-1]}" if parts else "")
    if len(parts) >= 5 or (len(parts) >= 3 and (not joined or in_list >= 3)):
        return True
    first = [word.casefold() for word in keywords[:4]]
    return len(first) == 4 and " ".join(name.casefold().replace(",", " ").split()).startswith(" ".join(first))
