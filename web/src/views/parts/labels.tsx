import type { HostSummary } from "@truebound/wire";
import type { JSX } from "preact";

const SCENARIO = "demo_scenario";

/** A simulated clock: it says so everywhere it is shown. */
export const isDemo = ({ labels, injected_ns }: HostSummary): boolean => SCENARIO in labels || "demo" in labels || injected_ns !== null;

export function Labels({ host }: { readonly host: HostSummary }): JSX.Element {
  const scenario = host.labels[SCENARIO];
  const others = Object.entries(host.labels).filter(([name]) => name !== SCENARIO && name !== "demo");
  return (
    <span class="labels">
      {isDemo(host) && <span class="tag tag-demo">demo</span>}
      {scenario !== undefined && <span class="label">{scenario}</span>}
      {others.map(([name, value]) => (
        <span class="label" key={name}>
          {name}={value}
        </span>
      ))}
    </span>
  );
}
