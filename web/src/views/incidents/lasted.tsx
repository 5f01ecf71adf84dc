import type { Incident } from "@truebound/wire";
import type { JSX } from "preact";
import { ageText } from "../../format/age.ts";
import { toMs } from "../../format/instant.ts";

/** For how long it was open; null while it is. */
export const Lasted = ({ incident }: { readonly incident: Pick<Incident, "opened_at" | "resolved_at"> }): JSX.Element | null =>
  incident.resolved_at === null ? null : <>lasted {ageText(toMs(incident.resolved_at) - toMs(incident.opened_at))}</>;
