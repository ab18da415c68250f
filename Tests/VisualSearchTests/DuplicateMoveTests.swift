import Foundation
import Testing
import VisualSearch

@Suite("Moving copies aside and back")
struct DuplicateMoveTests {
    /// A folder of small files that is gone after the test.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("moves-\(UUID().uuidString)").path

        init(_ files: [String]) throws {
            for file in files {
                let url = URL(fileURLWithPath: "\(path)/\(file)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.utf8).write(to: url)
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        var moves: DuplicateMoves { DuplicateMoves(folder: path, aside: "\(path)/.aside") }

        func move(_ file: String, kept: String) -> DuplicateMoves.Move {
            DuplicateMoves.Move(
                path: "\(path)/\(file)", digest: PictureAnalysis.sha256(Array(file.utf8)), kept: "\(path)/\(kept)",
                why: "bytes")
        }

        func holds(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(file)") }
    }

    @Test("SCAN-048 copies go aside, and undo brings every one of them back")
    func there() throws {
        let folder = try Folder(["a.jpg", "deep/b 1.jpg", "deep/c.jpg"])
        let outcome = try folder.moves.apply([
            folder.move("deep/b 1.jpg", kept: "a.jpg"), folder.move("deep/c.jpg", kept: "a.jpg"),
        ])
        #expect(outcome.count == 2 && outcome.problems.isEmpty)
        #expect(!folder.holds("deep/c.jpg") && folder.holds(".aside/deep/c.jpg") && folder.holds("a.jpg"))
        let back = try DuplicateMoves.undo(folder.moves.undoFile)
        #expect(back.count == 2 && back.problems.isEmpty)
        #expect(folder.holds("deep/b 1.jpg") && folder.holds("deep/c.jpg"))
        #expect(try DuplicateMoves.undo(folder.moves.undoFile).count == 0)
    }

    @Test("a file that changed since, or whose other one is gone, stays")
    func changed() throws {
        let folder = try Folder(["a.jpg", "b.jpg", "c.jpg"])
        try Data("new".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/b.jpg"))
        let outcome = try folder.moves.apply([
            folder.move("b.jpg", kept: "a.jpg"), folder.move("c.jpg", kept: "gone.jpg"),
            DuplicateMoves.Move(path: "/elsewhere/x", digest: [], kept: "\(folder.path)/a.jpg", why: "bytes"),
        ])
        #expect(outcome.count == 0 && outcome.problems.count == 3)
        #expect(folder.holds("b.jpg") && folder.holds("c.jpg"))
    }

    @Test("nothing is put over a file that has come since, and a move that was only written down is no problem")
    func occupied() throws {
        let folder = try Folder(["a.jpg", "b.jpg", "c.jpg"])
        _ = try folder.moves.apply([folder.move("b.jpg", kept: "a.jpg")])
        try Data("other".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/b.jpg"))
        let list = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.moves.undoFile))
        try list.seekToEnd()
        // As after a kill between the line and the move, and in the middle of a line.
        let line = "{\"from\":\"\(folder.path)/c.jpg\",\"to\":\"\(folder.path)/.aside/c.jpg\"}\n{\"from\":\"/x"
        try list.write(contentsOf: Data(line.utf8))
        try list.close()
        let outcome = try DuplicateMoves.undo(folder.moves.undoFile)
        #expect(outcome.count == 0 && outcome.problems.count == 2)
        #expect(folder.holds("c.jpg") && folder.holds(".aside/b.jpg"))
        #expect(throws: (any Error).self) { try DuplicateMoves.undo("\(folder.path)/none") }
    }
}
