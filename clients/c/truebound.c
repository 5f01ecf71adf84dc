/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "truebound.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { HEAD = 64, SLOT = 160, SLOTS = 2, VERSION = 1 };
enum { HAS_OFFSET = 1, HAS_RAW = 2, HAS_MARKER = 4, HAS_EVIDENCE = 8 };

static const int64_t BILLION = 1000000000;
/* A bound wider than a second on either side of its middle answers nothing. */
static const int64_t WIDEST_NS = 2000000000;
/* Two clocks that only a step, or a suspend, moves apart are never this far apart by rounding. */
static const int64_t STEP_SLACK_NS = 1000;
static const int64_t SUSPEND_SLACK_NS = 1000000;
/* A segment that says nothing new is opened anew: the agent may have made another one in its place. */
static const int64_t REOPEN_NS = 100000000;
static const int64_t QUIET_NS = 1500000000;
/* What was read is used for so long before the file is looked at again: an older record gives a wider bound, and no false one. */
static const int64_t REFRESH_NS = 1000000;

static const char *const STATUS_NAMES[] = {"unknown", "proven", "unverified", "holdover", "conflict", "no_majority", "disrupted"};
static const char *const REASON_NAMES[] = {
    "", "trusting", "one_vote", "peers_only", "fault_budget_reduced", "sources_lost", "sources_inconsistent", "sources_disagree",
    "no_region", "suspended_or_moved", "clocksource_changed", "vm_disrupted", "ruler_jumped", "never_measured",
    "no_exchange_for_an_hour", "wider_than_a_second", "no_usable_evidence", "timescale_unknown", "leap_unknown", "agent_stopped",
    "not_authenticated"};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *tb_status_name(tb_status status) { return STATUS_NAMES[status]; }

static uint64_t number(const uint8_t *at, int bytes) {
  uint64_t value = 0;
  for (int place = bytes - 1; place >= 0; place--) value = value << 8 | at[place];
  return value;
}
static int64_t signed_at(const uint8_t *at) { return (int64_t)number(at, 8); }

