// The graph over half floats.
#include "graph_common.h"
#include "graph_entries.h"
#include "half.h"

#if VK_X86
#include <immintrin.h>
#endif

static vk_query vk_query_of_node(const vk_build *build, uint32_t node, void *space) {
    const vk_codes *codes = &build->codes;
    const uint8_t *code = codes->codes + (size_t)node * codes->stride;
    float *values = space;
    for (size_t i = 0; i < codes->stride / 2; i++) values[i] = vk_half_at(code, i);
    vk_query query = {values, 0, 1, 0};
    if (build->metric == VK_COSINE) query.offset = 1;
    if (build->metric == VK_EUCLIDEAN) {
        query.factor = 2;
        query.offset = codes->biases[node];
    }
    return query;
}

static inline void vk_plain_four(const vk_query *query, const uint8_t *const *code, size_t stride, float *dots) {
    const float *values = query->values;
    for (size_t j = 0; j < 4; j++) {
        float sum = 0;
        for (size_t i = 0; i < stride / 2; i++) sum += vk_half_at(code[j], i) * values[i];
        dots[j] = sum;
    }
}

#define NAME(x) vk_plain_##x
#define ATTRIBUTES
#include "graph_body.h"

#if VK_X86
static inline VK_TARGET_AVX2 void vk_avx2_four(const vk_query *query, const uint8_t *const *code, size_t stride,
                                               float *dots) {
    const float *values = query->values;
    __m256 sum[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
    for (size_t i = 0; i < stride / 2; i += 8) {
        const __m256 value = _mm256_loadu_ps(values + i);
        for (size_t j = 0; j < 4; j++) {
            const __m128i halves = _mm_loadu_si128((const __m128i *)(const void *)(code[j] + 2 * i));
            sum[j] = _mm256_fmadd_ps(_mm256_cvtph_ps(halves), value, sum[j]);
        }
    }
    const __m256 all = _mm256_hadd_ps(_mm256_hadd_ps(sum[0], sum[1]), _mm256_hadd_ps(sum[2], sum[3]));
    _mm_storeu_ps(dots, _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1)));
}

static inline VK_TARGET_AVX512 void vk_avx512_four(const vk_query *query, const uint8_t *const *code, size_t stride,
                                                   float *dots) {
    const float *values = query->values;
    __m512 sum[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps()};
    for (size_t i = 0; i < stride / 2; i += 16) {
        const __m512 value = _mm512_loadu_ps(values + i);
        for (size_t j = 0; j < 4; j++) {
            const __m256i halves = _mm256_loadu_si256((const __m256i *)(const void *)(code[j] + 2 * i));
            sum[j] = _mm512_fmadd_ps(_mm512_cvtph_ps(halves), value, sum[j]);
        }
    }
    for (size_t j = 0; j < 4; j++) dots[j] = _mm512_reduce_add_ps(sum[j]);
}

#define NAME(x) vk_avx2_##x
#define ATTRIBUTES VK_TARGET_AVX2
#include "graph_body.h"

#define NAME(x) vk_avx512_##x
#define ATTRIBUTES VK_TARGET_AVX512
#include "graph_body.h"
#endif

const vk_graph_entries vk_half_entries[3] = VK_ENTRIES;
