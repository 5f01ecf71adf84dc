import { atMost } from "@truebound/time";
import type { HostDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useServices } from "../../api/services.ts";
import { ageText } from "../../format/age.ts";
import { exactNs } from "../../format/bound.ts";
import { codeWords } from "../../format/code-words.ts";
import { CARRIED, clockText, type TrueTime, trueTime } from "../../format/true-time.ts";
import { Exact } from "../parts/exact.tsx";

const CALM = "(prefers-reduced-motion: reduce)";
const TICK_MS = 100;
const CALM_TICK_MS = 1000;

/** Between which instants UTC lies, as the host itself would answer; it ticks on this page's monotonic clock, from the server's instants. */
export function TrueTimeSection({ host }: { readonly host: HostDetail }): JSX.Element {
  const { clock } = useServices();
  useTicking();
  const now = clock.now();
  const told: TrueTime = now === null ? { kind: "unknown", why: "the server has not said its time" } : trueTime(host, now.at, now.loose);
  return (
    <section class={`true-time true-time-${told.kind}`} aria-labelledby="true-time-title">
      <h2 id="true-time-title">What time it is, by this host</h2>
      {told.kind === "known" ? <Known told={told} host={host} loose={now?.loose ?? 0n} /> : <Unknown why={told.why} />}
    </section>
  );
}

interface KnownProps {
  readonly told: TrueTime & { kind: "known" };
  readonly host: HostDetail;
  readonly loose: bigint;
}

/** Read on demand: a region that is announced at each tick would never be silent. */
function Known({ told, host, loose }: KnownProps): JSX.Element {
  return (
    <>
      <div class="true-time-ends" role="timer" aria-live="off">
        <End name="earliest" {...clockText(told.earliest, "down")} />
        <span class="true-time-width">
          <span class="true-time-epsilon">
            <span class="muted">ε</span> <Exact text={atMost(told.epsilon)} exact={exactNs(told.epsilon)} />
          </span>
          <span class="true-time-bar" aria-hidden="true" />
          <span class="fact-note">guaranteed, {codeWords(host.status)}</span>
        </span>
        <End name="latest" {...clockText(told.latest, "up")} />
      </div>
      <p class="band-note">
        UTC now, as this host would answer an application; measured {ageText(Number(told.age / 1_000_000n))} ago, and widening by ρ until
        the next report. The server’s clock says when now is; over the network this page knows that to ±{atMost(loose)}, by which both ends
        are moved outward too.
      </p>
    </>
  );
}

const End = ({ name, day, time }: { readonly name: string; readonly day: string; readonly time: string }): JSX.Element => (
  <span class={`true-time-end true-time-${name}`}>
    <span class="true-time-name">{name}</span>
    <span class="true-time-time">{time}</span>
    <span class="fact-note">{day} UTC</span>
  </span>
);

const Unknown = ({ why }: { readonly why: string }): JSX.Element => (
  <p class="band-none">
    Unknown: {why}.{" "}
    <span class="muted">{why === CARRIED ? "Its own agent tells it there." : "An application on this host is told so, and no time."}</span>
  </p>
);

/** Ten times a second; once where the reader wants no motion, and not at all while nobody sees the page. */
function useTicking(): void {
  const [, setCount] = useState(0);
  useEffect(() => {
    const pause_ms = window.matchMedia(CALM).matches ? CALM_TICK_MS : TICK_MS;
    const tick = (): void => {
      if (document.visibilityState === "visible") setCount((count) => count + 1);
    };
    const timer = window.setInterval(tick, pause_ms);
    return () => window.clearInterval(timer);
  }, []);
}
