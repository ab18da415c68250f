// Tensors made from bytes and looked at.

#include "Internal.hpp"

#include <cstring>

#include <ATen/ops/empty.h>

using namespace ctorch;

int32_t ct_from_bytes(
    const void *bytes, size_t size, int32_t dtype, const int64_t *shape, int32_t rank, int32_t device,
    ct_tensor **out) {
    return guarded([&] {
        const auto options = at::TensorOptions().dtype(scalar_type(dtype)).device(c10::Device(c10::kCPU));
        at::Tensor made = at::empty(at::IntArrayRef(shape, static_cast<size_t>(rank)), options);
        TORCH_CHECK(made.nbytes() == size, "the shape needs ", made.nbytes(), " bytes, not ", size);
        if (size > 0) std::memcpy(made.data_ptr(), bytes, size);
        *out = give(device == CT_CPU ? std::move(made) : made.to(device_of(device)));
    });
}

int32_t ct_copy_out(const ct_tensor *handle, void *bytes, size_t size) {
    return guarded([&] {
        const at::Tensor plain = tensor(handle).detach().to(c10::Device(c10::kCPU)).contiguous();
        TORCH_CHECK(plain.nbytes() == size, "the tensor has ", plain.nbytes(), " bytes, not ", size);
        if (size > 0) std::memcpy(bytes, plain.data_ptr(), size);
    });
}

void ct_free(ct_tensor *handle) { delete reinterpret_cast<at::Tensor *>(handle); }

int32_t ct_rank(const ct_tensor *handle) { return static_cast<int32_t>(tensor(handle).dim()); }

void ct_shape(const ct_tensor *handle, int64_t *lengths) {
    const auto sizes = tensor(handle).sizes();
    std::copy(sizes.begin(), sizes.end(), lengths);
}

int32_t ct_dtype(const ct_tensor *handle) { return dtype_number(tensor(handle).scalar_type()); }

int32_t ct_device(const ct_tensor *handle) {
    const auto device = tensor(handle).device();
    return device.is_cpu() ? static_cast<int32_t>(CT_CPU) : static_cast<int32_t>(device.index());
}

bool ct_is_contiguous(const ct_tensor *handle) { return tensor(handle).is_contiguous(); }

bool ct_is_same(const ct_tensor *left, const ct_tensor *right) { return tensor(left).is_same(tensor(right)); }

int32_t ct_item(const ct_tensor *handle, double *out) {
    return guarded([&] {
        const at::Tensor &value = tensor(handle);
        TORCH_CHECK(value.numel() == 1, "a tensor of ", value.numel(), " elements is no single number");
        *out = value.item().toDouble();
    });
}
