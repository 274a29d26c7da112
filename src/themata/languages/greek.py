"""Greek."""

import regex

from themata.languages.language import Language

LANGUAGE = Language(
    code="el",
    name="Greek",
    other_names=("ell", "gre"),
    conjunction=" και ",
    nonanswers=("κανενα|καμια|τιποτα|δεν ξερω|δεν γνωριζω|χωρις σχολιο|χωρις σχολια|δ α|δ ξ|αγνωστο"),
    column_names={
        "text": "κειμενο σχολιο σχολια απαντηση απαντησεις γνωμη περιεχομενο μηνυμα περιγραφη",
        "title": "τιτλος",
        "id": "κωδικος",
        "date": "ημερομηνια ετος",
        "class": "κατηγορια ομαδα",
    },
    script=regex.compile(r"\p{Greek}"),
    script_share=0.25,
)
