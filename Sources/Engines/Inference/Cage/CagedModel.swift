internal import Basics
import Foundation
import Synchronization

/// A model that nobody vouches for, run in a process of its own that is started again when it ends.
///
/// The model was scanned first (``ModelScan``). A crash or a run that takes too long fails that run alone; after it the
/// process waits before it begins again, and after three crashes in ten minutes it never does.
public final class CagedModel: ModelRunner {
    /// What is told to the owner.
    public struct Hooks: Sendable {
        /// The process has ended too often.
        public var quarantined: @Sendable (_ reason: String) -> Void

        /// Hooks.
        public init(quarantined: @escaping @Sendable (_ reason: String) -> Void) { self.quarantined = quarantined }
    }

    private struct State {
        var process: CagedProcess?
        var ledger = CrashLedger()
        var isOver = false
        var crashes = 0
        var startFailed = false

        init(process: sending CagedProcess) { self.process = process }
    }

    /// What the model takes, in its own order.
    public let inputs: [TensorPort]
    /// What the model gives, in its own order.
    public let outputs: [TensorPort]
    /// The execution provider in use.
    public let provider: String
    /// What the process gave up.
    public let cage: CageFacts

    private let model: [UInt8]
    private let library: String
    private let settings: CageSettings
    private let hooks: Hooks
    private let state: Mutex<State>

    /// Starts the process and loads the model.
    ///
    /// - Throws: `.invalidModel` when ONNX Runtime refuses the model, `.unavailable` when this machine cannot cage it.
    public init(
        _ model: [UInt8], runtime: InferenceRuntime, settings: CageSettings, hooks: Hooks
    ) throws(InferenceError) {
        let process = try CagedProcess(model, library: Self.absolute(runtime.path), settings: settings)
        inputs = process.inputs
        outputs = process.outputs
        provider = process.provider
        cage = process.facts
        self.model = model
        library = Self.absolute(runtime.path)
        self.settings = settings
        self.hooks = hooks
        state = Mutex(State(process: process))
    }

    /// How often the process ended.
    public var crashes: Int { state.withLock { $0.crashes } }

    /// The most memory that the process was known to have, in KiB.
    public var peakKibibytes: Int64 { state.withLock { $0.process?.peakKibibytes ?? 0 } }

    /// Runs the model; one run at a time. `cancel` is looked at before the run begins: a caged run ends by its time limit.
    public func run(
        _ tensors: [String: Tensor], cancel: RunCancel? = nil
    ) throws(InferenceError) -> [String: Tensor] {
        if cancel?.isCancelled == true { throw InferenceError(.timedOut, "The model did not answer in time.") }
        let (result, reason) = state.withLock { state -> (Result<[String: Tensor], InferenceError>, String?) in
            do throws(InferenceError) {
                let process = try alive(&state)
                let answer = try process.run(tensors)
                return (.success(answer), nil)
            } catch {
                let isGone = state.process?.isAlive == false || state.startFailed
                state.startFailed = false
                return (.failure(error), isGone ? crashed(&state) : nil)
            }
        }
        if let reason { hooks.quarantined(reason) }
        return try result.get()
    }

    private func alive(_ state: inout State) throws(InferenceError) -> CagedProcess {
        if let process = state.process { return process }
        guard !state.isOver else { throw InferenceError(.failed, "The model ended too often and is in quarantine.") }
        let wait = state.ledger.mayStart - monotonicMilliseconds()
        guard wait <= 0 else {
            throw InferenceError(.overloaded, "The model begins again in \((wait + 999) / 1_000) seconds.")
        }
        do {
            let process = try CagedProcess(model, library: library, settings: settings)
            state.process = process
            return process
        } catch {
            // Put where the caller sees that it is gone.
            state.startFailed = true
            throw error
        }
    }

    /// Puts a process that is gone away; a sentence when it was once too often.
    private func crashed(_ state: inout State) -> String? {
        state.process = nil
        state.crashes += 1
        guard case .quarantine = state.ledger.crashed(at: monotonicMilliseconds()), !state.isOver else { return nil }
        state.isOver = true
        return "Its process ended \(CrashLedger.tooMany) times within "
            + "\(CrashLedger.windowMilliseconds / 60_000) minutes."
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
