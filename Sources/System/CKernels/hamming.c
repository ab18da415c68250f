#include "CKernelsVariant.h"
#include "CKernelsVectors.h"

#if VK_X86
#include <immintrin.h>
#endif

static inline uint32_t distance_256(const uint64_t *a, const uint64_t *b) {
    return (uint32_t)(__builtin_popcountll(a[0] ^ b[0]) + __builtin_popcountll(a[1] ^ b[1])
                      + __builtin_popcountll(a[2] ^ b[2]) + __builtin_popcountll(a[3] ^ b[3]));
}

#define SCAN_64                                                                        \
    size_t hits = 0, i = 0;                                                            \
    for (; i < count && hits < capacity; i++) {                                        \
        const uint32_t apart = (uint32_t)__builtin_popcountll(hashes[i] ^ query);      \
        if (apart > radius) continue;                                                  \
        found[hits] = (uint32_t)i;                                                     \
        distances[hits++] = (uint16_t)apart;                                           \
    }                                                                                  \
    *scanned = i;                                                                      \
    return hits;

#define SCAN_256                                                                       \
    size_t hits = 0, i = 0;                                                            \
    for (; i < count && hits < capacity; i++) {                                        \
        const uint32_t apart = distance_256(hashes + 4 * i, query);                    \
        if (apart > radius) continue;                                                  \
        found[hits] = (uint32_t)i;                                                     \
        distances[hits++] = (uint16_t)apart;                                           \
    }                                                                                  \
    *scanned = i;                                                                      \
    return hits;

static size_t scan_64_plain(const uint64_t *hashes, size_t count, uint64_t query, uint32_t radius, uint32_t *found,
                            uint16_t *distances, size_t capacity, size_t *scanned) {
    SCAN_64
}

static size_t scan_256_plain(const uint64_t *hashes, size_t count, const uint64_t *query, uint32_t radius,
                             uint32_t *found, uint16_t *distances, size_t capacity, size_t *scanned) {
    SCAN_256
}

#if VK_X86
static VK_TARGET_AVX2 size_t scan_64_avx2(const uint64_t *hashes, size_t count, uint64_t query, uint32_t radius,
                                          uint32_t *found, uint16_t *distances, size_t capacity, size_t *scanned) {
    SCAN_64
}

static VK_TARGET_AVX2 size_t scan_256_avx2(const uint64_t *hashes, size_t count, const uint64_t *query,
                                           uint32_t radius, uint32_t *found, uint16_t *distances, size_t capacity,
                                           size_t *scanned) {
    SCAN_256
}

// Takes hits out of 32 distances that are looked at together; nearly always there are none.
static VK_TARGET_AVX512 size_t scan_64_avx512(const uint64_t *hashes, size_t count, uint64_t query, uint32_t radius,
                                              uint32_t *found, uint16_t *distances, size_t capacity,
                                              size_t *scanned) {
    const __m512i wanted = _mm512_set1_epi64((long long)query), limit = _mm512_set1_epi64(radius);
    size_t hits = 0, i = 0;
    for (; i + 32 <= count && hits + 32 <= capacity; i += 32) {
        uint32_t mask = 0;
        for (int j = 0; j < 4; j++) {
            const __m512i apart =
                _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(hashes + i + 8 * j), wanted));
            mask |= (uint32_t)_mm512_cmple_epu64_mask(apart, limit) << (8 * j);
        }
        while (mask) {
            const size_t at = i + (size_t)__builtin_ctz(mask);
            found[hits] = (uint32_t)at;
            distances[hits++] = (uint16_t)__builtin_popcountll(hashes[at] ^ query);
            mask &= mask - 1;
        }
    }
    size_t rest = 0;
    const size_t more = scan_64_avx2(hashes + i, count - i, query, radius, found + hits, distances + hits,
                                     capacity - hits, &rest);
    for (size_t j = hits; j < hits + more; j++) found[j] += (uint32_t)i;
    *scanned = i + rest;
    return hits + more;
}

