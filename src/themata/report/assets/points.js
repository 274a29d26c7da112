// The points of the map: drawn by the graphics card where there is WebGL, and else by the pen of a canvas.
let below = document.getElementById("points-canvas");
const SHUFFLED = 2654435761; // a large odd number steps through all rows in an order that looks like none
const SHAPES = ["circle", "square", "triangle", "diamond", "cross", "ring"];
const FEWEST = 4000; // points that a frame adds while the map moves, however slow the machine
const FRAME = 26; // milliseconds that a frame may take
const MARGIN = 300; // pixels around the map that are drawn, too, and come into view when it is moved
const marks = { rows: null, look: null, gl: null, most: Infinity, added: false, buffers: null, stale: true };
// Where the map was when its points were drawn, and how many of them are
const drawn = { scale: 1, left: 0, top: 0, ratio: 1, margin: 0, w: 0, h: 0, points: 0, passes: [] };

const VERTEX = `
attribute vec2 place; attribute vec4 look;
uniform vec2 scale, shift; uniform mediump float size, lit;
varying vec3 color; varying float shape;
void main() {
  float flags = floor(look.a * 255.0 + 0.5);
  gl_Position = step(128.0, flags) == lit ? vec4(place * scale + shift, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = size; color = look.rgb; shape = mod(flags, 128.0);
}`;
const FRAGMENT = `
precision mediump float;
uniform float size, alpha, lit; uniform vec3 dim;
varying vec3 color; varying float shape;
void main() {
  vec2 at = gl_PointCoord * 2.0 - 1.0; vec2 side = abs(at); float far = length(at); float inside = 1.0;
  if (size > 2.5) {
    float edge = 2.0 / size;
    if (shape < 0.5) inside = smoothstep(1.0, 1.0 - edge, far);
    else if (shape < 1.5) inside = step(max(side.x, side.y), 0.85);
    else if (shape < 2.5) inside = step(2.0 * side.x - 0.9, at.y) * step(at.y, 0.9);
    else if (shape < 3.5) inside = smoothstep(1.0, 1.0 - edge, side.x + side.y);
    else if (shape < 4.5) inside = step(min(side.x, side.y), 0.3);
    else inside = smoothstep(1.0, 1.0 - edge, far) * smoothstep(0.35, 0.35 + edge, far);
  }
  float a = inside * alpha;
  gl_FragColor = vec4((lit > 0.5 ? color : dim) * a, a);
}`;

function preparePoints() {
  const step = stepThrough(n);
  marks.rows = new Uint32Array(n);
  for (let k = 0, row = 0; k < n; k++, row = (row + step) % n) marks.rows[k] = row;
  marks.look = new Uint8Array(4 * n);
  marks.gl = below.getContext("webgl", { antialias: false, depth: false, stencil: false, preserveDrawingBuffer: true });
  if (marks.gl && !startGl()) { // a canvas with a context of one kind never has the other
    marks.gl = null;
    const other = below.cloneNode();
    below.replaceWith(other);
    below = other;
  }
  if (marks.gl) {
    below.addEventListener("webglcontextlost", (event) => event.preventDefault());
    below.addEventListener("webglcontextrestored", () => { startGl(); marks.stale = true; draw(); });
  }
}

// Coprime to n, so that every row comes once
function stepThrough(total) {
  const divisor = (a, b) => (b ? divisor(b, a % b) : a);
  let step = Math.max(1, SHUFFLED % Math.max(1, total));
  while (divisor(step, total) > 1) step++;
  return step;
}

function startGl() {
  const gl = marks.gl;
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return false;
  gl.useProgram(program);
  const places = new Uint16Array(2 * n);
  for (let k = 0; k < n; k++) { places[2 * k] = data.x[marks.rows[k]]; places[2 * k + 1] = data.y[marks.rows[k]]; }
  const buffer = (name, values, width, type) => {
    const made = gl.createBuffer();
    const at = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, made);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, width, type, true, 0, 0);
    return made;
  };
  buffer("place", places, 2, gl.UNSIGNED_SHORT);
  marks.buffers = { look: buffer("look", marks.look, 4, gl.UNSIGNED_BYTE), at: {} };
  for (const name of ["scale", "shift", "size", "lit", "alpha", "dim"]) marks.buffers.at[name] = gl.getUniformLocation(program, name);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  return true;
}

const rgb = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
const RAMP = ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"].map(rgb); // viridis

function rampAt(share) {
  const at = Math.min(RAMP.length - 2, Math.floor(share * (RAMP.length - 1)));
  const part = share * (RAMP.length - 1) - at;
  return RAMP[at].map((low, k) => Math.round(low + part * (RAMP[at + 1][k] - low)));
}

