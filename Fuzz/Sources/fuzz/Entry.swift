import Foundation

/// The target of this run: `FUZZ_TARGET=name`.
private let chosen: Target = {
    let environment = ProcessInfo.processInfo.environment
    if let target = Targets.all[environment["FUZZ_TARGET"] ?? ""] { return target }
    let known = Targets.all.keys.sorted().joined(separator: " ")
    FileHandle.standardError.write(Data("Set FUZZ_TARGET to one of: \(known)\n".utf8))
    exit(2)
}()

/// libFuzzer's entry point: one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    chosen.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// libFuzzer's hook before the first input: with `FUZZ_SEEDS=folder` it writes the target's sound inputs and ends.
@_cdecl("LLVMFuzzerInitialize")
public func fuzzInitialize(
    _ count: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    let target = chosen
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
    do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (number, seed) in try target.seeds().enumerated() {
            try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(number)"))
        }
        exit(0)
    } catch {
        FileHandle.standardError.write(Data("\(error)\n".utf8))
        exit(1)
    }
}
