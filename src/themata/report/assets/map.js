// The map: points on a canvas, names where there is room for them, move, zoom, hover and click.
const canvas = document.getElementById("canvas");
const hover = document.getElementById("hover");
const view = { scale: 1, left: 0, top: 0, chosen: null, found: null, pending: false, moving: 0 };
const UNIT = 65535;
let boxes = [];

const toScreen = (x, y) => [view.left + (x / UNIT) * view.scale, view.top + (1 - y / UNIT) * view.scale];

function home() {
  const { clientWidth: w, clientHeight: h } = canvas;
  view.scale = Math.max(50, Math.min(w, h) * 0.94);
  view.left = (w - view.scale) / 2;
  view.top = (h - view.scale) / 2;
  view.moving = 0;
  draw();
}

function zoom(factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
  const scale = Math.min(Math.max(view.scale * factor, 80), 60000);
  view.left = x - ((x - view.left) * scale) / view.scale;
  view.top = y - ((y - view.top) * scale) / view.scale;
  view.scale = scale;
  moved();
}

function moved() {
  view.moving = performance.now();
  draw();
  setTimeout(() => performance.now() - view.moving > 110 && draw(), 120);
}

function draw() {
  if (!data.x || view.pending) return;
  view.pending = true;
  requestAnimationFrame(() => { view.pending = false; paint(); });
}

function paint() {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: w, clientHeight: h } = canvas;
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
    canvas.width = Math.round(w * ratio);
    canvas.height = Math.round(h * ratio);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, w, h);
  // While moving, a large corpus is drawn thinner, and in full when it rests
  const step = performance.now() - view.moving < 100 && n > 80000 ? Math.ceil(n / 80000) : 1;
  const size = Math.min(7, Math.max(1.3, 2.4 * Math.sqrt(view.scale / 700) * Math.min(1.6, Math.sqrt(20000 / Math.max(n, 500)))));
  const bright = (i) => (view.found ? view.found.has(i) : view.chosen === null || data.topic[i] === view.chosen);
  for (const lit of [false, true]) {
    let last = null;
    pen.globalAlpha = lit ? 0.75 : 0.16;
    for (const i of drawnOrder()) {
      if (i % step || bright(i) !== lit) continue;
      const [x, y] = toScreen(data.x[i], data.y[i]);
      if (x < -5 || y < -5 || x > w + 5 || y > h + 5) continue;
      const color = lit ? colors[data.topic[i] + 1] : colors[0];
      if (color !== last) pen.fillStyle = last = color;
      const drawn = lit && (view.found || view.chosen !== null) ? size * 1.4 : size;
      pen.fillRect(x - drawn / 2, y - drawn / 2, drawn, drawn);
    }
  }
  pen.globalAlpha = 1;
  names(pen, w, h);
}

let colors = [];
let order = null;
function drawnOrder() {
  if (!order) {
    order = Uint32Array.from({ length: n }, (_, i) => i);
    order.sort((a, b) => data.topic[a] - data.topic[b]); // few changes of color
  }
  return order;
}

function names(pen, w, h) {
  const style = getComputedStyle(document.body);
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  boxes = [];
  const zoomed = view.scale / Math.min(w, h);
  const listed = topics.filter((t) => t.x !== null).sort((a, b) => (b.id === view.chosen) - (a.id === view.chosen) || b.size - a.size);
  for (const topic of listed) {
    let [x, y] = toScreen(topic.x, topic.y);
    if (x < -80 || y < -20 || x > w + 80 || y > h + 20) continue;
    const size = Math.min(20, Math.max(11, 10.5 + 3.2 * Math.log10(1 + (60 * topic.size) / n) * Math.sqrt(zoomed)));
    pen.font = `${topic.id === view.chosen ? 700 : 600} ${size}px ${style.fontFamily}`;
    const lines = wrapped(topic.name, 22);
    const width = Math.max(...lines.map((line) => pen.measureText(line).width)) + 10;
    const height = lines.length * size * 1.16 + 4;
    // a topic on the screen has its whole name on the screen
    if (x >= 0 && x <= w) x = Math.max(width / 2, Math.min(w - width / 2, x));
    if (y >= 0 && y <= h) y = Math.max(height / 2, Math.min(h - height / 2, y));
    const box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
    if (boxes.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1])) continue;
    boxes.push([...box, topic.id]);
    pen.globalAlpha = view.chosen === null || view.chosen === topic.id ? 1 : 0.35;
    pen.direction = directionOf(topic.name);
    lines.forEach((line, k) => {
      const at = y + (k - (lines.length - 1) / 2) * size * 1.16;
      pen.strokeStyle = style.backgroundColor;
      pen.lineWidth = 4;
      pen.strokeText(line, x, at);
      pen.fillStyle = style.color;
      pen.fillText(line, x, at);
    });
  }
  pen.globalAlpha = 1;
}

