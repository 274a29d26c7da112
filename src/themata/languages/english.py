"""English: what tells verbs from nouns by where they stand and which forms they have."""

from __future__ import annotations

from collections.abc import Callable

import regex

from themata.languages.language import Language, word_set
from themata.languages.word_contexts import KNOWN, WordUses

# Have no past in -ed
_ORDERS = frozenset("set put make add let keep get do use run build send read write cut".split())


def is_imperative(word: str, of: Callable[[str], WordUses]) -> bool:
    """Whether a word is mostly an order, as in lists of changes: it begins sentences, and has a past of its own.

    of : the uses of a word
    """
    uses = of(word)
    if uses.total < 5 or 2 * uses.opening < uses.total - uses.after_word or uses.things > 0.2 * uses.total:
        return False
    roots = [word, *(word[:-n] for n in (1, 2) if word.endswith("s"))]
    past = (form for root in roots if len(root) > 2 for form in _past(root))
    return word.endswith("ed") or word in _ORDERS or any(of(form).total for form in past)


def is_verb_by_use(word: str, uses: WordUses) -> bool:
    """Whether a word in -s is what something does: it ends no sentence, and no small word tells a thing."""
    return word.endswith("s") and uses.total >= KNOWN and uses.closing + uses.things <= 0.02 * uses.total


def plurals(word: str) -> tuple[str, ...]:
    """What the plural of a word may be; a plural's own is itself.

    >>> plurals("class"), plurals("query"), plurals("key"), plurals("matrix"), plurals("files")
    (('classes',), ('queries',), ('keys', 'keyes'), ('matrices', 'matrixes'), ('files',))
    """
    if word.endswith(("ix", "ex")):
        return word[:-2] + "ices", word + "es"
    if word.endswith("sis"):
        return (word[:-2] + "es",)
    if word.endswith(("ss", "us", "is", "x", "sh", "ch")):
        return (word + "es",)
    if word.endswith("y") and word[-2:-1] not in tuple("aeou"):
        return (word[:-1] + "ies",)
    return (word,) if word.endswith("s") else (word + "s", word + "es")


def _past(word: str) -> tuple[str, ...]:
    """
    >>> _past("apply"), _past("drop"), _past("update")
    (('applied',), ('droped', 'dropped'), ('updated',))
    """
    if word.endswith("e"):
        return (word + "d",)
    return (word[:-1] + "ied",) if word.endswith("y") else (word + "ed", word + word[-1] + "ed")


def _stop_words() -> frozenset[str]:
    """stopwordsiso's list takes words such as "computer", "home" and "system" for empty."""
    return _SCIKIT_LEARNS - _CONTENT_WORDS | _CONTRACTIONS


# Its ENGLISH_STOP_WORDS, which it has from the Glasgow Information Retrieval Group: importing them takes a second
_SCIKIT_LEARNS = word_set(
    """
    a about above across after afterwards again against all almost alone along already also although always am
    among amongst amoungst amount an and another any anyhow anyone anything anyway anywhere are around as at
    back be became because become becomes becoming been before beforehand behind being below beside besides
    between beyond bill both bottom but by call can cannot cant co con could couldnt cry de describe detail do
    done down due during each eg eight either eleven else elsewhere empty enough etc even ever every everyone
    everything everywhere except few fifteen fifty fill find fire first five for former formerly forty found
    four from front full further get give go had has hasnt have he hence her here hereafter hereby herein
    hereupon hers herself him himself his how however hundred i ie if in inc indeed interest into is it its
    itself keep last latter latterly least less ltd made many may me meanwhile might mill mine more moreover
    most mostly move much must my myself name namely neither never nevertheless next nine no nobody none noone
    nor not nothing now nowhere of off often on once one only onto or other others otherwise our ours
    ourselves out over own part per perhaps please put rather re same see seem seemed seeming seems serious
    several she should show side since sincere six sixty so some somehow someone something sometime sometimes
    somewhere still such system take ten than that the their them themselves then thence there thereafter
    thereby therefore therein thereupon these they thick thin third this those though three through throughout
    thru thus to together too top toward towards twelve twenty two un under until up upon us very via was we
    well were what whatever when whence whenever where whereafter whereas whereby wherein whereupon wherever
    whether which while whither who whoever whole whom whose why will with within without would yet you your
    yours yourself yourselves
    """
)

