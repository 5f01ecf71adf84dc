import type { ChannelTest, ChannelView } from "@truebound/wire";
import type { JSX } from "preact";
import { testChannel } from "../../api/alerting-requests.ts";
import { useTeller } from "../../api/open-incidents.ts";
import { useServices } from "../../api/services.ts";
import type { Request } from "../../api/use-request.ts";
import { countWords } from "../../format/count-words.ts";
import type { Look } from "../../format/status-look.ts";
import { Instant } from "../parts/exact.tsx";
import { Mark } from "../parts/mark.tsx";
import { OriginMark } from "../parts/origin-mark.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { useSubmit } from "../parts/use-submit.ts";
import { PartSection } from "./part-section.tsx";

const NONE =
  "No channel is set, so nobody is told of anything. Name one under `channels` in a file (examples/truebound.yaml is a whole one), and apply it: `truebound apply --diff FILE`.";

export const ChannelsSection = ({ request }: { readonly request: Request<ChannelView[]> }): JSX.Element => (
  <PartSection
    id="channels"
    title="Channels"
    says="where incidents are told"
    none={useTeller() === "prometheus" ? "No channel is set; a Prometheus tells people, not this server." : NONE}
    request={request}
  >
    {(channels) => (
      <table class="sources channels">
        <thead>
          <tr>
            <th scope="col">Channel</th>
            <th scope="col">Leads to</th>
            <th scope="col">Last outcome</th>
            <th scope="col">Origin</th>
            <th scope="col">Test</th>
          </tr>
        </thead>
        <tbody>
          {channels.map((channel) => (
            <ChannelRow key={channel.name} channel={channel} onTested={request.renew} />
          ))}
        </tbody>
      </table>
    )}
  </PartSection>
);

interface ChannelRowProps {
  readonly channel: ChannelView;
  readonly onTested: () => void;
}

function ChannelRow({ channel, onTested }: ChannelRowProps): JSX.Element {
  const { name, kind, severities, enabled, origin, to } = channel;
  return (
    <tr class={`row row-${lookOf(channel)}`}>
      <th scope="row" class="source-name">
        <span>{name}</span>
        <span class="fact-note">
          {kind}, {severities.join(", ")}
        </span>
      </th>
      <td data-name="leads to">{to}</td>
      <td class="source-state channel-state">
        <Mark look={lookOf(channel)} />
        <LastOutcome channel={channel} />
      </td>
      <td data-name="origin">
        <OriginMark origin={origin} />
        {!enabled && <span class="fact-note">off: it is told nothing</span>}
      </td>
      <td class="channel-test">
        <Test name={name} onTested={onTested} />
      </td>
    </tr>
  );
}

function lookOf({ enabled, last }: ChannelView): Look {
  if (!enabled) return "silent";
  if (last === null) return "unknown";
  return last.delivered ? "proven" : "conflict";
}

function LastOutcome({ channel: { last, waiting } }: Pick<ChannelRowProps, "channel">): JSX.Element {
  return (
    <span>
      <span class="status-word">{last === null ? "nothing sent yet" : last.delivered ? "delivered" : "could not deliver"}</span>
      {last !== null && (
        <span class="fact-note">
          <Instant at={last.at} />
        </span>
      )}
      {last !== null && last.error !== null && <span class="channel-error">{last.error}</span>}
      {waiting > 0 && <span class="fact-note">{countWords(waiting, "delivery", "deliveries")} waiting</span>}
    </span>
  );
}

/** Sends one notice that says that it is a test. */
function Test({ name, onTested }: { readonly name: string; readonly onTested: () => void }): JSX.Element {
  const { clock } = useServices();
  const { state, submit } = useSubmit<ChannelTest>(onTested);
  const isSending = state.kind === "sending";
  return (
    <>
      <button type="button" disabled={isSending} aria-label={`Test ${name}`} onClick={() => submit(() => testChannel(name, clock))}>
        {isSending ? "Sending…" : "Test"}
      </button>
      <Outcome state={state} done={testWords} />
    </>
  );
}

const testWords = ({ delivered, took_ms, error }: ChannelTest): string =>
  delivered ? `delivered in ${took_ms} ms` : `not delivered: ${error ?? "the channel does not say why"}`;
