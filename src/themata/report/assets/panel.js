// The list of topics, the panel beside the map, and search.
const panel = document.getElementById("panel");
let shown = 0; // how often the panel was filled: what comes late for an earlier filling is dropped

// Fill the panel; who was reading in it, with keys or a screen reader, goes on at its beginning
function fill(...children) {
  const was = panel.contains(document.activeElement);
  shown++;
  panel.replaceChildren(...children);
  panel.scrollTop = 0;
  const head = panel.querySelector("h2, h3");
  if (head && was) { head.tabIndex = -1; head.focus(); }
}

const tell = (text) => { document.getElementById("told").textContent = text; };

// Show what needs the texts of some documents: at once what there is, the rest as soon as it is unpacked
function withTexts(rows, show) {
  show();
  if (rows.every(hasText)) return;
  const mine = shown;
  need(rows).then(() => { if (shown === mine) show(); });
}
const list = document.getElementById("list");
const box = document.getElementById("search");

function showList(kept = topics) {
  const by = document.getElementById("order").value;
  const ordered = [...kept].sort(by === "name" ? (a, b) => a.name.localeCompare(b.name) : (a, b) => b.size - a.size);
  const most = Math.max(1, ...topics.map((topic) => topic.size));
  list.replaceChildren(...ordered.map((topic) => {
    const bar = make("div", { class: "share", color: topic.color });
    bar.style.width = `${Math.max(1, (100 * topic.size) / most)}%`;
    return make("li", {}, make("button", { "data-topic": topic.id, "aria-pressed": String(view.chosen === topic.id), onclick: () => chooseTopic(view.chosen === topic.id ? null : topic.id) },
      make("span", { class: "dot", color: topic.color }),
      make("span", { class: "name" }, said("span", {}, topic.name), make("span", { class: "count" }, count(topic.size), make("span", { class: "hidden" }, topic.size === 1 ? " document" : " documents"))),
      said("div", { class: "words", dir: directionOfMost(topic.keywords) }, ...listed(topic.keywords.slice(0, 8))), bar));
  }));
  document.getElementById("shown").textContent = kept.length === topics.length ? several(topics.length, "topic") : `${count(kept.length)} of ${several(topics.length, "topic")}`;
}

// Words with commas between them, each in its own direction
const listed = (words) => words.flatMap((word, k) => (k ? [", ", inline(word)] : [inline(word)]));

function chooseTopic(id, keepPanel = false) {
  view.chosen = id;
  view.found = null;
  for (const button of list.querySelectorAll("button")) button.setAttribute("aria-pressed", String(Number(button.dataset.topic) === id));
  list.querySelector("button[aria-pressed=true]")?.scrollIntoView({ block: "nearest" });
  if (!keepPanel) id === null ? showOverview() : showTopic(topics[id]);
  if (id !== null) tell(`${topics[id].name}: ${several(topics[id].size, "document")}`);
  redraw();
}

// What is seen of a document at a glance: title, the beginning of its text or where the words are, and date
function summary(i, most, words = []) {
  const lines = [titleOf(i), excerpt(data.texts[i], most, words)].filter(Boolean).map((text, k) => said("span", { class: k || !titleOf(i) ? "line" : "line title" }, ...marked(text, words)));
  return [...lines, ...(dateOf(i) ? [make("span", { class: "soft" }, ...marked(dateOf(i), words))] : [])];
}

// The first characters, or those around the first of the words when none is among them
function excerpt(text, most, words) {
  const whole = fold(text);
  const places = whole.length === text.length ? words.map((word) => whole.indexOf(word)).filter((place) => place >= 0) : [];
  const first = Math.min(...places);
  if (!places.length || first < most - 40) return cut(text, most);
  return "…" + cut(text.slice(text.indexOf(" ", first - 80) < first ? text.indexOf(" ", first - 80) + 1 : first), most);
}

function documentCard(i, words = [], within = null, further = false) {
  const topic = data.topic[i];
  const named = topic === within ? [] : [said("span", { class: "soft" }, nameOf(topic))];
  const note = further ? [make("span", { class: "soft" }, "further on in its text")] : [];
  const button = make("button", { class: "doc", "data-doc": i, onclick: () => showDocument(i, words) }, ...named, ...summary(i, 280, words), ...note);
  return make("div", { class: "card" }, button, ...linked(i));
}

// Only addresses of the web lead anywhere, and they are told nothing
function linked(i, text = "open ↗") {
  const href = linkOf(i);
  return href ? [make("a", { class: "link", href, title: href, target: "_blank", rel: "noopener noreferrer nofollow", dir: "ltr" }, text)] : [];
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
  const outliers = facts.n_outliers === 1 ? "1 document resembles no other and has no topic." : facts.n_outliers ? `${count(facts.n_outliers)} documents resemble no others and have no topic.` : "Every document has a topic.";
  fill(make("h2", {}, "What these documents are about"),
    make("p", { class: "soft" }, `${several(facts.n_docs, "document")} in ${several(topics.length, "topic")}${unit === "passage" ? `, split into ${several(n, "passage")}, which are the points of the map` : ""}. ${outliers}`),
    make("p", { class: "soft" }, "Choose a topic in the list or on the map to read it; click a point for its document; search for words in all that is shown of them."),
    ...section("Contents", ...tableOfContents(facts.contents)),
    ...section("About this run", ...Object.entries(facts.facts).map(([name, value]) => make("div", {}, make("span", { class: "soft" }, inline(name), "  "), inline(value)))));
}

