import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, encode, MAX_BYTES, type Packet } from "../packet.ts";
import { plainAesSiv } from "./aes-siv.fixture.ts";
import { encodeField, FIELD, fieldsOf, join, sealedFields } from "./fields.ts";
import { authenticator, openReply, protect, type Randoms } from "./protect.ts";
import { SIV_VECTORS } from "./siv-vectors.fixture.ts";

const C2S = new Uint8Array(32).fill(0x11);
const S2C = new Uint8Array(32).fill(0x22);
const RANDOMS: Randoms = { identifier: new Uint8Array(32).fill(0xab), nonce: new Uint8Array(16).fill(0xcd) };
const COOKIE = new Uint8Array(100).fill(7);
const HEADER: Packet = {
  leap: 0,
  version: 4,
  mode: 4,
  stratum: 2,
  poll: 0,
  precision: -24,
  rootDelay: 1,
  rootDispersion: 2,
  refid: 3,
  reference: 4n,
  origin: 5n,
  receive: 6n,
  transmit: 7n,
};
const request = (placeholders: number, cookie = COOKIE) =>
  protect(encode({ ...HEADER, mode: 3 }), { cookie, placeholders, key: C2S }, RANDOMS, plainAesSiv);
const types = (bytes: Uint8Array) => fieldsOf(bytes)?.map(({ type }) => type);

/** What a server sends: the identifier back, and fresh cookies sealed. */
function reply({
  header = HEADER,
  identifier = RANDOMS.identifier,
  key = S2C,
  cookies = [COOKIE] as readonly Uint8Array[],
  nonce = RANDOMS.nonce,
} = {}) {
  const before = join(encode(header), encodeField(FIELD.identifier, identifier));
  const inner = join(...cookies.map((cookie) => encodeField(FIELD.cookie, cookie)));
  return join(before, authenticator(nonce, plainAesSiv.seal(key, [before, nonce], inner)));
}
const open = (bytes: Uint8Array) => openReply(bytes, RANDOMS.identifier, S2C, plainAesSiv);
const NTSN = { ...HEADER, stratum: 0, refid: 0x4e54534e };

describe("AES-SIV beside which ours is tested", () => {
  it.each(SIV_VECTORS)("gives what RFC 5297 prints: $name", ({ key, associated, plaintext, sealed }) => {
    expect(Buffer.from(plainAesSiv.seal(key, associated, plaintext))).toEqual(sealed);
    expect(plainAesSiv.open(key, associated, sealed)).toEqual(plaintext);
    expect(plainAesSiv.open(key, [...associated.slice(1), new Uint8Array(1)], sealed)).toBeNull();
  });
});

describe("an authenticated request", () => {
  it("holds its header as it was, an identifier, one cookie, room for more, and the authenticator at last", () => {
    const bytes = request(3);
    expect(types(bytes)).toEqual([FIELD.identifier, FIELD.cookie, ...Array(3).fill(FIELD.placeholder), FIELD.authenticator]);
    expect(bytes.subarray(0, 48)).toEqual(encode({ ...HEADER, mode: 3 }));
    expect(decode(bytes)).toMatchObject({ mode: 3 });
  });
  it("is sealed over all before the authenticator, and opens with its own key alone", () => {
    const bytes = request(0);
    expect(openReply(bytes, RANDOMS.identifier, C2S, plainAesSiv)).toEqual({ kind: "authentic", cookies: [] });
    expect(openReply(bytes, RANDOMS.identifier, S2C, plainAesSiv)).toEqual({ kind: "refused", reason: "nts_forged" });
  });
  it("never outgrows a packet: with long cookies it asks for fewer", () => {
    for (const length of [12, 100, 400, 1024]) {
      const bytes = request(7, new Uint8Array(length));
      expect(bytes.length).toBeLessThanOrEqual(MAX_BYTES);
      expect(types(bytes)?.filter((type) => type === FIELD.placeholder)).toHaveLength(length > 500 ? 0 : length > 100 ? 1 : 7);
    }
  });
});

describe("a reply to an authenticated request", () => {
  it("is authentic with its fresh cookies where it names our identifier and holds the key", () => {
    expect(open(reply())).toEqual({ kind: "authentic", cookies: [Buffer.from(COOKIE)] });
    expect(open(reply({ cookies: [] }))).toEqual({ kind: "authentic", cookies: [] });
  });
  it.each([
    ["nts_unauthenticated", encode(HEADER)],
    ["nts_unauthenticated", join(encode(HEADER), encodeField(FIELD.identifier, RANDOMS.identifier))],
    ["nts_no_identifier", join(encode(HEADER), authenticator(RANDOMS.nonce, new Uint8Array(16)))],
    // A reply of before, or to somebody else.
    ["nts_identifier_mismatch", reply({ identifier: new Uint8Array(32).fill(0xac) })],
    ["nts_forged", reply({ key: C2S })],
    ["nts_malformed", encode(HEADER).subarray(0, 47)],
    ["nts_malformed", join(encode(HEADER), new Uint8Array(5))],
    [
      "nts_malformed",
      join(encode(HEADER), encodeField(FIELD.identifier, RANDOMS.identifier), encodeField(FIELD.authenticator, new Uint8Array(24))),
    ],
    ["kiss_ntsn", join(encode(NTSN), encodeField(FIELD.identifier, RANDOMS.identifier))],
    // Somebody's kiss, who has not seen our request.
    ["nts_unauthenticated", encode(NTSN)],
    ["nts_identifier_mismatch", join(encode(NTSN), encodeField(FIELD.identifier, new Uint8Array(32)))],
    // A kiss that is not that one must be sealed.
    ["nts_unauthenticated", join(encode({ ...NTSN, refid: 0x52415445 }), encodeField(FIELD.identifier, RANDOMS.identifier))],
  ] as const)("is refused as %s", (reason, bytes) => {
    expect(open(bytes)).toEqual({ kind: "refused", reason });
  });
  it("is refused whichever bit of it is turned, and never for another reason than a reply can have", () => {
    const right = reply();
    for (let bit = 0; bit < right.length * 8; bit++) {
      const bent = Uint8Array.from(right);
      bent[bit >> 3] = (bent[bit >> 3] as number) ^ (1 << (bit & 7));
      expect({ bit, kind: open(bent).kind }).toEqual({ bit, kind: "refused" });
    }
  });
  it("takes nothing from fields behind the authenticator", () => {
    expect(open(join(reply({ cookies: [] }), encodeField(FIELD.cookie, COOKIE)))).toEqual({ kind: "authentic", cookies: [] });
  });
  it("gives back the cookies that were sealed, whatever their lengths and the nonce's are", () => {
    const cookies = fc.array(
      fc.uint8Array({ minLength: 0, maxLength: 30 }).map((body) => Uint8Array.from([...body, ...body, ...body, ...body])),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(cookies, fc.uint8Array({ minLength: 1, maxLength: 20 }), (some, nonce) => {
        const opened = open(reply({ cookies: some, nonce }));
        expect(opened.kind === "authentic" && opened.cookies.map((one) => [...one])).toEqual(some.map((one) => [...one]));
      }),
      { numRuns: 50 },
    );
  });
  it("crashes nothing, whatever its bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 60 }), (bytes, sealed) => {
        expect(open(join(encode(HEADER), bytes)).kind).toBe("refused");
        const whole = sealedFields(sealed)?.reduce((sum, { body }) => sum + 4 + body.length, 0) ?? sealed.length;
        expect(whole).toBe(sealed.length);
      }),
    );
  });
});
