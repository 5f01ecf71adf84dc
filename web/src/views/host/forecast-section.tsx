import { atMost } from "@truebound/time";
import type { HostDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { ageText } from "../../format/age.ts";

/** How long each limit can still be kept if every source falls silent now, or has already. */
export function ForecastSection({ host }: { readonly host: HostDetail }): JSX.Element | null {
  if (host.forecast.length === 0) return null;
  return (
    <section aria-labelledby="forecast-title">
      <div class="section-head">
        <h2 id="forecast-title">{isHeld(host) ? "Time left without sources" : "If every source fell silent now"}</h2>
        <p>How long the guaranteed bound {isHeld(host) ? "stays" : "would stay"} within a limit, as long as nobody touches the clock.</p>
      </div>
      <dl class="facts facts-assumed">
        {host.forecast.map(({ limit_ns, within_ns }) => (
          <div class="fact" key={limit_ns}>
            <dt>within {atMost(BigInt(limit_ns))}</dt>
            <dd>{forecastText(within_ns)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const isHeld = ({ status }: HostDetail): boolean => status === "holdover";

/** Rounded down to whole seconds: nothing is promised for longer than it holds. */
function forecastText(within_ns: string | null): string {
  if (within_ns === null) return "for ever";
  const left_ms = Number(BigInt(within_ns) / 1_000_000n);
  if (left_ms === 0) return "not now";
  return left_ms < 1000 ? "less than a second" : `for ${ageText(Math.floor(left_ms / 1000) * 1000)}`;
}
