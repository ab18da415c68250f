import Basics
import Evaluation
import Foundation
import Inference
import Learning

/// An export whose products are of whole numbers, and what that costs.
struct Quantizing {
    let prepared: PreparedExperiment
    let side: Int
    let scale: PictureScale
    let runtime: InferenceRuntime

    init(_ prepared: PreparedExperiment, side: Int, scale: PictureScale) throws {
        (self.prepared, self.side, self.scale) = (prepared, side, scale)
        runtime = try InferenceRuntime.find(in: InferencePlaces.folders(data: nil))
    }

    /// Quantizes a graph by the ranges that its values have on pictures that were learnt from. `twin` is the same graph
    /// once more; it is used up.
    func quantize(_ graph: OnnxGraph, twin: OnnxGraph, pictures count: Int) throws {
        let names = graph.quantizedValues
        guard twin.quantizedValues == names else {
            throw CommandFailure("the two graphs are not the same", status: Outcome.software)
        }
        twin.watch(names)
        let session = try ModelSession(OnnxFile(twin).bytes, runtime: runtime)
        var ranges = Dictionary(uniqueKeysWithValues: names.map { ($0, ValueRange()) })
        for pictures in try prepared.pictures(count, side: side, scale: scale, areLearnt: true) {
            let found = try session.run([
                "image": Inference.Tensor(shape: pictures.shape, .float32(pictures.floats))
            ])
            for (number, name) in names.enumerated() {
                guard let least = found["least.\(number)"]?.floats?.first,
                    let most = found["most.\(number)"]?.floats?.first
                else { continue }
                ranges[name]?.widen(least, most)
            }
        }
        graph.quantize(ranges)
    }

    /// How often the nearest learnt picture of a held-out one is of its class, with a file's vectors.
    func nearest(_ file: OnnxFile, label: String, most: Int = 2_000) throws -> Measurement? {
        let session = try ModelSession(file.bytes, runtime: runtime)
        func embedded(_ isWanted: (Sample) -> Bool) throws -> EmbeddedSet {
            let part = prepared.subset { isWanted($0) && $0.labels[label] != nil }
            let step = max(1, (part.count + most - 1) / most)
            let some = Dataset(
                samples: stride(from: 0, to: part.count, by: step).map { part.samples[$0] }, classNames: part.classNames
            )
            var (indexes, vectors, width) = ([Int](), [Float](), 0)
            try PreparedExperiment.each(some, side: side, scale: scale) { rows, pictures in
                let tensor = try Inference.Tensor(shape: pictures.shape, .float32(pictures.floats))
                guard let found = try session.run(["image": tensor])["embedding"], let floats = found.floats else {
                    return
                }
                indexes += rows
                vectors += floats
                width = found.shape.last ?? 0
            }
            return EmbeddedSet(
                indexes: indexes, vectors: vectors, dimension: width, samples: indexes.map { some.samples[$0] })
        }
        return try Measuring.nearest(label, embedded { $0.split != .train }, embedded { $0.split == .train })
    }
}

/// What smaller numbers cost, beside the file.
struct FallReport {
    let figure: String
    let before: Figure
    let after: Figure
    let bytes: (before: Int, after: Int)
    let parity: ExportParity?

    var fall: Double { before.value - after.value }

    /// Says it, and refuses a model that lost too much.
    func check(largest: Double) throws {
        Terminal.say(
            "\(figure) with products of whole numbers \(after.text), with 32 bits \(before.text); "
                + "\(Terminal.count(bytes.after)) bytes instead of \(Terminal.count(bytes.before))")
        guard fall <= largest else {
            throw CommandFailure(
                "the accuracy falls by \(Terminal.decimal(fall, 4)), more than --largest-fall \(largest): nothing was written",
                status: Outcome.data)
        }
    }

    var json: JSON {
        var object: JSONObject = [
            "figure": .string(figure), "f32": before.json, "int8": after.json, "fall": .double(fall),
            "bytes": ["f32": .int(Int64(bytes.before)), "int8": .int(Int64(bytes.after))],
        ]
        if let parity {
            object["parity"] = [
                "maxAbs": .double(parity.maximumDifference), "minCosine": .double(parity.minimumCosine),
                "sameLargest": .double(parity.sameLargest), "answers": .int(Int64(parity.answers)),
                "runtime": .string(parity.runtime),
            ]
        }
        return .object(object)
    }
}
