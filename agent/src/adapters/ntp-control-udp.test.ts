import { createSocket, type Socket } from "node:dgram";
import { afterEach, expect, it } from "vitest";
import { askNtpd } from "./ntp-control-udp.ts";

const TEXT =
  "leap=0, stratum=2, rootdelay=1.5, rootdisp=2.5, refid=192.0.2.1, reftime=0xeeb40138.00000000, clock=0xeeb40138.00000000, offset=0.25";
let socket: Socket | null = null;

function close(): void {
  socket?.close();
  socket = null;
}
afterEach(close);

/** Somebody who answers each question with these datagrams; the sequence number is the question's. */
async function answering(answers: (question: Buffer) => readonly Buffer[]): Promise<number> {
  const open = createSocket("udp4");
  socket = open;
  open.on("message", (question, { port, address }) => {
    for (const answer of answers(question)) open.send(answer, port, address);
  });
  await new Promise<void>((resolve) => open.bind(0, "127.0.0.1", resolve));
  return open.address().port;
}

function part(question: Buffer, text: string, { flags = 0x82, offset = 0 } = {}): Buffer {
  const head = Buffer.alloc(12);
  question.copy(head, 0, 0, 4);
  head[1] = flags;
  head.writeUInt16BE(offset, 8);
  head.writeUInt16BE(text.length, 10);
  return Buffer.concat([head, Buffer.from(text)]);
}

it("takes an answer in parts, whatever strangers and noise come between", async () => {
  const port = await answering((question) => {
    const stranger = part(question, "leap=3");
    stranger.writeUInt16BE(question.readUInt16BE(2) ^ 1, 2);
    return [
      Buffer.from("noise"),
      stranger,
      part(question, TEXT.slice(50), { offset: 50 }),
      part(question, TEXT.slice(0, 50), { flags: 0xa2 }),
    ];
  });
  expect(await askNtpd({ port })).toMatchObject({
    kind: "ok",
    value: { offsetNs: 250_000n, rootDelayNs: 1_500_000n, follows: "192.0.2.1" },
  });
});

it("has a name for whatever goes wrong, and ends in time", async () => {
  const silent = await answering(() => []);
  expect((await askNtpd({ port: silent, timeoutMs: 100 })).kind).toBe("timeout");
  close();
  expect((await askNtpd({ port: silent, timeoutMs: 2000 })).kind).toBe("refused");
  const kinds = [
    [(question: Buffer) => [part(question, "", { flags: 0xc2 })], "denied"],
    [(question: Buffer) => [part(question, "x".repeat(1000), { flags: 0xa2, offset: 3500 })], "too_long"],
    [(question: Buffer) => [part(question, TEXT.replace("leap=0", "leap=9"))], "malformed"],
  ] as const;
  for (const [answers, kind] of kinds) {
    expect((await askNtpd({ port: await answering(answers), timeoutMs: 5000 })).kind).toBe(kind);
    close();
  }
});
