import Basics
import Foundation
import Imaging
import TestSupport
import Testing

/// The command that asks our model and OpenCV the same photos, where OpenCV is installed (`Scripts/bootstrap peers`).
@Suite("Peers on the same photos")
struct PeerTests {
    private static let python = Program.repository + "/.venv-peers/bin/python"

    private static let isInstalled: Bool = {
        let folder = Program.repository + "/.venv-peers/lib"
        let files = FileManager.default
        return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).contains {
            files.fileExists(atPath: "\(folder)/\($0)/site-packages/cv2")
        }
    }()

    @Test(
        "LEARN-053 one command tells our figures and four peers' on the same photos, with intervals and pairs",
        .enabled(if: isInstalled, "OpenCV is not there: Scripts/bootstrap peers"))
    func table() async throws {
        let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "peers-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try Self.draw(in: folder)
        let script = Program.repository + "/Benchmarks/peers/item_peers.py"
        let report = folder.appending(path: "report.json")
        let run = try await CommandRun.run([
            Self.python, script, Program.repository + "/Models/item-embed-s1", folder.path, "--words", "8", "--json",
            report.path,
        ])
        try #require(run.status == 0, "\(run.errors)")
        let figures = try #require(try JSON(parsing: Array(Data(contentsOf: report)))["figures"]?.objectValue)
        #expect(figures.keys == ["ours", "colour+HOG", "SIFT words", "verified", "ORB"])
        for (name, row) in figures {
            for part in ["top1", "top5", "mrr"] {
                #expect(row[part]?.stringValue?.contains("[") == true, "\(name) \(part)")
            }
            #expect(row["less"]?.stringValue?.contains("[") == (name != "ours"))
            #expect(run.output.contains("| \(name) |"))
        }
    }

    /// Four things of blocks in two colours: three photos each to learn from, two to ask with, one of the merchant's.
    private static func draw(in folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var random = SeededRandom(seed: 3)
        let head = "path,class_id,coarse_id"
        var tables = ["train": [head], "test": [head], "classes": ["iconic,class_id,coarse_id"]]
        for thing in 0..<4 {
            let blocks = (0..<64).map { _ in random.next() % 2 == 0 }
            let colours = (0..<6).map { _ in Int(random.next() % 200) }
            for place in 0..<6 {
                var bytes: [UInt8] = []
                for y in 0..<128 {
                    for x in 0..<128 {
                        let isOn = blocks[y / 16 * 8 + (x + 3 * place) / 16 % 8]
                        for c in 0..<3 { bytes.append(UInt8(clamping: colours[isOn ? c : c + 3] + place * 4)) }
                    }
                }
                let name = "\(thing)-\(place).png"
                try Data(Image(width: 128, height: 128, format: .rgb8, bytes: bytes).encoded(as: .png))
                    .write(to: folder.appending(path: name))
                tables[place < 3 ? "train" : place < 5 ? "test" : "classes"]?.append("\(name),\(thing),\(thing % 2)")
            }
        }
        for (name, lines) in tables {
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: "\(name).csv"))
        }
    }
}
