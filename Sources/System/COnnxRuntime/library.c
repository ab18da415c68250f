#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

// The one exported function leads to these two; both are frozen since the first release.
typedef struct {
    const void *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
} api_base;

void ort_say(char *error, size_t capacity, const char *text) {
    if (capacity == 0) return;
    size_t length = strlen(text);
    if (length >= capacity) length = capacity - 1;
    memcpy(error, text, length);
    error[length] = 0;
}

int32_t ort_check(const ort_library *library, status status, char *error, size_t capacity) {
    if (status == NULL) return 0;
    ort_say(error, capacity, CALL(library, get_error_message, const char *, const void *)(status));
    CALL(library, release_status, void, void *)(status);
    return 1;
}

static int is_new_enough(const char *version) {
    int major = 0, minor = 0;
    if (sscanf(version, "%d.%d", &major, &minor) != 2) return 0;
    return major > 1 || (major == 1 && minor >= 20);
}

static int32_t prepare(ort_library *library, char *error, size_t capacity) {
    // Level 4: nothing is written to standard error; failures come back as texts.
    status result = CALL(library, create_env, status, int, const char *, void **)(4, "vitrine", &library->env);
    if (ort_check(library, result, error, capacity)) return 1;
    result = CALL(library, disable_telemetry, status, void *)(library->env);
    if (ort_check(library, result, error, capacity)) return 1;
    result = CALL(library, cpu_memory_info, status, int, int, void **)(1, 0, &library->memory);
    if (ort_check(library, result, error, capacity)) return 1;
    result = CALL(library, default_allocator, status, void **)(&library->allocator);
    return ort_check(library, result, error, capacity);
}

int32_t ort_open(const char *path, ort_library **out, char *error, size_t capacity) {
    *out = NULL;
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        ort_say(error, capacity, dlerror());
        return 1;
    }
    const api_base *(*get_base)(void) = (const api_base *(*)(void))dlsym(handle, "OrtGetApiBase");
    const api_base *base = get_base == NULL ? NULL : get_base();
    ort_library *library = calloc(1, sizeof *library);
    if (base == NULL || library == NULL) {
        ort_say(error, capacity, base == NULL ? "this is not ONNX Runtime" : "out of memory");
        free(library);
        dlclose(handle);
        return 1;
    }
    library->handle = handle;
    ort_say(library->version, sizeof library->version, base->get_version());
    if (!is_new_enough(library->version)) {
        snprintf(error, capacity, "ONNX Runtime %s is too old: 1.20 or newer is needed", library->version);
        ort_close(library);
        return 1;
    }
    library->table = base->get_api(table_version);
    if (library->table == NULL) {
        ort_say(error, capacity, "ONNX Runtime does not offer version 12 of its interface");
        ort_close(library);
        return 1;
    }
    if (prepare(library, error, capacity)) {
        ort_close(library);
        return 1;
    }
    *out = library;
    return 0;
}

void ort_close(ort_library *library) {
    if (library == NULL) return;
    if (library->memory != NULL) CALL(library, release_memory_info, void, void *)(library->memory);
    if (library->env != NULL) CALL(library, release_env, void, void *)(library->env);
    // The library stays mapped: its threads may still be ending.
    free(library);
}

const char *ort_version(const ort_library *library) { return library->version; }

int32_t ort_providers(ort_library *library, char *text, size_t capacity) {
    char **names = NULL;
    int count = 0;
    status result = CALL(library, available_providers, status, char ***, int *)(&names, &count);
    if (ort_check(library, result, text, capacity)) return 1;
    size_t used = 0;
    ort_say(text, capacity, "");
    for (int index = 0; index < count && used < capacity; index++) {
        int written = snprintf(text + used, capacity - used, "%s%s", index > 0 ? "," : "", names[index]);
        if (written > 0) used += (size_t)written;
    }
    result = CALL(library, release_available_providers, status, char **, int)(names, count);
    return ort_check(library, result, text, capacity);
}
