import type { HostDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { livenessWords } from "../../format/liveness-words.ts";
import { stateWords } from "../../format/state-words.ts";
import { lookOf } from "../../format/status-look.ts";
import { Age } from "../parts/age.tsx";
import { Arriving } from "../parts/arriving.tsx";
import { Labels } from "../parts/labels.tsx";
import { Mark } from "../parts/mark.tsx";
import { PeerStanding } from "../parts/peer-standing.tsx";

/** Which host, what is known about its clock, and what that means: the server's own words. */
export function HostHeading({ host, isStale }: { readonly host: HostDetail; readonly isStale: boolean }): JSX.Element {
  const look = lookOf(host);
  const { state, words } = stateWords(host);
  return (
    <header class={`host-heading row-${look}`}>
      <h1>
        {host.name} <Labels host={host} />
      </h1>
      <p class="host-status">
        <Mark look={look} />
        <strong>{state}</strong>
        {words !== "" && <span>{words}</span>}
        <span class={`alive alive-${host.liveness}`}>
          {/* A silent host leads with that word already. */}
          {look !== "silent" && livenessWords(host.liveness, isStale)}
          {host.last_received_at !== null && (
            <>
              {look !== "silent" && ", "}
              {host.liveness === "carried" ? "came" : "heard"} <Age at={host.last_received_at} /> ago
            </>
          )}
        </span>
        <Arriving host={host} />
        <PeerStanding host={host} />
      </p>
      <p class="explanation">{host.explanation}</p>
    </header>
  );
}
