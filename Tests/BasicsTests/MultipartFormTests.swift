import Basics
import Testing

@Suite("Forms of several parts")
struct MultipartFormTests {
    private static let type = "multipart/form-data; boundary=\"x y\""

    private func form(_ text: String, type: String = Self.type, most: Int = 32) throws -> MultipartForm {
        try MultipartForm(Array(text.replacing("\n", with: "\r\n").utf8), contentType: type, maximumParts: most)
    }

    @Test("fields and files are told apart, contents are kept byte for byte")
    func reading() throws {
        let form = try form(
            """
            before
            --x y
            Content-Disposition: form-data; name="k"

            20
            --x y
            content-disposition: form-data; name="picture"; filename="a \\"b\\".png"
            Content-Type: Image/PNG; q=1

            one
            --x
            two

            --x y--
            after
            """)
        #expect(form.parts.count == 2)
        #expect(form["k"]?.text == "20" && form["k"]?.fileName == nil)
        let picture = try #require(form["picture"])
        #expect(picture.fileName == "a \"b\".png" && picture.contentType == "image/png")
        #expect(picture.text == "one\r\n--x\r\ntwo\r\n")
        #expect(form["none"] == nil && form.all("k").count == 1)
    }

    @Test(
        "what is no whole form is refused",
        arguments: [
            "", "--x y", "--x y\n", "--x y\nContent-Disposition: form-data; name=\"a\"\n\nend",
            "--x y\nno colon\n\nv\n--x y--", "--x y\nContent-Disposition: form-data\n\nv\n--x y--",
            "--x y\n--x y--", "--x ynonsense\n\n--x y--",
        ])
    func broken(text: String) {
        #expect(throws: RequestError.self) { try form(text) }
    }

    @Test("a type without a boundary, an endless boundary and too many parts are refused")
    func limits() {
        let one = "--x y\nContent-Disposition: form-data; name=a\n\nv\n"
        #expect(throws: RequestError.self) { try form(one + "--x y--", type: "multipart/form-data") }
        let long = String(repeating: "b", count: 71)
        #expect(throws: RequestError.self) { try form(one, type: "multipart/form-data; boundary=\(long)") }
        #expect(throws: RequestError.self) { try form(one + one + "--x y--", most: 1) }
        #expect(throws: Never.self) { try form(one + one + "--x y--", most: 2) }
    }

    @Test("every cut and every changed byte of a form is read or refused, and nothing else")
    func cuts() throws {
        let text = "--b\r\nContent-Disposition: form-data; name=\"n\"; filename=f\r\n\r\nbody\r\n--b--"
        let whole = Array(text.utf8)
        for end in 0...whole.count {
            _ = try? MultipartForm(Array(whole[..<end]), contentType: "multipart/form-data; boundary=b")
        }
        for place in whole.indices {
            var bytes = whole
            for byte in [0, 10, 13, 34, 45, 92, 255] as [UInt8] {
                bytes[place] = byte
                _ = try? MultipartForm(bytes, contentType: "multipart/form-data; boundary=b")
            }
        }
        let form = try MultipartForm(whole, contentType: "multipart/form-data; boundary=b")
        #expect(form["n"]?.text == "body" && form["n"]?.fileName == "f")
    }
}
