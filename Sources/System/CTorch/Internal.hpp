#pragma once

#include <exception>
#include <new>
#include <string>
#include <utility>

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include "CTorch.h"

namespace ctorch {

void set_error(const std::string &text);

// Runs a body and turns whatever it throws into text: nothing may unwind into Swift.
template <typename Body>
int32_t guarded(Body &&body) {
    try {
        std::forward<Body>(body)();
        return 0;
    } catch (const c10::Error &error) {
        set_error(error.what_without_backtrace());
    } catch (const std::bad_alloc &) {
        set_error("out of memory");
    } catch (const std::exception &error) {
        set_error(error.what());
    } catch (...) {
        set_error("an error of unknown kind");
    }
    return 1;
}

inline at::Tensor &tensor(ct_tensor *handle) { return *reinterpret_cast<at::Tensor *>(handle); }
inline const at::Tensor &tensor(const ct_tensor *handle) { return *reinterpret_cast<const at::Tensor *>(handle); }

// An undefined tensor has no handle.
inline ct_tensor *give(at::Tensor value) {
    return value.defined() ? reinterpret_cast<ct_tensor *>(new at::Tensor(std::move(value))) : nullptr;
}

inline at::Tensor tensor_or_none(const ct_tensor *handle) { return handle ? tensor(handle) : at::Tensor(); }

at::ScalarType scalar_type(int64_t dtype);
int32_t dtype_number(at::ScalarType type);
c10::Device device_of(int64_t number);

}  // namespace ctorch
