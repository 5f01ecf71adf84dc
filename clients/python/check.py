# SPDX-License-Identifier: Apache-2.0
"""vectors FILE | now [SEGMENT] | race SEGMENT READS K raw|monotonic | cost SEGMENT READS [each]

Holds the reader against the vectors that all readers share, and against a writer to whom UTC is one of the clocks plus K, and a record's
epoch its sequence; says what a read costs (each = with the file read at each).
"""

import json
import sys
import time

import truebound


def vectors(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        every = json.load(file)
    wrong = 0
    for one in every:
        got = said(one)
        if got != (one["status"], one["reason"], one["earliest"], one["latest"]):
            print(one["name"], got, file=sys.stderr)
            wrong += 1
    print(json.dumps({"vectors": len(every), "wrong": wrong}, separators=(",", ":")))
    return 1 if wrong or not every else 0


def known(text: str):
    return int(text) if text else None


def said(one):
    sample = truebound.Sample(
        int(one["monotonic_before"]),
        known(one["realtime"]),
        int(one["realtime_resolution"]),
        known(one["boottime"]),
        int(one["monotonic"]),
        known(one["raw"]),
    )
    boot_id = bytes.fromhex(one["boot_id"]) if one["boot_id"] else None
    got = truebound.answer_of(bytes.fromhex(one["segment"]), boot_id, sample, known(one["vm_marker"]))
    return (got.status, got.reason, *("" if end is None else str(end) for end in (got.earliest_ns, got.latest_ns)))


def without_realtime() -> truebound.Sample:
    """The writer's REALTIME is of a clock that is not this host's."""
    return truebound.clocks()._replace(realtime=None, boottime=None)


def race(path: str, wanted: int, k: int, axis: int) -> int:
    reader = truebound.Reader(path, refresh_ns=0)
    counts = dict.fromkeys(("reads", "bounded", "unknown", "torn", "missed", "longest_ns", "records"), 0)
    last = None
    while counts["bounded"] < wanted:
        counts["reads"] += 1
        asked, before = time.monotonic_ns(), time.clock_gettime_ns(axis)
        now = reader.now(without_realtime)
        after = time.clock_gettime_ns(axis)
        if now.earliest_ns is None or now.latest_ns is None:
            counts["unknown"] += 1
            continue
        counts["bounded"] += 1
        counts["torn"] += now.epoch != now.seq & 0xFFFFFFFF
        counts["missed"] += now.latest_ns < before + k or now.earliest_ns > after + k
        counts["longest_ns"] = max(counts["longest_ns"], asked - reader.held.monotonic)
        counts["records"] += now.seq != last
        last = now.seq
    print(json.dumps(counts, separators=(",", ":")))
    return 0


def cost(path: str, reads: int, each: bool) -> int:
    reader = truebound.Reader(path, 0 if each else truebound.REFRESH_NS)
    since = time.process_time_ns()
    bounded = sum(reader.now().earliest_ns is not None for _ in range(reads))
    ns = (time.process_time_ns() - since) / reads
    print(json.dumps({"reads": reads, "bounded": bounded, "ns": round(ns, 1)}, separators=(",", ":")))
    return 0


def now(path: str) -> int:
    got = truebound.Reader(path or None).now()
    said_now = {"status": got.status, "reason": got.reason}
    if got.earliest_ns is not None:
        said_now |= {"earliest_ns": str(got.earliest_ns), "latest_ns": str(got.latest_ns)}
    print(json.dumps(said_now, separators=(",", ":")))
    return 0


def main(given) -> int:
    if len(given) == 2 and given[0] == "vectors":
        return vectors(given[1])
    if given[:1] == ["now"]:
        return now(given[1] if len(given) > 1 else "")
    if len(given) == 5 and given[0] == "race":
        axis = time.CLOCK_MONOTONIC_RAW if given[4] == "raw" else time.CLOCK_MONOTONIC
        return race(given[1], int(given[2]), int(given[3]), axis)
    if len(given) in (3, 4) and given[0] == "cost":
        return cost(given[1], int(given[2]), given[3:] == ["each"])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
