/// Handles of libtorch are read in one file, which keeps their owners alive through each call.
///
/// Swift frees an object after its last use in Swift: a call that gets only the handle of a temporary works on freed
/// memory. See Documentation/Decisions on libtorch by operator name.
enum HandleRule {
    static let folder = "Sources/Engines/Learning"
    static let owner = folder + "/Tensor/OpCall.swift"

    private static let handle = Pattern(#"\.raw\b(?!\s*\()|\bOpaquePointer\(|\bct_(?:free|call)\("#)

    static func findings(_ file: TextFile) -> [Finding] {
        guard file.isSwift, file.isUnder(folder), file.path != owner else { return [] }
        return handle.matches(in: file.swift.code).map {
            Finding(file.path, line: $0.line, "only OpCall.swift reads a handle: use callOp or borrowing")
        }
    }
}
