import { OptionReader } from "../ptp/ptp-options.ts";

/** A card's clock as a source, and what was declared of it. */
export interface PhcOptions {
  readonly device: string;
  /** ns by which it is off its scale at most, as declared; `ena` = as the driver of AWS's card tells it at each look. */
  readonly bound: bigint | "ena";
  readonly scale: "utc" | "tai";
  readonly document: string | null;
}

const KNOWN = ["bound", "scale", "document"];
const MOST_NS = 1_000_000_000n;

/** Reads the options behind `phc:/dev/ptpN`; what is wrong comes back as text. */
export function readPhcOptions(device: string, given: Readonly<Record<string, string>>): PhcOptions | string {
  const strange = Object.keys(given).find((name) => !KNOWN.includes(name));
  if (strange !== undefined) return `${strange} is no option of a clock of a card; there are ${KNOWN.join(", ")}`;
  if (!/^\/dev\/ptp\d{1,4}$/.test(device)) return "the place of a clock of a card is its device, /dev/ptpN";
  const read = new OptionReader(given);
  const bound = given.bound === "ena" ? "ena" : read.count("bound", MOST_NS, "ns, or ena");
  const scale = read.text("scale", /^(utc|tai)$/, "utc or tai") as PhcOptions["scale"] | null;
  const document = read.text("document", /^[0-9a-f]{64}$/, "a SHA-256, 64 hexadecimal digits");
  if (read.trouble !== null) return read.trouble;
  if (bound === null) return "bound=NS is wanted (or bound=ena): nothing on this host says how far off the card's clock is";
  return { device, bound, scale: scale ?? "utc", document };
}
