"""The rounds of asking: all topics at once, then those whose answer cannot be used, then those named alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from themata.chat.context_window import SMALLER, prompt_size
from themata.chat.thoughts import spoken
from themata.core.errors import ChatError, PromptTooLong
from themata.core.protocols import Answer, Progress, Prompt, Tokens
from themata.core.words_of_names import key
from themata.naming.distinct import Distinct
from themata.naming.llm.answer_cache import Cached
from themata.naming.llm.answer_format import AS_BEFORE, SPARE_WORDS, fewer_words, length
from themata.naming.llm.answers import Reading, read_answer
from themata.naming.llm.brief import FEW_LINES, Brief, fitted
from themata.naming.llm.faithfulness import Faithfulness
from themata.naming.llm.prompt_templates import Wording, filled, prompt_text
from themata.naming.llm.questions import SHRINKS

OnName = Callable[[Brief, str], None]  # what a model saw, and the name that it has just written
SHARE = 1 / 3  # of the first round's tokens that may be asked again
FEWEST = 6  # topics of a round that may be asked again, whatever they cost


@dataclass
class Case:
    """One topic on its way to a name.

    said : the model's last words
    reading : what they mean
    failed : why there is no name, empty when there is one
    lengthy : why a name that can be used is longer than was asked for, empty where it is not
    misled : the brief of the first round, where some document of it gave orders
    patched : a keyword was added to its name, which another topic has too
    """

    brief: Brief
    prompt: Prompt
    said: str = ""
    reading: Reading = field(default_factory=lambda: Reading(""))
    failed: str = "never asked"
    lengthy: str = ""
    error: ChatError | None = None
    misled: Brief | None = None
    patched: bool = False

    @property
    def topic(self) -> int:
        return self.brief.topic


class Rounds:
    """Asks a chat about topics until each has a name that can be used, or has been asked twice.

    What is asked again costs at most a third of the first round, but for a few topics that may always be.
    """

    def __init__(
        self,
        chat: Cached,
        words: Wording,
        faithfulness: Faithfulness,
        tokens: Tokens,
        *,
        max_tokens: int,
        name_words: tuple[int, int],
        progress: Progress | None = None,
        on_name: OnName | None = None,
    ) -> None:
        self.chat = chat
        self.words = words
        self.faithfulness = faithfulness
        self.tokens = tokens
        self.max_tokens = max_tokens
        self.name_words = name_words
        self.progress = progress
        self.on_name = on_name
        self.n_again = self.n_apart = self.n_answered = 0
        self.over: ChatError | None = None  # where none was answered: asking for more is in vain
        self.prompt_tokens = self.answer_tokens = 0
        self._allowance = 0.0  # tokens of prompts that may still be asked again
        self._schema = words.form.schema if words.form else None
        form = words.form.again if words.form else AS_BEFORE
        self._again, self._apart = (
            prompt_text(None, name).replace("[FORM]", form).replace("[WORDS]", length(name_words))
            for name in ("again.md", "apart.md")
        )

    def name(self, cases: Sequence[Case], beside: Sequence[Prompt] = ()) -> Sequence[Answer | ChatError]:
        """Ask about all, and once more about those whose answer cannot be used.

        beside : other questions, which go out with the first round
        returns : their answers, as they are
        """
        self._allowance = SHARE * sum(prompt_size(case.prompt, self.tokens) for case in cases)
        answers = self._ask(cases, beside)
        self._shrink(cases)
        self._ask_again(cases)
        errors = [case.error for case in cases]
        if errors and None not in errors and not any(isinstance(error, PromptTooLong) for error in errors):
            self.over = errors[0]
        return answers

    def _ask_again(self, cases: Sequence[Case]) -> None:
        """Ask once more about topics without a name that can be used, then about those whose name is long."""
        again: list[Case] = []
        for case in cases:
            if case.failed and case.error is None and not self._knows_no_more(case):
                brief, prompt = self._retry(case)
                if self._affords(prompt, len(again)):
                    case.misled = case.brief if brief is not case.brief else case.misled
                    case.brief, case.prompt = brief, prompt
                    again.append(case)
        shorter: list[tuple[Case, Case]] = []
        for case in cases:
            if case.lengthy and not case.failed:
                second = self._shorter_name(case)
                if self._affords(second.prompt, len(again) + len(shorter)):
                    shorter.append((case, second))
        self.n_again += len(again) + len(shorter)
        self._ask([*again, *(second for _, second in shorter)])
        for case, second in shorter:
            if not second.failed and not second.lengthy:
                case.reading, case.lengthy = second.reading, ""
        for case in cases:
            if not case.failed and self._is_cut(case.reading.name):
                case.failed = case.lengthy

    def _shrink(self, cases: Sequence[Case]) -> None:
        """Ask again, with less in the prompts, about topics whose prompts the model refused for their length."""
        context = self.tokens.context
        for _ in range(SHRINKS):
            long = [case for case in cases if isinstance(case.error, PromptTooLong)]
            smaller = []
            for case in long:
                refused = prompt_size(case.prompt, self.tokens) + self.max_tokens
                limit = case.error.limit if isinstance(case.error, PromptTooLong) else None
                context = min(context, self.tokens.context, limit or context)
                if context >= refused:
                    context = int(SMALLER * refused)
            for case in long:
                brief = fitted(case.brief, self.words.prompt, self.tokens, self.max_tokens, context=context)
                if brief != case.brief:
                    case.brief, case.prompt = brief, self.words.prompt(brief)
                    smaller.append(case)
            if not smaller:
                return
            self.n_again += len(smaller)
            self._ask(smaller)

    def tell_apart(self, cases: Sequence[Case], distinct: Distinct) -> None:
        """Ask topics with one name for better ones, each shown the other; what is still alike gets a keyword."""
        alike = distinct.alike()
        tried: list[Case] = []
        for case, others in alike:
            neighbors = "\n".join(f"- {self._described(cases, distinct, row)}" for row in others)
            question = filled(self._apart, {"LABEL": case.reading.name, "OTHERS": neighbors})
            prompt = self._follow_up(case, question)
            if self._affords(prompt, len(tried)):
                tried.append(Case(case.brief, prompt))
        self.n_apart = len(tried)
        self._ask(tried)
        seconds = {second.topic: second for second in tried}
        for case, _ in alike:
            second = seconds.get(case.topic)
            if second is None:
                continue
            if not second.failed and not distinct.has(second.reading.name):
                case.reading = Reading(second.reading.name, second.reading.summary or case.reading.summary)
        distinct.settle()

    def _affords(self, prompt: Prompt, n_asked: int) -> bool:
        """Whether a prompt may be asked again beside those of its round, taken off what may be spent."""
        cost = prompt_size(prompt, self.tokens)
        if n_asked >= FEWEST and cost > self._allowance:
            return False
        self._allowance -= cost
        return True

    def _described(self, cases: Sequence[Case], distinct: Distinct, row: int) -> str:
        """What one topic is told of another with its name."""
        for case in cases:
            if case.topic == row:
                words, documents = ", ".join(case.brief.keywords), case.brief.documents
                if not documents:
                    return f"keywords {words}"
                return (
                    f"keywords {words}; one of its documents: <doc>{self.tokens.cut(documents[0], 60)}</doc>"
                )
        return f"keywords {', '.join(distinct.keywords(row))}"

    def _ask(self, cases: Sequence[Case], beside: Sequence[Prompt] = ()) -> Sequence[Answer | ChatError]:
        """Ask about the cases, and read what is said; returns the answers to the questions beside."""
        if not cases and not beside:
            return []
        asked = (replace(case.prompt, max_tokens=self.max_tokens, schema=self._schema) for case in cases)
        prompts = [*asked, *beside]
        n_arrived = 0

        def arrived(place: int, answer: Answer | ChatError) -> None:
            nonlocal n_arrived
            n_arrived += 1
            if self.progress is not None:
                self.progress(n_arrived, len(prompts))
            if self.on_name is not None and place < len(cases) and isinstance(answer, Answer):
                reading = self._reading(cases[place], answer)
                if not reading.fault:
                    self.on_name(cases[place].brief, reading.name)

        outcomes = self.chat.complete(prompts, on_answer=arrived)
        for case, answer in zip(cases, outcomes, strict=False):
            self._read(case, answer)
        self._hold_to_topics([case for case in cases if not case.failed])
        answers = outcomes[len(cases) :]
        for prompt, answer in zip(beside, answers, strict=True):
            if isinstance(answer, Answer):
                self._count(prompt, answer)
        return answers

    def _read(self, case: Case, answer: Answer | ChatError) -> None:
        if isinstance(answer, ChatError):
            case.error, case.said, case.failed = answer, "", " ".join(str(answer).split())
            return
        self._count(case.prompt, answer)
        case.error, case.said = None, answer.text
        case.reading = self._reading(case, answer)
        fault = case.reading.fault or self._taken(case)
        case.reading, case.failed = replace(case.reading, fault=fault), fault
        case.lengthy = "" if fault else self._lengthy(case.reading.name)

    def _reading(self, case: Case, answer: Answer) -> Reading:
        return read_answer(
            answer.text,
            keywords=case.brief.keywords,
            words=self.name_words,
            wording=f"{self.words.main} {self._again} {case.failed}",
            cut_at=answer.cut_at,
        )

    def _taken(self, case: Case) -> str:
        """Why a name is another's by right: the worked example's, or that of one of a group's children."""
        name = case.reading.name
        example = name.casefold() in {name.casefold() for name in self.words.names}
        if example and not set(case.brief.keywords) & set(name.casefold().split()):
            return f'"{name}" is the label of the example'
        if key(name) in map(key, case.brief.children):
            return f'"{name}" is the label of only one part of it'
        return ""

    @property
    def _has_system(self) -> bool:
        """Whether prompts have a system message, as small models' have not."""
        return any(role == "system" for role, _ in self.words.before)

    def _knows_no_more(self, case: Case) -> bool:
        """Whether a small model called a group as one of its children: it has no wider word, and says the same name again."""
        small = self.words.form is not None and not self._has_system
        return small and key(case.reading.name) in map(key, case.brief.children)

    def _lengthy(self, name: str) -> str:
        form, n_words = self.words.form, len(name.split())
        asked = form.name_words[1] if form else n_words
        return f"the label is too long: it has {n_words} words" if n_words > asked else ""

    def _is_cut(self, name: str) -> bool:
        """Whether a name has as many words as the schema lets pass, which may have ended it."""
        form = self.words.form
        return form is not None and form.held and len(name.split()) >= form.name_words[1] + SPARE_WORDS

    def _hold_to_topics(self, cases: Sequence[Case]) -> None:
        shown = [case.misled or case.brief for case in cases]
        faults = self.faithfulness.faults(shown, [case.reading for case in cases])
        for case, fault in zip(cases, faults, strict=True):
            case.failed = fault

    def _count(self, prompt: Prompt, answer: Answer) -> None:
        self.n_answered += 1
        asked, said = answer.n_prompt_tokens, answer.n_answer_tokens
        if asked is None:
            asked = sum(self.tokens.count(text) for _, text in prompt.messages)
        self.prompt_tokens += asked
        self.answer_tokens += self.tokens.count(answer.text) if said is None else said

    def _retry(self, case: Case) -> tuple[Brief, Prompt]:
        """What is shown and asked the second time: without what misled the model, or with the fault named."""
        culprits = self.faithfulness.culprits(case.brief, case.reading.name) if not case.reading.fault else []
        if culprits and len(culprits) < len(case.brief.documents):
            brief = case.brief.without(culprits)
            return brief, self.words.prompt(brief)
        return case.brief, self._follow_up(case, filled(self._again, {"FAULT": case.failed}))

    def _shorter_name(self, case: Case) -> Case:
        """Asked afresh for a shorter name, by keywords and phrases alone: a long one is mostly the title of a document, and a
        small model that sees what it said says it again."""
        form = self.words.form
        fewer = fewer_words(form.name_words) if form else ""
        brief = replace(case.brief, documents=(), rows=())
        asked = self.words.prompt(brief).messages
        messages = tuple((role, text.replace(form.words, fewer) if form else text) for role, text in asked)
        return Case(brief, Prompt(messages))

    def _follow_up(self, case: Case, question: str) -> Prompt:
        """The conversation with one question more, and less in what came before: a few lines of each document."""
        more = (("assistant", _short(case.said)), ("user", question))
        # A small model, which has no system message, says the form back without the example: Qwen 0.5B five times of eight
        brief = replace(case.brief, bare=case.brief.bare or self._has_system).shortened(
            self.tokens, FEW_LINES
        )
        prompt = Prompt((*self.words.prompt(brief).messages, *more))
        if prompt_size(prompt, self.tokens) + self.max_tokens <= self.tokens.context:
            return prompt

        def after(brief: Brief) -> Prompt:
            return Prompt((*self.words.prompt(brief).messages, *more))

        return after(fitted(brief, after, self.tokens, self.max_tokens))


def _short(said: str) -> str:
    """What the model said, as the conversation keeps it: chat templates refuse an empty turn."""
    return spoken(said)[:400] or "(nothing)"
