internal import Basics
internal import CCage
import Foundation

/// The inside of the cage: what `vitrine model-worker` runs.
///
/// Descriptor 3 is the socket, 4 the shared memory, 5 the model. ONNX Runtime is opened and tested first, then everything
/// is given up, and only then the model is read: its bytes are the first thing here that nobody vouches for.
public struct ModelWorker {
    /// Where ONNX Runtime's library is.
    public var library: String
    /// The most memory the process may have.
    public var memoryBytes: UInt64
    /// The most processor time; 0 for no bound.
    public var processorSeconds: UInt64
    /// Threads that work on one run.
    public var threads: Int

    /// A worker.
    public init(library: String, memoryBytes: UInt64, processorSeconds: UInt64, threads: Int) {
        self.library = library
        self.memoryBytes = memoryBytes
        self.processorSeconds = processorSeconds
        self.threads = threads
    }

    private static let socket = MessageSocket(descriptor: 3)

    /// The namespaces that the process took before it made a thread, as it does when its first argument is
    /// `model-worker`. Give the result to ``run(_:)``.
    public static func enter() -> UInt32 { cage_enter() }

    /// Serves runs of the model until the other end closes the socket. Ends the process.
    public func run(_ entered: UInt32) -> Never {
        Self.endWithTheServer()
        do {
            let session = try load(entered)
            while let request = try? Self.socket.receive() { try answer(request, session) }
        } catch let error as InferenceError {
            try? Self.socket.post(WorkerMessage.failure(error))
        } catch {
            exit(EXIT_FAILURE)
        }
        exit(EXIT_SUCCESS)
    }

    /// A server that is killed takes its workers along, even while they compute.
    private static func endWithTheServer() {
        Thread.detachNewThread {
            var one = pollfd(fd: socket.descriptor, events: Int16(bitPattern: 0x2000), revents: 0)  // POLLRDHUP
            while poll(&one, 1, -1) < 0 && errno == EINTR {}
            _exit(EXIT_SUCCESS)
        }
    }

    private func load(_ entered: UInt32) throws -> (session: ModelSession, arena: Arena) {
        let runtime = try InferenceRuntime(path: library)
        guard let arena = Arena() else { throw InferenceError(.failed, "There is no shared memory.") }
        let facts = CageFacts(bits: cage_close(memoryBytes, processorSeconds, entered))
        guard facts.isTight else {
            throw InferenceError(
                .unavailable, "This machine cannot cage a model: \(facts.missing.joined(separator: ", ")) is refused.")
        }
        var options = SessionOptions()
        options.threads = threads
        let session = try ModelSession(try Self.model(), runtime: runtime, options: options)
        try Self.socket.post([
            "inputs": .array(session.inputs.map(WorkerMessage.port)),
            "outputs": .array(session.outputs.map(WorkerMessage.port)), "cage": .int(Int64(facts.bits)),
            "provider": .string(session.provider), "kib": .int(cage_peak_memory()),
        ])
        return (session, arena)
    }

    private static func model() throws(InferenceError) -> [UInt8] {
        let size = lseek(5, 0, SEEK_END)
        guard size > 0, size <= ModelScan.Limits().bytes else {
            throw InferenceError(.invalidModel, "There is no model.")
        }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        var at = 0
        while at < bytes.count {
            let got = bytes.withUnsafeMutableBytes { pread(5, $0.baseAddress?.advanced(by: at), $0.count - at, at) }
            guard got > 0 else { throw InferenceError(.invalidModel, "The model cannot be read.") }
            at += got
        }
        close(5)
        return bytes
    }

    private func answer(_ request: JSONObject, _ loaded: (session: ModelSession, arena: Arena)) throws {
        do {
            var inputs: [String: Tensor] = [:]
            for json in request["inputs"]?.arrayValue ?? [] {
                guard let place = WorkerMessage.Place(json) else {
                    throw InferenceError(.invalidInput, "No such input.")
                }
                inputs[place.name] = try loaded.arena.tensor(place)
            }
            let outputs = try loaded.session.run(inputs)
            var at = 0
            var places: [JSON] = []
            for (name, tensor) in outputs.sorted(by: { $0.key < $1.key }) {
                let place = WorkerMessage.Place(
                    name: name, type: tensor.elements.type, shape: tensor.shape, offset: at)
                try loaded.arena.put(tensor, place)
                at += ((place.bytes ?? 0) + 7) / 8 * 8
                places.append(place.json)
            }
            try Self.socket.post(["outputs": .array(places), "kib": .int(cage_peak_memory())])
        } catch let error as InferenceError {
            try Self.socket.post(WorkerMessage.failure(error))
        }
    }

    /// The shared memory, as the worker sees it.
    private struct Arena {
        let memory: UnsafeMutableRawBufferPointer

        init?() {
            let bytes = 2 * WorkerMessage.halfBytes
            guard let base = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, 4, 0), base != MAP_FAILED else {
                return nil
            }
            memory = UnsafeMutableRawBufferPointer(start: base, count: bytes)
        }

        func tensor(_ place: WorkerMessage.Place) throws(InferenceError) -> Tensor {
            guard let bytes = place.bytes else { throw InferenceError(.invalidInput, "No such input.") }
            return try Tensor(
                shape: place.shape, type: place.type,
                bytes: Array(memory[place.offset..<place.offset + bytes]))
        }

        func put(_ tensor: Tensor, _ place: WorkerMessage.Place) throws(InferenceError) {
            guard let bytes = place.bytes, place.offset <= WorkerMessage.halfBytes - bytes else {
                throw InferenceError(.failed, "The outputs have more than \(WorkerMessage.halfBytes) bytes together.")
            }
            let start = WorkerMessage.halfBytes + place.offset
            tensor.withElementBytes {
                UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + bytes]).copyMemory(from: $0)
            }
        }
    }
}
