// Counts and running sums of rows.
#include "CKernelsPixels.h"

#include <string.h>

// Four tables, so that equal neighbours do not wait for each other's store.
void vk_histogram_u8(const uint8_t *row, size_t count, uint32_t *bins) {
    uint32_t part[4][256];
    memset(part, 0, sizeof part);
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        part[0][row[i]]++;
        part[1][row[i + 1]]++;
        part[2][row[i + 2]]++;
        part[3][row[i + 3]]++;
    }
    for (; i < count; i++) part[0][row[i]]++;
    for (int v = 0; v < 256; v++) bins[v] += part[0][v] + part[1][v] + part[2][v] + part[3][v];
}

void vk_integral_row(const uint8_t *row, const uint32_t *above, uint32_t *out, size_t width) {
    uint32_t sum = 0;
    out[0] = 0;
    for (size_t x = 0; x < width; x++) {
        sum += row[x];
        out[x + 1] = above[x + 1] + sum;
    }
}

void vk_integral_squares_row(const uint8_t *row, const uint64_t *above, uint64_t *out, size_t width) {
    uint64_t sum = 0;
    out[0] = 0;
    for (size_t x = 0; x < width; x++) {
        sum += (uint32_t)row[x] * row[x];
        out[x + 1] = above[x + 1] + sum;
    }
}

// The middle bin moves only as far as the columns that enter and leave push it.
void vk_median_row_u8(const uint8_t *const *rows, int radius, uint8_t *out, size_t width) {
    uint32_t bins[256];
    memset(bins, 0, sizeof bins);
    int side = 2 * radius + 1;
    uint32_t middle = (uint32_t)(side * side / 2);
    for (int r = 0; r < side; r++)
        for (int x = -radius; x <= radius; x++) bins[rows[r][x]]++;
    int value = 0;
    uint32_t below = 0;
    for (size_t x = 0;; x++) {
        while (below > middle) below -= bins[--value];
        while (below + bins[value] <= middle) below += bins[value++];
        out[x] = (uint8_t)value;
        if (x + 1 == width) return;
        for (int r = 0; r < side; r++) {
            uint8_t old = rows[r][(ptrdiff_t)x - radius], new = rows[r][(ptrdiff_t)x + radius + 1];
            bins[old]--;
            below -= old < value;
            bins[new]++;
            below += new < value;
        }
    }
}