const LEFTWARD = /\p{Script=Arabic}|\p{Script=Hebrew}|\p{Script=Syriac}|\p{Script=Thaana}|\p{Script=Nko}|\p{Script=Adlam}/u;
// The first letter decides, as for the rest of the page
const directionOf = (text) => (LEFTWARD.test((text.match(/\p{L}/u) || [""])[0]) ? "rtl" : "ltr");
const DOUBLE = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303f\uff01-\uff60]/u;
const columns = (text) => [...text.replace(/\p{M}/gu, "")].reduce((sum, mark) => sum + (DOUBLE.test(mark) ? 2 : 1), 0);

// What a line may end after: a word with its blank; where it is too wide, as in Chinese or Thai, the words in it
function units(name, most) {
  return name.split(/(?<= )/).flatMap((word) => {
    if (columns(word) <= most || !window.Intl || !Intl.Segmenter) return [word];
    const found = [];
    for (const { segment, isWordLike } of new Intl.Segmenter(facts.language || undefined, { granularity: "word" }).segment(word)) {
      if (isWordLike || !found.length) found.push(segment);
      else found[found.length - 1] += segment;
    }
    return found;
  });
}

function wrapped(name, most) {
  const lines = [""];
  for (const unit of units(name, most)) {
    const line = lines[lines.length - 1];
    if (line && columns((line + unit).trimEnd()) > most) lines.push(unit);
    else lines[lines.length - 1] = line + unit;
  }
  const whole = lines.map((line) => line.trimEnd());
  return whole.length > 3 ? [...whole.slice(0, 2), whole[2] + "…"] : whole;
}

function nearestAt(x, y, reach = 9) {
  let best = -1;
  let near = reach * reach;
  for (let i = 0; i < n; i++) {
    if (view.chosen !== null && data.topic[i] !== view.chosen && !view.found) continue;
    const [px, py] = toScreen(data.x[i], data.y[i]);
    const distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance < near) { near = distance; best = i; }
  }
  return best;
}

const nameAt = (x, y) => boxes.find((b) => x > b[0] && x < b[2] && y > b[1] && y < b[3]);

function showHover(x, y) {
  const i = data.x ? nearestAt(x, y) : -1;
  hover.hidden = i < 0;
  if (i < 0) return;
  hover.replaceChildren(said("b", {}, nameOf(data.topic[i])), ...(data.texts ? summary(i, 200) : []));
  hover.style.left = `${Math.min(x + 14, canvas.clientWidth - hover.offsetWidth - 8)}px`;
  hover.style.top = `${Math.min(y + 14, canvas.clientHeight - hover.offsetHeight - 8)}px`;
}

function wireMap() {
  const held = new Map();
  let traveled = 0;
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * 0.0016), event.offsetX, event.offsetY);
  }, { passive: false });
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, [event.offsetX, event.offsetY]);
    traveled = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) return showHover(event.offsetX, event.offsetY);
    const now = [event.offsetX, event.offsetY];
    traveled += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
    if (held.size === 2) {
      const other = [...held.entries()].find(([id]) => id !== event.pointerId)[1];
      const apart = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]);
      zoom(apart(now) / Math.max(1, apart(before)), other[0], other[1]);
    } else {
      view.left += now[0] - before[0];
      view.top += now[1] - before[1];
      hover.hidden = true;
      moved();
    }
    held.set(event.pointerId, now);
  });
  canvas.addEventListener("pointerup", (event) => {
    held.delete(event.pointerId);
    if (traveled > 6) return;
    const named = nameAt(event.offsetX, event.offsetY);
    const i = nearestAt(event.offsetX, event.offsetY);
    if (named) chooseTopic(named[4]);
    else if (i >= 0) showDocument(i);
    else chooseTopic(null);
  });
  canvas.addEventListener("pointercancel", (event) => held.delete(event.pointerId));
  canvas.addEventListener("pointerleave", () => { hover.hidden = true; });
  canvas.addEventListener("keydown", (event) => {
    const go = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
    if (go) { view.left += go[0]; view.top += go[1]; event.preventDefault(); moved(); }
    if (event.key === "+" || event.key === "=") zoom(1.3);
    if (event.key === "-") zoom(1 / 1.3);
    if (event.key === "0") home();
  });
  document.getElementById("in").addEventListener("click", () => zoom(1.5));
  document.getElementById("out").addEventListener("click", () => zoom(1 / 1.5));
  document.getElementById("home").addEventListener("click", home);
  // A notebook may show the page long after it was loaded, without a size: until somebody moves the map it fits
  new ResizeObserver(() => (view.moving ? draw() : home())).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { recolor(); draw(); });
}

function recolor() {
  colors = [colorOf(-1), ...topics.map((topic) => topic.color)];
}
