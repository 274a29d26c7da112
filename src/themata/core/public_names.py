"""Where each public name lives, and nowhere else: `from themata import UMAP` works whatever file UMAP is in.

Users, documentation and saved models name things by these names alone, so that files may move.
"""

# name -> module. Parts in the order they are used: the classes of ours that a saved model may name
PARTS = {
    "Sentence": "themata.embed.sentence_transformer",
    "Static": "themata.embed.static",
    "OpenAIEmbedder": "themata.embed.openai",
    "Lexical": "themata.embed.lexical",
    "Student": "themata.embed.student",
    "Clip": "themata.embed.clip",
    "Words": "themata.words.vectorizer",
    "TwoViews": "themata.relate.two_views",
    "Communities": "themata.group.communities",
    "ReduceThenCluster": "themata.group.reduce_then_cluster",
    "Given": "themata.group.known_labels",
    "UMAP": "themata.reduce.umap",
    "PCA": "themata.reduce.pca",
    "HDBSCAN": "themata.cluster.hdbscan",
    "KMeans": "themata.cluster.kmeans",
    "ZeroShot": "themata.seed.zero_shot",
    "SeedWords": "themata.seed.seed_words",
    "Classes": "themata.seed.known_classes",
    "Both": "themata.seed.combined",
    "KeyBERT": "themata.represent.keybert",
    "MMR": "themata.represent.mmr",
    "PartOfSpeech": "themata.represent.part_of_speech",
    "Chain": "themata.represent.chain",
    "Phrases": "themata.naming.phrases.phrase_labeler",
    "LLM": "themata.naming.llm.llm_labeler",
    "Ask": "themata.naming.llm.questions",
    "Example": "themata.naming.llm.worked_examples",
    "Multilevel": "themata.layout.multilevel",
    "UMAPLayout": "themata.layout.umap_layout",
    "Transformers": "themata.chat.transformers",
    "OpenAIChat": "themata.chat.openai_server",
    "LlamaCpp": "themata.chat.llamacpp",
    "VLLM": "themata.chat.vllm",
    "LiteLLM": "themata.chat.litellm",
    "Called": "themata.chat.function_chat",
    "Echo": "themata.chat.echo",
    "Weighting": "themata.core.weighting",
}

# What a part of one's own is made of, and promises, all that core/protocols.py defines; and what goes wrong
PROMISES = """
    AnalyzingVectorizer Answer AnswerKeepingLabeler Asker Assigner BatchLearner Borrower Chat
    Checkable ChunkedEmbedder ClassSeeder Clusterer Clusters ConfigurablePart CountedGrouper
    Deferring Embedder EmbeddingSeeder EstimatingEmbedder FadingVectorizer Foreseer
    ForgettingVectorizer GraphGrouper Grouper GrowingVectorizer Holding IdentifiedChat
    IgnoringVectorizer ImageEmbedder Labeler LayerLabeler Layout LearnedEmbedder Learner
    LexicalRelater NGramVectorizer NamedPart PaidRepresenter Placer PreloadingEmbedder PricedChat
    Prompt RandomizedPart Reducer Relater RelearningVectorizer ReportingLabeler Representer
    ResolutionGrouper Seeder Seeds SettlingVectorizer ShowingVectorizer SizedEmbedder SizedChat
    SizedGrouper StopWordVectorizer StoredEmbedder StoredSeeder SuggestingLabeler
    TokenLimitedEmbedder Tokens TruncatingEmbedder Vectorizer Weigher WordEmbedder WordSeeder
""".split()
ERRORS = """
    AlignmentError BadAnswer ChatError Gated InputError MissingExtraError NotFittedError PartError
    PromptTooLong RateLimited Refused StoreError ThemataError UnknownPartError UnknownTopicError
    Unreachable
""".split()

# Each is imported when first asked for, so that `import themata` costs nothing
HOMES = {
    **PARTS,
    # what a user begins with
    "TopicModel": "themata.model",
    "Documents": "themata.core.documents",
    "Failure": "themata.core.topics",
    "Label": "themata.core.topics",
    "Namer": "themata.core.topics",
    "Origin": "themata.core.topics",
    "Surpassed": "themata.core.topics",
    "Topics": "themata.core.topics",
    "ClientChat": "themata.chat.openai_client",  # holds a connection of the user's, which no folder can
    "distill": "themata.embed.static",
    "load_embeddings": "themata.embed.precomputed",
    "QuantizedEmbeddings": "themata.embed.quantized",
    # answers
    "Granularity": "themata.group.granularity",
    "Fidelity": "themata.embed.student",
    "Contents": "themata.core.table_of_contents",
    "Timeline": "themata.analysis.over_time",
    "ByClass": "themata.analysis.by_class",
    "Hierarchy": "themata.analysis.hierarchy",
    "Mixture": "themata.analysis.distribution",
    "Moves": "themata.analysis.outliers",
    "Scores": "themata.evaluate.scores",
    "LabelReport": "themata.naming.llm.usage",
    # what a part of one's own is made of, and promises
    "NeighborGraph": "themata.core.graph",
    **dict.fromkeys(PROMISES, "themata.core.protocols"),
    # errors
    **dict.fromkeys(ERRORS, "themata.core.errors"),
    # a corpus that every machine has
    "docstrings": "themata.cli.docstrings",
}
