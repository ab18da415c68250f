// Half floats in plain C.
#ifndef VITRINE_HALF_H
#define VITRINE_HALF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// The value of an IEEE 754 binary16.
static inline float vk_half_value(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    const uint32_t exponent = half >> 10 & 31, fraction = half & 0x3FF;
    uint32_t bits;
    if (exponent == 31) {
        bits = sign | 0x7F800000u | fraction << 13;
    } else if (exponent) {
        bits = sign | (exponent + 112) << 23 | fraction << 13;
    } else {
        const float small = (float)fraction * 0x1p-24f;
        memcpy(&bits, &small, 4);
        bits |= sign;
    }
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

static inline float vk_half_at(const uint8_t *bytes, size_t i) {
    uint16_t half;
    memcpy(&half, bytes + 2 * i, 2);
    return vk_half_value(half);
}

// The nearest binary16, ties to even; too large becomes infinite. A NaN stays one.
static inline uint16_t vk_half_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    const uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    const uint32_t size = bits & 0x7FFFFFFFu;
    if (size > 0x7F800000u) return (uint16_t)(sign | 0x7E00 | (size >> 13 & 0x3FF));
    if (size >= 0x477FF000u) return (uint16_t)(sign | 0x7C00);
    if (size < 0x38800000u) {
        // Below the smallest normal half: adding 1/2 rounds at the right bit.
        float small;
        memcpy(&small, &size, 4);
        small += 0.5f;
        uint32_t rounded;
        memcpy(&rounded, &small, 4);
        return (uint16_t)(sign | (rounded - 0x3F000000u));
    }
    const uint32_t rounded = size + 0xFFFu + (size >> 13 & 1);
    return (uint16_t)(sign | ((rounded - 0x38000000u) >> 13));
}

#endif