/* CRC-32 as of zlib, by four bits at a time: it is taken once for each record, and the table needs no making. */
static uint32_t crc_of(uint32_t crc, const uint8_t *bytes, size_t count) {
  static const uint32_t TABLE[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                     0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
  crc = ~crc;
  for (; count > 0; count--, bytes++) {
    crc = TABLE[(crc ^ *bytes) & 15] ^ crc >> 4;
    crc = TABLE[(crc ^ *bytes >> 4) & 15] ^ crc >> 4;
  }
  return ~crc;
}

/* Even, and not the zero of a slot that was never written. */
static bool is_written(uint64_t generation) { return generation > 0 && (generation & 1) == 0; }

/* True where a slot's bytes are those of one write. */
static bool is_whole(const uint8_t *slot) {
  return is_written(number(slot, 8)) && number(slot + 8, 4) == crc_of(crc_of(0, slot, 8), slot + 12, SLOT - 12);
}

static const char *why_no_segment(const uint8_t *bytes, size_t count) {
  if (count < TB_SEGMENT_BYTES || memcmp(bytes, "TBCLOCK\n", 8) != 0) return "not_a_segment";
  if (number(bytes + 8, 2) != VERSION) return "wrong_version";
  bool fits = number(bytes + 10, 2) == HEAD && number(bytes + 12, 2) == SLOT && number(bytes + 14, 2) == SLOTS;
  return fits ? NULL : "not_a_segment";
}

static tb_interval nothing(tb_status status, const char *reason) {
  tb_interval interval = {.status = status, .reason = reason};
  return interval;
}

/* True where a clock's distance from MONOTONIC surely changed between the reading and now. */
static bool has_moved(const uint8_t *slot, int64_t then, const tb_sample *sample, int64_t now, int64_t slack, int64_t resolution) {
  __int128 before = (__int128)then - signed_at(slot + 72), unsure = (__int128)number(slot + 132, 4) + slack;
  __int128 least = (__int128)now - sample->monotonic_ns, most = (__int128)now + resolution - sample->monotonic_before_ns;
  return most < before - unsure || least > before + unsure;
}

/* What happened to the clocks that the agent has not told of yet; NULL = nothing that can be seen. */
static const char *disruption_of(const uint8_t *slot, const tb_sample *sample) {
  if (number(slot + 14, 2) & HAS_MARKER && sample->has_vm_marker && number(slot + 120, 8) != sample->vm_marker) return "vm_disrupted";
  if (sample->has_boottime && has_moved(slot, signed_at(slot + 88), sample, sample->boottime_ns, SUSPEND_SLACK_NS, 0)) return "suspended_or_moved";
  if (sample->has_realtime &&
      has_moved(slot, signed_at(slot + 64), sample, sample->realtime_ns, STEP_SLACK_NS, sample->realtime_resolution_ns))
    return "clock_stepped";
  return NULL;
}

static tb_interval answer_by(const uint8_t *slot, const uint8_t *boot_id, const tb_sample *sample) {
  uint64_t flags = number(slot + 14, 2);
  tb_status status = slot[12] < COUNT(STATUS_NAMES) ? (tb_status)slot[12] : TB_UNKNOWN;
  tb_interval told = nothing(status, slot[13] < COUNT(REASON_NAMES) ? REASON_NAMES[slot[13]] : "");
  if (flags & HAS_EVIDENCE) {
    memcpy(told.host, slot + 32, 16);
    told.epoch = (uint32_t)number(slot + 48, 4);
    told.seq = number(slot + 56, 8);
  }
  int64_t monotonic = signed_at(slot + 72);
#define INSTEAD(what, why) return told.status = (what), told.reason = (why), told
  if (boot_id != NULL && memcmp(boot_id, slot + 16, 16) != 0) INSTEAD(TB_UNKNOWN, "other_boot");
  if (sample->monotonic_ns < monotonic) INSTEAD(TB_UNKNOWN, "before_the_reading");
  if (sample->monotonic_ns >= signed_at(slot + 112)) INSTEAD(TB_UNKNOWN, "expired");
  if (!(flags & HAS_OFFSET) || status == TB_UNKNOWN || status == TB_DISRUPTED) return told;
  const char *disruption = disruption_of(slot, sample);
  if (disruption != NULL) INSTEAD(TB_DISRUPTED, disruption);
  bool by_raw = flags & HAS_RAW && sample->has_raw;
  __int128 elapsed = by_raw ? (__int128)sample->raw_ns - signed_at(slot + 80) : (__int128)sample->monotonic_ns - monotonic;
  if (elapsed < 0) INSTEAD(TB_UNKNOWN, "before_the_reading");
  /* Rounded up: a part of a nanosecond widens. */
  __int128 growth = (elapsed * (__int128)number(slot + (by_raw ? 52 : 128), 4) + BILLION - 1) / BILLION;
  __int128 then = signed_at(slot + 64);
  __int128 earliest = then + signed_at(slot + 96) + elapsed - growth, latest = then + signed_at(slot + 104) + elapsed + growth;
  /* No agent writes an end before its begin. */
  if (latest < earliest) INSTEAD(TB_UNKNOWN, "torn");
  /* Nor an instant that the readers' counts of nanoseconds cannot hold. */
  if (earliest < INT64_MIN || latest > INT64_MAX) INSTEAD(TB_UNKNOWN, "torn");
  if (latest - earliest > WIDEST_NS) INSTEAD(TB_UNKNOWN, "wider_than_a_second");
#undef INSTEAD
  told.bounded = true;
  told.earliest_ns = (int64_t)earliest;
  told.latest_ns = (int64_t)latest;
  return told;
}

tb_interval tb_answer(const uint8_t *segment, size_t bytes, const uint8_t *boot_id, const tb_sample *sample) {
  const char *flaw = why_no_segment(segment, bytes);
  if (flaw != NULL) return nothing(TB_UNKNOWN, flaw);
  const uint8_t *newest = NULL;
  for (int index = 0; index < SLOTS; index++) {
    const uint8_t *slot = segment + HEAD + index * SLOT;
    if (is_whole(slot) && (newest == NULL || number(slot, 8) > number(newest, 8))) newest = slot;
  }
  return newest == NULL ? nothing(TB_UNKNOWN, "torn") : answer_by(newest, boot_id, sample);
}

/* ---- the live segment ---- */

static int64_t read_clock(clockid_t clock, bool *has) {
  struct timespec time;
  *has = clock_gettime(clock, &time) == 0;
  return *has ? (int64_t)time.tv_sec * BILLION + time.tv_nsec : 0;
}

void tb_clocks(tb_sample *sample) {
  bool has;
  sample->monotonic_before_ns = read_clock(CLOCK_MONOTONIC, &has);
  sample->realtime_ns = read_clock(CLOCK_REALTIME, &sample->has_realtime);
  sample->realtime_resolution_ns = 0;
  sample->boottime_ns = read_clock(CLOCK_BOOTTIME, &sample->has_boottime);
  sample->monotonic_ns = read_clock(CLOCK_MONOTONIC, &has);
  sample->raw_ns = read_clock(CLOCK_MONOTONIC_RAW, &sample->has_raw);
}

static bool read_boot_id(uint8_t id[16]) {
  char text[64];
  int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t count = read(fd, text, sizeof text - 1);
  close(fd);
  int digits = 0;
  for (ssize_t at = 0; at < count && digits < 32; at++) {
    unsigned value;
    if (text[at] == '-') continue;
    if (at + 1 >= count || sscanf(text + at, "%2x", &value) != 1) return false;
    id[digits / 2] = (uint8_t)value;
    digits += 2;
    at++;
  }
  return digits == 32;
}

/* The hypervisor's disruption marker (include/uapi/linux/vmclock-abi.h), under its own sequence count. */
static bool read_marker(int fd, uint64_t *marker) {
  uint8_t first[24], again[24];
  if (fd < 0 || pread(fd, first, 24, 0) != 24 || pread(fd, again, 24, 0) != 24) return false;
  if (number(first, 4) != 0x4b4c4356 || number(first + 12, 4) & 1 || number(first + 12, 4) != number(again + 12, 4)) return false;
  *marker = number(again + 16, 8);
  return true;
}

static void close_segment(tb_reader *reader) {
  if (reader->fd >= 0) close(reader->fd);
  reader->fd = -1;
}

/* Another file begins anew: its generations say nothing beside those of the one before. What was read stays until it expires. */
static void open_segment(tb_reader *reader, int64_t now) {
  reader->opened_ns = now;
  int fd = open(reader->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return;
  close_segment(reader);
  reader->why_none = "not_a_segment";
  reader->generation = 0;
  struct stat stat;
  if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode)) reader->fd = fd;
  else close(fd);
}

