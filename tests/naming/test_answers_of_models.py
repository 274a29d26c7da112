"""Answers as small instruct models and servers write them to our prompts, and what is read from them.

Written after the manners of Llama 2 7B chat, Mistral 7B, Qwen 1.5 to 3 (1.5 B to 8 B), Gemma, Phi 3, TinyLlama, Llama 3, DeepSeek R1's
small offspring, and gpt-4o-mini.
"""

from __future__ import annotations

import pytest

from themata.naming.llm.answers import read_answer
from themata.naming.llm.prompt_templates import LINES, prompt_text

KEYWORDS = ["whale", "harpoon", "ship", "blubber", "ocean"]
WORDING = f"{prompt_text(None, 'main.md')} {prompt_text(None, 'again.md')}".replace("[WORDS]", LINES.words)
HUNT, TOLD = "Whale hunting", "Ships and harpoons in the hunt for whales."

# what is said, the name, the summary
SAID: list[tuple[str, str, str]] = [
    # Llama 2 7B chat
    (f"  Sure, here's a label for the given group of documents:\n\nLabel: {HUNT}\n\nSummary: {TOLD}", HUNT, TOLD),
    (f"  Label: {HUNT}\nSummary: {TOLD}", HUNT, TOLD),
    (f'  Sure! Based on the information provided, the label for this group of documents could be:\n\nLabel: "{HUNT}"', HUNT, ""),
    (f"Sure! Here is the label and summary for the group:\n\n* Label: {HUNT}\n* Summary: {TOLD}", HUNT, TOLD),
    (f"  Of course! Here is my answer:\n\nLabel: {HUNT}\nSummary: {TOLD}\n\nI hope this helps! Let me know.", HUNT, TOLD),
    (f"  Great! Based on the keywords and documents, here is a label:\n{HUNT}", HUNT, ""),
    # Mistral 7B instruct
    (f" Label: {HUNT}\n\nSummary: {TOLD}", HUNT, TOLD),
    (f' "{HUNT}"\n\nThis group of documents discusses whaling.', HUNT, ""),
    (f" Label: {HUNT} (Whaling)\nSummary: {TOLD}", "Whale hunting (Whaling)", TOLD),
    (f" Label: {HUNT}\nExplanation: {TOLD}", HUNT, TOLD),
    (" Label: Whale Hunting: Ships, Harpoons, and Blubber", "Whale Hunting: Ships, Harpoons, and Blubber", ""),
    # Qwen 1.5 to 3
    (f"```\nLabel: {HUNT}\nSummary: {TOLD}\n```", HUNT, TOLD),
    (f"**Label:** {HUNT}  \n**Summary:** {TOLD}", HUNT, TOLD),
    (f"Label：{HUNT}\nSummary：{TOLD}", HUNT, TOLD),
    ("标签：捕鲸\n摘要：关于捕鲸船和鱼叉。", "捕鲸", "关于捕鲸船和鱼叉。"),
    (f"<think>\n\n</think>\n\nLabel: {HUNT}\nSummary: {TOLD}", HUNT, TOLD),
    (f"<think>\nOkay, the user wants a label.\nLabel: wrong\n</think>\n\n**{HUNT}**", HUNT, ""),
    (f"Label: {HUNT}<|im_end|>\n<|im_start|>user\nThank you!", HUNT, ""),
    (f"{HUNT}<|endoftext|>", HUNT, ""),
    # Gemma
    (f"**Label:** {HUNT} \n**Summary:** {TOLD} \n", HUNT, TOLD),
    (f"Here's the label and summary:\n\n**Label:** {HUNT}\n\n**Summary:** {TOLD}\n\n\n\n", HUNT, TOLD),
    (f"Label: {HUNT}<end_of_turn>", HUNT, ""),
    (f"## Label: {HUNT}\n\n{TOLD}", HUNT, ""),
    # Phi 3, TinyLlama, Falcon: they go on with more tasks, groups or turns of their own
    (f" Label: {HUNT}\nSummary: {TOLD}\n\n\nInstruction 2 (More difficult):\nWrite a poem.", HUNT, TOLD),
    (f"Label: {HUNT}\nSummary: {TOLD}\n\nGroup 2:\nLabel: Cooking\nSummary: Food.", HUNT, TOLD),
    (f"Label: {HUNT}\nUser: Thanks!\nAssistant: You are welcome.", HUNT, ""),
    (f"Answer: Label: {HUNT}\nSummary: {TOLD}", HUNT, TOLD),
    (f"Output:\nLabel: {HUNT}", HUNT, ""),
    # Llama 3 and R1's offspring
    (f"Here is the label and summary:\n\nLabel: {HUNT}\nSummary: {TOLD}", HUNT, TOLD),
    (f"I would suggest the following label:\n\n**{HUNT}**", HUNT, ""),
    (f'The label for this group of documents is: "{HUNT}"', HUNT, ""),
    (f"<|start_header_id|>assistant<|end_header_id|>\n\nLabel: {HUNT}", HUNT, ""),
    (f"Okay, so whales, harpoons.\n</think>\n\nLabel: {HUNT}  \nSummary: {TOLD}", HUNT, TOLD),
    # gpt-4o-mini and other servers
    (f'{{"label":"{HUNT}","summary":"{TOLD}"}}', HUNT, TOLD),
    (f'```json\n{{\n  "label": "{HUNT}",\n  "summary": "{TOLD}"\n}}\n```', HUNT, TOLD),
    (f'{{"Label": "{HUNT}", "Summary": "{TOLD}"}}', HUNT, TOLD),
    (f'Here is the JSON:\n{{"label": "{HUNT}", "summary": "{TOLD}"}}\nLet me know!', HUNT, TOLD),
    (f'[{{"label": "{HUNT}", "summary": "{TOLD}"}}]', HUNT, TOLD),
    (f"Label: {HUNT}  \nSummary: {TOLD}  ", HUNT, TOLD),
    (f"- **Label**: {HUNT}\n- **Summary**: {TOLD}", HUNT, TOLD),
    (f"Label: “{HUNT}”\nSummary: “{TOLD}”", HUNT, TOLD),
    (f"Label: {HUNT} | Summary: {TOLD}", HUNT, TOLD),
    (f"1. Label: {HUNT}\n2. Summary: {TOLD}", HUNT, TOLD),
    (f"Label: <{HUNT}>\nSummary: <{TOLD}>", HUNT, TOLD),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "summary"), SAID, ids=range(len(SAID)))
