// The bound of the suite `vectors`: the same products over the same bytes and the best 20 of them, as a C compiler makes it
// for the very processor it runs on. Prints the milliseconds of each run.
//
//   cc -O3 -march=native benches/scan.c -o scan && ./scan ITEMS RUNS
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WIDTH = 64, LIMIT = 20 };

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

static int64_t scan(const int8_t *codes, size_t count, const int16_t *query, uint32_t *items) {
  int32_t scores[LIMIT];
  for (int place = 0; place < LIMIT; place++) scores[place] = INT_MIN;
  for (size_t item = 0; item < count; item++) {
    const int8_t *row = codes + item * WIDTH;
    int32_t sum = 0;
    for (int at = 0; at < WIDTH; at++) sum += row[at] * query[at];
    if (sum > scores[LIMIT - 1]) {
      int place = LIMIT - 1;
      for (; place > 0 && scores[place - 1] < sum; place--) {
        scores[place] = scores[place - 1];
        items[place] = items[place - 1];
      }
      scores[place] = sum;
      items[place] = (uint32_t)item;
    }
  }
  return scores[LIMIT - 1];
}

int main(int argc, char **argv) {
  if (argc != 3) return 1;
  size_t count = strtoul(argv[1], NULL, 10);
  int runs = atoi(argv[2]);
  int8_t *codes = aligned_alloc(64, count * WIDTH);
  if (!codes) return 1;
  uint32_t state = 12345;
  for (size_t at = 0; at < count * WIDTH; at++) {
    state = state * 1103515245u + 12345u;
    codes[at] = (int8_t)((state >> 16) % 255 - 127);
  }
  int16_t query[WIDTH];
  for (int at = 0; at < WIDTH; at++) query[at] = (int16_t)(codes[at * 3] * 16);
  uint32_t items[LIMIT];
  int64_t kept = scan(codes, count, query, items);
  for (int run = 0; run < runs; run++) {
    query[run % WIDTH] ^= 1;
    double began = now();
    kept += scan(codes, count, query, items);
    printf("%f\n", now() - began);
  }
  return kept == 1;
}
