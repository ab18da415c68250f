// Operators called by name through the dispatcher's boxed entry.

#include "Internal.hpp"

#include <unordered_map>

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/stack.h>

using namespace ctorch;

namespace {

struct Lists {
    const int64_t *ints;
    const ct_tensor *const *tensors;
};

// Names are looked up once a thread: the dispatcher's own table takes a lock and two allocations.
const c10::OperatorHandle &find(const char *name) {
    static thread_local std::unordered_map<std::string, c10::OperatorHandle> known;
    std::string whole(name);
    const auto seen = known.find(whole);
    if (seen != known.end()) return seen->second;
    const auto dot = whole.find('.');
    const auto overload = dot == std::string::npos ? std::string() : whole.substr(dot + 1);
    auto found = c10::Dispatcher::singleton().findSchema({whole.substr(0, dot), overload});
    TORCH_CHECK(found.has_value(), "this libtorch has no operator ", whole);
    return known.emplace(std::move(whole), *found).first->second;
}

c10::IValue tensor_list(const ct_value &value, const Lists &lists) {
    c10::List<at::Tensor> list;
    list.reserve(static_cast<size_t>(value.count));
    for (int32_t i = 0; i < value.count; ++i) list.push_back(tensor(lists.tensors[value.integer + i]));
    return list;
}

c10::IValue optional_tensor_list(const ct_value &value, const Lists &lists) {
    c10::List<c10::optional<at::Tensor>> list;
    list.reserve(static_cast<size_t>(value.count));
    for (int32_t i = 0; i < value.count; ++i) {
        const ct_tensor *one = lists.tensors[value.integer + i];
        list.push_back(one ? c10::optional<at::Tensor>(tensor(one)) : c10::nullopt);
    }
    return list;
}

c10::IValue int_list(const ct_value &value, const Lists &lists) {
    c10::List<int64_t> list;
    list.reserve(static_cast<size_t>(value.count));
    for (int32_t i = 0; i < value.count; ++i) list.push_back(lists.ints[value.integer + i]);
    return list;
}

// A whole number where the schema wants a real one is that real number.
bool wants_double(const c10::Argument &argument) {
    const c10::Type *type = argument.type().get();
    if (const auto *optional = type->castRaw<c10::OptionalType>()) type = optional->getElementType().get();
    return type->kind() == c10::TypeKind::FloatType;
}

c10::IValue boxed(const ct_value &value, const c10::Argument &argument, const Lists &lists) {
    switch (value.kind) {
    case CT_NONE: return c10::IValue();
    case CT_TENSOR: return tensor_or_none(lists.tensors[value.integer]);
    case CT_INT: return wants_double(argument) ? c10::IValue(static_cast<double>(value.integer)) : value.integer;
    case CT_DOUBLE: return value.real;
    case CT_BOOLEAN: return value.integer != 0;
    case CT_INTS: return int_list(value, lists);
    case CT_TENSORS: return tensor_list(value, lists);
    case CT_OPTIONAL_TENSORS: return optional_tensor_list(value, lists);
    case CT_DTYPE: return static_cast<int64_t>(scalar_type(value.integer));
    case CT_DEVICE: return device_of(value.integer);
    case CT_TEXT: return std::string(value.text);
    default: TORCH_CHECK(false, "argument ", argument.name(), " is of no known kind: ", value.kind);
    }
}

torch::jit::Stack arguments(
    const c10::FunctionSchema &schema, const ct_value *args, size_t count, const Lists &lists) {
    const auto &wanted = schema.arguments();
    TORCH_CHECK(count <= wanted.size(), "takes ", wanted.size(), " arguments, not ", count);
    torch::jit::Stack stack;
    stack.reserve(wanted.size());
    for (size_t i = 0; i < count; ++i) stack.push_back(boxed(args[i], wanted[i], lists));
    for (size_t i = count; i < wanted.size(); ++i) {
        TORCH_CHECK(wanted[i].default_value().has_value(), "argument ", wanted[i].name(), " is missing");
        stack.push_back(*wanted[i].default_value());
    }
    return stack;
}

void collect(const c10::IValue &value, std::vector<at::Tensor> &found) {
    if (value.isTensor()) {
        found.push_back(value.toTensor());
    } else if (value.isTensorList()) {
        for (const at::Tensor &one : value.toTensorVector()) found.push_back(one);
    }
}

}  // namespace

int32_t ct_call(
    const char *name, const ct_value *args, int32_t arg_count, const int64_t *ints, const ct_tensor *const *tensors,
    ct_tensor **outs, int32_t out_room, int32_t *out_count) {
    return guarded([&] {
        const c10::OperatorHandle &op = find(name);
        auto stack = arguments(op.schema(), args, static_cast<size_t>(arg_count), {ints, tensors});
        op.callBoxed(stack);
        std::vector<at::Tensor> found;
        for (const c10::IValue &value : stack) collect(value, found);
        TORCH_CHECK(
            found.size() <= static_cast<size_t>(out_room), "gives ", found.size(), " tensors, and there is room for ",
            out_room);
        for (size_t i = 0; i < found.size(); ++i) outs[i] = give(std::move(found[i]));
        *out_count = static_cast<int32_t>(found.size());
    });
}
