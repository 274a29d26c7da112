"""What models say, made usable."""

from __future__ import annotations

import pytest

from themata.naming.llm.answers import asks_for_name, read_answer, read_freely, tidy_name, whole_sentences

KEYWORDS = ["whale", "ocean", "harpoon", "ship", "calf"]
WORDING = "Answer in two lines:\nLabel: two to six words for what the whole group is about"

SAID = {
    "Whale hunting": "Whale hunting",
    "Label: Whale hunting": "Whale hunting",
    "label: whale hunting": "Whale hunting",
    "label: today's whales": "Today's whales",
    "label: whale-hunting ships": "Whale-hunting ships",
    "label: iPhone and word2vec": "iPhone and word2vec",
    "label: word2vec": "word2vec",
    "label: p values": "p values",
    "**Label:** Whale hunting\n**Summary:** Ships and harpoons.": "Whale hunting",
    "**Label**: Whale hunting": "Whale hunting",
    "### Label\nLabel: Whale hunting": "Whale hunting",
    "Label:\nWhale hunting\nSummary:\nAll of it.": "Whale hunting",
    '"Whale hunting"': "Whale hunting",
    "“Whale hunting”.": "Whale hunting",
    "«Chasse à la baleine»": "Chasse à la baleine",
    "'Whale hunting'": "Whale hunting",
    "Whale hunting.": "Whale hunting",
    "1. Whale hunting": "Whale hunting",
    "1) Whale hunting\n2) Sea voyages": "Whale hunting",
    "- Whale hunting": "Whale hunting",
    "Label: Whales and whale hunting": "Whale hunting",
    "Whale hunting and hunting whales": "Whale hunting",
    "Ship hunting and whale hunting": "Ship and whale hunting",
    "Topic: Whale hunting": "Whale hunting",
    "Topic name: Whale hunting": "Whale hunting",
    "Sure! Here is a label for the group:\n\nWhale hunting": "Whale hunting",
    "Sure! Here's the label:\n\n**Whale hunting**\n\nLet me know if you need more.": "Whale hunting",
    "Sure, here is the label: Whale hunting": "Whale hunting",
    'Based on the documents, the label is "Whale hunting".': "Whale hunting",
    "The topic is about whale hunting.": "Whale hunting",
    "The best label for this group would be: Whale hunting": "Whale hunting",
    "This group of documents is about whale hunting. They are old.": "Whale hunting",
    "I would label this group: Whale hunting": "Whale hunting",
    "<think>The user wants a label.\nLabel: wrong</think>\nLabel: Whale hunting": "Whale hunting",
    "They mention ships.</think>Whale hunting": "Whale hunting",
    "<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>final<|message|>Whale hunting": "Whale hunting",
    "Whale hunting</s>": "Whale hunting",
    "Whale hunting [/INST] more": "Whale hunting more",
    "<label>Whale hunting</label>": "Whale hunting",
    '{"label": "Whale hunting", "summary": "Ships."}': "Whale hunting",
    '```json\n{"label": "Whale hunting"}\n```': "Whale hunting",
    '{"label": "Whale hunting", "summary": "Ships that ne': "Whale hunting",
    '{"topic": {"x": 1}, "name": "Whale hunting"}': "Whale hunting",
    "Whale_hunting": "Whale hunting",
    "Label: Whale hunting - Summary: Ships and harpoons.": "Whale hunting",
    "Label - Whale hunting": "Whale hunting",
    "Topic models - whales": "Topic models - whales",
    "標籤：捕鯨": "捕鯨",
    "Bezeichnung: Walfang": "Walfang",
    "COVID-19: vaccines": "COVID-19: vaccines",
    "Label: BERT: language models": "BERT: language models",
    "U.S. whaling in the U.S.": "U.S. whaling in the U.S.",
    "iPhone apps": "iPhone apps",
    "t-SNE and UMAP": "t-SNE and UMAP",
    "3D printing": "3D printing",
    "C++ compilers": "C++ compilers",
    "#whales": "Whales",
    "Privacy, security and trust": "Privacy, security and trust",
    "Here Be Dragons": "Here Be Dragons",
    "Sure bets in horse racing": "Sure bets in horse racing",
    'Sure! Here is a short label: **"Whale hunting"**. Let me know if you need more.': "Whale hunting",
    "Here's a label: Whale hunting. I hope this helps!": "Whale hunting",
    "Certainly! Whale hunting": "Whale hunting",
    "Sure thing! Whale hunting\n\nLet me know if you would like another one.": "Whale hunting",
    "I think a good label would be Whale hunting.": "Whale hunting",
    'Based on the documents, I suggest "Whale hunting" as the label.': "Whale hunting",
    "The documents describe whale hunting and its ships.": "Whale hunting and its ships",
    "Whale hunting\n\nThis label captures the essence of the documents.": "Whale hunting",
    'Label: "Whale hunting" - documents about harpoons and ships': "Whale hunting",
    'label = "Whale hunting"': "Whale hunting",
    "‹Whale hunting›": "Whale hunting",
    "`Whale hunting`": "Whale hunting",
    "topic: <Whale hunting>": "Whale hunting",
    "{Whale hunting}": "Whale hunting",
    '"Smart" harpoons and sonar': '"Smart" harpoons and sonar',
    "Okay, so the user wants a label. They mention ships.\n\nWhale hunting": "Whale hunting",
    "Hmm, let me think. Ships, harpoons.\nLabel: Whale hunting": "Whale hunting",
    "<reasoning>Ships.</reasoning>Whale hunting": "Whale hunting",
    "[THINK]Ships.[/THINK]Whale hunting": "Whale hunting",
    "{'label': 'Whale hunting'}": "Whale hunting",
    '{"topic": {"label": "Whale hunting"}}': "Whale hunting",
    '{"labels": ["Whale hunting", "Sea voyages"]}': "Whale hunting",
    '["Whale hunting", "Sea voyages"]': "Whale hunting",
    '{"short_label": "Whale hunting"}': "Whale hunting",
    "Here are three options:\n1. Whale hunting\n2. Sea voyages": "Whale hunting",
    "Vitamin A": "Vitamin A",
    "Logging in": "Logging in",
}


