import Basics
import Foundation
import Panorama

/// What may be said about a panorama: the JSON of its options, checked.
struct PanoramaWish: Sendable {
    private(set) var stitch = StitchOptions()
    private(set) var format = PanoramaFormat.jpg
    private(set) var quality = 92
    /// Whether viewers get tiles of a cube; nil for those too large for one picture.
    private(set) var tiles: Bool?

    /// Options that a panorama may be asked with, and no others.
    static let known = [
        "model", "surface", "crop", "memoryMiB", "maxMegapixels", "preview", "format", "quality", "layers", "tiles",
        "pins",
        "things",
    ]
    /// Memory of a worker.
    static let memory = 128...2_048

    /// Reads options.
    ///
    /// - Throws: 400 that names the field.
    init(_ options: JSONObject) throws(RequestError) {
        for key in options.keys where !Self.known.contains(key) {
            throw .invalidParam("'\(key)' is no option; there are \(Self.known.joined(separator: ", ")).")
        }
        if let value = options["model"] {
            guard let model = value.stringValue.flatMap(ModelChoice.init) else { throw Self.wrong("model") }
            stitch.model = model
        }
        if let value = options["surface"], value != "auto" {
            guard let surface = value.stringValue.flatMap({ Surface(name: $0) }) else { throw Self.wrong("surface") }
            stitch.surface = surface
        }
        if let value = options["crop"] {
            guard let crops = value.boolValue else { throw Self.wrong("crop") }
            stitch.crops = crops
        }
        if let value = options["preview"] {
            guard let preview = value.boolValue else { throw Self.wrong("preview") }
            stitch.isPreview = preview
        }
        if let value = options["memoryMiB"] {
            guard let memory = value.intValue.map({ Int(clamping: $0) }), Self.memory.contains(memory) else {
                throw Self.wrong("memoryMiB")
            }
            stitch.memoryMebibytes = memory
        }
        if let value = options["maxMegapixels"] {
            guard let most = value.doubleValue, (0.1...100).contains(most) else { throw Self.wrong("maxMegapixels") }
            stitch.megapixels = most
        }
        if let value = options["format"] {
            guard let format = value.stringValue.flatMap(PanoramaFormat.init) else { throw Self.wrong("format") }
            self.format = format
            stitch.keepsDepth = format.isDeep
        }
        if let value = options["layers"] {
            guard let layers = value.boolValue else { throw Self.wrong("layers") }
            stitch.keepsLayers = layers
        }
        if let value = options["tiles"] {
            guard let tiles = value.boolValue else { throw Self.wrong("tiles") }
            self.tiles = tiles
        }
        if let value = options["quality"] {
            guard let quality = value.intValue, (1...100).contains(quality) else { throw Self.wrong("quality") }
            self.quality = Int(quality)
        }
        stitch.pins = try Self.list(options["pins"], "pins", most: 200) { (pin: StitchPin) in
            pin.pairs.count <= StitchPin.mostPairs && pin.pairs.allSatisfy { $0.count == 4 }
        }
        stitch.things = try Self.list(options["things"], "things", most: 100) { (thing: StitchThing) in
            thing.group > 0 && thing.thing >= 0
        }
    }

    private static func list<Value: Decodable>(
        _ json: JSON?, _ field: String, most: Int, _ isRight: (Value) -> Bool
    ) throws(RequestError) -> [Value] {
        guard let json, !json.isNull else { return [] }
        guard let list = try? JSONDecoder().decode([Value].self, from: Data(json.text.utf8)), list.count <= most,
            list.allSatisfy(isRight)
        else { throw wrong(field) }
        return list
    }

    private static func wrong(_ field: String) -> RequestError {
        let allowed = [
            "model": "auto, rotation, plane or scan",
            "surface": "auto, plane, cylinder, sphere, mercator, panini, stereographic, fisheye or planet",
            "crop": "true or false", "preview": "true or false",
            "memoryMiB": "a whole number from \(memory.lowerBound) to \(memory.upperBound)",
            "maxMegapixels": "a number from 0.1 to 100", "format": "jpg, png, webp, png16 or hdr",
            "layers": "true or false", "tiles": "true or false",
            "quality": "a whole number from 1 to 100",
            "pins": "a list of {a, b, pairs: [[x, y, x, y], …]}", "things": "a list of {group, thing, photo?}",
        ]
        return .invalidParam("'\(field)' must be \(allowed[field] ?? "another value").")
    }
}

/// Masks as they are sent and kept: `{"areas": [{"kind": "exclude", "points": [[x, y], …]}]}`.
enum PanoramaMask {
    /// What a mask may weigh.
    static let limits = JSONLimits(maximumBytes: 1 << 20)

    /// Reads a mask.
    ///
    /// - Throws: 400 that says what a mask is.
    static func read(_ text: String) throws(RequestError) -> StitchMask {
        guard let mask = try? JSONDecoder().decode(StitchMask.self, from: Data(text.utf8)), mask.isValid else {
            throw .invalidParam(
                "A mask is {\"areas\": [{\"kind\": \"exclude\" or \"include\", \"points\": [[x, y], …]}]}: at least three "
                    + "points an area, each number 0 to 1, at most \(StitchMask.maximumPoints) points.")
        }
        return mask
    }
}
