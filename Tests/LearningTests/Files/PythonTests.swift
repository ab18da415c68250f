import Basics
import Foundation
import TestSupport
import Testing

@testable import Learning

@Suite("Python's packages read our files, and we read theirs")
struct PythonTests {
    @Test(
        "LEARN-048, LEARN-109 safetensors both ways, and TensorBoard reads scalars, an image, a histogram and a torn end"
    )
    func files() async throws {
        let folder = try TemporaryFolder()
        let half = Tensor([0.5, -2.0]).to(.float16).host()
        let written = Safetensors(
            ["w": HostTensor([Float(1.5), -2], shape: [2, 1]), "n": HostTensor([1, 2, 3]), "h": half],
            metadata: ["run": "items"])
        try written.write(to: folder.url.appending(path: "ours.safetensors"))
        let histogram = ValueHistogram([-1, 0, 0.5, 2])
        try writeEvents(folder.url, histogram)

        let said = try await python(folder.url)
        let tensors = said["safetensors"]?["tensors"]
        #expect(tensors?["w"] == ["float32", [2, 1], [1.5, JSON.double(-2.0)]])
        #expect(tensors?["n"]?.arrayValue?[1] == [3] && tensors?["h"]?.arrayValue?[0] == "float16")
        #expect(said["safetensors"]?["metadata"] == ["run": "items"])

        let events = said["events"]
        let steps = events?["scalars"]?.arrayValue?.map { $0.arrayValue?.first?.intValue }
        #expect(steps == [0, 1, 2])
        #expect(events?["scalars"]?.arrayValue?[2].arrayValue?[1].doubleValue == 0.25)
        #expect(events?["image"] == [7, 2, 1, "89504e47"])
        #expect(events?["histogram"]?.arrayValue?.map(\.doubleValue) == [-1, 2, 4, 1.5, 5.25])
        #expect(events?["limits"]?.arrayValue?.compactMap(\.doubleValue) == histogram.limits)
        #expect(events?["counts"]?.arrayValue?.compactMap(\.doubleValue) == histogram.counts)

        let theirs = try Safetensors(contentsOf: folder.url.appending(path: "theirs.safetensors"))
        #expect(theirs.tensors["halves"]?.doubles == [1.5, -2] && theirs.tensors["halves"]?.dtype == .float16)
        #expect(theirs.tensors["numbers"] == HostTensor([0, 1, 2, 3, 4, 5], shape: [2, 3]))
        #expect(theirs.tensors["flags"]?.bytes == [1, 0] && theirs.tensors["none"]?.shape == [0, 4])
        #expect(theirs.metadata == ["format": "np"])
    }

    private func writeEvents(_ folder: URL, _ histogram: ValueHistogram) throws {
        let log = try EventFile(in: folder, wallSeconds: 1_700_000_000, host: "shop")
        for step in 0..<3 { try log.add("loss", scalar: 1 / Double(1 << step), step: step, wallSeconds: 1_700_000_001) }
        try log.add("photo", png: [0x89, 0x50, 0x4E, 0x47], width: 2, height: 1, step: 7, wallSeconds: 1_700_000_002)
        try log.add("weights", histogram: histogram, step: 8, wallSeconds: 1_700_000_003)
        try log.close()
        // What a crash in the middle of a write leaves behind.
        let torn = try FileHandle(forWritingTo: log.file)
        try torn.seekToEnd()
        try torn.write(contentsOf: EventFile.record([1, 2, 3, 4]).dropLast(5))
        try torn.close()
    }

    private func python(_ folder: URL) async throws -> JSON {
        let run = try await CommandRun.python(Program.repository + "/Tests/LearningTests/files.py", [folder.path()])
        try #require(run.status == 0, "\(run.errors)")
        return try JSON(parsing: Array(run.output.utf8))
    }
}
