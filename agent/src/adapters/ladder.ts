import { createSocket } from "node:dgram";
import { fromUtc, makeReply, readRequest, TransmitMemory } from "@truebound/ntp";
import { contains, errorBudget, intervalAtReceive, offsetAt, ppb, type Steering, UNKNOWN_SLEW, uncalibrated } from "@truebound/time";
import type { StampMode } from "@truebound/wire";
import type { StampingCards } from "../card-stamps/stamping-cards.ts";
import type { DaemonWitness } from "../observe/ports.ts";
import type { Clocks, RandomNonce, Transport } from "../probe/ports.ts";
import { makeSource } from "../probe/source.ts";
import { SourceProbe } from "../probe/source-probe.ts";
import type { OpenResponder, ToOpen } from "../responder/ports.ts";
import { type Libc, loadLibc } from "./libc.ts";
import { openStampingCards } from "./open-cards.ts";
import { CalibratedClocks, KernelClocks, ProcessClocks } from "./os-clock.ts";
import { Poller } from "./poller.ts";
import { DgramTransport } from "./udp-dgram.ts";
import { KernelTransport } from "./udp-kernel.ts";

/**
 * The ladder: ways to take stamps, best first. At the start each rung must measure this host against itself over
 * loopback, where the true offset is zero; the first whose every interval holds it is used, and is named in every record.
 */
export interface Rung {
  readonly mode: StampMode;
  readonly clocks: Clocks;
  readonly transport: Transport;
  /** Whether interleaving pays on this rung. */
  readonly interleave: boolean;
  /** Resolves when the kernel gives notice that REALTIME was set, or after a minute; null where it gives none. */
  readonly clockSet: (() => Promise<void>) | null;
  /** Network cards whose stamps are taken in place of the kernel's; absent = none is looked for. */
  readonly cards?: StampingCards;
  /** Whoever answers peers by these clocks; absent = by the kernel's. */
  readonly answer?: (asked: ToOpen) => OpenResponder;
  /** The daemon beside simulated clocks; absent = none there, and beside the kernel's whoever runs. */
  readonly daemon?: DaemonWitness;
  close(): void;
}

export interface Attempt {
  readonly mode: StampMode;
  /** "chosen", or why it was passed over. */
  readonly outcome: string;
}

type Steered = () => Steering;

interface KernelRung {
  readonly steering: Steered;
  readonly mode: StampMode;
  readonly transmitStamps: boolean;
  readonly interleave: boolean;
  readonly hardwareStamps: boolean;
}

const kernel =
  (libc: Libc, { steering, mode, transmitStamps, interleave, hardwareStamps }: KernelRung) =>
  (): Rung => {
    const clocks = new KernelClocks(libc);
    const poller = new Poller(libc);
    const cards = hardwareStamps && transmitStamps ? openStampingCards(libc, () => clocks.read(), steering) : null;
    const transport = new KernelTransport(libc, clocks, poller, { mode, transmitStamps, steering, cards });
    const rung = native(libc, mode, clocks, interleave, transport, () => {
      poller.close();
      cards?.close();
    });
    return cards === null ? rung : { ...rung, cards };
  };

const STEP_WAIT_MS = 60_000;

/** A rung whose clocks are the kernel's own. Steps are waited for by themselves: an exchange then interrupts no wait but its own. */
function native(
  libc: Libc,
  mode: StampMode,
  clocks: KernelClocks,
  interleave: boolean,
  transport: Transport,
  closeTransport: () => void = () => undefined,
): Rung {
  const { steps } = clocks;
  const stepPoller = new Poller(libc);
  const close = () => {
    transport.close();
    closeTransport();
    stepPoller.close();
    clocks.close();
  };
  return { mode, clocks, interleave, transport, close, clockSet: steps && (() => steps.changed(stepPoller, STEP_WAIT_MS)) };
}

function userland(mode: StampMode, clocks: Clocks, readRuler: () => bigint, precision: number, uncertainty: bigint): Rung {
  const transport = new DgramTransport({ mode, precision, uncertainty, readRuler });
  return { mode, clocks, interleave: false, transport, close: () => transport.close(), clockSet: null };
}

const hrtime = () => process.hrtime.bigint();

/** The rungs that this machine may try, best first. @param hardwareStamps false = no network card's stamps are taken */
export function rungs(
  steering: Steered = () => ({ kind: "unknown" }),
  hardwareStamps = true,
): readonly { readonly mode: StampMode; readonly build: () => Rung }[] {
  const { libc } = loadLibc();
  const by = (mode: StampMode, transmitStamps: boolean, interleave: boolean) => ({
    mode,
    build: kernel(libc as Libc, { steering, mode, transmitStamps, interleave, hardwareStamps }),
  });
  const builds = libc && [
    by("kernel_interleaved", true, true),
    by("kernel_basic", true, false),
    by("kernel_receive", false, false),
    {
      mode: "userland_clock" as const,
      build: () => {
        const clocks = new KernelClocks(libc);
        const transport = new DgramTransport({
          mode: "userland_clock",
          precision: -24,
          uncertainty: 50n,
          readRuler: () => clocks.readRaw(),
        });
        return native(libc, "userland_clock", clocks, false, transport);
      },
    },
  ];
  return [
    ...(builds ?? []),
    { mode: "calibrated_clock", build: () => userland("calibrated_clock", new CalibratedClocks(), hrtime, -23, 100n) },
    { mode: "process_clock", build: () => userland("process_clock", new ProcessClocks(), hrtime, -23, 100n) },
  ];
}

