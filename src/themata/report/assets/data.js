// What the report shows: topics at once, points as soon as they are unpacked, texts in blocks when they are wanted.
const facts = JSON.parse(document.getElementById("data").textContent);
const topics = facts.topics;
const n = facts.n_points;
const unit = facts.n_points === facts.n_docs ? "document" : "passage"; // what a point of the map is
const Unit = unit[0].toUpperCase() + unit.slice(1);
const NONE = 65535;
const NO_DAY = -(2 ** 31);
const data = { x: null, y: null, topic: null, strength: null, days: null, codes: {}, texts: null, titles: null, links: null, words: [], documents: null };
// Rows by topic, where each row stands among them, and where each topic begins; outliers come first
const sorted = { rows: null, place: null, start: null };
const blocks = { elements: [...document.querySelectorAll("script.texts")], promises: [], loaded: 0 };

function bytesOf(element) {
  const text = element.textContent.trim();
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const packed = atob(text);
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  return bytes;
}

async function unpacked(element) {
  const stream = new Blob([bytesOf(element)]).stream().pipeThrough(new DecompressionStream("gzip"));
  element.remove();
  return new Response(stream).arrayBuffer();
}

const read = async (element) => JSON.parse(new TextDecoder().decode(await unpacked(element)));

async function loadPoints() {
  const buffer = await unpacked(document.getElementById("points"));
  let at = 0;
  const take = (type) => {
    const found = new type(buffer, at, n);
    at += found.byteLength;
    return found;
  };
  if (facts.has_dates) data.days = take(Int32Array);
  if (facts.has_map) { data.x = take(Uint16Array); data.y = take(Uint16Array); }
  data.topic = take(facts.topics.length > 32767 ? Int32Array : Int16Array);
  for (const column of facts.columns) if (column.kind !== "text") data.codes[column.name] = take(Uint16Array);
  data.strength = take(Uint8Array);
  sortByTopic();
  data.texts = new Array(n);
}

function sortByTopic() {
  const start = new Uint32Array(topics.length + 2);
  for (let i = 0; i < n; i++) start[data.topic[i] + 2]++;
  for (let k = 1; k < start.length; k++) start[k] += start[k - 1];
  const next = start.slice();
  sorted.start = start;
  sorted.rows = new Uint32Array(n);
  sorted.place = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const at = next[data.topic[i] + 1]++;
    sorted.rows[at] = i;
    sorted.place[i] = at;
  }
}

const rowsOf = (topic) => sorted.rows.subarray(sorted.start[topic + 1], sorted.start[topic + 2]);
const hasText = (i) => data.texts !== null && data.texts[i] !== undefined;

function block(k) {
  return (blocks.promises[k] ??= read(blocks.elements[k]).then((held) => {
    const first = k * facts.block;
    for (const [name, values] of Object.entries(held)) {
      const into = (data[name] ??= new Array(n));
      for (let j = 0; j < values.length; j++) into[sorted.rows[first + j]] = values[j];
    }
    blocks.elements[k] = null;
    blocks.loaded++;
  }));
}

// The texts of some documents
const need = (rows) => Promise.all([...new Set(rows.map((i) => Math.floor(sorted.place[i] / facts.block)))].map(block));

// All of them, a few at a time so that the page answers in between
async function needAll(progress = () => {}) {
  for (let k = 0; k < blocks.elements.length; k++) {
    if (blocks.elements[k]) progress(k / blocks.elements.length);
    await block(k);
  }
}

async function loadIndex() {
  if (data.documents) return;
  const [words, documents] = ["words", "index"].map((id) => document.getElementById(id));
  const found = await read(words);
  data.documents = new Uint8Array(await unpacked(documents));
  data.words = found;
}

const titleOf = (i) => (data.titles && data.titles[i]) || "";
const dateOf = (i) => (data.days && data.days[i] !== NO_DAY ? new Date(data.days[i] * 864e5).toISOString().slice(0, 10) : "");
const linkOf = (i) => (data.links && /^https?:\/\//i.test(data.links[i]) ? data.links[i] : "");
const nameOf = (topic) => (topic < 0 ? "no topic" : topics[topic].name);
const columnNamed = (name) => (name ? facts.columns.find((column) => column.name === name) : undefined);

// A document's value of a further column, as it is read
function valueOf(column, i) {
  const said = data[`column:${column.name}`];
  if (said || column.kind === "text") return (said || [])[i] || "";
  const code = data.codes[column.name][i];
  if (code === NONE) return "";
  return column.kind === "class" ? column.values[code] : number(column.low + (code / (NONE - 1)) * (column.high - column.low), column);
}

// No more digits than two values that differ can be told apart by
function number(value, { low, high }) {
  if (Number.isInteger(low) && Number.isInteger(high) && high - low < NONE) return String(Math.round(value));
  const digits = Math.max(0, Math.min(6, 3 - Math.floor(Math.log10(Math.max(high - low, 1e-12)))));
  return value.toFixed(digits);
}

// At most so many characters, none of them parted from its marks
function cut(text, most) {
  if (text.length <= most) return text;
  let end = most - 1;
  while (end > 0 && /^[\p{M}\p{Cs}\u200d]/u.test(text.slice(end))) end--;
  return text.slice(0, end).trimEnd() + "…";
}

const count = (value) => value.toLocaleString("en");
const several = (value, what) => `${count(value)} ${what}${value === 1 ? "" : "s"}`;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (name === "color") element.style.background = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// What people wrote: in its own language, and in its own direction whatever stands around it
const said = (tag, attributes, ...children) => make(tag, { dir: "auto", ...(facts.language ? { lang: facts.language } : {}), ...attributes }, ...children);
const inline = (text) => said("bdi", {}, text);
