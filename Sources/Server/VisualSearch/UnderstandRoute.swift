import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import NIOCore
import VisualSearch

/// What pictures beside texts show, for whoever wants to put matching items there. Nothing about a reader comes in, and
/// nothing is kept.
struct UnderstandRoute: RouteGroup {
    let access: CatalogueAccess
    let gate: ScanGate

    func add(to routes: inout RouteTable) {
        routes.post("/api/v1/pictures/understand", .scan) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            let type = call.request.headers[.contentType] ?? ""
            let body = Array(buffer: try await call.body(maximumBytes: ScanBody.maximumBytes))
            let pictures =
                type.lowercased().hasPrefix("multipart/form-data")
                ? try MultipartForm(body, contentType: type).all("picture").map { Array($0.content) } : [body]
            let understood = try await gate.run { try await catalogue.understand(pictures) }
            return .json(["catalogue": .string(catalogue.name), "pictures": .array(understood.map(\.json))])
        }
    }
}

extension UnderstoodPicture {
    /// What a picture shows.
    fileprivate var json: JSON {
        if let problem { return ["problem": .string(problem)] }
        var object: JSONObject = [
            "categories": .array(
                categories.map {
                    ["category": .string($0.category), "probability": .likeness($0.probability)]
                }),
            "items": .array(
                items.map { item in
                    [
                        "sku": .string(item.sku), "title": .string(item.title),
                        "score": .likeness(item.score), "same": .bool(item.isSame),
                    ]
                }),
        ]
        object["reason"] = reason.map { .string($0.rawValue) }
        return .object(object)
    }
}
