#ifndef VITRINE_CONNXRUNTIME_H
#define VITRINE_CONNXRUNTIME_H

#include <stddef.h>
#include <stdint.h>

// ONNX Runtime behind a small C surface. The library is opened at run time, so that a program without it starts all the
// same and one binary serves every release from 1.20 on. No header of the vendor is used: functions are reached by their
// place in the table that the library hands out, which is append-only and frozen per version.
//
// Every function that can fail returns 0 when it is done; else a text stands in `error`, cut to its capacity. Handles
// belong to the caller until released. A session may run on many threads at once.

typedef struct ort_library ort_library;
typedef struct ort_session ort_session;
typedef struct ort_cancel ort_cancel;

enum { ORT_RANK_LIMIT = 8 };

/// A tensor that is given or was returned. Element types have ONNX's numbers: 1 f32, 2 u8, 6 i32, 7 i64, 10 f16.
typedef struct {
    int32_t type;
    int32_t rank;
    int64_t shape[ORT_RANK_LIMIT];
    const void *data;
    size_t bytes;
    void *owner;
} ort_tensor;

/// What a session asks for or answers; a dimension is -1 where it may change.
typedef struct {
    char *name;
    int32_t type;
    int32_t rank;
    int64_t shape[ORT_RANK_LIMIT];
} ort_port;

typedef struct {
    int32_t threads;
    /// A provider's name ("TensorRT", "CUDA"), or NULL for the processor.
    const char *provider;
    const char *const *keys;
    const char *const *values;
    size_t count;
} ort_options;

int32_t ort_open(const char *path, ort_library **library, char *error, size_t capacity);
void ort_close(ort_library *library);
/// The library's own version, such as "1.23.2".
const char *ort_version(const ort_library *library);
/// Writes the names of the built-in providers, parted by commas.
int32_t ort_providers(ort_library *library, char *text, size_t capacity);

int32_t ort_session_open(
    ort_library *library, const void *model, size_t bytes, const ort_options *options, ort_session **session,
    char *error, size_t capacity);
void ort_session_close(ort_session *session);
size_t ort_input_count(const ort_session *session);
size_t ort_output_count(const ort_session *session);
const ort_port *ort_input(const ort_session *session, size_t index);
const ort_port *ort_output(const ort_session *session, size_t index);

/// Lets another thread end a run early; may be used for one run.
int32_t ort_cancel_make(ort_library *library, ort_cancel **cancel, char *error, size_t capacity);
void ort_cancel_now(ort_cancel *cancel);
void ort_cancel_free(ort_cancel *cancel);

/// Runs a session: one input for each of `ort_input`, in that order; `outputs` has room for `ort_output_count`.
/// Data of inputs is borrowed until the call returns; each output must be released.
int32_t ort_run(
    ort_session *session, ort_cancel *cancel, const ort_tensor *inputs, ort_tensor *outputs, char *error,
    size_t capacity);
void ort_tensor_release(ort_session *session, ort_tensor *tensor);

#endif
