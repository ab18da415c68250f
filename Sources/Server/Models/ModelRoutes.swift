import Accounts
import Basics
import Evaluation
import Foundation
import HTTPTypes
import HummingbirdCore
import Inference
import Messaging
import NIOCore
import Storage
import Synchronization

/// The registry of models, for administrators.
struct ModelRoutes: RouteGroup {
    static let longestFile: Int64 = 256 << 20
    private static let longestManifest = 256 << 10

    let models: ModelService

    func add(to routes: inout RouteTable) {
        let list = "/api/v1/models"
        let one = list + "/{id}/versions/{version}"
        routes.get(list, .admin) { _, session in
            try session.requireAdmin()
            return try await self.list()
        }
        routes.post(list, .upload) { call, session in
            try session.requireAdmin()
            return try await upload(call, session)
        }
        routes.get(one, .admin) { call, session in
            try session.requireAdmin()
            if let wait = try call.query().integer("wait_ms", clampedTo: 0...60_000) {
                if try await models.registry()[key(call)]?.state == .trial { models.beginTrial(key(call)) }
                await models.work.wait(for: key(call), milliseconds: Int(wait))
            }
            return .json(.object(try await describe(key(call))))
        }
        routes.get(one + "/file", .download) { call, session in try await file(call, session) }
        routes.delete(one, .admin) { call, session in
            try session.requireAdmin()
            try await models.remove(key(call), by: session.user.text)
            return .emptyObject
        }
        routes.post(one + "/evaluate", .admin) { call, session in
            try session.requireAdmin()
            return try await evaluate(call, session)
        }
        routes.post(one + "/activate", .admin) { call, session in
            try session.requireAdmin()
            return try await activate(call, session)
        }
        routes.post(one + "/retire", .admin) { call, session in
            try session.requireAdmin()
            try await models.retire(key(call), by: session.user.text)
            return .emptyObject
        }
        routes.post("/api/v1/models/rollback", .admin) { call, session in
            try session.requireAdmin()
            return try await rollBack(call, session)
        }
    }

    private func key(_ call: Call) -> ModelKey {
        ModelKey(id: call.parameter("id"), version: call.parameter("version"))
    }

    // MARK: Looking

    private func list() async throws -> Response {
        var entries: [JSON] = []
        for entry in try await models.registry().all {
            var object = models.summary(entry)
            if entry.space != nil { object["threshold"] = try await models.threshold(of: entry)?.json ?? .null }
            entries.append(.object(object))
        }
        let journal = try await models.database.read { try ModelRows.journal($0) }
        return .json([
            "inference": models.inference, "models": .array(entries),
            "journal": .array(
                journal.map { ["at_ms": .int($0.at), "by": .string($0.who), "what": .string($0.what)] }),
        ])
    }

    /// The bytes of a version, as they serve here: for programs that ask the net themselves, on a phone perhaps.
    ///
    /// A version that answers is given to everybody with an account, any other to administrators.
    private func file(_ call: Call, _ session: Session) async throws -> Response {
        try session.refuseGuests()
        let key = key(call)
        guard let entry = try await models.registry()[key], session.isAdmin || entry.state.isServing,
            let hash = BlobHash(hex: entry.sha256)
        else { throw RequestError.notFound("There is no \(key).") }
        return BlobReply.file(
            try await models.blobs.reader(of: hash), type: "application/octet-stream",
            name: "\(key.id)-\(key.version).onnx", request: call.request)
    }

    private func describe(_ key: ModelKey) async throws -> JSONObject {
        guard let entry = try await models.registry()[key] else { throw RequestError.notFound("There is no \(key).") }
        var object = models.summary(entry)
        let (manifest, trial, measured) = try await models.database.read { connection in
            (
                try ModelRows.manifest(key, connection), try ModelRows.trial(key, connection),
                try ModelRows.measurements(key, connection)
            )
        }
        if entry.space != nil { object["threshold"] = try await models.threshold(of: entry)?.json ?? .null }
        object["manifest"] = manifest.flatMap { try? JSON(parsing: $0) } ?? .null
        object["trial"] = trial ?? .null
        object["evaluation"] = .array(
            measured.map { one in
                [
                    "dataset": .string(one.dataset), "protocol": .string(one.kind), "measured_ms": .int(one.measured),
                    "figures": one.figures, "queries": .int(Int64(one.outcomes.count)),
                ]
            })
        if let verdict = try await models.verdict(on: key) {
            object["gate"] = verdict.verdict.json
            object["gate_against"] = .string(verdict.against.version)
        }
        return object
    }

