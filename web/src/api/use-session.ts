import { useEffect, useState } from "preact/hooks";
import { useServices } from "./services.ts";
import type { SessionState } from "./session.ts";

export function useSession(): SessionState {
  const { session } = useServices();
  const [state, setState] = useState(session.state);
  useEffect(() => {
    setState(session.state);
    return session.subscribe(setState);
  }, [session]);
  return state;
}
