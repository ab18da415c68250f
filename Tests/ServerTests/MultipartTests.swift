import Testing

@testable import Server

@Suite("Bodies of several parts")
struct MultipartTests {
    private static let type = "multipart/form-data; boundary=xyz"
    private static let body =
        Array(
            "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--xy two\r\n\r\n--xyz\r\nContent-Type: text/plain\r\n"
                .utf8)
        + Array("content-disposition: form-data; filename=\"f\"; name=\"b\"\r\n\r\n\r\n--xyz--\r\nrest".utf8)

    /// Parts by name, pieces joined.
    private static func parts(_ pieces: [[UInt8]], type: String = type) throws -> [String: String]? {
        guard var reader = Multipart(contentType: type) else { return nil }
        var parts: [String: [UInt8]] = [:]
        var current = ""
        for piece in pieces {
            for event in try reader.receive(piece) {
                switch event {
                case .begin(let name):
                    current = name
                    parts[name] = []
                case .bytes(let bytes): parts[current, default: []] += bytes
                case .end: current = "none"
                }
            }
        }
        return reader.isOver ? parts.mapValues { String(decoding: $0, as: UTF8.self) } : nil
    }

    @Test("the parts are the same whatever pieces the body comes in")
    func pieces() throws {
        let expected = ["a": "one\r\n--xy two\r\n", "b": ""]
        #expect(try Self.parts([Self.body]) == expected)
        #expect(try Self.parts(Self.body.map { [$0] }) == expected)
        for place in Self.body.indices {
            #expect(try Self.parts([Array(Self.body[..<place]), Array(Self.body[place...])]) == expected)
        }
    }

    @Test("a body that ends early is not over; a part without a name and a header without end are refused")
    func broken() throws {
        #expect(try Self.parts([Array(Self.body.dropLast(10))]) == nil)
        #expect(throws: Multipart.Malformed.self) { try Self.parts([Array("--xyz\r\nA: b\r\n\r\nx".utf8)]) }
        let long = [UInt8](repeating: 65, count: 9_000)
        #expect(throws: Multipart.Malformed.self) { try Self.parts([Array("--xyz\r\n".utf8) + long]) }
        #expect(try Self.parts([[]], type: "application/json") == nil)
        #expect(try Self.parts([[]], type: "multipart/form-data") == nil)
        #expect(try Self.parts([Self.body], type: "multipart/form-data; boundary=\"xyz\"; charset=utf-8")?.count == 2)
    }
}
