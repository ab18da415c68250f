import Foundation
import Panorama

/// The photos that arguments name, and the verdict as a file.
enum StitchFiles {
    /// Photos in the order of their names; folders stand for the pictures in them.
    static func photos(_ places: [String]) throws -> [StitchPhoto] {
        try PictureFiles.list(places).map { path in
            StitchPhoto(name: (path as NSString).lastPathComponent) { try PictureFiles.read(path) }
        }
    }

    /// The verdict, readable and with its keys in order.
    static func json(_ verdict: StitchVerdict) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(verdict)
    }
}

/// The verdict as lines for a person.
enum StitchTable {
    static func say(_ verdict: StitchVerdict, folder: String) {
        for group in verdict.groups {
            let file = group.file.map { (folder as NSString).appendingPathComponent($0) } ?? "-"
            let shape = group.closed ? "\(group.surface), closed" : group.surface
            Terminal.say(
                "\(file)  \(group.size[0]) x \(group.size[1])  \(group.used) photos, \(group.model), \(shape), "
                    + "residual \(group.residualPx.median) px, \(group.grade.rawValue)")
            for warning in group.warnings { Terminal.say("  \(warning)") }
        }
        for photo in verdict.photos where photo.group == nil {
            let near = photo.bestCandidate.map { " (nearest: \($0.photo), \($0.inliers) of \($0.needed) needed)" } ?? ""
            let copy = photo.duplicateOf.map { " \($0)" } ?? ""
            Terminal.say("\(photo.name): \(photo.verdict.rawValue)\(copy)\(near). \(photo.advice ?? "")")
        }
        if let reason = verdict.reason { Terminal.warn(reason) }
    }
}
