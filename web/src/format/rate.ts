/** Rates as people write them. These are exact figures, so nothing is rounded. */
const grouped = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 3 }).replaceAll(",", "\u202f");

export const ppmText = (ppm: number): string => `${grouped(ppm)} ppm`;
export const ppbText = (ppb: number): string => ppmText(ppb / 1000);
