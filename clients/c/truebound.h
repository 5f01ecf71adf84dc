/* SPDX-License-Identifier: Apache-2.0
 *
 * What time is it, within what bound: reads the segment that a Truebound agent writes on this host (docs/protocol.md, "The segment").
 * Linux on a little-endian machine, C11, no library beside libc. A reader belongs to one thread; open one for each.
 */
#ifndef TRUEBOUND_H
#define TRUEBOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TB_DEFAULT_SEGMENT "/run/truebound-agent/segment"
#define TB_SEGMENT_BYTES 384

typedef enum {
  TB_UNKNOWN = 0,
  TB_PROVEN = 1,
  TB_UNVERIFIED = 2,
  TB_HOLDOVER = 3,
  TB_CONFLICT = 4,
  TB_NO_MAJORITY = 5,
  TB_DISRUPTED = 6
} tb_status;

/* UTC at the instant of the call lies within [earliest_ns, latest_ns], ns since 1970, where `bounded`; else `reason` says why not. */
typedef struct {
  tb_status status;
  const char *reason; /* "" = there is no more to say */
  bool bounded;
  int64_t earliest_ns;
  int64_t latest_ns;
  /* Where the proof is to be found; all zero for a host that reports to nobody. */
  uint8_t host[16];
  uint32_t epoch;
  uint64_t seq;
} tb_interval;

/* A reader's clocks, read in this order after the segment was. */
typedef struct {
  int64_t monotonic_before_ns;
  bool has_realtime;
  int64_t realtime_ns;
  int64_t realtime_resolution_ns; /* REALTIME may be later than shown by this */
  bool has_boottime;
  int64_t boottime_ns;
  int64_t monotonic_ns;
  bool has_raw;
  int64_t raw_ns;
  bool has_vm_marker;
  uint64_t vm_marker;
} tb_sample;

typedef struct tb_reader {
  char path[4096];
  int vmclock, fd;
  uint8_t boot_id[16];
  bool has_boot_id;
  bool has_held;
  uint8_t held[160];
  uint64_t generation; /* of what is held */
  int64_t held_since_ns, opened_ns, looked_ns;
  bool has_looked;
  int64_t refresh_ns; /* for how long what was read is used; a caller may set it after tb_open, and 0 reads the file at each call */
  const char *why_none;
} tb_reader;

/* Where UTC is, by the bytes of a segment and a sample. Pure. @param boot_id NULL = not known, and not held against the segment. */
tb_interval tb_answer(const uint8_t *segment, size_t bytes, const uint8_t *boot_id, const tb_sample *sample);

/* @param path NULL = TRUEBOUND_SEGMENT, else the default. Never fails: where there is no segment, tb_now says so, and looks again. */
void tb_open(tb_reader *reader, const char *path);
void tb_close(tb_reader *reader);

tb_interval tb_now(tb_reader *reader);

/* Only `proven` and `holdover` count here: what else is bounded rests on less than the policy asks. */
bool tb_is_past(tb_reader *reader, int64_t t_ns);
bool tb_is_future(tb_reader *reader, int64_t t_ns);

/* The same with clocks of the caller's. */
tb_interval tb_now_by(tb_reader *reader, void (*clocks)(tb_sample *));
/* This process's clocks, by clock_gettime. */
void tb_clocks(tb_sample *sample);

const char *tb_status_name(tb_status status);

#endif
