import type { HostSummary } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { navigate } from "../../route/use-address.ts";
import { labelsPresent, sameLabels, withLabels } from "./fleet-query.ts";

const OFFERED = 200;
const shown = (label: string): string => label.replaceAll("%2C", ",");

interface LabelFiltersProps {
  readonly hosts: readonly HostSummary[];
  readonly labels: readonly string[];
  readonly search: string;
}

/** Labels that hosts must carry: those chosen as chips, which a press takes away, and a list of those that are there. */
export function LabelFilters({ hosts, labels, search }: LabelFiltersProps): JSX.Element | null {
  const labelled = useLabelled(hosts);
  const present = useMemo(() => labelsPresent(labelled, OFFERED), [labelled]);
  const go = (wanted: readonly string[]): void => navigate(`/${withLabels(search, wanted)}`, "replace");
  if (present.length === 0 && labels.length === 0) return null;
  return (
    <>
      {labels.map((label) => (
        <button
          key={label}
          type="button"
          class="chip"
          aria-label={`Without ${shown(label)}`}
          onClick={() => go(labels.filter((one) => one !== label))}
        >
          {shown(label)} ×
        </button>
      ))}
      <select aria-label="Only hosts with a label" value="" onChange={(event) => go([...labels, event.currentTarget.value])}>
        <option value="">Label…</option>
        {present
          .filter(({ label }) => !labels.includes(label))
          .map(({ label, count }) => (
            <option key={label} value={label}>
              {shown(label)} ({count})
            </option>
          ))}
      </select>
    </>
  );
}

/** The same hosts as before while none of them carries other labels: news brings few of those, and to count all takes long. */
function useLabelled(hosts: readonly HostSummary[]): readonly HostSummary[] {
  const before = useRef<readonly HostSummary[]>([]);
  if (!sameLabels(before.current, hosts)) before.current = hosts;
  return before.current;
}
