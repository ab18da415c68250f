public import Foundation
internal import Kernels

/// A log that TensorBoard reads: records of events, each with checksums, appended to a file.
///
/// A record is the length of its payload, a checksum of those eight bytes, the payload, and its checksum; the checksum is
/// CRC-32C, turned and shifted, because data that holds its own plain checksum has none. A record that was cut off at the
/// end of the file is left out by every reader.
public final class EventFile {
    /// Where it is written.
    public let file: URL
    private let handle: FileHandle
    private var waiting: [UInt8] = []
    private var records = 0

    /// Records that are kept back at most.
    public static let batch = 100

    /// A new file in a folder, named after the time and the host as TensorBoard expects.
    ///
    /// Throws if the folder cannot be written.
    public init(in folder: URL, wallSeconds: Double, host: String) throws {
        file = folder.appending(path: "events.out.tfevents.\(Int64(wallSeconds)).\(host)")
        try Data().write(to: file)
        handle = try FileHandle(forWritingTo: file)
        append(wallSeconds, step: nil) { $0.text(3, "brain.Event:2") }
        try flush()
    }

    /// Adds a number.
    public func add(_ tag: String, scalar: Double, step: Int, wallSeconds: Double) throws {
        try add(tag, step, wallSeconds) { $0.float(2, Float(scalar)) }
    }

    /// Adds a picture as PNG bytes with its size.
    public func add(
        _ tag: String, png: [UInt8], width: Int, height: Int, step: Int, wallSeconds: Double
    ) throws {
        try add(tag, step, wallSeconds) { value in
            value.message(4) { image in
                image.varint(1, Int64(height))
                image.varint(2, Int64(width))
                image.varint(3, 3)
                image.bytes(4, png)
            }
        }
    }

    /// Adds how values are spread.
    public func add(_ tag: String, histogram: ValueHistogram, step: Int, wallSeconds: Double) throws {
        try add(tag, step, wallSeconds) { value in
            value.message(5) { message in
                message.double(1, histogram.smallest)
                message.double(2, histogram.largest)
                message.double(3, Double(histogram.count))
                message.double(4, histogram.sum)
                message.double(5, histogram.squares)
                message.packed(6, histogram.limits)
                message.packed(7, histogram.counts)
            }
        }
    }

    /// Writes what was kept back.
    public func flush() throws {
        guard !waiting.isEmpty else { return }
        try handle.write(contentsOf: waiting)
        (waiting, records) = ([], 0)
    }

    /// Writes what was kept back and closes the file.
    public func close() throws {
        try flush()
        try handle.close()
    }

    private func add(
        _ tag: String, _ step: Int, _ wallSeconds: Double, _ body: (inout ProtobufWriter) -> Void
    ) throws {
        append(wallSeconds, step: step) { event in
            event.message(5) { summary in
                summary.message(1) { value in
                    value.text(1, tag)
                    body(&value)
                }
            }
        }
        if records >= Self.batch { try flush() }
    }

    private func append(_ wallSeconds: Double, step: Int?, _ body: (inout ProtobufWriter) -> Void) {
        var event = ProtobufWriter()
        event.double(1, wallSeconds)
        if let step { event.varint(2, Int64(step)) }
        body(&event)
        waiting.append(contentsOf: Self.record(event.bytes))
        records += 1
    }

    static func record(_ payload: [UInt8]) -> [UInt8] {
        var length = ProtobufWriter()
        length.littleEndian(UInt64(payload.count))
        var sums = ProtobufWriter()
        sums.littleEndian(masked(payload))
        var head = length
        head.littleEndian(masked(length.bytes))
        return head.bytes + payload + sums.bytes
    }

    /// The checksum, turned by 15 bits and shifted by a constant.
    static func masked(_ bytes: [UInt8]) -> UInt32 {
        let sum = CRC32C.of(bytes.span.bytes)
        return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
    }
}
