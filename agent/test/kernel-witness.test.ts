import { appendFileSync, chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AuditLogFile } from "../src/adapters/audit-log-file.ts";
import { AuditNetlink, lineOf } from "../src/adapters/audit-netlink.ts";
import { KERNEL_PATHS, KernelWitness, type WitnessPaths } from "../src/adapters/kernel-witness.ts";
import { loadLibc } from "../src/adapters/libc.ts";
import { DATE_SET_BY_HAND, STEP_BY_CHRONYC } from "../src/observe/audit.fixture.ts";
import { AuditTrail } from "../src/observe/audit-log.ts";
import { parseAuditLine } from "../src/observe/audit-record.ts";
import { vmclockPage } from "../src/observe/vmclock.fixture.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "truebound-witness-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const linesOf = (log: AuditLogFile): readonly string[] => {
  const tail = log.read();
  return tail.kind === "lines" ? tail.lines : [tail.kind];
};

describe("the witness of this very kernel", () => {
  it("reads the clocksource and the processor times that the kernel shows", () => {
    const witness = new KernelWitness();
    expect(witness.clocksource()).toBe(readFileSync(KERNEL_PATHS.clocksource, "latin1").trim());
    const [first, second] = [witness.cpuTimes(), witness.cpuTimes()];
    expect(first?.total).toBeGreaterThan(0);
    expect(second?.total).toBeGreaterThanOrEqual(first?.total as number);
    expect(["absent", "marker"]).toContain(witness.vmMarker().kind);
    expect(["absent", "denied", "lines"]).toContain(witness.auditTail().kind);
    witness.close();
  });
});

describe("the witness of other places", () => {
  const at = (over: Partial<WitnessPaths>) => new KernelWitness({ ...KERNEL_PATHS, auditLog: join(folder, "none"), ...over });
  it("knows nothing of what is not there", () => {
    const gone = join(folder, "none");
    const witness = at({ clocksource: gone, vmclock: gone, cpuTimes: gone });
    expect([witness.clocksource(), witness.vmMarker(), witness.cpuTimes()]).toEqual([null, { kind: "absent" }, null]);
    witness.close();
  });
  it("reads a marker by pread, and sees it change in place", () => {
    const vmclock = join(folder, "vmclock0");
    const witness = at({ vmclock });
    expect(witness.vmMarker()).toEqual({ kind: "absent" });
    writeFileSync(vmclock, vmclockPage({ disruption: 3n }));
    expect(witness.vmMarker()).toEqual({ kind: "marker", disruption: 3n, generation: null });
    writeFileSync(vmclock, vmclockPage({ sequence: 4, disruption: 4n }));
    expect(witness.vmMarker()).toMatchObject({ disruption: 4n });
    writeFileSync(vmclock, vmclockPage({ sequence: 5, disruption: 5n }));
    expect(witness.vmMarker()).toEqual({ kind: "unreadable", why: "busy" });
    writeFileSync(vmclock, "short");
    expect(witness.vmMarker()).toEqual({ kind: "unreadable", why: "too_short" });
    expect(at({ vmclock: folder }).vmMarker()).toEqual({ kind: "unreadable", why: "failed" });
    witness.close();
  });
});

