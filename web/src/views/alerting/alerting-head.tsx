import type { AlertRuleView, ChannelView } from "@truebound/wire";
import type { JSX } from "preact";
import type { Loaded } from "../../api/loaded.ts";
import { useOpenIncidents } from "../../api/open-incidents.ts";
import { countWords } from "../../format/count-words.ts";
import { Mark } from "../parts/mark.tsx";
import { PROMETHEUS, toldWords } from "./told-words.ts";

interface AlertingHeadProps {
  readonly rules: readonly AlertRuleView[];
  readonly channels: Loaded<readonly ChannelView[]>;
}

/** Whether anybody would be told: that no channel is set looks like a quiet night. */
export function AlertingHead({ rules, channels }: AlertingHeadProps): JSX.Element {
  const { loaded } = useOpenIncidents();
  const isPrometheus = loaded.kind === "ready" && loaded.value.alerting === "prometheus";
  const { look, words } = isPrometheus ? PROMETHEUS : toldWords(channels);
  const on = rules.filter(({ enabled }) => enabled).length;
  return (
    <section class={`summary truth-line row-${look}`} aria-label="Alerting in one line">
      <div class="truth-verdict">
        <Mark look={look} />
        <h1>{words}</h1>
      </div>
      <p class="truth-facts">
        <span>{countWords(on, "rule")} in force</span>
        {on < rules.length && <span>{rules.length - on} off</span>}
        <span>{rules.reduce((sum, { firing }) => sum + firing, 0)} firing</span>
      </p>
    </section>
  );
}
