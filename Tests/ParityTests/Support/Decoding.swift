import Evaluation
import Inference

/// What serving finds in an exported detector's answers.
enum Decoding {
    struct Found {
        var sides: [Double]
        var score: Float
        var label: Int
    }

    /// Decodes outputs over a square input with what a manifest says.
    static func found(
        _ outputs: [String: Serving.Box], manifest: [UInt8], side: Int, at index: Int, threshold: Float? = nil
    ) throws -> [Found] {
        var decode = try ModelManifest(parsing: manifest).decode
        if let threshold { decode.scoreThreshold = threshold }
        func tensor(_ name: String) throws -> Tensor {
            let box = outputs[name] ?? Serving.Box(shape: [0], floats: [])
            return try Tensor(shape: box.shape, .float32(box.floats))
        }
        let found = try DetectionDecoder(decode).detections(
            tensor("scores"), tensor("boxes"), height: side, width: side, at: index)
        return found.map {
            Found(
                sides: [$0.box.left, $0.box.top, $0.box.right, $0.box.bottom].map(Double.init), score: $0.score,
                label: $0.label)
        }
    }

    static func overlap(_ left: [Double], _ right: [Double]) -> Double {
        func box(_ sides: [Double]) -> Evaluation.Box {
            Box(
                left: Float(sides[0]), top: Float(sides[1]), right: Float(sides[2]), bottom: Float(sides[3]))
        }
        return Double(box(left).overlap(with: box(right)))
    }
}
