"""Turkish: letters with and without dots, and endings that an apostrophe parts from names."""

from themata.languages.dotless_i import lower_dotless, upper, without_suffix
from themata.languages.language import Language, word_set

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
    lower=lower_dotless,
    upper=upper,
    without_suffix=without_suffix,
    function_words=word_set(_FUNCTION_WORDS),
)
