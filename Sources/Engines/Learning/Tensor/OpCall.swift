internal import CTorch

// The only file that reads a tensor's handle. Swift frees an object after its last use in Swift, which may be before a C
// call that got only its handle has returned: every call below keeps its tensors alive to its end.

/// An array of numbers with a shape, on which libtorch computes.
///
/// A tensor is freed when its last reference goes. Tensors stay with the thread that made them: what crosses threads is
/// ``HostTensor``.
public final class Tensor {
    fileprivate let raw: OpaquePointer?

    fileprivate init(raw: OpaquePointer?) { self.raw = raw }

    /// Takes what a C function gives out.
    convenience init(making name: String, _ body: (UnsafeMutablePointer<OpaquePointer?>) -> Int32) {
        var out: OpaquePointer?
        if body(&out) != 0 { report(name, []) }
        self.init(raw: out)
    }

    deinit {
        if let raw { ct_free(raw) }
    }

    /// The result of an operation that failed: every operation on it does nothing.
    static func failed() -> Tensor { Tensor(raw: nil) }

    var isFailed: Bool { raw == nil }
}

/// One argument of an operator.
enum Arg {
    case none
    case tensor(Tensor)
    case optional(Tensor?)
    case int(Int)
    case double(Double)
    case bool(Bool)
    case ints([Int])
    case tensors([Tensor])
    case optionalTensors([Tensor?])
    case dtype(DType)
    case device(Device)
    case text(StaticString)
}

/// Calls an operator that gives one tensor.
@discardableResult
func callOp(_ op: OpName, _ args: Arg...) -> Tensor { callOp(op, args, results: 1).first ?? .failed() }

/// Calls an operator that gives up to `results` tensors; a missing one is a failed tensor.
@discardableResult
func callOp(_ op: OpName, _ args: [Arg], results: Int) -> [Tensor] {
    var boxed = BoxedArguments()
    for arg in args { boxed.add(arg) }
    defer { withExtendedLifetime(args) {} }
    guard !boxed.hasFailed else { return (0..<results).map { _ in .failed() } }
    return withUnsafeTemporaryAllocation(of: OpaquePointer?.self, capacity: max(results, 1)) { outs in
        outs.initialize(repeating: nil)
        var count: Int32 = 0
        let status = op.rawValue.withCString { name in
            ct_call(
                name, boxed.values, Int32(boxed.values.count), boxed.ints, boxed.handles, outs.baseAddress,
                Int32(results), &count)
        }
        if status != 0 { report(op.rawValue, boxed.shapes) }
        let made = outs.prefix(results).map(Tensor.init(raw:))
        if AnomalySearch.isOn, status == 0, AnomalySearch.finds(made) {
            ErrorLatch.report(
                TorchError(operation: op.rawValue, shapes: boxed.shapes, message: AnomalySearch.message))
        }
        if LayerWatch.current != nil { LayerWatch.note(op, boxed.held, made) }
        return made
    }
}

/// Calls a C function with the handle of one tensor.
func borrowing<Result>(_ tensor: Tensor, _ body: (OpaquePointer) -> Result) -> Result? {
    defer { withExtendedLifetime(tensor) {} }
    return tensor.raw.map(body)
}

/// Calls a C function with the handles of two tensors, the second of which may be none.
func borrowing<Result>(
    _ first: Tensor, _ second: Tensor?, _ body: (OpaquePointer, OpaquePointer?) -> Result
) -> Result? {
    defer { withExtendedLifetime((first, second)) {} }
    return first.raw.map { body($0, second?.raw) }
}

/// Calls a C function with the handles of a tensor and of a list.
func borrowing<Result>(
    _ first: Tensor, _ list: [Tensor], _ body: (OpaquePointer, [OpaquePointer?]) -> Result
) -> Result? {
    defer { withExtendedLifetime((first, list)) {} }
    let handles = list.map(\.raw)
    guard let raw = first.raw, !handles.contains(nil) else { return nil }
    return body(raw, handles)
}

