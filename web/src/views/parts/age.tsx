import type { JSX } from "preact";
import { useServices } from "../../api/services.ts";
import { ageText } from "../../format/age.ts";
import { toMs, utcExact } from "../../format/instant.ts";
import { useTick } from "./use-tick.ts";

/** How old an instant is by the server's clock, counting on even when nothing new arrives. */
export function Age({ at }: { readonly at: string }): JSX.Element {
  useTick();
  const now_ms = useServices().clock.now_ms();
  return <span title={utcExact(at)}>{now_ms === null ? "…" : ageText(now_ms - toMs(at))}</span>;
}
