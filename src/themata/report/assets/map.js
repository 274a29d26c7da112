// The map: move, zoom, hover, click, keys, and colors by any column.
const surface = document.getElementById("surface");
const above = document.getElementById("names-canvas");
const hover = document.getElementById("hover");
const view = { scale: 1, left: 0, top: 0, chosen: null, found: null, by: null, marked: null, light: false, pending: false, isMoved: false, isMoving: false, moving: -1e9, timer: 0 };
const UNIT = 65535;
const REST = 200; // milliseconds from one writing of the names to the next while a slow machine moves the map
// Names are few and small: without a graphics card, writing them in memory takes half of the time
const NAMES = { willReadFrequently: true };

const toScreen = (x, y) => [view.left + (x / UNIT) * view.scale, view.top + (1 - y / UNIT) * view.scale];
const isMoving = () => view.isMoving;
const grayOf = () => (view.light ? "#c9ccd1" : getComputedStyle(document.body).getPropertyValue("--gray").trim());

function home() {
  const { clientWidth: w, clientHeight: h } = surface;
  view.scale = Math.max(50, Math.min(w, h) * 0.94);
  view.left = (w - view.scale) / 2;
  view.top = (h - view.scale) / 2;
  view.isMoved = false;
  draw();
}

function zoom(factor, x = surface.clientWidth / 2, y = surface.clientHeight / 2) {
  const scale = Math.min(Math.max(view.scale * factor, 80), 400000);
  view.left = x - ((x - view.left) * scale) / view.scale;
  view.top = y - ((y - view.top) * scale) / view.scale;
  view.scale = scale;
  moved();
}

function moved() {
  view.isMoved = true;
  view.isMoving = true;
  view.moving = performance.now();
  draw();
  rest();
}

// The map rests when it was not moved for a while, and for two frames, which come late where they take long
function rest() {
  clearTimeout(view.timer);
  view.timer = setTimeout(() => {
    const last = view.moving;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (view.moving !== last) return;
      view.isMoving = false;
      draw();
    }));
  }, 120);
}

function draw() {
  if (!data.x || view.pending) return;
  view.pending = true;
  const asked = performance.now();
  requestAnimationFrame(() => {
    const now = performance.now();
    view.pending = false;
    pace(now - asked);
    if (isMoving()) paintMoving(now);
    else paint();
  });
}

// Colors of the points anew, and the map
function redraw() {
  marks.stale = true;
  draw();
}

// A frame that is long in coming waits for the one before: how long says how many points the next may draw
function pace(took) {
  if (!isMoving() || !marks.added) return;
  const share = Math.max(0.4, Math.min(1.15, FRAME / Math.max(1, took)));
  marks.most = Math.max(FEWEST, Math.min(n, marks.most) * share);
}

// Everything where it is now
function paint(ratio = window.devicePixelRatio || 1, margin = MARGIN) {
  beginPicture(ratio, margin);
  addPoints(n);
  paintNames(ratio);
}

// While the map moves, what is drawn is shifted and stretched as it is, and no frame draws more than it has time for.
// A machine that can draws all points in each
function paintMoving(now) {
  if (marks.most >= n || marks.stale || !isInPicture()) beginPicture(window.devicePixelRatio || 1, MARGIN);
  marks.added = drawn.points < n;
  if (marks.added) addPoints(marks.most);
  shift(below, drawn);
  if (marks.most >= n || now - names.when > REST) paintNames(window.devicePixelRatio || 1);
  else shift(above, names);
  if (drawn.points < n) draw();
}

// Puts what was drawn at another time where it belongs now
function shift(layer, then) {
  const times = view.scale / then.scale;
  const [x, y] = [view.left - times * (then.left + then.margin) + then.margin, view.top - times * (then.top + then.margin) + then.margin];
  layer.style.transform = times === 1 ? `translate(${Math.round(x)}px, ${Math.round(y)}px)` : `translate(${x}px, ${y}px) scale(${times})`;
}

// A layer of the size of the map and a margin, empty, which shows the map as it is now
function cleared(layer, ratio, margin) {
  const [w, h] = [surface.clientWidth + 2 * margin, surface.clientHeight + 2 * margin];
  const [wide, tall] = [Math.round(w * ratio), Math.round(h * ratio)];
  if (layer.width !== wide || layer.height !== tall) { layer.width = wide; layer.height = tall; }
  Object.assign(layer.style, { left: `${-margin}px`, top: `${-margin}px`, width: `${w}px`, height: `${h}px`, transform: "none" });
  return { scale: view.scale, left: view.left, top: view.top, ratio, margin, w, h };
}

let hovered = -1;
function showHover(x, y) {
  const i = data.x ? nearestAt(x, y) : -1;
  hovered = i;
  hover.hidden = i < 0;
  if (i < 0) return;
  const place = () => {
    hover.style.left = `${Math.max(4, Math.min(x + 14, surface.clientWidth - hover.offsetWidth - 8))}px`;
    hover.style.top = `${Math.max(4, Math.min(y + 14, surface.clientHeight - hover.offsetHeight - 8))}px`;
  };
  hover.replaceChildren(said("b", {}, nameOf(data.topic[i])), ...pictureOf(i), ...(hasText(i) ? [...summary(i, 200), ...brief(i)] : []));
  place();
  if (!hasText(i)) need([i]).then(() => { if (hovered === i) showHover(x, y); });
}

// A picture of the document, where it is one of those that the page holds
function pictureOf(i) {
  const image = data.topic[i] < 0 ? null : topics[data.topic[i]].images.find(({ row }) => row === i);
  return image ? [make("img", { src: image.src, alt: "" })] : [];
}

