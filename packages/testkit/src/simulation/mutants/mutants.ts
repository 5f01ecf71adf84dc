import type { Trait } from "../world.ts";

/** One small mistake, as somebody might make it: what of which file becomes what, and what that breaks. */
export interface Mutant {
  readonly name: string;
  /** Below the root of the repository. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** It can show only in worlds that have this; absent = in any. */
  readonly among?: Trait;
}

/** Mistakes in our own code, each of which breaks something that is promised. A run of seeds must find every one. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "the upper end of an exchange is lowered by its error",
    file: "packages/time/src/exchange.ts",
    from: "const upper = x.t2 - x.t1 + budget.total;",
    to: "const upper = x.t2 - x.t1 - budget.total / 2n;",
  },
  {
    name: "what a server's root says of itself is left out",
    file: "packages/time/src/exchange.ts",
    from: "total: root + precision + terms.cap",
    to: "total: precision + terms.cap",
  },
  {
    name: "a window is not widened by the drift since",
    file: "packages/time/src/window.ts",
    from: "const hi = -upper.key + this.#rise * x;",
    to: "const hi = -upper.key + this.#rise * upper.at;",
  },
  {
    name: "one more vote than allowed must agree",
    among: "liar",
    file: "packages/time/src/fusion.ts",
    from: "const need = Math.max(1, votes.length - faults);",
    to: "const need = Math.max(1, votes.length - faults + 1);",
  },
  {
    name: "a server that says it is not synchronised is believed",
    among: "unsynchronised",
    file: "packages/ntp/src/client.ts",
    from: '  if (packet.leap === 3) return "unsynchronised";',
    to: '  if (packet.leap === 3 && packet.stratum > 15) return "unsynchronised";',
  },
  {
    name: "a step of the clock is felt only from a second on",
    file: "agent/src/bound/between-readings.ts",
    from: "  back === 0n && slept === 0n && step === 0n && !set && !fast;",
    to: "  back === 0n && slept === 0n && step < 1_000_000_000n && step > -1_000_000_000n;",
  },
  {
    name: "a batch leaves memory before it is on the disk",
    file: "agent/src/report/outbox.ts",
    from: "        this.#ports.spool.append(seal(this.#end(), this.#held[0] as Uint8Array, this.#ports.sha256));",
    to: "        this.#ports.spool.append(seal(this.#end(), this.#held.shift() as Uint8Array, this.#ports.sha256));\n        this.#held.unshift(new Uint8Array());",
  },
  {
    name: "a spool's files go once the server has them, before they are checkpointed",
    among: "database_restored",
    file: "agent/src/report/outbox.ts",
    from: "if (checkpointed !== null && epoch <= this.#epoch) this.#checkpoint({ epoch, seq: checkpointed });",
    to: "if (epoch <= this.#epoch) this.#checkpoint({ epoch, seq: Math.max(checkpointed ?? 0, expected - 1) });",
  },
  {
    name: "what is lost for good is not declared",
    among: "rot",
    file: "agent/src/report/loss-book.ts",
    from: "if (this.#declared === total) return;",
    to: "if (total < 1_000_000) return;",
  },
  {
    name: "a server that asks for an earlier batch is asked again with the same",
    among: "database_restored",
    file: "agent/src/report/outbox.ts",
    from: '    if (step.do === "rewind") this.#rewind(step);',
    to: '    if (step.do === "rewind" && step.expected > this.#cursor.seq) this.#rewind(step);',
  },
  {
    name: "a batch that does not follow the one before is sealed all the same",
    file: "agent/src/spool/sealed-batch.ts",
    from: "prev: end.hash, digest",
    to: "prev: hash, digest",
  },
  {
    name: "the sum of a frame on the disk is not looked at",
    among: "rot",
    file: "agent/src/spool/frame.ts",
    from: "if (crc32c(payload) !== view.getUint32(at + 4)) return null;",
    to: "if (crc32c(payload) === 1 && view.getUint32(at + 4) === 2) return null;",
  },
  {
    name: "a spool grows beyond its bound",
    among: "tight_spool",
    file: "agent/src/spool/spool.ts",
    from: "while (this.bytes > this.#limits.totalBytes &&",
    to: "while (this.bytes > 100 * this.#limits.totalBytes &&",
  },
  {
    name: "a batch is taken whatever it follows",
    among: "clone",
    file: "server/src/ingest/sequence.ts",
    from: 'return batch.prev === chain.chainHash ? "next" : fork(',
    to: 'return batch.prev !== "" ? "next" : fork(',
  },
  {
    name: "a repeat of the latest batch counts as a new one",
    file: "server/src/ingest/sequence.ts",
    from: "(place.epoch === chain.epoch && place.seq < chain.nextSeq);",
    to: "(place.epoch === chain.epoch && place.seq < chain.nextSeq - 1);",
  },
  {
    name: "a receipt is given though nothing was written",
    file: "server/src/ingest/ingest.ts",
    from: "  if (changes.length > 0) await ledger.write(changes);",
    to: "  if (changes.length > 1) await ledger.write(changes);",
  },
  {
    name: "young batches are checkpointed",
    among: "database_restored",
    file: "server/src/ingest/sequence.ts",
    from: "    if (!old) break;\n",
    to: "    if (!old && seq < 0) break;\n",
  },
  {
    name: "after a delivery with a live status a number is left out",
    file: "server/src/ingest/settle.ts",
    from: "    chain = { ...chain, epoch: claim.epoch, nextSeq: seq + 1, chainHash: hash };",
    to: "    chain = { ...chain, epoch: claim.epoch, nextSeq: seq + (offer.live === null ? 1 : 2), chainHash: hash };",
  },
  {
    name: "a divergence has the sign of an offset",
    file: "packages/audit/src/divergence.ts",
    from: "({ lo: hi.map((end) => 0 - end), hi: lo.map((end) => 0 - end) })",
    to: "({ lo, hi })",
  },
  {
    name: "evidence is compliant where its lower end is",
    file: "packages/audit/src/evaluate/verdicts.ts",
    from: 'if (above <= max && below <= -min) return "COMPLIANT";',
    to: 'if (below <= -min) return "COMPLIANT";',
  },
  {
    name: "a leap of the list changes nothing",
    among: "leap",
    file: "agent/src/leap/leap-lookout.ts",
    from: "return utcMinusRaw(bound, since, reading.rawAfter, this.#calendar.leaps);",
    to: "return utcMinusRaw(bound, since, reading.rawAfter, []);",
  },
  {
    name: "where there is no list there is no leap",
    among: "leap",
    file: "packages/time/src/leap-doubt.ts",
    from: "return expires === null || latest > expires ? latest : null;",
    to: "return expires !== null && latest > expires ? latest : null;",
  },
  {
    name: "former keys go before the change is older than all backups",
    among: "rotation",
    file: "agent/src/wiring/papers.ts",
    from: "if (keyAfter !== undefined && isBefore(keyAfter, place)) this.#files.dropFormerKeys();",
    to: "if (keyAfter !== undefined && place.epoch > 0) this.#files.dropFormerKeys();",
  },
  {
    name: "the first batch by the next key changes nothing",
    among: "rotation",
    file: "server/src/ingest/settle.ts",
    from: "newKeyFrom: first !== undefined && isNext(facts.keys.keys, claim.signedBy) ? { epoch: claim.epoch, seq: first.seq } : null,",
    to: "newKeyFrom: null,",
  },
  {
    name: "a key that is known is let in as another host",
    among: "enrolment",
    file: "server/src/enrol/enrol.ts",
    from: "const known = await enrolment.hostOfKey(publicKey);",
    to: "const known: KnownHost | null = null;",
  },
  {
    name: "a peer's ruler is taken from a reply to another request",
    among: "mesh",
    file: "agent/src/peers/peer-probe.ts",
    from: "    return this.probe.consider(outstanding, bytes);",
    to: '    return bytes.length > 48 ? "take" : this.probe.consider(outstanding, bytes);',
  },
  {
    name: "the way to a peer is taken to be no longer than the way back",
    among: "mesh",
    file: "agent/src/peers/edge-window.ts",
    from: "const bound = { lo: lower.value, hi:",
    to: "const bound = { lo: (lower.value + upper.value) / 2n, hi:",
  },
  {
    name: "what a host claims of itself rests on its peers too",
    among: "mesh",
    file: "agent/src/bound/prover.ts",
    from: "const alone = evaluate(this.#ownLast, now, own, premises);",
    to: "const alone = evaluate(this.#ownLast, now, [...own, ...peers], premises);",
  },
  {
    name: "a claim on an offset is taken for one on a clock",
    among: "mesh",
    file: "packages/time/src/peers/common-epoch.ts",
    from: "lo: -claim.hi, hi: -claim.lo }",
    to: "lo: claim.lo, hi: claim.hi }",
  },
  {
    name: "readings on both sides of a step bound what lies between",
    file: "packages/audit/src/evidence/near-clock.ts",
    from: "const isContinuous = goesOn && !Number.isNaN(cellAt(low, row)) && this.#follows && !record.rehearsed;",
    to: "const isContinuous = !record.rehearsed;",
  },
];
