import { type DisciplineRefusal, implausible, type KernelDiscipline, STA_NANO } from "@truebound/time";
import type { Libc } from "./libc.ts";

/** struct timex of a 64-bit Linux. */
const TIMEX_BYTES = 208;
const AT = { offset: 8, freq: 16, maxError: 24, estimatedError: 32, status: 40, constant: 48, tick: 88, tai: 160 } as const;

/** Asks the kernel how REALTIME is being disciplined. Reads only: modes is 0. */
export class KernelDisciplineReader {
  readonly #libc: Libc;
  readonly #bytes = new Uint8Array(TIMEX_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** With the reason where it is not believed. */
  ask(): DisciplineTestimony {
    this.#bytes.fill(0);
    if (this.#libc.adjtimex(this.#bytes) < 0) return { kind: "denied" };
    return judged(parseTimex(this.#view));
  }
}

export type DisciplineTestimony =
  | { readonly kind: "said"; readonly said: KernelDiscipline }
  | { readonly kind: "refused"; readonly why: DisciplineRefusal }
  | { readonly kind: "denied" };

function judged(said: KernelDiscipline): DisciplineTestimony {
  const why = implausible(said);
  return why === null ? { kind: "said", said } : { kind: "refused", why };
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

export function parseTimex(view: DataView): KernelDiscipline {
  const long = (at: number) => view.getBigInt64(at, littleEndian);
  const status = view.getInt32(AT.status, littleEndian);
  return {
    freq: long(AT.freq),
    tick: long(AT.tick),
    offset: long(AT.offset) * ((status & STA_NANO) !== 0 ? 1n : 1000n),
    status,
    constant: long(AT.constant),
    maxError: long(AT.maxError),
    estimatedError: long(AT.estimatedError),
    tai: view.getInt32(AT.tai, littleEndian),
  };
}