    // MARK: Changing

    private func evaluate(_ call: Call, _ session: Session) async throws -> Response {
        let body = try await call.object()
        let dataset = try body.required("dataset", try body.string("dataset"))
        let job = try await models.evaluate(key(call), on: dataset, by: session.user.text)
        return .json(["job": .string(job)], status: .accepted)
    }

    private func activate(_ call: Call, _ session: Session) async throws -> Response {
        let reason = try await call.object(orEmpty: true).string("override")
        let (activation, verdict) = try await models.activate(key(call), override: reason, by: session.user.text)
        return .json([
            "active": .string(activation.active.version),
            "previous": activation.previous.map { .string($0.description) } ?? .null, "gate": verdict?.json ?? .null,
        ])
    }

    private func rollBack(_ call: Call, _ session: Session) async throws -> Response {
        let body = try await call.object()
        let name = try body.required("role", try body.string("role"))
        guard let role = ModelRole(rawValue: name) else { throw RequestError.invalidParam("There is no such role.") }
        let activation = try await models.rollBack(role, by: session.user.text)
        return .json([
            "active": .string(activation.active.description),
            "previous": activation.previous.map { .string($0.description) } ?? .null,
        ])
    }

    // MARK: Uploads

    private func upload(_ call: Call, _ session: Session) async throws -> Response {
        guard var reader = Multipart(contentType: call.request.headers[.contentType]) else {
            throw RequestError.invalidParam("The body is multipart/form-data with the parts 'manifest' and 'model'.")
        }
        let body = try call.stream(maximumBytes: Int(Self.longestFile) + 2 * Self.longestManifest)
        let writer = try await models.blobs.makeWriter(limit: Self.longestFile)
        do {
            var parts = UploadParts()
            for try await buffer in body {
                for event in try reader.events(of: buffer) { try await parts.take(event, writer) }
            }
            guard reader.isOver, parts.isWhole else {
                throw RequestError.invalidParam("The body ends before both parts 'manifest' and 'model' were there.")
            }
            // Whatever the manifest says: what comes over the network runs in the cage.
            let key = try await models.add(
                manifest: parts.manifest, writer, isCaged: true, by: session.user.text)
            models.beginTrial(key)
            return .json(
                ["id": .string(key.id), "version": .string(key.version), "job": .string("trial \(key)")],
                status: .accepted)
        } catch {
            await writer.abandon()
            throw Self.refusal(of: error)
        }
    }

    private static func refusal(of error: any Error) -> any Error {
        guard let error = error as? StorageError, error.kind == .tooLarge else { return error }
        return RequestError.tooLarge("A model has at most \(longestFile) bytes.")
    }

    private struct UploadParts {
        private(set) var manifest: [UInt8] = []
        private var current: String?
        private var seen: Set<String> = []

        var isWhole: Bool { seen == ["manifest", "model"] && current == nil }

        mutating func take(_ event: Multipart.Event, _ writer: BlobWriter) async throws {
            switch event {
            case .begin(let name):
                guard ["manifest", "model"].contains(name), seen.insert(name).inserted else {
                    throw RequestError.invalidParam("The parts are one 'manifest' and one 'model'.")
                }
                current = name
            case .bytes(let bytes) where current == "manifest":
                guard manifest.count + bytes.count <= ModelRoutes.longestManifest else {
                    throw RequestError.tooLarge("A manifest has at most \(ModelRoutes.longestManifest) bytes.")
                }
                manifest += bytes
            case .bytes(let bytes): try await writer.write(bytes)
            case .end: current = nil
            }
        }
    }
}

extension Multipart {
    fileprivate mutating func events(of buffer: ByteBuffer) throws -> [Event] {
        do {
            return try receive(buffer.readableBytesView)
        } catch {
            throw RequestError.invalidParam("The body cannot be taken apart: \(error.reason).")
        }
    }
}
