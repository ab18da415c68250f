// The graph, and scans, over int4 codes: of each byte the low half belongs to value j of its group of 128, the high half
// to value 64 + j.
#include "graph_entries.h"
#include "graph_int.h"

// Node-to-node distances use a node's own code as the query.
static vk_query vk_query_of_node(const vk_build *build, uint32_t node, void *space) {
    const vk_codes *codes = &build->codes;
    const uint8_t *code = codes->codes + (size_t)node * codes->stride;
    int8_t *values = space;
    int32_t sum = 0;
    for (size_t j = 0; j < codes->stride; j++) {
        const size_t i = j / 64 * 128 + j % 64;
        values[i] = (int8_t)((code[j] & 15) - 8);
        values[i + 64] = (int8_t)((code[j] >> 4) - 8);
        sum += values[i] + values[i + 64];
    }
    return vk_node_query(build, node, values, 8 * sum);
}

static inline void vk_plain_four(const vk_query *query, const uint8_t *const *code, size_t stride, float *dots) {
    const int8_t *values = query->values;
    for (size_t k = 0; k < 4; k++) {
        int32_t sum = 0;
        for (size_t line = 0; line < stride; line += 64) {
            const int8_t *of = values + 2 * line;
            for (size_t j = 0; j < 64; j++) {
                sum += (code[k][line + j] & 15) * of[j] + (code[k][line + j] >> 4) * of[j + 64];
            }
        }
        dots[k] = (float)(sum - query->correction);
    }
}

#define NAME(x) vk_plain_##x
#define ATTRIBUTES
#include "graph_body.h"

#if VK_X86
// Products are at most 15 * 127, so four of them fit 16 bits.
static inline VK_TARGET_AVX2 void vk_avx2_four(const vk_query *query, const uint8_t *const *code, size_t stride,
                                               float *dots) {
    const __m256i ones = _mm256_set1_epi16(1), low = _mm256_set1_epi8(15);
    __m256i sum[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256()};
    for (size_t j = 0; j < stride; j += 32) {
        const int8_t *of = (const int8_t *)query->values + j / 64 * 128 + j % 64;
        const __m256i first = _mm256_loadu_si256((const __m256i *)(const void *)of);
        const __m256i second = _mm256_loadu_si256((const __m256i *)(const void *)(of + 64));
        for (size_t k = 0; k < 4; k++) {
            const __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(code[k] + j));
            const __m256i above = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low);
            const __m256i products = _mm256_add_epi16(
                _mm256_maddubs_epi16(_mm256_and_si256(bytes, low), first), _mm256_maddubs_epi16(above, second));
            sum[k] = _mm256_add_epi32(sum[k], _mm256_madd_epi16(products, ones));
        }
    }
    vk_avx2_sums(sum, query->correction, dots);
}

static inline VK_TARGET_AVX512 void vk_avx512_four(const vk_query *query, const uint8_t *const *code, size_t stride,
                                                   float *dots) {
    const __m512i low = _mm512_set1_epi8(15);
    __m512i sum[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    for (size_t j = 0; j < stride; j += 64) {
        const int8_t *of = (const int8_t *)query->values + 2 * j;
        const __m512i first = _mm512_loadu_si512(of), second = _mm512_loadu_si512(of + 64);
        for (size_t k = 0; k < 4; k++) {
            const __m512i bytes = _mm512_loadu_si512(code[k] + j);
            const __m512i above = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), low);
            sum[k] = _mm512_dpbusd_epi32(sum[k], _mm512_and_si512(bytes, low), first);
            sum[k] = _mm512_dpbusd_epi32(sum[k], above, second);
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

const vk_graph_entries vk_int4_entries[3] = VK_ENTRIES;
