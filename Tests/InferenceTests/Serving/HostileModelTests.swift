import Basics
import Foundation
import TestSupport
import Testing

@testable import Inference

@Suite("Models of strangers")
struct HostileModelTests {
    private typealias Node = SampleModels.Node

    private static func wrapped(_ nodes: [Node], constants: [[UInt8]] = []) -> [UInt8] {
        SampleModels.model(
            nodes, constants: constants, inputs: [SampleModels.port("image", [nil, 3, 8, 8])],
            outputs: [SampleModels.port("vector", [nil, 3])])
    }

    private static func constant(_ body: (inout WireWriter) -> Void) -> [UInt8] {
        wrapped(
            [Node(type: "Flatten", inputs: ["image"], outputs: ["vector"])],
            constants: [WireWriter { body(&$0) }.bytes])
    }

    private static func external(_ location: String) -> [UInt8] {
        constant { tensor in
            tensor.number(1, 4)
            tensor.number(2, 1)
            tensor.text(8, "w")
            tensor.message(13) { entry in
                entry.text(1, "location")
                entry.text(2, location)
            }
            tensor.number(14, 1)
        }
    }

    /// What the scan refuses before anything is run.
    private static let refused: [(String, [UInt8])] = [
        ("nothing", []), ("noise", (0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }),
        ("another file", external("/etc/passwd")), ("a file above", external("../../../etc/passwd")),
        ("memory of the process", external("*/_ORT_MEM_ADDR_/*")),
        (
            "2^62 elements",
            constant {
                $0.number(1, 1 << 62); $0.number(2, 1); $0.text(8, "w")
            }
        ),
        (
            "a negative size",
            constant {
                $0.number(1, .max); $0.number(2, 1); $0.text(8, "w")
            }
        ),
        (
            "more than it brings",
            constant {
                $0.number(1, 1_000_000); $0.number(2, 1); $0.text(8, "w"); $0.bytes(9, [0])
            }
        ),
        (
            "a million operators",
            wrapped((0..<25_000).map { Node(type: "Relu", inputs: ["t\($0)"], outputs: ["t\($0 + 1)"]) })
        ),
        (
            "a graph within",
            wrapped([
                Node(
                    type: "Relu", inputs: ["image"], outputs: ["vector"],
                    attributes: [
                        WireWriter {
                            $0.text(1, "then_branch"); $0.message(6) { $0.text(2, "g") }
                        }.bytes
                    ])
            ])
        ),
        ("a loop", wrapped([Node(type: "Loop", inputs: ["image"], outputs: ["vector"])])),
        (
            "an operator of a stranger",
            wrapped([Node(type: "Evil", inputs: ["image"], outputs: ["vector"], domain: "evil")])
        ),
    ]

    /// What the scan lets through and the cage stops.
    private static let stopped: [(String, [UInt8])] = [
        (
            "a circle",
            wrapped([
                Node(type: "Add", inputs: ["image", "b"], outputs: ["a"]),
                Node(type: "Relu", inputs: ["a"], outputs: ["b"]),
                Node(type: "Flatten", inputs: ["b"], outputs: ["vector"]),
            ])
        ),
        (
            "a bomb of zeros",
            wrapped(
                [
                    Node(type: "ConstantOfShape", inputs: ["sizes"], outputs: ["zeros"]),
                    Node(type: "ReduceSum", inputs: ["zeros"], outputs: ["sum"]),
                    Node(type: "Add", inputs: ["image", "sum"], outputs: ["more"]),
                    Node(type: "GlobalAveragePool", inputs: ["more"], outputs: ["means"]),
                    Node(type: "Flatten", inputs: ["means"], outputs: ["vector"]),
                ],
                constants: [
                    SampleModels.constant(
                        "sizes", shape: [2], type: 7, raw: [0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0])
                ])
        ),
        ("another shape than declared", wrapped([Node(type: "Flatten", inputs: ["image"], outputs: ["vector"])])),
    ]

    @Test("LEARN-134 hostile models are refused or quarantined, no foreign file is read, and the server goes on")
    func corpus() async throws {
        try await ModelServer.run { server in
            for (name, model) in Self.refused {
                let reply = try await server.add(.of(model))
                #expect(reply.status == 422, "\(name): \(reply.text)")
                #expect(reply.json["errors"]?.arrayValue?.isEmpty == false, "\(name): \(reply.text)")
            }
            for (number, (name, model)) in Self.stopped.enumerated() {
                let state = try await server.staged(.of(model, version: "2.0.\(number)"))
                #expect(state == "quarantined", "\(name): \(state)")
                let refusal = try await server.root.reply("POST", ModelServer.path("2.0.\(number)") + "/activate")
                #expect(refusal.status == 409, "\(name)")
            }
            #expect(try await server.staged(.colours("3.0.0")) == "staged")
            #expect(try await server.process.http.send("GET", "/health").status == 200)
        }
    }

    @Test("LEARN-134 a bent manifest is refused with every fault and its place")
    func manifests() async throws {
        try await ModelServer.run { server in
            var upload = ModelServer.Upload.colours("1.0.0")
            upload.manifest["sha256"] = .string(String(repeating: "0", count: 64))
            let wrong = try await server.add(upload)
            #expect(wrong.status == 422 && wrong.json["errors"]?[0]?["path"] == "sha256")
            upload.manifest["file"] = "../../model.onnx"
            upload.manifest["role"] = "root"
            upload.manifest["surprise"] = true
            let several = try await server.add(upload)
            let paths = several.json["errors"]?.arrayValue?.compactMap { $0["path"]?.stringValue } ?? []
            #expect(Set(paths) == ["file", "role", "surprise"])
        }
    }
}
