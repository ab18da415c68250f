internal import Basics
package import Foundation

/// Pictures with boxes that no training is about, to measure a finished detector on.
package enum BoxedSources {
    /// The pictures of a file's sources that have boxes, of one split or of all.
    ///
    /// The file holds `sources` as a configuration does, or is one source itself. Paths start from `data`, or from the
    /// file's folder. Throws ``ExperimentError`` for what is wrong with the file and `DataError` for the pictures.
    package static func read(_ file: URL, data: URL?, split: Split?) throws -> Dataset {
        guard let bytes = try? Data(contentsOf: file) else {
            throw ExperimentError(["\(file.path): there is no such file, or it cannot be read"])
        }
        let object = try Experiment.parsed(Array(bytes))
        let base = data ?? file.deletingLastPathComponent()
        let problems = ProblemList()
        let listed = object["sources"]?.arrayValue?.compactMap(\.objectValue) ?? [object]
        let sources = listed.enumerated().map { index, source in
            NamedSource(
                ConfigurationReader(source, path: "sources[\(index)]", problems: problems), base: base)
        }
        if sources.isEmpty { problems.add("sources", "at least one source of pictures") }
        guard problems.problems.isEmpty else { throw ExperimentError(problems.problems) }
        let all = Dataset.joined(try sources.map { try $0.read() })
        let boxed = all.filtered { !$0.boxes.isEmpty && (split == nil || $0.split == split) }
        guard boxed.count > 0 else { throw DataError.empty("\(file.lastPathComponent): no picture has boxes") }
        return boxed
    }
}
