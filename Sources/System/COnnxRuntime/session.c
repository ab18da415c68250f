#include <stdlib.h>
#include <string.h>

#include "table.h"

static int32_t make_options(
    ort_library *library, const ort_options *options, void **out, char *error, size_t capacity) {
    status result = CALL(library, create_session_options, status, void **)(out);
    if (ort_check(library, result, error, capacity)) return 1;
    void *made = *out;
    // 99: every optimisation there is. One thread between operators: models here are chains.
    status steps[] = {
        CALL(library, set_optimization_level, status, void *, int)(made, 99),
        CALL(library, set_intra_threads, status, void *, int)(made, options->threads),
        CALL(library, set_inter_threads, status, void *, int)(made, 1),
        CALL(library, set_log_severity, status, void *, int)(made, 4),
        // Spinning threads burn the processor that others need.
        CALL(library, add_session_config, status, void *, const char *, const char *)(
            made, "session.intra_op.allow_spinning", "0"),
    };
    int32_t failed = 0;
    for (size_t index = 0; index < sizeof steps / sizeof *steps; index++) {
        failed |= ort_check(library, steps[index], error, capacity);
    }
    return failed || ort_append_provider(library, made, options, error, capacity);
}

static int32_t read_shape(const ort_library *library, const void *info, ort_port *port, char *error, size_t capacity) {
    size_t rank = 0;
    status result = CALL(library, element_type, status, const void *, int32_t *)(info, &port->type);
    if (ort_check(library, result, error, capacity)) return 1;
    result = CALL(library, dimension_count, status, const void *, size_t *)(info, &rank);
    if (ort_check(library, result, error, capacity)) return 1;
    if (rank > ORT_RANK_LIMIT) {
        ort_say(error, capacity, "a tensor of this model has more than 8 dimensions");
        return 1;
    }
    port->rank = (int32_t)rank;
    result = CALL(library, dimensions, status, const void *, int64_t *, size_t)(info, port->shape, rank);
    return ort_check(library, result, error, capacity);
}

static int32_t read_port(
    ort_session *session, size_t index, enum place type, enum place name, ort_port *port, char *error,
    size_t capacity) {
    const ort_library *library = session->library;
    void *info = NULL;
    status result = CALL(library, type, status, const void *, size_t, void **)(session->session, index, &info);
    if (ort_check(library, result, error, capacity)) return 1;
    const void *tensor = NULL;
    result = CALL(library, cast_to_tensor_info, status, const void *, const void **)(info, &tensor);
    int32_t failed = ort_check(library, result, error, capacity);
    if (!failed && tensor == NULL) {
        ort_say(error, capacity, "an input or output of this model is not a tensor");
        failed = 1;
    }
    failed = failed || read_shape(library, tensor, port, error, capacity);
    CALL(library, release_type_info, void, void *)(info);
    if (failed) return 1;
    char *text = NULL;
    result = CALL(library, name, status, const void *, size_t, void *, char **)(
        session->session, index, library->allocator, &text);
    if (ort_check(library, result, error, capacity)) return 1;
    port->name = strdup(text);
    return ort_check(
        library, CALL(library, allocator_free, status, void *, void *)(library->allocator, text), error, capacity);
}

static int32_t read_ports(
    ort_session *session, enum place count, enum place type, enum place name, size_t *total, ort_port **ports,
    char *error, size_t capacity) {
    status result = CALL(session->library, count, status, const void *, size_t *)(session->session, total);
    if (ort_check(session->library, result, error, capacity)) return 1;
    *ports = calloc(*total + 1, sizeof **ports);
    if (*ports == NULL) {
        ort_say(error, capacity, "out of memory");
        return 1;
    }
    for (size_t index = 0; index < *total; index++) {
        if (read_port(session, index, type, name, *ports + index, error, capacity)) return 1;
    }
    return 0;
}

int32_t ort_session_open(
    ort_library *library, const void *model, size_t bytes, const ort_options *options, ort_session **out, char *error,
    size_t capacity) {
    *out = NULL;
    ort_session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        ort_say(error, capacity, "out of memory");
        return 1;
    }
    session->library = library;
    void *made = NULL;
    int32_t failed = make_options(library, options, &made, error, capacity);
    if (!failed) {
        status result = CALL(
            library, create_session_from_array, status, void *, const void *, size_t, const void *, void **)(
            library->env, model, bytes, made, &session->session);
        failed = ort_check(library, result, error, capacity);
    }
    if (made != NULL) CALL(library, release_session_options, void, void *)(made);
    failed = failed
        || read_ports(session, input_count, input_type, input_name, &session->input_count, &session->inputs, error,
            capacity)
        || read_ports(session, output_count, output_type, output_name, &session->output_count, &session->outputs,
            error, capacity);
    if (failed) {
        ort_session_close(session);
        return 1;
    }
    *out = session;
    return 0;
}

static void free_ports(ort_port *ports, size_t count) {
    if (ports == NULL) return;
    for (size_t index = 0; index < count; index++) free(ports[index].name);
    free(ports);
}

void ort_session_close(ort_session *session) {
    if (session == NULL) return;
    free_ports(session->inputs, session->input_count);
    free_ports(session->outputs, session->output_count);
    if (session->session != NULL) CALL(session->library, release_session, void, void *)(session->session);
    free(session);
}

size_t ort_input_count(const ort_session *session) { return session->input_count; }
size_t ort_output_count(const ort_session *session) { return session->output_count; }
const ort_port *ort_input(const ort_session *session, size_t index) { return session->inputs + index; }
const ort_port *ort_output(const ort_session *session, size_t index) { return session->outputs + index; }
