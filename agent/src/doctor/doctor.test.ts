import { describe, expect, it } from "vitest";
import { NO_CARD_STAMPS, type NoCardStamps } from "../card-stamps/nic.ts";
import { CHRONY_DEFAULTS } from "../discover/chrony-conf.ts";
import type { ChronyReading } from "../observe/chrony-reading.ts";
import { knownMaxSlewPpm } from "../observe/chrony-reading.ts";
import { parseTracking } from "../observe/chronyc.ts";
import type { Daemon, DaemonKind, RunningDaemon } from "../observe/running-daemon.ts";
import { exitCode } from "./check.ts";
import { examine } from "./doctor.ts";
import type { DoctorFacts } from "./facts.ts";
import { doctorJson, doctorText } from "./present.ts";

const daemon = (kind: DaemonKind): Daemon => ({ kind, pid: 40, steers: true, startTicks: 1n, configPath: null, directives: [] });
const running = (kind: RunningDaemon["kind"], ...daemons: Daemon[]): RunningDaemon => ({
  kind,
  daemons,
  bystanders: [],
  seesAll: kind !== "unseen",
});
const chrony = (over: Partial<ChronyReading> = {}, maxSlewPpm: number | null = 83_333.333): ChronyReading => ({
  path: "/etc/chrony/chrony.conf",
  settings: { ...CHRONY_DEFAULTS, maxSlewPpm },
  unread: [],
  changedSinceStart: false,
  ...over,
});
const source = (address: string, origin: "declared" | "discovered" | "pool" = "declared") => ({
  id: `${address}:123`,
  address,
  ownRefid: 0,
  refid: null,
  stratum: null,
  origin,
});

const FIT: DoctorFacts = {
  stamps: [{ mode: "kernel_interleaved", outcome: "chosen" }],
  hardwareStamps: [
    { interface: "eth0", state: "on", stamps: { receive: true, transmit: true, clock: "/dev/ptp0" }, exchanges: {} },
    { interface: "lo", state: "no_answer", stamps: null, exchanges: {} },
  ],
  nativeCode: { loaded: true, why: null },
  clocksource: "tsc",
  running: running("one", daemon("chronyd")),
  chrony: chrony({}, 500),
  witness: null,
  discipline: { kind: "said" },
  machine: { isVirtual: false, marker: { kind: "absent" }, cpuTimes: { total: 1_000_000, steal: 0 }, ptpClocks: [] },
  slew: { ppm: 600n, basis: "chrony's maxslewrate 500 and its frequency" },
  sources: {
    identities: ["192.0.2.1", "198.51.100.1", "203.0.113.1"].map((one) => source(one)),
    from: "TRUEBOUND_SOURCES",
    pollSeconds: 16,
  },
  declared: { named: [], counting: [], problems: [] },
  nts: { asked: ["192.0.2.1:123"], plain: [], pinned: [], strangers: null, isRequired: false, caProblem: null },
  clockSources: [],
  opinions: { names: [], isInstalled: false },
  road: { server: "https://truebound.example.net:8125/", proxy: null, problem: null },
  peers: { off: false, mesh: { domain: "ams", port: 12_300 }, listen: null, taken: false },
  dataFolder: { path: "/var/lib/truebound/agent", problem: null },
};

const look = (over: Partial<DoctorFacts>, id: string) => examine({ ...FIT, ...over }).find((one) => one.id === id);

describe("what the doctor says of the kernel and the machine", () => {
  const { machine } = FIT;
  const device = { device: "ptp0", driver: "ice", state: "read", minusRealtime: { lo: 36_999_999_000n, hi: 37_000_001_000n } } as const;
  it.each([
    ["discipline", { discipline: { kind: "refused", why: "offset_glitch" } }, "warn", "not believed (offset_glitch): an offset of 2^32 ns"],
    ["discipline", { discipline: { kind: "denied" } }, "warn", "may not be asked here"],
    ["discipline", { discipline: { kind: "no_native_code" } }, "warn", "see native_code"],
    ["vm_marker", { machine: { ...machine, isVirtual: true } }, "note", "no /dev/vmclock0: a move"],
    ["vm_marker", { machine: { ...machine, marker: { kind: "marker", disruption: 1n, generation: null } } }, "ok", "tells when"],
    ["vm_marker", { machine: { ...machine, marker: { kind: "unreadable", why: "unknown_version" } } }, "warn", "unknown version"],
    ["steal", { machine: { ...machine, cpuTimes: { total: 1000, steal: 123 } } }, "warn", "12.3 % of the processors' time"],
    ["steal", { machine: { ...machine, cpuTimes: null } }, "unknown", "cannot be read"],
    ["ptp_clocks", { machine: { ...machine, ptpClocks: [device] } }, "note", "ptp0 (ice) is 37 s ahead of REALTIME"],
    [
      "ptp_clocks",
      { machine: { ...machine, ptpClocks: [{ ...device, driver: null, state: "denied", minusRealtime: null }] } },
      "note",
      "ptp0 may not be read by this user; no bound rests on them",
    ],
  ] as const)("%s, case %#", (id, over, verdict, says) =>
    expect(look(over, id)).toMatchObject({ verdict, says: expect.stringContaining(says) }),
  );
});

