// The map as an image: a PNG of twice the size of the screen, and what is printed, light whatever the page is.
const TIMES = 2;

function imageOfMap() {
  const { clientWidth: w, clientHeight: h } = canvas;
  const image = document.createElement("canvas");
  const title = document.querySelector("h1").textContent;
  const head = 54;
  Object.assign(image, { width: TIMES * w, height: TIMES * (h + head) });
  view.light = true;
  view.isMoving = false;
  marks.stale = true;
  paint(TIMES);
  const pen = image.getContext("2d");
  pen.scale(TIMES, TIMES);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, w, h + head);
  for (const layer of [below, canvas]) pen.drawImage(layer, 0, head, w, h);
  const family = getComputedStyle(document.body).fontFamily;
  pen.direction = directionOf(title);
  pen.fillStyle = "#1f2933";
  pen.font = `650 19px ${family}`;
  pen.textAlign = "center";
  pen.fillText(cut(title, 90), w / 2, 26);
  pen.direction = "ltr";
  pen.fillStyle = "#66727f";
  pen.font = `13px ${family}`;
  pen.fillText(`${several(facts.n_docs, "document")} · ${several(topics.length, "topic")}${view.by ? ` · colored by ${view.by}` : ""}`, w / 2, 46);
  paintLegend(pen, family, h + head);
  view.light = false;
  marks.stale = true;
  paint();
  return image;
}

function paintLegend(pen, family, bottom) {
  const column = view.by && columnNamed(view.by);
  pen.textAlign = "left";
  pen.font = `12px ${family}`;
  if (column && column.kind === "class") {
    column.values.forEach((value, k) => {
      const y = bottom - 18 * (column.values.length - k);
      pen.fillStyle = column.colors[k];
      penMark(pen, column.marks ? k : 0, 18, y, 5);
      pen.fillStyle = "#1f2933";
      pen.fillText(cut(value, 40), 30, y + 4);
    });
  } else if (view.by) {
    for (let k = 0; k < 160; k++) {
      pen.fillStyle = `rgb(${rampAt(k / 159)})`;
      pen.fillRect(14 + k, bottom - 34, 1.5, 10);
    }
    pen.fillStyle = "#1f2933";
    pen.fillText([...document.querySelectorAll("#legend .ends span")].map((end) => end.textContent).join(" – "), 14, bottom - 8);
  }
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
  if (data.x) document.getElementById("printed").src = imageOfMap().toDataURL("image/png");
});