// Of each document its color: red, green, blue
function colorsOfPoints() {
  const none = rgb(grayOf());
  const column = view.by && columnNamed(view.by);
  const ramp = () => Array.from({ length: 256 }, (_, k) => rampAt(k / 255));
  if (view.by === "date") {
    const [low, high] = daysBetween();
    const steps = ramp();
    return (i) => (data.days[i] === NO_DAY ? none : steps[Math.round((255 * (data.days[i] - low)) / Math.max(1, high - low))]);
  }
  if (!column) {
    const palette = topics.map((topic) => rgb(topic.color));
    return (i) => (data.topic[i] < 0 ? none : palette[data.topic[i]]);
  }
  const codes = data.codes[column.name];
  if (column.kind === "number") {
    const steps = ramp();
    return (i) => (codes[i] === NONE ? none : steps[Math.round((255 * codes[i]) / (NONE - 1))]);
  }
  const palette = column.colors.map(rgb);
  return (i) => (codes[i] === NONE ? none : palette[codes[i]]);
}

// The column whose values have marks: the one that was chosen, else that of the colors where its values are few
function markedColumn() {
  const column = columnNamed(view.marked || view.by);
  return column && column.marks ? column : null;
}

// The place of a document's mark among the shapes; what has no value has the one that follows
function shapesOfPoints() {
  const column = markedColumn();
  if (!column) return () => 0;
  const codes = data.codes[column.name];
  return (i) => (codes[i] === NONE ? column.values.length : codes[i]);
}

function daysBetween() {
  let [low, high] = [Infinity, -Infinity];
  for (const day of data.days) if (day !== NO_DAY) { low = Math.min(low, day); high = Math.max(high, day); }
  return [low, high];
}

const isLit = (i) => (view.found ? view.found[i] > 0 : view.chosen === null || data.topic[i] === view.chosen);

function refreshLooks() {
  const [color, shape] = [colorsOfPoints(), shapesOfPoints()];
  for (let k = 0; k < n; k++) {
    const i = marks.rows[k];
    const [r, g, b] = color(i);
    marks.look[4 * k] = r;
    marks.look[4 * k + 1] = g;
    marks.look[4 * k + 2] = b;
    marks.look[4 * k + 3] = shape(i) + (isLit(i) ? 128 : 0);
  }
  if (marks.gl) {
    marks.gl.bindBuffer(marks.gl.ARRAY_BUFFER, marks.buffers.look);
    marks.gl.bufferSubData(marks.gl.ARRAY_BUFFER, 0, marks.look);
  }
  marks.stale = false;
}

// How large a point is and how much shines through it: many points on little room are small and thin
function sizeOfPoints() {
  const size = Math.min(7, Math.max(1.3, 2.6 * Math.sqrt(view.scale / 700) * Math.min(1.6, Math.sqrt(20000 / Math.max(n, 500)))));
  return markedColumn() ? Math.max(5, 1.3 * size) : size;
}

const alphaOfPoints = () => Math.min(0.8, Math.max(0.25, 0.8 * Math.sqrt((120000 / Math.max(1, n)) * Math.max(1, view.scale / 700))));

// Empty, at the place where the map is now
function beginPicture(ratio, margin) {
  if (marks.stale) refreshLooks();
  const [size, alpha] = [sizeOfPoints(), alphaOfPoints()];
  const isPart = view.found !== null || view.chosen !== null;
  const passes = isPart ? [[0, 0.16 * Math.min(1, Math.sqrt(200000 / n)), size], [1, Math.max(alpha, 0.6), 1.4 * size]] : [[1, alpha, size]];
  Object.assign(drawn, cleared(below, ratio, margin), { points: 0, passes });
  if (marks.gl) {
    marks.gl.viewport(0, 0, marks.gl.drawingBufferWidth, marks.gl.drawingBufferHeight); // less than the canvas where that is very large
    marks.gl.clearColor(0, 0, 0, 0);
    marks.gl.clear(marks.gl.COLOR_BUFFER_BIT);
  } else below.getContext("2d").clearRect(0, 0, below.width, below.height);
}

// The first of the shuffled points are a fair sample: a slow machine that moves the map draws some in each frame
function addPoints(most) {
  const end = Math.min(n, Math.round(drawn.points + most));
  (marks.gl ? addByGl : addByPen)(drawn.points, end);
  drawn.points = end;
}

// Whether the points on the screen are drawn, about as large as they are now
function isInPicture() {
  const times = view.scale / drawn.scale;
  if (times > 1.6 || times < 0.6) return false;
  const covers = (side, then, length, wide) => {
    const [low, high] = [Math.max(0, side), Math.min(length, side + view.scale)]; // what lies on the screen of the unit square
    const first = side - times * (then + drawn.margin);
    return low >= high || (first <= low && first + times * wide >= high);
  };
  return covers(view.left, drawn.left, surface.clientWidth, drawn.w) && covers(view.top, drawn.top, surface.clientHeight, drawn.h);
}

