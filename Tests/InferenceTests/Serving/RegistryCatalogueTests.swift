import Basics
import Foundation
import Imaging
import TestSupport
import Testing

@testable import Inference

@Suite("Catalogues look with what the registry lets serve")
struct RegistryCatalogueTests {
    /// Noise around a colour: a picture that is not blank.
    private static func picture(_ seed: UInt64, _ colour: [Int]) throws -> [UInt8] {
        var random = SeededRandom(seed: seed)
        let bytes = (0..<64 * 64 * 3).map { UInt8(clamping: colour[$0 % 3] + Int.random(in: -30...30, using: &random)) }
        return try Image(width: 64, height: 64, format: .rgb8, bytes: bytes).encoded(as: .png)
    }

    @Test(
        "LEARN-135 a catalogue begins in the active version's space, is answered in it while it drains, and moves by order"
    )
    func moves() async throws {
        try await ModelServer.run { server in
            let folder = server.process.dataDirectory
            let colours = [[200, 60, 60], [60, 200, 60], [60, 60, 200]]
            for (number, colour) in colours.enumerated() {
                try Data(Self.picture(UInt64(number), colour)).write(to: URL(filePath: "\(folder)/\(number).png"))
                try Data(Self.picture(UInt64(number + 9), colour)).write(
                    to: URL(filePath: "\(folder)/again\(number).png"))
            }
            /// A command on the folder, which nobody serves meanwhile.
            func vitrine(_ arguments: [String]) async throws -> CommandRun {
                try await CommandRun.vitrine(
                    arguments + ["--data", folder],
                    environment: [InferenceRuntime.pathVariable: try Runtime.shared().path])
            }
            func scan(_ number: Int) async throws -> JSON {
                let run = try await vitrine(["scan", "\(folder)/again\(number).png", "--json"])
                try #require(run.status == 0, "\(run.errors)")
                return try JSON(parsing: Array(run.output.utf8))
            }

            #expect(try await server.staged(.colours("1.0.0")) == "staged")
            try await server.root.call("POST", ModelServer.path("1.0.0") + "/activate")
            await server.process.stop()
            for number in colours.indices {
                let added = try await vitrine([
                    "catalogue", "add", "s\(number)", "\(folder)/\(number).png", "--catalogue", "shop",
                ])
                #expect(added.status == 0, "\(added.errors)")
            }
            let first = try await scan(1)
            #expect(first["generation"]?.stringValue == "1 mean-colour", "\(first.text)")

            // Another space becomes active: the vectors are of the first one, and so is the answer.
            try await server.process.restart()
            #expect(try await server.staged(.colours("2.0.0", space: "other", revision: 2)) == "staged")
            try await server.root.call("POST", ModelServer.path("2.0.0") + "/activate", ["override": "a test"])
            #expect(try await server.version("1.0.0")["state"] == "draining")
            await server.process.stop()
            let between = try await scan(2)
            #expect(between["generation"]?.stringValue == "1 mean-colour" && between["reason"] != "no_model")

            let moved = try await vitrine(["catalogue", "reembed", "--override", "a test"])
            #expect(moved.status == 0, "\(moved.errors)")
            let after = try await scan(2)
            #expect(after["generation"]?.stringValue == "2 other" && after["reason"] != "no_model", "\(after.text)")
            try await server.process.restart()
        }
    }
}
