import Server
import Testing

@Suite("Range headers")
struct ByteRangeTests {
    @Test(
        "one range of bytes is understood, and cut to the file",
        arguments: [
            ("bytes=0-0", .part(0..<1)), ("bytes=0-", .part(0..<100)), ("bytes=10-19", .part(10..<20)),
            ("bytes=99-", .part(99..<100)), ("bytes=50-500", .part(50..<100)), ("bytes=-1", .part(99..<100)),
            ("bytes=-100", .part(0..<100)), ("bytes=-500", .part(0..<100)), ("Bytes=5-6", .part(5..<7)),
            ("bytes= 5 - 6 ", .part(5..<7)), ("bytes=7-99999999999999999999999", .part(7..<100)),
            ("bytes=100-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
            ("bytes=99999999999999999999999-", .unsatisfiable),
        ] as [(String, ByteRange)])
    func understood(header: String, range: ByteRange) {
        #expect(ByteRange(header: header, size: 100) == range)
    }

    @Test(
        "everything else asks for the whole file",
        arguments: [
            nil, "", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=6-5", "bytes=a-b", "bytes=0-1,3-4", "bytes=1--2",
            "lines=0-1", "bytes=+1-2", "bytes=１-２", "bytes=0-" + String(repeating: "9", count: 200),
        ])
    func ignored(header: String?) {
        #expect(ByteRange(header: header, size: 100) == .whole)
    }

    @Test("an empty file has no range")
    func empty() {
        #expect(ByteRange(header: "bytes=0-", size: 0) == .unsatisfiable)
        #expect(ByteRange(header: "bytes=-5", size: 0) == .unsatisfiable)
        #expect(ByteRange(header: nil, size: 0) == .whole)
    }
}

@Suite("Content-Disposition headers")
struct ContentDispositionTests {
    @Test(
        "names stand in quotes, and in UTF-8 where ASCII does not do",
        arguments: [
            (true, nil, "inline"), (false, "", "attachment"), (true, "cat.png", "inline; filename=\"cat.png\""),
            (
                false, "猫 \".png",
                "attachment; filename=\"_ _.png\"; filename*=UTF-8''%E7%8C%AB%20%22.png"
            ),
            (
                false, "a\r\nSet-Cookie: x",
                "attachment; filename=\"a_Set-Cookie: x\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x"
            ),
            (true, "100%.txt", "inline; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
        ] as [(Bool, String?, String)])
    func values(isInline: Bool, name: String?, header: String) {
        let value = ContentDisposition.value(isInline: isInline, name: name)
        // A carriage return and a line feed are one character and two bytes.
        #expect(value.replacing("__", with: "_") == header)
        #expect(value.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    }
}
