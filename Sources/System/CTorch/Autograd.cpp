// Gradients, and the modes of the calling thread.

#include "Internal.hpp"

#include <memory>
#include <vector>

#include <ATen/Context.h>
#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/api/include/torch/version.h>
#include <torch/csrc/autograd/autograd.h>

using namespace ctorch;

int32_t ct_set_requires_grad(ct_tensor *handle, bool wanted) {
    return guarded([&] { tensor(handle).requires_grad_(wanted); });
}

bool ct_requires_grad(const ct_tensor *handle) { return tensor(handle).requires_grad(); }

static void backward(const at::Tensor &root, const at::Tensor &gradient, bool keeps_graph) {
    torch::autograd::backward({root}, {gradient}, keeps_graph, false);
}

int32_t ct_backward(const ct_tensor *handle, bool keeps_graph) {
    return guarded([&] { backward(tensor(handle), at::Tensor(), keeps_graph); });
}

int32_t ct_backward_with(const ct_tensor *handle, const ct_tensor *gradient, bool keeps_graph) {
    return guarded([&] { backward(tensor(handle), tensor(gradient), keeps_graph); });
}

int32_t ct_gradient(const ct_tensor *handle, ct_tensor **out) {
    return guarded([&] { *out = give(tensor(handle).grad()); });
}

int32_t ct_set_gradient(ct_tensor *handle, const ct_tensor *gradient) {
    return guarded([&] { tensor(handle).mutable_grad() = tensor_or_none(gradient); });
}

int32_t ct_gradients_of(
    const ct_tensor *output, const ct_tensor *const *inputs, int32_t count, bool keeps_graph, ct_tensor **outs) {
    return guarded([&] {
        std::vector<at::Tensor> leaves;
        for (int32_t i = 0; i < count; ++i) leaves.push_back(tensor(inputs[i]));
        auto found = torch::autograd::grad({tensor(output)}, leaves, {}, keeps_graph, false, true);
        for (int32_t i = 0; i < count; ++i) outs[i] = give(std::move(found[static_cast<size_t>(i)]));
    });
}

bool ct_set_grad_mode(bool recording) {
    const bool before = c10::GradMode::is_enabled();
    c10::GradMode::set_enabled(recording);
    return before;
}

int32_t ct_inference(bool enters) {
    static thread_local std::vector<std::unique_ptr<c10::InferenceMode>> open;
    return guarded([&] {
        if (enters) {
            open.push_back(std::make_unique<c10::InferenceMode>());
        } else {
            TORCH_CHECK(!open.empty(), "inference mode was left more often than entered");
            open.pop_back();
        }
    });
}

// libtorch 2.4 put one switch for all devices in the place of one for each.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
static int32_t autocasts() {
    if (!at::autocast::is_autocast_enabled(at::kCPU)) return 0;
    return dtype_number(at::autocast::get_autocast_dtype(at::kCPU));
}

static void set_autocasts(at::DeviceType device, bool on, at::ScalarType type) {
    at::autocast::set_autocast_enabled(device, on);
    if (on) at::autocast::set_autocast_dtype(device, type);
}
#else
static int32_t autocasts() {
    return at::autocast::is_cpu_enabled() ? dtype_number(at::autocast::get_autocast_cpu_dtype()) : 0;
}

static void set_autocasts(at::DeviceType device, bool on, at::ScalarType type) {
    if (device == at::kCPU) {
        at::autocast::set_cpu_enabled(on);
        if (on) at::autocast::set_autocast_cpu_dtype(type);
    } else {
        at::autocast::set_enabled(on);
        if (on) at::autocast::set_autocast_gpu_dtype(type);
    }
}
#endif

int32_t ct_set_autocast(int32_t dtype) {
    const int32_t before = autocasts();
    guarded([&] {
        const bool on = dtype != 0;
        const auto type = on ? scalar_type(dtype) : at::kFloat;
        set_autocasts(at::kCPU, on, type);
        if (at::hasCUDA()) set_autocasts(at::kCUDA, on, type);
        if (before != dtype) at::autocast::clear_cache();
    });
    return before;
}
