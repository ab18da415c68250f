// Exhaustive nearest neighbours of codes of 128 values of 7 bits.
#include "CKernelsPanorama.h"

#include <string.h>

#if VK_X86
#include <immintrin.h>
#endif

#define VALUES 128
#define GROUPS 32
#define LANES 16
#define FARTHEST 0x3fffffff

void vk_pack_codes(const uint8_t *codes, size_t count, uint8_t *packed) {
    const size_t blocks = (count + LANES - 1) / LANES;
    memset(packed, 0, blocks * LANES * VALUES);
    for (size_t i = 0; i < count; i++) {
        uint8_t *block = packed + i / LANES * (LANES * VALUES) + i % LANES * 4;
        for (size_t g = 0; g < GROUPS; g++) memcpy(block + g * LANES * 4, codes + i * VALUES + g * 4, 4);
    }
}

// The bests of 16 lanes, each with the number of its block, made into one.
static vk_nearest joined(const int32_t *best, const int32_t *second, const int32_t *block) {
    vk_nearest out = {-1, FARTHEST, FARTHEST};
    for (int lane = 0; lane < LANES; lane++) {
        const int32_t index = block[lane] * LANES + lane;
        if (best[lane] < out.best || (best[lane] == out.best && out.index >= 0 && index < out.index)) {
            if (out.best < out.second) out.second = out.best;
            out.best = best[lane];
            out.index = index;
        } else if (best[lane] < out.second) {
            out.second = best[lane];
        }
        if (second[lane] < out.second) out.second = second[lane];
    }
    return out;
}

static void match_plain(
    const uint8_t *a, const int32_t *a_norms, size_t a_count, const uint8_t *packed, const int32_t *b_norms,
    size_t blocks, vk_nearest *rows, int32_t *column_index, int32_t *column_best) {
    for (size_t i = 0; i < a_count; i++) {
        int32_t best[LANES], second[LANES], from[LANES] = {0};
        for (int lane = 0; lane < LANES; lane++) best[lane] = second[lane] = FARTHEST;
        for (size_t b = 0; b < blocks; b++) {
            const uint8_t *block = packed + b * LANES * VALUES;
            for (int lane = 0; lane < LANES; lane++) {
                int32_t dot = 0;
                for (int v = 0; v < VALUES; v++) {
                    dot += a[i * VALUES + (size_t)v] * block[v / 4 * LANES * 4 + lane * 4 + v % 4];
                }
                const size_t column = b * LANES + (size_t)lane;
                const int32_t d = a_norms[i] + b_norms[column] - 2 * dot;
                if (d < best[lane]) {
                    second[lane] = best[lane];
                    best[lane] = d;
                    from[lane] = (int32_t)b;
                } else if (d < second[lane]) {
                    second[lane] = d;
                }
                if (d < column_best[column]) {
                    column_best[column] = d;
                    column_index[column] = (int32_t)i;
                }
            }
        }
        rows[i] = joined(best, second, from);
    }
}

#if VK_X86
static inline int32_t four(const uint8_t *at) {
    int32_t value;
    memcpy(&value, at, 4);
    return value;
}

