import { Agent as Connections } from "node:http";
import { SeededRandom } from "@truebound/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { times } from "../../../agent/test/acceptance/scale.ts";
import { ask } from "../database.ts";
import { FakeAgent, type Signed } from "../fake-agent.ts";
import { Story } from "../histories.ts";
import { serverForTests } from "../server-under-test.ts";
import { postKept } from "./post-kept.ts";

const FLIPS = times(2_000, 100_000);
/** After so many the right batch is sent, and another is made. */
const EACH = 200;

const connections = new Connections({ keepAlive: true, maxSockets: 4 });
const tested = serverForTests();
afterAll(() => {
  connections.destroy();
});

/** Those by which the server knows what it is given. The rest of HTTP is not ours. */
const NAMES = [
  "content-digest",
  "truebound-agent",
  "truebound-epoch",
  "truebound-seq",
  "truebound-prev",
  "truebound-head",
  "truebound-sent",
  "signature-input",
  "signature",
];

/** One bit of the body or of a header's value. Null = what came out cannot be sent as a header at all. */
function flipped({ headers, hash, body }: Signed, random: SeededRandom): Signed | null {
  const names = NAMES.filter((name) => headers[name] !== undefined);
  const lengths = [body.length, ...names.map((name) => (headers[name] as string).length)];
  // Headers are short: half of all flips are theirs.
  const part = random.next() < 0.5 ? 0 : 1 + Math.floor(random.next() * names.length);
  const at = Math.floor(random.next() * (lengths[part] as number));
  const bit = 1 << Math.floor(random.next() * 8);
  if (part === 0) {
    const hurt = Buffer.from(body);
    hurt[at] = (hurt[at] as number) ^ bit;
    return { headers, hash, body: hurt };
  }
  const name = names[part - 1] as string;
  const bytes = Buffer.from(headers[name] as string, "latin1");
  bytes[at] = (bytes[at] as number) ^ bit;
  const value = bytes.toString("latin1");
  // Blanks at its ends are no part of a header's value.
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) && value.trim() === value ? { headers: { ...headers, [name]: value }, hash, body } : null;
}

const post = (one: Signed): Promise<number> => postKept(tested.server.agentsUrl, one, connections);

describe("R25 a bit that was flipped behind the end of TLS", () => {
  it("is refused, stores nothing, and the next batch is fine", { timeout: 60_000 + FLIPS * 20 }, async () => {
    const random = new SeededRandom(25);
    const agent = new FakeAgent(tested.server.agentsUrl);
    await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "flipped");
    const story = new Story(random, true);
    const answers: Record<number, number> = {};
    let flips = 0;
    for (let right = 0; flips < FLIPS; right++) {
      const content = story.next(agent.id);
      const whole = agent.signed(content);
      const hurt = Array.from({ length: EACH }, () => flipped(whole, random)).filter((one) => one !== null);
      for (const status of await Promise.all(hurt.map(post))) answers[status] = (answers[status] ?? 0) + 1;
      flips += hurt.length;
      expect(await ask(tested.url, "select count(*) as rows from evidence")).toEqual([{ rows: BigInt(right) }]);
      expect((await agent.send(content)).status).toBe(200);
    }
    expect(Object.keys(answers).filter((status) => !status.startsWith("4"))).toEqual([]);
    expect(await ask(tested.url, "select fork_attempts from host_state where host_id = $1", [agent.id])).toEqual([{ fork_attempts: 0n }]);
    console.log(`R25: ${flips} flips, all refused: ${JSON.stringify(answers)}`);
  });
});