@pytest.mark.parametrize(("text", "name"), SAID.items(), ids=range(len(SAID)))
def test_the_name_is_found_whatever_stands_around_it(text: str, name: str) -> None:
    assert read_answer(text, keywords=KEYWORDS, wording=WORDING).name == name
    assert read_answer(text, keywords=KEYWORDS, wording=WORDING).fault == ""


FAULTY = {
    "": "no label",
    "   \n ": "no label",
    "...": "no label",
    "<think>I am still thinking about": "no label",
    "I'm sorry, but I can't help with that.": "refusal",
    "I cannot provide a label without more context.": "refusal",
    "As an AI language model, I do not have opinions.": "refusal",
    "Label: I'm sorry, I cannot label this": "refusal",
    "Es tut mir leid, das kann ich nicht.": "refusal",
    "Miscellaneous": "says nothing",
    "Topic 3": "says nothing",
    "Label: n/a": "says nothing",
    "whale, ocean, harpoon": "list of keywords",
    "Whale / ocean / ship": "list of keywords",
    "a, b, c, d, e": "list of keywords",
    "whale ocean harpoon ship": "list of keywords",
    "Label: two to six words for what the whole group is about": "repeated the question",
    "These documents tell at length of men who go to sea in ships to hunt whales": "too long: it had 16 words",
    "x" * 200: "too long",
    "Sure!": "no label",
    "Let me know if you need anything else!": "no label",
    "Okay, so the user wants a label. Let me think about": "thinking aloud",
    "We need to find a label. Ships, harpoons": "thinking aloud",
    '{"label":""}': "no label",
    '{"label": null}': "no label",
    "{}": "no label",
    "[]": "no label",
    "null": "says nothing",
    '{"label": "Whale hun': "breaks off",
    "Label: Whale hunting and": "breaks off",
    "Whale, ocean, storm": "list of keywords",
    "The ships that are in the ocean": "a sentence",
    "Stories of old whaling ships and捕鲸": "another language",
    "Whales of every ocean, told by sailors, with harpoons, on ships with sails, in storms": "list of keywords",
}


@pytest.mark.parametrize(("text", "fault"), FAULTY.items(), ids=range(len(FAULTY)))
def test_what_is_no_name_is_told_why(text: str, fault: str) -> None:
    assert fault in read_answer(text, keywords=KEYWORDS, wording=WORDING).fault


def test_the_summary_comes_along() -> None:
    found = read_answer('Label: Whales\nSummary: "Large mammals\u0000 at sea."\nAnything else?')
    assert (found.name, found.summary) == ("Whales", "Large mammals at sea.")
    assert read_answer('{"label": "Whales", "summary": "At sea."}').summary == "At sea."
    assert read_answer("Label: Whales - Summary: At sea.").summary == "At sea."


def test_a_long_summary_is_cut_at_a_word() -> None:
    summary = read_answer("Label: A b\nSummary: " + "word " * 200).summary
    assert len(summary) <= 401 and summary.endswith("word…")


def test_tidying_twice_changes_nothing() -> None:
    for text in SAID:
        assert tidy_name(tidy_name(text)) == tidy_name(text)


CUT = {
    "<think>\nThe documents tell of ships": "cut at 160 tokens, while it was thinking",
    "Okay, so the user wants a label. Let me think about": "cut at 160 tokens, while it was thinking",
    "<|channel|>analysis<|message|>They hunt": "cut at 160 tokens, while it was thinking",
    "": "cut at 160 tokens",
    "Latent Dirichlet Alloc": "the label was cut at 160 tokens",
    '{"label": "Latent Dirichlet Alloc': "the label was cut at 160 tokens",
    "Label: Latent Dirichlet": "the label was cut at 160 tokens",
}


