import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type AsciiHash, type LeapList, parseLeapList } from "./leap-list.ts";

export const sha1: AsciiHash = (ascii) => createHash("sha1").update(ascii, "ascii").digest("hex");

/** The list that the server ships: tz b9bc7a8, of Bulletin C 72. */
export const SHIPPED_TEXT = readFileSync(new URL("../../../server/data/leap-seconds.list", import.meta.url), "ascii");

export const SHIPPED = parseLeapList(SHIPPED_TEXT, sha1) as LeapList;
