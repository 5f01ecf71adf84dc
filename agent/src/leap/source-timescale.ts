import {
  hull,
  type Interval,
  type Leap,
  leapNear,
  type ServerScale,
  smearOfRefid,
  smearRangeOfRefid,
  type Timescale,
} from "@truebound/time";
import type { Source } from "../probe/source.ts";

/** Servers whose operators publish what they do about leap seconds; by the name or the link-local address by which hosts know them. */
const KNOWN: readonly (readonly [RegExp, Timescale])[] = [
  [/^time[1-4]?\.google\.com$/, "smear24"],
  [/^metadata\.google\.internal$/, "smear24"],
  [/^(169\.254\.169\.123|fd00:ec2::123|time\.aws\.com)$/, "smear24"],
  [/^time[1-5]?\.facebook\.com$/, "smearFB"],
];

/** As the policy names it (by id or host), else as its operator publishes it, else unknown. Never guessed to be UTC. */
export function timescaleOf({ id, host }: Pick<Source, "id" | "host">, named: Readonly<Record<string, Timescale>>): Timescale {
  const said = Object.hasOwn(named, id) ? named[id] : Object.hasOwn(named, host) ? named[host] : undefined;
  const name = host.toLowerCase().replace(/\.$/, "");
  return said ?? KNOWN.find(([form]) => form.test(name))?.[1] ?? "unknown";
}

/**
 * The scale of one reply. ntpd's smear in the reference id is heeded unasked only near a leap: elsewhere four bytes of a
 * hash begin with 254 once in 256.
 */
export function scaleOfReply(
  timescale: Timescale,
  refids: readonly number[],
  reading: Interval,
  unsure: bigint,
  leaps: readonly Leap[],
): ServerScale {
  const says = timescale === "refid254" || (timescale === "unknown" && isSaid(refids) && leapNear(reading, leaps) !== null);
  if (!says) return { timescale, unsure };
  return { timescale: "refid254", unsure, smears: refids.map(smearRangeOfRefid).reduce(hull) };
}

const isSaid = (refids: readonly number[]): boolean => refids.some((refid) => smearOfRefid(refid) !== null);