/// Takes what a C function gives out; its failure goes the way of every operation's.
func taking(
    _ name: String, _ arguments: [Tensor] = [], _ body: (UnsafeMutablePointer<OpaquePointer?>) -> Int32?
) -> Tensor? {
    var out: OpaquePointer?
    guard let status = body(&out) else { return .failed() }
    if status != 0 {
        report(name, arguments.map(\.shape))
        return .failed()
    }
    return out.map(Tensor.init(raw:))
}

/// Takes a list that a C function gives out.
func takingList(
    _ name: String, count: Int, _ body: (UnsafeMutablePointer<OpaquePointer?>) -> Int32?
) -> [Tensor?] {
    var outs = [OpaquePointer?](repeating: nil, count: max(count, 1))
    let status = outs.withUnsafeMutableBufferPointer { outs in outs.baseAddress.flatMap(body) }
    if let status, status != 0 { report(name, []) }
    return status == 0 ? outs.prefix(count).map { $0.map(Tensor.init(raw:)) } : (0..<count).map { _ in .failed() }
}

/// Reports the failure of a function that gives nothing out.
func done(_ name: String, _ arguments: [Tensor] = [], _ status: Int32?) {
    if let status, status != 0 { report(name, arguments.map(\.shape)) }
}

private func report(_ operation: String, _ shapes: [[Int]]) {
    ErrorLatch.report(TorchError(operation: operation, shapes: shapes, message: String(cString: ct_last_error())))
}

/// Arguments as the C side reads them: values, and the lists they point into.
private struct BoxedArguments {
    var values: [ct_value] = []
    var ints: [Int64] = []
    var handles: [OpaquePointer?] = []
    var hasFailed = false
    private var tensors: [Tensor] = []

    var shapes: [[Int]] { tensors.map(\.shape) }
    var held: [Tensor] { tensors }

    mutating func add(_ arg: Arg) {
        switch arg {
        case .none: append(CT_NONE)
        case .tensor(let tensor): addTensor(tensor)
        case .optional(let tensor): if let tensor { addTensor(tensor) } else { append(CT_NONE) }
        case .int(let value): append(CT_INT, Int64(value))
        case .double(let value):
            values.append(ct_value(kind: kind(CT_DOUBLE), count: 0, integer: 0, real: value, text: nil))
        case .bool(let value): append(CT_BOOLEAN, value ? 1 : 0)
        case .ints(let list):
            append(CT_INTS, Int64(ints.count), count: list.count)
            ints.append(contentsOf: list.map(Int64.init))
        case .tensors(let list): addList(list, CT_TENSORS)
        case .optionalTensors(let list): addList(list, CT_OPTIONAL_TENSORS)
        case .dtype(let type): append(CT_DTYPE, Int64(type.rawValue))
        case .device(let device): append(CT_DEVICE, Int64(device.number))
        case .text(let text): addText(text)
        }
    }

    private mutating func addTensor(_ tensor: Tensor) {
        append(CT_TENSOR, Int64(handles.count))
        hold(tensor)
    }

    private mutating func addList(_ list: [Tensor?], _ kind: some BinaryInteger) {
        append(kind, Int64(handles.count), count: list.count)
        for tensor in list {
            if let tensor { hold(tensor) } else { handles.append(nil) }
        }
    }

    private mutating func hold(_ tensor: Tensor) {
        hasFailed = hasFailed || tensor.isFailed
        handles.append(tensor.raw)
        tensors.append(tensor)
    }

    private mutating func addText(_ text: StaticString) {
        let start = UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
        values.append(ct_value(kind: kind(CT_TEXT), count: 0, integer: 0, real: 0, text: start))
    }

    private mutating func append(_ number: some BinaryInteger, _ integer: Int64 = 0, count: Int = 0) {
        values.append(
            ct_value(kind: kind(number), count: Int32(clamping: count), integer: integer, real: 0, text: nil))
    }

    private func kind(_ number: some BinaryInteger) -> Int32 { Int32(clamping: number) }
}
