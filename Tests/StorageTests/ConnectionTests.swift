import Basics
import Storage
import Testing

@Suite("A connection")
struct ConnectionTests {
    @Test(
        "gives back every value as it was stored",
        arguments: [
            SQLValue.null, .integer(.min), .integer(.max), .integer(0), .real(1.5), .real(-0.0), .text(""),
            .text("Vitrine"), .text("橱窗 \u{1F6CD}\u{FE0F}"), .text("a\u{0}b"), .blob([]), .blob([0, 255, 0]),
            .blob([UInt8](repeating: 7, count: 100_000)), .int(3), .bool(true), .optional(Int64?.none),
            .optional("x"), .optional([UInt8]?.none), 5, "literal", nil,
        ])
    func values(value: SQLValue) async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let stored = try await database.write { context in
            try Meta.set("value", value, context.connection)
            return try context.first("SELECT value FROM meta WHERE key = 'value'") { $0.value(0) }
        }
        #expect(stored == value)
        await database.close()
    }

    @Test("reads columns in every form, and an absent column as null")
    func columns() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        try await database.read { connection in
            let found = try connection.first("SELECT 7, 'été', x'00ff', NULL, 2.5, 0") { row in
                #expect(row.int(0) == 7 && row.intOrNil(0) == 7 && row.bool(0) && row.real(0) == 7)
                #expect(row.text(1) == "été" && row.textOrNil(1) == "été" && row.bytesOfText(1) == Array("été".utf8))
                #expect(row.blob(2) == [0, 255] && row.blobOrNil(2) == [0, 255])
                #expect(row.isNull(3) && row.int(3) == 0 && row.intOrNil(3) == nil && row.text(3) == "")
                #expect(row.textOrNil(3) == nil && row.blob(3) == [] && row.blobOrNil(3) == nil)
                #expect(row.real(4) == 2.5 && row.realOrNil(4) == 2.5 && row.realOrNil(3) == nil && !row.bool(5))
                for column in [6, -1, .max, .min] {
                    #expect(
                        row.isNull(column) && row.int(column) == 0 && row.text(column) == "" && row.blob(column) == [])
                }
                return true
            }
            #expect(found == true)
        }
        await database.close()
    }

    @Test("runs the same statement inside its own rows")
    func nested() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        for text in ["a", "b", "c"] { _ = try await database.addNote(text) }
        let pairs = try await database.read { connection in
            try connection.rows("SELECT text FROM note ORDER BY pos") { outer in
                let name = outer.text(0)
                return try connection.rows("SELECT text FROM note ORDER BY pos") { name + $0.text(0) }
            }
        }
        #expect(pairs == [["aa", "ab", "ac"], ["ba", "bb", "bc"], ["ca", "cb", "cc"]])
        await database.close()
    }

    @Test("stops handing out rows when told to, and counts changed rows")
    func stoppingAndCounting() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        for number in 1...5 { _ = try await database.addNote("n\(number)") }
        let (seen, changed, none, selected) = try await database.write { context in
            var seen: [String] = []
            try context.forEach("SELECT text FROM note ORDER BY pos") { row in
                seen.append(row.text(0))
                return seen.count < 2
            }
            let changed = try context.run("UPDATE note SET text = text || '!' WHERE pos > ?1", 2)
            let none = try context.run("DELETE FROM note WHERE pos = 99")
            return (seen, changed, none, try context.run("SELECT * FROM note"))
        }
        #expect(seen == ["n1", "n2"] && changed == 3 && none == 0 && selected == 0)
        await database.close()
    }

    @Test("that reads cannot write")
    func readOnly() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let error = await #expect(throws: StorageError.self) {
            try await database.read { try $0.run("INSERT INTO note(pos, text) VALUES (1, 'x')") }
        }
        #expect(error?.kind == .readOnly)
        await database.close()
    }

    @Test("sees one snapshot for the whole of a read")
    func snapshot() async throws {
        let scratch = try Scratch()
        var options = DatabaseOptions()
        options.readLimitMilliseconds = 600_000
        let database = try scratch.open(options)
        _ = try await database.addNote("before")
        let gate = WriterGate()
        async let counts = database.read { connection in
            let first = try connection.notes.count
            gate.hold()
            return [first, try connection.notes.count]
        }
        await gate.untilHeld()
        _ = try await database.addNote("after")
        gate.open()
        #expect(try await counts == [1, 1])
        #expect(try await database.notes().count == 2)
        await database.close()
    }

    @Test("that reads for too long is interrupted with 503, and the next read is not")
    func watchdog() async throws {
        let scratch = try Scratch()
        var options = DatabaseOptions()
        options.readLimitMilliseconds = 20
        options.readerCount = 1
        let database = try scratch.open(options)
        let endless = """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n
            """
        for _ in 0..<3 {
            let error = await #expect(throws: RequestError.self) {
                try await database.read { try $0.first(endless) { $0.int(0) } }
            }
            #expect(error?.status == 503)
            // Between its statements, too.
            await #expect(throws: RequestError.self) {
                try await database.read { connection in while true { _ = try connection.notes } }
            }
            #expect(try await database.notes() == [])
        }
        let counted = try await database.readWithoutLimit { connection in
            try connection.first(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT COUNT(*) FROM n"
            ) { $0.int(0) }
        }
        #expect(counted == 300_000)
        await database.close()
    }
}
