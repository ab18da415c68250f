// Errors, versions, threads and generators.

#include "Internal.hpp"

#include <mutex>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/api/include/torch/version.h>

namespace ctorch {

static thread_local std::string last_error;

void set_error(const std::string &text) {
    try {
        last_error = text;
    } catch (...) {
        last_error.clear();
    }
}

at::ScalarType scalar_type(int64_t dtype) {
    switch (dtype) {
    case CT_F32: return at::kFloat;
    case CT_U8: return at::kByte;
    case CT_I8: return at::kChar;
    case CT_I16: return at::kShort;
    case CT_I32: return at::kInt;
    case CT_I64: return at::kLong;
    case CT_BOOL: return at::kBool;
    case CT_F16: return at::kHalf;
    case CT_F64: return at::kDouble;
    case CT_BF16: return at::kBFloat16;
    default: TORCH_CHECK(false, "no element type has the number ", dtype);
    }
}

int32_t dtype_number(at::ScalarType type) {
    switch (type) {
    case at::kFloat: return CT_F32;
    case at::kByte: return CT_U8;
    case at::kChar: return CT_I8;
    case at::kShort: return CT_I16;
    case at::kInt: return CT_I32;
    case at::kLong: return CT_I64;
    case at::kBool: return CT_BOOL;
    case at::kHalf: return CT_F16;
    case at::kDouble: return CT_F64;
    case at::kBFloat16: return CT_BF16;
    default: return 0;
    }
}

c10::Device device_of(int64_t number) {
    TORCH_CHECK(number >= CT_CPU && number < 128, "no device has the number ", number);
    return number == CT_CPU ? c10::Device(c10::kCPU) : c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(number));
}

}  // namespace ctorch

using namespace ctorch;

const char *ct_last_error(void) { return last_error.c_str(); }

const char *ct_version(void) { return TORCH_VERSION; }

const char *ct_config(void) {
    static thread_local std::string text;
    guarded([] { text = at::show_config() + at::get_parallel_info(); });
    return text.c_str();
}

bool ct_has_cuda(void) { return at::hasCUDA(); }

bool ct_op_exists(const char *name) {
    bool found = false;
    guarded([&] {
        const std::string whole(name);
        const auto dot = whole.find('.');
        const auto overload = dot == std::string::npos ? std::string() : whole.substr(dot + 1);
        found = c10::Dispatcher::singleton().findSchema({whole.substr(0, dot), overload}).has_value();
    });
    return found;
}

int32_t ct_set_threads(int32_t count) {
    return guarded([&] {
        TORCH_CHECK(count >= 1, "at least one thread is needed, not ", count);
        at::set_num_threads(count);
    });
}

int32_t ct_threads(void) { return at::get_num_threads(); }

int32_t ct_seed(uint64_t seed) {
    return guarded([&] { at::manual_seed(seed); });
}

int32_t ct_random_state(ct_tensor **out) {
    return guarded([&] {
        auto generator = at::detail::getDefaultCPUGenerator();
        const std::lock_guard<std::mutex> lock(generator.mutex());
        *out = give(generator.get_state());
    });
}

int32_t ct_set_random_state(const ct_tensor *state) {
    return guarded([&] {
        auto generator = at::detail::getDefaultCPUGenerator();
        const std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_state(tensor(state));
    });
}
