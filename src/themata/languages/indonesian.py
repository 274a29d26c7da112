"""Indonesian."""

from themata.languages.language import Language

LANGUAGE = Language(
    code="id",
    name="Indonesian",
    other_names=("ind",),
    attached_endings=tuple("lah kah pun nya".split()),
    conjunction=" dan ",
    nonanswers="tidak ada|tidak tahu|tiada|tak ada",
    column_names={"text": "komentar ulasan jawaban teks isi pesan", "title": "judul", "date": "tanggal"},
)
