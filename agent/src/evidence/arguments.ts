import { readOptions } from "@truebound/wire";

/** What a carrier of evidence is told, beside where it finds it. */
export interface EvidenceOptions {
  /** The document that declares the error. */
  readonly document: string;
  /** ns on either side, as that document declares it. */
  readonly errorNs: bigint;
}

export interface GpsdOptions extends EvidenceOptions {
  readonly from: "gpsd";
  readonly host: string;
  readonly port: number;
  /** Null = any of gpsd's. */
  readonly device: string | null;
  /** The pulse, or the time of arrival of what the receiver says. */
  readonly by: "pps" | "toff";
  /** ns by which what it says may come late, on top of the error. */
  readonly lateNs: bigint;
}

export interface RefclockOptions extends EvidenceOptions {
  readonly from: "chrony";
  /** Where chronyd listens for questions; null = chronyc's own order. */
  readonly server: Server | null;
  /** As `chronyc sources` names it. */
  readonly refclock: string;
  /** ppb by which the oscillator may stray from what chrony corrects. */
  readonly driftPpb: bigint;
}

const OPTIONS = {
  document: "text",
  error: "text",
  server: "text",
  device: "text",
  by: "text",
  late: "text",
  refclock: "text",
  drift: "text",
  help: "flag",
} as const;
type Values = Partial<Record<Exclude<keyof typeof OPTIONS, "help">, string>>;
/** Options that are another carrier's. */
const FOREIGN = { gpsd: ["refclock", "drift"], chrony: ["device", "by", "late"] } as const;

/** The options of `evidence gpsd` or `evidence chrony`, or what is wrong with them. */
export function parseEvidence(args: readonly string[]): GpsdOptions | RefclockOptions | string {
  const read = readOptions(args, OPTIONS);
  if (typeof read === "string") return read;
  const [from, ...words] = read.words;
  if (from !== "gpsd" && from !== "chrony")
    return `Cannot take evidence from ${from === undefined ? "nobody" : `"${from}"`}: write gpsd or chrony`;
  const foreign = FOREIGN[from].find((name) => read.values[name] !== undefined);
  if (foreign !== undefined) return `Cannot take --${foreign} with ${from}: it has no such option`;
  const common = commonOf(read.values, words);
  if (typeof common === "string") return common;
  return from === "gpsd" ? gpsdOf(read.values, common) : refclockOf(read.values, common);
}

function gpsdOf(values: Values, common: EvidenceOptions): GpsdOptions | string {
  const { server = "127.0.0.1:2947", device = null, by = "pps", late = "0s" } = values;
  const at = serverOf(server);
  if (typeof at === "string") return at;
  if (by !== "pps" && by !== "toff") return `Cannot take --by ${by}: write pps or toff`;
  const lateNs = spanUp(late);
  if (lateNs === null) return `Cannot take --late ${late}: write a span with its unit, e.g. 300ms`;
  return { from: "gpsd", ...common, ...at, device, by, lateNs };
}

function refclockOf(values: Values, common: EvidenceOptions): RefclockOptions | string {
  const { refclock, drift = "200ppm", server } = values;
  const at = server === undefined ? null : serverOf(server);
  if (typeof at === "string") return at;
  if (refclock === undefined || !/^[!-~]{1,64}$/.test(refclock))
    return "Cannot take evidence from chrony without --refclock NAME, as chronyc sources shows it, e.g. PPS0";
  const [, ppm] = /^(\d{1,6})ppm$/.exec(drift) ?? [];
  if (ppm === undefined) return `Cannot take --drift ${drift}: write whole ppm, e.g. 200ppm`;
  return { from: "chrony", ...common, server: at, refclock, driftPpb: BigInt(ppm) * 1000n };
}

export interface Server {
  readonly host: string;
  readonly port: number;
}

function serverOf(text: string): Server | string {
  const [, host, port] = /^(.{1,255}):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535)
    return `Cannot take --server ${text}: write HOST:PORT, e.g. 127.0.0.1:2947`;
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function commonOf(values: Values, words: readonly string[]): EvidenceOptions | string {
  const { document, error } = values;
  if (words.length > 0) return `Cannot take "${words[0]}": it is no option`;
  if (document === undefined)
    return "Cannot give evidence without --document FILE: what declares its error, e.g. a calibration certificate";
  const errorNs = error === undefined ? null : spanUp(error);
  if (errorNs === null)
    return `Cannot take --error ${error ?? "nothing"}: write what the document declares on either side, e.g. 500ns, 1us`;
  return { document, errorNs };
}

const UNIT_NS: Readonly<Record<string, bigint>> = { ns: 1n, us: 1000n, µs: 1000n, ms: 1_000_000n, s: 1_000_000_000n };

/** ns, rounded up: an error never shrinks. Null = not a span. */
export function spanUp(text: string): bigint | null {
  const [, whole, fraction = "", unit] = /^(\d{1,12})(?:\.(\d{1,9}))?(ns|us|µs|ms|s)$/.exec(text) ?? [];
  if (whole === undefined || unit === undefined) return null;
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * (UNIT_NS[unit] as bigint);
  return (scaled + scale - 1n) / scale;
}
