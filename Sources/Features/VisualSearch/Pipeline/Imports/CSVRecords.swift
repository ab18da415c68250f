/// The records of a table of separated values (RFC 4180): quoted fields may hold separators, line ends and doubled
/// quotes.
struct CSVRecords {
    /// One record.
    struct Record: Equatable {
        /// The line on which it begins, from 1.
        let line: Int
        let fields: [String]
        /// Why it cannot be read.
        var fault: String?
    }

    let records: [Record]

    private static let quote = UInt8(ascii: "\"")
    private static let separators = [",", ";", "\t"].compactMap(\.utf8.first)

    /// Reads a whole file; the separator is the one of comma, semicolon and tab that the first line has most of.
    init(_ bytes: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes[3...] : bytes[...]
        let first = text.prefix { $0 != 10 }
        let separator = Self.separators.max { one, other in
            first.count { $0 == one } < first.count { $0 == other }
        }
        var reader = Reader(text: text, separator: separator ?? 44)
        var records: [Record] = []
        while let record = reader.next() {
            let isEmpty = record.fields.count == 1 && record.fields[0].isEmpty && record.fault == nil
            if !isEmpty { records.append(record) }
        }
        self.records = records
    }

    private struct Reader {
        let text: ArraySlice<UInt8>
        let separator: UInt8
        var at: Int
        var line = 1

        init(text: ArraySlice<UInt8>, separator: UInt8) {
            self.text = text
            self.separator = separator
            at = text.startIndex
        }

        mutating func next() -> Record? {
            guard at < text.endIndex else { return nil }
            let start = line
            var fields: [String] = []
            var fault: String?
            while true {
                let (field, isWhole) = field()
                fields.append(field.trimmed)
                if !isWhole { fault = "a quote is not closed" }
                guard at < text.endIndex else { break }
                let byte = text[at]
                at += 1
                if byte == separator { continue }
                line += 1
                break
            }
            return Record(line: start, fields: fields, fault: fault)
        }

        /// Up to the separator or the end of the line, which are left.
        private mutating func field() -> (String, isWhole: Bool) {
            guard at < text.endIndex, text[at] == CSVRecords.quote else {
                let end = text[at...].firstIndex { $0 == separator || $0 == 10 } ?? text.endIndex
                defer { at = end }
                return (String(decoding: text[at..<end], as: UTF8.self), true)
            }
            at += 1
            var bytes: [UInt8] = []
            while at < text.endIndex {
                let byte = text[at]
                at += 1
                if byte == 10 { line += 1 }
                guard byte == CSVRecords.quote else {
                    bytes.append(byte)
                    continue
                }
                guard at < text.endIndex, text[at] == CSVRecords.quote else {
                    // What stands between the quote and the separator belongs to nothing.
                    at = text[at...].firstIndex { $0 == separator || $0 == 10 } ?? text.endIndex
                    return (String(decoding: bytes, as: UTF8.self), true)
                }
                bytes.append(byte)
                at += 1
            }
            return (String(decoding: bytes, as: UTF8.self), false)
        }
    }
}

extension StringProtocol {
    /// Without white space at both ends, carriage returns included.
    var trimmed: String {
        var rest = Substring(self)
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest.drop { $0.isWhitespace })
    }
}
