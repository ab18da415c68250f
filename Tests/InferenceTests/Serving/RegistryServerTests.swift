import Basics
import Foundation
import TestSupport
import Testing

@testable import Inference

@Suite("Models over HTTP")
struct RegistryServerTests {
    /// Forty pictures of ten colours to ask with, ten to find.
    private static func layPictures(in server: ModelServer) throws {
        var random = SeededRandom(seed: 41)
        let folder = server.process.dataDirectory + "/evaluation/shop"
        for label in 0..<10 {
            let colour = (0..<3).map { _ in Int.random(in: 40...215, using: &random) }
            for place in 0..<5 {
                let near = colour.map { UInt8($0 + Int.random(in: -4...4, using: &random)) }
                let target = "\(folder)/\(place == 0 ? "gallery" : "queries")/item-\(label)"
                try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
                let bytes = SmallPicture.png(red: near[0], green: near[1], blue: near[2])
                try Data(bytes).write(to: URL(filePath: "\(target)/\(place).png"))
            }
        }
    }

    private func evaluate(_ server: ModelServer, _ version: String) async throws -> JSON {
        try await server.root.call("POST", ModelServer.path(version) + "/evaluate", ["dataset": "shop"])
        return try await server.version(version)
    }

    @Test(
        "LEARN-131 LEARN-110 a version is tried, measured on the shop's pictures, activated by the gate and rolled back"
    )
    func life() async throws {
        try await ModelServer.run { server in
            try Self.layPictures(in: server)
            #expect(try await server.staged(.colours("1.0.0")) == "staged")
            let tried = try await server.version("1.0.0")
            #expect(tried["isolation"] == "worker" && tried["trial"]?["run_ms"]?.arrayValue?.count == 3)
            #expect(tried["trial"]?["cage"]?.arrayValue?.isEmpty == false)
            try await server.root.call("POST", ModelServer.path("1.0.0") + "/activate")
            let measured = try await evaluate(server, "1.0.0")
            #expect(measured["evaluation"]?[0]?["figures"]?["recall@1"]?["n"] == 40)
            #expect(measured["figures"]?["answers"] == 50 && measured["figures"]?["p50_ms"] != nil)
            #expect(try await server.staged(.colours("3.0.0")) == "staged")
            let unmeasured = try await server.root.reply("POST", ModelServer.path("3.0.0") + "/activate")
            #expect(unmeasured.status == 409 && unmeasured.errorCode == "VITRINE_GATE")
            let good = try await evaluate(server, "3.0.0")
            #expect(good["state"] == "measured" && good["gate"]?["passes"] == true && good["gate_against"] == "1.0.0")
            let activation = try await server.root.call("POST", ModelServer.path("3.0.0") + "/activate")
            #expect(activation["previous"] == "colours 1.0.0")
            let back = try await server.root.call("POST", "/api/v1/models/rollback", ["role": "item-embedder"])
            #expect(back["active"] == "colours 1.0.0")
            let active = try await server.root.reply("DELETE", ModelServer.path("1.0.0"))
            #expect(active.status == 409)
            try await server.root.call("DELETE", ModelServer.path("3.0.0"))
            let metrics = try await server.process.http.send("GET", "/metrics").text
            #expect(metrics.contains("vitrine_model_answers_total 100"))
            let health = try await server.process.http.send("GET", "/health").json
            #expect(health["inference"]?["state"] == "on")
        }
    }

    @Test("SCAN-114 the file of a model that serves is fetched by any account, that of others by administrators alone")
    func file() async throws {
        try await ModelServer.run { server in
            try Self.layPictures(in: server)
            let upload = ModelServer.Upload.colours("1.0.0")
            #expect(try await server.staged(upload) == "staged")
            let path = ModelServer.path("1.0.0") + "/file"
            let visitor = try await MatrixClient(server.process.http).visit()
            #expect(try await visitor.reply("GET", path).status == 404)
            #expect(try await server.root.reply("GET", path).body == upload.model)
            try await server.root.call("POST", ModelServer.path("1.0.0") + "/activate")
            let whole = try await visitor.reply("GET", path)
            #expect(whole.status == 200 && whole.body == upload.model)
            // A broken download goes on where it stopped, and what is known already is not sent again.
            func part(_ name: String, _ value: String) async throws -> HTTPReply {
                let headers = ["Authorization": "Bearer \(visitor.token ?? "")", name: value]
                return try await server.process.http.send("GET", path, headers: headers)
            }
            let rest = try await part("Range", "bytes=100-")
            #expect(rest.status == 206 && rest.body == Array(upload.model.dropFirst(100)))
            let tag = try #require(whole[header: "ETag"])
            #expect(try await part("If-None-Match", tag).status == 304)
            #expect(try await server.process.http.send("GET", path).status == 401)
        }
    }

