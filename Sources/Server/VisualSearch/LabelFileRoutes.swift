import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Imaging
import Messaging
import NIOCore
import VisualSearch

/// Boxes in the files of other tools: VOC, COCO, YOLO and labelme, in and out.
struct LabelFileRoutes: RouteGroup {
    let access: CatalogueAccess

    /// What an upload may weigh in all.
    static let maximumBytes = 256 << 20
    /// Files of an upload.
    static let maximumParts = 10_000

    func add(to routes: inout RouteTable) {
        routes.get("/api/v1/labels/export", .catalogue) { call, session in
            try session.requireShop()
            return try await export(call)
        }
        routes.post("/api/v1/labels/import", .upload) { call, session in
            try session.requireShop()
            return .json(try await take(call, session))
        }
    }

    private func export(_ call: Call) async throws -> Response {
        let query = try call.query()
        guard let format = LabelFormat(rawValue: query["format"] ?? "coco"),
            let part = LabelPart(rawValue: query["part"] ?? "all")
        else {
            let formats = LabelFormat.allCases.map(\.rawValue).joined(separator: ", ")
            let parts = LabelPart.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestError.invalidParam("'format' is one of \(formats), 'part' one of \(parts).")
        }
        let labels = try await access.catalogue(call).exportLabels(part).labels
        if format == .coco { return .json(labels.coco) }
        let headers: HTTPFields = [
            .contentDisposition: "attachment; filename=\"labels-\(format.rawValue).zip\"",
            .xContentTypeOptions: "nosniff",
        ]
        return .bytes(LabelArchive.archive(labels.files(as: format)), type: "application/zip", headers: headers)
    }

    private func take(_ call: Call, _ session: Session) async throws -> JSON {
        let type = call.request.headers[.contentType] ?? ""
        let body = Array(buffer: try await call.body(maximumBytes: Self.maximumBytes))
        let form = try MultipartForm(body, contentType: type, maximumParts: Self.maximumParts)
        let files = form.all("labels").map { LabelFile(name: $0.fileName ?? "", bytes: Array($0.content)) }
        guard !files.isEmpty else {
            throw RequestError.missingParam(
                "The form has no 'labels': send the files of labels as 'labels' and their pictures as 'picture'.")
        }
        var pictures: [String: ArraySlice<UInt8>] = [:]
        var stems: [String: (name: String, size: ImageSize)] = [:]
        for part in form.all("picture") {
            guard let name = part.fileName else { continue }
            pictures[name] = part.content
            guard let probe = try? ImageProbe.read(Array(part.content)) else { continue }
            let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
            stems[stem] = (name, ImageSize(width: probe.uprightWidth, height: probe.uprightHeight))
        }
        var problems: [String] = []
        let labels = LabelSet(reading: files, picture: { stems[$0] }, problems: &problems)
        let report = try await access.catalogueToFill(call).importLabels(
            labels, source: try call.query()["source"] ?? "upload", by: session.user.text
        ) { [pictures] name in pictures[name].map { Array($0) } }
        return [
            "pictures": .int(Int64(report.pictures)), "boxes": .int(Int64(report.boxes)),
            "known": .int(Int64(report.known)),
            "problems": .array((problems + report.problems).prefix(200).map { .string($0) }),
        ]
    }
}
