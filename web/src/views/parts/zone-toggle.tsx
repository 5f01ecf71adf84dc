import type { JSX } from "preact";
import { useServices } from "../../api/services.ts";
import { zoneText } from "../../format/zone.ts";
import { QueryToggle } from "./query-toggle.tsx";
import { useZone } from "./zone-context.ts";

/** Times as this browser's zone writes them; kept from one view to the next. */
export function ZoneToggle({ search }: { readonly search: string }): JSX.Element {
  const now_ms = useServices().clock.now_ms();
  return (
    <QueryToggle search={search} name="tz" value="local" isOn={useZone() === "local"}>
      times in this browser’s zone{now_ms === null ? "" : ` (${zoneText(now_ms, "local")})`}
    </QueryToggle>
  );
}
