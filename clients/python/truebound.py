# SPDX-License-Identifier: Apache-2.0
"""What time is it, within what bound: reads the segment that a Truebound agent writes on this host.

docs/protocol.md, "The segment". Linux, Python 3.9 or newer, standard library only. A Reader belongs to one thread.
"""

import os
import stat
import struct
import time
import zlib
from typing import Callable, NamedTuple, Optional

DEFAULT_SEGMENT = "/run/truebound-agent/segment"
SEGMENT_BYTES = 384
HEAD, SLOT, SLOTS, VERSION = 64, 160, 2, 1
HAS_OFFSET, HAS_RAW, HAS_MARKER, HAS_EVIDENCE = 1, 2, 4, 8

BILLION = 1_000_000_000
# A bound wider than a second on either side of its middle answers nothing.
WIDEST_NS = 2_000_000_000
# Two clocks that only a step, or a suspend, moves apart are never this far apart by rounding.
STEP_SLACK_NS, SUSPEND_SLACK_NS = 1_000, 1_000_000
# A segment that says nothing new is opened anew: the agent may have made another one in its place.
REOPEN_NS, QUIET_NS = 100_000_000, 1_500_000_000
# What was read is used for so long before the file is looked at again: an older record gives a wider bound, and no false one.
REFRESH_NS = 1_000_000

STATUSES = ("unknown", "proven", "unverified", "holdover", "conflict", "no_majority", "disrupted")
REASONS = (
    "", "trusting", "one_vote", "peers_only", "fault_budget_reduced", "sources_lost", "sources_inconsistent", "sources_disagree",
    "no_region", "suspended_or_moved", "clocksource_changed", "vm_disrupted", "ruler_jumped", "never_measured",
    "no_exchange_for_an_hour", "wider_than_a_second", "no_usable_evidence", "timescale_unknown", "leap_unknown", "agent_stopped",
    "not_authenticated",
)
PROVED = ("proven", "holdover")

_RECORD = struct.Struct("<QIBBH16s16sIIQqqqqqqqQII24x")


class Interval(NamedTuple):
    """UTC at the instant of the call, ns since 1970. Both ends are None where nothing can be said, and `reason` says why."""

    status: str
    reason: str
    earliest_ns: Optional[int]
    latest_ns: Optional[int]
    host: bytes = bytes(16)
    epoch: int = 0
    seq: int = 0


class Sample(NamedTuple):
    """What a reader's clocks show, ns, read in this order after the segment was. None = it cannot be read here."""

    monotonic_before: int
    realtime: Optional[int]
    realtime_resolution: int
    boottime: Optional[int]
    monotonic: int
    raw: Optional[int]


class Record(NamedTuple):
    generation: int
    crc: int
    status: int
    reason: int
    flags: int
    boot_id: bytes
    host: bytes
    epoch: int
    raw_growth_ppb: int
    seq: int
    realtime: int
    monotonic: int
    raw: int
    boottime: int
    lo: int
    hi: int
    expires: int
    vm_marker: int
    monotonic_growth_ppb: int
    span_ns: int


def _is_written(generation: int) -> bool:
    return generation > 0 and generation & 1 == 0


def _decode(slot: bytes) -> Optional[Record]:
    """None = these bytes are not those of one write."""
    record = Record(*_RECORD.unpack(slot))
    if not _is_written(record.generation) or record.crc != zlib.crc32(slot[12:], zlib.crc32(slot[:8])):
        return None
    return record


def _why_no_segment(head: bytes, size: int) -> Optional[str]:
    if size < SEGMENT_BYTES or head[:8] != b"TBCLOCK\n":
        return "not_a_segment"
    version, *sizes = struct.unpack_from("<4H", head, 8)
    if version != VERSION:
        return "wrong_version"
    return None if sizes == [HEAD, SLOT, SLOTS] else "not_a_segment"


def answer_of(segment: bytes, boot_id: Optional[bytes], sample: Sample, vm_marker: Optional[int] = None) -> Interval:
    """Where UTC is, by the bytes of a segment that nobody writes meanwhile. `boot_id` None = not known, and not held against it."""
    flaw = _why_no_segment(segment[:HEAD], len(segment))
    if flaw is not None:
        return Interval("unknown", flaw, None, None)
    slots = [_decode(segment[HEAD + SLOT * index :][:SLOT]) for index in range(SLOTS)]
    whole = [record for record in slots if record is not None]
    if not whole:
        return Interval("unknown", "torn", None, None)
    return answer_by(max(whole, key=lambda record: record.generation), boot_id, sample, vm_marker)


