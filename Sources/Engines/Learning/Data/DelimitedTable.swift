internal import Basics

/// A table with a header: values between tabs as they are, or between commas with quotes (RFC 4180).
struct DelimitedTable {
    struct Row {
        let line: Int
        let fields: [String]
    }

    let header: [String]
    let rows: [Row]

    /// Values of tabs if the first line has one, else of commas.
    init(_ bytes: [UInt8], file: String) throws(DataError) {
        let isTabbed = bytes.prefix { $0 != 10 }.contains(9)
        let table = DelimitedRecords(bytes, separators: [isTabbed ? 9 : 44]) { $0 != 9 }
        if let broken = table.records.first(where: { $0.fault != nil }), let reason = broken.fault {
            throw .malformed(file: file, place: "line \(broken.line)", reason: reason)
        }
        guard let first = table.records.first else { throw .empty(file) }
        header = first.fields
        rows = table.records.dropFirst().map { Row(line: $0.line, fields: $0.fields) }
        guard Set(header).count == header.count else {
            throw .malformed(file: file, place: "line 1", reason: "two columns have one name")
        }
    }

    /// The place of a column.
    func column(_ name: String, file: String) throws(DataError) -> Int {
        guard let column = header.firstIndex(of: name) else { throw .missingColumn(name, file: file) }
        return column
    }
}
