import Basics
import Imaging
import Messaging
import VisualSearch

/// What somebody asks a scan for, as it comes over HTTP: form fields, members of a JSON body, or the query.
struct ScanWish: Sendable {
    var box = BoxRequest.automatic
    var category: String?
    var limit = 20
    var filter = ScanFilter()

    init() {}

    /// Reads plain texts by name.
    ///
    /// - Throws: 400 that names the field.
    init(_ field: (String) throws -> String?) throws {
        do {
            box = try BoxRequest(parsing: try field("box"), size: Self.unitSize)
        } catch let fault as BoxRequest.Fault {
            throw Self.refusal(of: fault)
        }
        if let name = try field("category"), !name.isEmpty { category = name }
        if let text = try field("k") {
            guard let number = Int(text), (1...ScanRequest.maximumLimit).contains(number) else {
                throw RequestError.invalidParam("'k' is a whole number from 1 to \(ScanRequest.maximumLimit).")
            }
            limit = number
        }
        if let text = try field("filter"), !text.isEmpty {
            guard let json = try? JSON(parsing: text), let object = json.objectValue else {
                throw RequestError.invalidParam("'filter' is a JSON object.")
            }
            filter = try ScanFilter(object)
        }
    }

    /// Reads the members of a JSON body; `box` may be a list of four numbers too.
    init(_ body: JSONObject) throws {
        let box = body["box"]
        try self.init { name in
            switch (name, body[name]) {
            case (_, nil), (_, .null): return nil
            case ("box", .array): return box?.arrayValue?.map { "\($0.doubleValue ?? .nan)" }.joined(separator: ",")
            case ("k", .int(let number)): return String(number)
            case ("filter", .object(let object)): return JSON.object(object).text
            case (_, .string(let text)): return text
            default: throw RequestError.badJSON("'\(name)' is of the wrong type.")
            }
        }
    }

    /// The picture is not decoded yet, so its size cannot be named.
    private static let unitSize = ImageSize(width: 1, height: 1)

    private static func refusal(of fault: BoxRequest.Fault) -> RequestError {
        switch fault {
        case .syntax: .invalidParam("\(fault.description).")
        case .outside: .invalidParam("The box is empty or lies beside the picture: both edges count from 0 to 1.")
        }
    }

    var request: ScanRequest { ScanRequest(box: box, category: category, limit: limit) }

    /// What is kept with the scan, to ask again.
    var json: JSON {
        var object: JSONObject = ["k": .int(Int64(limit))]
        object["category"] = category.map { .string($0) }
        if !filter.isEmpty { object["filter"] = filter.json }
        return .object(object)
    }

    /// Reads what was kept.
    init(kept bytes: [UInt8]) {
        guard let object = (try? JSON(parsing: bytes))?.objectValue, let wish = try? ScanWish(object) else { return }
        self = wish
    }
}

extension ScanFilter {
    /// Reads `{"shops": [...], "price": [low, high], "in_stock": true, "places": [...]}`.
    ///
    /// - Throws: 400 that names the member.
    init(_ object: JSONObject) throws(RequestError) {
        func texts(_ name: String) throws(RequestError) -> [String] {
            let all = try object.array(name) ?? []
            let texts = all.compactMap(\.stringValue)
            guard texts.count == all.count, texts.count <= 100 else {
                throw .invalidParam("'\(name)' of the filter is a list of at most 100 texts.")
            }
            return texts
        }
        var range: ClosedRange<Int64>?
        if let price = try object.array("price") {
            let numbers = price.map(\.intValue)
            guard numbers.count == 2 else { throw .invalidParam("'price' of the filter is [lowest, highest].") }
            let low = numbers[0] ?? 0
            let high = numbers[1] ?? .max
            guard low >= 0, high >= low else { throw .invalidParam("'price' of the filter is [lowest, highest].") }
            range = low...high
        }
        self.init(
            shops: try texts("shops"), price: range, isInStock: try object.bool("in_stock") ?? false,
            places: try texts("places"))
    }

    /// The same as JSON.
    var json: JSON {
        var object = JSONObject()
        if !shops.isEmpty { object["shops"] = .array(shops.map { .string($0) }) }
        if let price {
            let high: JSON = price.upperBound > JSON.maximumInteger ? .null : .int(price.upperBound)
            object["price"] = [.int(min(price.lowerBound, JSON.maximumInteger)), high]
        }
        if isInStock { object["in_stock"] = true }
        if !places.isEmpty { object["places"] = .array(places.map { .string($0) }) }
        return .object(object)
    }
}
