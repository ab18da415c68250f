import Basics
import Testing

@Suite("Tables of separated values")
struct DelimitedRecordsTests {
    @Test("fields may hold separators, quotes and line ends; each record knows its line")
    func records() {
        let text = "\u{FEFF}a;b;c\n\"x;\"\"y\";z\r\n;;\n\n\"1\n2\";3;4"
        let table = DelimitedRecords(Array(text.utf8))
        #expect(table.separator == UInt8(ascii: ";"))
        #expect(table.records.map(\.fields) == [["a", "b", "c"], ["x;\"y", "z"], ["", "", ""], ["1\n2", "3", "4"]])
        #expect(table.records.map(\.line) == [1, 2, 3, 5])
        #expect(table.records.allSatisfy { $0.fault == nil })
        #expect(DelimitedRecords([]).records.isEmpty)
    }

    @Test("a quote that is never closed and bytes that are no UTF-8 are faults of their record")
    func faults() {
        #expect(DelimitedRecords(Array("a,\"b".utf8)).records.map(\.fault) == ["a quotation mark is never closed"])
        let records = DelimitedRecords(Array("a,b\n".utf8) + [0xFF, 44, 65, 10, 66, 44, 67]).records
        #expect(records.map(\.fault) == [nil, "the text is not UTF-8", nil])
    }

    @Test("where quotes mean nothing they are text")
    func plain() {
        let records = DelimitedRecords(Array("a\tb\n\"x\ty\"\n".utf8), separators: [9]) { $0 != 9 }.records
        #expect(records.map(\.fields) == [["a", "b"], ["\"x", "y\""]])
    }

    @Test("any cut of a table ends in records or faults, never in a trap")
    func cuts() {
        let bytes = Array("a,b\r\n\"x \"\"y\"\"\",\"1\n2\"\r\n,\n".utf8)
        for end in 0...bytes.count { #expect(DelimitedRecords(Array(bytes[..<end])).records.count <= 3) }
    }
}
