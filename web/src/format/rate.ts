/** Rates as people write them. These are exact figures, so nothing is rounded. */
const grouped = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 3 }).replaceAll(",", "\u202f");

export const ppmText = (ppm: number): string => `${grouped(ppm)} ppm`;
/** A range of frequency errors, outward to a hundredth: "+29.92 to +31.08 ppm fast". */
export function frequencyText([min, max]: readonly [number, number]): string {
  const low = Math.floor(min / 10) / 100;
  const high = Math.ceil(max / 10) / 100;
  const side = low > 0 ? " fast" : high < 0 ? " slow" : "";
  return `${signedRate(low)} to ${signedRate(high)} ppm${side}`;
}

const signedRate = (ppm: number): string => `${ppm < 0 ? "−" : ppm > 0 ? "+" : ""}${grouped(Math.abs(ppm))}`;

const SLEW_BASES: Readonly<Record<string, string>> = {
  chrony: "chrony's configuration",
  kernel_pll: "the kernel's PLL, if nobody resets it within a second,",
  unknown: "the kernel, whoever steers it,",
};

/** What the slew allowance rests on. */
export const slewBasisWords = (basis: string): string => SLEW_BASES[basis] ?? basis;

export const ppbText = (ppb: number): string => ppmText(ppb / 1000);
