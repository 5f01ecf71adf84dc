import type { NoCardStamps } from "../card-stamps/nic.ts";
import type { CardSaid } from "../card-stamps/say-cards.ts";
import { type Check, check, type Verdict } from "./check.ts";
import type { DoctorFacts } from "./facts.ts";

interface Word {
  readonly verdict: Verdict;
  readonly says: string;
  readonly do?: string;
}

const WORDS: Readonly<Record<NoCardStamps, Word>> = {
  no_answer: { verdict: "ok", says: "no stamps in hardware" },
  no_clock: { verdict: "ok", says: "no clock to stamp by" },
  bonded: { verdict: "ok", says: "a bond, whose cards change places" },
  stamps_off: {
    verdict: "note",
    says: "hardware stamps are off",
    do: "have chronyd (hwtimestamp), ptp4l or hwstamp_ctl switch a card's stamps on: the agent takes them, and sets nothing",
  },
  left_to_ptp4l: { verdict: "ok", says: "hardware stamps of what leaves alone, which are left to ptp4l" },
  clock_denied: {
    verdict: "warn",
    says: "hardware stamps by a clock that this user may not read",
    do: "let this user read /dev/ptpN: its group, or DeviceAllow=char-ptp r in the unit",
  },
  clock_unreadable: { verdict: "note", says: "hardware stamps by a clock that cannot be read" },
  rate_unbounded: { verdict: "note", says: "hardware stamps by a clock whose driver lets it go a third faster, or does not say" },
  stamps_missing: { verdict: "note", says: "hardware stamps are on, and none come" },
  contradicts_kernel: {
    verdict: "warn",
    says: "hardware stamps contradict the kernel's of the same packets, and are given up until the agent starts anew",
    do: "look for a newer driver or firmware of that card; TRUEBOUND_HARDWARE_STAMPS=off ends the attempt",
  },
};

/** Which network cards' stamps are taken, and why not of the others: each interface by a word. */
export function checkHardwareStamps({ hardwareStamps }: DoctorFacts): Check[] {
  if (hardwareStamps === null) return [];
  if (hardwareStamps === "off") return [check("hardware_stamps", "note", "off by TRUEBOUND_HARDWARE_STAMPS: the kernel's are taken")];
  const states = [...new Set(hardwareStamps.map(({ state }) => state))];
  const words = states.map((state) => (state === "on" ? null : WORDS[state])).filter((word) => word !== null);
  const says = states.map((state) => sayAll(state, hardwareStamps)).join("; ");
  const worst = SEVERITY.find((verdict) => words.some((word) => word.verdict === verdict)) ?? "ok";
  const todo = words.flatMap((word) => (word.do === undefined ? [] : [word.do]));
  return [check("hardware_stamps", worst, says === "" ? "no network interface has an address" : says, ...todo)];
}

const SEVERITY: readonly Verdict[] = ["warn", "note"];
const MOST_NAMES = 6;

function sayAll(state: CardSaid["state"], all: readonly CardSaid[]): string {
  const having = all.filter((one) => one.state === state);
  if (state === "on") return having.map(sayOn).join("; ");
  const names = having.slice(0, MOST_NAMES).map((one) => one.interface);
  const more = having.length > names.length ? ` and ${having.length - names.length} more` : "";
  return `${names.join(", ")}${more}: ${WORDS[state].says} (${state})`;
}

function sayOn({ interface: name, stamps }: CardSaid): string {
  const which = stamps?.receive ? (stamps.transmit ? "both ways" : "what comes") : "what leaves";
  return `${name}: stamps in hardware (${which}) by ${stamps?.clock}`;
}