// Headings that open and close over the topics under them, from the layers of the topics
function tableOfContents(entries) {
  return entries.map((entry) => entry.children
    ? make("details", { class: "heading", open: "" }, make("summary", {}, inline(entry.name), make("span", { class: "count" }, ` ${count(entry.size)}`)),
      ...(entry.summary ? [said("p", { class: "soft" }, entry.summary)] : []), ...tableOfContents(entry.children))
    : make("button", { class: "entry", "data-entry": entry.topic, onclick: () => chooseTopic(entry.topic) }, make("span", { class: "dot", color: topics[entry.topic].color }), inline(entry.name)));
}

function showTopic(topic) {
  const rows = members(topic.id, topic.exemplars);
  withTexts([...topic.exemplars, ...rows], () => fillTopic(topic, rows));
}

function fillTopic(topic, rows) {
  const share = ((100 * topic.size) / Math.max(1, facts.n_docs)).toFixed(1);
  const aspects = Object.entries(topic.aspects); // of one entry: what a language model said; of more: other keywords
  const chips = (words) => make("div", { class: "chips", dir: directionOfMost(words) }, ...words.map((word) => said("span", {}, word)));
  const toShow = (i) => hasText(i) && isSaid(i);
  fill(make("button", { class: "back", onclick: () => chooseTopic(null) }, "← all topics"),
    said("h2", {}, topic.name), ...(topic.summary ? [said("p", {}, topic.summary)] : []),
    make("p", { class: "soft" }, `${several(topic.size, "document")}, ${share} % · topic ${topic.id}`),
    ...section("Keywords", chips(topic.keywords)),
    ...aspects.filter(([, words]) => words.length === 1).flatMap(([name, words]) => section(name, said("p", {}, words[0]))),
    ...section("Images", ...(topic.images.length ? [make("div", { class: "pictures" }, ...topic.images.map(picture))] : [])),
    ...section("Examples", ...topic.exemplars.filter(toShow).map((i) => make("div", { class: "exemplar" }, documentCard(i, [], topic.id)))),
    ...(topic.timeline ? section("Over time", sparkline(topic)) : []),
    ...aspects.filter(([, words]) => words.length > 1).flatMap(([name, words]) => section(name, chips(words))),
    ...section(`More ${unit}s`, ...rows.filter(toShow).map((i) => documentCard(i, [], topic.id))));
}

const isSaid = (i) => Boolean(titleOf(i) || data.texts[i]); // not an image alone

function picture(image) {
  const told = (hasText(image.row) && cut(titleOf(image.row) || data.texts[image.row], 120)) || `${Unit} ${count(image.row)}`;
  return make("button", { class: "picture", "data-picture": image.row, title: told, onclick: () => showDocument(image.row) }, make("img", { src: image.src, alt: told }));
}

// Those that belong to a topic most
function members(id, except, most = 60) {
  const rows = [...rowsOf(id)].filter((i) => !except.includes(i));
  return rows.sort((a, b) => data.strength[b] - data.strength[a] || a - b).slice(0, most);
}

function sparkline(topic) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const [w, h, most] = [340, 64, Math.max(1e-9, ...topic.timeline)];
  svg.setAttribute("viewBox", `0 0 ${w} ${h + 16}`);
  svg.setAttribute("width", "100%");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `Share of all documents from ${facts.periods.join(" to ")}`);
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

function showDocument(i, words = []) {
  const topic = data.topic[i];
  if (topic >= 0) chooseTopic(topic, true);
  withTexts([i], () => fillDocument(i, words, topic));
}

function fillDocument(i, words, topic) {
  const text = hasText(i) ? data.texts[i] : "";
  const title = titleOf(i) ? said("h2", {}, ...marked(titleOf(i), words)) : make("h3", {}, `${Unit} ${count(i)}`);
  const values = facts.columns.map((column) => [column.name, valueOf(column, i)]).filter(([, value]) => value);
  if (hasText(i)) tell(`${cut(titleOf(i) || text, 160)}, ${topic < 0 ? "no topic" : `in ${topics[topic].name}`}`);
  fill(make("button", { class: "back", onclick: () => (topic < 0 ? chooseTopic(null) : showTopic(topics[topic])) }, "← ", topic < 0 ? "all topics" : inline(topics[topic].name)),
    title, ...(dateOf(i) ? [make("p", { class: "soft" }, ...marked(dateOf(i), words))] : []), said("p", {}, ...marked(text, words)),
    ...(linkOf(i) ? [make("p", {}, ...linked(i, linkOf(i)))] : []),
    ...pictureOf(i),
    ...(values.length ? [make("dl", { class: "columns" }, ...values.flatMap(([name, value]) => [said("dt", {}, name), said("dd", {}, ...marked(value, words))]))] : []),
    make("p", { class: "soft" }, ...(topic < 0 ? ["no topic"] : ["in ", inline(topics[topic].name), ...(data.strength[i] ? [`, strength ${(data.strength[i] / 255).toFixed(2)}`] : [])])));
}

