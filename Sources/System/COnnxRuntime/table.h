#ifndef VITRINE_ORT_TABLE_H
#define VITRINE_ORT_TABLE_H

#include "COnnxRuntime.h"

// We ask for version 12 of the table: it has 218 entries, and later versions only append.
enum { table_version = 12 };

// Places in the table.
enum place {
    get_error_message = 2,
    create_env = 3,
    disable_telemetry = 6,
    create_session_from_array = 8,
    run = 9,
    create_session_options = 10,
    set_log_severity = 22,
    set_optimization_level = 23,
    set_intra_threads = 24,
    set_inter_threads = 25,
    input_count = 30,
    output_count = 31,
    input_type = 33,
    output_type = 34,
    input_name = 36,
    output_name = 37,
    create_run_options = 39,
    run_options_terminate = 46,
    tensor_with_data = 49,
    tensor_data = 51,
    cast_to_tensor_info = 55,
    element_type = 60,
    dimension_count = 61,
    dimensions = 62,
    element_count = 64,
    tensor_type_and_shape = 65,
    cpu_memory_info = 69,
    allocator_free = 76,
    default_allocator = 78,
    release_env = 92,
    release_status = 93,
    release_memory_info = 94,
    release_session = 95,
    release_value = 96,
    release_run_options = 97,
    release_type_info = 98,
    release_tensor_info = 99,
    release_session_options = 100,
    available_providers = 125,
    release_available_providers = 126,
    add_session_config = 130,
    append_tensorrt = 170,
    create_tensorrt_options = 171,
    update_tensorrt_options = 172,
    release_tensorrt_options = 174,
    append_cuda = 204,
    create_cuda_options = 205,
    update_cuda_options = 206,
    release_cuda_options = 208
};

typedef void *status;

struct ort_library {
    void *handle;
    void *const *table;
    void *env;
    void *memory;
    void *allocator;
    char version[32];
};

struct ort_session {
    ort_library *library;
    void *session;
    ort_port *inputs;
    ort_port *outputs;
    size_t input_count;
    size_t output_count;
};

struct ort_cancel {
    ort_library *library;
    void *options;
};

// A function of the table with its type: CALL(library, place, result, argument types...)(arguments...)
#define CALL(library, place, result, ...) ((result (*)(__VA_ARGS__))(library)->table[place])

void ort_say(char *error, size_t capacity, const char *text);
/// 0 when the status is good; else its text is in `error` and the status is released.
int32_t ort_check(const ort_library *library, status status, char *error, size_t capacity);
int32_t ort_append_provider(
    ort_library *library, void *session_options, const ort_options *options, char *error, size_t capacity);

#endif