def answer_by(record: Record, boot_id: Optional[bytes], sample: Sample, vm_marker: Optional[int]) -> Interval:
    evidence = (record.host, record.epoch, record.seq) if record.flags & HAS_EVIDENCE else ()

    def nothing(status: str, reason: str) -> Interval:
        return Interval(status, reason, None, None, *evidence)

    status = STATUSES[record.status] if record.status < len(STATUSES) else "unknown"
    reason = REASONS[record.reason] if record.reason < len(REASONS) else ""
    if boot_id is not None and boot_id != record.boot_id:
        return nothing("unknown", "other_boot")
    if sample.monotonic < record.monotonic:
        return nothing("unknown", "before_the_reading")
    if sample.monotonic >= record.expires:
        return nothing("unknown", "expired")
    if not record.flags & HAS_OFFSET or status in ("unknown", "disrupted"):
        return nothing(status, reason)
    disruption = _disruption(record, sample, vm_marker)
    if disruption is not None:
        return nothing("disrupted", disruption)
    by_raw = record.flags & HAS_RAW and sample.raw is not None
    elapsed = sample.raw - record.raw if by_raw else sample.monotonic - record.monotonic
    if elapsed < 0:
        return nothing("unknown", "before_the_reading")
    # Rounded up: a part of a nanosecond widens.
    growth = -(-elapsed * (record.raw_growth_ppb if by_raw else record.monotonic_growth_ppb) // BILLION)
    earliest = record.realtime + record.lo + elapsed - growth
    latest = record.realtime + record.hi + elapsed + growth
    if latest < earliest:
        return nothing("unknown", "torn")  # no agent writes an end before its begin
    if earliest < -(2**63) or latest >= 2**63:
        return nothing("unknown", "torn")  # nor an instant that 64 bits cannot count
    if latest - earliest > WIDEST_NS:
        return nothing("unknown", "wider_than_a_second")
    return Interval(status, reason, earliest, latest, *evidence)


def _disruption(record: Record, sample: Sample, vm_marker: Optional[int]) -> Optional[str]:
    """What happened to the clocks that the agent has not told of yet; None = nothing that can be seen."""
    if record.flags & HAS_MARKER and vm_marker is not None and vm_marker != record.vm_marker:
        return "vm_disrupted"
    if sample.boottime is not None and _has_moved(record, record.boottime, sample, sample.boottime, SUSPEND_SLACK_NS, 0):
        return "suspended_or_moved"
    if sample.realtime is not None and _has_moved(
        record, record.realtime, sample, sample.realtime, STEP_SLACK_NS, sample.realtime_resolution
    ):
        return "clock_stepped"
    return None


def _has_moved(record: Record, then: int, sample: Sample, now: int, slack: int, resolution: int) -> bool:
    """True where a clock's distance from MONOTONIC surely changed between the reading and now."""
    before, unsure = then - record.monotonic, record.span_ns + slack
    return now + resolution - sample.monotonic_before < before - unsure or now - sample.monotonic > before + unsure


def clocks() -> Sample:
    """This process's clocks."""
    get = time.clock_gettime_ns
    return Sample(
        get(time.CLOCK_MONOTONIC),
        get(time.CLOCK_REALTIME),
        0,
        get(time.CLOCK_BOOTTIME),
        get(time.CLOCK_MONOTONIC),
        get(time.CLOCK_MONOTONIC_RAW),
    )


class Reader:
    """Follows a live segment. Where there is none, `now` says so, and looks again. `refresh_ns` 0 reads the file at each call."""

    def __init__(self, path: Optional[str] = None, refresh_ns: int = REFRESH_NS) -> None:
        self._path = path or os.environ.get("TRUEBOUND_SEGMENT") or DEFAULT_SEGMENT
        self._boot_id = _read_boot_id()
        self._vmclock = _open_vmclock()
        self._file: Optional[int] = None
        self._generation = 0
        self._held_since = 0
        self._opened = -REOPEN_NS
        self._refresh_ns = refresh_ns
        self._looked: Optional[int] = None
        self._why_none = "no_segment"
        self.held: Optional[Record] = None

    def now(self, clocks: Callable[[], Sample] = clocks) -> Interval:
        """UTC, as an interval with a status, or why nothing can be said."""
        now = time.monotonic_ns()
        if self._looked is None or now - self._looked >= self._refresh_ns:
            self._refresh(now)
        if self.held is None:
            return Interval("unknown", self._why_none, None, None)
        # The clocks are read after what is held against them: a record is never from after its reader.
        sample = clocks()
        marker = _read_marker(self._vmclock) if self.held.flags & HAS_MARKER else None
        return answer_by(self.held, self._boot_id, sample, marker)

    def is_past(self, t_ns: int) -> bool:
        """True once UTC is surely after `t_ns`. False says only that it is not sure."""
        now = self.now()
        return now.status in PROVED and now.earliest_ns is not None and now.earliest_ns > t_ns

    def is_future(self, t_ns: int) -> bool:
        """True while UTC is surely before `t_ns`."""
        now = self.now()
        return now.status in PROVED and now.latest_ns is not None and now.latest_ns < t_ns

    def close(self) -> None:
        self._close_file()
        if self._vmclock is not None:
            os.close(self._vmclock)
            self._vmclock = None

    def _refresh(self, now: int) -> None:
        self._looked = now
        stale = self._file is None or self.held is None or now - self._held_since > QUIET_NS
        if stale and now - self._opened >= REOPEN_NS:
            self._open(now)
        for _ in range(4):
            if self._file is None:
                return
            segment = self._read_at(SEGMENT_BYTES, 0)
            flaw = _why_no_segment(segment[:HEAD], len(segment))
            self._why_none = flaw or "torn"
            if flaw is not None:
                self._close_file()  # the agent puts another file in the place of one that was cut off
            elif self._take_newest(segment, now):
                return

    def _read_at(self, size: int, at: int) -> bytes:
        """Nothing is mapped: a file that somebody cuts off is a short read here, and no SIGBUS."""
        try:
            return os.pread(self._file, size, at)
        except OSError:
            return b""

    def _take_newest(self, segment: bytes, now: int) -> bool:
        """False where a write fell into it."""
        places = (HEAD + SLOT * index for index in range(SLOTS))
        for generation, at in sorted(((_generation_of(segment[at : at + 8]), at) for at in places), reverse=True):
            if not _is_written(generation):
                continue
            if self.held is not None and generation <= self._generation:
                return True
            slot, after = self._read_at(SLOT, at), self._read_at(8, at)
            record = _decode(slot) if len(slot) == SLOT and len(after) == 8 else None
            # No write fell in between: the generation is the same, and even, before and after.
            if record is not None and record.generation == generation == _generation_of(after):
                self.held, self._generation, self._held_since = record, generation, now
                return True
        return False

    def _open(self, now: int) -> None:
        """Another file begins anew: its generations say nothing beside those of the one before. What was read stays until it expires."""
        self._opened = now
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            return
        self._close_file()
        self._generation, self._why_none = 0, "not_a_segment"
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            self._file = descriptor
        else:
            os.close(descriptor)

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _generation_of(word: bytes) -> int:
    return int.from_bytes(word, "little")


def _read_boot_id() -> Optional[bytes]:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return bytes.fromhex(file.read().strip().replace("-", ""))
    except (OSError, ValueError):
        return None


def _open_vmclock() -> Optional[int]:
    try:
        return os.open("/dev/vmclock0", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def _read_marker(descriptor: Optional[int]) -> Optional[int]:
    """The hypervisor's disruption marker (include/uapi/linux/vmclock-abi.h), under its own sequence count."""
    if descriptor is None:
        return None
    try:
        first, again = (os.pread(descriptor, 24, 0) for _ in range(2))
    except OSError:
        return None
    if len(first) < 24 or len(again) < 24 or first[:4] != b"VCLK":
        return None
    (before,), (after, marker) = struct.unpack_from("<I", first, 12), struct.unpack_from("<IQ", again, 12)
    return marker if before == after and before & 1 == 0 else None
