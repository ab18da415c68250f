#ifndef VITRINE_CTORCH_H
#define VITRINE_CTORCH_H

// libtorch behind plain C. Only values and opaque handles cross; no exception does.
//
// Every function that returns int32_t gives 0 when it is done; otherwise ct_last_error() tells why. A handle that was
// given out is the caller's, who frees it with ct_free once. A NULL handle stands for "no tensor" where a schema allows
// none. Grad mode, inference mode and the last error belong to the calling thread.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor ct_tensor;

// Element types: the numbers that ONNX gives them.
enum {
    CT_F32 = 1, CT_U8 = 2, CT_I8 = 3, CT_I16 = 5, CT_I32 = 6, CT_I64 = 7, CT_BOOL = 9, CT_F16 = 10, CT_F64 = 11,
    CT_BF16 = 16
};

// Devices: CT_CPU, or the number of a CUDA device.
enum { CT_CPU = -1 };

enum {
    CT_NONE = 0,
    CT_TENSOR = 1,            // tensors[integer]
    CT_INT = 2,               // integer
    CT_DOUBLE = 3,            // real
    CT_BOOLEAN = 4,           // integer
    CT_INTS = 5,              // ints[integer ..< integer + count]
    CT_TENSORS = 6,           // tensors[integer ..< integer + count]
    CT_OPTIONAL_TENSORS = 7,  // the same, NULL means none
    CT_DTYPE = 8,             // integer
    CT_DEVICE = 9,            // integer
    CT_TEXT = 10              // text
};

// One argument of an operator. Lists stand in the arrays that go with the call.
typedef struct {
    int32_t kind;
    int32_t count;
    int64_t integer;
    double real;
    const char *text;
} ct_value;

// What went wrong in this thread's last call that failed; valid until its next one.
const char *ct_last_error(void);

// libtorch's version, as "1.13.0".
const char *ct_version(void);
// How this libtorch was built: BLAS, vector instructions, threads. Valid until the thread's next call of it.
const char *ct_config(void);
bool ct_has_cuda(void);
// Whether the operator "namespace::name.overload" is known.
bool ct_op_exists(const char *name);

// Threads inside one operator, for the whole process.
int32_t ct_set_threads(int32_t count);
int32_t ct_threads(void);
// Seeds the generators of every device.
int32_t ct_seed(uint64_t seed);
// The state of the processor's generator, as bytes in a tensor; with a tensor, puts it back.
int32_t ct_random_state(ct_tensor **out);
int32_t ct_set_random_state(const ct_tensor *state);

// A tensor with a copy of `size` bytes in row order, which must be exactly what the shape and type need.
int32_t ct_from_bytes(
    const void *bytes, size_t size, int32_t dtype, const int64_t *shape, int32_t rank, int32_t device, ct_tensor **out);
// Copies the elements in row order into `bytes`, as the tensor's own type.
int32_t ct_copy_out(const ct_tensor *tensor, void *bytes, size_t size);
void ct_free(ct_tensor *tensor);

int32_t ct_rank(const ct_tensor *tensor);
// Writes the lengths of all dimensions; the array has room for ct_rank of them.
void ct_shape(const ct_tensor *tensor, int64_t *lengths);
// 0 for a type that has no number here.
int32_t ct_dtype(const ct_tensor *tensor);
int32_t ct_device(const ct_tensor *tensor);
bool ct_is_contiguous(const ct_tensor *tensor);
bool ct_is_same(const ct_tensor *left, const ct_tensor *right);
// The one element of a tensor of one element.
int32_t ct_item(const ct_tensor *tensor, double *out);

int32_t ct_set_requires_grad(ct_tensor *tensor, bool wanted);
bool ct_requires_grad(const ct_tensor *tensor);
// Adds the gradient of a tensor of one element to the gradients of the leaves it was made from.
int32_t ct_backward(const ct_tensor *tensor, bool keeps_graph);
// Adds the gradient of the sum of <tensor, gradient> to the leaves.
int32_t ct_backward_with(const ct_tensor *tensor, const ct_tensor *gradient, bool keeps_graph);
// The gradient a leaf has collected; NULL if it has none.
int32_t ct_gradient(const ct_tensor *tensor, ct_tensor **out);
// Replaces the gradient of a leaf; NULL takes it away.
int32_t ct_set_gradient(ct_tensor *tensor, const ct_tensor *gradient);
// The gradients of one output for some inputs, without touching any leaf; NULL where there is none.
int32_t ct_gradients_of(
    const ct_tensor *output, const ct_tensor *const *inputs, int32_t count, bool keeps_graph, ct_tensor **outs);
// Switches recording on or off and returns what it was.
bool ct_set_grad_mode(bool recording);
// Enters (true) or leaves (false) inference mode; calls nest.
int32_t ct_inference(bool enters);
// Runs products and convolutions in an element type, CT_F16 or CT_BF16, on the processor and on CUDA devices; 0 ends it.
// Returns what was set before.
int32_t ct_set_autocast(int32_t dtype);

// Calls an operator by its name "namespace::name.overload". Arguments that are not given take the schema's defaults;
// every tensor of the result is given out, lists flattened.
int32_t ct_call(
    const char *name, const ct_value *args, int32_t arg_count, const int64_t *ints, const ct_tensor *const *tensors,
    ct_tensor **outs, int32_t out_room, int32_t *out_count);

#ifdef __cplusplus
}
#endif

#endif
