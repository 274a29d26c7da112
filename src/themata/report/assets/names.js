// The names on the map: coarse ones from far, fine ones near, none over another, beside clusters smaller than they are.
const ROOM = 6500; // square pixels that a name takes with the room around it
let boxes = [];

const LEFTWARD = /\p{Script=Arabic}|\p{Script=Hebrew}|\p{Script=Syriac}|\p{Script=Thaana}|\p{Script=Nko}|\p{Script=Adlam}/u;
// The first letter decides, as for the rest of the page
const directionOf = (text) => (LEFTWARD.test((text.match(/\p{L}/u) || [""])[0]) ? "rtl" : "ltr");
// Of a list most of its words decide: a foreign one may be the first
const directionOfMost = (words) => (2 * words.filter((word) => directionOf(word) === "rtl").length >= Math.max(1, words.length) ? "rtl" : "ltr");
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

// Headings and topics as one tree; without layers, the topics
const tree = (entries) => entries.map((entry) => (entry.children ? { ...entry, id: null, children: tree(entry.children) } : topics[entry.topic]));
const roots = facts.contents.length ? tree(facts.contents) : topics;

// What is named: the finest layer of which the screen has room for all names that lie on it
function namedNow(w, h) {
  const visible = ({ x, y }) => {
    if (x === null) return false;
    const [left, top] = toScreen(x, y);
    return left > -80 && top > -20 && left < w + 80 && top < h + 20;
  };
  const seen = (node) => (node.children ? node.children.some(seen) || visible(node) : visible(node));
  const most = Math.max(12, (w * h) / ROOM);
  let open = roots.filter(seen);
  while (open.some((node) => node.children)) {
    const next = open.flatMap((node) => (node.children ? node.children.filter(seen) : [node]));
    if (next.length > most && next.length > open.length) break;
    open = next;
  }
  const chosen = view.chosen === null ? [] : [topics[view.chosen]];
  const rest = open.filter((node) => visible(node) && !(node.id !== null && node.id === view.chosen));
  return [...chosen.filter(visible), ...rest.sort((a, b) => b.size - a.size).slice(0, 4 * most)];
}

// Lines of a name and their width in letters one pixel high, measured once
const measured = new Map();
function measure(pen, node, font) {
  const key = `${node.id === null ? "heading" : "topic"} ${node.name}`;
  if (!measured.has(key)) {
    pen.font = font(100);
    const lines = wrapped(node.name, node.id === null ? 28 : 22);
    measured.set(key, { lines, width: Math.max(...lines.map((line) => pen.measureText(line).width)) / 100 });
  }
  return measured.get(key);
}

// A name as an image: written once for each size, since letters with a halo take longer than thousands of points
const written = new Map();
const EDGE = 4;
function nameImage(node, lines, width, size, font, ink, paper, ratio) {
  const key = [node.name, node.id === null, font, ink, ratio].join("\n");
  if (written.has(key)) return written.get(key);
  if (written.size > 2000) written.clear();
  const image = document.createElement("canvas");
  const height = lines.length * size * 1.16 + 4;
  Object.assign(image, { width: Math.ceil((width + 2 * EDGE) * ratio), height: Math.ceil((height + 2 * EDGE) * ratio) });
  const pen = image.getContext("2d");
  pen.scale(ratio, ratio);
  Object.assign(pen, { font, textAlign: "center", textBaseline: "middle", lineJoin: "round", direction: directionOf(node.name), strokeStyle: paper, lineWidth: 3, fillStyle: ink });
  const x = EDGE + width / 2;
  lines.forEach((line, k) => {
    const y = EDGE + height / 2 + (k - (lines.length - 1) / 2) * size * 1.16;
    pen.strokeText(line, x, y);
    pen.fillText(line, x, y);
  });
  if (node.id === null) pen.fillRect(x - 9, EDGE + height - 1, 18, 1.5);
  written.set(key, image);
  return image;
}

// Where the map was when its names were written, and when that was
const names = { scale: 1, left: 0, top: 0, margin: 0, w: 0, h: 0, when: -1e9 };

function paintNames(ratio) {
  Object.assign(names, cleared(above, ratio, 0), { when: performance.now() });
  const { w, h } = names;
  const pen = above.getContext("2d", NAMES);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, w, h);
  const style = getComputedStyle(document.body);
  const [ink, paper] = view.light ? ["#1f2933", "#ffffff"] : [style.color, style.backgroundColor];
  boxes = [];
  const zoomed = view.scale / Math.min(w, h);
  for (const node of namedNow(w, h)) {
    const room = 10.5 + 3.2 * Math.log10(1 + (60 * node.size) / facts.n_docs) * Math.sqrt(zoomed);
    const size = Math.round(2 * Math.min(20, Math.max(11, room))) / 2;
    const font = (pixels) => `${node.id !== null && node.id === view.chosen ? 700 : 600} ${pixels}px ${style.fontFamily}`;
    const { lines, width } = measure(pen, node, font);
    const box = freePlace(node, width * size + 10, lines.length * size * 1.16 + 4, w, h);
    if (!box) continue;
    boxes.push([...box, node.id, node]);
    pen.globalAlpha = view.chosen === null || view.chosen === node.id ? 1 : 0.35;
    const image = nameImage(node, lines, box[2] - box[0], size, font(size), ink, paper, ratio);
    // On whole pixels, so that letters stay sharp
    const [x, y] = [box[0] - EDGE, box[1] - EDGE].map((at) => Math.round(at * ratio) / ratio);
    pen.drawImage(image, x, y, image.width / ratio, image.height / ratio);
  }
  pen.globalAlpha = 1;
}

// Where a name covers no other: on its cluster, a line higher or lower; beside one that is smaller, wherever it hides least
function freePlace(node, width, height, w, h) {
  const [x, y] = toScreen(node.x, node.y);
  const [across, tall] = node.reach.map((units) => (units / UNIT) * view.scale);
  const isNarrow = width > 2.2 * across;
  const up = Math.min(tall, width / 2.2);
  // Of two places that hide as much the first is taken
  const beside = [[across + width / 2 + 3, 0], [-across - width / 2 - 3, 0], [0, -up - height / 2 - 1], [0, up + height / 2 + 1]];
  const isSmall = isNarrow && node.id !== null;
  const tries = isSmall ? [...beside, [0, 0]] : [[0, 0], [0, -height], [0, height]];
  let [best, least] = [null, Infinity];
  for (const [right, down] of tries) {
    const [cx, cy] = [kept(x + right, width, w, x >= 0 && x <= w), kept(y + down, height, h, y >= 0 && y <= h)];
    const box = [cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2];
    if (boxes.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1])) continue;
    if (!isSmall) return box;
    // A name on a cluster that is smaller than it hides it: worse than hiding as many points of others
    const hidden = covered(box) * (right || down ? 1 : 3);
    if (hidden < least) [best, least] = [box, hidden];
  }
  return best;
}

// A topic on the screen has its whole name on the screen
const kept = (middle, length, most, is) => (is ? Math.max(length / 2, Math.min(most - length / 2, middle)) : middle);

const nameAt = (x, y) => boxes.find((b) => x > b[0] && x < b[2] && y > b[1] && y < b[3]);
