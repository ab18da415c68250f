import Basics
import Imaging

@testable import Learning

/// Pictures of noise with one or two coloured rectangles: a red class and a green one.
enum DrawnShapes {
    static let classes = ["red", "green"]

    static func dataset(count: Int = 28, side: Int = 64, seed: UInt64 = 3) throws -> Dataset {
        var random = SeededRandom(seed: seed)
        func below(_ limit: Int) -> Int { Int(random.next() % UInt64(max(limit, 1))) }
        let samples = try (0..<count).map { number in
            var bytes = (0..<side * side * 3).map { _ in UInt8(60 + below(60)) }
            let boxes = (0...number % 2).map { half in
                let (width, height) = (18 + below(12), 18 + below(26))
                let (left, top) = (half * side / 2 + below(side / 2 - width), below(side - height))
                let label = below(2)
                for y in top..<top + height {
                    for x in left..<left + width { bytes[(y * side + x) * 3 + label] = UInt8(200 + below(50)) }
                }
                return LabelledBox(
                    left: Float(left), top: Float(top), right: Float(left + width), bottom: Float(top + height),
                    label: label)
            }
            let picture = try Image(width: side, height: side, format: .rgb8, bytes: bytes)
            return Sample(
                id: "\(number)", image: .bytes(try picture.encoded(as: .png)), boxes: boxes, source: "drawn",
                split: number % 7 < 5 ? .train : .validation)
        }
        return Dataset(samples: samples, classNames: [Dataset.boxColumn: classes])
    }

    static func model(_ head: DetectorOptions.Head) -> JSONObject {
        [
            "kind": "detector", "backbone": "resnet-s", "width": 0.125, "pyramid": 16, "depth": 1, "input": 64,
            "head": .string(head.rawValue),
        ]
    }

    static func experiment(_ head: DetectorOptions.Head, epochs: Int) throws -> Experiment {
        try Experiment(
            json: [
                "name": "boxes", "seed": 3, "threads": 1, "epochs": .int(Int64(epochs)), "batch": ["size": 5],
                "model": .object(model(head)), "sources": [["name": "drawn"]], "loader": ["tasks": 1],
                "optimizer": ["lr": 0.01], "schedule": ["type": "oneCycle"], "average": 0.8,
                "evaluate": ["every": 2], "checkpoint": ["everySteps": 3],
            ])
    }
}
