import type { AlertConfig } from "./alert-config.ts";

/** Who hears that somebody looks after an incident: enabled channels that were told of it. To all others it would be news of nothing. */
export const channelsToTell = (toldBefore: readonly string[], { channels, settings }: AlertConfig): string[] =>
  settings.alerting === "prometheus"
    ? []
    : channels.filter(({ body }) => body.enabled && toldBefore.includes(body.name)).map(({ body }) => body.name);
