// A transcript as it stands on the sheet: paragraphs, and the ruler in the margin.

/** Characters that a creator speaks in a second: a rule of thumb, shown as an estimate. */
export const SPOKEN_PER_SECOND = 4.5;

/** A paragraph longer than this is cut at the ends of sentences, for the eye only. */
const LONG = 260;
const PIECE = 110;

const CJK = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}]';
const WORD = new RegExp(`${CJK}|(?:(?!${CJK})[\\p{L}\\p{N}\\p{M}])+`, 'gu');

/** A paragraph and where it begins. */
export interface Paragraph {
  text: string;
  /** 字数 before this paragraph. */
  from: number;
}

/** 字数: each CJK character 1, each Latin word or number 1, no punctuation. */
export function countWords(text: string): number {
  // "3.5", "don't" and "1,200" are one each.
  return text.replace(/(?<=[\p{L}\p{N}])[.,'’](?=[a-z\d])/giu, '').match(WORD)?.length ?? 0;
}

/** Seconds that speaking takes, by the rule of thumb. */
export function spokenSeconds(words: number): number {
  return Math.round(words / SPOKEN_PER_SECOND);
}

/** Cuts a long stretch at the ends of sentences into pieces of readable length. */
function sentencePieces(text: string): string[] {
  const sentences = text.match(/[^。！？!?…]+[。！？!?…]*["”’」』）)]*|[。！？!?…]+/gu) ?? [text];
  const out: string[] = [];
  let piece = '';
  for (const sentence of sentences) {
    piece += sentence;
    if (piece.length >= PIECE) {
      out.push(piece);
      piece = '';
    }
  }
  // A short rest stays with the paragraph before it.
  if (piece.length > 40 || out.length === 0) out.push(piece);
  else out[out.length - 1] += piece;
  return out;
}

/** The paragraphs of a text, and whether some of them were cut by us rather than by the provider. */
export function paragraphs(text: string): { list: Paragraph[]; cut: boolean } {
  const list: Paragraph[] = [];
  let from = 0;
  let cut = false;
  for (const line of text.split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === '') continue;
    const parts = trimmed.length > LONG ? sentencePieces(trimmed) : [trimmed];
    cut ||= parts.length > 1;
    for (const part of parts) {
      list.push({ text: part, from });
      from += countWords(part);
    }
  }
  return { list, cut };
}
