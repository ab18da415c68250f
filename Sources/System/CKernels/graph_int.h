// What the graphs over codes of whole numbers share. A query's value takes a signed byte, a code's an unsigned one.
#ifndef VITRINE_GRAPH_INT_H
#define VITRINE_GRAPH_INT_H

#include "graph_common.h"

#if VK_X86
#include <immintrin.h>
#endif

// A node's own code as a query: `correction` is what the codes' offset adds to every product.
static inline vk_query vk_node_query(const vk_build *build, uint32_t node, const int8_t *values, int32_t correction) {
    const float scale = build->codes.scales[node];
    vk_query query = {values, correction, scale, 0};
    if (build->metric == VK_COSINE) query.offset = 1;
    if (build->metric == VK_EUCLIDEAN) {
        query.factor = 2 * scale;
        query.offset = build->codes.biases[node];
    }
    return query;
}

#if VK_X86
// Four sums of eight numbers each, less the correction.
static inline VK_TARGET_AVX2 void vk_avx2_sums(const __m256i sum[4], int32_t correction, float *dots) {
    const __m256i all = _mm256_hadd_epi32(_mm256_hadd_epi32(sum[0], sum[1]), _mm256_hadd_epi32(sum[2], sum[3]));
    const __m128i four = _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
    _mm_storeu_ps(dots, _mm_cvtepi32_ps(_mm_sub_epi32(four, _mm_set1_epi32(correction))));
}

static inline VK_TARGET_AVX512 void vk_avx512_sums(const __m512i sum[4], int32_t correction, float *dots) {
    __m256i half[4];
    for (size_t k = 0; k < 4; k++) {
        half[k] = _mm256_add_epi32(_mm512_castsi512_si256(sum[k]), _mm512_extracti64x4_epi64(sum[k], 1));
    }
    vk_avx2_sums(half, correction, dots);
}
#endif

#endif
