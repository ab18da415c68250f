/// A table with a header: values between tabs, or between commas with quotes (RFC 4180).
struct DelimitedTable {
    struct Row {
        let line: Int
        let fields: [String]
    }

    let header: [String]
    let rows: [Row]

    /// Values of tabs if the first line has one, else of commas.
    init(_ bytes: [UInt8], file: String) throws(DataError) {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let isTabbed = text.prefix { $0 != 10 }.contains(9)
        var rows = isTabbed ? try Self.tabbed(text, file) : try Self.quoted(text, file)
        guard let first = rows.first else { throw .empty(file) }
        rows.removeFirst()
        (header, self.rows) = (first.fields, rows)
        guard Set(header).count == header.count else {
            throw .malformed(file: file, place: "line 1", reason: "two columns have one name")
        }
    }

    /// The place of a column.
    func column(_ name: String, file: String) throws(DataError) -> Int {
        guard let column = header.firstIndex(of: name) else { throw .missingColumn(name, file: file) }
        return column
    }

    private static func tabbed(_ bytes: [UInt8], _ file: String) throws(DataError) -> [Row] {
        var rows: [Row] = []
        for (number, line) in DataFile.lines(bytes) {
            var fields: [String] = []
            for field in line.split(separator: 9, omittingEmptySubsequences: false) {
                fields.append(try text(field, file, number))
            }
            rows.append(Row(line: number, fields: fields))
        }
        return rows
    }

    private static func quoted(_ bytes: [UInt8], _ file: String) throws(DataError) -> [Row] {
        var rows: [Row] = []
        var scanner = QuotedScanner(bytes)
        while let (line, fields, isClosed) = scanner.next() {
            guard isClosed else {
                throw .malformed(file: file, place: "line \(line)", reason: "a quotation mark is never closed")
            }
            guard fields.count > 1 || !(fields.first?.isEmpty ?? true) else { continue }
            var texts: [String] = []
            for field in fields { texts.append(try text(field[...], file, line)) }
            rows.append(Row(line: line, fields: texts))
        }
        return rows
    }

    private static func text(_ field: ArraySlice<UInt8>, _ file: String, _ line: Int) throws(DataError) -> String {
        guard let text = String(validating: field, as: UTF8.self) else {
            throw .malformed(file: file, place: "line \(line)", reason: "the text is not UTF-8")
        }
        return text
    }
}

/// Walks over values between commas; a value in quotation marks may hold commas, line ends and doubled marks.
private struct QuotedScanner {
    private let bytes: [UInt8]
    private var at = 0
    private var line = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> (line: Int, fields: [[UInt8]], isClosed: Bool)? {
        guard at < bytes.count else { return nil }
        let start = line
        var fields: [[UInt8]] = []
        while true {
            let (field, isClosed) = field()
            fields.append(field)
            guard isClosed else { return (start, fields, false) }
            if at < bytes.count, bytes[at] == UInt8(ascii: ",") {
                at += 1
                continue
            }
            if at < bytes.count, bytes[at] == 13 { at += 1 }
            if at < bytes.count, bytes[at] == 10 { at += 1 }
            line += 1
            return (start, fields, true)
        }
    }

    private mutating func field() -> (value: [UInt8], isClosed: Bool) {
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return (plain(), true) }
        at += 1
        var value: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == 10 { line += 1 }
            guard byte == UInt8(ascii: "\"") else {
                value.append(byte)
                continue
            }
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return (value + plain(), true) }
            value.append(byte)
            at += 1
        }
        return (value, false)
    }

    private mutating func plain() -> [UInt8] {
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: ","), bytes[at] != 10,
            !(bytes[at] == 13 && at + 1 < bytes.count && bytes[at + 1] == 10)
        {
            at += 1
        }
        return Array(bytes[start..<at])
    }
}