async function search() {
  const words = wordsOf(box.value);
  const asked = box.value;
  if (!words.length) { view.found = null; showList(); return chooseTopic(null); }
  const waiting = document.getElementById("waiting");
  if (data.texts && blocks.loaded < blocks.elements.length) {
    await needAll((share) => { waiting.textContent = `reading all texts: ${Math.round(100 * share)} %`; });
  }
  if (data.texts && facts.n_words) await loadIndex();
  waiting.textContent = "";
  if (asked === box.value) showFound(words);
}

function showFound(words) {
  const kept = topics.filter((topic) => words.every((word) => heldByTopic(topic).includes(word)));
  view.chosen = null;
  showList(kept);
  const held = data.texts ? words.map(holding) : [];
  const hits = (i) => held.reduce((sum, found) => sum + (found[i] > 0), 0);
  const rows = [];
  const found = new Uint8Array(n);
  if (held.length) for (let i = 0; i < n; i++) if (hits(i) === words.length) { rows.push(i); found[i] = 1; }
  view.found = rows.length ? found : null; // where nothing is found the map stays as it is
  const best = strongest(rows, 3000).map((i) => [worth(i, words), i]).sort((a, b) => b[0] - a[0] || a[1] - b[1]).slice(0, 80).map(([, i]) => i);
  const told = `${several(rows.length, unit)}, ${several(kept.length, "topic")}`;
  fill(make("h2", {}, "“", inline(box.value.trim()), "”"), make("p", { class: "soft" }, told),
    ...section(`${Unit}s`, ...best.map((i) => documentCard(i, words, null, held.every((found) => found[i] === 2)))),
    ...(rows.length || !data.texts ? [] : offers(words, held, hits)));
  tell(told);
  redraw();
}

const worth = (i, words) => (words.every((word) => fold(titleOf(i)).includes(word)) ? 2 : 0) + data.strength[i] / 255;

// So many of the rows, those that belong to their topics most
function strongest(rows, most) {
  if (rows.length <= most) return rows;
  const times = new Uint32Array(257);
  for (const i of rows) times[data.strength[i]]++;
  let [least, taken] = [256, 0];
  while (taken < most) taken += times[--least];
  return rows.filter((i) => data.strength[i] >= least).sort((a, b) => data.strength[b] - data.strength[a] || a - b).slice(0, most);
}

// Where no document has all the words: those that have some, words written alike, and else the largest topics
function offers(words, held, hits) {
  const asked = (text) => { box.value = text; search(); };
  const near = words.flatMap((word, k) => (held[k].some(Boolean) ? [] : alike(word).map((one) => words.map((other, j) => (j === k ? one : other)).join(" "))));
  const some = [];
  for (let i = 0; i < n; i++) if (hits(i)) some.push(i);
  some.sort((a, b) => hits(b) - hits(a) || data.strength[b] - data.strength[a]);
  const buttons = (texts) => (texts.length ? [make("div", { class: "chips" }, ...texts.map((text) => said("button", { class: "offer", onclick: () => asked(text) }, text)))] : []);
  const largest = [...topics].sort((a, b) => b.size - a.size).slice(0, 8);
  return [make("p", {}, `No ${unit} has `, ...(words.length > 1 ? ["all of these words."] : ["this word."])),
    ...section("Perhaps you meant", ...buttons([...new Set(near)].slice(0, 6))),
    ...section(`${several(some.length, unit)} with some of the words`, ...some.slice(0, 20).map((i) => documentCard(i, words))),
    ...(near.length || some.length ? [] : section("The largest topics", make("div", { class: "chips" }, ...largest.map((topic) => said("button", { class: "offer", onclick: () => { box.value = ""; showList(); chooseTopic(topic.id); } }, topic.name)))))];
}

async function begin() {
  document.getElementById("facts").textContent = `${several(facts.n_docs, "document")} · ${several(topics.length, "topic")}`;
  document.getElementById("order").addEventListener("change", () => showList());
  let waiting = 0;
  box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 160); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== box) { event.preventDefault(); box.focus(); }
    if (event.key === "Escape") { box.value = ""; search(); }
  });
  showList();
  showOverview();
  await loadPoints();
  if (facts.has_map) { prepareGrid(); preparePoints(); wireMap(); home(); } else hideMap();
  document.body.dataset.drawn = "true";
  if (facts.eager) await needAll();
  document.body.dataset.ready = "true";
  if (box.value) search();
}

function hideMap() {
  document.getElementById("nomap").hidden = false;
  for (const part of [surface, below, above, document.querySelector(".tools"), document.querySelector(".colors")]) part.hidden = true;
}

begin();
