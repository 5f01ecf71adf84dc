import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ControlAnswer, controlRequest, readControl } from "./ntp-control.ts";
import { parseNtpd } from "./ntpd.ts";

/** As ntpsec 1.2.2 gave them over UDP. */
const STARTING =
  "leap=3, stratum=16, rootdelay=0.000, rootdisp=0.030, refid=INIT,\r\nreftime=0x00000000.00000000, offset=0.000000, clock=0xeeb4012b.6bca797f\r\n";
const FOLLOWING =
  "leap=3, stratum=4, rootdelay=0.033, rootdisp=62.583, refid=192.0.2.1,\r\nreftime=0xeeb40138.3ad2ed29, offset=0.000000, clock=0xeeb4013a.7d5f81b2\r\n";
const ORPHAN =
  "leap=0, stratum=5, rootdelay=0.000, rootdisp=0.000, refid=127.0.0.1,\r\nreftime=0x00000000.00000000, offset=0.000000, clock=0xeeb40061.f257402a\r\n";
/** The answer to question 77, as it lay in the datagram. */
const DATAGRAM =
  "1682004d001600000000008f6c6561703d302c207374726174756d3d352c20726f6f7464656c61793d302e3030302c20726f6f74646973703d302e3030302c2072656669643d3132372e302e302e312c0d0a72656674696d653d307830303030303030302e30303030303030302c206f66667365743d302e3030303030302c20636c6f636b3d307865656234303036312e66323537343032610d0a00";

const from = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const recorded = from(DATAGRAM);
const altered = (at: number, value: number) => recorded.map((octet, index) => (index === at ? value : octet));

describe("a control message", () => {
  it("asks for variables by name, padded to four octets, as ntpq does", () => {
    const bytes = controlRequest(77);
    expect([...bytes.subarray(0, 8)]).toEqual([0x16, 2, 0, 77, 0, 0, 0, 0]);
    expect(bytes.length % 4).toBe(0);
    const names = Buffer.from(bytes.subarray(12, 12 + ((bytes[10] ?? 0) * 256 + (bytes[11] ?? 0)))).toString();
    expect(names).toBe("leap,stratum,rootdelay,rootdisp,refid,reftime,clock,offset");
  });
  it("that was recorded is read to its last octet, and none beyond", () => {
    const part = readControl(recorded, 77);
    expect(part.kind === "part" && new ControlAnswer().take(part)).toBe(ORPHAN);
  });
  it("is nobody's answer where its mode, its question or its length is another", () => {
    expect(readControl(recorded, 78).kind).toBe("stranger");
    expect(readControl(altered(0, 0x14), 77).kind).toBe("stranger");
    expect(readControl(altered(1, 0x02), 77).kind).toBe("stranger");
    expect(readControl(altered(11, 0xff), 77).kind).toBe("stranger");
    expect(readControl(recorded.subarray(0, 11), 77).kind).toBe("stranger");
    expect(readControl(altered(1, 0xc2), 77)).toEqual({ kind: "refused", code: 0 });
  });
  it("is whole once all its parts came, in any order, and never longer than any answer is", () => {
    const text = ORPHAN.repeat(4);
    const cut = fc.array(fc.integer({ min: 1, max: text.length - 1 }), { maxLength: 8 });
    fc.assert(
      fc.property(cut, fc.infiniteStream(fc.nat()), (cuts, order) => {
        const ends = [...new Set([...cuts, text.length])].sort((a, b) => a - b);
        const parts = ends.map((end, index) => {
          const offset = ends[index - 1] ?? 0;
          return { kind: "part" as const, offset, data: new Uint8Array(Buffer.from(text.slice(offset, end))), isLast: end === text.length };
        });
        const answer = new ControlAnswer();
        const keyed = parts.map((part) => ({ part, key: order.next().value as number })).sort((a, b) => a.key - b.key);
        const given = keyed.map(({ part }) => answer.take(part));
        expect(given.slice(0, -1)).toEqual(given.slice(0, -1).map(() => null));
        expect(given.at(-1)).toBe(text);
      }),
    );
    const far = { kind: "part" as const, offset: 4090, data: new Uint8Array(8), isLast: false };
    expect(new ControlAnswer().take(far)).toBe("too_long");
    const many = new ControlAnswer();
    const taken = Array.from({ length: 17 }, (_, index) =>
      many.take({ kind: "part", offset: index, data: new Uint8Array(1), isLast: false }),
    );
    expect(taken.at(-1)).toBe("too_long");
  });
});

describe("what ntpd says of itself", () => {
  it("is read in ns, with the dispersion that grew since its last update", () => {
    expect(parseNtpd(FOLLOWING)).toEqual({
      offsetNs: 0n,
      rootDelayNs: 33_000n,
      // 2.259957123 s at 15 ppm.
      rootDispersionNs: 62_583_000n + 33_900n,
      stratum: 4,
      follows: "192.0.2.1",
      followsItself: false,
      isSynchronised: false,
    });
    expect(parseNtpd(STARTING)).toMatchObject({ stratum: 16, follows: null, isSynchronised: false });
  });
  it("tells one that follows itself", () => {
    expect(parseNtpd(ORPHAN)).toMatchObject({ isSynchronised: true, followsItself: true, follows: null, rootDispersionNs: 0n });
    for (const refid of ["127.127.1.0", "LOCL", "LOCAL(0)"])
      expect(parseNtpd(ORPHAN.replace("127.0.0.1", refid))).toMatchObject({ followsItself: true });
    expect(parseNtpd(ORPHAN.replace("127.0.0.1", "GPS").replace("stratum=5", "stratum=1"))).toMatchObject({
      followsItself: false,
      follows: null,
    });
  });
  it("has the sign of RFC 5905, and is rounded outward", () => {
    expect(parseNtpd(FOLLOWING.replace("offset=0.000000", "offset=-1.5000001"))).toMatchObject({ offsetNs: -1_500_001n });
    expect(parseNtpd(FOLLOWING.replace("leap=3", "leap=00"))).toMatchObject({ isSynchronised: true });
  });
  it("that claim a distance below zero are refused, for no clock has one", () => {
    for (const [field, value] of [
      ["rootdelay", "-0.033"],
      ["rootdisp", "-62.583"],
    ] as const)
      expect(parseNtpd(FOLLOWING.replace(`${field}=`, `${field}=-`))).toEqual({ line: 1, field, text: value });
    expect(parseNtpd(FOLLOWING.replace("offset=", "offset=-"))).toMatchObject({ offsetNs: 0n });
  });
  it("is refused by the name of what is wrong with it", () => {
    for (const field of ["leap", "stratum", "rootdelay", "rootdisp", "offset", "reftime", "clock"]) {
      expect(parseNtpd(FOLLOWING.replace(`${field}=`, `x${field}=`))).toMatchObject({ field });
      expect(parseNtpd(FOLLOWING.replace(new RegExp(`${field}=[^,\\r]*`), `${field}=1e999;`))).toMatchObject({ field });
    }
  });
  it("never throws, whatever is said", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.string().map((noise) => FOLLOWING.replace("0.033", noise)),
    );
    fc.assert(
      fc.property(text, fc.uint8Array({ maxLength: 200 }), (said, bytes) => {
        const read = parseNtpd(said);
        expect("field" in read || typeof read.offsetNs === "bigint").toBe(true);
        const part = readControl(bytes, 77);
        if (part.kind === "part") new ControlAnswer().take(part);
      }),
      { numRuns: 2_000 },
    );
  });
});
