// What a processor can do at best with hashes of 64 bits: one query against a million, and all pairs in the cache.
//
//   cc -O3 hamming_limit.c -o hamming_limit && ./hamming_limit
//
// Counts only, keeps nothing. The paths for AVX-512 with VPOPCNTDQ are chosen at run time.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define WIDE __attribute__((target("avx512f,avx512vpopcntdq,popcnt")))
#define NARROW __attribute__((target("popcnt")))
#else
#define NARROW
#endif

enum { COUNT = 1000000, SOME = 262144, BLOCK = 2048, QUERIES = 200, RADIUS = 8 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * 2685821657736338717ull;
}

NARROW static long scan_narrow(const uint64_t *h, long n, uint64_t q) {
    long hits = 0;
    for (long i = 0; i < n; i++) hits += __builtin_popcountll(h[i] ^ q) <= RADIUS;
    return hits;
}

NARROW static long pairs_narrow(const uint64_t *h, long n) {
    long hits = 0;
    for (long b = 0; b < n; b += BLOCK)
        for (long i = b; i < n; i++)
            for (long j = b; j < b + BLOCK; j++) hits += __builtin_popcountll(h[i] ^ h[j]) <= RADIUS;
    return hits;
}

#ifdef WIDE
WIDE static long scan_wide(const uint64_t *h, long n, uint64_t q) {
    __m512i query = _mm512_set1_epi64((long long)q), radius = _mm512_set1_epi64(RADIUS);
    long hits = 0;
    for (long i = 0; i + 8 <= n; i += 8) {
        __m512i apart = _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(h + i), query));
        hits += __builtin_popcount(_mm512_cmple_epi64_mask(apart, radius));
    }
    return hits;
}

WIDE static long pairs_wide(const uint64_t *h, long n) {
    __m512i radius = _mm512_set1_epi64(RADIUS);
    long hits = 0;
    for (long b = 0; b < n; b += BLOCK)
        for (long i = b; i < n; i += 4) {
            __m512i q[4];
            for (int k = 0; k < 4; k++) q[k] = _mm512_set1_epi64((long long)h[i + k]);
            for (long j = b; j < b + BLOCK; j += 8) {
                __m512i x = _mm512_loadu_si512(h + j);
                uint32_t mask = 0;
                for (int k = 0; k < 4; k++)
                    mask |= (uint32_t)_mm512_cmple_epi64_mask(_mm512_popcnt_epi64(_mm512_xor_si512(x, q[k])), radius)
                            << (8 * k);
                hits += __builtin_popcount(mask);
            }
        }
    return hits;
}
#endif

int main(void) {
    uint64_t *h = aligned_alloc(64, COUNT * sizeof *h), state = 88172645463325252ull;
    if (!h) return 1;
    for (long i = 0; i < COUNT; i++) h[i] = next(&state);
    long (*scan)(const uint64_t *, long, uint64_t) = scan_narrow;
    long (*pairs)(const uint64_t *, long) = pairs_narrow;
#ifdef WIDE
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq")) {
        scan = scan_wide;
        pairs = pairs_wide;
    }
#endif
    double least = 1e9;
    long hits = 0;
    for (int round = 0; round < 5; round++) {
        double start = now();
        for (int i = 0; i < QUERIES; i++) hits += scan(h, COUNT, h[i]);
        double each = (now() - start) / QUERIES;
        if (each < least) least = each;
    }
    double start = now();
    hits += pairs(h, SOME);
    double rate = (double)SOME * SOME / 2 / (now() - start);
    printf("{\"scan_ms\": %.4f, \"pairs_per_second\": %.4g, \"hits\": %ld}\n", least * 1e3, rate, hits);
    free(h);
    return 0;
}
