"""Portuguese."""

from themata.languages.language import Language, word_set

LANGUAGE = Language(
    code="pt",
    name="Portuguese",
    other_names=("por",),
    prepositions=word_set("de do da dos das para por"),
    conjunction=" e ",
    before_nouns=word_set("os as um uma uns umas do da dos das ao seu sua seus suas"),
    before_verbs=word_set("não são foi tem muito mais se"),
    after_verbs=word_set("os"),
    nonanswers=(
        "nenhum|nenhuma|nenhum comentario|nada a declarar|nada a acrescentar|sem comentarios|sem comentario|"
        "sem resposta|sem opiniao|nao sei|nao sabe|nao se aplica|nao aplicavel|desconhecido|nao informado"
    ),
    column_names={
        "text": """
            comentarios resposta respostas opiniao avaliacao conteudo mensagem descricao observacao observacoes
            sugestao pergunta
        """,
        "title": "titulo assunto",
        "id": "numero",
        "date": "ano data carimbodedatahora",
        "class": "categoria classe grupo tipo",
    },
)
