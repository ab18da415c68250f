// Loops over vectors, codes and hashes. The last argument is the variant (CKernelsVariant.h).
#ifndef VITRINE_CKERNELS_VECTORS_H
#define VITRINE_CKERNELS_VECTORS_H

#include <stddef.h>
#include <stdint.h>

float vk_dot_float(const float *a, const float *b, size_t count, int32_t variant);
float vk_dot_half(const uint16_t *a, const uint16_t *b, size_t count, int32_t variant);
// Exact up to 2^17 values.
int32_t vk_dot_int8(const int8_t *a, const int8_t *b, size_t count, int32_t variant);

// Squared Euclidean distances.
float vk_l2_float(const float *a, const float *b, size_t count, int32_t variant);
float vk_l2_half(const uint16_t *a, const uint16_t *b, size_t count, int32_t variant);
// Exact up to 2^15 values.
int32_t vk_l2_int8(const int8_t *a, const int8_t *b, size_t count, int32_t variant);

void vk_half_from_float(const float *values, size_t count, uint16_t *halves, int32_t variant);
void vk_float_from_half(const uint16_t *halves, size_t count, float *values, int32_t variant);

// Numbers of the hashes within `radius` of the query, ascending, and their distances; stops when `capacity` are found
// and sets *scanned to how many hashes were looked at. A hash has 1 or 4 words.
size_t vk_hamming_scan_64(const uint64_t *hashes, size_t count, uint64_t query, uint32_t radius, uint32_t *found,
                          uint16_t *distances, size_t capacity, size_t *scanned, int32_t variant);
size_t vk_hamming_scan_256(const uint64_t *hashes, size_t count, const uint64_t *query, uint32_t radius,
                           uint32_t *found, uint16_t *distances, size_t capacity, size_t *scanned, int32_t variant);
// How many hashes lie at each distance 0...64 or 0...256.
void vk_hamming_histogram_64(const uint64_t *hashes, size_t count, uint64_t query, uint64_t *counts, int32_t variant);
void vk_hamming_histogram_256(const uint64_t *hashes, size_t count, const uint64_t *query, uint64_t *counts,
                              int32_t variant);

// CRC-32C (Castagnoli) of more bytes after those that `crc` stands for; 0 at the start.
uint32_t vk_crc32c(uint32_t crc, const uint8_t *bytes, size_t count, int32_t variant);

// Codes of a vector: value i is scale * (code[i] - 128 + rest[i] / 16), where rest is in -8...7 and two of them share a
// byte, the even one low. Code and rest are padded to `stride` and stride / 2 bytes. Returns the scale.
float vk_encode_int12(const float *values, size_t count, size_t stride, uint8_t *code, uint8_t *rest);
void vk_decode_int12(const uint8_t *code, const uint8_t *rest, float scale, size_t count, float *values);
// Codes of 4 bits: value i is scale * (whole + rest[i] / 256), where whole is in -7...7 and lies in half a byte, see
// VK_CODE_INT4, and rest is a signed byte. Code is padded to `stride` bytes, rest to 2 * stride. Returns the scale.
float vk_encode_int4(const float *values, size_t count, size_t stride, uint8_t *code, uint8_t *rest);
void vk_decode_int4(const uint8_t *code, const uint8_t *rest, float scale, size_t count, float *values);
// Signed bytes of a query for int8 codes; returns its scale and sets *correction to 128 * their sum.
float vk_encode_query(const float *values, size_t count, size_t stride, int8_t *bytes, int32_t *correction);

// For each row: the dot product of the query with the refined code, and the code's squared length (either may be NULL).
void vk_refined_dots(const uint8_t *codes, const uint8_t *rests, const float *scales, size_t stride,
                     const uint32_t *rows, size_t count, const float *query, float *dots, float *lengths,
                     int32_t variant);
void vk_refined_dots_int4(const uint8_t *codes, const uint8_t *rests, const float *scales, size_t stride,
                          const uint32_t *rows, size_t count, const float *query, float *dots, float *lengths,
                          int32_t variant);

#endif