@pytest.mark.parametrize(("text", "fault"), CUT.items(), ids=range(len(CUT)))
def test_what_the_limit_cut_is_no_name_and_says_where(text: str, fault: str) -> None:
    found = read_answer(text, cut_at=160)
    assert found.name == "" and fault in found.fault


def test_a_name_that_was_whole_before_the_limit_cut_the_rest_is_one() -> None:
    found = read_answer("Label: Whales\nSummary: They swim. They are hunted by men in sh", cut_at=160)
    assert (found.name, found.summary, found.fault) == ("Whales", "They swim.", "")
    found = read_answer('{"label": "Whales", "summary": "Large mammals at s', cut_at=160)
    assert (found.name, found.summary) == ("Whales", "")


NAME = "Documents: [DOCUMENTS] Keywords: [KEYWORDS]. Give a short label."
FREELY = [
    (NAME, "Whale hunting", "Whale hunting"),
    (NAME, 'Sure! Here is a short label: **"Trains"**. Let me know if you need more.', "Trains"),
    (NAME, '```json\n{"label": "Baking"}\n```', "Baking"),
    (NAME, "space", "space"),
    (NAME, "null", ""),
    (NAME, '{"label":""}', ""),
    (NAME, "Okay, so the user wants a label. Let me think about", ""),
    (NAME, "I'm sorry, I cannot help with that.", ""),
    (NAME, "trains, stations, tracks", "trains, stations, tracks"),
    (NAME, "The report on trains and the track and the timetable and the carriage and the train and the signal too", ""),
    (NAME, "They are all about how it goes", ""),
    ("Summarize: [DOCUMENTS]", "Sure! Here is a summary:\n\nTrains run. People wait.\n\nLet me know!", "Trains run. People wait."),
    ("Summarize: [DOCUMENTS]", "<think>Hm.</think>Trains run.\nPeople wait.", "Trains run. People wait."),
    ("Summarize: [DOCUMENTS]", "Okay, the user wants a summary. So", ""),
    ("[DOCUMENTS] Angry or calm?", "Tone: calm", "Tone: calm"),
    ("[DOCUMENTS] Angry or calm?", '"calm"', "calm"),
    ("[DOCUMENTS] Five subjects?", "1. Trains\n2. Ships", "1. Trains 2. Ships"),
    ("[DOCUMENTS] Which?", "[]", ""),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "text", "expected"), FREELY, ids=range(len(FREELY)))
def test_an_answer_to_ones_own_prompt_is_read_by_what_the_prompt_asks_for(
    prompt: str, text: str, expected: str
) -> None:
    assert read_freely(text, prompt) == expected


@pytest.mark.parametrize(
    "said",  # by SmolLM2 to the tutorial's prompt
    [
        'In the context of web search, the topic is described by these keywords: "web", "ontology", "data" and "pages"',
        "This article provides information about the development of artificial intelligence, its impact, and society.",
    ],
)
def test_a_sentence_that_holds_a_list_is_no_answer_to_a_prompt_for_a_label(said: str) -> None:
    assert read_freely(said, "Give a short label of at most 5 words. Keywords: [KEYWORDS]") == ""
    assert (
        read_freely("web, ontology, data, pages", "Give a short label: [KEYWORDS]")
        == "web, ontology, data, pages"
    )


def test_a_text_that_was_cut_ends_with_a_whole_sentence() -> None:
    assert read_freely("Trains run. People wa", "Summarize: [DOCUMENTS]", cut_at=9) == "Trains run."
    assert whole_sentences("Trains run along the tra") == "Trains run along the…"


def test_bertopics_and_the_tutorials_prompts_ask_for_a_name() -> None:
    tutorial = (
        "I have a topic that contains the following documents:\n[DOCUMENTS]\n\nThe topic is described by the following "
        "keywords: '[KEYWORDS]'.\n\nBased on the information about the topic above, please create a short label of this "
        "topic. Make sure you to only return the label and nothing more."
    )
    theirs = "Based on the information above, extract a short topic label in the following format:\ntopic: <topic label>"
    assert asks_for_name(tutorial) and asks_for_name(theirs)
    assert not asks_for_name("In two sentences, what are these about? [DOCUMENTS]")


def test_names_that_write_words_together_or_mix_scripts_as_their_topics_do_are_names() -> None:
    for name in (
        "LaTeX and BibTeX files",
        "JavaScript on GitHub",
        "GAN 生成与 PyTorch",
        "用 Python 和 NumPy 编程",
    ):
        assert not read_answer(name, keywords=KEYWORDS, wording=WORDING).fault
    assert not read_answer("Search of MyBigTable", keywords=["MyBigTable", "search"], wording=WORDING).fault