/* True where all of it was read. Nothing is mapped: a file that somebody cuts off is a short read here, and no SIGBUS. */
static bool read_at(const tb_reader *reader, void *bytes, size_t count, int at) {
  return pread(reader->fd, bytes, count, at) == (ssize_t)count;
}

/* A copy of a slot, of which no write can be a part: its generation is the same, and even, before and after. */
static bool copy_slot(const tb_reader *reader, int at, uint64_t generation, uint8_t copy[SLOT]) {
  uint8_t after[8];
  if (!read_at(reader, copy, SLOT, at) || !read_at(reader, after, sizeof after, at)) return false;
  return number(after, 8) == generation && number(copy, 8) == generation && is_whole(copy);
}

/* False where a write fell into it. */
static bool take_newest(tb_reader *reader, const uint8_t *bytes, int64_t now) {
  int newer = number(bytes + HEAD, 8) >= number(bytes + HEAD + SLOT, 8) ? 0 : 1;
  for (int turn = 0; turn < SLOTS; turn++) {
    int at = HEAD + (turn == 0 ? newer : 1 - newer) * SLOT;
    uint64_t generation = number(bytes + at, 8);
    uint8_t copy[SLOT];
    if (!is_written(generation)) continue;
    if (reader->has_held && generation <= reader->generation) return true;
    if (!copy_slot(reader, at, generation, copy)) continue;
    memcpy(reader->held, copy, SLOT);
    reader->generation = generation;
    reader->held_since_ns = now;
    reader->has_held = true;
    return true;
  }
  return false;
}

