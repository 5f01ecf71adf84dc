import { useEffect, useState } from "preact/hooks";
import type { LiveState } from "../../api/live-stream.ts";
import { useServices } from "../../api/services.ts";

export function useLiveState(): LiveState {
  const { live } = useServices();
  const [state, setState] = useState<LiveState>(live.state);
  useEffect(() => {
    setState(live.state);
    return live.subscribe({ onState: setState });
  }, [live]);
  return state;
}
