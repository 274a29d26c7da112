// What the report shows: topics at once, points and texts as soon as they are unpacked.
const facts = JSON.parse(document.getElementById("data").textContent);
const topics = facts.topics;
const n = facts.n_docs;
const data = { x: null, y: null, topic: null, strength: null, texts: null, folded: null };

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
  data.texts = JSON.parse(new TextDecoder().decode(await unpacked("texts")));
}

// Case and accents do not matter to a search
const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

function foldedTexts() {
  if (!data.folded) data.folded = data.texts.map(fold);
  return data.folded;
}

const colorOf = (topic) => (topic < 0 ? getComputedStyle(document.body).getPropertyValue("--gray").trim() : topics[topic].color);
const count = (value) => value.toLocaleString("en");

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
