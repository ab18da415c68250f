import Basics
import Foundation
import Learning

/// Single values of a configuration that the command line replaces.
enum ConfigurationChanges {
    /// The object of a file with some values replaced.
    static func object(_ file: URL, _ changes: [String] = []) throws -> JSONObject {
        guard let data = try? Data(contentsOf: file) else {
            throw ExperimentError(["\(file.path): there is no such file, or it cannot be read"])
        }
        var object = try Experiment.parsed(Array(data))
        var problems: [String] = []
        for change in changes {
            let parts = change.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let path = parts.first, !path.isEmpty else {
                problems.append("--set \(change): path=value")
                continue
            }
            // What is no JSON is a text: --set name=items needs no quotation marks.
            let value = (try? JSON(parsing: parts[1])) ?? .string(parts[1])
            object = replaced(object, path.split(separator: ".").map(String.init)[...], value)
        }
        guard problems.isEmpty else { throw ExperimentError(problems) }
        return object
    }

    static func replaced(_ object: JSONObject, _ path: ArraySlice<String>, _ value: JSON) -> JSONObject {
        var object = object
        guard let key = path.first else { return object }
        object[key] =
            path.count == 1
            ? value : .object(replaced(object[key]?.objectValue ?? JSONObject(), path.dropFirst(), value))
        return object
    }
}
