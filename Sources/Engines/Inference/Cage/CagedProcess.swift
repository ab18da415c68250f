internal import Basics
internal import CCage
import Foundation

/// How a caged process is started.
public struct CageSettings: Hashable, Sendable {
    /// The program and the words that make it a worker.
    public var command: [String]
    /// An empty folder: all that the process will see of the file system.
    public var folder: String
    /// Threads that work on one run.
    public var threads = 1
    /// The most memory the process may have.
    public var memoryBytes: UInt64 = 2 << 30
    /// The most processor time of the whole life; 0 for no bound.
    public var processorSeconds: UInt64 = 0
    /// Milliseconds from the start until the model is loaded.
    public var startMilliseconds: Int64 = 30_000
    /// Milliseconds for one run.
    public var runMilliseconds: Int64 = 5_000

    /// 2 GiB, 30 seconds to load, 5 seconds a run.
    public init(command: [String], folder: String) {
        self.command = command
        self.folder = folder
    }
}

/// One life of a process that runs a model that nobody vouches for. Used by one thread at a time.
///
/// Whatever the process does, the server reads a bounded message and a tensor that fits its half of the shared memory.
final class CagedProcess {
    /// What the process says about itself once the model is loaded.
    private(set) var inputs: [TensorPort] = []
    private(set) var outputs: [TensorPort] = []
    private(set) var facts = CageFacts(bits: 0)
    private(set) var provider = "CPU"
    /// The most memory that it was known to have.
    private(set) var peakKibibytes: Int64 = 0

    private let process: Int32
    private let socket: MessageSocket
    private let arena: Int32
    private let settings: CageSettings
    private var isGone = false

    /// Starts a process and waits until it has loaded the model.
    init(_ model: [UInt8], library: String, settings: CageSettings) throws(InferenceError) {
        self.settings = settings
        var pair: [Int32] = [-1, -1]
        guard cage_sockets(&pair) == 0 else { throw Self.cannot("make sockets") }
        socket = MessageSocket(descriptor: pair[0])
        arena = cage_memory(Int64(2 * WorkerMessage.halfBytes))
        let file = cage_memory(Int64(model.count))
        let reason = arena >= 0 && file >= 0 ? Self.write(model, to: file, at: 0) : ENOMEM
        process = reason == 0 ? Self.start(library, settings, [pair[1], arena, file]) : -reason
        close(pair[1])
        if file >= 0 { close(file) }
        guard process > 0 else {
            isGone = true
            throw Self.cannot("start \(settings.command.first ?? "a program"): \(String(cString: strerror(-process)))")
        }
        try takeGreeting()
    }

    deinit {
        end()
        close(socket.descriptor)
        if arena >= 0 { close(arena) }
    }

    /// Runs the model once.
    ///
    /// - Throws: what the worker says; `.failed` or `.timedOut` when it is gone afterwards (``isAlive``).
    func run(_ tensors: [String: Tensor]) throws(InferenceError) -> [String: Tensor] {
        var places: [JSON] = []
        var at = 0
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let place = WorkerMessage.Place(
                name: name, type: tensor.elements.type, shape: tensor.shape, offset: at)
            let bytes = place.bytes ?? 0
            guard at + bytes <= WorkerMessage.halfBytes else {
                throw InferenceError(.invalidInput, "The inputs have more than \(WorkerMessage.halfBytes) bytes.")
            }
            guard tensor.withElementBytes({ Self.write($0, to: arena, at: at) }) == 0 else {
                throw InferenceError(.failed, "The shared memory cannot be written.")
            }
            at += (bytes + 7) / 8 * 8
            places.append(place.json)
        }
        let reply = try exchange(["inputs": .array(places)], within: settings.runMilliseconds)
        return try outputs(of: reply)
    }

    /// Whether the process still answers, as far as is known.
    var isAlive: Bool { !isGone }

    /// Ends the process, if it is not gone.
    func end() {
        guard !isGone else { return }
        isGone = true
        _ = cage_kill(process)
    }

    // MARK: Talking

    private func takeGreeting() throws(InferenceError) {
        let reply = try exchange(nil, within: settings.startMilliseconds)
        let ports = [reply["inputs"], reply["outputs"]].map { $0?.arrayValue?.compactMap(WorkerMessage.port) ?? [] }
        inputs = ports[0]
        outputs = ports[1]
        facts = CageFacts(bits: UInt32(truncatingIfNeeded: reply["cage"]?.intValue ?? 0))
        provider = reply["provider"]?.stringValue == "CPU" ? "CPU" : "unknown"
    }

    private func exchange(_ message: JSON?, within milliseconds: Int64) throws(InferenceError) -> JSONObject {
        let deadline = monotonicMilliseconds() + milliseconds
        let reply: JSONObject
        do {
            if let message { try socket.post(message) }
            reply = try socket.receive(before: deadline)
        } catch {
            end()
            switch error {
            case .timedOut: throw InferenceError(.timedOut, "The model did not answer within \(milliseconds) ms.")
            case .closed: throw InferenceError(.failed, "The process of the model ended.")
            }
        }
        peakKibibytes = max(peakKibibytes, reply["kib"]?.intValue ?? 0)
        if let failure = WorkerMessage.failure(in: reply) { throw failure }
        return reply
    }

    private func outputs(of reply: JSONObject) throws(InferenceError) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for json in reply["outputs"]?.arrayValue ?? [] {
            guard let place = WorkerMessage.Place(json), let count = place.bytes else {
                end()
                throw InferenceError(.failed, "The process of the model talks nonsense.")
            }
            var bytes = [UInt8](repeating: 0, count: count)
            var read = 0
            while read < count {
                let at = WorkerMessage.halfBytes + place.offset + read
                let got = bytes.withUnsafeMutableBytes {
                    pread(arena, $0.baseAddress?.advanced(by: read), count - read, at)
                }
                guard got > 0 else { throw InferenceError(.failed, "The shared memory cannot be read.") }
                read += got
            }
            tensors[place.name] = try Tensor(shape: place.shape, type: place.type, bytes: bytes)
        }
        guard Set(tensors.keys) == Set(outputs.map(\.name)) else {
            end()
            throw InferenceError(.failed, "The process of the model leaves out an output.")
        }
        return tensors
    }

    // MARK: Starting

    private static func start(_ library: String, _ settings: CageSettings, _ descriptors: [Int32]) -> Int32 {
        let words =
            settings.command + [
                "--library", library, "--memory", String(settings.memoryBytes), "--processor-seconds",
                String(settings.processorSeconds), "--threads", String(settings.threads),
            ]
        let arguments = words.map { strdup($0) }
        // One arena of the allocator: address space is bounded.
        let variables: [String] = ["MALLOC_ARENA_MAX=2", "LC_ALL=C.UTF-8"]
        let environment = variables.map { strdup($0) }
        defer { for text in arguments + environment { free(text) } }
        return cage_start(words.first ?? "", arguments + [nil], environment + [nil], settings.folder, descriptors)
    }

    private static func write(_ bytes: some ContiguousBytes, to file: Int32, at offset: Int) -> Int32 {
        bytes.withUnsafeBytes { raw in
            var done = 0
            while done < raw.count {
                let written = pwrite(file, raw.baseAddress?.advanced(by: done), raw.count - done, offset + done)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return errno == 0 ? EIO : errno }
                done += written
            }
            return 0
        }
    }

    private static func cannot(_ what: String) -> InferenceError {
        InferenceError(.unavailable, "The process of the model cannot begin: cannot \(what).")
    }
}
