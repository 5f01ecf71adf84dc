import { createSocket, type Socket } from "node:dgram";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadLibc } from "../src/adapters/libc.ts";
import { KernelClocks } from "../src/adapters/os-clock.ts";
import { Poller } from "../src/adapters/poller.ts";
import { StepWatch } from "../src/adapters/step-watch.ts";
import { KernelTransport } from "../src/adapters/udp-kernel.ts";

const { libc, why } = loadLibc();

describe.skipIf(libc === null)(`waiting for many descriptors${why ? ` (skipped: ${why})` : ""}`, () => {
  const native = libc as NonNullable<typeof libc>;
  let poller: Poller;
  let transport: KernelTransport;
  let clocks: KernelClocks;
  const silent: Socket[] = [];

  beforeEach(() => {
    poller = new Poller(native);
    clocks = new KernelClocks(native);
    transport = new KernelTransport(native, clocks, poller, {
      mode: "kernel_basic",
      transmitStamps: true,
      steering: () => ({ kind: "unknown" }),
    });
  });
  afterEach(() => {
    transport.close();
    poller.close();
    clocks.close();
    for (const socket of silent.splice(0)) socket.close();
  });

  async function bind(): Promise<{ socket: Socket; port: number }> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return { socket, port: socket.address().port };
  }

  it("lets a server that answers through while thirty others are silent", async () => {
    const { socket: dead, port: deadPort } = await bind();
    const { socket: alive, port } = await bind();
    silent.push(dead, alive);
    alive.on("message", (bytes, from) => alive.send(bytes, from.port, from.address));
    const order: string[] = [];
    const ask = (to: number, timeoutMs: number, name: string) =>
      transport
        .exchange({ address: "127.0.0.1", port: to }, Uint8Array.of(1, 2, 3), timeoutMs, () => "take")
        .then(({ kind }) => order.push(`${name} ${kind}`));
    const hopeless = Array.from({ length: 30 }, () => ask(deadPort, 700, "dead"));
    for (let turn = 0; turn < 5; turn++) await ask(port, 5000, "alive");
    expect(order).toEqual(Array(5).fill("alive reply"));
    await Promise.all(hopeless);
    expect(order.filter((one) => one === "dead failed")).toHaveLength(30);
  });

  it("lets whoever waits go when it is closed", async () => {
    const other = new Poller(native);
    const watch = StepWatch.open(native);
    expect(watch).not.toBeNull();
    const waited = watch?.changed(other, 60_000);
    other.close();
    await waited;
    watch?.close();
  });

  it("closed, ends exchanges under way, and touches no descriptor that may be somebody else's by then", async () => {
    const { socket: dead, port } = await bind();
    silent.push(dead);
    const closed: number[] = [];
    const read: number[] = [];
    const counting: typeof native = {
      ...native,
      close: (fd) => {
        closed.push(fd);
        return native.close(fd);
      },
      read: (fd, ...rest) => {
        read.push(fd);
        return native.read(fd, ...rest);
      },
    };
    const [other, own] = [new Poller(counting), new KernelClocks(counting)];
    const rung = { mode: "kernel_basic", transmitStamps: true, steering: () => ({ kind: "unknown" as const }) } as const;
    const asking = new KernelTransport(counting, own, other, rung);
    const answer = asking.exchange({ address: "127.0.0.1", port }, Uint8Array.of(1, 2, 3), 2000, () => "take");
    await new Promise((resolve) => setImmediate(resolve));
    asking.close();
    other.close();
    own.close();
    expect(await answer).toEqual({ kind: "failed", reason: "timeout" });
    const reads = read.length;
    await other.wait(0, 2000);
    own.read();
    expect(new Set(closed).size).toBe(closed.length);
    expect(read).toHaveLength(reads);
  });

  it("is given notice of no step where nobody sets the clock", async () => {
    const watch = StepWatch.open(native);
    await watch?.changed(poller, 20);
    expect(watch?.count()).toBe(0);
    watch?.close();
  });

  it("reads how the kernel disciplines the clock with each reading, or says that it may not", () => {
    const { kernel, sets } = clocks.read();
    expect(sets).toBe(0);
    if (kernel !== null) expect(kernel?.tick).toBeGreaterThanOrEqual(9000n);
  });
});