    @Test(
        "LEARN-136 a model whose vectors are compared serves only with a threshold whose rate of false accepts was measured"
    )
    func threshold() async throws {
        try await ModelServer.run { server in
            try Self.layPictures(in: server)
            let version = ModelServer.path("1.0.0")
            #expect(try await server.staged(.colours("1.0.0", isCalibrated: false)) == "staged")
            #expect(try await server.version("1.0.0")["threshold"] == .null)
            let refused = try await server.root.reply("POST", version + "/activate")
            #expect(refused.status == 409 && refused.errorCode == "VITRINE_THRESHOLD", "\(refused.text)")
            let measured = try await evaluate(server, "1.0.0")
            let found = try #require(measured["threshold"])
            #expect(found["source"] == "evaluation shop" && found["pairs"] == 400, "\(measured.text)")
            let rate = try #require(found["far"]?.doubleValue)
            #expect(rate <= 0.1 && (found["tar"]?.doubleValue ?? 0) > 0, "\(found.text)")
            try await server.root.call("POST", version + "/activate")
            let list = try await server.root.call("GET", "/api/v1/models")
            #expect(list["models"]?[0]?["threshold"] == found)
            // What a manifest says counts until somebody measured.
            #expect(try await server.staged(.colours("2.0.0")) == "staged")
            #expect(try await server.version("2.0.0")["threshold"]?["source"] == "manifest: drawn")
        }
    }

    @Test(
        "LEARN-131 a worse version is refused with the numbers, and activated only by an override that stays on record")
    func worse() async throws {
        try await ModelServer.run { server in
            try Self.layPictures(in: server)
            #expect(try await server.staged(.colours("1.0.0")) == "staged")
            try await server.root.call("POST", ModelServer.path("1.0.0") + "/activate")
            #expect(try await server.staged(.constant("2.0.0")) == "staged")
            let measured = try await evaluate(server, "2.0.0")
            #expect(measured["gate"]?["passes"] == false)
            let refused = try await server.root.reply("POST", ModelServer.path("2.0.0") + "/activate")
            #expect(refused.status == 409 && refused.json["gate"]?["difference"]?["value"]?.doubleValue ?? 0 < 0)
            let wish: JSON = ["override": "a test"]
            try await server.root.call("POST", ModelServer.path("2.0.0") + "/activate", wish)
            let list = try await server.root.call("GET", "/api/v1/models")
            #expect(list["journal"]?[0]?["what"] == "activated colours 2.0.0, without the gate: a test")
            #expect(list["journal"]?[0]?["by"] == "@root:localhost")
        }
    }

    @Test(
        "LEARN-134 a kill leaves what was acknowledged; a changed file is damaged, and the version before it serves again"
    )
    func kill() async throws {
        try await ModelServer.run { server in
            #expect(try await server.staged(.colours("1.0.0")) == "staged")
            try await server.root.call("POST", ModelServer.path("1.0.0") + "/activate")
            let second = ModelServer.Upload.colours("2.0.0", space: "other", revision: 2)
            #expect(try await server.add(second).status == 202)
            // In the middle of the trial.
            await server.process.kill()
            try await server.process.restart()
            #expect(try await server.version("2.0.0")["state"] == "staged")
            try await server.root.call("POST", ModelServer.path("2.0.0") + "/activate", ["override": "a test"])
            // LEARN-135: the old space is answered for until its vectors are gone.
            #expect(try await server.version("1.0.0")["state"] == "draining")
            await server.process.stop()
            let hash = second.manifest["sha256"]?.stringValue ?? ""
            let path = "\(server.process.dataDirectory)/media/\(hash.prefix(2))/\(hash.dropFirst(2).prefix(2))/\(hash)"
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            try Data(second.model.reversed()).write(to: URL(filePath: path))
            try await server.process.restart()
            // Measuring loads it.
            try Self.layPictures(in: server)
            try await server.root.call("POST", ModelServer.path("1.0.0") + "/evaluate", ["dataset": "shop"])
            _ = try await server.version("1.0.0")
            #expect(try await server.version("2.0.0")["state"] == "damaged")
            #expect(try await server.version("1.0.0")["state"] == "active")
        }
    }

