// What files of a kind are called.

/** File name endings for the media types that a field takes. */
const endings: Record<string, readonly string[] | undefined> = {
  'video/mp4': ['mp4', 'm4v'],
  'video/quicktime': ['mov'],
  'video/webm': ['webm'],
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/webp': ['webp'],
};

export function endingsOf(media: readonly string[]): string[] {
  return media.flatMap((type) => endings[type] ?? []);
}