// Values of further columns in a line
function brief(i) {
  const values = facts.columns.map((column) => [column.name, cut(valueOf(column, i), 40)]).filter(([, value]) => value);
  return values.length ? [make("span", { class: "soft" }, ...values.slice(0, 8).flatMap(([name, value], k) => [k ? " · " : "", inline(name), ": ", inline(value)]))] : [];
}

function wireMap() {
  const held = new Map();
  let traveled = 0;
  surface.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * 0.0016), event.offsetX, event.offsetY);
  }, { passive: false });
  surface.addEventListener("pointerdown", (event) => {
    surface.setPointerCapture(event.pointerId);
    held.set(event.pointerId, [event.offsetX, event.offsetY]);
    traveled = 0;
  });
  surface.addEventListener("pointermove", (event) => {
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
  surface.addEventListener("pointerup", (event) => {
    held.delete(event.pointerId);
    if (traveled > 6) return;
    open(event.offsetX, event.offsetY);
  });
  surface.addEventListener("pointercancel", (event) => held.delete(event.pointerId));
  surface.addEventListener("pointerleave", () => { hovered = -1; hover.hidden = true; });
  surface.addEventListener("keydown", (event) => {
    const go = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
    if (go) { view.left += go[0]; view.top += go[1]; event.preventDefault(); moved(); }
    if (event.key === "+" || event.key === "=") zoom(1.3);
    if (event.key === "-") zoom(1 / 1.3);
    if (event.key === "0") home();
    if (event.key === "Enter") open(surface.clientWidth / 2, surface.clientHeight / 2, 60);
  });
  document.getElementById("in").addEventListener("click", () => zoom(1.5));
  document.getElementById("out").addEventListener("click", () => zoom(1 / 1.5));
  document.getElementById("home").addEventListener("click", home);
  document.getElementById("png").addEventListener("click", saveImage);
  document.getElementById("print").addEventListener("click", () => window.print());
  wireColors();
  // A notebook may show the page long after it was loaded, without a size: until somebody moves the map it fits
  new ResizeObserver(() => (view.isMoved ? draw() : home())).observe(surface);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

// The topic whose name, or else the document whose point is there
function open(x, y, reach) {
  const named = nameAt(x, y);
  const i = nearestAt(x, y, reach);
  if (named && named[4] !== null) chooseTopic(named[4]);
  else if (named) zoomTo(named[5]);
  else if (i >= 0) showDocument(i);
  else chooseTopic(null);
}

// A heading opens: the map shows what is under it
function zoomTo(node) {
  const { clientWidth: w, clientHeight: h } = surface;
  const wide = Math.max(2 * node.reach[0], 2 * node.reach[1], UNIT / 60) / UNIT;
  view.scale = Math.min(400000, Math.max(1.6 * view.scale, (0.7 * Math.min(w, h)) / wide));
  view.left = w / 2 - (node.x / UNIT) * view.scale;
  view.top = h / 2 - (1 - node.y / UNIT) * view.scale;
  moved();
}

// Colors: by topic, by date, or by a column of classes or numbers; marks by a column of few values
function wireColors() {
  const hasDates = data.days && daysBetween()[0] < daysBetween()[1];
  const colored = facts.columns.filter((column) => column.kind !== "text").map((column) => column.name);
  wireChoice("by", [...(hasDates ? ["date"] : []), ...colored], facts.color);
  wireChoice("marked", facts.columns.filter((column) => column.marks).map((column) => column.name), facts.marked);
}

function wireChoice(id, names, first) {
  const select = document.getElementById(id);
  select.append(...names.map((name) => make("option", { value: name }, name)));
  select.parentElement.hidden = !names.length;
  select.value = first || "";
  const choose = () => { view[id] = select.value || null; showLegend(); redraw(); };
  select.addEventListener("change", choose);
  if (first) choose();
}

// What the colors and the marks mean: a line each of a class, its mark with the color it has on the map
function legendLines() {
  const [colors, shapes] = [columnNamed(view.by), markedColumn()];
  const lines = (column, look) => [...column.values, ...(column === shapes && data.codes[column.name].includes(NONE) ? ["no value"] : [])].map((value, k) => ({ value, ...look(k) }));
  const head = (column) => ({ value: column.name, head: true });
  return {
    colors: colors && colors.kind === "class" ? [head(colors), ...lines(colors, (k) => ({ color: colors.colors[k] || grayOf(), shape: shapes === colors ? SHAPES[k] : "circle" }))] : [],
    marks: shapes && shapes !== colors ? [head(shapes), ...lines(shapes, (k) => ({ color: null, shape: SHAPES[k] }))] : [],
  };
}

function showLegend() {
  const legend = document.getElementById("legend");
  const { colors, marks: shapes } = legendLines();
  const column = columnNamed(view.by);
  const line = ({ value, color, shape, head }) => head ? make("div", { class: "soft" }, inline(cut(value, 40))) : make("div", {}, make("span", { class: `mark ${shape}`, ...(color ? { color } : {}) }), inline(cut(value, 40)));
  const ends = () => (column ? [column.low, column.high].map((value) => number(value, column)) : daysBetween().map((day) => new Date(day * 864e5).toISOString().slice(0, 10)));
  const ramp = view.by && !colors.length ? [make("div", { class: "ramp" }), make("div", { class: "ends" }, ...ends().map((end) => make("span", {}, end)))] : [];
  legend.hidden = !view.by && !shapes.length;
  legend.replaceChildren(...colors.map(line), ...ramp, ...shapes.map(line));
}
