// The list of topics, the panel beside the map, and search.
const panel = document.getElementById("panel");
const list = document.getElementById("list");
const box = document.getElementById("search");

function showList(kept = topics) {
  const by = document.getElementById("order").value;
  const sorted = [...kept].sort(by === "name" ? (a, b) => a.name.localeCompare(b.name) : (a, b) => b.size - a.size);
  const most = Math.max(1, ...topics.map((topic) => topic.size));
  list.replaceChildren(...sorted.map((topic) => {
    const bar = make("div", { class: "share", color: topic.color });
    bar.style.width = `${Math.max(1, (100 * topic.size) / most)}%`;
    return make("li", {}, make("button", { "data-topic": topic.id, "aria-pressed": String(view.chosen === topic.id), onclick: () => chooseTopic(view.chosen === topic.id ? null : topic.id) },
      make("span", { class: "dot", color: topic.color }),
      make("span", { class: "name" }, make("span", {}, topic.name), make("span", { class: "count" }, count(topic.size))),
      make("div", { class: "words" }, topic.keywords.slice(0, 8).join(", ")), bar));
  }));
  document.getElementById("shown").textContent = kept.length === topics.length ? `${count(topics.length)} topics` : `${count(kept.length)} of ${count(topics.length)} topics`;
}

function chooseTopic(id, keepPanel = false) {
  view.chosen = id;
  view.found = null;
  for (const button of list.querySelectorAll("button")) button.setAttribute("aria-pressed", String(Number(button.dataset.topic) === id));
  list.querySelector("button[aria-pressed=true]")?.scrollIntoView({ block: "nearest" });
  if (!keepPanel) id === null ? showOverview() : showTopic(topics[id]);
  draw();
}

function documentButton(i, words = [], within = null) {
  const topic = data.topic[i];
  const named = topic === within ? [] : [make("span", { class: "soft" }, topic < 0 ? "no topic" : topics[topic].name)];
  return make("button", { class: "doc", "data-doc": i, onclick: () => showDocument(i) }, ...named, ...marked(data.texts[i].slice(0, 280), words));
}

function marked(text, words) {
  if (!words.length) return [text];
  const folded = fold(text);
  if (folded.length !== text.length) return [text];
  const parts = [];
  let at = 0;
  while (at < text.length) {
    const next = words.map((word) => [folded.indexOf(word, at), word.length]).filter(([start]) => start >= 0).sort((a, b) => a[0] - b[0])[0];
    if (!next) break;
    parts.push(text.slice(at, next[0]), make("mark", {}, text.slice(next[0], next[0] + next[1])));
    at = next[0] + next[1];
  }
  return [...parts, text.slice(at)];
}

function section(title, ...children) {
  return children.length ? [make("h3", {}, title), ...children] : [];
}

function showOverview() {
  const outliers = facts.n_outliers ? `${count(facts.n_outliers)} documents resemble no others and have no topic.` : "Every document has a topic.";
  panel.replaceChildren(make("h2", {}, "What these documents are about"),
    make("p", { class: "soft" }, `${count(n)} documents in ${count(topics.length)} topics. ${outliers}`),
    make("p", { class: "soft" }, "Choose a topic in the list or on the map to read it; click a point for its document; search for words in both."),
    ...section("Contents", ...tableOfContents(facts.contents)),
    ...section("About this run", ...Object.entries(facts.facts).map(([name, value]) => make("div", {}, make("span", { class: "soft" }, `${name}  `), value))));
}

// Headings that open and close over the topics under them, from the layers of the topics
function tableOfContents(entries) {
  return entries.map((entry) => entry.children
    ? make("details", { class: "heading", open: "" }, make("summary", {}, entry.name, make("span", { class: "count" }, ` ${count(entry.size)}`)),
      ...(entry.summary ? [make("p", { class: "soft" }, entry.summary)] : []), ...tableOfContents(entry.children))
    : make("button", { class: "entry", "data-entry": entry.topic, onclick: () => chooseTopic(entry.topic) }, make("span", { class: "dot", color: topics[entry.topic].color }), entry.name));
}

