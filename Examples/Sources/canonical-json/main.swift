// Reads JSON from the standard input and prints it in Matrix' canonical form, or says where it is wrong.
//   echo '{"b": 1, "a": "文"}' | swift run --package-path Examples canonical-json
import Basics
import Foundation

let input = FileHandle.standardInput.readDataToEndOfFile()

do {
    let limits = JSONLimits(maximumBytes: 65_536, maximumDepth: 64, allowsFloats: false)
    let value = try JSON(parsing: input, limits: limits)
    print(String(decoding: value.canonical(), as: UTF8.self))
} catch {
    print("not canonical JSON: \(error)")
    exit(1)
}
