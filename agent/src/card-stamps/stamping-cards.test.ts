import { ppb, raw, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import type { Phc, PhcRefusal } from "../phc/ports.ts";
import type { NicSays } from "./nic.ts";
import { type Card, type CardPorts, StampingCards } from "./stamping-cards.ts";

const ON: NicSays = {
  index: 4,
  config: { flags: 0, txType: 1, rxFilter: 1 },
  clock: { stamping: 0x5d, phcIndex: 2, txTypes: 3, rxFilters: 3 },
};
const OFF: NicSays = { ...ON, config: { flags: 0, txType: 0, rxFilter: 0 } };
const MINUTE = 60_000_000_000n;

function machine(over: { readonly slew?: bigint | null } = {}) {
  const world = {
    now: 1n,
    says: ON,
    refusal: null as PhcRefusal | null,
    asked: 0,
    opened: [] as number[],
    closed: 0,
    route: 0,
    ptp4l: false,
  };
  const clock: Phc = {
    read: () => world.refusal ?? { rawBefore: raw(1n), rawAfter: raw(2n), realtime: utc(3n), method: "extended" },
    maxSlew: () => (over.slew === null ? null : ppb(over.slew ?? 63_100_000n)),
    errorBound: () => null,
    close: () => {
      world.closed += 1;
    },
  };
  const ports: CardPorts = {
    interfaceOf: (address) => {
      world.route += 1;
      return address === "192.0.2.9" ? "eth0" : null;
    },
    interfaces: () => ["lo", "eth0"],
    ask: (name) => {
      world.asked += 1;
      return name === "eth0" ? world.says : { index: 1, config: null, clock: null };
    },
    mayPtp4lRun: () => world.ptp4l,
    openClock: (index) => {
      world.opened.push(index);
      return clock;
    },
    now: () => world.now,
  };
  return { world, cards: new StampingCards(ports) };
}

const card = (cards: StampingCards): Card | null => cards.cardFor("192.0.2.9");
const used = (cards: StampingCards): Card => {
  const found = card(cards);
  if (found === null) throw new Error("no card");
  return found;
};
const state = (cards: StampingCards) => cards.states().find((one) => one.interface === "eth0");

describe("cards that stamp", () => {
  it("stamp nothing that leaves once ptp4l is there", () => {
    const { world, cards } = machine();
    expect(card(cards)).toMatchObject({ receive: true, transmit: true });
    world.ptp4l = true;
    world.now += MINUTE;
    expect(card(cards)).toMatchObject({ receive: true, transmit: false });
  });
  it("are found by our own address, asked once a minute, and never told anything", () => {
    const { world, cards } = machine();
    expect(card(cards)).toMatchObject({ interface: "eth0", index: 4, phcIndex: 2, receive: true, transmit: true, slew: 63_100_000n });
    for (let turn = 0; turn < 50; turn++) card(cards);
    expect([world.asked, world.route, world.opened]).toEqual([1, 1, [2]]);
    world.says = OFF;
    expect(card(cards)).not.toBeNull();
    world.now += MINUTE;
    expect([card(cards), state(cards)?.found, world.asked]).toEqual([null, "stamps_off", 2]);
    world.says = ON;
    world.now += MINUTE;
    expect([card(cards)?.phcIndex, world.opened]).toEqual([2, [2]]);
    cards.close();
    expect(world.closed).toBe(1);
  });
  it("are none where an address of ours is on no interface, or on two", () => {
    const { world, cards } = machine();
    expect([cards.cardFor("198.51.100.1"), world.asked]).toEqual([null, 0]);
  });
  it.each([
    ["clock_denied", "phc_denied"],
    ["clock_unreadable", "phc_absent"],
    ["clock_unreadable", "phc_failed"],
  ] as const)("are %s where their clock is %s", (found, refusal) => {
    const { world, cards } = machine();
    world.refusal = refusal;
    expect([card(cards), state(cards)?.found]).toEqual([null, found]);
  });
  it.each([[null], [333_333_333n], [1_000_600_000n]])("are rate_unbounded where a driver lets its clock go by %s ppb", (slew) => {
    const { cards } = machine({ slew });
    expect([card(cards), state(cards)?.found]).toEqual([null, "rate_unbounded"]);
  });
  it("are asked anew at once when a stamp does not come, and after three in a row have rest: a minute, and twice as long each time", () => {
    const { world, cards } = machine();
    for (let turn = 0; turn < 2; turn++) cards.took(used(cards), "one", true);
    cards.took(used(cards), "both", false);
    for (let turn = 0; turn < 3; turn++) cards.took(used(cards), "none", true);
    expect([card(cards), state(cards)?.found, world.asked]).toEqual([null, "stamps_missing", 6]);
    world.now += MINUTE;
    cards.took(used(cards), "none", true);
    expect(card(cards)).toBeNull();
    world.now += 2n * MINUTE - 1n;
    expect(card(cards)).toBeNull();
    world.now += 1n;
    expect(card(cards)).not.toBeNull();
    for (let turn = 0; turn < 9; turn++) {
      cards.took(used(cards), "none", true);
      world.now += 60n * MINUTE;
    }
    // Never rarer than once an hour; one that comes makes all good.
    cards.took(used(cards), "both", false);
    cards.took(used(cards), "one", true);
    expect(card(cards)).not.toBeNull();
    expect(state(cards)?.outcomes).toEqual({ one: 3, both: 2, none: 13, missing: 16 });
  });
  it("are gone at the first stamp that is missing, where somebody switched them off", () => {
    const { world, cards } = machine();
    const one = used(cards);
    world.says = OFF;
    cards.took(one, "none", true);
    expect([card(cards), state(cards)?.found]).toEqual([null, "stamps_off"]);
  });
  it("are given up for good where they contradict the kernel three times in a row, and that is told once", () => {
    const { world, cards } = machine();
    const told: string[] = [];
    cards.gaveUp = (name, why) => void told.push(`${name} ${why}`);
    const one = used(cards);
    for (const outcome of [
      "contradicts_kernel",
      "contradicts_kernel",
      "both",
      "contradicts_kernel",
      "clock_stepped",
      "contradicts_kernel",
    ] as const)
      cards.took(one, outcome, false);
    expect([told, card(cards) === null]).toEqual([[], false]);
    for (let turn = 0; turn < 3; turn++) cards.took(one, "contradicts_kernel", false);
    world.now += 10n * MINUTE;
    expect([told, card(cards), state(cards)?.found]).toEqual([["eth0 contradicts_kernel"], null, "contradicts_kernel"]);
  });
  it("stay given up, and that is told once, where a stamp was missing beside, or is in an exchange that was under way", () => {
    const { world, cards } = machine();
    const told: string[] = [];
    cards.gaveUp = (name, why) => void told.push(`${name} ${why}`);
    const one = used(cards);
    for (let turn = 0; turn < 3; turn++) cards.took(one, "contradicts_kernel", true);
    expect([told, card(cards), state(cards)?.found]).toEqual([["eth0 contradicts_kernel"], null, "contradicts_kernel"]);
    cards.took(one, "one", true);
    world.now += 120n * MINUTE;
    expect([told, card(cards), state(cards)?.found]).toEqual([["eth0 contradicts_kernel"], null, "contradicts_kernel"]);
  });
  it("have rest for a minute, however many exchanges were under way when they ceased to come", () => {
    const { world, cards } = machine();
    const one = used(cards);
    for (let turn = 0; turn < 8; turn++) cards.took(one, "none", true);
    expect([card(cards), state(cards)?.found, state(cards)?.outcomes.missing]).toEqual([null, "stamps_missing", 8]);
    world.now += MINUTE;
    expect(card(cards)).not.toBeNull();
  });
  it("are given up by what two servers said, and not by one, which may lie", () => {
    const { cards } = machine();
    const one = used(cards);
    for (let turn = 0; turn < 9; turn++) cards.disagreed(one, "198.51.100.1");
    expect(card(cards)).not.toBeNull();
    cards.disagreed(one, "198.51.100.2");
    expect([card(cards), state(cards)?.found]).toEqual([null, "contradicts_kernel"]);
  });
  it("are told of each interface", () => {
    const { cards } = machine();
    expect(cards.survey().map(({ interface: name, found }) => [name, typeof found === "string" ? found : found.index])).toEqual([
      ["lo", "no_answer"],
      ["eth0", 4],
    ]);
  });
});
