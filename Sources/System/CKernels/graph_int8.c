// The graph over int8 codes.
#include "graph_entries.h"
#include "graph_int.h"

// Node-to-node distances use a node's own code as the query.
static vk_query vk_query_of_node(const vk_build *build, uint32_t node, void *space) {
    const vk_codes *codes = &build->codes;
    const uint8_t *code = codes->codes + (size_t)node * codes->stride;
    int8_t *values = space;
    int32_t sum = 0;
    for (size_t i = 0; i < codes->stride; i++) {
        values[i] = (int8_t)(code[i] ^ 0x80);
        sum += values[i];
    }
    return vk_node_query(build, node, values, 128 * sum);
}

static inline void vk_plain_four(const vk_query *query, const uint8_t *const *code, size_t stride, float *dots) {
    const int8_t *values = query->values;
    for (size_t j = 0; j < 4; j++) {
        int32_t sum = 0;
        for (size_t i = 0; i < stride; i++) sum += (int32_t)code[j][i] * values[i];
        dots[j] = (float)(sum - query->correction);
    }
}

#define NAME(x) vk_plain_##x
#define ATTRIBUTES
#include "graph_body.h"

#if VK_X86
// Both factors lie in -127...127, so the sum of two products fits 16 bits.
static inline VK_TARGET_AVX2 void vk_avx2_four(const vk_query *query, const uint8_t *const *code, size_t stride,
                                               float *dots) {
    const __m256i ones = _mm256_set1_epi16(1), top = _mm256_set1_epi8((char)0x80);
    __m256i sum[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256()};
    for (size_t i = 0; i < stride; i += 32) {
        const __m256i value = _mm256_loadu_si256((const __m256i *)(const void *)((const int8_t *)query->values + i));
        const __m256i size = _mm256_abs_epi8(value);
        for (size_t j = 0; j < 4; j++) {
            const __m256i biased = _mm256_loadu_si256((const __m256i *)(const void *)(code[j] + i));
            const __m256i other = _mm256_sign_epi8(_mm256_xor_si256(biased, top), value);
            sum[j] = _mm256_add_epi32(sum[j], _mm256_madd_epi16(_mm256_maddubs_epi16(size, other), ones));
        }
    }
    vk_avx2_sums(sum, 0, dots);
}

static inline VK_TARGET_AVX512 void vk_avx512_four(const vk_query *query, const uint8_t *const *code, size_t stride,
                                                   float *dots) {
    __m512i sum[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    for (size_t i = 0; i < stride; i += 64) {
        const __m512i value = _mm512_loadu_si512((const int8_t *)query->values + i);
        for (size_t j = 0; j < 4; j++) {
            sum[j] = _mm512_dpbusd_epi32(sum[j], _mm512_loadu_si512(code[j] + i), value);
        }
    }
    vk_avx512_sums(sum, query->correction, dots);
}

#define NAME(x) vk_avx2_##x
#define ATTRIBUTES VK_TARGET_AVX2
#include "graph_body.h"

#define NAME(x) vk_avx512_##x
#define ATTRIBUTES VK_TARGET_AVX512
#include "graph_body.h"
#endif

const vk_graph_entries vk_int8_entries[3] = VK_ENTRIES;