function showTopic(topic) {
  const share = ((100 * topic.size) / Math.max(1, n)).toFixed(1);
  const aspects = Object.entries(topic.aspects); // of one entry: what a language model said; of more: other keywords
  const chips = (words) => make("div", { class: "chips" }, ...words.map((word) => make("span", {}, word)));
  panel.replaceChildren(make("button", { class: "back", onclick: () => chooseTopic(null) }, "← all topics"),
    make("h2", {}, topic.name), ...(topic.summary ? [make("p", {}, topic.summary)] : []),
    make("p", { class: "soft" }, `${count(topic.size)} documents, ${share} % · topic ${topic.id}`),
    ...section("Keywords", chips(topic.keywords)),
    ...aspects.filter(([, words]) => words.length === 1).flatMap(([name, words]) => section(name, make("p", {}, words[0]))),
    ...section("Images", ...(topic.images.length ? [make("div", { class: "pictures" }, ...topic.images.map(picture))] : [])),
    ...section("Examples", ...topic.exemplars.filter((i) => !data.texts || data.texts[i]).map((i) => make("div", { class: "exemplar" }, data.texts ? documentButton(i, [], topic.id) : ""))),
    ...(topic.timeline ? section("Over time", sparkline(topic)) : []),
    ...aspects.filter(([, words]) => words.length > 1).flatMap(([name, words]) => section(name, chips(words))),
    ...(data.texts ? section("More documents", ...members(topic.id, topic.exemplars).filter((i) => data.texts[i]).map((i) => documentButton(i, [], topic.id))) : []));
  panel.scrollTop = 0;
}

function picture(image) {
  const told = (data.texts && data.texts[image.row].slice(0, 120)) || `Document ${count(image.row)}`;
  return make("button", { class: "picture", "data-picture": image.row, title: told, onclick: () => showDocument(image.row) }, make("img", { src: image.src, alt: told }));
}

function members(id, except, most = 60) {
  const rows = [];
  for (let i = 0; i < n; i++) if (data.topic[i] === id && !except.includes(i)) rows.push(i);
  return rows.sort((a, b) => data.strength[b] - data.strength[a]).slice(0, most);
}

function sparkline(topic) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const [w, h, most] = [340, 64, Math.max(1e-9, ...topic.timeline)];
  svg.setAttribute("viewBox", `0 0 ${w} ${h + 16}`);
  svg.setAttribute("width", "100%");
  topic.timeline.forEach((value, k) => {
    const bar = document.createElementNS(space, "rect");
    const width = w / topic.timeline.length;
    const tall = (h * value) / most;
    for (const [name, number] of Object.entries({ x: k * width, y: h - tall, width: Math.max(1, width - 1), height: tall })) bar.setAttribute(name, number);
    bar.setAttribute("fill", topic.color);
    svg.append(bar);
  });
  facts.periods.forEach((label, k) => {
    const text = document.createElementNS(space, "text");
    text.setAttribute("x", k ? w : 0);
    text.setAttribute("y", h + 13);
    text.setAttribute("text-anchor", k ? "end" : "start");
    text.setAttribute("font-size", "11");
    text.setAttribute("fill", "currentColor");
    text.textContent = label;
    svg.append(text);
  });
  return svg;
}

function showDocument(i) {
  const topic = data.topic[i];
  if (topic >= 0) chooseTopic(topic, true);
  panel.replaceChildren(make("button", { class: "back", onclick: () => (topic < 0 ? chooseTopic(null) : showTopic(topics[topic])) }, topic < 0 ? "← all topics" : `← ${topics[topic].name}`),
    make("h3", {}, `Document ${count(i)}`), make("p", {}, data.texts ? data.texts[i] : ""),
    ...(topic < 0 ? [] : topics[topic].images.filter((image) => image.row === i).map((image) => make("img", { src: image.src, alt: "" }))),
    make("p", { class: "soft" }, topic < 0 ? "no topic" : `in ${topics[topic].name}, strength ${(data.strength[i] / 255).toFixed(2)}`));
  panel.scrollTop = 0;
}

function search() {
  const words = fold(box.value).split(/\s+/).filter(Boolean);
  if (!words.length) { view.found = null; showList(); return chooseTopic(null); }
  const holds = (text) => words.every((word) => text.includes(word));
  const kept = topics.filter((topic) => holds(fold([topic.name, ...topic.keywords].join(" "))));
  view.chosen = null;
  showList(kept);
  const rows = [];
  if (data.texts) foldedTexts().forEach((text, i) => holds(text) && rows.push(i));
  view.found = new Set(rows);
  rows.sort((a, b) => data.strength[b] - data.strength[a]);
  panel.replaceChildren(make("h2", {}, `“${box.value.trim()}”`), make("p", { class: "soft" }, `${count(rows.length)} documents, ${count(kept.length)} topics`),
    ...section("Documents", ...rows.slice(0, 80).map((i) => documentButton(i, words))));
  draw();
}

async function begin() {
  document.getElementById("facts").textContent = `${count(n)} documents · ${count(topics.length)} topics`;
  document.getElementById("order").addEventListener("change", () => showList());
  let waiting = 0;
  box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 160); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== box) { event.preventDefault(); box.focus(); }
    if (event.key === "Escape") { box.value = ""; search(); }
  });
  recolor();
  showList();
  showOverview();
  await loadPoints();
  if (facts.has_map) { wireMap(); home(); } else { document.getElementById("nomap").hidden = false; canvas.hidden = true; document.querySelector(".tools").hidden = true; }
  await loadTexts();
  document.body.dataset.ready = "true";
  if (box.value) search();
}

begin();