function addByGl(start, end) {
  const { gl, buffers: { at } } = marks;
  const { scale, left, top, margin, w, h } = drawn;
  gl.uniform2f(at.scale, (2 * scale) / w, (2 * scale) / h);
  gl.uniform2f(at.shift, (2 * (left + margin)) / w - 1, 1 - (2 * (top + margin + scale)) / h);
  gl.uniform3fv(at.dim, rgb(grayOf()).map((value) => value / 255));
  for (const [lit, alpha, size] of drawn.passes) {
    gl.uniform1f(at.lit, lit);
    gl.uniform1f(at.alpha, alpha);
    gl.uniform1f(at.size, size * drawn.ratio);
    gl.drawArrays(gl.POINTS, start, end - start);
  }
}

function addByPen(start, end) {
  const pen = below.getContext("2d");
  const { scale, left, top, margin, ratio, w, h } = drawn;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  const gray = grayOf();
  for (const [lit, alpha, size] of drawn.passes) {
    pen.globalAlpha = alpha;
    for (let k = start; k < end; k++) {
      const flags = marks.look[4 * k + 3];
      if (flags >> 7 !== lit) continue;
      const row = marks.rows[k];
      const [x, y] = [margin + left + (data.x[row] / UNIT) * scale, margin + top + (1 - data.y[row] / UNIT) * scale];
      if (x < -5 || y < -5 || x > w + 5 || y > h + 5) continue;
      pen.fillStyle = lit ? `rgb(${marks.look[4 * k]},${marks.look[4 * k + 1]},${marks.look[4 * k + 2]})` : gray;
      penMark(pen, flags & 127, x, y, size / 2);
    }
  }
  pen.globalAlpha = 1;
}

function penMark(pen, shape, x, y, r) {
  if (r < 2 || shape === 1) return pen.fillRect(x - r, y - r, 2 * r, 2 * r);
  if (shape === 4) { pen.fillRect(x - r, y - r / 3, 2 * r, (2 * r) / 3); return pen.fillRect(x - r / 3, y - r, (2 * r) / 3, 2 * r); }
  pen.beginPath();
  if (shape === 2) pen.moveTo(x, y - r), pen.lineTo(x + r, y + r), pen.lineTo(x - r, y + r);
  else if (shape === 3) pen.moveTo(x, y - r), pen.lineTo(x + r, y), pen.lineTo(x, y + r), pen.lineTo(x - r, y);
  else pen.arc(x, y, r, 0, 7);
  if (shape === 5) pen.moveTo(x + r / 2, y), pen.arc(x, y, r / 2, 0, 7, true);
  pen.fill();
}

// Which points lie near a place: rows by cells of a grid of the whole map
const SIDE = 256;
const grid = { start: null, rows: null, sums: null };

function prepareGrid() {
  const cell = (i) => (data.y[i] >> 8) * SIDE + (data.x[i] >> 8);
  const start = new Uint32Array(SIDE * SIDE + 1);
  for (let i = 0; i < n; i++) start[cell(i) + 1]++;
  for (let k = 1; k < start.length; k++) start[k] += start[k - 1];
  const next = start.slice();
  grid.start = start;
  grid.rows = new Uint32Array(n);
  for (let i = 0; i < n; i++) grid.rows[next[cell(i)]++] = i;
  // Sums over all cells to the left and below: how many points a box covers is four of them
  grid.sums = new Float64Array((SIDE + 1) * (SIDE + 1));
  for (let row = 0; row < SIDE; row++) {
    let line = 0;
    for (let k = 0; k < SIDE; k++) {
      line += start[row * SIDE + k + 1] - start[row * SIDE + k];
      grid.sums[(row + 1) * (SIDE + 1) + k + 1] = grid.sums[row * (SIDE + 1) + k + 1] + line;
    }
  }
}

// About how many points a box of the screen covers
function covered([left, top, right, bottom]) {
  const side = (value) => Math.max(0, Math.min(SIDE, value));
  const [x0, x1] = [left, right].map((x) => side(Math.round(((x - view.left) / view.scale) * SIDE)));
  const [y0, y1] = [bottom, top].map((y) => side(Math.round((1 - (y - view.top) / view.scale) * SIDE)));
  const at = (x, y) => grid.sums[y * (SIDE + 1) + x];
  return at(x1, y1) - at(x0, y1) - at(x1, y0) + at(x0, y0);
}

function nearestAt(x, y, reach = 9) {
  const units = (reach / view.scale) * UNIT;
  const [cx, cy] = [((x - view.left) / view.scale) * UNIT, (1 - (y - view.top) / view.scale) * UNIT];
  const cell = (value) => Math.max(0, Math.min(SIDE - 1, Math.floor(value / 256)));
  let [best, near] = [-1, units * units];
  for (let row = cell(cy - units); row <= cell(cy + units); row++) {
    const [first, last] = [grid.start[row * SIDE + cell(cx - units)], grid.start[row * SIDE + cell(cx + units) + 1]];
    for (let k = first; k < last; k++) {
      const i = grid.rows[k];
      if (!isLit(i)) continue;
      const far = (data.x[i] - cx) ** 2 + (data.y[i] - cy) ** 2;
      if (far < near) { near = far; best = i; }
    }
  }
  return best;
}
