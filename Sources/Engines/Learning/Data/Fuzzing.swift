internal import Foundation

/// The parsers of this module on bytes in memory, for the fuzzer.
@_spi(Fuzzing) public enum DataParsers {
    /// A row of the contest's table.
    public static func scene(_ bytes: [UInt8]) {
        _ = try? SceneRow.parse(bytes, SceneRow.Labels(count: 33, others: 0), dimension: nil)
        _ = try? SceneRow.parse(bytes, SceneRow.Labels(count: 33, others: 0), dimension: 2)
    }

    /// A table of pictures.
    public static func table(_ bytes: [UInt8]) { _ = try? DelimitedTable(bytes, file: "table") }

    /// A line of JSON lines, or of a shard's index.
    public static func line(_ bytes: [UInt8]) {
        var builder = DatasetBuilder(source: "fuzz", brokenShare: 1)
        guard let sample = try? LinesReader.sample(bytes, &builder, { .file(URL(fileURLWithPath: $0)) }) else { return }
        builder.add(sample, at: "line")
        _ = try? builder.finish()
    }

    /// A description of boxes by labelme.
    public static func labelme(_ bytes: [UInt8]) { _ = try? BoxParsers.labelme(bytes) }

    /// A description of boxes by VOC.
    public static func voc(_ bytes: [UInt8]) { _ = try? BoxParsers.voc(bytes) }

    /// Descriptions of boxes by COCO.
    public static func coco(_ bytes: [UInt8]) { _ = try? BoxParsers.coco(bytes) }

    /// The members of a tar archive; they must lie inside it.
    public static func tar(_ bytes: [UInt8]) { check(try? TarMembers.read(bytes), bytes.count) }

    /// The members of a zip archive; they must lie inside it.
    public static func zip(_ bytes: [UInt8]) { check(try? ZipMembers.read(bytes), bytes.count) }

    private static func check(_ members: [String: Range<Int>]?, _ count: Int) {
        for range in (members ?? [:]).values {
            precondition(range.lowerBound >= 0 && range.upperBound <= count, "a member reaches beyond its archive")
        }
    }

    /// A sound archive of one member.
    public static func sampleTar() throws -> [UInt8] { try TarMember.bytes("a.jpg", [1, 2, 3]) }
}
