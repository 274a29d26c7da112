# %% [markdown]
# # Answers to an open question, from an Excel file
#
# The workbook has a column of answers and others beside it; some answers say nothing ("n/a", "-"). In the end every row has its topic, and age groups are compared.
# The answers are made up.

# %%
from pathlib import Path

import pandas as pd

from themata import TopicModel
from themata.read import read

FILE = Path("data/survey.xlsx")  # put your own workbook here
QUESTION = "What could we do better?"  # and the name of its column of answers

# %% [markdown]
# Rows that hold no answer are set aside, not dropped: each with its line and the reason.

# %%
corpus = read(FILE, text=QUESTION)
print(f"{corpus.n_rows} rows, {corpus.documents.n_docs} answers, {len(corpus.rejected)} set aside")
print({row.reason for row in corpus.rejected})

# %%
model = TopicModel(random_state=42).fit(corpus.documents.texts)
model.get_topic_info()[["Topic", "Count", "CustomName", "Representation"]]

# %% [markdown]
# A person knows better what to call some of them. Names given by hand stay, whatever is done later; merge what belongs together with `model.merge([1, 2])`, and take a step back with `model.undo()`.

# %%
delivery = model.find_topics("parcel and courier", top_n=1)[0][0]
model.relabel({delivery: "Delivery"})
print(model.contents())

# %% [markdown]
# Topics beside the rows they came from, blank where there was no answer.

# %%
table = pd.read_excel(FILE, engine="calamine")
table["Topic"] = pd.Series(model.topics_, index=corpus.rows)
table["Topic name"] = table["Topic"].map(dict(enumerate(model.result_.names)))
table.to_csv("survey_with_topics.csv", index=False)
table.groupby("Age group")["Topic name"].value_counts(normalize=True).unstack().round(2)

# %% [markdown]
# How satisfied is who complains about what?

# %%
table.groupby("Topic name")["Satisfaction (1-5)"].agg(["mean", "size"]).sort_values("mean").round(2)

# %% [markdown]
# Map, topics and search on one page, for those who want to read the answers.

# %%
model.report("survey.html", title=QUESTION)
