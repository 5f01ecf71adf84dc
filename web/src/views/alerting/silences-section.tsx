import type { Silence } from "@truebound/wire";
import type { JSX } from "preact";
import { endSilence } from "../../api/alerting-requests.ts";
import { useTeller } from "../../api/open-incidents.ts";
import { useServices } from "../../api/services.ts";
import type { Request } from "../../api/use-request.ts";
import { originWords } from "../../format/origin-words.ts";
import { quietWords } from "../../format/quiet-words.ts";
import { matchersText } from "../incidents/incident/silence-choices.ts";
import { Instant } from "../parts/exact.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { useSubmit } from "../parts/use-submit.ts";
import { DeclaredCells, DeclaredHeads } from "./declared-rows.tsx";
import { PartSection } from "./part-section.tsx";

const SAYS = "alerts that people asked not to be told of; begin one on an incident’s page";

export const SilencesSection = ({ request }: { readonly request: Request<Silence[]> }): JSX.Element => (
  <PartSection
    id="silences"
    title="Silences"
    says={useTeller() === "prometheus" ? `alerts that people silenced here: ${quietWords("prometheus")}` : SAYS}
    none="Nothing is silenced."
    request={request}
  >
    {(silences) => (
      <table class="sources silences">
        <thead>
          <tr>
            <th scope="col">Matches</th>
            <th scope="col">From, to</th>
            <DeclaredHeads />
          </tr>
        </thead>
        <tbody>
          {silences.map((silence) => (
            <SilenceRow key={silence.id} silence={silence} onEnded={request.renew} />
          ))}
        </tbody>
      </table>
    )}
  </PartSection>
);

interface SilenceRowProps {
  readonly silence: Silence;
  readonly onEnded: () => void;
}

const SilenceRow = ({ silence, onEnded }: SilenceRowProps): JSX.Element => (
  <tr class={silence.active ? "" : "part-over"} id={`silence-${silence.id}`}>
    <th scope="row">
      <code>{matchersText(silence.matchers)}</code>
      <span class="fact-note">
        silence {silence.id}, {silence.active ? "in force" : "not in force"}
      </span>
    </th>
    <td data-name="from, to">
      <Instant at={silence.from} />
      <br />
      <Instant at={silence.to} />
    </td>
    <DeclaredCells of={silence}>
      <End silence={silence} onEnded={onEnded} />
    </DeclaredCells>
  </tr>
);

/** What a file set has no button; why, it says in its place. */
function End({ silence: { id, origin, active }, onEnded }: SilenceRowProps): JSX.Element {
  const { clock } = useServices();
  const { state, submit } = useSubmit<unknown>(onEnded);
  const isSending = state.kind === "sending";
  if (origin !== "person") return <span class="muted">{originWords(origin).means}</span>;
  if (!active) return <span class="muted">nothing to end</span>;
  return (
    <>
      <button type="button" disabled={isSending} aria-label={`End silence ${id}`} onClick={() => submit(() => endSilence(id, clock))}>
        {isSending ? "Sending…" : "End"}
      </button>
      <Outcome state={state} done={() => "ended"} />
    </>
  );
}
