import type { JSX } from "preact";
import type { LiveState } from "../../api/live-stream.ts";
import { useLiveState } from "./use-live-state.ts";

const WORDS: Readonly<Record<LiveState["kind"], string>> = { connecting: "connecting", live: "live", down: "not live" };

export function LivePill(): JSX.Element {
  const { kind } = useLiveState();
  return (
    <span class={`pill pill-${kind}`} role="status">
      {WORDS[kind]}
    </span>
  );
}
