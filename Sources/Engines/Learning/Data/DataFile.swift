public import Foundation

/// Whole files and lines of files, within limits.
enum DataFile {
    /// The longest table or description that is read at once, in bytes.
    static let longest = 512 << 20

    static func read(_ file: URL, limit: Int = longest) throws(DataError) -> [UInt8] {
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            let bytes = Array(try handle.read(upToCount: limit + 1) ?? Data())
            if bytes.count <= limit { return bytes }
        } catch {
            throw .unreadable(file.path)
        }
        throw .unreadable("\(file.path) (longer than \(limit) bytes)")
    }

    /// The lines of bytes without their ends, with their numbers from 1; empty lines are left out.
    static func lines(_ bytes: [UInt8]) -> [(number: Int, bytes: ArraySlice<UInt8>)] {
        var lines: [(Int, ArraySlice<UInt8>)] = []
        for (number, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let line = line.last == 13 ? line.dropLast() : line
            if !line.isEmpty { lines.append((number + 1, line)) }
        }
        return lines
    }
}

/// Where the paths of a source lead: a folder, or an archive whose members are stored as they are.
public struct PictureRoot: Sendable {
    private let folder: URL
    private let members: [String: Range<Int>]?

    /// A folder, a `.tar` file or a `.zip` file without compression.
    ///
    /// Throws `DataError` if an archive cannot be read.
    public init(_ place: URL) throws(DataError) {
        folder = place
        switch place.pathExtension.lowercased() {
        case "zip": members = try ZipMembers.read(place)
        case "tar": members = try TarMembers.read(place)
        default: members = nil
        }
    }

    /// The picture at a path; nil if there is none, or the path leads out of the root.
    public func reference(_ path: String) -> ImageReference? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isInside = parts.allSatisfy { !$0.isEmpty && $0 != ".." && $0 != "." && !$0.utf8.contains(0) }
        guard isInside, !path.isEmpty, path.utf8.count <= 4096 else { return nil }
        if let members {
            return members[path].map { .member(folder, offset: $0.lowerBound, count: $0.count) }
        }
        let file = folder.appending(path: path)
        return FileManager.default.fileExists(atPath: file.path) ? .file(file) : nil
    }
}
