import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { LiveStream } from "./live-stream.ts";
import type { ServerClock } from "./server-clock.ts";
import type { Session } from "./session.ts";

/** What main builds once and every view may use. */
export interface Services {
  readonly clock: ServerClock;
  readonly live: LiveStream;
  readonly session: Session;
}

const Context = createContext<Services | null>(null);
export const ServicesProvider = Context.Provider;

export function useServices(): Services {
  const services = useContext(Context);
  if (services === null) throw new Error("Cannot use services outside ServicesProvider");
  return services;
}
