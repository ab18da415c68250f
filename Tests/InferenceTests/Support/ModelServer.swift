import Basics
import Crypto
import Foundation
import TestSupport
import Testing

@testable import Inference

/// A server of its own with an administrator, for tests of models that are served.
struct ModelServer {
    static let password = "correct horse battery"

    let process: VitrineProcess
    let root: MatrixClient

    /// Runs a test against a fresh server that has ONNX Runtime.
    static func run(_ body: (ModelServer) async throws -> Void) async throws {
        let library = try Runtime.shared().path
        let process = try await VitrineProcess.start(
            flags: ["--no-rate-limits"], launcher: ["/usr/bin/env", "VITRINE_ORT_LIB=\(library)"])
        do {
            try await process.addStaff(name: "root", password: password, admin: true)
            let root = try await MatrixClient(process.http).login("root", password: password)
            try await body(ModelServer(process: process, root: root))
        } catch {
            Issue.record("\(error)\nThe server's log:\n\(process.log.suffix(3_000))")
        }
        await process.stop()
    }

    /// What is to be uploaded.
    struct Upload {
        var model: [UInt8]
        var manifest: JSONObject
        var version: String { manifest["version"]?.stringValue ?? "" }
    }

    /// Uploads a model; the reply, whatever it is.
    func add(_ upload: Upload) async throws -> HTTPReply {
        try await add(parts: [("manifest", JSON.object(upload.manifest).encoded()), ("model", upload.model)])
    }

    func add(parts: [(String, [UInt8])], as client: MatrixClient? = nil) async throws -> HTTPReply {
        let boundary = "a-boundary-of-tests"
        var body: [UInt8] = []
        for (name, bytes) in parts {
            body += Array(
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"x\"\r\n\r\n".utf8)
            body += bytes + [13, 10]
        }
        body += Array("--\(boundary)--\r\n".utf8)
        let headers = [
            "Authorization": "Bearer \((client ?? root).token ?? "")",
            "Content-Type": "multipart/form-data; boundary=\(boundary)",
        ]
        return try await process.http.send("POST", "/api/v1/models", headers: headers, body: body)
    }

    /// A version as the server tells it, once nothing is under way for it.
    func version(_ version: String, of id: String = "colours") async throws -> JSON {
        try await root.call("GET", Self.path(version, id) + "?wait_ms=30000")
    }

    /// Uploads a model and waits for its trial; its state.
    func staged(_ upload: Upload) async throws -> String {
        let reply = try await add(upload)
        guard reply.status == 202 else { return "\(reply.status) \(reply.text)" }
        return try await version(upload.version)["state"]?.stringValue ?? ""
    }

    static func path(_ version: String, _ id: String = "colours") -> String {
        "/api/v1/models/\(id)/versions/\(version)"
    }
}

extension ModelServer.Upload {
    /// A picture to its mean colour: an embedder that finds pictures of one colour.
    static func colours(
        _ version: String, space: String = "mean-colour", isBlind: Bool = false, revision: UInt64 = 1,
        isCalibrated: Bool = true
    ) -> Self {
        let means = SampleModels.Node(type: "GlobalAveragePool", inputs: ["image"], outputs: ["means"])
        // Blind: nothing is left of the means.
        let zero = SampleModels.Node(type: "Sub", inputs: ["means", "means"], outputs: ["left"])
        let flat = SampleModels.Node(type: "Flatten", inputs: [isBlind ? "left" : "means"], outputs: ["vector"])
        let model = SampleModels.model(
            isBlind ? [means, zero, flat] : [means, flat], inputs: [SampleModels.port("image", [nil, 3, 8, 8])],
            outputs: [SampleModels.port("vector", [nil, 3])]
        ) { $0.number(5, revision) }
        return of(model, version: version, space: space, isCalibrated: isCalibrated)
    }

    /// Any model under the manifest of an embedder.
    static func of(
        _ model: [UInt8], version: String = "1.0.0", id: String = "colours", space: String = "s",
        isCalibrated: Bool = true
    ) -> Self {
        let hash = SHA256.hash(data: model).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        var manifest: JSONObject = [
            "schema": "vitrine.model/1", "id": .string(id), "version": .string(version), "role": "item-embedder",
            "file": "model.onnx", "sha256": .string(hash), "license": "Apache-2.0", "isolation": "process",
            "inputs": [["name": "image", "dtype": "f32", "shape": ["N", 3, 8, 8]]],
            "outputs": [["name": "vector", "dtype": "f32", "shape": ["N", 3]]],
            "preprocess": [
                "resize": "stretch", "size": [8, 8], "mean": [127.5, 127.5, 127.5], "std": [127.5, 127.5, 127.5],
            ],
            "embedding": ["dim": 3, "space": .string(space), "metric": "cosine"],
        ]
        if isCalibrated {
            manifest["calibration"] = ["threshold": 0.95, "far": 0.01, "tar": 0.9, "pairs": 1000, "dataset": "drawn"]
        }
        return Self(model: model, manifest: manifest)
    }
}

/// PNG files of one colour, without an encoder: one block that is stored, not compressed.
enum SmallPicture {
    static func png(red: UInt8, green: UInt8, blue: UInt8, side: Int = 8) -> [UInt8] {
        let row: [UInt8] = [0] + (0..<side).flatMap { _ in [red, green, blue] }
        let raw = (0..<side).flatMap { _ in row }
        let length = UInt16(raw.count)
        let stored: [UInt8] =
            [0x78, 0x01, 1, UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)] + raw
            + big(adler(raw))
        let size = big(UInt32(side))
        return [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10] + chunk("IHDR", size + size + [8, 2, 0, 0, 0])
            + chunk("IDAT", stored) + chunk("IEND", [])
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let named = Array(name.utf8) + content
        return big(UInt32(content.count)) + named + big(crc(named))
    }

    private static func big(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
    }

    private static func adler(_ bytes: [UInt8]) -> UInt32 {
        let sums = bytes.reduce((UInt32(1), UInt32(0))) { sums, byte in
            let low = (sums.0 + UInt32(byte)) % 65_521
            return (low, (sums.1 + low) % 65_521)
        }
        return sums.1 << 16 | sums.0
    }
}

extension ModelServer.Upload {
    /// An embedder to which all pictures look the same.
    static func constant(_ version: String) -> Self {
        let mask = SampleModels.constant("mask", shape: [1, 3, 1, 1], raw: SampleModels.raw([0, 0, 0]))
        let rest = SampleModels.constant("rest", shape: [1, 3, 1, 1], raw: SampleModels.raw([1, 1, 1]))
        let model = SampleModels.model(
            [
                SampleModels.Node(type: "GlobalAveragePool", inputs: ["image"], outputs: ["means"]),
                SampleModels.Node(type: "Mul", inputs: ["means", "mask"], outputs: ["nothing"]),
                SampleModels.Node(type: "Add", inputs: ["nothing", "rest"], outputs: ["all"]),
                SampleModels.Node(type: "Flatten", inputs: ["all"], outputs: ["vector"]),
            ],
            constants: [mask, rest], inputs: [SampleModels.port("image", [nil, 3, 8, 8])],
            outputs: [SampleModels.port("vector", [nil, 3])])
        return of(model, version: version, space: "mean-colour")
    }
}

extension JSON {
    /// An element of a list; nil where there is none.
    subscript(place: Int) -> JSON? {
        guard let values = arrayValue, values.indices.contains(place) else { return nil }
        return values[place]
    }
}
