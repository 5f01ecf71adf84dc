/* SPDX-License-Identifier: Apache-2.0
 *
 * check vectors FILE            holds the reader against the vectors that all readers share
 * check now [SEGMENT]           one line of JSON
 * check race SEGMENT READS K AXIS   until so many reads gave a bound, against a writer to whom UTC is AXIS (raw or monotonic) plus K, a record's epoch its sequence
 * check cost SEGMENT READS [each]   ns of processor for one tb_now; each = the file is read at each
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "truebound.h"

static char line[8192];

static const char *field(const char *name) {
  static char value[4096];
  char key[64];
  snprintf(key, sizeof key, "\"%s\":\"", name);
  const char *at = strstr(line, key);
  if (at == NULL) return "";
  at += strlen(key);
  size_t length = strcspn(at, "\"");
  snprintf(value, sizeof value, "%.*s", (int)length, at);
  return value;
}
static int64_t whole(const char *name) { return strtoll(field(name), NULL, 10); }
static bool has(const char *name) { return *field(name) != 0; }

static size_t unhex(const char *digits, uint8_t *bytes) {
  size_t count = 0;
  for (unsigned value; sscanf(digits, "%2x", &value) == 1; digits += 2) bytes[count++] = (uint8_t)value;
  return count;
}

static void sample_of(tb_sample *sample) {
  *sample = (tb_sample){
      .monotonic_before_ns = whole("monotonic_before"), .monotonic_ns = whole("monotonic"),
      .has_realtime = has("realtime"), .realtime_ns = whole("realtime"), .realtime_resolution_ns = whole("realtime_resolution"),
      .has_boottime = has("boottime"), .boottime_ns = whole("boottime"), .has_raw = has("raw"), .raw_ns = whole("raw"),
      .has_vm_marker = has("vm_marker"), .vm_marker = strtoull(field("vm_marker"), NULL, 10)};
}

static bool fits(const tb_interval *got) {
  if (strcmp(field("status"), tb_status_name(got->status)) != 0 || strcmp(field("reason"), got->reason) != 0) return false;
  if (got->bounded != has("earliest")) return false;
  return !got->bounded || (whole("earliest") == got->earliest_ns && whole("latest") == got->latest_ns);
}

static int vectors(const char *path) {
  FILE *file = fopen(path, "r");
  int count = 0, wrong = 0;
  if (file == NULL) return 2;
  while (fgets(line, sizeof line, file) != NULL) {
    uint8_t segment[2048], boot_id[16];
    tb_sample sample;
    if (!has("name")) continue;
    size_t bytes = unhex(field("segment"), segment);
    unhex(field("boot_id"), boot_id);
    sample_of(&sample);
    tb_interval got = tb_answer(segment, bytes, has("boot_id") ? boot_id : NULL, &sample);
    count++;
    if (fits(&got)) continue;
    wrong++;
    fprintf(stderr, "%s: %s %s %" PRId64 " %" PRId64 "\n", field("name"), tb_status_name(got.status), got.reason, got.earliest_ns, got.latest_ns);
  }
  printf("{\"vectors\":%d,\"wrong\":%d}\n", count, wrong);
  return wrong == 0 && count > 0 ? 0 : 1;
}

static int64_t read_clock(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}
static void without_realtime(tb_sample *sample) {
  tb_clocks(sample);
  sample->has_realtime = sample->has_boottime = false;
}

static int race(const char *path, int64_t wanted, int64_t k, clockid_t axis) {
  tb_reader reader;
  int64_t reads = 0, bounded = 0, unknown = 0, torn = 0, missed = 0, longest = 0, records = 0;
  uint64_t last = 0;
  tb_open(&reader, path);
  reader.refresh_ns = 0;
  for (; bounded < wanted; reads++) {
    int64_t asked = read_clock(CLOCK_MONOTONIC), before = read_clock(axis);
    tb_interval now = tb_now_by(&reader, without_realtime);
    int64_t after = read_clock(axis);
    if (!now.bounded) {
      unknown++;
      continue;
    }
    int64_t monotonic, age;
    memcpy(&monotonic, reader.held + 72, 8);
    age = asked - monotonic;
    bounded++;
    if (now.epoch != (uint32_t)now.seq) torn++;
    if (now.latest_ns < before + k || now.earliest_ns > after + k) missed++;
    if (age > longest) longest = age;
    if (now.seq != last) records++;
    last = now.seq;
  }
  tb_close(&reader);
  printf("{\"reads\":%" PRId64 ",\"bounded\":%" PRId64 ",\"unknown\":%" PRId64 ",\"torn\":%" PRId64 ",\"missed\":%" PRId64
         ",\"longest_ns\":%" PRId64 ",\"records\":%" PRId64 "}\n", reads, bounded, unknown, torn, missed, longest, records);
  return 0;
}

static int cost(const char *path, int64_t reads, bool each) {
  tb_reader reader;
  int64_t bounded = 0;
  tb_open(&reader, path);
  if (each) reader.refresh_ns = 0;
  int64_t from = read_clock(CLOCK_PROCESS_CPUTIME_ID);
  for (int64_t turn = 0; turn < reads; turn++) bounded += tb_now(&reader).bounded;
  double ns = (double)(read_clock(CLOCK_PROCESS_CPUTIME_ID) - from);
  printf("{\"reads\":%" PRId64 ",\"bounded\":%" PRId64 ",\"ns\":%.1f}\n", reads, bounded, ns / (double)reads);
  tb_close(&reader);
  return 0;
}

static int now_of(const char *path) {
  tb_reader reader;
  tb_open(&reader, path);
  tb_interval now = tb_now(&reader);
  printf("{\"status\":\"%s\",\"reason\":\"%s\"", tb_status_name(now.status), now.reason);
  if (now.bounded) printf(",\"earliest_ns\":\"%" PRId64 "\",\"latest_ns\":\"%" PRId64 "\"", now.earliest_ns, now.latest_ns);
  printf("}\n");
  tb_close(&reader);
  return 0;
}

int main(int count, char **given) {
  if (count == 3 && strcmp(given[1], "vectors") == 0) return vectors(given[2]);
  if (count >= 2 && strcmp(given[1], "now") == 0) return now_of(count > 2 ? given[2] : NULL);
  if (count == 6 && strcmp(given[1], "race") == 0)
    return race(given[2], atoll(given[3]), atoll(given[4]), strcmp(given[5], "raw") == 0 ? CLOCK_MONOTONIC_RAW : CLOCK_MONOTONIC);
  if (count >= 4 && strcmp(given[1], "cost") == 0) return cost(given[2], atoll(given[3]), count == 5 && strcmp(given[4], "each") == 0);
  fprintf(stderr, "check vectors FILE | now [SEGMENT] | race SEGMENT READS K raw|monotonic | cost SEGMENT READS [each]\n");
  return 2;
}
