#include <stdlib.h>

#include "table.h"

int32_t ort_cancel_make(ort_library *library, ort_cancel **out, char *error, size_t capacity) {
    ort_cancel *cancel = calloc(1, sizeof *cancel);
    *out = NULL;
    if (cancel == NULL) {
        ort_say(error, capacity, "out of memory");
        return 1;
    }
    cancel->library = library;
    status result = CALL(library, create_run_options, status, void **)(&cancel->options);
    if (ort_check(library, result, error, capacity)) {
        free(cancel);
        return 1;
    }
    *out = cancel;
    return 0;
}

void ort_cancel_now(ort_cancel *cancel) {
    char ignored[64];
    status result = CALL(cancel->library, run_options_terminate, status, void *)(cancel->options);
    ort_check(cancel->library, result, ignored, sizeof ignored);
}

void ort_cancel_free(ort_cancel *cancel) {
    if (cancel == NULL) return;
    CALL(cancel->library, release_run_options, void, void *)(cancel->options);
    free(cancel);
}

static size_t width(int32_t type) {
    switch (type) {
    case 1: case 6: case 12: return 4;
    case 2: case 3: case 9: return 1;
    case 4: case 5: case 10: case 16: return 2;
    case 7: case 11: case 13: return 8;
    default: return 0;
    }
}

/// Describes what the library has made; its data stays with it until released.
static int32_t describe(const ort_library *library, void *value, ort_tensor *out, char *error, size_t capacity) {
    void *info = NULL;
    out->owner = value;
    status result = CALL(library, tensor_type_and_shape, status, const void *, void **)(value, &info);
    if (ort_check(library, result, error, capacity)) return 1;
    size_t rank = 0, count = 0;
    int32_t failed = ort_check(
        library, CALL(library, element_type, status, const void *, int32_t *)(info, &out->type), error, capacity);
    failed = failed
        || ort_check(library, CALL(library, dimension_count, status, const void *, size_t *)(info, &rank), error,
            capacity);
    if (!failed && (rank > ORT_RANK_LIMIT || width(out->type) == 0)) {
        ort_say(error, capacity, "an output has an element type or a number of dimensions that is not supported");
        failed = 1;
    }
    failed = failed
        || ort_check(library,
            CALL(library, dimensions, status, const void *, int64_t *, size_t)(info, out->shape, rank), error, capacity)
        || ort_check(library, CALL(library, element_count, status, const void *, size_t *)(info, &count), error,
            capacity);
    CALL(library, release_tensor_info, void, void *)(info);
    if (failed) return 1;
    out->rank = (int32_t)rank;
    out->bytes = count * width(out->type);
    void *data = NULL;
    result = CALL(library, tensor_data, status, void *, void **)(value, &data);
    out->data = data;
    return ort_check(library, result, error, capacity);
}

static int32_t make_inputs(
    ort_session *session, const ort_tensor *inputs, void **values, char *error, size_t capacity) {
    ort_library *library = session->library;
    for (size_t index = 0; index < session->input_count; index++) {
        const ort_tensor *input = inputs + index;
        status result = CALL(
            library, tensor_with_data, status, const void *, void *, size_t, const int64_t *, size_t, int, void **)(
            library->memory, (void *)input->data, input->bytes, input->shape, (size_t)input->rank, input->type,
            values + index);
        if (ort_check(library, result, error, capacity)) return 1;
    }
    return 0;
}

int32_t ort_run(
    ort_session *session, ort_cancel *cancel, const ort_tensor *inputs, ort_tensor *outputs, char *error,
    size_t capacity) {
    ort_library *library = session->library;
    size_t given = session->input_count, wanted = session->output_count;
    void **values = calloc(given + wanted + 1, sizeof *values);
    const char **names = calloc(given + wanted + 1, sizeof *names);
    int32_t failed = values == NULL || names == NULL;
    if (failed) ort_say(error, capacity, "out of memory");
    for (size_t index = 0; !failed && index < given; index++) names[index] = session->inputs[index].name;
    for (size_t index = 0; !failed && index < wanted; index++) names[given + index] = session->outputs[index].name;
    failed = failed || make_inputs(session, inputs, values, error, capacity);
    if (!failed) {
        status result = CALL(library, run, status, void *, const void *, const char *const *, const void *const *,
            size_t, const char *const *, size_t, void **)(
            session->session, cancel == NULL ? NULL : cancel->options, names, (const void *const *)values, given,
            names + given, wanted, values + given);
        failed = ort_check(library, result, error, capacity);
    }
    for (size_t index = 0; !failed && index < wanted; index++) {
        outputs[index].owner = NULL;
        failed = describe(library, values[given + index], outputs + index, error, capacity);
    }
    for (size_t index = 0; values != NULL && index < given + (failed ? wanted : 0); index++) {
        if (values[index] != NULL) CALL(library, release_value, void, void *)(values[index]);
    }
    free(values);
    free(names);
    return failed;
}

void ort_tensor_release(ort_session *session, ort_tensor *tensor) {
    if (tensor->owner != NULL) CALL(session->library, release_value, void, void *)(tensor->owner);
    tensor->owner = NULL;
}
