import Inference

/// What serving reads from an exported manifest.
enum Manifests {
    static func problems(_ text: [UInt8], model: [UInt8]) throws -> [String] {
        do {
            return try ModelManifest(parsing: text).differences(from: Serving.open(model))
        } catch let error as ManifestError {
            return error.problems.map { "\($0.path): \($0.reason)" }
        }
    }

    static func space(_ text: [UInt8]) throws -> String? { try ModelManifest(parsing: text).embedding?.space }

    static func parity(_ text: [UInt8]) throws -> Double? { try ModelManifest(parsing: text).parity?.maximumDifference }

    static func scale(_ text: [UInt8]) throws -> [Float] { try ModelManifest(parsing: text).preprocess.mean }

    static func decoding(_ text: [UInt8]) throws -> (kind: String, sizes: [[Int]]) {
        let decode = try ModelManifest(parsing: text).decode
        return (decode.kind, decode.minSizes)
    }
}
