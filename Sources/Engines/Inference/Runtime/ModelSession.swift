internal import COnnxRuntime
import Foundation
import Synchronization

/// How a model is run.
public struct SessionOptions: Hashable, Sendable {
    /// Threads that work on one run.
    public var threads = 1
    /// Execution providers in the order in which they are tried: `TensorRT`, `CUDA`, `CPU`. The first that starts is
    /// used; `CPU` always stands at the end. Only `CPU` was ever run by this project.
    public var providers = ["CPU"]
    /// Options of the providers other than `CPU`, by their documented names, such as `device_id`.
    public var providerOptions: [String: String] = [:]

    /// One thread of the processor.
    public init() {}
}

/// A loaded model, ready to run.
///
/// Holds no state between runs and may be run from many tasks at once; a run blocks its thread. ``ModelQueue`` keeps
/// runs away from the threads that others need.
public final class ModelSession: ModelRunner {
    private let runtime: InferenceRuntime
    private let handle: NativeHandle
    private var session: OpaquePointer { handle.pointer }
    /// What the model takes, in its own order.
    public let inputs: [TensorPort]
    /// What the model gives, in its own order.
    public let outputs: [TensorPort]
    /// The execution provider in use.
    public let provider: String
    /// Why providers that stand before ``provider`` could not be used.
    public let refusals: [String]

    /// Loads a model from the bytes of an `.onnx` file.
    ///
    /// The bytes must come from somebody who is trusted, or have passed ``ModelScan``.
    ///
    /// - Throws: `.invalidModel` with the reason when ONNX Runtime refuses the model.
    public init(
        _ model: [UInt8], runtime: InferenceRuntime, options: SessionOptions = SessionOptions()
    ) throws(InferenceError) {
        var refusals: [String] = []
        var opened: (OpaquePointer, String)?
        for provider in options.providers.filter({ $0 != "CPU" }) + ["CPU"] where opened == nil {
            switch Self.open(model, runtime, options, provider) {
            case .success(let session): opened = (session, provider)
            case .failure(let error): refusals.append("\(provider): \(error.message)")
            }
        }
        guard let (session, provider) = opened else {
            throw InferenceError(.invalidModel, "The model cannot be loaded. \(refusals.joined(separator: "; "))")
        }
        self.runtime = runtime
        handle = NativeHandle(session)
        self.provider = provider
        self.refusals = refusals
        inputs = (0..<ort_input_count(session)).map { TensorPort(ort_input(session, $0).pointee) }
        outputs = (0..<ort_output_count(session)).map { TensorPort(ort_output(session, $0).pointee) }
    }

    deinit { ort_session_close(handle.pointer) }

    private static func open(
        _ model: [UInt8], _ runtime: InferenceRuntime, _ options: SessionOptions, _ provider: String
    ) -> Result<OpaquePointer, InferenceError> {
        let pairs = provider == "CPU" ? [] : options.providerOptions.sorted { $0.key < $1.key }
        let keys = pairs.map { strdup($0.key) }
        let values = pairs.map { strdup($0.value) }
        defer { for text in keys + values { free(text) } }
        var opened: OpaquePointer?
        let reason = failure { text, capacity in
            keys.map { UnsafePointer($0) }.withUnsafeBufferPointer { keys in
                values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
                    provider.withCString { provider in
                        var native = ort_options(
                            threads: Int32(clamping: max(1, options.threads)), provider: provider,
                            keys: keys.baseAddress, values: values.baseAddress, count: keys.count)
                        return ort_session_open(
                            runtime.library, model, model.count, &native, &opened, text, capacity)
                    }
                }
            }
        }
        guard let opened, reason == nil else {
            return .failure(InferenceError(.invalidModel, reason ?? "no reason given"))
        }
        return .success(opened)
    }

    /// Runs the model; blocks until it is done.
    ///
    /// - Parameters:
    ///   - tensors: one for each of ``inputs``, by name.
    ///   - cancel: lets another thread end the run early.
    /// - Returns: one for each of ``outputs``, by name.
    /// - Throws: `.invalidInput` naming what is missing or does not fit, `.timedOut` after a cancel, `.failed` when the
    ///   model fails or an output is larger than ``Tensor/maximumElements``.
    public func run(
        _ tensors: [String: Tensor], cancel: RunCancel? = nil
    ) throws(InferenceError) -> [String: Tensor] {
        var given: [Tensor] = []
        for port in inputs { given.append(try checked(tensors[port.name], port)) }
        if let extra = tensors.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } }) {
            throw InferenceError(.invalidInput, "The model has no input '\(extra)'. \(expected)")
        }
        var results = [ort_tensor](repeating: ort_tensor(), count: outputs.count)
        let stop = try cancel?.handle(in: runtime) ?? nil
        let reason = failure { text, capacity in
            Self.borrowing(given[...], []) { ort_run(session, stop, $0, &results, text, capacity) }
        }
        defer { for index in results.indices { ort_tensor_release(session, &results[index]) } }
        if let reason {
            throw cancel?.isCancelled == true
                ? InferenceError(.timedOut, "The model did not answer in time.")
                : InferenceError(.failed, "The model failed: \(reason)")
        }
        var answers: [String: Tensor] = [:]
        for (port, result) in zip(outputs, results) { answers[port.name] = try Tensor(copying: result, port) }
        return answers
    }

    private func checked(_ tensor: Tensor?, _ port: TensorPort) throws(InferenceError) -> Tensor {
        guard let tensor else {
            throw InferenceError(.invalidInput, "The input '\(port.name)' is missing. \(expected)")
        }
        guard tensor.elements.type == port.type, port.accepts(tensor.shape) else {
            throw InferenceError(
                .invalidInput,
                "The input '\(port.name)' is \(tensor.elements.type.name) \(tensor.shape). \(expected)")
        }
        return tensor
    }

    private var expected: String { "The model takes: \(inputs.map(\.text).joined(separator: "; "))." }

    /// Lends the memory of all tensors to one call.
    private static func borrowing(
        _ rest: ArraySlice<Tensor>, _ lent: [ort_tensor], _ body: ([ort_tensor]) -> Int32
    ) -> Int32 {
        guard let tensor = rest.first else { return body(lent) }
        return tensor.withNative { borrowing(rest.dropFirst(), lent + [$0], body) }
    }
}

