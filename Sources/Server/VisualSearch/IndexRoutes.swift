import Accounts
import Basics
import HummingbirdCore
import VectorIndex
import VisualSearch

/// How the index of the catalogue stands, for people of the shop.
struct IndexRoutes: RouteGroup {
    let access: CatalogueAccess

    func add(to routes: inout RouteTable) {
        routes.get("/api/v1/index", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await access.catalogue(call).statistics().json)
        }
        routes.post("/api/v1/index/compact", .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            try await catalogue.compact()
            return .json(try await catalogue.statistics().json)
        }
        routes.get("/api/v1/index/recall", .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            return .json([
                "catalogue": .string(catalogue.name), "parts": .array(try await catalogue.parts().map(\.json)),
            ])
        }
    }
}

extension CataloguePart {
    /// The part with its measurements, oldest first; without any, every search looks at each vector still.
    var json: JSON {
        [
            "generation": .int(generation), "category": .string(category), "vectors": .int(Int64(vectors)),
            "measured": .array(recall.suffix(30).map(\.json)),
        ]
    }
}

extension RecallReport {
    /// One measurement.
    fileprivate var json: JSON {
        [
            "at": .int(measuredAt), "k": .int(Int64(k)), "queries": .int(Int64(queries)), "asked": .int(Int64(asked)),
            "recall": .double(recall), "low": .double(interval.lowerBound), "high": .double(interval.upperBound),
            "vectors": .int(Int64(vectors)),
        ]
    }
}
