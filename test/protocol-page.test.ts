import { createHash, createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  BATCH_PATH,
  chainText,
  encodeDelivery,
  FLIGHT_PATH,
  GOODBYE_PATH,
  genesisText,
  PROBLEM_CODES,
  ROTATE_PATH,
  signatureBase,
} from "@truebound/wire";
import { describe, expect, it } from "vitest";

const PAGE = readFileSync(join(import.meta.dirname, "../docs/protocol.md"), "utf8");
const [, WORKED = "", TEXT = ""] = /```json\n([\s\S]*?)```[\s\S]*?```\n([\s\S]*?)\n```/.exec(PAGE) ?? [];

const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");
const sha256 = (data: string | Uint8Array): Buffer => createHash("sha256").update(data).digest();
const digestOf = (bytes: Uint8Array): string => `sha-256=:${sha256(bytes).toString("base64")}:`;

interface Worked {
  readonly private_key_hex: string;
  readonly agent: string;
  readonly epoch: number;
  readonly seq: number;
  readonly batch_hex: string;
  readonly target_uri: string;
  readonly sent: string;
}

function recomputed(given: Worked): Record<string, unknown> & { readonly text: string } {
  const { agent, epoch, seq, target_uri, sent } = given;
  const batch = Buffer.from(given.batch_hex, "hex");
  const genesis = sha256(genesisText(agent, epoch)).toString("hex");
  const head = sha256(chainText({ agent, epoch, seq, prev: genesis, contentDigest: digestOf(batch) })).toString("hex");
  const delivery = encodeDelivery({ batches: [batch], live: null });
  const contentDigest = digestOf(delivery);
  const text = signatureBase({ method: "POST", targetUri: target_uri, contentDigest, agent, epoch, seq, prev: genesis, head, sent });
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, Buffer.from(given.private_key_hex, "hex")]),
    format: "der",
    type: "pkcs8",
  });
  return {
    ...given,
    genesis,
    head,
    delivery_hex: Buffer.from(delivery).toString("hex"),
    content_digest: contentDigest,
    signature: sign(null, Buffer.from(text), key).toString("base64"),
    text,
  };
}

describe("docs/protocol.md", () => {
  it("works its delivery out as the product does", () => {
    const given = JSON.parse(WORKED) as Worked;
    const { text, ...values } = recomputed(given);
    expect(given).toEqual(values);
    expect(TEXT).toBe(text);
  });
  it("names each path of agents", () => {
    for (const path of [BATCH_PATH, "/api/v1/enroll", "/api/v1/enroll/challenge", ROTATE_PATH, GOODBYE_PATH, FLIGHT_PATH])
      expect(PAGE).toContain(`\`${path}\``);
  });
  it("names no code of refusal that there is not", () => {
    const rows = PAGE.split("| code | status | the agent |")[1]?.split("\n\n")[0] ?? "";
    const named = [...rows.matchAll(/^\| ((?:`[a-z_]+`(?:, )?)+) \|/gm)].flatMap(([, cell = ""]) =>
      cell.split(", ").map((one) => one.replaceAll("`", "")),
    );
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((code) => !(PROBLEM_CODES as readonly string[]).includes(code))).toEqual([]);
  });
});
