import { formatJoinToken } from "@truebound/wire";
import type { EnrolCrypto, EnrolStore } from "../enrol/ports.ts";
import { createToken, tokenId } from "../enrol/token.ts";
import { HOST_CHANGES, whyNotChange } from "./change-host.ts";
import { administerEvidence } from "./evidence-rules.ts";
import { administerHolds } from "./holds.ts";
import { sayLabels } from "./labels.ts";
import { administerMesh } from "./mesh.ts";
import type { AdminHost, AdminStore, AdminToken } from "./ports.ts";
import type { AdminRequest, HostChange } from "./requests.ts";
import { administerTargets } from "./targets.ts";

export interface AdminPorts {
  readonly store: AdminStore & Pick<EnrolStore, "insertToken">;
  readonly crypto: Pick<EnrolCrypto, "randomBytes" | "sha256">;
  /** Where agents report by this server's settings, and the pins of its TLS keys. */
  readonly server: string;
  readonly pins: readonly string[];
}

export interface Told {
  readonly code: 0 | 1;
  /** For programs, on standard output. */
  readonly out: string;
  /** For people, on standard error. */
  readonly err: string;
}

/** Does what a person asked for on the command line. */
export async function administer(ports: AdminPorts, request: AdminRequest): Promise<Told> {
  switch (request.do) {
    case "create_token":
      return create(ports, request);
    case "list_tokens":
      return listed(await ports.store.tokens(), request.json, tokenLine, "No join token can be used now");
    case "revoke_token":
      return revoke(ports, request.id);
    case "list_hosts":
      return listed(await ports.store.hosts(), request.json, hostLine, "No host is enrolled");
    case "set_host":
      return setHost(ports, request.host, request.to);
    case "clear_clone":
      return clearClone(ports, request.host);
    case "rotate_key":
      return rotateKey(ports, request.host);
    case "list_evidence_rules":
    case "set_evidence_rule":
    case "remove_evidence_rule":
      return administerEvidence(ports.store, request);
    case "set_mesh":
    case "end_mesh":
    case "redraw_mesh":
    case "show_mesh":
    case "list_mesh":
      return administerMesh({ store: ports.store, randomBytes: ports.crypto.randomBytes }, request);
    case "add_target":
    case "list_targets":
    case "remove_target":
      return administerTargets(ports.store, request);
    default:
      return administerHolds(ports.store, request);
  }
}

const told = (err: string): Told => ({ code: 0, out: "", err: `${err}\n` });
const refused = (err: string): Told => ({ code: 1, out: "", err: `${err}\n` });

async function create(ports: AdminPorts, request: Extract<AdminRequest, { do: "create_token" }>): Promise<Told> {
  const { uses, ttlSeconds } = request;
  const secret = await createToken(ports.store, ports.crypto, request);
  const server = request.server ?? ports.server;
  const lets = uses === 1 ? "one host" : `${uses} hosts`;
  const waits = request.approval ? ", each after truebound host approve" : "";
  const goes = request.ephemeralHours === null ? "" : `; each is retired when it stops, or after ${request.ephemeralHours} h of silence`;
  const id = tokenId(ports.crypto, secret);
  const token = formatJoinToken({ secret, pins: ports.pins, server });
  return {
    code: 0,
    out: request.json ? `${JSON.stringify({ id, token, server, uses, expires_in_s: ttlSeconds }, null, 2)}\n` : `${token}\n`,
    err: `Join token ${id} (truebound token revoke ${id} takes it back): lets ${lets} in at ${server} within ${ttlSeconds} s${waits}${goes}. It is shown this once: keep it in a file that only its reader can open\n${HOW_TO_JOIN}`,
  };
}

const HOW_TO_JOIN = `On a host with the agent's package, as root, with a copy of that file:
  truebound-agent enroll --token-file FILE && systemctl reload truebound-agent
or in a folder of Truebound: npx truebound-agent enroll --token-file FILE && npx truebound-agent run
`;

async function revoke({ store }: AdminPorts, id: string): Promise<Told> {
  const count = await store.revokeToken(id);
  if (count === 1) return told(`Revoked the join token ${id}`);
  return refused(
    count === 0
      ? `Cannot revoke ${id}: no token that can still be used begins with that`
      : `Cannot revoke ${id}: several tokens begin with that`,
  );
}

async function setHost({ store }: AdminPorts, host: string, to: HostChange): Promise<Told> {
  const found = await store.host(host);
  if (found === null) return refused(`Cannot ${to} ${JSON.stringify(host)}: no host has this id or name`);
  const why = whyNotChange(found, to);
  if (why !== null) return refused(why);
  const { from, state } = HOST_CHANGES[to];
  if (!(await store.setState(found.id, state, from)))
    return refused(`Cannot ${to} ${found.name}: somebody else changed it meanwhile; look again`);
  const soon = state === "active" ? "; its agent asks again within a minute" : "";
  return told(`${found.name} (${found.id}) is ${state}${soon}`);
}

async function clearClone({ store }: AdminPorts, host: string): Promise<Told> {
  const found = await store.host(host);
  if (found === null) return refused(`Cannot clear ${JSON.stringify(host)}: no host has this id or name`);
  return told(
    (await store.clearClone(found.id))
      ? `${found.name} (${found.id}) is known alone again; should the copy report once more, this comes back`
      : `Nobody but ${found.name} has reported by its key`,
  );
}

async function rotateKey({ store }: AdminPorts, host: string): Promise<Told> {
  const found = await store.host(host);
  if (found === null) return refused(`Cannot rotate the key of ${JSON.stringify(host)}: no host has this id or name`);
  if (found.state !== "active") return refused(`Cannot rotate the key of ${found.name}: it is ${found.state}`);
  await store.wantRotation(found.id);
  return told(`${found.name} (${found.id}) is asked for another key with its next report`);
}

function listed<T>(items: readonly T[], json: boolean, line: (item: T) => string, none: string): Told {
  if (json) return { code: 0, out: `${JSON.stringify({ items, next: null }, null, 2)}\n`, err: "" };
  return items.length === 0 ? told(none) : { code: 0, out: items.map((item) => `${line(item)}\n`).join(""), err: "" };
}

const tokenLine = ({ id, uses_left, uses, expires_in_s, labels, name_pattern, approval, ephemeral_hours }: AdminToken): string =>
  `${id}  ${uses_left} of ${uses} left, ${expires_in_s} s${name_pattern === null ? "" : `, named ${name_pattern}`}${approval ? ", with approval" : ""}${ephemeral_hours === null ? "" : `, ephemeral ${ephemeral_hours} h`}${sayLabels(labels)}`;

const hostLine = ({ id, name, state, labels }: AdminHost): string => `${id}  ${state.padEnd(9)}  ${name}${sayLabels(labels)}`;
