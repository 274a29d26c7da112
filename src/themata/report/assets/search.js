// Search: documents by all that they show, and by words of the rest of their texts.

// Case and accents do not matter to a search
const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
const UNSPACED = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
const SPACED = `(?:(?![${UNSPACED}])[\\p{L}\\p{N}_])+`;
const WORDS = new RegExp(`[${UNSPACED}]+|${SPACED}(?:[^\\p{L}\\p{N}_\\s]+${SPACED})*`, "gu");
const isUnspaced = new RegExp(`^[${UNSPACED}]`, "u");
let folded = null;
let known = null;

const shownOf = (i) => [titleOf(i), data.texts[i], dateOf(i), linkOf(i), ...facts.columns.map((column) => valueOf(column, i))];

function foldedTexts() {
  if (!folded) folded = Array.from({ length: n }, (_, i) => fold(shownOf(i).join("\n")));
  return folded;
}

// As the index has them: words with what stands inside them, and of scripts without blanks every two neighbors
function pieces(word) {
  return (word.match(WORDS) || []).flatMap((part) => {
    const marks = [...part];
    return marks.length > 2 && isUnspaced.test(part) ? marks.slice(1).map((mark, k) => marks[k] + mark) : [part];
  });
}

// For each part of a word, the documents with it in what the page does not show of them
function beyond(parts) {
  const held = parts.map(() => new Uint8Array(n));
  const { words, documents } = data;
  for (let term = 0, at = 0; term < words.length; term++) {
    const wanted = parts.map((part) => words[term].includes(part));
    const any = wanted.includes(true);
    for (let row = -1; ; ) {
      let gap = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = documents[at++];
        gap |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      if (!gap) break;
      row += gap;
      if (any) wanted.forEach((is, k) => { if (is) held[k][row] = 1; });
    }
  }
  return held;
}

// Which documents hold a folded word: (n,) 0, or 1 where it is seen, 2 where it stands further on in the text
function holding(word) {
  const texts = foldedTexts();
  const found = Uint8Array.from(texts, (text) => text.includes(word));
  const parts = data.words.length ? pieces(word) : [];
  if (!parts.length) return found;
  const held = beyond(parts);
  for (let i = 0; i < n; i++) {
    if (!found[i] && held.some((rows) => rows[i]) && parts.every((part, k) => held[k][i] || texts[i].includes(part))) found[i] = 2;
  }
  return found;
}

const wordsOf = (text) => fold(text).split(/\s+/).filter(Boolean);
const heldByTopic = (topic) => fold([topic.name, topic.summary, ...topic.keywords].join(" "));

// Words of the documents and topics that are written almost like this one
function alike(word, most = 3) {
  if (!known) {
    known = new Set(data.words);
    for (const text of topics.map(heldByTopic)) for (const one of text.match(WORDS) || []) known.add(one);
    let read = 0;
    for (const text of foldedTexts()) {
      for (const one of text.match(WORDS) || []) known.add(one);
      if ((read += text.length) > 2e7) break; // of millions of documents, enough to know how words are written
    }
  }
  const reach = word.length < 3 ? 0 : word.length < 6 ? 1 : 2;
  const near = [];
  for (const one of known) {
    if (Math.abs(one.length - word.length) > reach || one === word) continue;
    const apart = edits(word, one, reach);
    if (apart <= reach) near.push([apart + (one[0] !== word[0]), one]);
  }
  return near.sort((a, b) => a[0] - b[0] || a[1].localeCompare(b[1])).slice(0, most).map(([, one]) => one);
}

// Letters added, left out, changed or swapped; any number above `most` is as good as another
function edits(a, b, most) {
  let [before, last] = [[], Array.from({ length: b.length + 1 }, (_, k) => k)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let k = 1; k <= b.length; k++) {
      row[k] = Math.min(last[k] + 1, row[k - 1] + 1, last[k - 1] + (a[i - 1] !== b[k - 1]));
      if (i > 1 && k > 1 && a[i - 1] === b[k - 2] && a[i - 2] === b[k - 1]) row[k] = Math.min(row[k], before[k - 2] + 1);
    }
    if (Math.min(...row) > most) return most + 1;
    [before, last] = [last, row];
  }
  return last[b.length];
}
