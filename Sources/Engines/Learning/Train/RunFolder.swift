package import Basics
public import Foundation

/// Where a run stands.
public enum RunState: String, CaseIterable, Sendable {
    /// Made, nothing done.
    case new
    /// A process is at it.
    case running
    /// All steps are done.
    case finished
    /// It ended with an error.
    case failed
    /// Somebody asked it to stop.
    case stopped
    /// Its process is gone without a word.
    case killed
}

/// The folder of one run: configuration, logs, checkpoints, verdict, exported model.
public struct RunFolder: Sendable {
    /// The folder.
    public let url: URL

    /// The folder of a run that is there.
    public init(_ url: URL) { self.url = url }

    /// The name of the folder.
    public var name: String { url.lastPathComponent }

    /// Makes the folder `<name>-<utc>-<id>` below `runs`.
    package static func make(
        in runs: URL, name: String, configuration: JSON, clock: some WallClock
    ) throws -> RunFolder {
        let identity = Hex.encode(secureRandomBytes(3))
        let folder = RunFolder(runs.appending(path: "\(name)-\(utc(clock.now()))-\(identity)"))
        try DurableFile.makeFolder(folder.url.path)
        try folder.keep("config.json", configuration)
        try folder.set(.new, step: 0, clock: clock)
        return folder
    }

    /// A moment as `20261121T083000Z`.
    static func utc(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))T\(two(parts.tm_hour))"
            + "\(two(parts.tm_min))\(two(parts.tm_sec))Z"
    }

    /// A file of the run.
    public func file(_ name: String) -> URL { url.appending(path: name) }

    /// Writes a JSON file in one step.
    package func keep(_ name: String, _ json: JSON) throws {
        try DurableFile.replace(file(name).path, with: json.encoded() + [UInt8(ascii: "\n")])
    }

    /// Reads a JSON file; nil if it is not there or no JSON.
    package func read(_ name: String) -> JSON? {
        let limits = JSONLimits(maximumBytes: 1 << 30)
        return FileManager.default.contents(atPath: file(name).path).flatMap {
            try? JSON(parsing: Array($0), limits: limits)
        }
    }

    // MARK: State

    private static let stateFile = "run.json"

    /// Says where the run stands, for people and other programs.
    package func set(
        _ state: RunState, step: Int, of total: Int? = nil, reason: String? = nil, clock: some WallClock
    ) throws {
        var object: JSONObject = [
            "state": .string(state.rawValue), "step": .int(Int64(step)), "time": .int(clock.now()),
            "process": .int(Int64(getpid())),
        ]
        if let total { object["steps"] = .int(Int64(total)) }
        if let reason { object["reason"] = .string(reason) }
        try keep(Self.stateFile, .object(object))
    }

    /// Where the run stands; a run whose process is gone was killed. Nil if this is no run's folder.
    public var state: RunState? {
        guard let text = read(Self.stateFile)?["state"]?.stringValue, let state = RunState(rawValue: text) else {
            return nil
        }
        guard state == .running else { return state }
        return (try? lock()) == nil ? .running : .killed
    }

    /// Why it ended as it did, if it said so.
    public var reason: String? { read(Self.stateFile)?["reason"]?.stringValue }

    /// Keeps other processes out until the lock is let go of.
    package func lock() throws(RunError) -> RunLock { try RunLock(file("lock").path, folder: url.path) }
}

/// A lock that goes with the process, however that ends.
package final class RunLock: Sendable {
    private let descriptor: Int32

    fileprivate init(_ path: String, folder: String) throws(RunError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .last(path) }
        // All properties are set: a throw runs deinit, and that closes the file. Closing it here too would close one that
        // another thread has just opened.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .busy(folder) }
    }

    deinit { close(descriptor) }
}
