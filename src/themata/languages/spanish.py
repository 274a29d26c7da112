"""Spanish."""

from __future__ import annotations

import regex

from themata.languages.language import Language, word_set


def _between(name: str, other: str) -> str:
    """ "y" is "e" before its own sound: "Agua e islas", but "Agua y hielo"."""
    return " e " if regex.match(r"h?[ií](?![aeo])", other, regex.IGNORECASE) else " y "


LANGUAGE = Language(
    code="es",
    name="Spanish",
    other_names=("spa",),
    articles=word_set("la"),
    prepositions=word_set("de del para por con en"),
    conjunction=" y ",
    before_nouns=word_set(
        """
        la los el las lo un una unos unas del al mi tu su sus este esta estos estas
        """
    ),
    before_verbs=word_set("yo él ella se puede pueden es fue era ha han había muy más"),
    after_verbs=word_set("los el las la una un"),
    nonanswers=(
        "ninguno|ninguna|ningun comentario|nada|nada que decir|nada que anadir|sin comentarios|"
        "sin comentario|sin respuesta|sin opinion|no se|no lo se|no sabe|no contesta|ns nc|nsnc|no aplica|"
        "no procede|no corresponde|desconocido|s d|sin dato|sin datos"
    ),
    column_names={
        "text": """
            comentario comentarios texto textos respuesta respuestas opinion resena contenido mensaje descripcion
            observacion observaciones sugerencia pregunta
        """,
        "title": "titulo asunto",
        "id": "numero identificador",
        "date": "fecha marcatemporal",
        "class": "categoria clase grupo tipo etiqueta",
    },
    between=_between,
)
