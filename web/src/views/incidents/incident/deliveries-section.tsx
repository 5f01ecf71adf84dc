import type { NoticeDelivery } from "@truebound/wire";
import type { JSX } from "preact";
import { codeWords } from "../../../format/code-words.ts";
import { countWords } from "../../../format/count-words.ts";
import type { Look } from "../../../format/status-look.ts";
import { Instant } from "../../parts/exact.tsx";
import { Mark } from "../../parts/mark.tsx";

/** Which channel was told what, when, at which attempt, and why not. */
export const DeliveriesSection = ({ deliveries }: { readonly deliveries: readonly NoticeDelivery[] }): JSX.Element => (
  <section aria-labelledby="deliveries-title">
    <div class="section-head">
      <h2 id="deliveries-title">Who was told</h2>
    </div>
    {deliveries.length === 0 && <p class="none">No channel has been told of it; the timeline says why, where there is a reason.</p>}
    {deliveries.length > 0 && (
      <ol class="events deliveries">
        {deliveries.map((delivery) => (
          <Delivery key={`${delivery.key} ${delivery.channel}`} delivery={delivery} />
        ))}
      </ol>
    )}
  </section>
);

const LOOKS: Readonly<Record<string, Look>> = { delivered: "proven", due: "holdover", given_up: "conflict" };

function Delivery({ delivery }: { readonly delivery: NoticeDelivery }): JSX.Element {
  const { channel, kind, state, created_at, error } = delivery;
  const look = LOOKS[state] ?? "unknown";
  return (
    <li class={`row-${look}`}>
      <span class="event-at">
        <Instant at={created_at} />
      </span>
      <span class="delivery-channel">
        {channel}
        <span class="fact-note">{codeWords(kind)}</span>
      </span>
      <span class="delivery-state">
        <Mark look={look} />
        <span>
          <span class="status-word">{codeWords(state)}</span> {attemptWords(delivery)}
          {error !== null && <span class="fact-note">{error}</span>}
        </span>
      </span>
    </li>
  );
}

function attemptWords({ state, attempts }: NoticeDelivery): string {
  if (state === "delivered") return attempts > 1 ? `at attempt ${attempts}` : "";
  return attempts === 0 ? "not tried yet" : `after ${countWords(attempts, "attempt")}`;
}
