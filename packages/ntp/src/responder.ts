import { decode, encode, fieldLengths, MODE_CLIENT, MODE_SERVER, type Packet, VERSION } from "./packet.ts";

/** What a server says of itself in every reply. */
export interface ServerState {
  readonly leap: number;
  readonly stratum: number;
  readonly precision: number;
  readonly rootDelay: number;
  readonly rootDispersion: number;
  readonly refid: number;
  readonly reference: bigint;
}

/** The true transmit stamps of recent replies by the receive stamp that they carried; bounded, oldest forgotten. */
export class TransmitMemory {
  readonly #stamps = new Map<bigint, bigint>();
  readonly #most: number;

  constructor(most = 4096) {
    this.#most = most;
  }

  remember(receive: bigint, transmit: bigint): void {
    this.#stamps.set(receive, transmit);
    const oldest = this.#stamps.keys().next();
    if (this.#stamps.size > this.#most && !oldest.done) this.#stamps.delete(oldest.value);
  }

  recall(receive: bigint): bigint | undefined {
    return this.#stamps.get(receive);
  }
}

/** RFC 7822, section 7.5.1.4: what is shorter at the end is a code of authentication, and we know no keys. */
const SHORTEST_LAST_FIELD = 28;

/**
 * The request if it is one to answer: mode 3, version 1 to 4, a whole header, and behind it nothing, or in version 4, which
 * knows such, whole extension fields. `null` = silence.
 */
export function readRequest(bytes: Uint8Array): Packet | null {
  const packet = decode(bytes);
  if (typeof packet === "string" || packet.mode !== MODE_CLIENT) return null;
  const last = fieldLengths(bytes)?.at(-1) ?? null;
  if (packet.version === VERSION) return last === null || last >= SHORTEST_LAST_FIELD ? packet : null;
  return packet.version >= 1 && packet.version < VERSION && last === null ? packet : null;
}

/**
 * The 48 bytes of a reply. Interleaved (RFC 9769) when the request's origin names a reply whose true transmit stamp is
 * remembered: then `origin` echoes the request's receive field and `transmit` is that earlier stamp.
 */
export function makeReply(
  request: Packet,
  state: ServerState,
  receive: bigint,
  transmit: bigint,
  memory: TransmitMemory | null,
): Uint8Array {
  const late = request.origin !== 0n && request.receive !== request.transmit ? memory?.recall(request.origin) : undefined;
  return encode({
    ...state,
    version: request.version,
    mode: MODE_SERVER,
    poll: request.poll,
    origin: late === undefined ? request.transmit : request.receive,
    receive,
    transmit: late ?? transmit,
  });
}