static VK_TARGET_AVX512 size_t scan_256_avx512(const uint64_t *hashes, size_t count, const uint64_t *query,
                                               uint32_t radius, uint32_t *found, uint16_t *distances,
                                               size_t capacity, size_t *scanned) {
    const __m256i wanted = _mm256_loadu_si256((const __m256i *)(const void *)query);
    const __m256i limit = _mm256_set1_epi64x(radius);
    size_t hits = 0, i = 0;
    for (; i + 4 <= count && hits + 4 <= capacity; i += 4) {
        __m256i apart[4];
        for (size_t j = 0; j < 4; j++) {
            const __m256i hash = _mm256_loadu_si256((const __m256i *)(const void *)(hashes + 4 * (i + j)));
            apart[j] = _mm256_popcnt_epi64(_mm256_xor_si256(hash, wanted));
        }
        const __m256i first = _mm256_add_epi64(_mm256_unpacklo_epi64(apart[0], apart[1]),
                                               _mm256_unpackhi_epi64(apart[0], apart[1]));
        const __m256i second = _mm256_add_epi64(_mm256_unpacklo_epi64(apart[2], apart[3]),
                                                _mm256_unpackhi_epi64(apart[2], apart[3]));
        const __m256i sums = _mm256_add_epi64(_mm256_permute2x128_si256(first, second, 0x20),
                                              _mm256_permute2x128_si256(first, second, 0x31));
        uint32_t mask = _mm256_cmple_epu64_mask(sums, limit);
        while (mask) {
            const size_t at = i + (size_t)__builtin_ctz(mask);
            found[hits] = (uint32_t)at;
            distances[hits++] = (uint16_t)distance_256(hashes + 4 * at, query);
            mask &= mask - 1;
        }
    }
    size_t rest = 0;
    const size_t more = scan_256_avx2(hashes + 4 * i, count - i, query, radius, found + hits, distances + hits,
                                      capacity - hits, &rest);
    for (size_t j = hits; j < hits + more; j++) found[j] += (uint32_t)i;
    *scanned = i + rest;
    return hits + more;
}

static VK_TARGET_AVX2 void histogram_64_avx2(const uint64_t *hashes, size_t count, uint64_t query,
                                             uint64_t *counts) {
    for (size_t i = 0; i < count; i++) counts[__builtin_popcountll(hashes[i] ^ query)]++;
}

static VK_TARGET_AVX2 void histogram_256_avx2(const uint64_t *hashes, size_t count, const uint64_t *query,
                                              uint64_t *counts) {
    for (size_t i = 0; i < count; i++) counts[distance_256(hashes + 4 * i, query)]++;
}
#endif

size_t vk_hamming_scan_64(const uint64_t *hashes, size_t count, uint64_t query, uint32_t radius, uint32_t *found,
                          uint16_t *distances, size_t capacity, size_t *scanned, int32_t variant) {
#if VK_X86
    if (variant == VK_AVX512)
        return scan_64_avx512(hashes, count, query, radius, found, distances, capacity, scanned);
    if (variant == VK_AVX2) return scan_64_avx2(hashes, count, query, radius, found, distances, capacity, scanned);
#endif
    (void)variant;
    return scan_64_plain(hashes, count, query, radius, found, distances, capacity, scanned);
}

size_t vk_hamming_scan_256(const uint64_t *hashes, size_t count, const uint64_t *query, uint32_t radius,
                           uint32_t *found, uint16_t *distances, size_t capacity, size_t *scanned, int32_t variant) {
#if VK_X86
    if (variant == VK_AVX512)
        return scan_256_avx512(hashes, count, query, radius, found, distances, capacity, scanned);
    if (variant == VK_AVX2) return scan_256_avx2(hashes, count, query, radius, found, distances, capacity, scanned);
#endif
    (void)variant;
    return scan_256_plain(hashes, count, query, radius, found, distances, capacity, scanned);
}

void vk_hamming_histogram_64(const uint64_t *hashes, size_t count, uint64_t query, uint64_t *counts,
                             int32_t variant) {
#if VK_X86
    if (variant != VK_PLAIN) {
        histogram_64_avx2(hashes, count, query, counts);
        return;
    }
#endif
    (void)variant;
    for (size_t i = 0; i < count; i++) counts[__builtin_popcountll(hashes[i] ^ query)]++;
}

void vk_hamming_histogram_256(const uint64_t *hashes, size_t count, const uint64_t *query, uint64_t *counts,
                              int32_t variant) {
#if VK_X86
    if (variant != VK_PLAIN) {
        histogram_256_avx2(hashes, count, query, counts);
        return;
    }
#endif
    (void)variant;
    for (size_t i = 0; i < count; i++) counts[distance_256(hashes + 4 * i, query)]++;
}
