import type { FlightView } from "@truebound/wire";
import type { EnrolCrypto } from "../enrol/ports.ts";
import type { Parameters } from "../query/questions.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { isIncident } from "./incident-number.ts";
import type { KeptFlight } from "./receive-flight.ts";

export interface FlightQuestion {
  /** Decimal digits. */
  readonly incident: string;
  /** Id or name; null = all hosts. */
  readonly host: string | null;
}

/** A record as it lies in the database, and the keys of its host. */
export interface KeptRecord extends KeptFlight {
  readonly incident: string;
  readonly host: string;
  readonly name: string;
  readonly receivedAt: string;
  readonly keys: readonly Uint8Array[];
}

export interface RecordStore {
  records(question: FlightQuestion): Promise<readonly KeptRecord[]>;
}

export interface RecordPorts {
  readonly records: RecordStore;
  readonly crypto: Pick<EnrolCrypto, "verifyEd25519">;
}

/** The key of the host that signed it; null = none that is known. */
export const signerOf = ({ keys, signatureBase, signature }: KeptRecord, crypto: RecordPorts["crypto"]): Uint8Array | null =>
  keys.find((key) => crypto.verifyEd25519(key, signatureBase, signature)) ?? null;

/** GET /api/v1/incidents/{id}/flights/{host} */
export async function askFlight({ records, crypto }: RecordPorts, { id = "", host = "" }: Parameters): Promise<FlightView | Refusal> {
  const isAsked = isIncident(id) && !host.includes("\0");
  const [record] = isAsked ? await records.records({ incident: id, host }) : [];
  if (record === undefined) return refuse("not_found", "There is no record of this host for this incident; it may still come");
  const key = signerOf(record, crypto);
  return {
    incident: record.incident,
    host: record.host,
    received_at: record.receivedAt,
    body: Buffer.from(record.body).toString("base64"),
    signature_base: record.signatureBase,
    signature: Buffer.from(record.signature).toString("base64url"),
    public_key: key && Buffer.from(key).toString("base64url"),
  };
}
