import { type Declared, loadDeclared } from "./audit-requests.ts";
import { useServices } from "./services.ts";
import { type Request, useRequest } from "./use-request.ts";

const RENEW_PAUSE_MS = 1000;

export function useDeclared<K extends keyof Declared>(what: K): Request<Declared[K]> {
  const { clock } = useServices();
  return useRequest<Declared[K]>(what, RENEW_PAUSE_MS, (signal) => loadDeclared(what, clock, signal));
}
