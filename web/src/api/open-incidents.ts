import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Teller } from "../format/quiet-words.ts";
import type { OpenIncidents } from "./use-incidents.ts";
import type { Request } from "./use-request.ts";

const Context = createContext<Request<OpenIncidents> | null>(null);
export const OpenIncidentsProvider = Context.Provider;

/** What is open, as the header, the list and the fleet page all show it. */
export function useOpenIncidents(): Request<OpenIncidents> {
  const open = useContext(Context);
  if (open === null) throw new Error("Cannot use the open incidents outside OpenIncidentsProvider");
  return open;
}

export function useTeller(): Teller {
  const { loaded } = useOpenIncidents();
  return loaded.kind === "ready" ? loaded.value.alerting : null;
}
