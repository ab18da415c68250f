import ArgumentParser
import Foundation
import Imaging

/// Picture files that a person named: files as they are, folders with all that is in them.
enum PictureFiles {
    private static let extensions: Set<String> = ["jpg", "jpeg", "png", "webp", "gif"]

    /// Paths in order of name; hidden files and folders inside a folder are left out.
    static func list(_ places: [String]) throws -> [String] {
        var paths: [String] = []
        for place in places {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else {
                throw Failure("There is no '\(place)'.")
            }
            paths += isFolder.boolValue ? try inside(place) : [place]
        }
        return paths
    }

    private static func inside(_ folder: String) throws -> [String] {
        guard
            let walker = FileManager.default.enumerator(
                at: URL(fileURLWithPath: folder), includingPropertiesForKeys: [.isRegularFileKey],
                options: [.skipsHiddenFiles])
        else { throw Failure("'\(folder)' cannot be read.") }
        var found: [String] = []
        for case let file as URL in walker where extensions.contains(file.pathExtension.lowercased()) {
            if (try? file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true {
                found.append(file.path)
            }
        }
        return found.sorted()
    }

    /// The bytes of a file; the sentence says which one could not be read.
    static func read(_ path: String) throws -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe))
        } catch {
            throw Failure("'\(path)' cannot be read.")
        }
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Failure("'\(path)' cannot be written.")
        }
    }

    /// Does work on each path, as many at a time as there are processors, and returns the results in order.
    static func map<Value: Sendable>(
        _ paths: [String], title: String, _ body: @escaping @Sendable (String) -> Value
    ) async -> [Value] {
        var bar = ProgressBar(title)
        defer { bar.finish() }
        return await withTaskGroup(of: (Int, Value).self) { group in
            var results = [Value?](repeating: nil, count: paths.count)
            var next = 0
            var done = 0
            func start() {
                guard next < paths.count, !Task.isCancelled else { return }
                let index = next
                next += 1
                group.addTask { (index, body(paths[index])) }
            }
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { start() }
            while let (index, value) = await group.next() {
                results[index] = value
                done += 1
                bar.show(Double(done) / Double(paths.count))
                start()
            }
            return results.compactMap { $0 }
        }
    }
}

extension ImageError {
    /// The error with the file it happened in.
    func at(_ path: String) -> Failure { Failure("\(path): \(description)") }
}
