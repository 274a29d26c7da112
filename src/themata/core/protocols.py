"""The promises a part can make. A class that has the method keeps the promise: nothing needs to be inherited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from themata.core.arrays import Bool1d, Csr, Float1d, Float2d, Int1d
from themata.core.documents import Documents
from themata.core.errors import ChatError
from themata.core.graph import NeighborGraph
from themata.core.topics import Aspect, Label, Topics

Progress = Callable[[int, int], None]  # done, total


@dataclass(frozen=True)
class Clusters:
    """What a grouper found.

    labels : (n_docs,) int, -1 for outliers; any other ids
    strength : (n_docs,) float32 in 0..1
    layers : (n_docs,) labelings from fine to coarse, each nested in the next; `labels` may be one of them
    origin : {the grouper's own id of a cluster: its label}, where several clusters were given one; None: they are the
        labels
    """

    labels: Int1d
    strength: Float1d
    layers: Sequence[Int1d] = field(default_factory=tuple)
    origin: Mapping[int, int] | None = None


@dataclass(frozen=True)
class Seeds:
    """What is known of the topics before they are found.

    assignment : (n_docs,) int64, place of the seed each document belongs to, -1 where nothing is known
    ids : (n_seeds,) own id of each seed, 0 or more; `Topics.origin` says which topic each became
    names : (n_seeds,) a Label, or None where the labeler is to name the topic
    hold : "alone": a seed's documents are one topic, with nobody else; "together": they share a topic that others may
        join, and no two seeds share one; "loosely": they are drawn to `points`, and may end anywhere
    strength : (n_docs,) float32 in 0..1 of "alone"; 1 without it
    points : (n_seeds, dim) where the seeds lie; for "loosely"
    pull : how far documents are drawn there, 0..1
    rest : with "alone", loose seeds of the documents that belong to none; or None
    """

    assignment: Int1d
    ids: Int1d
    names: tuple[Label | None, ...]
    hold: str = "together"
    strength: Float1d | None = None
    points: Float2d | None = None
    pull: float = 0.0
    rest: Seeds | None = None


@runtime_checkable
class Embedder(Protocol):
    """Texts to points. A SentenceTransformer is one."""

    def encode(self, texts: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32"""
        ...


@runtime_checkable
class Learner(Protocol):
    """An embedder that learns from the corpus it embeds. Not called `fit`, which in many libraries trains a model."""

    def learn(self, texts: Sequence[str]) -> Any:
        """Called with all documents of a fit, before the first is embedded; what was learned before is forgotten."""
        ...


@runtime_checkable
class EstimatingEmbedder(Protocol):
    """A Learner whose embeddings are estimates of another embedder's, which it asks about some texts.

    teacher : the other
    fidelity_ : a dataclass of how true the estimates of the latest corpus are, which has `is_whole`; None before
    """

    @property
    def teacher(self) -> Any: ...

    @property
    def fidelity_(self) -> Any: ...

    def learn(self, texts: Sequence[str], embed: Callable[[Sequence[str]], Float2d] | None = None) -> Any:
        """embed : how the teacher's embeddings are had, so that they can be kept; None: by its `encode`"""
        ...

    def is_exact(self, texts: Sequence[str]) -> Bool1d:
        """returns : (n,) whether a text's embedding is the teacher's own; these decide how fine topics are"""
        ...


@runtime_checkable
class WordEmbedder(Protocol):
    """An embedder that has another way with single words than with documents."""

    def encode_words(self, words: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32, where the words lie among the documents"""
        ...


@runtime_checkable
class ImageEmbedder(Protocol):
    """An embedder that also embeds images, in the space of its texts, as CLIP does."""

    def encode_images(self, images: Sequence[Any]) -> Float2d:
        """images : paths, or Pillow's images; returns : (n, dim) float32"""
        ...


@runtime_checkable
class PreloadingEmbedder(Protocol):
    """An embedder that loads its model at the first text, or when it is told to."""

    def preload(self) -> None: ...


@runtime_checkable
class ChunkedEmbedder(Protocol):
    """An embedder that says how many texts it embeds between two savings of a kept run."""

    @property
    def chunk(self) -> int: ...


@runtime_checkable
class TruncatingEmbedder(Protocol):
    """An embedder that knows how many texts it reads in part."""

    def n_cut(self, texts: Sequence[str]) -> tuple[int, str]:
        """returns : how many texts are longer than it reads, and what it reads, such as "256 tokens"."""
        ...


@runtime_checkable
class TokenLimitedEmbedder(Protocol):
    """A SentenceTransformer, which reads so many tokens of a text."""

    max_seq_length: int | None

    @property
    def tokenizer(self) -> Any: ...


@runtime_checkable
class SizedEmbedder(Protocol):
    """An embedder that knows the dimensions of its embeddings before it is loaded; None where it does not."""

    @property
    def dim(self) -> int | None: ...


@runtime_checkable
class NamedPart(Protocol):
    """A part whose products are kept under its name."""

    @property
    def name(self) -> str: ...


@runtime_checkable
class LearnedEmbedder(Protocol):
    """An embedder around another library's model.

    has_learned : it knows something that its parameters do not tell, so that no file holds it
    """

    model: Any
    has_learned: bool


@runtime_checkable
class StoredEmbedder(Protocol):
    """An embedder whose learned state a saved model holds."""

    def state(self) -> dict[str, Any]:
        """returns : arrays by name"""
        ...

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Any: ...


@runtime_checkable
class Vectorizer(Protocol):
    """Counts terms, with scikit-learn's interface."""

    def fit_transform(self, texts: Sequence[str]) -> Csr: ...

    def transform(self, texts: Sequence[str]) -> Csr: ...

    def get_feature_names_out(self) -> Any: ...


@runtime_checkable
class RelearningVectorizer(Protocol):
    """A vectorizer that tells what it has learned, so that counts of it can be kept."""

    def learned(self) -> dict[str, Any]:
        """returns : plain values, besides the vocabulary"""
        ...

    def relearn(self, vocabulary: Sequence[str], learned: Mapping[str, Any]) -> Any:
        """Be as after the fit that learned this; returns itself."""
        ...


@runtime_checkable
class GrowingVectorizer(Protocol):
    """A vectorizer that adds the terms of new texts at the end of its vocabulary."""

    def grow(self, texts: Iterable[str]) -> Csr:
        """returns : counts of these texts"""
        ...


@runtime_checkable
class BatchLearner(Protocol):
    """A part that learns from batch to batch, with scikit-learn's interface."""

    def partial_fit(self, batch: Any) -> Any: ...


@runtime_checkable
class ShowingVectorizer(Protocol):
    """A vectorizer that says which of its terms may be shown as keywords."""

    def showable(self) -> Bool1d:
        """returns : (n_terms,)"""
        ...


@runtime_checkable
class SettlingVectorizer(Protocol):
    """A vectorizer of which a saved model holds what it found, in place of what it was left to find."""

    def settled(self) -> Any: ...


@runtime_checkable
class NGramVectorizer(Protocol):
    """A vectorizer that counts runs of so many words, fewest and most."""

    ngram_range: tuple[int, int]


@runtime_checkable
class StopWordVectorizer(Protocol):
    """A vectorizer like scikit-learn's, which leaves out the single words that it is given.

    stop_words : a list of them, the name of one, or None
    analyzer : "word" where it counts words
    """

    stop_words: Any
    analyzer: Any

    def build_tokenizer(self) -> Callable[[str], list[str]]: ...


@runtime_checkable
class AnalyzingVectorizer(Protocol):
    """A vectorizer that says how it takes a text apart, as scikit-learn's do."""

    def build_tokenizer(self) -> Callable[[str], list[str]]:
        """returns : a function from a text to its words"""
        ...

    def build_analyzer(self) -> Callable[[str], Any]:
        """returns : a function from a text to its terms"""
        ...


@runtime_checkable
class IgnoringVectorizer(Protocol):
    """A vectorizer that tells apart what of a text is no language.

    ignore : kinds of it, as of TopicModel
    """

    ignore: Any


@runtime_checkable
class FadingVectorizer(Protocol):
    """A vectorizer whose counts fade. decay : share of the counts so far that each batch takes away, or None"""

    decay: float | None


@runtime_checkable
class ForgettingVectorizer(Protocol):
    """A vectorizer that forgets terms. delete_min_df : those counted less often are forgotten after a batch, or None"""

    delete_min_df: float | None
    vocabulary_: dict[str, int]

    def get_feature_names_out(self) -> Any: ...


@runtime_checkable
class ConfigurablePart(Protocol):
    """A part with scikit-learn's parameters."""

    def get_params(self, deep: bool = True) -> dict[str, Any]: ...

    def set_params(self, **params: Any) -> Any: ...


@runtime_checkable
class RandomizedPart(Protocol):
    """A part that draws at random. random_state : the same seed, the same result"""

    random_state: Any


@runtime_checkable
class Seeder(Protocol):
    """Says what is known of the topics before they are found. One with `words` raises their weight as keywords."""

    def seed(self, docs: Documents, embedder: Embedder | None) -> Seeds:
        """embedder : for what must be embedded, such as names; None where there is none"""
        ...


@runtime_checkable
class Placer(Protocol):
    """A seeder of named topics that knows which of them a new document belongs to; others follow their neighbors."""

    @property
    def topics(self) -> Sequence[str]: ...

    def place(self, embeddings: Float2d) -> tuple[Int1d, Float1d]:
        """returns : (n,) ids of seeds, -1 for none, and (n,) float32 strength in 0..1"""
        ...


@runtime_checkable
class WordSeeder(Protocol):
    """A seeder whose words weigh more as keywords."""

    @property
    def words(self) -> Sequence[str]: ...

    @property
    def multiplier(self) -> float: ...


@runtime_checkable
class ClassSeeder(Protocol):
    """A seeder of known classes of documents, which `fit(y=)` may give."""

    classes: Any

    def given(self, classes: Any) -> Seeder:
        """The same seeder for these classes."""
        ...


@runtime_checkable
class EmbeddingSeeder(Protocol):
    """A seeder that says whether it needs an embedder; any other does."""

    @property
    def needs_embedder(self) -> bool: ...


@runtime_checkable
class StoredSeeder(Protocol):
    """A seeder whose state a saved model holds."""

    def state(self) -> dict[str, Any]:
        """returns : arrays by name"""
        ...

    def settled(self) -> Any:
        """The same seeder without what its state holds."""
        ...

    def with_state(self, state: Mapping[str, Any]) -> Any: ...


@runtime_checkable
class Relater(Protocol):
    """Builds the neighbor graph."""

    def relate(self, docs: Documents) -> NeighborGraph: ...


@runtime_checkable
class Grouper(Protocol):
    """Finds the groups of documents that become topics."""

    def group(self, docs: Documents, graph: NeighborGraph | None) -> Clusters: ...


@runtime_checkable
class Foreseer(Protocol):
    """A relater or a grouper that can find something out before words are counted, in a thread, while they are.

    Its `relate` or `group` then takes `foreseen`, a function that gives the answer, or None where there is none. The
    answer is what it finds by itself without being told.
    """

    def foresee(self, docs: Documents, *graph: NeighborGraph) -> Any:
        """docs : without terms; graph : for a grouper, of neighbors in meaning, without weights; returns : None to pass"""
        ...


@runtime_checkable
class GraphGrouper(Protocol):
    """A part that says whether it reads the neighbor graph; any other grouper does."""

    needs_graph: bool


@runtime_checkable
class CountedGrouper(Protocol):
    """A grouper that can be asked for a number of topics. n_topics : None finds it"""

    n_topics: int | None


@runtime_checkable
class SizedGrouper(Protocol):
    """A grouper that knows the smallest topic it makes; None where it finds that itself."""

    @property
    def min_topic_size(self) -> int | None: ...


@runtime_checkable
class ResolutionGrouper(Protocol):
    """A grouper of communities.

    resolution : of modularity; None finds it
    resolution_ : the one that was found, None before
    """

    resolution: float | None
    resolution_: float | None


@runtime_checkable
class Assigner(Protocol):
    """A fitted grouper with its own way to place new documents; without it they follow their neighbors."""

    @property
    def can_assign(self) -> bool: ...

    @property
    def can_grow(self) -> bool:
        """Whether it learns from new documents while it places them."""
        ...

    def assign(self, embeddings: Float2d) -> tuple[Int1d, Float1d]:
        """returns : (n,) the grouper's own ids, -1 for outliers, and (n,) float32 strength in 0..1"""
        ...

    def grow(self, embeddings: Float2d) -> tuple[Int1d, Float1d]:
        """As `assign`, once it has learned from these documents."""
        ...


@runtime_checkable
class LexicalRelater(Protocol):
    """A relater with a second view. lexical : weight of the words beside the meaning"""

    lexical: float


@runtime_checkable
class Reducer(Protocol):
    """Fewer dimensions, as scikit-learn's transformers."""

    def fit_transform(self, points: Float2d) -> Float2d: ...

    def transform(self, points: Float2d) -> Float2d: ...


@runtime_checkable
class Clusterer(Protocol):
    """Clusters points; has labels_ after fit, as scikit-learn's estimators."""

    labels_: Int1d

    def fit(self, points: Float2d) -> Any: ...


@runtime_checkable
class Representer(Protocol):
    """Describes topics by keywords, starting from the main aspect it is given."""

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        """returns : keywords of each topic, heaviest first

        topics.keywords : the candidates, up to 30 a topic, by falling weight; a chain hands each link the answer of
            the one before
        embedder : for the embeddings of words; without it a word lies at the mean of the documents that use it
        """
        ...


@runtime_checkable
class Asker(Protocol):
    """A representer that asks a language model: what several ask of one goes out as one batch, before any is represented."""

    def joins(self, other: Any) -> bool:
        """Whether another asks the same model in the same way; if so, both do by one chat from now on."""
        ...

    def prompts(self, topics: Topics, docs: Documents) -> Sequence[Prompt]:
        """What `represent` would ask first."""
        ...

    def ask(self, prompts: Sequence[Prompt]) -> None:
        """Have prompts answered, its own and those of others that it was joined with; `represent` asks none of them again."""
        ...


@runtime_checkable
class Labeler(Protocol):
    """Names topics. None where it could not; a person's labels are never passed over."""

    def label(self, topics: Topics, docs: Documents) -> Sequence[Label | None]: ...


@runtime_checkable
class LayerLabeler(Protocol):
    """A labeler that names the groups of a layer knowing what is in them; without it they are named as topics are."""

    def label_layer(
        self, groups: Topics, docs: Documents, below: Topics, children: Sequence[Sequence[int]]
    ) -> Sequence[Label | None]:
        """returns : a Label or None per group; those that have one keep it

        groups : a row for each group of the layer; one of a single child has its child's label
        below : a row for each group of the layer below, or for each topic, all named
        children : per group, its rows in `below`, the largest first
        """
        ...


@runtime_checkable
class AnswerKeepingLabeler(Protocol):
    """A labeler that keeps each answer itself, and asks again for those that failed, so that no run keeps its labels."""

    keeps_answers: bool


@runtime_checkable
class ReportingLabeler(Protocol):
    """A labeler that tells how far it is. progress : whom it tells; None: nobody"""

    progress: Progress | None


@runtime_checkable
class PaidRepresenter(Protocol):
    """A representer that says whether its answers are paid for."""

    asks: bool


@runtime_checkable
class Borrower(Protocol):
    """A labeler that can use the embedder of the documents, to hold names against them."""

    def lend(self, embedder: Embedder) -> None:
        """Called before it labels; the model behind is loaded when something is embedded, if ever."""
        ...


@dataclass(frozen=True)
class Prompt:
    """What a language model is asked.

    messages : (role, content) pairs; roles are "system", "user" and "assistant", the last one is "user"
    max_tokens : of the answer, at most
    schema : JSON schema the answer must follow, for chats that can hold a model to one; the others ignore it
    """

    messages: tuple[tuple[str, str], ...]
    max_tokens: int = 256
    schema: Mapping[str, Any] | None = field(default=None, hash=False)

    @classmethod
    def of(cls, text: str, *, system: str = "") -> Prompt:
        return cls(((("system", system),) if system else ()) + (("user", text),))

    @property
    def talk(self) -> list[dict[str, str]]:
        """The messages as servers and chat templates take them.

        >>> Prompt.of("Why?").talk
        [{'role': 'user', 'content': 'Why?'}]
        """
        return [{"role": role, "content": text} for role, text in self.messages]


@dataclass(frozen=True)
class Answer:
    """What it said, and the tokens it took where they are known.

    text : the answer as it came
    n_prompt_tokens, n_answer_tokens : None where the model does not tell
    cut_at : tokens after which the limit ended it, None where it ended by itself
    """

    text: str
    n_prompt_tokens: int | None = None
    n_answer_tokens: int | None = None
    cut_at: int | None = None


Outcome = Answer | ChatError
OnAnswer = Callable[[int, Outcome], None]  # a prompt's place, and what came of it


@runtime_checkable
class Chat(Protocol):
    """A language model: prompts in, an answer or an error for each out, always as one batch.

    name : the model's name, as labels show it in their source
    """

    name: str

    def complete(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None = None) -> list[Outcome]:
        """Answer every prompt; one that fails is a ChatError in its place, never an exception that loses the rest.

        on_answer : called with the prompt's place and its answer the moment it arrives
        """
        ...


@runtime_checkable
class Deferring(Protocol):
    """A chat whose provider may answer tomorrow: what was handed in outlives the process that did so.

    defers : True, where prompts are handed in as a job
    """

    @property
    def defers(self) -> bool: ...

    def complete_later(
        self,
        prompts: Mapping[str, Prompt],
        jobs: MutableMapping[str, str],
        on_answer: Callable[[str, Outcome], None],
    ) -> None:
        """Hand in the prompts that no job has, and wait for the answers to all.

        prompts : by their keys
        jobs : the job that each key was handed in with; kept on disk before anything is paid for
        on_answer : called with a prompt's key and what came of it, once for each
        """
        ...


@runtime_checkable
class IdentifiedChat(Protocol):
    """A chat that says what decides its answers; of any other it is what its constructor was given."""

    @property
    def identity(self) -> Any: ...


@runtime_checkable
class PricedChat(Protocol):
    """A chat that knows what it costs: (prompt, answer) per million tokens."""

    price: tuple[float, float] | None


@runtime_checkable
class SizedChat(Protocol):
    """A chat that knows how large its model is: small ones are asked in fewer words.

    n_parameters : weights of the model; None where that is not known
    """

    @property
    def n_parameters(self) -> int | None: ...


@runtime_checkable
class SuggestingLabeler(Protocol):
    """A labeler that has several names in mind for each topic, which a language model may take, mend or replace."""

    def candidates(self, topics: Topics, docs: Documents, n: int) -> Sequence[Sequence[str]]:
        """returns : up to n names of every topic, the best first"""
        ...


@runtime_checkable
class Holding(Protocol):
    """A chat that holds its model to the schema of a prompt; our own prompts then say that form, else they ask for lines.

    holds : True, where an answer to a prompt with a schema begins as its JSON
    """

    holds: bool


@runtime_checkable
class Checkable(Protocol):
    """A part that can tell beforehand whether it will be able to do its work, hours later."""

    def check(self) -> None:
        """Raise what is wrong: a missing package, a model that is not there, a refused key. Loads and pays nothing."""
        ...


@runtime_checkable
class Tokens(Protocol):
    """A chat that knows its own tokens, so that documents can be cut to fit.

    context : tokens of prompt and answer together that the model can take
    """

    context: int

    def count(self, text: str) -> int: ...

    def cut(self, text: str, n_tokens: int) -> str:
        """The longest beginning of a text that has at most `n_tokens` tokens."""
        ...


@runtime_checkable
class Weigher(Protocol):
    """Counts to weights of keywords, as Weighting does."""

    def weigh(self, counts: Csr, background: Float1d, vocabulary: Any) -> Csr:
        """returns : (n_topics, n_terms); counts : of the same shape; background : (n_terms,) counts in all documents"""
        ...


@runtime_checkable
class Layout(Protocol):
    """Places documents on a plane, for maps only."""

    def lay_out(self, docs: Documents, graph: NeighborGraph, topics: Topics) -> Float2d:
        """returns : (n_docs, 2) float32, finite"""
        ...
