import type { Malformed } from "./chronyc.ts";
import { canonicalAddress } from "./chronyc.ts";
import { decimalNs } from "./decimal.ts";
import type { DisciplineSaying } from "./ntpd.ts";

/**
 * What systemd-timesyncd says of itself through `timedatectl timesync-status`. It keeps no claim on its own clock between two polls, but
 * it lets the kernel's `maxerror` grow from nothing: whoever makes a claim of this adds that.
 */
export function parseTimesyncd(text: string): DisciplineSaying | Malformed {
  const said = linesOf(text);
  const server = said.get("Server");
  if (server === undefined) return wrong("Server", text);
  if (!said.has("Root distance")) return nothing(server);
  const [rootDistance, offset, delay] = ["Root distance", "Offset", "Delay"].map((name) => spanNs(said.get(name)?.split(" (")[0] ?? ""));
  if (typeof rootDistance !== "bigint" || rootDistance < 0n) return wrong("Root distance", said.get("Root distance"));
  if (typeof offset !== "bigint") return wrong("Offset", said.get("Offset"));
  if (typeof delay !== "bigint" || delay < 0n) return wrong("Delay", said.get("Delay"));
  const stratum = said.get("Stratum") ?? "";
  if (!/^\d{1,2}$/.test(stratum)) return wrong("Stratum", stratum);
  return {
    offsetNs: offset,
    rootDelayNs: delay,
    rootDispersionNs: rootDistance,
    stratum: Math.min(Number(stratum) + 1, 16),
    follows: addressOf(server),
    followsItself: false,
    isSynchronised: said.get("Leap") !== "not synchronized" && said.get("Packet count") !== "0",
  };
}

/** It has heard nobody yet. */
const nothing = (server: string): DisciplineSaying => ({
  offsetNs: 0n,
  rootDelayNs: 0n,
  rootDispersionNs: 0n,
  stratum: 16,
  follows: addressOf(server),
  followsItself: false,
  isSynchronised: false,
});

/** "192.0.2.1 (ntp.example.net)", "(null) (ntp.example.net)". */
const addressOf = (server: string): string | null => canonicalAddress(server.split(" ")[0] ?? "");

const wrong = (field: string, text = ""): Malformed => ({ line: 1, field, text: text.slice(0, 80) });

const MOST_LINES = 64;

/** "       Server: 192.0.2.1 (ntp.example.net)": the first of each name counts. */
function linesOf(text: string): Map<string, string> {
  const said = new Map<string, string>();
  for (const line of text.split("\n", MOST_LINES)) {
    const [, name, value] = /^\s*([A-Z][A-Za-z ]{1,30}): (.{0,300})$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !said.has(name)) said.set(name, value.trim());
  }
  return said;
}

const UNITS: Readonly<Record<string, bigint>> = {
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  min: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
  month: 2_629_800_000_000_000n,
  y: 31_557_600_000_000_000n,
};

/** systemd.time(7): "+316us", "-1.234ms", "34min 8s", "0"; null = it is none. */
export function spanNs(text: string): bigint | null {
  const [, sign = "", body = ""] = /^([+-]?)(.{1,60})$/.exec(text.trim()) ?? [];
  if (body === "0") return 0n;
  const parts = body.split(" ").map(partNs);
  if (body === "" || parts.some((part) => part === null)) return null;
  const sum = parts.reduce<bigint>((all, part) => all + (part as bigint), 0n);
  return sign === "-" ? -sum : sum;
}

function partNs(text: string): bigint | null {
  const [, number = "", unit = ""] = /^(\d{1,9}(?:\.\d{1,9})?)(us|ms|s|min|h|d|w|month|y)$/.exec(text) ?? [];
  const size = UNITS[unit];
  const billionths = decimalNs(number, 9);
  return size === undefined || billionths === null ? null : (billionths * size) / 1_000_000_000n;
}
