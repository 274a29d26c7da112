"""Finnish."""

from themata.languages.language import Language

LANGUAGE = Language(
    code="fi",
    name="Finnish",
    other_names=("fin",),
    attached_endings=tuple("kin kaan kään han hän ko kö pa pä kohan köhän pas päs".split()),
    conjunction=" ja ",
    nonanswers="ei mitaan|ei kommentoitavaa|ei vastausta|en tieda|en osaa sanoa|eos|ei ole",
    column_names={
        "text": "kommentti kommentit vastaus vastaukset teksti palaute",
        "title": "otsikko",
        "date": "paivamaara aikaleima",
        "class": "luokka ryhma",
    },
)
