import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import NIOCore
import VisualSearch

/// Many changes in one request: a line in, a result out, in the same order, while the work goes on.
struct CatalogueBatchRoute: RouteGroup {
    let access: CatalogueAccess

    static let maximumLines = 10_000
    static let maximumBytes = 32 << 20

    func add(to routes: inout RouteTable) {
        routes.post("/api/v1/catalogue/items:batch", .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogueToFill(call)
            let body = Array(buffer: try await call.body(maximumBytes: Self.maximumBytes))
            let lines = body.split(separator: 10).filter { line in line.contains { $0 > 32 } }
            guard lines.count <= Self.maximumLines else {
                throw RequestError.tooLarge("A batch has at most \(Self.maximumLines) lines; this has \(lines.count).")
            }
            let whom = session.user.text
            return Response(
                status: .ok, headers: [.contentType: "application/x-ndjson"],
                body: ResponseBody { writer in
                    for (number, line) in lines.enumerated() {
                        let result = await Self.result(of: Array(line), number + 1, in: catalogue, by: whom)
                        try await writer.write(ByteBuffer(bytes: result.encoded() + [10]))
                    }
                    try await writer.finish(nil)
                })
        }
    }

    /// What became of a line: `{"line", "sku", "status"}` with the words of an error beside.
    private static func result(of line: [UInt8], _ number: Int, in catalogue: Catalogue, by whom: String) async -> JSON
    {
        var reply: JSONObject = ["line": .int(Int64(number))]
        do {
            guard let object = try JSON(parsing: line).objectValue else {
                throw RequestError.badJSON("The line is no JSON object.")
            }
            let sku = try object.required("sku", try object.string("sku"))
            reply["sku"] = .string(sku)
            switch try object.string("op") ?? "put" {
            case "put": try await catalogue.update(try ItemDraft(object, sku: sku))
            case "delete":
                let shop = try object.string("shop")
                guard
                    let item = try await catalogue.items(sku: sku).first(where: {
                        shop ?? $0.draft.shop == $0.draft.shop
                    })
                else { throw RequestError.notFound("There is no item '\(sku)'.") }
                reply["removal"] = .int(try await catalogue.removeItem(item.number, by: whom))
            case let name: throw RequestError.invalidParam("'op' is put or delete, not '\(name)'.")
            }
            reply["status"] = 200
        } catch {
            let refusal = ErrorReply.refusal(for: error)
            reply["status"] = .int(Int64(refusal.status))
            reply["errcode"] = .string(refusal.code)
            reply["error"] = .string(refusal.message)
        }
        return .object(reply)
    }
}