_CONTENT_WORDS = word_set("bill computer cry fire system mill interest detail sincere")
_CONTRACTIONS = word_set(
    """
    don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't couldn't shouldn't hasn't haven't hadn't
    i'm i've i'll i'd you're you've you'll you'd he's she's it's we're we've we'll they're they've they'll that's
    there's what's let's who's ain't im ive dont doesnt didnt cant isnt wont also however using used use
    """
)
_LIGHT = word_set(
    """
    able actual actually add added allow allows already ask asked called calling certain changed changing asking based become becomes begin bring came cause checked come comes
    coming consider  did different does doing done easy enough ever far feel finally find finding follow following following get gets getting give
    given gives giving go goes going gone good got great guess happen happened happening happy having hear heard hello help
    helped helping hey hi hope important include including instead just keep just kind kinds know known large later leave
    left let like liked likes little look looked looking looks lot lots made make makes making maybe mean means need needed
    needing needs nice novel old particular please possible present propose proposed provide put quite really recent recently respective right
    said saw say saying says see seem seems seen short shown shows simple small soon specific specified start started starting stop stuff
    sure take taken takes taking talk talked tell telling tells thank thanks thing things think thinking thought today told
    took total tried true try trying turn use used useful uses using various wait want wanted wanting wants way ways went
    wish wonder wondering worked working works worth yes yesterday
    """
)
LANGUAGE = Language(
    code="en",
    name="English",
    other_names=("eng",),
    articles=word_set("a an the"),
    prepositions=word_set("of for in to on with at by from as into over about between per"),
    conjunction=" and ",
    before_nouns=word_set(
        """
        a an the of for in to on with at by from as into over about between per this these those my your his her its
        our their some any each every no another both all other such
        """
    ),
    before_verbs=word_set(
        """
        i we you he she it they who to can could will would shall should may might must do does did don't doesn't
        didn't not cannot can't won't please let's let how am is are was were be been being i'm you're we're it's have
        has had i've having so very too more most less quite really just also only already never always often
        """
    ),
    after_verbs=word_set(
        """
        a an the my your his her its our their this that these those me us it them him whether if
        """
    ),
    nonanswers=(
        "none|nothing|nothing to add|nothing else|nothing comes to mind|no comment|no comments|no answer|"
        "no response|no reply|no opinion|no idea|no clue|not applicable|not available|not sure|unsure|"
        "unknown|dont know|do not know|i dont know|i do not know|dk|dkna|idk|dunno|i have no idea|"
        "prefer not to say|prefer not to answer|rather not say|refused|left blank|skip|skipped|"
        "no further comments|none at all|not answered|unanswered|no text|no data"
    ),
    column_names={
        "text": """
            freetext verbatim verbatims remark remarks note notes opinion opinions suggestion suggestions complaint
            testimonial inquiry statement transcript narrative caption reply comments
        """,
        "id": "nr no num number respondent respondentid rowid caseid guid id",
        "date": "year submitted posted createdat publishedat starttime endtime submitdate",
        "class": "type sort kind sentiment topic section department tag",
    },
    stop_words=_stop_words,
    light_words=_LIGHT,
    not_noun=regex.compile(r"(?<=...)(?:ly|(?<!e)ed)$"),
    may_be_verb=regex.compile("ing$"),
    adverb=regex.compile("ly$"),
    is_imperative=is_imperative,
    is_verb_by_use=is_verb_by_use,
    plurals=plurals,
)
