import { readdirSync, readFileSync } from "node:fs";
import { distinct, POOL_SOURCES, sourcesOfCloud, sourcesOfNtpConf, sourcesOfTimesyncd } from "../discover/conf-files.ts";
import type { Source } from "../probe/source.ts";

export interface Discovery {
  readonly sources: readonly Source[];
  /** Where they were found, in words. */
  readonly from: string;
}

const CHRONY = ["/etc/chrony/chrony.conf", "/etc/chrony.conf"];
const CHRONY_FOLDERS = ["/etc/chrony/conf.d", "/etc/chrony/sources.d", "/run/chrony-dhcp"];
const NTPD = ["/etc/ntpsec/ntp.conf", "/etc/ntp.conf"];
const TIMESYNCD = ["/etc/systemd/timesyncd.conf"];
const TIMESYNCD_FOLDERS = ["/etc/systemd/timesyncd.conf.d", "/usr/lib/systemd/timesyncd.conf.d"];

/** The sources that the host already uses; else its cloud's; else the public pool. The first place that names any wins. */
export function discoverSources(): Discovery {
  const chrony = distinct(sourcesOfNtpConf([...texts(CHRONY), ...textsIn(CHRONY_FOLDERS)].join("\n")));
  if (chrony.length > 0) return { sources: chrony, from: "chrony's configuration" };
  const ntpd = distinct(sourcesOfNtpConf(texts(NTPD).join("\n")));
  if (ntpd.length > 0) return { sources: ntpd, from: "ntp.conf" };
  const timesyncd = distinct(sourcesOfTimesyncd([...texts(TIMESYNCD), ...textsIn(TIMESYNCD_FOLDERS)].join("\n")));
  if (timesyncd.length > 0) return { sources: timesyncd, from: "timesyncd.conf" };
  const cloud = sourcesOfCloud(textOf("/sys/class/dmi/id/sys_vendor") ?? "", textOf("/sys/class/dmi/id/product_name") ?? "");
  if (cloud.length > 0) return { sources: cloud, from: "the cloud's link-local service" };
  return { sources: POOL_SOURCES, from: "the public NTP pool, for want of anything configured on this host" };
}

const texts = (paths: readonly string[]): string[] => paths.map(textOf).filter((text) => text !== null);

const textsIn = (folders: readonly string[]): string[] =>
  folders.flatMap((folder) => texts(namesIn(folder).map((name) => `${folder}/${name}`)));

/** A file or folder that is absent or closed to us names no sources. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .filter((name) => /\.(conf|sources)$/.test(name));
  } catch {
    return [];
  }
}
