import Basics
import Evaluation
import Foundation
import Imaging
import Inference
import Learning

/// A detector as it is served, from its file and its manifest.
struct ServedDetector {
    let manifest: ModelManifest
    private let session: ModelSession
    private let decoder: DetectionDecoder
    /// Boxes from this score on are looked at: as in training, few are left out.
    private static let leastScore: Float = 0.02

    /// The model of a file beside its manifest.
    init(_ file: URL) throws {
        let text = file.deletingPathExtension().appendingPathExtension("json")
        guard let bytes = try? Data(contentsOf: text) else {
            throw CommandFailure("\(text.path): the manifest beside the model cannot be read", status: Outcome.data)
        }
        guard let model = try? Data(contentsOf: file) else {
            throw CommandFailure("\(file.path): there is no such file, or it cannot be read", status: Outcome.data)
        }
        try self.init(ModelManifest(parsing: Array(bytes)), Array(model))
    }

    /// A model in memory.
    init(_ manifest: ModelManifest, _ model: [UInt8]) throws {
        self.manifest = manifest
        guard manifest.role == .itemDetector else {
            throw CommandFailure(
                "\(manifest.id) finds no boxes; nets that make vectors are measured by their run's folder")
        }
        var decode = manifest.decode
        decode.scoreThreshold = Self.leastScore
        decoder = try DetectionDecoder(decode)
        session = try ModelSession(
            model, runtime: InferenceRuntime.find(in: InferencePlaces.folders(data: nil)))
    }

    /// The boxes of all pictures that can be read, in pixels of the model's input, and how long a picture took.
    func examined(_ dataset: Dataset) throws -> (pictures: [ExaminedPicture], milliseconds: Double) {
        var pictures: [ExaminedPicture] = []
        let milliseconds = try ProcessorTime.milliseconds {
            for (index, sample) in dataset.samples.enumerated() {
                guard let bytes = try? sample.image.read(), let image = try? Image.decode(bytes).image else { continue }
                pictures.append(try examined(index, sample, image.converted(to: .rgb8)))
            }
        }
        guard !pictures.isEmpty else { throw CommandFailure("no picture can be read", status: Outcome.data) }
        return (pictures, milliseconds / Double(pictures.count))
    }

    private func examined(_ index: Int, _ sample: Sample, _ image: Image) throws -> ExaminedPicture {
        let prepared = try manifest.preprocess.prepare(image)
        let found = try decoder.detections(try session.run(["image": prepared.tensor]), in: prepared)
        let (across, down) = (prepared.placement.scaleX, prepared.placement.scaleY)
        return ExaminedPicture(
            index: index,
            found: found.map {
                FoundBox(
                    left: $0.box.left * across, top: $0.box.top * down, right: $0.box.right * across,
                    bottom: $0.box.bottom * down, label: $0.label, score: $0.score)
            },
            truths: sample.boxes.map { target($0, across, down) })
    }

    /// A detector of one class takes all boxes for it.
    private func target(_ box: LabelledBox, _ across: Float, _ down: Float) -> TargetBox {
        let classes = max(manifest.labels.count, 1)
        let label = classes == 1 ? 0 : box.label
        return TargetBox(
            left: Double(box.left * across), top: Double(box.top * down), right: Double(box.right * across),
            bottom: Double(box.bottom * down),
            label: box.isIgnored || !(0..<classes).contains(label) ? -1 : label)
    }
}

extension Eval {
    /// Measures a served detector on the sources of a configuration, or on a folder of boxes.
    func sayServed(_ file: URL) throws {
        guard let on else {
            throw CommandFailure(
                "--on: a configuration whose sources have boxes, to measure \(file.lastPathComponent) on")
        }
        let detector = try ServedDetector(file)
        var dataset = try BoxedSources.read(URL(filePath: on), data: data.map { URL(filePath: $0) }, split: split)
        dataset.rename(Dataset.boxColumn, like: detector.manifest.labels)
        let (pictures, milliseconds) = try detector.examined(dataset)
        let examination = BoxExamination(
            pictures, of: dataset, classNames: detector.manifest.labels.isEmpty ? ["item"] : detector.manifest.labels)
        let all = examination.measurements()
        Terminal.say("\(detector.manifest.id) \(detector.manifest.version) on \(on)")
        for measurement in all { Terminal.say(measurement.text) }
        Terminal.say("\(Terminal.decimal(milliseconds, 1)) CPU ms a picture, from file to boxes")
        if let json {
            try Data(JSON.array(all.map(\.json)).encoded() + [10]).write(to: URL(filePath: json), options: .atomic)
        }
    }
}

extension Dataset {
    /// Gives the classes of a column the numbers of a list of names; classes that it does not name become unknown.
    fileprivate mutating func rename(_ column: String, like names: [String]) {
        guard names.count > 1 else { return }
        let numbers = (classNames[column] ?? []).map { names.firstIndex(of: $0) ?? -1 }
        for index in samples.indices {
            for box in samples[index].boxes.indices {
                let label = samples[index].boxes[box].label
                samples[index].boxes[box].label = numbers.indices.contains(label) ? numbers[label] : -1
            }
        }
        classNames[column] = names
    }
}
