/// A part of a network: parameters, buffers and smaller parts, each under a key.
///
/// A subclass declares them with ``Param``, ``Child`` and ``Buffer`` and sets them before it calls `super.init()`, which
/// is where they are found, once. Keys follow PyTorch: a parameter `weight` of the child `conv1` of the first layer of
/// `layer1` is `layer1.0.conv1.weight`.
open class Module: ModuleTree {
    private var slots: [(name: String, slot: any ModuleSlot)] = []

    /// Whether layers that behave otherwise while learning (dropout, batch norm) do so.
    public private(set) var isTraining = true

    /// Finds the subclass's parameters, children and buffers.
    public init() { slots = Self.slots(of: Mirror(reflecting: self)) }

    private static func slots(of mirror: Mirror) -> [(name: String, slot: any ModuleSlot)] {
        let inherited = mirror.superclassMirror.map(slots) ?? []
        return inherited
            + mirror.children.compactMap { label, value in
                guard let slot = value as? any ModuleSlot else { return nil }
                let property = (label ?? "").drop { $0 == "_" }
                return (slot.key ?? String(property), slot)
            }
    }

    /// What stands behind the name of the module in its description, such as its sizes.
    open var details: String { "" }

    // MARK: Walking

    /// This module under the empty key.
    public var modules: [(key: String, module: Module)] { [("", self)] }

    /// The direct children with their keys.
    public var children: [(key: String, module: Module)] {
        slots.flatMap { name, slot in
            slot.children.map { (Self.joined(name, $0.key), $0.module) }
        }
    }

    /// This module and everything below it, parents before children; the empty key is this module's.
    public func descendants() -> [(key: String, module: Module)] {
        [("", self)]
            + children.flatMap { key, child in
                child.descendants().map { (Self.joined(key, $0.key), $0.module) }
            }
    }

    private func tensors(_ role: TensorRole) -> [(key: String, tensor: Tensor)] {
        descendants().flatMap { key, module in
            module.slots.flatMap { name, slot in
                slot.tensor(role).map { [(Self.joined(key, name), $0)] } ?? []
            }
        }
    }

    private static func joined(_ parent: String, _ key: String) -> String {
        parent.isEmpty ? key : key.isEmpty ? parent : parent + "." + key
    }

    // MARK: Tensors

    /// All parameters of this module and everything below it, in the order of their declaration.
    public func parameters() -> [(key: String, tensor: Tensor)] { tensors(.parameter) }

    /// The parameters that learn.
    public func trainable() -> [(key: String, tensor: Tensor)] { parameters().filter(\.tensor.requiresGrad) }

    /// All buffers: numbers that are kept with the weights but do not learn by gradients.
    public func buffers() -> [(key: String, tensor: Tensor)] { tensors(.buffer) }

    /// Parameters and buffers: what a checkpoint holds.
    public func flattened() -> [(key: String, tensor: Tensor)] { parameters() + buffers() }

    /// How many numbers the parameters have.
    public var parameterCount: Int { parameters().reduce(0) { $0 + $1.tensor.count } }

    /// Stops the parameters whose key begins with one of these from learning; all, if none is named.
    public func freeze(keys: [String] = [""]) { setTrainable(false, keys) }

    /// Lets the parameters whose key begins with one of these learn again; all, if none is named.
    public func unfreeze(keys: [String] = [""]) { setTrainable(true, keys) }

    private func setTrainable(_ wanted: Bool, _ keys: [String]) {
        for (key, tensor) in parameters() where keys.contains(where: { Self.isKey(key, below: $0) }) {
            tensor.requiresGrad = wanted
        }
    }

    private static func isKey(_ key: String, below prefix: String) -> Bool {
        prefix.isEmpty || key == prefix || key.hasPrefix(prefix + ".")
    }

    /// Takes away the gradients of all parameters.
    public func zeroGrad() {
        for (_, tensor) in parameters() { tensor.grad = nil }
    }

    /// Turns learning behaviour on or off, here and below.
    public func train(_ on: Bool = true) {
        for (_, module) in descendants() { module.isTraining = on }
    }

    /// Moves all floating-point parameters and buffers to another type or device; gradients are left behind.
    public func convert(to dtype: DType? = nil, device: Device? = nil) {
        for (_, module) in descendants() {
            for (_, slot) in module.slots { slot.convert { Self.converted($0, dtype, device) } }
        }
    }

    private static func converted(_ tensor: Tensor, _ dtype: DType?, _ device: Device?) -> Tensor {
        let typed = dtype.map { tensor.dtype.isFloating ? tensor.to($0) : tensor } ?? tensor
        return device.map { typed.to($0) } ?? typed
    }
}

extension Module: CustomStringConvertible {
    /// The tree of modules with their sizes and numbers of parameters.
    public var description: String { tree("") }

    private func tree(_ indent: String) -> String {
        let head = "\(Self.self)(\(details))" + (parameterCount > 0 ? " \(parameterCount)" : "")
        let below = children.map { key, child in
            "\n\(indent)  \(key): " + child.tree(indent + "  ")
        }
        return head + below.joined()
    }
}

/// A module from one tensor to one tensor; the base class hands on what it gets.
open class Layer: Module {
    /// The layer's output.
    open func callAsFunction(_ x: Tensor) -> Tensor { x }
}
