/// Something that ONNX Runtime has made.
///
/// The compiler cannot see it, but ONNX Runtime documents its environment, sessions and run options as usable from many
/// threads at once. Whoever owns the handle releases it after the last use, in its `deinit`.
struct NativeHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }
}
