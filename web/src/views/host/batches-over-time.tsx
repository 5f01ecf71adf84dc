import type { HostDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { FrequencyOverTime } from "./frequency-over-time.tsx";
import { TermsOverTime } from "./terms-over-time.tsx";
import { useTerms } from "./use-terms.ts";

/** Two pictures of the same batches: what the width was made of, and how fast the clock ran. */
export function BatchesOverTime({ host, search }: { readonly host: HostDetail; readonly search: string }): JSX.Element {
  const loaded = useTerms(host.id, search);
  return (
    <>
      <TermsOverTime host={host} search={search} loaded={loaded} />
      <FrequencyOverTime host={host} search={search} loaded={loaded} />
    </>
  );
}
