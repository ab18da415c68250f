// Tells which of some picture files are copies of each other.
//   swift run --package-path Examples find-copies a.jpg b.png c.webp
import Foundation
import VisualSearch

do {
    let paths = CommandLine.arguments.dropFirst().sorted()
    let pictures = try paths.map { path in
        try PictureAnalysis([UInt8](try Data(contentsOf: URL(filePath: path))))
    }
    let near = FingerprintIndex.pairs(views: pictures.map(\.hashes)) { _ in true }
    let report = DuplicateReport(
        pictures: pictures.map(\.picture), views: pictures.map(\.views), candidates: near,
        worth: pictures.map(\.worth))
    for alias in report.aliases {
        print("\(paths[alias.picture]) is a copy of \(paths[alias.kept]): \(alias.evidence.kind)")
    }
    print("\(report.count) pictures, \(report.aliases.count) copies")
} catch {
    print("cannot compare: \(error)")
    exit(1)
}
