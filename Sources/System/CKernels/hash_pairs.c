// Pairs of near hashes: four queries at a time against a list that stays in the first-level cache.
#include "CKernelsPixels.h"

#if VK_X86
#include <immintrin.h>
#endif

#define GROUP 4

static inline __attribute__((always_inline)) size_t pairs_body(
    const uint64_t *queries, size_t query_count, const uint64_t *list, size_t count, uint32_t radius,
    vk_hash_pair *pairs, size_t capacity, size_t *done) {
    size_t hits = 0, q = 0;
    for (; q < query_count && hits + count <= capacity; q++)
        for (size_t j = 0; j < count; j++)
            if ((uint32_t)__builtin_popcountll(queries[q] ^ list[j]) <= radius)
                pairs[hits++] = (vk_hash_pair){(uint32_t)q, (uint32_t)j};
    *done = q;
    return hits;
}

static size_t pairs_plain(
    const uint64_t *queries, size_t query_count, const uint64_t *list, size_t count, uint32_t radius,
    vk_hash_pair *pairs, size_t capacity, size_t *done) {
    return pairs_body(queries, query_count, list, count, radius, pairs, capacity, done);
}

#if VK_X86
// The processor counts bits of a word at once; the loop stays as it is.
VK_TARGET_AVX2 static size_t pairs_avx2(
    const uint64_t *queries, size_t query_count, const uint64_t *list, size_t count, uint32_t radius,
    vk_hash_pair *pairs, size_t capacity, size_t *done) {
    return pairs_body(queries, query_count, list, count, radius, pairs, capacity, done);
}

VK_TARGET_AVX512 static size_t pairs_avx512(
    const uint64_t *queries, size_t query_count, const uint64_t *list, size_t count, uint32_t radius,
    vk_hash_pair *pairs, size_t capacity, size_t *done) {
    const __m512i most = _mm512_set1_epi64(radius);
    size_t hits = 0, q = 0;
    for (; q + GROUP <= query_count && hits + GROUP * count <= capacity; q += GROUP) {
        __m512i query[GROUP];
        for (int k = 0; k < GROUP; k++) query[k] = _mm512_set1_epi64((long long)queries[q + k]);
        size_t j = 0;
        for (; j + 8 <= count; j += 8) {
            __m512i hashes = _mm512_loadu_epi64(list + j);
            __mmask8 near[GROUP];
            for (int k = 0; k < GROUP; k++)
                near[k] = _mm512_cmple_epu64_mask(_mm512_popcnt_epi64(_mm512_xor_si512(hashes, query[k])), most);
            // Near hashes are rare: one test for all of them.
            if (__builtin_expect(near[0] | near[1] | near[2] | near[3], 0))
                for (uint32_t k = 0; k < GROUP; k++)
                    for (uint32_t found = near[k]; found; found &= found - 1)
                        pairs[hits++] = (vk_hash_pair){(uint32_t)q + k, (uint32_t)j + (uint32_t)__builtin_ctz(found)};
        }
        for (; j < count; j++)
            for (uint32_t k = 0; k < GROUP; k++)
                if ((uint32_t)__builtin_popcountll(queries[q + k] ^ list[j]) <= radius)
                    pairs[hits++] = (vk_hash_pair){(uint32_t)q + k, (uint32_t)j};
    }
    // What is left of the queries, one at a time.
    size_t rest = 0;
    if (q + GROUP > query_count) {
        size_t more = pairs_body(queries + q, query_count - q, list, count, radius, pairs + hits, capacity - hits, &rest);
        for (size_t k = hits; k < hits + more; k++) pairs[k].query += (uint32_t)q;
        hits += more;
    }
    *done = q + rest;
    return hits;
}
#endif

size_t vk_hamming_pairs_64(
    const uint64_t *queries, size_t query_count, const uint64_t *list, size_t count, uint32_t radius,
    vk_hash_pair *pairs, size_t capacity, size_t *done, int32_t variant) {
#if VK_X86
    if (variant == VK_AVX512) return pairs_avx512(queries, query_count, list, count, radius, pairs, capacity, done);
    if (variant == VK_AVX2) return pairs_avx2(queries, query_count, list, count, radius, pairs, capacity, done);
#endif
    (void)variant;
    return pairs_plain(queries, query_count, list, count, radius, pairs, capacity, done);
}
