#include <stdio.h>
#include <string.h>

#include "table.h"

// Reached up to its error on a machine without such a device; what follows a success was never run.
static int32_t append(
    ort_library *library, void *session_options, const ort_options *options, enum place create, enum place update,
    enum place append_to, enum place release, char *error, size_t capacity) {
    void *own = NULL;
    status result = CALL(library, create, status, void **)(&own);
    if (ort_check(library, result, error, capacity)) return 1;
    int32_t failed = 0;
    if (options->count > 0) {
        result = CALL(library, update, status, void *, const char *const *, const char *const *, size_t)(
            own, options->keys, options->values, options->count);
        failed = ort_check(library, result, error, capacity);
    }
    if (!failed) {
        result = CALL(library, append_to, status, void *, const void *)(session_options, own);
        failed = ort_check(library, result, error, capacity);
    }
    CALL(library, release, void, void *)(own);
    return failed;
}

int32_t ort_append_provider(
    ort_library *library, void *session_options, const ort_options *options, char *error, size_t capacity) {
    if (options->provider == NULL || strcmp(options->provider, "CPU") == 0) return 0;
    if (strcmp(options->provider, "CUDA") == 0) {
        return append(library, session_options, options, create_cuda_options, update_cuda_options, append_cuda,
            release_cuda_options, error, capacity);
    }
    if (strcmp(options->provider, "TensorRT") == 0) {
        return append(library, session_options, options, create_tensorrt_options, update_tensorrt_options,
            append_tensorrt, release_tensorrt_options, error, capacity);
    }
    snprintf(error, capacity, "there is no provider '%s': CPU, CUDA and TensorRT are known", options->provider);
    return 1;
}
