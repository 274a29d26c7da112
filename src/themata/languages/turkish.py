"""Turkish: letters with and without dots, endings that an apostrophe parts from names, cases."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from themata.languages.dotless_i import lower, upper, without_suffix
from themata.languages.inflection import cases, surely_oblique
from themata.languages.language import Language, words

_VOWEL = "[ıiuü]"
_CASES = cases(
    ("l[ae]r[ıi]n[ıi]n", "ları leri lar ler", True),
    (f"l[ae]r{_VOWEL}nd[ae]n?|l[ae]r{_VOWEL}n[ae]", "ları leri lar ler", True),
    ("l[ae]r[ıi]n", "lar ler", True),
    ("l[ae]r(?:d[ae]n?|[ae]|[ıi])", "lar ler", True),
    (f"n{_VOWEL}n", "", True),
    (f"{_VOWEL}n", "", False),
    (f"s?{_VOWEL}n[dt][ae]n?", "", True),
    ("[dt][ae]n?", "", False),
    (f"s?{_VOWEL}n[ae]", "", False),
    ("[yn]?[ae]", "", False),
    (f"s{_VOWEL}", "", True),
    (f"[yn]?{_VOWEL}", "", False),
)

_POSSESSED = regex.compile(r"(?<=[ıiuü])n(?:[ıiuü]n|[dt][ae]n?|[ae]|[ıiuü])$")


def possessed(word: str) -> str:
    """The last word of a Turkish phrase, which belongs to the one before it, in the nominative.

    >>> possessed("lenslerinin"), possessed("gribi")
    ('lensleri', 'gribi')
    """
    return str(_POSSESSED.sub("", word))


def _nominative(phrase: tuple[str, ...]) -> tuple[str, ...]:
    return (*phrase[:-1], possessed(phrase[-1]))


def _is_oblique(phrase: Sequence[str]) -> bool:
    """The last word of a longer phrase has an ending for the one before it."""
    return len(phrase) == 1 and surely_oblique(phrase[-1], _CASES)


_FUNCTION_WORDS = """
    olan olarak oldu olduğu olduğunu olmak olması olması olsa olur oluyor olabilir olacak olmayan ise ile için kadar göre sonra önce daha çok en az her bazı birçok pek bu şu o bunun bunlar onun onlar kendi kendisi biz siz ben sen
    var yok değil gibi ancak fakat ama veya ya da hem ne nasıl neden niçin niye hangi kim kimse şey şeyi şeyler yer yere yerde yerin üzerinde üzerine altında içinde içine arasında arasındaki tarafından tarafindan sayesinde nedeniyle yüzünden
    rağmen karşı doğru dolayı beri bile sadece yalnızca artık hala hâlâ hep hiç genellikle genelde sık sıkça çoğu bütün tüm hepsi diğer başka aynı ilk son yeni eski büyük küçük iyi kötü ek bir iki üç dört beş altı yedi sekiz dokuz on yüz bin
    yıl yılda yılında gün günü ay zaman zamanda sırada sırasında yaklaşık ardından geri ayrıca böylece çünkü eğer etti eden ederek edilen edilir eder etmek etmiş ediyor yapan yapılan yaptı yapmak yapar dedi söyledi söylüyor belirtti
"""
LANGUAGE = Language(
    code="tr",
    name="Turkish",
    other_names=("tur",),
    attached_endings=tuple("dır dir dur dür tır tir tur tür ki".split()),
    conjunction=" ve ",
    verbs_last=True,
    nonanswers=(
        "yok|hic|hicbir sey|hicbiri|yorum yok|cevap yok|fikrim yok|bilmiyorum|bilinmiyor|gecerli degil|"
        "belirtilmemis"
    ),
    column_names={
        "text": "yorum yorumlar cevap yanit metin gorus icerik mesaj aciklama",
        "title": "baslik konu",
        "date": "tarih",
        "class": "kategori sinif grup",
    },
    lower=lower,
    upper=upper,
    without_suffix=without_suffix,
    function_words=words(_FUNCTION_WORDS),
    cases=_CASES,
    nominative_of=_nominative,
    is_oblique=_is_oblique,
)
