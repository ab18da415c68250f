import Storage
import Testing

@testable import VisualSearch

@Suite("What scans ask the tables for")
struct QueryPlanTests {
    @Test("SCAN-135 items of a SKU are found by an index, however many items a catalogue has")
    func skus() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            let plan = try await catalogue.database.read { connection in
                try connection.rows(
                    """
                    EXPLAIN QUERY PLAN SELECT i.item_no FROM vis_item i
                    WHERE i.cat_no = ?1 AND i.sku = ?2 AND i.removal_no IS NULL ORDER BY i.item_no
                    """, .integer(1), .text("a")
                ) { $0.text(3) }
            }
            #expect(plan.count == 1 && plan[0].contains("vis_item_name"), "\(plan)")
        }
    }
}
