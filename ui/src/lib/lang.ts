// The language of the user's or a provider's text, for fonts, line breaks and screen readers.

/** The language that the script gives away; none where it gives away nothing. */
export function langOf(text: string): string | undefined {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja';
  if (/\p{Script=Hangul}/u.test(text)) return 'ko';
  return /\p{Script=Han}/u.test(text) ? 'zh-CN' : undefined;
}
