import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CarrierFiles } from "../src/adapters/carrier-files.ts";
import { IdentityFiles } from "../src/adapters/identity-file.ts";
import { NOTHING_CARRIED } from "../src/carrier/carried-state.ts";
import { Papers } from "../src/wiring/papers.ts";
import { temporaryFolder } from "./helpers.ts";

/** What is kept of the keys that were in use before, and for how long. */
let folder: ReturnType<typeof temporaryFolder>;
let files: IdentityFiles;
beforeEach(() => {
  folder = temporaryFolder();
  files = new IdentityFiles(folder.path);
});
afterEach(() => folder.remove());

const path = () => join(folder.path, "key.former.pem");
const formerKeys = () => files.formerKeys().map(({ publicKey }) => publicKey);

function enrolled() {
  const signer = files.signer();
  const identity = { version: 1, agent: "x", server: "http://127.0.0.1:1/", epoch: 3, receiptKey: "k", pins: [] } as const;
  files.keep({ ...identity, publicKey: signer.publicKey });
  return { signer, papers: new Papers(files.identity() ?? identity, files) };
}

function change(papers: Papers, end: { epoch: number; seq: number } | null): string {
  const before = files.signer();
  const next = papers.nextKey(before, () => end);
  next.signer();
  next.take();
  return before.publicKey;
}

it("stay until a batch by the key in use is checkpointed", () => {
  const { papers } = enrolled();
  const first = change(papers, { epoch: 3, seq: 40 });
  expect([formerKeys(), statSync(path()).mode & 0o777]).toEqual([[first], 0o600]);
  for (const place of [
    { epoch: 2, seq: 90 },
    { epoch: 3, seq: 1 },
    { epoch: 3, seq: 40 },
  ])
    papers.checkpointed(place);
  expect(formerKeys()).toEqual([first]);
  new Papers(files.identity() ?? papers.identity, files).checkpointed({ epoch: 3, seq: 41 });
  expect([formerKeys(), existsSync(path())]).toEqual([[], false]);
});

it("go too once a later epoch is checkpointed at all, and a chain without a batch begins at its first", () => {
  const { papers } = enrolled();
  change(papers, { epoch: 3, seq: 40 });
  papers.checkpointed({ epoch: 4, seq: 1 });
  expect(formerKeys()).toEqual([]);
  change(papers, null);
  papers.checkpointed({ epoch: 3, seq: 1 });
  expect(formerKeys()).toEqual([]);
});

it("are the newest four, the newest first, none of them twice", () => {
  const { papers } = enrolled();
  const used = Array.from({ length: 6 }, (_, index) => change(papers, { epoch: 3, seq: index }));
  expect(formerKeys()).toEqual(used.reverse().slice(0, 4));
});

it("have the key in use among them where a change was cut off before it took the place, and the next try does the rest", () => {
  const { papers, signer } = enrolled();
  writeFileSync(path(), readFileSync(join(folder.path, "key.pem")), { mode: 0o600 });
  change(papers, { epoch: 3, seq: 1 });
  expect(formerKeys()).toEqual([signer.publicKey]);
});

it("go with the identity", () => {
  const { papers } = enrolled();
  change(papers, { epoch: 3, seq: 1 });
  const aside = files.setAside();
  expect([existsSync(path()), existsSync(join(aside, "key.former.pem"))]).toEqual([false, true]);
  change(enrolled().papers, { epoch: 3, seq: 1 });
  files.forget();
  expect(existsSync(path())).toBe(false);
});

it("are forgotten with the identity, and so is all that was said to it in files: another must not take that for its own", () => {
  const carrier = new CarrierFiles(folder.path);
  const say = () => {
    enrolled();
    carrier.keep({ ...NOTHING_CARRIED, exported: 7, answered: 7 });
    carrier.keepJoinRequest("signature");
  };
  for (const leave of [() => files.forget(), () => files.setAside()]) {
    say();
    leave();
    expect([carrier.state(), carrier.joinRequest(), files.identity()]).toEqual([NOTHING_CARRIED, null, null]);
  }
});
