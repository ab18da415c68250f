public import Basics
internal import Foundation
internal import Inference

extension ScanCalibration {
    /// A calibration that comes with a model, for catalogues that have not measured it themselves.
    ///
    /// It stands in `NAME.scan.json` beside the manifest `NAME.json` and names the space that it was measured in; one of
    /// another space is not used.
    public enum Shipped {
        private static let schema = "vitrine.scan-calibration/1"

        /// The file's text.
        public static func text(_ model: CalibrationModel, space: String, measured: JSON) -> String {
            let object: JSON = [
                "schema": .string(schema), "space": .string(space), "fit": model.json, "measured": measured,
            ]
            return object.text + "\n"
        }

        static func read(beside manifest: ModelManifest, in folder: String, space: String) -> CalibrationModel? {
            let path = "\(folder)/\(manifest.id).scan.json"
            guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20,
                let json = try? JSON(parsing: [UInt8](data)), json["schema"]?.stringValue == schema,
                json["space"]?.stringValue == space
            else { return nil }
            return CalibrationModel(json["fit"])
        }
    }
}
