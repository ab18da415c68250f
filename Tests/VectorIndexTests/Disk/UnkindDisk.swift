import Basics

@testable import VectorIndex

/// A disk that keeps what was synced, and of the rest what it likes, in any order: sectors of a write are kept, torn or
/// lost one by one, names appear and vanish, a file may be longer than what was written of it.
struct UnkindDisk {
    private enum Edit {
        case write(at: Int, [UInt8])
        case cut(Int)
    }

    private enum Naming {
        case link(String, Int)
        case rename(String, String, Int)
        case unlink(String)
    }

    private struct File {
        /// What is on the disk for certain.
        var kept: [UInt8] = []
        /// What was done since the last sync.
        var edits: [Edit] = []
    }

    private static let sector = 512
    private let folder: String
    /// Whether syncs do nothing, as on a disk that lies.
    private let lies: Bool
    private var files: [File] = []
    /// Names as programs see them, and as they are on the disk for certain.
    private var names: [String: Int] = [:]
    private var keptNames: [String: Int] = [:]
    private var namings: [Naming] = []

    init(folder: String, lies: Bool = false) { (self.folder, self.lies) = (folder, lies) }

    mutating func apply(_ step: DiskStep) {
        switch step {
        case .make(let name):
            if let file = names[name] { return files[file].edits.append(.cut(0)) }
            files.append(File())
            names[name] = files.count - 1
            namings.append(.link(name, files.count - 1))
        case .write(let name, let at, let bytes): names[name].map { files[$0].edits.append(.write(at: at, bytes)) }
        case .cut(let name, let length): names[name].map { files[$0].edits.append(.cut(length)) }
        case .sync(let name):
            guard let file = names[name], !lies else { return }
            for edit in files[file].edits { Self.apply(edit, to: &files[file].kept) }
            files[file].edits = []
        case .rename(let old, let new):
            guard let file = names.removeValue(forKey: old) else { return }
            names[new] = file
            namings.append(.rename(old, new, file))
        case .remove(let name):
            if names.removeValue(forKey: name) != nil { namings.append(.unlink(name)) }
        case .syncFolder(let path):
            guard path == folder, !lies else { return }
            for naming in namings { Self.apply(naming, to: &keptNames) }
            namings = []
        }
    }

    /// Files as they may be found after power was lost now.
    func afterLossOfPower(_ random: inout SeededRandom) -> [String: [UInt8]] {
        var found = keptNames
        for naming in Self.some(of: namings, &random) { Self.apply(naming, to: &found) }
        return found.mapValues { Self.content(of: files[$0], &random) }
    }

    /// All, none, some from the front, or any.
    private static func some<Element>(of all: [Element], _ random: inout SeededRandom) -> [Element] {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: all
        case 1: []
        case 2: Array(all.prefix(Int.random(in: 0...all.count, using: &random)))
        default: all.filter { _ in Bool.random(using: &random) }
        }
    }

    private static func content(of file: File, _ random: inout SeededRandom) -> [UInt8] {
        var pieces: [Edit] = []
        var length = file.kept.count
        for edit in file.edits {
            switch edit {
            case .cut: pieces.append(edit)
            case .write(let at, let bytes):
                pieces += sectors(bytes, at: at)
                length = max(length, at + bytes.count)
            }
        }
        var bytes = file.kept
        for edit in some(of: pieces, &random) { apply(torn(edit, &random), to: &bytes) }
        // The length can reach the disk before what was written there.
        if Int.random(in: 0..<4, using: &random) == 0, length > bytes.count {
            bytes += [UInt8](repeating: 0, count: length - bytes.count)
        }
        return bytes
    }

    private static func sectors(_ bytes: [UInt8], at start: Int) -> [Edit] {
        var pieces: [Edit] = []
        var at = start
        while at < start + bytes.count {
            let end = min(start + bytes.count, (at / sector + 1) * sector)
            pieces.append(.write(at: at, Array(bytes[at - start..<end - start])))
            at = end
        }
        return pieces
    }

    /// One sector in sixteen is written in part.
    private static func torn(_ edit: Edit, _ random: inout SeededRandom) -> Edit {
        guard case .write(let at, let bytes) = edit, Int.random(in: 0..<16, using: &random) == 0 else { return edit }
        return .write(at: at, Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))))
    }

    private static func apply(_ edit: Edit, to bytes: inout [UInt8]) {
        switch edit {
        case .cut(let length):
            if length < bytes.count { bytes.removeLast(bytes.count - length) }
            bytes += [UInt8](repeating: 0, count: length - bytes.count)
        case .write(let at, let new):
            if bytes.count < at + new.count { bytes += [UInt8](repeating: 0, count: at + new.count - bytes.count) }
            bytes.replaceSubrange(at..<at + new.count, with: new)
        }
    }

    private static func apply(_ naming: Naming, to names: inout [String: Int]) {
        switch naming {
        case .link(let name, let file): names[name] = file
        case .unlink(let name): names[name] = nil
        case .rename(let old, let new, let file):
            if names[old] == file { names[old] = nil }
            names[new] = file
        }
    }
}
