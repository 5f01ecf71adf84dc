import { expect, it } from "vitest";
import { parseSources, parseTracking } from "./chronyc.ts";
import { VERSIONS, type VersionFixture } from "./daemon-versions.fixture.ts";
import { parseNtpd } from "./ntpd.ts";
import { parsePmc } from "./ptp4l.ts";
import { parseTimesyncd } from "./timesyncd.ts";

/** What is read, or by which field it is refused. */
const PARSERS: Readonly<Record<VersionFixture["program"], (text: string) => object>> = {
  "chronyc tracking": parseTracking,
  "chronyc sources": (text) => {
    const { sources, malformed } = parseSources(text);
    return malformed[0] ?? sources;
  },
  ntpd: parseNtpd,
  timedatectl: parseTimesyncd,
  pmc: parsePmc,
};

it.each(VERSIONS.map((fixture) => [`${fixture.program} ${fixture.version} (${fixture.origin}): ${fixture.about}`, fixture] as const))(
  "%s",
  (_, { program, text, reads }) => {
    const read = PARSERS[program](text);
    if (typeof reads === "string") expect(read).toMatchObject({ field: reads });
    else {
      expect(read).not.toHaveProperty("field");
      expect(read).toMatchObject(reads);
    }
  },
);
