import type { Incident } from "@truebound/wire";
import type { JSX } from "preact";
import { useTeller } from "../../api/open-incidents.ts";
import { quietWords } from "../../format/quiet-words.ts";
import { IncidentTable } from "./incident-table.tsx";
import { shelved } from "./shelves.ts";

interface OpenSectionProps {
  readonly incidents: readonly Incident[];
  readonly search: string;
}

/** What waits for somebody first; what somebody has taken, and what nobody is told of, apart and quieter. */
export function OpenSection({ incidents, search }: OpenSectionProps): JSX.Element {
  const { waiting, acknowledged, silenced } = shelved(incidents);
  const teller = useTeller();
  return (
    <>
      {waiting.length > 0 && <IncidentTable incidents={waiting} search={search} label="Open incidents that nobody has acknowledged" />}
      {acknowledged.length > 0 && (
        <section class="incident-shelf" aria-labelledby="acknowledged-title">
          <div class="section-head">
            <h2 id="acknowledged-title">Acknowledged</h2>
            <p>open still, and somebody has taken them</p>
          </div>
          <IncidentTable incidents={acknowledged} search={search} label="Acknowledged incidents" isQuiet />
        </section>
      )}
      {silenced.length > 0 && (
        <section class="incident-shelf" aria-labelledby="silenced-title">
          <div class="section-head">
            <h2 id="silenced-title">Silenced</h2>
            <p>{teller === "prometheus" ? `open still; it has ${quietWords(teller)}` : "open still, and nobody is told of them"}</p>
          </div>
          <IncidentTable incidents={silenced} search={search} label="Silenced incidents" isQuiet />
        </section>
      )}
    </>
  );
}
