/** Records as the kernel writes them, one line each. */
export const STEP_BY_CHRONYC = [
  `type=SYSCALL msg=audit(1795000000.123:2040): arch=c000003e syscall=305 success=yes exit=0 a0=0 a1=7ffc5d8f6c50 a2=0 a3=0 items=0 ppid=1 pid=812 auid=4294967295 uid=998 gid=996 euid=998 suid=998 fsuid=998 egid=996 sgid=996 fsgid=996 tty=(none) ses=4294967295 comm="chronyd" exe="/usr/sbin/chronyd" subj=system_u:system_r:chronyd_t:s0 key="time-change"`,
  "type=TIME_INJOFFSET msg=audit(1795000000.123:2040): sec=-4 nsec=750000000",
  "type=PROCTITLE msg=audit(1795000000.123:2040): proctitle=2F7573722F7362696E2F6368726F6E7964",
];

export const DATE_SET_BY_HAND = [
  `node=web-1 type=SYSCALL msg=audit(1795000100.500:2200): arch=c000003e syscall=227 success=yes exit=0 a0=0 a1=7ffd0 a2=0 a3=0 items=0 ppid=1600 pid=1610 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=5 comm=6D792064617465 exe="/usr/bin/date" key="time-change"\u001dARCH=x86_64 SYSCALL=clock_settime AUID="alice" UID="root" comm="liar" pid=1`,
  "node=web-1 type=UNKNOWN[1332] msg=audit(1795000100.500:2200): sec=3 nsec=1500",
];

/** What a monitor's adjtimex looks like: a call that may have changed nothing. */
export const READ_ONLY =
  'type=SYSCALL msg=audit(1795000000.900:2041): arch=c000003e syscall=159 success=yes exit=5 a0=7ffce23e2410 a1=0 a2=0 a3=0 items=0 ppid=1 pid=77 auid=4294967295 uid=65534 comm="node_exporter" exe="/usr/bin/prometheus-node-exporter" key="time-change"';

export const FREQUENCY_SET = [
  'type=SYSCALL msg=audit(1795000001.000:2042): arch=c00000b7 syscall=171 success=yes exit=0 a0=1 a1=0 a2=0 a3=0 items=0 ppid=1 pid=812 auid=4294967295 uid=998 comm="chronyd" exe="/usr/sbin/chronyd" key=(null)',
  "type=1333 msg=audit(1795000001.000:2042): op=freq old=-123456789 new=987654321",
  "type=TIME_ADJNTPVAL msg=audit(1795000001.000:2042): op=tick old=10000 new=10001",
];
