// How large everything is drawn, in percent: the sizes that the settings know.

export const SIZES = [85, 100, 115, 130, 150, 200] as const;
export const USUAL = 100;

/** The next size in a direction; the same at the end. */
export function stepped(size: number, by: 1 | -1): number {
  const next = by > 0 ? SIZES.find((one) => one > size) : SIZES.findLast((one) => one < size);
  return next ?? size;
}
