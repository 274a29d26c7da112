"""Vietnamese, which writes the syllables of a word apart."""

from themata.languages.language import Compounds, Language, word_set

_FUNCTION_WORDS = """
    được là và của có cho không các những một trong với khi đã sẽ đang bị bởi này đó kia ấy họ tôi bạn ta mình ông bà anh chị em người nhiều ít rất hơn nhất cũng như để từ đến tới vào ra lên xuống trên dưới ngoài giữa sau trước
    nếu thì mà vì nên nhưng hoặc hay đều vẫn còn đây đấy nào gì ai sao đâu cả mọi mỗi từng vài hai ba bốn năm sáu bảy tám chín mười cái con chiếc cuộc sự việc điều lại nữa thêm chỉ mới vừa phải cần muốn
    rằng tại về theo qua lúc vậy thế đó nơi lần sẽ ở do ngay cùng
"""
_LONGER = """
    có thể, không thể, chúng tôi, chúng ta, bao gồm, đầu tiên, cũng như, ngoài ra, trở nên, trở thành, thường xuyên, tất cả, một số, hầu hết, gần như, ví dụ, chẳng hạn, như vậy, do đó, tuy nhiên, bởi vì, cho biết, cho thấy
    , sau đó, mặc dù, thậm chí, đặc biệt, đối với, giống như, dựa trên, bắt đầu, tạo ra, dẫn đến, diễn ra, xung quanh, nhằm, thông qua, liên quan, hiện tại, hiện nay, ngày nay, hôm nay, nhận thấy, trước đây, trước khi, sau khi, trong khi, bất kỳ, thông thường
    , bên cạnh, bên trong, bên ngoài, trong suốt, khoảng, khác, khác nhau, thuộc, gồm, thường, luôn, làm, đi, lớn, nhỏ, rộng, tốt, cao, thấp, dài, ngắn, thấy, nói, biết, đưa, lấy, giúp
"""
LANGUAGE = Language(
    code="vi",
    name="Vietnamese",
    other_names=("vie",),
    conjunction=" và ",
    nonanswers="khong|khong co|khong biet|khong co y kien",
    column_names={"text": "nhanxet binhluan noidung traloi vanban ykien", "title": "tieude", "date": "ngay"},
    compounds=Compounds(together=0.45, between=" "),
    function_words=word_set(_FUNCTION_WORDS) | frozenset(map(str.strip, _LONGER.split(","))),
)
