// Loops over vectors, codes and hashes.
#ifndef VITRINE_CKERNELS_VECTORS_H
#define VITRINE_CKERNELS_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#endif
