// The map as an image: a PNG of twice the size of the screen, and what is printed, light whatever the page is.
const TIMES = 2;

// titled : with the heading of the page, which paper has already
function imageOfMap(titled = true) {
  const { clientWidth: w, clientHeight: h } = surface;
  const image = document.createElement("canvas");
  const title = document.querySelector("h1").textContent;
  const head = titled ? 54 : 0;
  Object.assign(image, { width: TIMES * w, height: TIMES * (h + head) });
  view.light = true;
  view.isMoving = false;
  marks.stale = true;
  paint(TIMES, 0);
  const pen = image.getContext("2d");
  pen.scale(TIMES, TIMES);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, w, h + head);
  for (const layer of [below, above]) pen.drawImage(layer, 0, head, w, h);
  const family = getComputedStyle(document.body).fontFamily;
  if (titled) paintTitle(pen, family, title, w);
  paintLegend(pen, family, h + head);
  view.light = false;
  marks.stale = true;
  paint();
  return image;
}

function paintTitle(pen, family, title, w) {
  pen.direction = directionOf(title);
  pen.fillStyle = "#1f2933";
  pen.font = `650 19px ${family}`;
  pen.textAlign = "center";
  pen.fillText(cut(title, 90), w / 2, 26);
  pen.direction = "ltr";
  pen.fillStyle = "#66727f";
  pen.font = `13px ${family}`;
  pen.fillText(`${several(facts.n_docs, "document")} · ${several(topics.length, "topic")}${view.by ? ` · colored by ${view.by}` : ""}${view.marked ? ` · marks by ${view.marked}` : ""}`, w / 2, 46);
}

function paintLegend(pen, family, bottom) {
  const { colors, marks: shapes } = legendLines();
  pen.textAlign = "left";
  pen.font = `12px ${family}`;
  const lines = [...colors, ...shapes];
  lines.forEach(({ value, color, shape, head }, k) => {
    const y = bottom - 18 * (lines.length - k);
    pen.fillStyle = color || "#66727f";
    if (!head) penMark(pen, SHAPES.indexOf(shape), 18, y, 5);
    if (!head) pen.fillStyle = "#1f2933";
    pen.fillText(cut(value, 40), head ? 13 : 30, y + 4);
  });
  if (!view.by || colors.length) return;
  const foot = bottom - 18 * lines.length;
  for (let k = 0; k < 160; k++) {
    pen.fillStyle = `rgb(${rampAt(k / 159)})`;
    pen.fillRect(14 + k, foot - 34, 1.5, 10);
  }
  pen.fillStyle = "#1f2933";
  pen.fillText([...document.querySelectorAll("#legend .ends span")].map((end) => end.textContent).join(" – "), 14, foot - 8);
}

function saveImage() {
  imageOfMap().toBlob((blob) => {
    const link = make("a", { href: URL.createObjectURL(blob), download: `${document.title.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-")}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
}

// Paper has no canvas that is drawn on the spot
addEventListener("beforeprint", () => {
  if (data.x) document.getElementById("printed").src = imageOfMap(false).toDataURL("image/png");
});
