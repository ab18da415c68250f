#include <string.h>

#include "CKernelsVariant.h"
#include "CKernelsVectors.h"

// CRC-32C as in RFC 3720, appendix B.4: reflected polynomial 0x82F63B78, inverted before and after.
#define P(n) ((n) & 1 ? 0x82F63B78u ^ (n) >> 1 : (n) >> 1)

static uint32_t plain(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint32_t table[16];
    for (uint32_t n = 0; n < 16; n++) table[n] = P(P(P(P(n))));
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc;
}

#if VK_X86
#include <immintrin.h>

__attribute__((target("sse4.2"))) static uint32_t wide(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t state = crc;
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        state = _mm_crc32_u64(state, word);
    }
    for (; i < count; i++) state = _mm_crc32_u8((uint32_t)state, bytes[i]);
    return (uint32_t)state;
}
#endif

uint32_t vk_crc32c(uint32_t crc, const uint8_t *bytes, size_t count, int32_t variant) {
#if VK_X86
    if (variant != VK_PLAIN) return ~wide(~crc, bytes, count);
#endif
    (void)variant;
    return ~plain(~crc, bytes, count);
}
