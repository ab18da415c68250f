import Foundation
import Imaging
import VisualSearch

/// Files of labels and their pictures on this machine.
struct LabelFolder: Sendable {
    private let labels: URL
    private let pictures: URL
    /// Paths of pictures by the name of the file, and by it without its ending.
    private let known: [String: String]

    private static let endings: Set<String> = ["jpg", "jpeg", "png", "webp", "gif"]

    init(labels: String, pictures: String?) {
        self.labels = URL(filePath: labels)
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: labels, isDirectory: &isFolder)
        let beside = isThere && isFolder.boolValue ? self.labels : self.labels.deletingLastPathComponent()
        self.pictures = pictures.map { URL(filePath: $0) } ?? beside
        var known: [String: String] = [:]
        for path in Self.files(in: self.pictures) where Self.endings.contains(Self.ending(path)) {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            known[name] = path
            known[Self.stem(name)] = path
        }
        self.known = known
    }

    private static func files(in folder: URL) -> [String] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: folder.path())) ?? []).sorted()
    }

    private static func ending(_ path: String) -> String {
        path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    }

    private static func stem(_ name: String) -> String { name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name }

    /// The files that may hold labels.
    func labelFiles() throws -> [LabelFile] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: labels.path(), isDirectory: &isFolder) else {
            throw Failure("There is no \(labels.path()).")
        }
        guard isFolder.boolValue else {
            return [LabelFile(name: labels.lastPathComponent, bytes: [UInt8](try Data(contentsOf: labels)))]
        }
        return try Self.files(in: labels).filter {
            ["xml", "json", "txt", "names", "labels"].contains(Self.ending($0))
        }.map { LabelFile(name: $0, bytes: [UInt8](try Data(contentsOf: labels.appending(path: $0)))) }
    }

    /// A picture by the name that labels give it, whatever folder stands in front.
    func file(named name: String) throws -> [UInt8]? {
        let plain = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? name
        guard let path = known[plain] else { return nil }
        return [UInt8](try Data(contentsOf: pictures.appending(path: path)))
    }

    /// The picture whose file has a stem, with its upright size.
    func picture(stem: String) -> (name: String, size: ImageSize)? {
        guard let path = known[stem], let bytes = try? file(named: path), let probe = try? ImageProbe.read(bytes) else {
            return nil
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return (name, ImageSize(width: probe.uprightWidth, height: probe.uprightHeight))
    }
}
