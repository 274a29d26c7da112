# %% [markdown]
# # Support tickets: topics by product and over time
#
# A year of tickets with product and date. Which troubles does each product have, and which of them grow? The tickets are made up.

# %%
from pathlib import Path

from themata import TopicModel
from themata.read import read

FILE = Path("data/tickets.csv")  # put your own file here

# %%
corpus = read(FILE, text="message", date="opened", class_="product")
tickets = corpus.documents
products = tickets.columns["class"]
model = TopicModel(random_state=42)
model.fit(tickets.texts, times=tickets.times, columns={"class": products})
model.get_topic_info()[["Topic", "Count", "CustomName"]]

# %% [markdown]
# ## By product
# The share of each topic in the tickets of each product.

# %%
by_product = model.by_class().to_frame()
by_product["Name"] = by_product["Topic"].map(dict(enumerate(model.result_.names)))
shares = by_product.pivot_table(index="Name", columns="Class", values="Frequency", fill_value=0)
(shares / shares.sum()).round(2)

# %% [markdown]
# ## Over time
# Tickets a month, and the topics that have grown most from the first half of the year to the second.

# %%
timeline = model.over_time(bins="month")
counts = timeline.counts  # (n_periods, n_topics)
half = len(counts) // 2
growth = counts[half:].sum(axis=0) - counts[:half].sum(axis=0)
for topic in growth.argsort()[::-1][:3]:
    print(f"{growth[topic]:+d}  {model.result_.names[topic]}")

# %%
figure = model.visualize_topics_over_time(timeline.to_frame(), custom_labels=True)
figure.write_html("tickets_over_time.html")
figure

# %% [markdown]
# ## New tickets
# A new ticket gets the topic of its neighbors; what resembles nothing gets -1.

# %%
new = ["The code for signing in never comes", "You charged my card twice"]
topics, strength = model.transform(new)
for text, topic, sure in zip(new, topics, strength, strict=True):
    print(f"{sure:.2f}  {model.result_.names[topic] if topic >= 0 else 'no topic'}: {text}")

# %% [markdown]
# Keep the model; tomorrow `model.partial_fit(tickets_of_the_day)` adds to it, and every topic keeps its number and its name.

# %%
model.save("tickets_model", overwrite=True)
model.report("tickets.html", title="Tickets")
