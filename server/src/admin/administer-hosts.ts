import {
  type EnrolledHost,
  type EnrolledHostList,
  formatJoinToken,
  type HostChangeRequest,
  type JoinTokenList,
  type JoinTokenMade,
  type JoinTokenRequest,
  type JoinTokenRevoked,
} from "@truebound/wire";
import type { EnrolCrypto, EnrolStore } from "../enrol/ports.ts";
import { createToken, tokenId } from "../enrol/token.ts";
import type { LabelSet } from "../policy/choose-policy.ts";
import { readCount } from "../query/questions.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { HOST_CHANGES, mayBecome, whyNotChange } from "./change-host.ts";
import { pageOfHosts } from "./page-of-hosts.ts";
import type { AdminStore, EnrolmentStore, EnrolmentView } from "./ports.ts";
import { isServer } from "./requests.ts";

export interface HostAdminPorts {
  readonly store: Pick<AdminStore, "tokens" | "revokeToken" | "setState"> & EnrolmentStore & Pick<EnrolStore, "insertToken">;
  readonly crypto: Pick<EnrolCrypto, "randomBytes" | "sha256">;
  /** Where agents report by this server's settings. */
  readonly server: () => string;
  /** Of its TLS keys. */
  readonly pins: readonly string[];
}

export const askJoinTokens = async ({ store, server }: HostAdminPorts): Promise<JoinTokenList> => ({
  items: (await store.tokens()).map((token) => ({ ...token, labels: { ...token.labels } })),
  next: null,
  server: server(),
});

export async function addJoinToken(ports: HostAdminPorts, wish: JoinTokenRequest): Promise<JoinTokenMade | Refusal> {
  const { store, crypto, pins } = ports;
  const server = wish.server ?? ports.server();
  if (!isServer(server)) return noServer(server);
  const { uses, labels, approval } = wish;
  const grant = { uses, labels, approval, namePattern: wish.name_pattern, ephemeralHours: wish.ephemeral_hours };
  const secret = await createToken(store, crypto, { ...grant, ttlSeconds: wish.expires_in_s });
  const token = formatJoinToken({ secret, pins, server });
  return { id: tokenId(crypto, secret), token, server, ...joinCommands(token) };
}

function noServer(server: string): Refusal {
  const detail = `Cannot let hosts in at ${JSON.stringify(server)}: write https://host:8125/, or http://127.0.0.1:8125/ for agents on this machine`;
  return refuse("malformed", detail, { errors: [{ pointer: "/server", detail }] });
}

/** A shell's own printf into a file that only its owner opens: what stands on a command line can be read by everybody on the host. A token has no quotes. */
export function joinCommands(token: string): Pick<JoinTokenMade, "commands" | "package_commands"> {
  const file = `t=$(mktemp) && printf '%s' '${token.replaceAll("'", "%27")}' > "$t"`;
  return {
    commands: [`${file} && npx truebound-agent enroll --token-file "$t"`, "npx truebound-agent run"],
    package_commands: [`${file} && truebound-agent enroll --token-file "$t"`, "systemctl reload truebound-agent"],
  };
}

export async function revokeJoinToken({ store }: HostAdminPorts, id: string): Promise<JoinTokenRevoked | Refusal> {
  const found = /^[0-9a-f]{8,64}$/.test(id) ? await store.revokeToken(id) : 0;
  if (found === 1) return { id };
  const which = found === 0 ? "no join token that can still be used begins" : "several join tokens begin";
  return refuse("not_found", `Cannot revoke ${JSON.stringify(id.slice(0, 80))}: ${which} so`);
}

export const ENROLMENTS_MAX = 1_000;

export async function askEnrolments(
  { store }: HostAdminPorts,
  { q = "", limit: said, after }: { readonly q?: string; readonly limit?: string; readonly after?: string },
  may: (labels: LabelSet) => boolean,
): Promise<EnrolledHostList | Refusal> {
  const limit = readCount(said, 200, ENROLMENTS_MAX);
  if (limit === null) return refuse("bad_request", `Cannot list ${said} hosts: limit is a number from 1 to ${ENROLMENTS_MAX}`);
  const page = pageOfHosts(
    (await store.enrolments()).filter(({ labels }) => may(labels)),
    { q, limit, after: after ?? null },
  );
  return page === null
    ? refuse("bad_request", "Cannot continue from this cursor: it is none that this list gave")
    : { ...page, items: page.items.map(shown) };
}

const shown = (host: EnrolmentView): EnrolledHost => ({ ...host, labels: { ...host.labels }, may_become: mayBecome(host.state) });

/** `may`: asked again of the very host that a name leads to, for names pass from one host to another. */
export async function changeEnrolment(
  { store }: HostAdminPorts,
  word: string,
  { to }: HostChangeRequest,
  may: (labels: LabelSet) => boolean,
): Promise<EnrolledHost | Refusal> {
  const found = await store.enrolment(word);
  if (found === null || !may(found.labels)) return nobody(word);
  const { from, state } = HOST_CHANGES[to];
  if (found.state === state) return shown(found);
  const why = whyNotChange(found, to);
  if (why !== null) return refuse("read_only", why);
  if (!(await store.setState(found.id, state, from)))
    return refuse("read_only", `Cannot ${to} ${found.name}: somebody else changed it meanwhile; look again`);
  return shown({ ...found, state });
}

const nobody = (word: string): Refusal => refuse("not_found", `No host has the id or name ${JSON.stringify(word.slice(0, 80))}`);
