import type { JSX } from "preact";
import { useAlerting } from "../../api/use-alerting.ts";
import { FailureNotice } from "../parts/failure-notice.tsx";
import { Loading } from "../parts/loading.tsx";
import { StaleBanner } from "../parts/stale-banner.tsx";
import { StaleFrame } from "../parts/stale-frame.tsx";
import { useStale } from "../parts/use-stale.ts";
import { useTitle } from "../parts/use-title.ts";
import { AlertingHead } from "./alerting-head.tsx";
import { ChannelsSection } from "./channels-section.tsx";
import { MaintenanceSection } from "./maintenance-section.tsx";
import { RulesSection } from "./rules-section.tsx";
import { SilencesSection } from "./silences-section.tsx";

/** What is looked for, who is told, and what keeps quiet. */
export function AlertingView({ search }: { readonly search: string }): JSX.Element {
  const rules = useAlerting("rules");
  const channels = useAlerting("channels");
  const silences = useAlerting("silences");
  const maintenance = useAlerting("maintenance");
  const since = useStale(rules.loaded);
  useTitle("Alerting");
  const { loaded, renew } = rules;
  if (loaded.kind === "failed") return <FailureNotice failure={loaded.failure} onRetry={renew} />;
  if (loaded.kind === "loading") return <Loading title="Asking the server what alerting is set to…" />;
  return (
    <article class="alerting">
      {since !== null && <StaleBanner since={since} failure={loaded.failure} onRetry={renew} />}
      <StaleFrame isStale={since !== null}>
        <AlertingHead rules={loaded.value} channels={channels.loaded} />
        <ChannelsSection request={channels} />
        <SilencesSection request={silences} />
        <MaintenanceSection request={maintenance} />
        <RulesSection rules={loaded.value} search={search} />
      </StaleFrame>
    </article>
  );
}
