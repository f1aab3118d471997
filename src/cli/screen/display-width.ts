/** Columns that `text` takes on a terminal; escape sequences that only colour take none. Ambiguous characters count as narrow. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text.replaceAll(colours, ''))) width += graphemeWidth(segment);
  return width;
}

/** `text` in at most `columns` columns, an ellipsis for what was cut; colours are ended where the cut falls. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let left = columns - 1;
  let cut = '';
  for (const part of text.split(/(\u001b\[[\d;]*m)/)) {
    if (part.startsWith('\u001b[')) {
      cut += part;
      continue;
    }
    for (const { segment } of graphemes.segment(part)) {
      left -= graphemeWidth(segment);
      if (left < 0) return columns < 1 ? '' : `${cut}…${cut.includes('\u001b') ? '\u001b[0m' : ''}`;
      cut += segment;
    }
  }
  return cut;
}

/** `text` with spaces up to `columns` columns. */
export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const colours = /\u001b\[[\d;]*m/g;

/** East Asian wide and fullwidth characters (Unicode TR 11), and pictures that are drawn as such by themselves. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const invisible = /^[\p{M}\p{Cc}\p{Cf}]+$/u;

function graphemeWidth(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  return wide.test(grapheme) || grapheme.includes('\ufe0f') ? 2 : 1;
}