describe("auditd's log", () => {
  const path = () => join(folder, "audit.log");
  it("is followed from its end, line by whole line", () => {
    writeFileSync(path(), "before us\n");
    const log = new AuditLogFile(path());
    expect(linesOf(log)).toEqual([]);
    appendFileSync(path(), "one\ntw");
    expect(linesOf(log)).toEqual(["one"]);
    appendFileSync(path(), "o\nthree\n");
    expect(linesOf(log)).toEqual(["two", "three"]);
    expect(linesOf(log)).toEqual([]);
    log.close();
  });
  it("is followed across a rotation without losing a line on either side", () => {
    writeFileSync(path(), "");
    const log = new AuditLogFile(path());
    linesOf(log);
    appendFileSync(path(), "last of the old\n");
    renameSync(path(), `${path()}.1`);
    writeFileSync(path(), "first of the new\n");
    expect(linesOf(log)).toEqual(["last of the old", "first of the new"]);
    appendFileSync(path(), "second\n");
    expect(linesOf(log)).toEqual(["second"]);
    log.close();
  });
  it("is taken up again when it comes back, and read anew when it was cut", () => {
    writeFileSync(path(), "old\n");
    const log = new AuditLogFile(path());
    linesOf(log);
    rmSync(path());
    expect(linesOf(log)).toEqual(["absent"]);
    writeFileSync(path(), "new\n");
    expect(linesOf(log)).toEqual(["new"]);
    truncateSync(path(), 0);
    appendFileSync(path(), "x\n");
    expect(linesOf(log)).toEqual(["x"]);
    log.close();
  });
  it("is read at most 256 KiB at a look, and what was skipped is counted", () => {
    writeFileSync(path(), "");
    const log = new AuditLogFile(path());
    linesOf(log);
    appendFileSync(path(), `${"x".repeat(99)}\n`.repeat(10_000));
    const tail = log.read();
    expect(tail).toMatchObject({ kind: "lines", skipped: 1_000_000 - 262_144 });
    expect(tail.kind === "lines" && tail.lines.length).toBeLessThan(2_700);
    log.close();
  });
  it("gives the events that a rotation cut in two", () => {
    writeFileSync(path(), "");
    const [log, trail] = [new AuditLogFile(path()), new AuditTrail()];
    linesOf(log);
    appendFileSync(path(), `${STEP_BY_CHRONYC[0]}\n`);
    renameSync(path(), `${path()}.1`);
    writeFileSync(path(), `${[...STEP_BY_CHRONYC.slice(1), ...DATE_SET_BY_HAND].join("\n")}\n`);
    trail.take(linesOf(log));
    expect(trail.changes.map(({ command, by }) => [command, by])).toEqual([
      ["chronyd", -3_250_000_000n],
      ["my date", 3_000_001_500n],
    ]);
    log.close();
  });
  it("that may not be read is denied, to whoever is not root", () => {
    writeFileSync(path(), "");
    chmodSync(path(), 0);
    const log = new AuditLogFile(path());
    expect(log.read().kind).toBe(process.getuid?.() === 0 ? "lines" : "denied");
    log.close();
  });
});

describe("the kernel's broadcast of audit records", () => {
  it("is put in the form of the log", () => {
    const datagram = Buffer.alloc(16 + 64);
    datagram.writeUInt16LE(1332, 4);
    datagram.write("audit(1795000000.123:2040): sec=-4 nsec=750000000\n", 16);
    expect(lineOf(datagram)).toEqual(["type=1332 msg=audit(1795000000.123:2040): sec=-4 nsec=750000000"]);
    expect(lineOf(datagram.subarray(0, 16))).toEqual([]);
  });

  /** A message of a user's program, which the kernel broadcasts like its own records; false where it takes none from us. */
  function speak(text: string): boolean {
    const { libc } = loadLibc();
    if (libc === null) return false;
    const body = Buffer.from(`${text}\0`);
    const header = Buffer.alloc(16);
    header.writeUInt32LE(16 + body.length, 0);
    header.writeUInt16LE(AUDIT_USER_AVC, 4);
    header.writeUInt16LE(NLM_F_REQUEST, 6);
    const fd = libc.socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);
    const kernel = Buffer.alloc(12);
    kernel.writeUInt16LE(AF_NETLINK, 0);
    const message = Buffer.concat([header, body]);
    const sent = libc.connect(fd, kernel, kernel.length) === 0 && Number(libc.send(fd, message, message.length, 0)) === message.length;
    libc.close(fd);
    return sent;
  }

  it("reaches us where the kernel lets us listen, and is named as missing elsewhere", async () => {
    const { libc } = loadLibc();
    const netlink = libc && AuditNetlink.open(libc);
    const text = `truebound test ${process.pid} ${process.hrtime.bigint()}`;
    if (netlink === null) return expect(["absent", "denied"]).toContain(new KernelWitness().auditTail().kind);
    const heard: string[] = [];
    const listen = () => {
      const tail = netlink.read();
      if (tail.kind === "lines") heard.push(...tail.lines);
      return heard.some((line) => line.includes(text));
    };
    if (speak(text)) await expect.poll(listen, { timeout: 5000 }).toBe(true);
    for (const line of heard) expect(typeof parseAuditLine(line)).toBe("object");
    netlink.close();
  });
});

const [AF_NETLINK, SOCK_RAW, NETLINK_AUDIT, AUDIT_USER_AVC, NLM_F_REQUEST] = [16, 3, 9, 1107, 1];
