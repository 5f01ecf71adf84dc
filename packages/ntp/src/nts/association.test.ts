import { describe, expect, it } from "vitest";
import {
  type Association,
  backoffSeconds,
  type KeyState,
  keyed,
  NO_KEYS,
  needsKeys,
  refill,
  renewalFailed,
  spend,
  withoutKeys,
} from "./association.ts";
import { inTime } from "./certificate-time.ts";

const cookie = (number: number) => new Uint8Array(16).fill(number);
const S2C = new Uint8Array(32).fill(2);
const association = (count: number, since = 0): Association => ({
  c2s: new Uint8Array(32).fill(1),
  s2c: S2C,
  cookies: Array.from({ length: count }, (_, index) => cookie(index)),
  since,
});
const cookiesOf = (state: KeyState) => (state.kind === "keyed" ? state.association.cookies.map(([first]) => first) : null);

describe("a client's keys", () => {
  it("are asked for at the start, when the cookies are spent, and after four weeks", () => {
    const four = 28 * 86_400;
    expect(needsKeys(NO_KEYS, 0)).toBe(true);
    expect(needsKeys(keyed(NO_KEYS, association(1)), four - 1)).toBe(false);
    expect(needsKeys(keyed(NO_KEYS, association(1)), four)).toBe(true);
    expect(needsKeys(keyed(NO_KEYS, association(0)), 1)).toBe(true);
  });
  it("spend each cookie once, oldest first, and ask for as many as are missing", () => {
    let state: KeyState = keyed(NO_KEYS, association(8));
    const spent = [];
    for (let poll = 0; poll < 8; poll++) {
      const next = spend(state);
      if (next === null) throw new Error("a cookie too few");
      spent.push([next.cookie[0], next.placeholders]);
      state = next.state;
    }
    expect(spent).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((number) => [number, number]));
    expect(spend(state)).toBeNull();
    expect(spend(NO_KEYS)).toBeNull();
  });
  it("take in fresh cookies behind the old ones, eight at most, none that cannot be carried, and none of other keys", () => {
    const state = keyed(NO_KEYS, association(6));
    expect(cookiesOf(refill(state, { s2c: S2C }, [cookie(60), new Uint8Array(3), cookie(61), cookie(62)]))).toEqual([
      0, 1, 2, 3, 4, 5, 60, 61,
    ]);
    expect(refill(state, { s2c: new Uint8Array(32) }, [cookie(60)])).toBe(state);
    expect(refill(NO_KEYS, { s2c: S2C }, [cookie(60)])).toBe(NO_KEYS);
  });
  it("are good for as long as there is a cookie where they cannot be renewed, and are tried again after a while", () => {
    const four = 28 * 86_400;
    const failed = renewalFailed(keyed(NO_KEYS, association(1)), four);
    expect([needsKeys(failed, four + 9), needsKeys(failed, four + 10), cookiesOf(failed)]).toEqual([false, true, [0]]);
    const again = renewalFailed(failed, four + 10);
    expect([needsKeys(again, four + 24), needsKeys(again, four + 25)]).toEqual([false, true]);
    expect(renewalFailed(keyed(NO_KEYS, association(0)), 7)).toEqual({ kind: "none", failures: 1, notBefore: 17 });
  });
  it("are asked for ever more seldom where all cookies go without a reply, and at once where there were replies before", () => {
    const spentAll = (state: KeyState, since: number): KeyState => spend(keyed(state, association(1, since)))?.state ?? NO_KEYS;
    const first = spentAll(NO_KEYS, 0);
    expect([needsKeys(first, 9), needsKeys(first, 10)]).toEqual([false, true]);
    const second = spentAll(first, 10);
    expect([needsKeys(second, 24), needsKeys(second, 25)]).toEqual([false, true]);
    const used = spend(refill(second, { s2c: S2C }, [cookie(1)]))?.state ?? NO_KEYS;
    expect(needsKeys(used, 100)).toBe(true);
  });
  it("are asked for ever more seldom as long as they are of no use, and at once again after they were", () => {
    let state: KeyState = NO_KEYS;
    const waits = [];
    for (let failure = 0; failure < 4; failure++) {
      state = withoutKeys(keyed(state, association(1)), 100);
      if (state.kind === "none") waits.push(state.notBefore - 100);
    }
    expect(waits).toEqual([10, 15, 22.5, 33.75]);
    expect([needsKeys(state, 133), needsKeys(state, 134)]).toEqual([false, true]);
    expect(backoffSeconds(60)).toBe(3600);
    const used = refill(keyed(state, association(1)), { s2c: S2C }, []);
    expect(withoutKeys(used, 100)).toMatchObject({ failures: 1, notBefore: 110 });
  });
});

describe("a certificate's dates", () => {
  const year = { notBefore: 100n, notAfter: 200n };
  it.each([
    ["in_time", 100n, 200n],
    ["expired", 201n, 300n],
    ["not_yet_valid", 0n, 99n],
    ["undecided", 99n, 150n],
    ["undecided", 150n, 201n],
    ["undecided", 0n, 300n],
  ] as const)("are %s for UTC in [%s, %s]", (verdict, lo, hi) => expect(inTime(year, { lo, hi })).toBe(verdict));
  it("tell nothing where nothing is known of UTC", () => expect(inTime(year, null)).toBe("undecided"));
});
