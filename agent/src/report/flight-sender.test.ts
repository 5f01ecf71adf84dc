import { MAX_FLIGHT_BYTES } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { FlightSender, type FlightSenderPorts, type WrittenFlight } from "./flight-sender.ts";
import type { HttpAnswer, ServerLink } from "./ports.ts";

const flight = (incident: string): WrittenFlight => ({
  recorded: {
    readings: [],
    evidence: [],
    refusals: [],
    kernel: [],
    daemon: [],
    routes: [],
    missing: { readings: 0, exchanges: 0 },
    rehearsal: null,
  },
  head: { agent: "a", incident, boot_id: "b", software: "s", assumptions: {}, sources: [] } as unknown as WrittenFlight["head"],
});
const answer = (status: number, body: unknown): HttpAnswer => ({ kind: "answer", status, body, retryAfterSeconds: null });
const kept = (incident: string) => answer(200, { version: 1, incident, state: "kept" });
const away: HttpAnswer = { kind: "no_answer", reason: "ECONNREFUSED" };

const asText = async (text: string) => Buffer.from(text);

function senderTo(answers: HttpAnswer[], endsAfter = Number.POSITIVE_INFINITY, deflate: FlightSenderPorts["deflate"] = asText) {
  const [posts, waits, logged]: [string[], number[], string[]] = [[], [], []];
  const link = {
    postSigned: async (_: string, __: string, body: unknown) => {
      posts.push(JSON.parse(Buffer.from(body as Uint8Array).toString()).incident);
      return answers.shift() as HttpAnswer;
    },
  } as unknown as ServerLink;
  const sender = new FlightSender({
    link,
    deflate,
    backOff: async (seconds) => void waits.push(seconds),
    isEnding: () => waits.length >= endsAfter,
    log: (_, message) => logged.push(message),
  });
  return { sender, posts, waits, logged };
}

describe("sending records", () => {
  it("goes on until the server has each, one after the other", async () => {
    const { sender, posts, waits, logged } = senderTo([away, answer(503, null), kept("7"), kept("8")]);
    sender.take(flight("7"));
    sender.take(flight("8"));
    await sender.settled();
    expect([posts, waits]).toEqual([
      ["7", "7", "7", "8"],
      [2, 4],
    ]);
    expect(logged).toEqual([expect.stringMatching(/^sent the record of incident 7: \d+ bytes$/), expect.stringContaining("incident 8")]);
  });
  it("ends where the server does not want one", async () => {
    const { sender, posts, logged } = senderTo([answer(404, { detail: "Nobody asked" })]);
    sender.take(flight("7"));
    await sender.settled();
    expect([posts, logged]).toEqual([["7"], ["the server does not want the record of incident 7: Nobody asked"]]);
  });
  it("tries once more when the agent ends, and then says that it could not", async () => {
    const { sender, posts, logged } = senderTo([away, away], 1);
    sender.take(flight("7"));
    await sender.settled();
    expect([posts, logged]).toEqual([["7", "7"], ["cannot send the record of incident 7 before the agent ends: ECONNREFUSED"]]);
  });
  it("says which it cannot write, and goes on with the next", async () => {
    const { sender, posts, logged } = senderTo([kept("8")], undefined, async (text) =>
      text.includes('"incident":"7"') ? new Uint8Array(MAX_FLIGHT_BYTES + 1) : asText(text),
    );
    sender.take(flight("7"));
    sender.take(flight("8"));
    await sender.settled();
    expect([posts, logged]).toEqual([
      ["8"],
      [expect.stringMatching(/^cannot write the record of incident 7: /), expect.stringMatching(/^sent the record of incident 8/)],
    ]);
  });
});