/* Takes the newest whole record, if it is newer than what is held. */
static void refresh(tb_reader *reader, int64_t now) {
  reader->has_looked = true;
  reader->looked_ns = now;
  if (now - reader->opened_ns >= REOPEN_NS && (reader->fd < 0 || !reader->has_held || now - reader->held_since_ns > QUIET_NS))
    open_segment(reader, now);
  for (int attempt = 0; attempt < 4 && reader->fd >= 0; attempt++) {
    uint8_t bytes[TB_SEGMENT_BYTES];
    const char *flaw = read_at(reader, bytes, sizeof bytes, 0) ? why_no_segment(bytes, sizeof bytes) : "not_a_segment";
    reader->why_none = flaw != NULL ? flaw : "torn";
    /* The agent puts another file in the place of one that was cut off. */
    if (flaw != NULL) close_segment(reader);
    else if (take_newest(reader, bytes, now)) return;
  }
}

void tb_open(tb_reader *reader, const char *path) {
  const char *named = path != NULL ? path : getenv("TRUEBOUND_SEGMENT");
  memset(reader, 0, sizeof *reader);
  snprintf(reader->path, sizeof reader->path, "%s", named != NULL ? named : TB_DEFAULT_SEGMENT);
  reader->vmclock = open("/dev/vmclock0", O_RDONLY | O_CLOEXEC);
  reader->has_boot_id = read_boot_id(reader->boot_id);
  reader->fd = -1;
  reader->refresh_ns = REFRESH_NS;
  reader->opened_ns = -REOPEN_NS;
  reader->why_none = "no_segment";
}

void tb_close(tb_reader *reader) {
  close_segment(reader);
  if (reader->vmclock >= 0) close(reader->vmclock);
  reader->vmclock = -1;
}

static bool is_due(const tb_reader *reader, int64_t now) {
  return !reader->has_looked || now < reader->looked_ns || now - reader->looked_ns >= reader->refresh_ns;
}

tb_interval tb_now_by(tb_reader *reader, void (*clocks)(tb_sample *)) {
  tb_sample sample = {0};
  clocks(&sample);
  if (is_due(reader, sample.monotonic_ns)) {
    refresh(reader, sample.monotonic_ns);
    /* The clocks are read after what is held against them: a record is never from after its reader. */
    clocks(&sample);
  }
  if (!reader->has_held) return nothing(TB_UNKNOWN, reader->why_none);
  sample.has_vm_marker = number(reader->held + 14, 2) & HAS_MARKER && read_marker(reader->vmclock, &sample.vm_marker);
  return answer_by(reader->held, reader->has_boot_id ? reader->boot_id : NULL, &sample);
}

tb_interval tb_now(tb_reader *reader) { return tb_now_by(reader, tb_clocks); }

static bool is_proved(const tb_interval *now) { return now->bounded && (now->status == TB_PROVEN || now->status == TB_HOLDOVER); }

bool tb_is_past(tb_reader *reader, int64_t t_ns) {
  tb_interval now = tb_now(reader);
  return is_proved(&now) && now.earliest_ns > t_ns;
}

bool tb_is_future(tb_reader *reader, int64_t t_ns) {
  tb_interval now = tb_now(reader);
  return is_proved(&now) && now.latest_ns < t_ns;
}
