import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chronySettings, directivesOf, furtherReading, onlySources } from "./chrony-conf.ts";

const settings = (text: string) => chronySettings(directivesOf(text));

describe("chrony.conf", () => {
  it("has chrony's own defaults where nothing is said", () => {
    expect(settings("")).toMatchObject({
      maxSlewPpm: 83_333.333,
      makestep: null,
      rtcsync: false,
      leapsecmode: "system",
      maxClockErrorPpm: 1,
      cmdport: 323,
      problems: [],
    });
  });

  it("reads what Debian ships, and directives in any case", () => {
    const text = `# Welcome to the chrony configuration file.
confdir /etc/chrony/conf.d
  pool 2.debian.pool.ntp.org iburst
sourcedir /run/chrony-dhcp
MaxUpdateSkew 100.0
RTCSync
makestep 1 3
LeapSecTZ right/UTC
HWTimestamp eth0
hwtimestamp *
refclock PHC /dev/ptp0 poll 2`;
    expect(settings(text)).toMatchObject({
      rtcsync: true,
      makestep: { thresholdS: 1, limit: 3 },
      hwtimestamp: ["eth0", "*"],
      refclocks: 1,
    });
    expect(settings(text).sources.map(({ id }) => id)).toHaveLength(4);
  });

  it.each([
    ["maxslewrate 500", 500],
    ["maxslewrate 500\nMAXSLEWRATE 1000.5", 1000.5],
    ["maxslewrate 1e3", 1000],
    ["maxslewrate 250000", 100_000],
    ["! maxslewrate 500", 83_333.333],
    ["; maxslewrate 500", 83_333.333],
    ["  # maxslewrate 500", 83_333.333],
    ["%maxslewrate 500", 83_333.333],
    ["maxslewrate 0x1F4", null],
    ["maxslewrate 500ppm", null],
    ["maxslewrate inf", null],
    ["maxslewrate 0", null],
    ["maxslewrate -5", null],
    ["maxslewrate", null],
    ["maxslewrate 500ppm\nmaxslewrate 500", 500],
    [`server ${"a".repeat(3000)}`, null],
  ])("%j lets the clock be slewed by %s ppm", (text, ppm) => expect(settings(text).maxSlewPpm).toBe(ppm));

  it("names what it cannot use", () => {
    expect(settings("maxslewrate fast").problems[0]).toBe(
      'Cannot use "maxslewrate fast" of chrony\'s configuration: write maxslewrate PPM, e.g. maxslewrate 500',
    );
    expect(settings("leapsecmode smear\nmakestep 1\nsmoothtime 400\ncmdport 99999\nmaxclockerror x\nhwtimestamp").problems).toHaveLength(6);
  });

  it("reads the smoothing of served time and the leap mode", () => {
    expect(settings("smoothtime 400 0.001024 leaponly\nleapsecmode slew\nmaxclockerror 50\ncmdport 0")).toMatchObject({
      smoothtime: { maxFrequencyPpm: 400, maxWanderPpm: 0.001024, leapOnly: true },
      leapsecmode: "slew",
      maxClockErrorPpm: 50,
      cmdport: 0,
    });
  });

  it("keeps the scope of a link-local address, which is no comment", () => {
    expect(settings("server fe80::1%eth0 iburst port 1123").sources.map(({ id }) => id)).toEqual(["[fe80::1%eth0]:1123"]);
  });

  it.each([
    ["include /etc/chrony/*.conf", { kind: "pattern", pattern: "/etc/chrony/*.conf" }],
    ["CONFDIR /a /b", { kind: "folders", folders: ["/a", "/b"], suffix: ".conf" }],
    ["sourcedir /run/s", { kind: "folders", folders: ["/run/s"], suffix: ".sources" }],
    ["include", null],
    ["server include", null],
  ])("%s asks to read on", (text, reading) => expect(furtherReading(directivesOf(text)[0] as never)).toEqual(reading));

  it("obeys nothing but sources in a folder of sources", () => {
    expect(chronySettings(onlySources(directivesOf("maxslewrate 1\nserver a\ninclude /x"))).maxSlewPpm).toBe(83_333.333);
  });

  it("survives every text, and never believes in a rate that Linux cannot do", () => {
    const word = fc.constantFrom("maxslewrate", "MAXslewrate", "include", "confdir", "server", "makestep", "__proto__", "constructor", "#");
    const line = fc.tuple(word, fc.array(fc.string({ maxLength: 30 }), { maxLength: 4 })).map(([name, rest]) => [name, ...rest].join(" "));
    const text = fc.oneof(
      fc.string({ maxLength: 5000 }),
      fc.array(line, { maxLength: 30 }).map((lines) => lines.join("\n")),
    );
    fc.assert(
      fc.property(text, (input) => {
        const { maxSlewPpm, problems, sources } = settings(input);
        expect(maxSlewPpm === null || (maxSlewPpm > 0 && maxSlewPpm <= 100_000)).toBe(true);
        expect(problems.length).toBeLessThanOrEqual(16);
        expect(sources.length).toBeLessThanOrEqual(31);
        for (const directive of directivesOf(input)) furtherReading(directive);
      }),
      { numRuns: 2000 },
    );
  });
});
