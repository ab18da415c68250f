// Exact area averages: whole-number weights, one division a sample.
#include "pixels_variants.h"

#if VK_X86
#include <immintrin.h>
#endif

BODY void vk_area_add_row_body(
    const uint8_t *restrict row, uint32_t *restrict sums, size_t count, uint32_t weight) {
    for (size_t i = 0; i < count; i++) sums[i] += row[i] * weight;
}

VARIANTS(
    vk_area_add_row, (const uint8_t *row, uint32_t *sums, size_t count, uint32_t weight), (row, sums, count, weight),
    const uint8_t *row, uint32_t *sums, size_t count, uint32_t weight)

// (sum + area / 2) / area, by one multiplication where that is exact. With m = floor(2^64 / area) + 1 it is while
// sum * area < 2^64; sums are at most 255.5 * area, so up to an area of 2^28. Above, the reciprocal is 0.
BODY uint8_t mean(uint64_t sum, uint64_t area, uint64_t reciprocal) {
    sum += area / 2;
    return (uint8_t)(reciprocal ? (uint64_t)(((unsigned __int128)sum * reciprocal) >> 64) : sum / area);
}

static void columns_plain(
    const uint32_t *sums, uint8_t *out, const vk_area_span *spans, size_t width, int samples, uint32_t whole,
    uint64_t area, uint64_t reciprocal) {
    for (size_t x = 0; x < width; x++) {
        vk_area_span span = spans[x];
        const uint32_t *first = sums + (size_t)span.first * samples, *last = sums + (size_t)span.last * samples;
        for (int c = 0; c < samples; c++) {
            uint64_t inner = 0;
            for (const uint32_t *p = first + samples + c; p < last; p += samples) inner += *p;
            uint64_t sum = inner * whole + (uint64_t)first[c] * span.first_weight + (uint64_t)last[c] * span.last_weight;
            *out++ = mean(sum, area, reciprocal);
        }
    }
}

#if VK_X86
// Three or four samples in four 64-bit lanes.
VK_TARGET_AVX2 static void columns_avx2(
    const uint32_t *sums, uint8_t *out, const vk_area_span *spans, size_t width, int samples, uint32_t whole,
    uint64_t area, uint64_t reciprocal) {
    const __m256i whole4 = _mm256_set1_epi64x(whole);
    for (size_t x = 0; x < width; x++) {
        vk_area_span span = spans[x];
        const uint32_t *first = sums + (size_t)span.first * samples, *last = sums + (size_t)span.last * samples;
        __m256i inner = _mm256_setzero_si256();
        for (const uint32_t *p = first + samples; p < last; p += samples)
            inner = _mm256_add_epi64(inner, _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)p)));
        __m256i head = _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)first));
        __m256i tail = _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)last));
        // The inner sum may pass 32 bits: its two halves are multiplied apart.
        __m256i low = _mm256_mul_epu32(inner, whole4);
        __m256i high = _mm256_slli_epi64(_mm256_mul_epu32(_mm256_srli_epi64(inner, 32), whole4), 32);
        __m256i sum = _mm256_add_epi64(low, high);
        sum = _mm256_add_epi64(sum, _mm256_mul_epu32(head, _mm256_set1_epi64x(span.first_weight)));
        sum = _mm256_add_epi64(sum, _mm256_mul_epu32(tail, _mm256_set1_epi64x(span.last_weight)));
        uint64_t lanes[4];
        _mm256_storeu_si256((__m256i *)lanes, sum);
        out[0] = mean(lanes[0], area, reciprocal);
        out[1] = mean(lanes[1], area, reciprocal);
        out[2] = mean(lanes[2], area, reciprocal);
        if (samples == 4) out[3] = mean(lanes[3], area, reciprocal);
        out += samples;
    }
}
#endif

void vk_area_columns(const uint32_t *sums, uint8_t *out, const vk_area_span *spans, size_t width, int samples, uint32_t whole,
    uint64_t area, int32_t variant) {
    // 2^64 / 1 does not fit: an area of one pixel is the pixel itself.
    if (area == 1) {
        for (size_t i = 0; i < width * (size_t)samples; i++) out[i] = (uint8_t)sums[i];
        return;
    }
    uint64_t reciprocal = area > (1u << 28) ? 0 : (uint64_t)((((unsigned __int128)1) << 64) / area) + 1;
#if VK_X86
    if (variant >= VK_AVX2 && samples >= 3) {
        columns_avx2(sums, out, spans, width, samples, whole, area, reciprocal);
        return;
    }
#endif
    (void)variant;
    columns_plain(sums, out, spans, width, samples, whole, area, reciprocal);
}