    @Test("only administrators may; other bytes under one version, missing parts and long manifests are refused")
    func refusals() async throws {
        try await ModelServer.run { server in
            let guest = try await MatrixClient(server.process.http).register("guest")
            #expect(try await guest.reply("GET", "/api/v1/models").status == 403)
            #expect(try await guest.reply("GET", "/api/v1/training/runs").status == 403)
            let upload = ModelServer.Upload.colours("1.0.0")
            let manifest = JSON.object(upload.manifest).encoded()
            #expect(
                try await server.add(parts: [("manifest", manifest), ("model", upload.model)], as: guest).status == 403)
            #expect(try await server.add(upload).status == 202)
            #expect(try await server.add(upload).status == 202)
            #expect(try await server.add(.colours("1.0.0", isBlind: true)).status == 409)
            #expect(try await server.add(parts: [("manifest", manifest)]).status == 400)
            #expect(try await server.add(parts: [("other", manifest)]).status == 400)
            let long = [UInt8](repeating: 32, count: 300_000)
            #expect(try await server.add(parts: [("manifest", long), ("model", upload.model)]).status == 413)
            #expect(try await server.root.reply("POST", "/api/v1/models", ["a": 1]).status == 400)
            #expect(try await server.root.reply("GET", ModelServer.path("9.9.9")).status == 404)
            let missing = try await server.root.reply(
                "POST", ModelServer.path("1.0.0") + "/evaluate", ["dataset": "../../etc"])
            #expect(missing.status == 400 || missing.status == 409)
        }
    }

    @Test("training runs are told of as their folder is, and nothing outside of it is")
    func runs() async throws {
        try await ModelServer.run { server in
            let folder = server.process.dataDirectory + "/runs/items-s1-20261121-a1"
            try FileManager.default.createDirectory(atPath: folder + "/samples", withIntermediateDirectories: true)
            let lines = [
                #"{"step":1,"tag":"loss","value":2.5}"#, #"{"step":2,"tag":"loss","value":2}"#, #"{"step":2,"ta"#,
            ]
            try lines.joined(separator: "\n").write(
                toFile: folder + "/metrics.jsonl", atomically: true, encoding: .utf8)
            try #"{"name":"items-s1"}"#.write(toFile: folder + "/config.json", atomically: true, encoding: .utf8)
            try Data(SmallPicture.png(red: 1, green: 2, blue: 3)).write(
                to: URL(filePath: folder + "/samples/batch.png"))
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/samples/link.png", withDestinationPath: "/etc/hostname")
            let runs = "/api/v1/training/runs"
            #expect(try await server.root.call("GET", runs)["runs"]?[0]?["run"] == "items-s1-20261121-a1")
            let run = try await server.root.call("GET", runs + "/items-s1-20261121-a1")
            #expect(run["config"]?["name"] == "items-s1")
            let points = try await server.root.call("GET", runs + "/items-s1-20261121-a1/metrics?tag=loss&since=1")
            #expect(points["points"]?.arrayValue?.count == 1 && points["points"]?[0]?["value"]?.doubleValue == 2)
            let sample = try await server.root.reply("GET", runs + "/items-s1-20261121-a1/samples/batch.png")
            #expect(sample.status == 200)
            for path in ["/samples/link.png", "/samples/..%2Fconfig.json", "/samples/none.png"] {
                #expect(try await server.root.reply("GET", runs + "/items-s1-20261121-a1" + path).status == 404)
            }
            #expect(try await server.root.reply("GET", runs + "/..%2F..").status == 404)
        }
    }
}
