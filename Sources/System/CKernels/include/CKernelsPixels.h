// Loops over pixels.
#ifndef VITRINE_CKERNELS_PIXELS_H
#define VITRINE_CKERNELS_PIXELS_H

#endif
