import { isHost, makeSource, NTP_PORT, type Source } from "../probe/source.ts";

/** Which time sources the host's own daemons use, read from the text of their configuration. Pure: text in, sources out. */
const POOL_ADDRESSES = 4;

/** chrony.conf, ntp.conf and chrony's *.sources files: `server|peer|pool HOST [port N] …`. */
export function sourcesOfNtpConf(text: string): Source[] {
  return text.split("\n").flatMap((line) => {
    const [directive, host, ...options] = line
      .replace(/(^|\s)[!;#%].*$/, "") // inside a word they are part of it, as in fe80::1%eth0
      .trim()
      .split(/\s+/);
    if (host === undefined || !["server", "peer", "pool"].includes(directive?.toLowerCase() ?? "")) return [];
    if (isReferenceClock(host) || !isHost(host)) return [];
    const portAt = options.indexOf("port");
    const port = portAt >= 0 ? Number(options[portAt + 1]) : NTP_PORT;
    if (!Number.isInteger(port) || port < 1 || port > 65_535) return [];
    const slots = directive?.toLowerCase() === "pool" ? POOL_ADDRESSES : 1;
    return Array.from({ length: slots }, (_, slot) => makeSource(host, port, "discovered", slot));
  });
}

/** ntpd names its local reference clocks 127.127.t.u: devices, not servers. */
const isReferenceClock = (host: string): boolean => host.startsWith("127.127.");

/** timesyncd.conf: `NTP=` and, only where that is empty, `FallbackNTP=`. */
export function sourcesOfTimesyncd(text: string): Source[] {
  const values = (key: string) =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line.startsWith(`${key}=`))
      .flatMap((line) =>
        line
          .slice(key.length + 1)
          .trim()
          .split(/\s+/),
      )
      .filter(isHost);
  const chosen = values("NTP");
  return (chosen.length > 0 ? chosen : values("FallbackNTP")).map((host) => makeSource(host, NTP_PORT, "discovered"));
}

/** The link-local time service of the cloud whose firmware says so. */
export function sourcesOfCloud(systemVendor: string, productName: string): Source[] {
  if (/amazon ec2/i.test(systemVendor)) return [makeSource("169.254.169.123", NTP_PORT, "discovered")];
  if (/google/i.test(systemVendor) || /google compute engine/i.test(productName))
    return [makeSource("metadata.google.internal", NTP_PORT, "discovered")];
  return [];
}

/** Four names of the public pool, at its own floor of 64 s. */
export const POOL_SOURCES: readonly Source[] = [0, 1, 2, 3].map((zone) => makeSource(`${zone}.pool.ntp.org`, NTP_PORT, "pool"));

/** Sources without repeats, in order of first mention; at most 31, the most that one host reports. */
export function distinct(sources: readonly Source[]): Source[] {
  const byId = new Map(sources.map((source) => [source.id, source]));
  return [...byId.values()].slice(0, 31);
}
