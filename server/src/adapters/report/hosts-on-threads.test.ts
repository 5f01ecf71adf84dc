import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import type { EvidenceFilePorts } from "../../report/evidence-file.ts";
import type { ReadHost, ReadingTerms } from "../../report/read-host.ts";
import { hostsOnThreads } from "./hosts-on-threads.ts";

const thread = (answer: string): URL =>
  new URL(`data:text/javascript,import { parentPort as port } from "node:worker_threads"; port.on("message", (host) => { ${answer} });`);
const TERMS = { period: { from: utc(0n), to: utc(100n) } } as ReadingTerms;

async function readBy(answer: string, ids: readonly string[], most = 1): Promise<string[]> {
  const ports = { sink: { draft: "nowhere" } } as EvidenceFilePorts;
  const readHosts = hostsOnThreads("", { most, worthNs: 1n, thread: thread(answer) });
  const found: string[] = [];
  const hosts = ids.map((id) => ({ id, declared: [] }));
  for await (const one of readHosts(ports, TERMS, hosts, new AbortController().signal)) found.push((one as ReadHost & { id: string }).id);
  return found;
}

const ANSWERS = "if (host === null) port.close(); else port.postMessage({ id: host.id });";

describe("threads that read hosts", () => {
  it("answer in the order in which hosts are asked", async () => {
    expect(await readBy(ANSWERS, ["a", "b", "c"], 2)).toEqual(["a", "b", "c"]);
  });

  it("end the report where one of them ends without a word", async () => {
    await expect(readBy("process.exit(3)", ["a", "b"])).rejects.toThrow("ended before it had read its host");
  });

  it("end it where one is gone when it is asked for its next host", async () => {
    await expect(readBy(`if (host.id === "b") process.exit(); else { ${ANSWERS} }`, ["a", "b", "c"])).rejects.toThrow("ended before");
  });

  it("hold up nobody who gives the report up, also where one of them never ends", async () => {
    const stop = new AbortController();
    const ports = { sink: { draft: "nowhere" } } as EvidenceFilePorts;
    const readHosts = hostsOnThreads("", {
      most: 1,
      worthNs: 1n,
      endMs: 10,
      thread: thread("if (host !== null) port.postMessage({ id: host.id });"),
    });
    const read = readHosts(
      ports,
      TERMS,
      ["a", "b"].map((id) => ({ id, declared: [] })),
      stop.signal,
    )[Symbol.asyncIterator]();
    await read.next();
    stop.abort(new Error("given up"));
    await expect(read.next()).rejects.toThrow("given up");
  });

  it("end it with what one of them fails by", async () => {
    await expect(readBy('throw new RangeError("too far")', ["a"])).rejects.toThrow("too far");
  });
});
