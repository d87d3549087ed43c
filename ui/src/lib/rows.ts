// A field that holds several rows: a JSON array of objects of texts.

export type Row = Record<string, string>;

/** The rows of a field. What is none of ours is left out rather than shown broken. */
export function rowsOf(value: string | null): Row[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value ?? '[]');
  } catch {
    return [];
  }
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((row: unknown): Row[] => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return [];
    return [Object.fromEntries(Object.entries(row).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))];
  });
}

/** The rows as the field takes them: without the parts that are empty, and without rows in which nothing stands. */
export function textOfRows(rows: readonly Row[]): string {
  const filled = rows.flatMap((row): Row[] => {
    const entries = Object.entries(row).flatMap(([name, text]): [string, string][] => (text.trim() === '' ? [] : [[name, text.trim()]]));
    return entries.length > 0 ? [Object.fromEntries(entries)] : [];
  });
  return filled.length > 0 ? JSON.stringify(filled) : '';
}
