import { sayEndpoint } from "../responder/peer-settings.ts";
import { type Check, check } from "./check.ts";
import type { DoctorFacts } from "./facts.ts";

/** Whether this host answers peers, and where; who may ask the server says, to the agent that runs. */
export function checkPeers({ peers: { off, mesh, listen, taken }, nativeCode }: DoctorFacts): Check {
  if (off) return check("peers", mesh === null ? "ok" : "note", "off: TRUEBOUND_PEERS=off");
  if (mesh === null) return check("peers", "ok", "off: the policy puts this host into no mesh");
  const where = `mesh "${mesh.domain}"`;
  if (!nativeCode.loaded) return check("peers", "warn", `${where}: cannot answer without native code`, "see native_code");
  const at = sayEndpoint(listen ?? { address: "::", port: mesh.port });
  if (taken === null) return check("peers", "unknown", `${where}: answers on ${at}; which ports are in use cannot be read`);
  const says = taken ? "that port is in use: by the agent that runs here, or by another program" : "that port is free";
  return check("peers", "ok", `${where}: answers on ${at}, whom its server names to the agent; ${says}`);
}