/** Climbs down until a rung proves itself. The last one is taken without conditions: its intervals are wide and say so. */
export async function chooseRung(
  nonce: RandomNonce,
  {
    first,
    steering,
    hardwareStamps = true,
  }: { readonly first?: StampMode; readonly steering?: Steered; readonly hardwareStamps?: boolean } = {},
): Promise<{ rung: Rung; attempts: Attempt[] }> {
  const { libc, why } = loadLibc();
  const attempts: Attempt[] = libc ? [] : [{ mode: "kernel_interleaved", outcome: why ?? "no native code" }];
  const candidates = rungs(steering, hardwareStamps);
  const start = Math.max(
    0,
    candidates.findIndex(({ mode }) => mode === first),
  );
  for (const [index, { mode, build }] of candidates.entries()) {
    if (index < start) continue;
    const rung = build();
    const problem = await selfTest(rung, nonce);
    const isLast = index === candidates.length - 1;
    attempts.push({ mode, outcome: problem === null ? "chosen" : isLast ? `chosen as the last rung although ${problem}` : problem });
    if (problem === null || isLast) return { rung, attempts };
    rung.close();
  }
  throw new Error("Cannot choose a rung of an empty ladder");
}

const EXCHANGES = 8;
const TIMEOUT_MS = 500;
const RHO = ppb(200_000n);

/** null = every interval held the true offset of zero and the stamps were there; else what was missing. */
export async function selfTest(rung: Rung, nonce: RandomNonce): Promise<string | null> {
  const responder = await startResponder(rung.clocks);
  try {
    for (let turn = 0; turn < EXCHANGES; turn++) {
      const problem = await measureSelf(rung, responder.port, nonce);
      if (problem !== null) return problem;
    }
    return null;
  } finally {
    responder.close();
  }
}

async function measureSelf(rung: Rung, port: number, nonce: RandomNonce): Promise<string | null> {
  const probe = new SourceProbe({
    source: makeSource("127.0.0.1", port, "declared"),
    drift: uncalibrated(RHO),
    sigma: ppb(2000n),
    client: { interleave: false, interleaveAfter: 0 },
    quality: { precision: rung.transport.precision, uncertainty: rung.transport.uncertainty, rootsRoundedUp: true },
    pollSeconds: 16,
    trusted: false,
    refidOf: () => 0,
  });
  const { bytes, outstanding } = probe.begin({ transmit: nonce(), receive: nonce() });
  const delivery = await rung.transport.exchange({ address: "127.0.0.1", port }, bytes, TIMEOUT_MS, (reply) =>
    probe.consider(outstanding, reply),
  );
  if (delivery.kind === "failed") return `loopback answered with ${delivery.reason}`;
  if (!stampsAsPromised(rung.mode, delivery.mode)) return `the kernel gave stamps of ${delivery.mode} only`;
  const [evidence] = probe.finish(outstanding, delivery);
  if (evidence === undefined) return `loopback was refused: ${[...probe.troubles.keys()].join(", ")}`;
  const bound = intervalAtReceive(evidence.sample.exchange, errorBudget(evidence.sample.terms), RHO);
  const reading = rung.clocks.read();
  const drifted = ppb(RHO + (rung.clocks.ruler === "raw" ? 0n : UNKNOWN_SLEW));
  if (typeof bound === "string") return `loopback gave ${bound}`;
  const aged = probe.boundAt(reading.rawAfter);
  if (aged.kind !== "bound") return `loopback gave ${aged.kind}`;
  return contains(offsetAt(reading, aged.interval, drifted), 0n) ? null : "its interval over loopback did not hold the true offset of zero";
}

function stampsAsPromised(promised: StampMode, got: StampMode): boolean {
  if (promised === "kernel_interleaved") return got === "kernel_basic";
  return promised === got;
}

const RESPONDER = { leap: 0, stratum: 1, precision: -20, rootDelay: 0, rootDispersion: 0, refid: 0x4c4f434c, reference: 0n };

/**
 * Answers on loopback with this host's own REALTIME, and owns in its root dispersion how well this rung's clocks can read
 * it: where they are read anew for each stamp, two reads may even seem to go back.
 */
async function startResponder(clocks: Clocks): Promise<{ port: number; close: () => void }> {
  const socket = createSocket("udp4");
  const memory = new TransmitMemory(64);
  socket.on("message", (bytes, from) => {
    const received = clocks.read();
    const request = readRequest(bytes);
    if (request === null) return;
    const sent = clocks.read();
    const receive = fromUtc(received.realtime);
    const transmit = fromUtc(sent.realtime > received.realtime ? sent.realtime : received.realtime);
    const unsure = received.rawAfter - received.rawBefore + (sent.rawAfter - sent.rawBefore);
    const state = { ...RESPONDER, rootDispersion: Number((unsure * 65_536n) / 1_000_000_000n) + 1 };
    socket.send(makeReply(request, state, receive, transmit, memory), from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", resolve);
  });
  return { port: socket.address().port, close: () => socket.close() };
}
