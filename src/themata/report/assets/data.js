// What the report shows: topics at once, points and texts as soon as they are unpacked.
const facts = JSON.parse(document.getElementById("data").textContent);
const topics = facts.topics;
const n = facts.n_points;
const unit = facts.n_points === facts.n_docs ? "document" : "passage"; // what a point of the map is
const data = { x: null, y: null, topic: null, strength: null, titles: null, texts: null, links: null, days: null, words: [], documents: null };

async function unpacked(id) {
  const element = document.getElementById(id);
  const packed = atob(element.textContent.trim());
  element.remove();
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

async function loadPoints() {
  const buffer = await unpacked("points");
  let at = 0;
  if (facts.has_map) {
    data.x = new Uint16Array(buffer, 0, n);
    data.y = new Uint16Array(buffer, 2 * n, n);
    at = 4 * n;
  }
  data.topic = new Int16Array(buffer, at, n);
  data.strength = new Uint8Array(buffer, at + 2 * n, n);
}

async function loadTexts() {
  Object.assign(data, JSON.parse(new TextDecoder().decode(await unpacked("texts"))));
  data.documents = new Uint8Array(await unpacked("index"));
}

const titleOf = (i) => (data.titles && data.titles[i]) || "";
const dateOf = (i) => (data.days && data.days[i] !== null ? new Date(data.days[i] * 864e5).toISOString().slice(0, 10) : "");
const linkOf = (i) => (data.links && /^https?:\/\//i.test(data.links[i]) ? data.links[i] : "");
const nameOf = (topic) => (topic < 0 ? "no topic" : topics[topic].name);

// At most so many characters, none of them parted from its marks
function cut(text, most) {
  if (text.length <= most) return text;
  let end = most - 1;
  while (end > 0 && /^[\p{M}\p{Cs}\u200d]/u.test(text.slice(end))) end--;
  return text.slice(0, end).trimEnd() + "…";
}

const colorOf = (topic) => (topic < 0 ? getComputedStyle(document.body).getPropertyValue("--gray").trim() : topics[topic].color);
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
