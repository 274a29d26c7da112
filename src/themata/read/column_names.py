"""Names that people give to columns, in many languages and in several words."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex

# By role, without accents; the names of `roles.ROLES` belong to them. English, German, French, Spanish, Portuguese,
# Italian, Dutch, the Nordic languages, Polish, Czech, Hungarian, Romanian, Turkish, Russian, Ukrainian, Greek, Arabic,
# Hebrew, Hindi, Chinese, Japanese, Korean, Indonesian, Vietnamese
FOREIGN: dict[str, str] = {
    "text": """
        freetext verbatim verbatims remark remarks note notes opinion opinions suggestion suggestions complaint testimonial
        inquiry statement transcript narrative caption reply comments
        kommentar kommentare antwort antworten freitext freitextantwort anmerkung anmerkungen bemerkung bemerkungen inhalt
        beschreibung nachricht meinung bewertungstext ruckmeldung rueckmeldung hinweis hinweise aussage frage beitrag rezension
        begrundung wortlaut volltext dokument beschwerde anliegen
        commentaire commentaires avis texte reponse reponses remarque remarques contenu message verbatims temoignage question
        comentario comentarios texto textos respuesta respuestas opinion resena contenido mensaje descripcion observacion
        observaciones sugerencia pregunta
        comentarios resposta respostas opiniao avaliacao conteudo mensagem descricao observacao observacoes sugestao pergunta
        commento commenti testo testi risposta risposte recensione contenuto messaggio descrizione osservazioni domanda
        opmerking opmerkingen tekst antwoord antwoorden reactie toelichting bericht beschrijving inhoud vraag
        kommentarer svar tekst fritekst fritext omdome beskrivning innehall meddelande beskrivelse innhold besked
        kommentti kommentit vastaus vastaukset teksti palaute
        komentarz komentarze odpowiedz odpowiedzi opinia opinie tresc opis uwagi wiadomosc pytanie
        komentar komentare odpoved odpovedi nazor obsah popis poznamka zprava otazka dotaz recenze
        megjegyzes valasz valaszok velemeny szoveg tartalom uzenet leiras hozzaszolas
        raspuns raspunsuri comentariu comentarii parere continut mesaj descriere recenzie
        yorum yorumlar cevap yanit metin gorus icerik mesaj aciklama
        текст тексты комментарий комментарии ответ ответы отзыв отзывы сообщение содержание описание мнение вопрос примечание
        коментар коментарі відповідь відгук зміст опис
        κειμενο σχολιο σχολια απαντηση απαντησεις γνωμη περιεχομενο μηνυμα περιγραφη
        نص النص تعليق التعليق تعليقات رد الرد إجابة الإجابة رأي محتوى المحتوى رسالة وصف ملاحظات
        טקסט תגובה תגובות הערה הערות תשובה תוכן הודעה תיאור
        टिप्पणी पाठ उत्तर समीक्षा संदेश
        文本 评论 評論 内容 內容 正文 意见 意見 回答 回复 留言 反馈 反饋 描述 问题 留言內容
        コメント 回答 本文 テキスト 内容 意見 ご意見 感想 自由記述 自由回答 口コミ レビュー メッセージ 説明
        댓글 코멘트 의견 답변 내용 본문 텍스트 리뷰 후기 메시지 설명
        komentar ulasan jawaban teks isi pesan
        nhanxet binhluan noidung traloi vanban ykien
    """,
    "title": """
        titel uberschrift ueberschrift betreff titre objet sujet titulo asunto assunto titolo oggetto onderwerp otsikko tytul
        temat nazev predmet cim targy titlu subiect baslik konu заголовок название тема τιτλος عنوان العنوان כותרת शीर्षक
        标题 標題 题目 主题 主題 タイトル 件名 題名 見出し 제목 judul tieude rubrik overskrift
    """,
    "id": """
        nr no num number nummer lfdnr laufnummer kennung fallnummer numero numer cislo sorszam azonosito identifiant
        identificador identificatore guid respondent respondentid rowid caseid номер ид код κωδικος رقم מזהה 编号 編號 序号 番号
        번호 id
    """,
    "date": """
        datum zeitstempel zeitpunkt erstellt erstelldatum jahr horodateur fecha marcatemporal ano data dataora
        informazionicronologiche carimbodedatahora tijdstempel dato tidsstampel tidspunkt paivamaara aikaleima rok rocznik
        ev idopont keltezes tarih дата время год отметкавремени ημερομηνια ετος تاريخ التاريخ תאריך תיאריך दिनांक तारीख 日期
        时间 時間 时间戳 日付 日時 年月日 タイムスタンプ 날짜 일시 타임스탬프 tanggal ngay year submitted posted createdat publishedat
        starttime endtime submitdate
    """,
    "class": """
        kategorie kategorien klasse gruppe rubrik thema art kind type sort categorie classe groupe categoria clase grupo tipo
        etiqueta categorie groep luokka ryhma kategoria klasa grupa kategorija trieda skupina osztaly csoport tema kategori sinif
        grup категория класс группа тип κατηγορια ομαδα فئة تصنيف קטגוריה श्रेणी 类别 類別 分类 分類 类型 カテゴリ カテゴリー 分類 種類
        카테고리 분류 유형 sentiment topic section department abteilung tag
    """,
}
# Words that say a column is none of these, whatever else its name holds: "comment length", "answer language"
_ELSE = frozenset(
    "length len count score rating rank stars lang language sprache langue idioma url link len words tokens likes votes "
    "user username author autor name email mail lat lon latitude longitude price anzahl nombre".split()
)
_ORDER = ("id", "date", "class", "title", "text")  # "comment id" is an id, "review title" a title
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*|\d+")
_CAMEL = regex.compile(r"(?<=\p{Ll})(?=\p{Lu})")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_LONG = 6  # letters of a name from which it is known at the end of another: "Kundenkommentar"


def role_of(name: str) -> tuple[str, bool] | None:
    """The role that a name of a column says, and whether that is all it says.

    >>> role_of("Kommentar"), role_of("Kundenkommentar"), role_of("comment_id"), role_of("ご意見・ご感想")
    (('text', True), ('text', False), ('id', False), ('text', False))
    """
    words = _WORD.findall(_bare(_CAMEL.sub(" ", name)))
    whole = "".join(words)
    known = _known()
    if whole in known:
        return known[whole], True
    if not words or _ELSE & {*words}:
        return None
    roles = {known[word] for word in words if word in known}
    if _UNSPACED.search(whole):
        roles |= {
            role for word, role in known.items() if _UNSPACED.match(word) and len(word) > 1 and word in whole
        }
    else:
        roles |= {role for word, role in known.items() if len(word) >= _LONG and words[-1].endswith(word)}
    role = next((role for role in _ORDER if role in roles), None)
    return None if role is None else (role, False)


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """The role of each name; one that several roles have is of the first of them: German "Thema" is a class."""
    from themata.read.columns import ROLES

    found: dict[str, str] = {}
    for role in ("text", "title", "id", "date", "class"):
        for name in (*ROLES[role], *FOREIGN[role].split()):
            found.setdefault("".join(_WORD.findall(_bare(name))), role)
    return found


def _bare(name: str) -> str:
    """Without accents, in lower case: "Überschrift" and "uberschrift" are one."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    latin = regex.sub(r"(?<=\p{Latin})\p{M}+|(?<=\p{Greek})\p{M}+", "", apart)
    return unicodedata.normalize("NFC", latin).replace("ø", "o").replace("æ", "ae").replace("ł", "l")
