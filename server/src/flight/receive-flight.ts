import { Flight, type FlightReply, validator } from "@truebound/wire";
import type { EnrolCrypto } from "../enrol/ports.ts";
import { type PostRequest, readSignedPost } from "../enrol/signed-post.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { isIncident } from "./incident-number.ts";

/** A host whose record comes. */
export interface RecordingHost {
  readonly state: "pending" | "active" | "suspended" | "revoked" | "retired";
  /** Raw, newest first. */
  readonly keys: readonly Uint8Array[];
}

/** A record as it is kept: what was signed, byte for byte. */
export interface KeptFlight {
  readonly body: Uint8Array;
  readonly signatureBase: string;
  readonly signature: Uint8Array;
}

export interface FlightStore {
  recordingHost(agent: string): Promise<RecordingHost | null>;
  /** False = nobody asked this host for a record of that incident. One that is there already stays as it is. */
  keep(agent: string, incident: string, flight: KeptFlight): Promise<boolean>;
}

export interface FlightPorts {
  readonly store: FlightStore;
  readonly crypto: Pick<EnrolCrypto, "sha256" | "verifyEd25519">;
  /** The JSON text of a record; null = it is none, or too long. */
  readonly inflate: (body: Uint8Array) => Promise<string | null>;
}

const schema = validator(Flight);

/** What an agent recorded of the minutes around an incident. Kept as it was signed; it may be sent again. */
export async function receiveFlight({ store, crypto, inflate }: FlightPorts, request: PostRequest): Promise<FlightReply | Refusal> {
  const claim = readSignedPost(request, crypto);
  if (isRefusal(claim)) return claim;
  const host = await store.recordingHost(claim.agent);
  if (host === null) return refuse("unknown_agent", `No agent ${claim.agent} is enrolled here`);
  if (!host.keys.some((key) => claim.isBy(key)))
    return refuse("bad_signature", "The signature is not by this agent's key over this request");
  if (host.state === "revoked") return refuse("revoked", "This agent was revoked");
  // Nothing of it is read before it is known who sent it.
  const flight = parsed(await inflate(request.body));
  if (!schema.accepts(flight)) return refuse("malformed", "The request is no record of a flight", { errors: schema.errors(flight) });
  const { incident } = flight;
  if (flight.agent !== claim.agent) return refuse("malformed", "The record is of another agent than the one that signed it");
  const signed = { body: request.body, signatureBase: claim.base(host.keys), signature: claim.signature };
  if (!isIncident(incident) || !(await store.keep(claim.agent, incident, signed)))
    return refuse("not_found", `Nobody asked this host for a record of incident ${incident}`);
  return { version: 1, incident, state: "kept" };
}

function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null; // the schema then says what is wanted
  }
}
