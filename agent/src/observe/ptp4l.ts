import type { Malformed } from "./chronyc.ts";
import { decimalNs } from "./decimal.ts";

/**
 * What ptp4l says of itself through `pmc` (IEEE 1588 management messages over its own socket): questions only, nothing is ever set. It
 * disciplines a card's clock, or this one with software stamps, and says by how much it is off from its grandmaster; it claims no bound.
 */
export interface PtpSaying {
  readonly portState: PortState;
  /** A grandmaster is followed. */
  readonly isGrandmasterPresent: boolean;
  /** Grandmaster − the clock that ptp4l steers, ns: positive = behind. Null = it follows nobody. */
  readonly offsetNs: bigint | null;
  /** Its class (IEEE 1588, table 5): 6 = locked to a primary reference, 7 = in holdover within its specification, 248 = default, 255 = follows only. */
  readonly clockClass: number;
  readonly isTimeTraceable: boolean;
}

const PORT_STATES = [
  "INITIALIZING",
  "FAULTY",
  "DISABLED",
  "LISTENING",
  "PRE_MASTER",
  "MASTER",
  "PASSIVE",
  "UNCALIBRATED",
  "SLAVE",
  "GRAND_MASTER",
] as const;
export type PortState = (typeof PORT_STATES)[number];

/** Whose answers are read, in the order in which they are asked. */
export const PMC_QUESTIONS = ["GET TIME_STATUS_NP", "GET PORT_DATA_SET", "GET PARENT_DATA_SET", "GET TIME_PROPERTIES_DATA_SET"] as const;

const MOST_LINES = 512;

/** Of several ports the one that follows counts, else the first. */
export function parsePmc(text: string): PtpSaying | Malformed {
  const said = fieldsOf(text);
  const state = said.ports.find((one) => one === "SLAVE" || one === "UNCALIBRATED") ?? said.ports[0];
  const of = (name: string) => said.values.get(name) ?? "";
  if (!isPortState(state)) return wrong("portState", state);
  const offset = decimalNs(of("master_offset"), 0);
  if (offset === null) return wrong("master_offset", of("master_offset"));
  if (!/^(true|false)$/.test(of("gmPresent"))) return wrong("gmPresent", of("gmPresent"));
  if (!/^\d{1,3}$/.test(of("gm.ClockClass"))) return wrong("gm.ClockClass", of("gm.ClockClass"));
  if (!/^[01]$/.test(of("timeTraceable"))) return wrong("timeTraceable", of("timeTraceable"));
  // A clock that never serves keeps what it heard of its last grandmaster after that is gone.
  const isGrandmasterPresent = of("gmPresent") === "true" && (state === "SLAVE" || state === "UNCALIBRATED");
  return {
    portState: state,
    isGrandmasterPresent,
    // linuxptp's is the clock that is steered less its grandmaster.
    offsetNs: isGrandmasterPresent ? -offset : null,
    clockClass: Number(of("gm.ClockClass")),
    isTimeTraceable: of("timeTraceable") === "1",
  };
}

export const isPortState = (text: string | undefined): text is PortState => PORT_STATES.some((state) => state === text);
const wrong = (field: string, text = ""): Malformed => ({ line: 1, field, text: text.slice(0, 80) });

/** A name and its value a line, with room between; the first of each name counts, and the states of all ports. */
function fieldsOf(text: string): { readonly values: ReadonlyMap<string, string>; readonly ports: readonly string[] } {
  const values = new Map<string, string>();
  const ports: string[] = [];
  for (const line of text.split("\n", MOST_LINES)) {
    const [, name, value] = /^\s+([A-Za-z][A-Za-z0-9_.]{0,60})\s+(\S{1,80})\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    if (name === "portState") ports.push(value);
    if (!values.has(name)) values.set(name, value);
  }
  return { values, ports };
}

/** Classes from here on say that the grandmaster follows nothing itself. */
const FOLLOWS_NOTHING = 248;

/** It follows a grandmaster that says of itself that it is a clock like any other. */
export const followsNobodyOfUtc = ({ portState, isGrandmasterPresent, clockClass }: PtpSaying): boolean =>
  portState === "SLAVE" && isGrandmasterPresent && clockClass >= FOLLOWS_NOTHING;
