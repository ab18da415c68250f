public import Basics
internal import Foundation

/// The log of a run: `metrics.jsonl`, one number a line, and the same for TensorBoard.
///
/// The lines are the truth: a resumed run first takes away those after the step that it goes on from.
public final class RunLog {
    private let lines: FileHandle
    private let events: EventFile
    private let clock: any WallClock
    private var waiting: [UInt8] = []
    private var written: Int64

    /// Milliseconds after which lines that wait are written.
    private static let patience: Int64 = 2000

    /// The log in a run's folder. `after` is the step that the run goes on from.
    public init(_ folder: RunFolder, after step: Int = 0, clock: any WallClock = SystemWallClock()) throws {
        let path = folder.file("metrics.jsonl").path
        let old = FileManager.default.contents(atPath: path).map { Array($0) } ?? []
        try DurableFile.replace(path, with: Self.upTo(step, old))
        lines = try FileHandle(forWritingTo: URL(filePath: path))
        try lines.seekToEnd()
        (self.clock, written) = (clock, clock.now())
        events = try EventFile(
            in: folder.url, wallSeconds: Double(clock.now()) / 1000, host: "\(Self.host).\(getpid())")
    }

    private static var host: String {
        let name = ProcessInfo.processInfo.hostName
        return String(name.unicodeScalars.filter { $0.isASCII && ($0.properties.isAlphabetic || $0 == "-") })
    }

    private static func upTo(_ step: Int, _ bytes: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let own = (try? JSON(parsing: line))?["step"]?.intValue, own <= Int64(step) else { continue }
            kept.append(contentsOf: line)
            kept.append(UInt8(ascii: "\n"))
        }
        return kept
    }

    /// Adds a number. What is not finite is logged as null.
    public func add(_ tag: String, _ value: Double, step: Int) throws {
        let now = clock.now()
        var line = JSONWriter(reserving: 96)
        line.value([
            "step": .int(Int64(step)), "wall": .double(Double(now) / 1000), "tag": .string(tag),
            "value": value.isFinite ? .double(value) : .null,
        ])
        waiting.append(contentsOf: line.bytes)
        waiting.append(UInt8(ascii: "\n"))
        try events.add(tag, scalar: value, step: step, wallSeconds: Double(now) / 1000)
        if now - written > Self.patience || waiting.count > 1 << 16 { try flush() }
    }

    /// Adds how numbers are spread, for TensorBoard only.
    public func add(_ tag: String, histogram: ValueHistogram, step: Int) throws {
        try events.add(tag, histogram: histogram, step: step, wallSeconds: Double(clock.now()) / 1000)
    }

    /// Adds a picture, for TensorBoard only.
    public func add(_ tag: String, png: [UInt8], width: Int, height: Int, step: Int) throws {
        try events.add(
            tag, png: png, width: width, height: height, step: step, wallSeconds: Double(clock.now()) / 1000)
    }

    /// Writes what waits.
    public func flush() throws {
        try lines.write(contentsOf: waiting)
        try events.flush()
        (waiting, written) = ([], clock.now())
    }

    /// Writes what waits and closes both files.
    public func close() throws {
        try flush()
        try lines.close()
        try events.close()
    }
}