describe("what the doctor says of network cards' stamps", () => {
  const card = (state: NoCardStamps, name = "eth1") => ({ interface: name, state, stamps: null, exchanges: {} });
  it("is a word for each interface", () => {
    expect(look({}, "hardware_stamps")?.says).toBe(
      "eth0: stamps in hardware (both ways) by /dev/ptp0; lo: no stamps in hardware (no_answer)",
    );
    expect(look({ hardwareStamps: "off" }, "hardware_stamps")).toMatchObject({ verdict: "note", says: expect.stringMatching(/^off by/) });
    expect(look({ hardwareStamps: null }, "hardware_stamps")).toBeUndefined();
    const veths = Array.from({ length: 9 }, (_, at) => card("no_answer", `veth${at}`));
    expect(look({ hardwareStamps: veths }, "hardware_stamps")?.says).toMatch(/^veth0, .*veth5 and 3 more: no stamps/);
  });
  it.each([
    ["stamps_off", "note", "sets nothing"],
    ["clock_denied", "warn", "let this user read /dev/ptpN"],
    ["contradicts_kernel", "warn", "newer driver"],
  ] as const)("says what would mend it: %s", (state, verdict, todo) => {
    const found = look({ hardwareStamps: [card("no_answer", "lo"), card(state)] }, "hardware_stamps");
    expect(found).toMatchObject({ verdict, do: [expect.stringContaining(todo)] });
    expect(found?.says).toContain(`(${state})`);
  });
  it.each(NO_CARD_STAMPS)("has words for %s", (state) => {
    expect(look({ hardwareStamps: [card(state)] }, "hardware_stamps")?.says).toMatch(/^eth1: [a-z0-9 ,']+ \([a-z0-9_]+\)$/);
  });
});

describe("the doctor", () => {
  it("says of second opinions whether they can be asked, and nothing where there are none", () => {
    const opinions = { names: ["opinion:ntp.example"], isInstalled: true };
    expect(look({ opinions }, "second_opinion")).toMatchObject({ verdict: "ok", says: expect.stringContaining("no part of any bound") });
    expect(look({}, "second_opinion")).toBeUndefined();
  });
  it("says whose keys are pinned, and that only a running agent can tell which were shown", () => {
    const pinned = { ...FIT.nts, pinned: ["192.0.2.1:123"] };
    expect(look({ nts: { ...pinned, strangers: [] } }, "nts")).toMatchObject({
      verdict: "ok",
      says: expect.stringMatching(/pinned of 192.0.2.1:123;/),
    });
    expect(look({ nts: pinned }, "nts")).toMatchObject({ verdict: "ok", says: expect.stringContaining("no agent runs here") });
  });
  it("finds a fit host fit", () => {
    const checks = examine(FIT);
    expect(checks.map(({ verdict }) => verdict)).toEqual(checks.map(() => "ok"));
    expect(exitCode(checks)).toBe(0);
    expect(doctorText(checks)).toContain("Fit to measure, and nothing here limits what can be proved.");
  });

  it.each([
    [
      "stamps",
      "note",
      {
        stamps: [
          { mode: "kernel_interleaved", outcome: "x" },
          { mode: "kernel_basic", outcome: "chosen" },
        ],
      },
    ],
    ["stamps", "warn", { stamps: [{ mode: "userland_clock", outcome: "chosen" }] }],
    ["stamps", "bad", { stamps: [] }],
    ["road", "bad", { road: { ...FIT.road, problem: "no credentials: EACCES" } }],
    ["native_code", "warn", { nativeCode: { loaded: false, why: "koffi does not load" } }],
    ["clocksource", "note", { clocksource: "kvm-clock" }],
    ["clocksource", "warn", { clocksource: "hpet" }],
    ["clocksource", "note", { clocksource: "constructor_of_clocks" }],
    ["clocksource", "unknown", { clocksource: null }],
    ["daemon", "bad", { running: running("several", daemon("chronyd"), daemon("timesyncd")) }],
    ["daemon", "warn", { running: running("none") }],
    ["daemon", "unknown", { running: running("unseen") }],
    ["chrony_config", "unknown", { chrony: null }],
    ["chrony_config", "unknown", { chrony: chrony({ unread: ["/etc/chrony/conf.d: EACCES"] }) }],
    ["chrony_config", "unknown", { chrony: chrony({ settings: { ...CHRONY_DEFAULTS, problems: ["Cannot use it"] } }) }],
    ["chrony_config", "warn", { chrony: chrony({ changedSinceStart: true }) }],
    ["slew_limits", "warn", { slew: { ppm: 83_833n, basis: "chrony" } }],
    ["sources", "bad", { sources: { ...FIT.sources, identities: [] } }],
    ["sources", "warn", { sources: { ...FIT.sources, identities: [source("192.0.2.1")] } }],
    ["sources", "note", { sources: { ...FIT.sources, identities: ["1.0.0.1", "2.0.0.1", "3.0.0.1"].map((one) => source(one, "pool")) } }],
    ["declared_sources", "note", { declared: { named: ["external:gps"], counting: [], problems: [] } }],
    ["declared_sources", "warn", { declared: { named: ["external:gps"], counting: ["external:gps"], problems: ["it is not there"] } }],
    ["declared_sources", "warn", { declared: { named: [], counting: ["external:gps"], problems: [] } }],
    ["second_opinion", "note", { opinions: { names: ["opinion:ntp.example"], isInstalled: false } }],
    ["nts", "note", { nts: { ...FIT.nts, asked: [], plain: ["192.0.2.1:123"] } }],
    ["nts", "bad", { nts: { ...FIT.nts, strangers: [{ id: "192.0.2.1:123", authenticated: false }] } }],
    ["nts", "warn", { nts: { ...FIT.nts, strangers: [{ id: "192.0.2.1:123", authenticated: true }] } }],
    ["nts", "bad", { nts: { ...FIT.nts, asked: [], plain: ["192.0.2.1:123"], isRequired: true } }],
    ["nts", "warn", { nts: { ...FIT.nts, plain: ["192.0.2.2:123"], isRequired: true } }],
    ["nts", "bad", { nts: { ...FIT.nts, caProblem: "Cannot use TRUEBOUND_NTS_CA_FILE=/x: it holds no certificate (PEM)" } }],
    ["peers", "note", { peers: { ...FIT.peers, off: true } }],
    ["peers", "unknown", { peers: { ...FIT.peers, taken: null } }],
    ["peers", "warn", { nativeCode: { loaded: false, why: "koffi does not load" } }],
    ["data_folder", "bad", { dataFolder: { path: "/x", problem: "/: EROFS" } }],
  ] as const)("%s is %s where it should be", (id, verdict, over) => {
    const found = look(over as Partial<DoctorFacts>, id);
    expect(found?.verdict).toBe(verdict);
    const alone = verdict === "note" || id === "stamps" || (verdict === "unknown" && found?.do.length === 0);
    if (!alone) expect(found?.do.length).toBeGreaterThan(0);
    expect(exitCode(examine({ ...FIT, ...(over as Partial<DoctorFacts>) }))).toBe(verdict === "bad" ? 1 : 0);
  });

  it.each([
    ["off: the policy puts this host into no mesh", { mesh: null }],
    ['mesh "ams": the agent answers on [::]:12300 whomever its server names; that port is free', {}],
    ["answers on [::]:12300 whomever its server names; that port is in use: by the agent that runs here", { taken: true }],
    ["answers on 192.0.2.7:5", { listen: { address: "192.0.2.7", port: 5 } }],
    ["off: TRUEBOUND_PEERS=off", { off: true }],
  ])("says of its part in a mesh: %s", (says, over) => expect(look({ peers: { ...FIT.peers, ...over } }, "peers")?.says).toContain(says));

  it("says what stock chrony forbids, what to set, and what that costs", () => {
    const found = look({ slew: { ppm: 83_833n, basis: "chrony's default" }, chrony: chrony() }, "slew_limits");
    expect(found?.says).toContain("forbids 100 µs (strays 4.2 ms in 100 ms), 1 ms (strays 42 ms in 1 s)");
    expect(found?.says).toContain("leaves room for 50 ms");
    expect(found?.do[0]).toContain('put "maxslewrate 500" into /etc/chrony/chrony.conf and restart chronyd');
    expect(found?.do[1]).toContain("1 s in 33 min instead of 12 s");
  });

  it("asks for no rate that is set already", () => {
    const found = look({ slew: { ppm: 226_000n, basis: "unknown" } }, "slew_limits");
    expect(found?.do).toEqual([expect.stringContaining("maxslewrate 500 is small enough")]);
  });

  it("forbids all three where nothing is known of the daemon", () => {
    expect(look({ slew: { ppm: 226_000n, basis: "unknown" }, running: running("none") }, "slew_limits")?.says).toMatch(
      /forbids 100 µs .* 1 ms .* 50 ms/,
    );
  });

  it("reports chronyd's own word, and why there is none", () => {
    const refused = { kind: "refused", why: "Cannot ask chronyd for its sources: nobody answers" } as const;
    expect(look({ witness: { tracking: refused, sources: refused } }, "chronyd_answers")).toMatchObject({ verdict: "note" });
    const nothing = { kind: "ok", value: [], malformed: [] } as const;
    expect(look({ witness: { tracking: refused, sources: nothing } }, "chronyd_answers")?.says).toContain("follows nobody, reaches 0 of 0");
  });

  it("says what chronyd claims, and where it claims nothing or follows itself", () => {
    const claim = (refid: string, leap: string) => {
      const read = parseTracking(`${refid},2,1.0,-0.000001,0,0,0,0,0,0.000400001,0.0003,16.0,${leap}`);
      if ("field" in read) throw new Error(read.field);
      const witness = { tracking: { kind: "ok", value: read, malformed: [] }, sources: { kind: "ok", value: [], malformed: [] } } as const;
      return look({ witness }, "daemon_claim");
    };
    expect(claim("C0000201,192.0.2.1", "Normal")).toMatchObject({
      verdict: "ok",
      says: expect.stringContaining("within 502 µs of UTC by 192.0.2.1"),
    });
    expect(claim("7F7F0101,", "Normal")).toMatchObject({ verdict: "warn", says: expect.stringContaining("follows its own clock") });
    expect(claim("00000000,", "Not synchronised")).toMatchObject({ verdict: "warn", says: expect.stringContaining("claims nothing") });
    expect(look({ witness: null }, "daemon_claim")).toBeUndefined();
  });

  it("prints one line for each check, what to do beneath, and the same as JSON", () => {
    const checks = examine({ ...FIT, clocksource: "hpet", dataFolder: { path: "/x", problem: "/: EROFS" } });
    const lines = doctorText(checks).trimEnd().split("\n");
    expect(lines.filter((line) => /^ +do: /.test(line))).toHaveLength(2);
    expect(lines.at(-1)).toBe("Not fit: 1 to mend first.");
    expect(doctorJson(checks)).toEqual({ fit: false, checks });
  });
});

describe("chrony's greatest slew", () => {
  it.each([
    ["is what its configuration says", running("one", daemon("chronyd")), chrony({}, 500), 500],
    ["is unknown where another daemon steers", running("one", daemon("ntpd")), chrony({}, 500), null],
    ["is unknown where a second may steer unseen", { ...running("one", daemon("chronyd")), seesAll: false }, chrony({}, 500), null],
    ["is unknown where two steer", running("several", daemon("chronyd"), daemon("ntpd")), chrony({}, 500), null],
    ["is unknown where a file was not read", running("one", daemon("chronyd")), chrony({ unread: ["x"] }, 500), null],
    [
      "is unknown where the file is newer than the daemon",
      running("one", daemon("chronyd")),
      chrony({ changedSinceStart: true }, 500),
      null,
    ],
    ["is unknown where the daemon's age is", running("one", daemon("chronyd")), chrony({ changedSinceStart: null }, 500), null],
    ["is unknown without a configuration", running("one", daemon("chronyd")), null, null],
  ])("%s", (_, which, reading, ppm) => expect(knownMaxSlewPpm(which, reading)).toBe(ppm));

  it("names the proxy on the way to the server, and which setting it is from", () => {
    const proxy = { at: "proxy.example.net:3128", from: "HTTPS_PROXY", hasCredentials: false };
    expect(look({ road: { ...FIT.road, proxy } }, "road")).toMatchObject({
      verdict: "ok",
      says: expect.stringContaining("through the proxy proxy.example.net:3128 (HTTPS_PROXY), without credentials"),
    });
    expect(look({ road: { ...FIT.road, server: null } }, "road")).toMatchObject({
      verdict: "ok",
      says: expect.stringMatching(/^reports to nobody/),
    });
  });
});
