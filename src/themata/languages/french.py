"""French."""

from themata.languages.language import Language, word_set

LANGUAGE = Language(
    code="fr",
    name="French",
    other_names=("fra", "fre"),
    elided=("c", "d", "j", "l", "m", "n", "s", "t", "qu", "lorsqu", "jusqu"),
    articles=word_set("la le les"),
    prepositions=word_set("de du des en par"),
    conjunction=" et ",
    before_nouns=word_set(
        """
        la le les du des un une mes tes ses nos vos leurs mon ton son notre votre leur ce cet cette ces aux au
        """
    ),
    before_verbs=word_set(
        """
        je tu il elle nous vous ils elles ne se a peut peuvent est sont être été ont avait très plus
        """
    ),
    after_verbs=word_set("le la les un une des ce cette ces son sa ses leur leurs"),
    nonanswers=(
        "aucun|aucune|aucun commentaire|aucune idee|aucune reponse|aucun avis|rien|rien a dire|"
        "rien a signaler|r a s|ras|rien a ajouter|sans objet|sans reponse|sans avis|ne sait pas|"
        "je ne sais pas|je sais pas|nsp|non applicable|non renseigne|pas de commentaire|pas de reponse|"
        "pas d avis|inconnu|neant"
    ),
    column_names={
        "text": """
            commentaire commentaires avis texte reponse reponses remarque remarques contenu message verbatims
            temoignage question
        """,
        "title": "titre objet sujet",
        "id": "numero identifiant",
        "date": "horodateur",
        "class": "categorie classe groupe",
    },
)
