/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz SEGMENTS CASES SEED   bends right segments (384 bytes each, one after the other in the file), each with a checksum that fits or
 * none, and holds what the reader makes of them against what any answer must be. To be built with -fsanitize=address,undefined. Prints
 * how many cases there were and how many gave a bound; exit code 1 with the first that is wrong.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "truebound.h"

enum { HEAD = 64, SLOT = 160, MOST_SEGMENTS = 16 };

static uint64_t state;
static uint64_t draw(void) { /* xorshift64* */
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * UINT64_C(2685821657736338717);
}
static uint64_t below(uint64_t most) { return draw() % most; }

static uint32_t crc_of(const uint8_t *slot) {
  uint32_t crc = UINT32_MAX;
  for (int at = 0; at < SLOT; at++) {
    if (at >= 8 && at < 12) continue;
    crc ^= slot[at];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}
static void put(uint8_t *at, uint64_t value, int bytes) {
  for (int place = 0; place < bytes; place++) at[place] = (uint8_t)(value >> 8 * place);
}

/* Numbers at the ends of their types break more than others. */
static uint64_t strange(void) {
  static const uint64_t ENDS[] = {0, 1, UINT32_MAX, INT64_MAX, (uint64_t)INT64_MIN, UINT64_MAX, 1000000000, 1800000000000000000};
  return below(3) == 0 ? draw() : ENDS[below(sizeof ENDS / sizeof *ENDS)] + below(5) - 2;
}

static void bend(uint8_t *segment) {
  for (uint64_t turns = below(5); turns > 0; turns--) {
    uint64_t at = below(TB_SEGMENT_BYTES);
    if (below(2) == 0) segment[at] ^= (uint8_t)(1 << below(8));
    else put(segment + (at & ~UINT64_C(7)), strange(), 8);
  }
  if (below(8) == 0) return;
  for (int slot = 0; slot < 2; slot++) put(segment + HEAD + slot * SLOT + 8, crc_of(segment + HEAD + slot * SLOT), 4);
}

static tb_sample sample_of(void) {
  tb_sample sample = {.monotonic_before_ns = 5001000000000, .has_realtime = true, .realtime_ns = 1800000001000000000, .has_boottime = true,
                      .boottime_ns = 5001000000000, .monotonic_ns = 5001000000000, .has_raw = true, .raw_ns = 5000000000000};
  if (below(4) == 0) sample.realtime_ns = (int64_t)strange();
  if (below(4) == 0) sample.raw_ns = (int64_t)strange();
  if (below(8) == 0) sample.has_realtime = sample.has_boottime = false;
  if (below(8) == 0) sample.monotonic_ns = sample.monotonic_before_ns = (int64_t)strange();
  return sample;
}

static bool holds(const tb_interval *said) {
  if (said->reason == NULL || tb_status_name(said->status) == NULL) return false;
  if (!said->bounded) return true;
  return said->earliest_ns <= said->latest_ns && (uint64_t)said->latest_ns - (uint64_t)said->earliest_ns <= 2000000000;
}

int main(int count, char **words) {
  static uint8_t right[MOST_SEGMENTS][TB_SEGMENT_BYTES];
  FILE *file = count == 4 ? fopen(words[1], "rb") : NULL;
  size_t segments = file == NULL ? 0 : fread(right, TB_SEGMENT_BYTES, MOST_SEGMENTS, file);
  if (segments == 0) return fprintf(stderr, "fuzz SEGMENTS CASES SEED\n"), 2;
  fclose(file);
  uint64_t cases = strtoull(words[2], NULL, 10), seed = strtoull(words[3], NULL, 10), bounded = 0;
  for (uint64_t turn = 0; turn < cases; turn++) {
    state = (seed + turn + 1) * UINT64_C(0x9e3779b97f4a7c15);
    /* Of its very length on the heap: whoever reads beyond it is caught. */
    size_t bytes = below(16) == 0 ? below(TB_SEGMENT_BYTES) : TB_SEGMENT_BYTES;
    uint8_t segment[TB_SEGMENT_BYTES], *cut = malloc(bytes == 0 ? 1 : bytes);
    if (cut == NULL) return 2;
    memcpy(segment, right[below(segments)], TB_SEGMENT_BYTES);
    bend(segment);
    memcpy(cut, segment, bytes);
    tb_sample sample = sample_of();
    tb_interval said = tb_answer(cut, bytes, NULL, &sample);
    free(cut);
    bounded += said.bounded;
    if (holds(&said)) continue;
    printf("case %" PRIu64 ": [%" PRId64 ", %" PRId64 "]\n", seed + turn, said.earliest_ns, said.latest_ns);
    return 1;
  }
  printf("%" PRIu64 " cases, %" PRIu64 " bounded\n", cases, bounded);
  return 0;
}
