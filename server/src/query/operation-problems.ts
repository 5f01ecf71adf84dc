import type { ProblemCode } from "@truebound/wire";
import { ACCESS, type PeopleOperation } from "../access/route-access.ts";
import { PROBLEM_STATUS } from "../refusal.ts";
import type { Route } from "./routes/route.ts";

/** These answer without looking at what they were asked. */
const PLAIN: readonly string[] = ["streamEvents", "describe", "metrics", "livez", "readyz"];
/** What they make is there already, or what they change a file set, or must stay as it is. */
const FIXED: readonly string[] = ["endSilence", "endMaintenance", "addPerson", "changePerson", "changeEnrolment"];
/** Their body names something which may not be there. */
const NAMING: readonly string[] = ["addExemption"];
const GUESSED: readonly string[] = ["signIn", "signInByLink", "changePassword"];
const AGENTS: Readonly<Record<string, readonly ProblemCode[]>> = {
  openChallenge: ["rate"],
  enrol: ["bad_token", "bad_challenge", "bad_signature", "rate"],
  receiveBatch: ["unknown_agent", "bad_signature", "bad_digest", "revoked", "suspended", "fork", "seq_gap", "rate"],
};
const SIGNED: readonly ProblemCode[] = ["unknown_agent", "bad_signature", "bad_digest", "revoked", "suspended", "rate"];

/** The codes with which an operation may be refused, and by which status each is answered. */
export function problemsOf(route: Route): ReadonlyMap<number, readonly ProblemCode[]> {
  const codes = new Set([...(route.listener === "people" ? ofPeople(route) : ofAgents(route)), ...ofBody(route), ...ALWAYS]);
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) byStatus.set(PROBLEM_STATUS[code], [...(byStatus.get(PROBLEM_STATUS[code]) ?? []), code]);
  return new Map([...byStatus].sort(([a], [b]) => a - b));
}

const ALWAYS: readonly ProblemCode[] = ["unavailable"];

const ofAgents = ({ operation }: Route): readonly ProblemCode[] => [
  ...(AGENTS[operation] ?? ["bad_challenge", ...SIGNED]),
  ...when(operation === "receiveFlight", "not_found"),
];

function ofBody({ body }: Route): readonly ProblemCode[] {
  if (body === undefined) return [];
  // What is wrong with a row of a file is said in the place of its answer.
  return body.type === "text/csv" ? ["bad_request", "too_large"] : ["bad_request", "malformed", "too_large"];
}

function ofPeople({ operation, method, path, parameters }: Route): readonly ProblemCode[] {
  const { needs } = ACCESS[operation as PeopleOperation];
  return [
    "forbidden_host",
    ...when(!PLAIN.includes(operation), "bad_request"),
    ...when(needs !== "anyone", "not_signed_in", "not_permitted"),
    ...when(method === "post", "forbidden_origin", ...(needs === "anyone" ? [] : (["bad_csrf"] as const))),
    ...when(path.includes("{") || (!SIEVED.includes(operation) && parameters.some(({ name }) => NAMES.includes(name))), "not_found"),
    ...when(NAMING.includes(operation), "not_found"),
    ...when(FIXED.includes(operation), "read_only"),
    ...when(GUESSED.includes(operation), "not_signed_in", "rate"),
    ...when(operation === "startOidc" || operation === "finishOidc", "not_found", "not_permitted"),
  ];
}

/** Parameters that name something which may not be there. */
const NAMES: readonly string[] = ["a", "b", "host", "labels", "scope", "profile", "domain", "shard"];
/** Of what is not there these answer with nothing. */
const SIEVED: readonly string[] = ["listIncidents", "listAlerts"];
const when = (holds: boolean, ...codes: readonly ProblemCode[]): readonly ProblemCode[] => (holds ? codes : []);
