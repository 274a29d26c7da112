# %% [markdown]
# # The tutorial's road: UMAP, HDBSCAN, c-TF-IDF
#
# For those who know BERTopic's steps and want them exactly: reduce embeddings to five dimensions, cluster them by density, weigh words by class. Needs
# `themata[classic]`. A whole notebook of BERTopic's runs with one changed import, `from themata.familiar import BERTopic`.

# %%
from themata import HDBSCAN, UMAP, ReduceThenCluster, Sentence, TopicModel, Weighting, docstrings

texts = [record["text"] for record in docstrings(400, seed=1)]
embeddings = Sentence("minilm").encode(texts)  # once, however many models are fitted on them

# %%
road = ReduceThenCluster(
    UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=42),
    HDBSCAN(min_cluster_size=10, metric="euclidean", cluster_selection_method="eom", prediction_data=True),
)
classic = TopicModel(grouper=road, weighting=Weighting(), aspects={"KeyBERT": "keybert", "MMR": "mmr"})
classic.fit(texts, embeddings)
classic.get_topic_info()[["Topic", "Count", "Name"]]

# %% [markdown]
# Density leaves many documents without a topic. Say where they could go, look at it, and move them.

# %%
moves = classic.reduce_outliers("neighbors", threshold=0.3)
print(f"{classic.result_.n_outliers} without a topic, of which {len(moves.moved)} would move")
classic.reassign(moves.assignment)

# %% [markdown]
# The default road on the same embeddings: communities of one graph of meaning and words. Nearly every document has a topic, and nothing compiles at first use.

# %%
communities = TopicModel(random_state=42).fit(texts, embeddings)
print(f"classic {classic.result_.n_topics} topics, communities {communities.result_.n_topics}")
communities

# %%
print(communities.hierarchy().tree()[:600])
