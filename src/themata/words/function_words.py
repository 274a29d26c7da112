"""Small words that published lists of stop words lack: pronouns, auxiliaries, postpositions and the like."""

from __future__ import annotations

from itertools import product

from themata.words import korean, segmentation


def words(code: str) -> frozenset[str]:
    """Those of a language."""
    if code == "zh":
        return segmentation.small_chinese()
    return segmentation.small_thai() if code == "th" else _SMALL.get(code, frozenset())


_JAPANESE = """
    場合 必要 可能 可能性 以上 以下 以来 以外 以前 以後 以降 通常 非常 一部 現在 最初 最後 当時 十分 一般的 基本的 同様 同時 実際 今回 今日 昨日
    明日 自分 自身 全て 全部 一つ 二つ 三つ 多く 近く 様々 様 事 物 為 時 所 訳 人々 皆 互い 更に 既に 特定 最大 最も 一方 他方 一緒 本当 結果 直後 直前 多数 大部分 半分 両方 唯一
    他 後 前 中 間 方 際 頃 今 第 各 約 最 特 等 上 下 内 外 毎 数 全 同 別 目 点 化 者 氏 何 誰 彼等 昨 初 人 年 月 日 時間 分 秒 回 個 万 億 千
    彼ら 彼女ら 我々 自ら 例えば 例 以内 同じ 多い 少ない 良い 大きい 小さい 新しい 高い 低い 長い 短い 近い 強い 早い 広い 受ける 持つ 行う 行く 見る 使う 思う 言う 考える 異なる
    よって ついて とって おける よれば わたって かかわらず かかわる いずれ すべて これら それら あらゆる つまり おそらく いくつ かつて それぞれ しかし
    そして ほとんど はるか さまざま さまざまな できるだけ したり かける かけて かかる 対する 関する まもなく かなり とても さらに あるいは したがって ところが なぜなら たとえば
    やはり もっとも ちょうど まったく ようやく ともに なければ それから それでも つながる もちろん たくさん たいてい しばしば すでに すぐに いつも とくに いかなる どのよう このよう そのよう
    さんざん ために ように ことが ことを しまう みんな みなさん わたし あなた 私たち
"""
_KOREAN = """
    그것 이것 저것 그들 우리 저희 자신 자기 누구 무엇 여기 거기 저기 것 수 때 데 바 줄 중 후 전 등 및 때문 동안 경우 정도 사이 이후 이전 이상 이하 다음 대부분 일부 모든 모두
    다른 많은 많이 작은 큰 좋은 같은 새로운 높은 낮은 가장 매우 아주 더 덜 너무 거의 훨씬 종종 자주 항상 보통 또는 또한 혹은 하지만 그러나 그리고 따라서 그래서 만약 비록 특히 약 두 세 네 몇 몇몇
    여러 각 매 첫 번째 가지 명 개 년 월 일 시 분 위 아래 앞 뒤 안 밖 옆 현재 당시 오늘 오늘날 어제 내일 지금 이미 아직 여전히 다시 함께 서로 스스로 직접 반드시 꼭 잘 못 안
    이러한 그러한 이런 그런 저런 어떤 어느 해당 주요 특정 다양한 필요 가능 가능성 중요한 가까이 주로 마치 적어도 물론 조금 약간 불구 불구하고 위해 위한 위하여 대한 대해 대해서 대하여 따라 따르면 따른
    의해 의한 의하여 통해 통한 통하여 인해 인한 인하여 관한 관해 비해 가지고 가진 가질 가졌다 이루어진 말했다 말했습니다 밝혔다 알려진 알려져 보인다 보이는 볼 본 보고 들어 들어가 나온 나오는 오는 가는 온 간
    받은 받는 받을 받고 만든 만드는 만들어 만들 쓰는 사람 사람들 하나 둘 셋 이 그 저 그녀 당신 나 너 내 네 제 그의 그녀의 아니라 아닌 아니다 아닙니다 것이다 것입니다 것이라고
"""
_VERBS = "있 없 않 했 됐 되었 하였 같 많 좋 크 작 싶"
_FORMS = """
    다 는 은 을 던 고 어 으며 으면 기 게 지 지만 었다 었던 었고 었으며 었지만 었습니다 습니다 다고 다는 도록 으므로 어서 어야 으로 음 음을 기를 기도 기에 거나 는데 으니 자 는지 을지 었을 다면 을까
    아 아서 아요 어요 습니까 나 네
"""
_HINDI = """
    आपको आपका आपकी आपके आपने हम हमें हमारा हमारी हमारे मुझे मेरा मेरी मेरे मैं मैंने तुम तुम्हें तुम्हारा उन्होंने इन्होंने उसने इसने जिसने किसने उनमें इनमें उसमें जिसमें जिसका जिसकी जिसके जिनका जिनकी जिनके इसलिए
    वाला वाली वालों बिना कभी क्योंकि हालाँकि हालांकि ताकि चाहे बल्कि अथवा तथा अन्य अधिक कम ज़्यादा ज्यादा सबसे बेहद बहुत लगभग करीब क़रीब केवल सिर्फ़ सिर्फ अक्सर शायद हमेशा वास्तव पास आगे पीछे ऊपर बीच दौरान
    अलावा अनुसार बारे ओर सामने साथ संयुक्त समान अलग विभिन्न पूर्व पश्चात कारण रूप प्रति तौर जैसी ऐसा ऐसी वैसे इतना इतनी इतने उतना कितनी कितने जाता जाती जाते जाना जाने जाएगा जाएगी गए गयी गई गया दी दिए देना देने देता देती देते
    लेना लेने लेता लेती लेते लिया ली रहता रहती रहते रहना रहने रही रखना रखने करती कीजिए करें किए की हों होगा होगी होंगे हुये सकें सकना पाना पाने पाता पाती पाते चाहिए चाहते चाहता लगता लगते लगा लगी बार एवम् दोनों तीन चार पांच पाँच
    पहला पहली दूसरी तीसरे वर्ष साल दिन समय बड़ा बड़ी बड़े छोटा छोटी छोटे नया नयी नई नए अच्छा अच्छी अच्छे कहाँ कहां क्या क्यों कैसे कैसा कैसी मिल मिला मिलता मिलती मिलते बन बना बनाने आता आती आते आना आने आया आई आए
"""
_TURKISH = """
    olan olarak oldu olduğu olduğunu olmak olması olması olsa olur oluyor olabilir olacak olmayan ise ile için kadar göre sonra önce daha çok en az her bazı birçok pek bu şu o bunun bunlar onun onlar kendi kendisi biz siz ben sen
    var yok değil gibi ancak fakat ama veya ya da hem ne nasıl neden niçin niye hangi kim kimse şey şeyi şeyler yer yere yerde yerin üzerinde üzerine altında içinde içine arasında arasındaki tarafından tarafindan sayesinde nedeniyle yüzünden
    rağmen karşı doğru dolayı beri bile sadece yalnızca artık hala hâlâ hep hiç genellikle genelde sık sıkça çoğu bütün tüm hepsi diğer başka aynı ilk son yeni eski büyük küçük iyi kötü ek bir iki üç dört beş altı yedi sekiz dokuz on yüz bin
    yıl yılda yılında gün günü ay zaman zamanda sırada sırasında yaklaşık ardından geri ayrıca böylece çünkü eğer etti eden ederek edilen edilir eder etmek etmiş ediyor yapan yapılan yaptı yapmak yapar dedi söyledi söylüyor belirtti
"""
_VIETNAMESE = """
    được là và của có cho không các những một trong với khi đã sẽ đang bị bởi này đó kia ấy họ tôi bạn ta mình ông bà anh chị em người nhiều ít rất hơn nhất cũng như để từ đến tới vào ra lên xuống trên dưới ngoài giữa sau trước
    nếu thì mà vì nên nhưng hoặc hay đều vẫn còn đây đấy nào gì ai sao đâu cả mọi mỗi từng vài hai ba bốn năm sáu bảy tám chín mười cái con chiếc cuộc sự việc điều lại nữa thêm chỉ mới vừa phải cần muốn
    rằng tại về theo qua lúc vậy thế đó nơi lần sẽ ở do ngay cùng
"""
_VIETNAMESE_LONGER = """
    có thể, không thể, chúng tôi, chúng ta, bao gồm, đầu tiên, cũng như, ngoài ra, trở nên, trở thành, thường xuyên, tất cả, một số, hầu hết, gần như, ví dụ, chẳng hạn, như vậy, do đó, tuy nhiên, bởi vì, cho biết, cho thấy
    , sau đó, mặc dù, thậm chí, đặc biệt, đối với, giống như, dựa trên, bắt đầu, tạo ra, dẫn đến, diễn ra, xung quanh, nhằm, thông qua, liên quan, hiện tại, hiện nay, ngày nay, hôm nay, nhận thấy, trước đây, trước khi, sau khi, trong khi, bất kỳ, thông thường
    , bên cạnh, bên trong, bên ngoài, trong suốt, khoảng, khác, khác nhau, thuộc, gồm, thường, luôn, làm, đi, lớn, nhỏ, rộng, tốt, cao, thấp, dài, ngắn, thấy, nói, biết, đưa, lấy, giúp
"""
_SMALL = {
    "ja": frozenset(_JAPANESE.split()),
    "ko": frozenset(_KOREAN.split())
    | korean.ENDINGS
    | frozenset(map("".join, product(_VERBS.split(), _FORMS.split()))),
    "hi": frozenset(_HINDI.split()),
    "tr": frozenset(_TURKISH.split()),
    "vi": frozenset(_VIETNAMESE.split()) | frozenset(map(str.strip, _VIETNAMESE_LONGER.split(","))),
}
