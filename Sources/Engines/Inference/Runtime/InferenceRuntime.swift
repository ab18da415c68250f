internal import COnnxRuntime
import Foundation

/// ONNX Runtime, opened at run time.
///
/// The product runs without it; what needs a model then says so. Opened once per process and shared.
public final class InferenceRuntime: Sendable {
    /// The environment variable that names the library's file.
    public static let pathVariable = "VITRINE_ORT_LIB"

    private let handle: NativeHandle
    var library: OpaquePointer { handle.pointer }
    /// The file it was opened from.
    public let path: String
    /// The library's version, such as `1.23.2`.
    public let version: String
    /// Names of the execution providers that are built in.
    public let providers: [String]

    /// Opens a library file and runs the self-test.
    ///
    /// - Throws: `.unavailable` with the reason when it cannot be opened, is older than 1.20 or fails the test.
    public init(path: String) throws(InferenceError) {
        var opened: OpaquePointer?
        let reason = failure { ort_open(path, &opened, $0, $1) }
        guard reason == nil, let opened else {
            throw InferenceError(
                .unavailable, "ONNX Runtime could not be opened from \(path): \(reason ?? "no reason given")")
        }
        handle = NativeHandle(opened)
        self.path = path
        version = String(cString: ort_version(opened))
        providers = Self.providers(of: opened)
        try selfTest()
    }

    deinit { ort_close(handle.pointer) }

    private static func providers(of library: OpaquePointer) -> [String] {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1_024) { names in
            guard let base = names.baseAddress, ort_providers(library, base, names.count) == 0 else { return [] }
            return String(cString: base).split(separator: ",").map(String.init)
        }
    }

    /// The first usable library: the file that ``pathVariable`` names, else one below the folders, in this order.
    ///
    /// A folder may hold `libonnxruntime.so*` itself or be a Python environment with the package `onnxruntime`.
    ///
    /// - Throws: `.unavailable`, saying where was looked and how to get it.
    public static func find(in folders: [String]) throws(InferenceError) -> InferenceRuntime {
        let named = ProcessInfo.processInfo.environment[pathVariable] ?? ""
        if !named.isEmpty { return try InferenceRuntime(path: named) }
        var last: InferenceError?
        for path in folders.flatMap(candidates) {
            do {
                return try InferenceRuntime(path: path)
            } catch {
                last = error
            }
        }
        throw last
            ?? InferenceError(
                .unavailable,
                "There is no ONNX Runtime in \(folders.joined(separator: ", ")). Install the Python package "
                    + "onnxruntime into one of them, or set \(pathVariable) to libonnxruntime.so.")
    }

    /// Library files below a folder, the newest name first.
    static func candidates(below folder: String) -> [String] {
        let files = FileManager.default
        let python = (try? files.contentsOfDirectory(atPath: folder + "/lib")) ?? []
        let places =
            [folder]
            + python.filter { $0.hasPrefix("python") }.sorted(by: >)
            .map { "\(folder)/lib/\($0)/site-packages/onnxruntime/capi" }
        return places.flatMap { place in
            ((try? files.contentsOfDirectory(atPath: place)) ?? [])
                .filter { $0.hasPrefix("libonnxruntime.so") }.sorted(by: >).map { "\(place)/\($0)" }
        }
    }
}

/// Runs a C function that answers 0 or writes why not; nil when it is done.
func failure(of body: (_ text: UnsafeMutablePointer<CChar>, _ capacity: Int) -> Int32) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1_024) { text in
        guard let base = text.baseAddress else { return "out of memory" }
        base.pointee = 0
        return body(base, text.count) == 0 ? nil : String(cString: base)
    }
}
