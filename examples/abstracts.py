# %% [markdown]
# # Abstracts: what is a literature about?
#
# Longer texts with titles. Docstrings of the installed Python packages stand for abstracts here, since every machine has them; a file of yours is read by
# `read("papers.jsonl")`, which finds title, text and date by itself.

# %%
from themata import TopicModel, docstrings

records = docstrings(400, seed=1)
texts = [record["text"] for record in records]
titles = [record["id"] for record in records]

# %%
model = TopicModel(random_state=42, aspects={"Diverse": ["keybert", "mmr"]})
model.fit(texts, columns={"title": titles}, verbose=True)
model

# %% [markdown]
# ## A table of contents
# Topics under coarser headings, each with its number, name and size.

# %%
model.contents()

# %% [markdown]
# ## Reading one topic closely

# %%
topic = model.find_topics("reading and writing files", top_n=1)[0][0]
print(model.result_.names[topic])
print([word for word, _ in model.get_topic(topic)])
print([word for word, _ in model.get_topic(topic, full=True)["Diverse"]])
for text in model.get_representative_docs(topic):
    print("-", text[:100])

# %%
model.search("parse a date", n=5).round(2)

# %% [markdown]
# ## How many topics, how good?
# `granularity` tells where independent looks at the documents agree; `evaluate` measures what came out, and `label_scores` says which names deserve a second look.

# %%
model.granularity().to_frame()[["Topics", "Agreement", "Score"]].round(2)

# %%
model.evaluate()

# %%
model.label_scores().to_frame().round(2).head()

# %% [markdown]
# Names by a language model are one line more: `model.label(LLM("MODEL"))`, with the name of any model or server of yours.

# %%
model.report("abstracts.html", title="Docstrings")