/// Ends one run of a model from another thread.
public final class RunCancel: Sendable {
    private struct State {
        var handle: NativeHandle?
        var isCancelled = false
    }

    private let state = Mutex(State())

    /// A cancel that was not used yet; it serves one run.
    public init() {}

    deinit { state.withLock { ort_cancel_free($0.handle?.pointer) } }

    /// Whether ``cancel()`` was called.
    public var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Ends the run as soon as its current operator is done; a run that has not begun ends at once.
    public func cancel() {
        state.withLock { state in
            state.isCancelled = true
            if let handle = state.handle { ort_cancel_now(handle.pointer) }
        }
    }

    fileprivate func handle(in runtime: InferenceRuntime) throws(InferenceError) -> OpaquePointer? {
        let (handle, reason) = state.withLock { state -> (NativeHandle?, String?) in
            var made: OpaquePointer?
            let reason = failure { ort_cancel_make(runtime.library, &made, $0, $1) }
            state.handle = made.map { NativeHandle($0) }
            if state.isCancelled, let made { ort_cancel_now(made) }
            return (state.handle, reason)
        }
        if let reason { throw InferenceError(.failed, reason) }
        return handle?.pointer
    }
}

// MARK: To C and back

extension TensorPort {
    fileprivate init(_ native: ort_port) {
        name = String(cString: native.name)
        type = ElementType(rawValue: native.type)
        shape = withUnsafeBytes(of: native.shape) { bytes in
            bytes.bindMemory(to: Int64.self).prefix(Int(native.rank)).map { $0 < 0 ? nil : Int($0) }
        }
    }
}

extension Tensor {
    fileprivate func withNative(_ body: (ort_tensor) -> Int32) -> Int32 {
        var native = ort_tensor()
        native.type = elements.type.rawValue
        native.rank = Int32(shape.count)
        withUnsafeMutableBytes(of: &native.shape) { bytes in
            for (index, size) in shape.enumerated() {
                bytes.storeBytes(of: Int64(size), toByteOffset: index * 8, as: Int64.self)
            }
        }
        return withElementBytes { bytes in
            native.data = bytes.baseAddress
            native.bytes = bytes.count
            return body(native)
        }
    }

    fileprivate init(copying native: ort_tensor, _ port: TensorPort) throws(InferenceError) {
        guard let type = ElementType(rawValue: native.type) else {
            throw InferenceError(.failed, "The output '\(port.name)' has element type \(native.type), not supported.")
        }
        let shape = withUnsafeBytes(of: native.shape) { bytes in
            bytes.bindMemory(to: Int64.self).prefix(Int(native.rank)).map { Int($0) }
        }
        guard let count = Tensor.count(of: shape), count * type.width == native.bytes else {
            throw InferenceError(.failed, "The output '\(port.name)' of shape \(shape) is too large.")
        }
        let bytes = UnsafeRawBufferPointer(start: native.data, count: native.bytes)
        let elements: Elements =
            switch type {
            case .float32: .float32(Array(bytes.bindMemory(to: Float.self)))
            case .uint8: .uint8(Array(bytes))
            case .int32: .int32(Array(bytes.bindMemory(to: Int32.self)))
            case .int64: .int64(Array(bytes.bindMemory(to: Int64.self)))
            case .float16: .float16(Array(bytes.bindMemory(to: UInt16.self)))
            }
        try self.init(shape: shape, elements)
    }
}
