// The hot loops in C. Kernels is the only Swift target that imports this.
#ifndef VITRINE_CKERNELS_H
#define VITRINE_CKERNELS_H

#include "CKernelsGraph.h"
#include "CKernelsPanorama.h"
#include "CKernelsPixels.h"
#include "CKernelsVariant.h"
#include "CKernelsVectors.h"

#endif
