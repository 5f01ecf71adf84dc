import { atMost } from "@truebound/time";
import { ageText } from "./age.ts";
import { limitText } from "./limit-words.ts";

const HOUR_MS = 3_600_000;

/** What a spark shows, in words: the least and the greatest worst error, how much of it can be beyond the limit, and what is unknown. */
export function sparkWords(errors_ns: readonly (number | null)[], limit_ns: string | null, hours: number): string {
  const known = errors_ns.filter((error) => error !== null);
  const lasting = (parts: number): string => ageText((parts / errors_ns.length) * hours * HOUR_MS);
  if (known.length === 0) return `worst error over the last ${hours} h: unknown`;
  const text = (error_ns: number): string => atMost(BigInt(Math.ceil(error_ns)));
  const [least, most] = [text(Math.min(...known)), text(Math.max(...known))];
  const beyond = limit_ns === null ? 0 : known.filter((error) => error > Number(limit_ns)).length;
  const unknown = errors_ns.length - known.length;
  return [
    `worst error over the last ${hours} h: ${least === most ? least : `${least} to ${most}`}`,
    ...(limit_ns === null ? [] : [`limit ${limitText(limit_ns)}`]),
    ...(beyond > 0 ? [`beyond it for up to ${lasting(beyond)}`] : []),
    ...(unknown > 0 ? [`unknown for ${lasting(unknown)}`] : []),
  ].join(", ");
}
