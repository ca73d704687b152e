// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/device/checked_device.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

// libTorch finds the guard of a device by this registration; there is one device and no streams.
namespace c10::impl {
namespace {
C10_REGISTER_GUARD_IMPL(XPU, NoOpDeviceGuardImpl<DeviceType::XPU>);
}
} // namespace c10::impl

namespace timbrel::test {
namespace {

using torch::Tensor;
using torch::jit::Stack;

std::atomic<int64_t> uploads, downloads, uploaded_bytes, downloaded_bytes;

// Device memory is CPU memory under an address that no process can have.
constexpr uintptr_t device_address = uintptr_t{1} << 62;

void* on_cpu(void* address) {
    return address ? reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(address) - device_address) : nullptr;
}

void delete_tensor(void* tensor) { delete static_cast<Tensor*>(tensor); }

bool on_device(const Tensor& x) { return x.defined() && x.device().type() == c10::kXPU; }

void set_layout(c10::TensorImpl& x, const Tensor& layout) {
    x.set_sizes_and_strides(layout.sizes(), layout.strides());
    x.set_storage_offset(layout.storage_offset());
    if (layout.is_conj()) x._set_conj(true);
    if (layout.is_neg()) x._set_neg(true);
}

Tensor with_storage(c10::Storage storage, c10::DispatchKey key, const Tensor& layout) {
    auto x = at::detail::make_tensor<c10::TensorImpl>(std::move(storage), c10::DispatchKeySet(key), layout.dtype());
    set_layout(*x.unsafeGetTensorImpl(), layout);
    return x;
}

c10::Storage storage_at(void* address, size_t bytes, const Tensor& owner, c10::Device device) {
    return {c10::Storage::use_byte_size_t(), bytes, c10::DataPtr(address, new Tensor(owner), &delete_tensor, device),
            /*allocator=*/nullptr,
            /*resizable=*/false};
}

// The same memory as a tensor of the CPU.
Tensor cpu_alias(const Tensor& x) {
    const auto& storage = x.storage();
    return with_storage(storage_at(on_cpu(storage.data()), storage.nbytes(), x, torch::kCPU), c10::DispatchKey::CPU, x);
}

// A CPU tensor that nothing else uses, as one of the device.
Tensor moved_to_device(const Tensor& x) {
    const auto& storage = x.storage();
    void* const address = storage.data()
                              ? reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(storage.data()) + device_address)
                              : nullptr;
    return with_storage(storage_at(address, storage.nbytes(), x, checked_device()), c10::DispatchKey::XPU, x);
}

// The tensors of a call that were on the device, and their aliases.
struct Aliases {
    std::vector<Tensor> device, cpu;

    // An empty tensor gets memory from the operator that writes into it.
    Tensor add(const Tensor& x) {
        device.push_back(x);
        return cpu.emplace_back(x.storage().nbytes() == 0 ? torch::empty(x.sizes(), x.options().device(torch::kCPU))
                                                          : cpu_alias(x));
    }

    // A result: an argument itself, a view of one, or a new tensor.
    Tensor result(const Tensor& x) const {
        for (size_t i = 0; i < cpu.size(); ++i)
            if (x.is_same(cpu[i])) {
                auto* const argument = device[i].unsafeGetTensorImpl();
                if (device[i].storage().nbytes() == 0)
                    argument->set_storage_keep_dtype(moved_to_device(x.alias()).storage());
                set_layout(*argument, x);
                return device[i];
            }
        for (size_t i = 0; i < cpu.size(); ++i)
            if (x.storage().data() == cpu[i].storage().data() && x.storage().data())
                return with_storage(device[i].storage(), c10::DispatchKey::XPU, x);
        return moved_to_device(x);
    }
};

// As on a graphics card, a CPU tensor without dimensions counts as a number.
void check_device(const c10::OperatorHandle& op, const Tensor& x) {
    if (x.defined() && !on_device(x) && x.dim() > 0)
        throw std::runtime_error(op.schema().name() + ": a tensor of " + x.device().str() +
                                 " among tensors of the device");
}

Tensor argument(const c10::OperatorHandle& op, Aliases& aliases, const Tensor& x) {
    check_device(op, x);
    return on_device(x) ? aliases.add(x) : x;
}

c10::IValue to_cpu(const c10::OperatorHandle& op, Aliases& aliases, const c10::IValue& value) {
    if (value.isTensor()) return argument(op, aliases, value.toTensor());
    if (value.isDevice()) return c10::Device(torch::kCPU);
    if (value.isTensorList()) {
        c10::List<Tensor> list;
        for (const Tensor& x : value.toTensorVector()) list.push_back(argument(op, aliases, x));
        return list;
    }
    if (value.isOptionalTensorList()) {
        c10::List<c10::optional<Tensor>> list;
        for (const c10::optional<Tensor>& x : value.toOptionalTensorVector())
            list.push_back(x ? c10::make_optional(argument(op, aliases, *x)) : c10::nullopt);
        return list;
    }
    return value;
}

c10::IValue to_device(const Aliases& aliases, const c10::IValue& value) {
    if (value.isTensor()) return value.toTensor().defined() ? aliases.result(value.toTensor()) : value.toTensor();
    if (value.isTensorList()) {
        c10::List<Tensor> list;
        for (const Tensor& x : value.toTensorVector()) list.push_back(aliases.result(x));
        return list;
    }
    return value;
}

// Every operator that libTorch does not compose of others.
void run_on_cpu(const c10::OperatorHandle& op, Stack* stack) {
    Aliases aliases;
    for (size_t i = stack->size() - op.schema().arguments().size(); i < stack->size(); ++i)
        (*stack)[i] = to_cpu(op, aliases, (*stack)[i]);
    if (op.schema().name() == "aten::_local_scalar_dense") ++downloads;
    op.callBoxed(stack);
    for (size_t i = stack->size() - op.schema().returns().size(); i < stack->size(); ++i)
        (*stack)[i] = to_device(aliases, (*stack)[i]);
}

// The only operator that may see both devices.
Tensor& copy(Tensor& to, const Tensor& from, bool) {
    const auto bytes = int64_t(from.nbytes());
    if (on_device(to) && !on_device(from)) ++uploads, uploaded_bytes += bytes;
    if (!on_device(to) && on_device(from)) ++downloads, downloaded_bytes += bytes;
    auto target = on_device(to) ? cpu_alias(to) : to;
    target.copy_(on_device(from) ? cpu_alias(from) : from);
    return to;
}

TORCH_LIBRARY_IMPL(_, XPU, m) { m.fallback(torch::CppFunction::makeFromBoxedFunction<&run_on_cpu>()); }
TORCH_LIBRARY_IMPL(aten, XPU, m) { m.impl("copy_", &copy); }

} // namespace

DeviceCopies device_copies() { return {uploads, downloads, uploaded_bytes, downloaded_bytes}; }

void reset_device_copies() { uploads = downloads = uploaded_bytes = downloaded_bytes = 0; }

} // namespace timbrel::test
