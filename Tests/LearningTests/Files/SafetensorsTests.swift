import Basics
import Foundation
import Testing

@testable import Learning

@Suite("safetensors files")
struct SafetensorsTests {
    private let sample = Safetensors(
        [
            "b": HostTensor([Float(1), 2, 3], shape: [3, 1]), "a": HostTensor([UInt8(7)]),
            "long": HostTensor([5, -6]), "one": HostTensor([2.5], shape: []),
            "none": HostTensor([Float](), shape: [0, 3]),
        ], metadata: ["run": "items \"s1\""])

    /// A file of a header and data.
    private func file(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
        let text = Array(header.utf8)
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text + data
    }

    private func error(_ bytes: [UInt8]) -> SafetensorsError? {
        #expect(throws: SafetensorsError.self) { try Safetensors(bytes: bytes) }
    }

    @Test("LEARN-109 what was written is read, with every element type and its bytes in order")
    func roundTrip() throws {
        let all = Dictionary(
            uniqueKeysWithValues: DType.allCases.map {
                ("\($0)", Tensor([0.0, 1, 1, 0], shape: [2, 2]).to($0).host())
            })
        for content in [sample, Safetensors([:]), Safetensors(all, metadata: ["": "空"])] {
            #expect(try Safetensors(bytes: content.encoded()) == content)
        }
        let bytes = sample.encoded()
        #expect(bytes.count % 8 == (16 + 8 + 12 + 1) % 8 && bytes[0] % 8 == 0)
        #expect(bytes.suffix(13) == [0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 7])
    }

    @Test("LEARN-109 a module's weights go through a file")
    func module() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "vitrine-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: file) }
        let (first, second) = (BatchNorm(3), BatchNorm(3))
        first.weight.fillInPlace(0.25)
        try Safetensors(first.weights()).write(to: file)
        try second.update(Safetensors(contentsOf: file).tensors)
        #expect(first.weights() == second.weights())
    }

    @Test("LEARN-109 a file that is cut anywhere, or has one byte more, is an error")
    func cuts() {
        let bytes = sample.encoded()
        for length in 0..<bytes.count { _ = error(Array(bytes.prefix(length))) }
        #expect(error(bytes + [0]) == .layout)
    }

    @Test("no flipped bits and no random bytes end the process")
    func noise() {
        var random = SeededRandom(seed: 71)
        let bytes = sample.encoded()
        for _ in 0..<3000 {
            var broken = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                broken[.random(in: broken.indices, using: &random)] = .random(in: .min ... .max, using: &random)
            }
            _ = try? Safetensors(bytes: broken)
        }
    }

    @Test("lies about lengths are found before anything is taken")
    func lengths() {
        #expect(error([UInt8](repeating: 255, count: 8)) == .headerLength)
        #expect(error(file("{}").dropLast() + []) == .headerLength)
        #expect(
            error(file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, [0, 0, 0, 0])) == .size(tensor: "a"))
        #expect(
            error(file(#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#))
                == .header("its beginning"))
        #expect(
            error(file(#"{"a":{"dtype":"F32","shape":[4503599627370496,4503599627370496],"data_offsets":[0,0]}}"#))
                == .size(tensor: "a"))
        #expect(error(file(#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}"#)) == .size(tensor: "a"))
        #expect(error(file(#"{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}"#, [1])) == .layout)
    }

    @Test("overlaps, gaps, equal names, unknown types and broken texts are found")
    func contents() {
        func pair(_ first: String, _ second: String, named other: String = "b") -> [UInt8] {
            file(
                #"{"a":{"dtype":"U8","shape":[2],"data_offsets":\#(first)},"\#(other)":{"dtype":"U8","shape":[2],"#
                    + #""data_offsets":\#(second)}}"#, [1, 2, 3, 4, 5])
        }
        #expect(error(pair("[0,2]", "[1,3]")) == .layout)
        #expect(error(pair("[0,2]", "[3,5]")) == .layout)
        #expect(error(pair("[1,3]", "[3,5]")) == .layout)
        #expect(error(pair("[0,2]", "[2,4]")) == .layout)
        #expect(error(pair("[0,2]", "[3,5]", named: "a")) == .header("its beginning"))
        #expect(error(file(#"{"a":{"dtype":"F8","shape":[],"data_offsets":[0,1]}}"#, [0])) == .type("F8", tensor: "a"))
        #expect(error(file(#"{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}"#, [2])) == .value(tensor: "a"))
        #expect(error(file(#"{"__metadata__":{"a":1}}"#)) == .header("__metadata__.a"))
        #expect(error(file(#"{"__metadata__":[]}"#)) == .header("__metadata__"))
        for entry in [
            "1", "{}", #"{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}"#,
            #"{"dtype":"U8","shape":[1],"data_offsets":[0]}"#,
        ] {
            #expect(error(file(#"{"a":\#(entry)}"#)) == .header("a"))
        }
        #expect(error(file("[]")) == .header("its beginning"))
        #expect(error(file("{} x")) == .header("its beginning"))
    }
}