def test_a_models_answer_is_read_as_it_was_meant(text: str, name: str, summary: str) -> None:
    found = read_answer(text, keywords=KEYWORDS, wording=WORDING)
    assert (found.name, found.summary, found.fault) == (name, summary, "")


UNUSABLE = {
    "  Sure, I'd be happy to help! Here is a label for the group of documents:": "no label",
    "  I apologize, but I cannot provide a label for this group as it contains harmful content.": "refusal",
    "I'm just an AI, it's not within my programming or ethical guidelines to label whaling.": "refusal",
    "Label:\nSummary: Ships and harpoons.": "no label",
    "Label: whale, harpoon, ship, blubber": "list of keywords",
    "Label: two to six words for what the whole group is about\nSummary: one sentence": "repeated the question",
    "Label: Miscellaneous\nSummary: Various documents.": "says nothing",
    "Label: The hunt for whales in all oceans of the world from the age of sail until today": "too long",
    '{"label": "", "summary": ""}': "no label",
    "<think>\nThe documents are about whales, so the label": "no label",
}


@pytest.mark.parametrize(("text", "fault"), UNUSABLE.items(), ids=range(len(UNUSABLE)))
def test_what_cannot_be_used_is_found_out(text: str, fault: str) -> None:
    assert fault in read_answer(text, keywords=KEYWORDS, wording=WORDING).fault
