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
  const present = useLabelsPresent(hosts);
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

/** Counted anew only where a host carries other labels than before: news brings few of those, and to count all takes long. */
function useLabelsPresent(hosts: readonly HostSummary[]): ReturnType<typeof labelsPresent> {
  const last = useRef<{ readonly hosts: readonly HostSummary[]; readonly present: ReturnType<typeof labelsPresent> } | null>(null);
  return useMemo(() => {
    const isSame = last.current !== null && sameLabels(last.current.hosts, hosts);
    const present = isSame && last.current !== null ? last.current.present : labelsPresent(hosts, OFFERED);
    // Of the hosts only those on show are held.
    last.current = { hosts, present };
    return present;
  }, [hosts]);
}
