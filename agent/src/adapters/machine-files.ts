import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../report/machine.ts";

/** The one under /run is of this boot; the other may still be the image's until cloud-init has run. */
const INSTANCE_FILES = ["run/cloud-init/.instance-id", "var/lib/cloud/data/instance-id"];
/** What cloud-init says when it finds no cloud: the same everywhere. */
const NO_INSTANCE = "iid-datasource-none";

/** What this machine says of itself in files below `root`. */
export function readMachine(root = "/"): Machine {
  return { machineId: hashed(machineIdIn(root)), instanceId: hashed(instanceIdIn(root)) };
}

/** systemd keeps one that lasts for a boot only under /run too: that one is no machine's. */
function machineIdIn(root: string): string | null {
  if (existsSync(join(root, "run/machine-id"))) return null;
  const id = firstLine(join(root, "etc/machine-id"));
  return id !== null && /^[0-9a-f]{32}$/.test(id) ? id : null;
}

function instanceIdIn(root: string): string | null {
  const ids = INSTANCE_FILES.map((file) => firstLine(join(root, file)));
  return ids.find((id) => id !== null && id !== NO_INSTANCE && /^[\x21-\x7e]{1,256}$/.test(id)) ?? null;
}

function firstLine(path: string): string | null {
  try {
    return readFileSync(path, "utf8").split("\n")[0]?.trim() ?? null;
  } catch {
    return null; // no such file, or not for us: then it says nothing
  }
}

/** Not the bare hash: what identifies the machine elsewhere must not be found by it here. */
const hashed = (id: string | null): string | null =>
  id === null ? null : createHash("sha256").update(`truebound-machine/1\n${id}`).digest("hex");
