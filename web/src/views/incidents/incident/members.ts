import type { Alert } from "@truebound/wire";
import { axisFor, type SymlogAxis } from "../../../charts/symlog.ts";

/** The axis that all bounds and limits of these find room on. */
export function axisOf(alerts: readonly Alert[]): SymlogAxis {
  const values = alerts.flatMap(({ guaranteed, limit_ns }) => [guaranteed?.lo_ns, guaranteed?.hi_ns, limit_ns]);
  return axisFor(values.flatMap((value) => (value === null || value === undefined ? [] : [Math.abs(Number(value))])));
}

/** Who goes on, then who is over; each part in the server's order, the worst first. */
export const ongoingFirst = (alerts: readonly Alert[]): readonly Alert[] =>
  alerts.toSorted((a, b) => Number(a.ended_at !== null) - Number(b.ended_at !== null));
