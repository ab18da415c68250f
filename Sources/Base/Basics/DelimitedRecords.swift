/// The records of a table of separated values (RFC 4180): quoted fields may hold separators, line ends and doubled
/// quotes.
package struct DelimitedRecords: Sendable {
    /// One record.
    package struct Record: Sendable, Equatable {
        /// The line on which it begins, from 1.
        package let line: Int
        /// The values; bytes that are no UTF-8 are replaced, and ``fault`` says so.
        package let fields: [String]
        /// Why it cannot be read.
        package let fault: String?
    }

    /// The separator of the table.
    package let separator: UInt8
    /// The records in their order, without empty lines.
    package let records: [Record]

    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - separators: those that may part the values; the one that the first line has most of does.
    ///   - quotes: whether a quotation mark at the beginning of a value quotes it, told by the separator.
    package init(
        _ bytes: [UInt8], separators: [UInt8] = [44, 59, 9], quotes: (_ separator: UInt8) -> Bool = { _ in true }
    ) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes[3...] : bytes[...]
        let first = text.prefix { $0 != 10 }
        let most = separators.max { one, other in first.count { $0 == one } < first.count { $0 == other } }
        separator = most ?? 44
        var reader = Reader(text: text, separator: separator, hasQuotes: quotes(separator))
        var records: [Record] = []
        while let record = reader.next() {
            let isEmpty = record.fields.count == 1 && record.fields[0].isEmpty && record.fault == nil
            if !isEmpty { records.append(record) }
        }
        self.records = records
    }

    private struct Reader {
        private static let quote = UInt8(ascii: "\"")

        let text: ArraySlice<UInt8>
        let separator: UInt8
        let hasQuotes: Bool
        var at: Int
        var line = 1

        init(text: ArraySlice<UInt8>, separator: UInt8, hasQuotes: Bool) {
            (self.text, self.separator, self.hasQuotes) = (text, separator, hasQuotes)
            at = text.startIndex
        }

        mutating func next() -> Record? {
            guard at < text.endIndex else { return nil }
            let start = line
            var fields: [String] = []
            var fault: String?
            while true {
                let (bytes, isWhole) = field()
                fields.append(String(decoding: bytes, as: UTF8.self))
                if String(validating: bytes, as: UTF8.self) == nil { fault = "the text is not UTF-8" }
                if !isWhole { fault = "a quotation mark is never closed" }
                guard at < text.endIndex else { break }
                let byte = text[at]
                at += 1
                if byte == separator { continue }
                line += 1
                break
            }
            return Record(line: start, fields: fields, fault: fault)
        }

        /// Up to the separator or the end of the line, which are left; without the carriage return of the end.
        private mutating func field() -> (ArraySlice<UInt8>, isWhole: Bool) {
            guard hasQuotes, at < text.endIndex, text[at] == Self.quote else { return (plain(), true) }
            at += 1
            var bytes: [UInt8] = []
            while at < text.endIndex {
                let byte = text[at]
                at += 1
                if byte == 10 { line += 1 }
                guard byte == Self.quote else {
                    bytes.append(byte)
                    continue
                }
                guard at < text.endIndex, text[at] == Self.quote else { return ((bytes + plain())[...], true) }
                bytes.append(byte)
                at += 1
            }
            return (bytes[...], false)
        }

        private mutating func plain() -> ArraySlice<UInt8> {
            let start = at
            at = text[at...].firstIndex { $0 == separator || $0 == 10 } ?? text.endIndex
            let isLineEnd = at == text.endIndex || text[at] == 10
            return isLineEnd && at > start && text[at - 1] == 13 ? text[start..<at - 1] : text[start..<at]
        }
    }
}
