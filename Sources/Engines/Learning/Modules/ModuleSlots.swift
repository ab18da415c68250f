/// What a module keeps a tensor for.
enum TensorRole {
    case parameter, buffer
}

/// A stored property of a module that `Module.init` finds.
protocol ModuleSlot: AnyObject {
    var key: String? { get }
    var children: [(key: String, module: Module)] { get }
    func tensor(_ role: TensorRole) -> Tensor?
    func convert(_ change: (Tensor) -> Tensor)
}

/// A tensor, or perhaps one: what ``Param`` and ``Buffer`` hold.
public protocol TensorValue {
    /// The tensor, if there is one.
    var tensorIfAny: Tensor? { get }
    /// The same with another tensor in its place.
    func replacing(_ tensor: Tensor) -> Self
}

extension Tensor: TensorValue {
    /// This tensor.
    public var tensorIfAny: Tensor? { self }
}

extension TensorValue where Self == Tensor {
    /// The other tensor.
    public func replacing(_ tensor: Tensor) -> Tensor { tensor }
}

extension Optional: TensorValue where Wrapped == Tensor {
    /// The tensor, if there is one.
    public var tensorIfAny: Tensor? { self }

    /// The other tensor.
    public func replacing(_ tensor: Tensor) -> Tensor? { tensor }
}

/// A parameter of a module: a tensor that learns by gradients.
@propertyWrapper
public final class Param<Value: TensorValue>: ModuleSlot {
    let key: String?

    /// The tensor. One that is set becomes a leaf that collects gradients.
    public var wrappedValue: Value { didSet { wrappedValue = Self.leaf(wrappedValue) } }

    /// A parameter under a key; without one, under the property's name.
    public init(_ value: Value, key: String? = nil) {
        wrappedValue = Self.leaf(value)
        self.key = key
    }

    /// A parameter under the property's name.
    public convenience init(wrappedValue: Value) { self.init(wrappedValue) }

    private static func leaf(_ value: Value) -> Value {
        guard let tensor = value.tensorIfAny else { return value }
        let leaf = tensor.detached()
        leaf.requiresGrad = true
        return value.replacing(leaf)
    }

    var children: [(key: String, module: Module)] { [] }

    func tensor(_ role: TensorRole) -> Tensor? { role == .parameter ? wrappedValue.tensorIfAny : nil }

    func convert(_ change: (Tensor) -> Tensor) {
        guard let tensor = wrappedValue.tensorIfAny else { return }
        let learns = tensor.requiresGrad
        wrappedValue = wrappedValue.replacing(withoutGrad { change(tensor) })
        wrappedValue.tensorIfAny?.requiresGrad = learns
    }
}

/// A tensor that is kept with a module's weights but does not learn by gradients, such as a running mean.
@propertyWrapper
public final class Buffer<Value: TensorValue>: ModuleSlot {
    let key: String?

    /// The tensor.
    public var wrappedValue: Value

    /// A buffer under a key; without one, under the property's name.
    public init(_ value: Value, key: String? = nil) {
        wrappedValue = value
        self.key = key
    }

    /// A buffer under the property's name.
    public convenience init(wrappedValue: Value) { self.init(wrappedValue) }

    var children: [(key: String, module: Module)] { [] }

    func tensor(_ role: TensorRole) -> Tensor? { role == .buffer ? wrappedValue.tensorIfAny : nil }

    func convert(_ change: (Tensor) -> Tensor) {
        guard let tensor = wrappedValue.tensorIfAny else { return }
        wrappedValue = wrappedValue.replacing(withoutGrad { change(tensor) })
    }
}

/// A module, a list of them, or perhaps one: what ``Child`` holds.
public protocol ModuleTree {
    /// The modules with the keys that they have inside this value.
    var modules: [(key: String, module: Module)] { get }
}

extension Array: ModuleTree where Element: ModuleTree {
    /// The elements' modules under their numbers, from 0.
    public var modules: [(key: String, module: Module)] {
        enumerated().flatMap { index, element in
            element.modules.map { ($0.key.isEmpty ? "\(index)" : "\(index).\($0.key)", $0.module) }
        }
    }
}

extension Optional: ModuleTree where Wrapped: ModuleTree {
    /// The module's, if there is one.
    public var modules: [(key: String, module: Module)] { self?.modules ?? [] }
}

/// A module inside a module, or a list of them.
@propertyWrapper
public final class Child<Value: ModuleTree>: ModuleSlot {
    let key: String?

    /// The module or the list.
    public var wrappedValue: Value

    /// A child under a key; without one, under the property's name. The key "" adds nothing to its parts' keys.
    public init(_ value: Value, key: String? = nil) {
        wrappedValue = value
        self.key = key
    }

    /// A child under the property's name.
    public convenience init(wrappedValue: Value) { self.init(wrappedValue) }

    var children: [(key: String, module: Module)] { wrappedValue.modules }

    func tensor(_ role: TensorRole) -> Tensor? { nil }

    func convert(_ change: (Tensor) -> Tensor) {}
}