// Four rows at a time against 16 columns: no sum across lanes is ever needed.
VK_TARGET_AVX512 static void match_avx512(
    const uint8_t *a, const int32_t *a_norms, size_t a_count, const uint8_t *packed, const int32_t *b_norms,
    size_t blocks, vk_nearest *rows, int32_t *column_index, int32_t *column_best) {
    for (size_t i = 0; i < a_count; i += 4) {
        const size_t many = a_count - i < 4 ? a_count - i : 4;
        const uint8_t *row[4];
        __m512i best[4], second[4], from[4];
        for (size_t r = 0; r < 4; r++) {
            row[r] = a + (i + (r < many ? r : 0)) * VALUES;
            best[r] = second[r] = _mm512_set1_epi32(FARTHEST);
            from[r] = _mm512_setzero_si512();
        }
        for (size_t b = 0; b < blocks; b++) {
            const uint8_t *block = packed + b * LANES * VALUES;
            __m512i dot[4] = {
                _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
            for (size_t g = 0; g < GROUPS; g++) {
                const __m512i columns = _mm512_loadu_si512(block + g * LANES * 4);
                for (int r = 0; r < 4; r++) {
                    dot[r] = _mm512_dpbusd_epi32(dot[r], columns, _mm512_set1_epi32(four(row[r] + g * 4)));
                }
            }
            const __m512i norms = _mm512_loadu_si512(b_norms + b * LANES);
            __m512i column = _mm512_loadu_si512(column_best + b * LANES);
            __m512i index = _mm512_loadu_si512(column_index + b * LANES);
            for (size_t r = 0; r < many; r++) {
                const __m512i d = _mm512_sub_epi32(
                    _mm512_add_epi32(norms, _mm512_set1_epi32(a_norms[i + r])), _mm512_slli_epi32(dot[r], 1));
                const __mmask16 nearer = _mm512_cmplt_epi32_mask(d, best[r]);
                second[r] = _mm512_min_epi32(second[r], _mm512_max_epi32(best[r], d));
                best[r] = _mm512_min_epi32(best[r], d);
                from[r] = _mm512_mask_mov_epi32(from[r], nearer, _mm512_set1_epi32((int32_t)b));
                const __mmask16 closer = _mm512_cmplt_epi32_mask(d, column);
                column = _mm512_min_epi32(column, d);
                index = _mm512_mask_mov_epi32(index, closer, _mm512_set1_epi32((int32_t)(i + r)));
            }
            _mm512_storeu_si512(column_best + b * LANES, column);
            _mm512_storeu_si512(column_index + b * LANES, index);
        }
        for (size_t r = 0; r < many; r++) {
            int32_t bests[LANES], seconds[LANES], blocks_of[LANES];
            _mm512_storeu_si512(bests, best[r]);
            _mm512_storeu_si512(seconds, second[r]);
            _mm512_storeu_si512(blocks_of, from[r]);
            rows[i + r] = joined(bests, seconds, blocks_of);
        }
    }
}

// Two rows at a time against 16 columns in two halves. Pairs of products stay under 2 * 127^2 < 32,768.
VK_TARGET_AVX2 static void match_avx2(
    const uint8_t *a, const int32_t *a_norms, size_t a_count, const uint8_t *packed, const int32_t *b_norms,
    size_t blocks, vk_nearest *rows, int32_t *column_index, int32_t *column_best) {
    const __m256i ones = _mm256_set1_epi16(1);
    for (size_t i = 0; i < a_count; i += 2) {
        const size_t many = a_count - i < 2 ? a_count - i : 2;
        const uint8_t *row[2] = {a + i * VALUES, a + (i + many - 1) * VALUES};
        __m256i best[2][2], second[2][2], from[2][2];
        for (int r = 0; r < 2; r++) {
            for (int half = 0; half < 2; half++) {
                best[r][half] = second[r][half] = _mm256_set1_epi32(FARTHEST);
                from[r][half] = _mm256_setzero_si256();
            }
        }
        for (size_t b = 0; b < blocks; b++) {
            const uint8_t *block = packed + b * LANES * VALUES;
            __m256i dot[2][2] = {
                {_mm256_setzero_si256(), _mm256_setzero_si256()}, {_mm256_setzero_si256(), _mm256_setzero_si256()}};
            for (size_t g = 0; g < GROUPS; g++) {
                const __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)(block + g * LANES * 4));
                const __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(block + g * LANES * 4 + 32));
                for (int r = 0; r < 2; r++) {
                    const __m256i four_values = _mm256_set1_epi32(four(row[r] + g * 4));
                    dot[r][0] = _mm256_add_epi32(
                        dot[r][0], _mm256_madd_epi16(_mm256_maddubs_epi16(low, four_values), ones));
                    dot[r][1] = _mm256_add_epi32(
                        dot[r][1], _mm256_madd_epi16(_mm256_maddubs_epi16(high, four_values), ones));
                }
            }
            for (int half = 0; half < 2; half++) {
                const size_t at = b * LANES + (size_t)half * 8;
                const __m256i norms = _mm256_loadu_si256((const __m256i *)(const void *)(b_norms + at));
                __m256i column = _mm256_loadu_si256((const __m256i *)(const void *)(column_best + at));
                __m256i index = _mm256_loadu_si256((const __m256i *)(const void *)(column_index + at));
                for (size_t r = 0; r < many; r++) {
                    const __m256i d = _mm256_sub_epi32(
                        _mm256_add_epi32(norms, _mm256_set1_epi32(a_norms[i + r])),
                        _mm256_slli_epi32(dot[r][half], 1));
                    const __m256i nearer = _mm256_cmpgt_epi32(best[r][half], d);
                    second[r][half] = _mm256_min_epi32(second[r][half], _mm256_max_epi32(best[r][half], d));
                    best[r][half] = _mm256_min_epi32(best[r][half], d);
                    from[r][half] = _mm256_blendv_epi8(from[r][half], _mm256_set1_epi32((int32_t)b), nearer);
                    const __m256i closer = _mm256_cmpgt_epi32(column, d);
                    column = _mm256_min_epi32(column, d);
                    index = _mm256_blendv_epi8(index, _mm256_set1_epi32((int32_t)(i + r)), closer);
                }
                _mm256_storeu_si256((__m256i *)(void *)(column_best + at), column);
                _mm256_storeu_si256((__m256i *)(void *)(column_index + at), index);
            }
        }
        for (size_t r = 0; r < many; r++) {
            int32_t bests[LANES], seconds[LANES], blocks_of[LANES];
            for (int half = 0; half < 2; half++) {
                _mm256_storeu_si256((__m256i *)(void *)(bests + half * 8), best[r][half]);
                _mm256_storeu_si256((__m256i *)(void *)(seconds + half * 8), second[r][half]);
                _mm256_storeu_si256((__m256i *)(void *)(blocks_of + half * 8), from[r][half]);
            }
            rows[i + r] = joined(bests, seconds, blocks_of);
        }
    }
}
#endif

void vk_match_codes(
    const uint8_t *a, const int32_t *a_norms, size_t a_count, const uint8_t *b_packed, const int32_t *b_norms,
    size_t b_count, vk_nearest *rows, int32_t *column_index, int32_t *column_best, int32_t variant) {
    const size_t blocks = (b_count + LANES - 1) / LANES;
    for (size_t i = 0; i < blocks * LANES; i++) {
        column_index[i] = -1;
        column_best[i] = FARTHEST;
    }
#if VK_X86
    if (variant == VK_AVX512) {
        match_avx512(a, a_norms, a_count, b_packed, b_norms, blocks, rows, column_index, column_best);
        return;
    }
    if (variant == VK_AVX2) {
        match_avx2(a, a_norms, a_count, b_packed, b_norms, blocks, rows, column_index, column_best);
        return;
    }
#endif
    (void)variant;
    match_plain(a, a_norms, a_count, b_packed, b_norms, blocks, rows, column_index, column_best);
}
