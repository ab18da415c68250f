/// Whether this machine can cage a model.
public enum CageCheck {
    /// Runs the self-test's model in a cage and says what was in force.
    ///
    /// - Throws: `.unavailable` when the process cannot begin or the kernel refuses too much.
    public static func run(
        runtime: InferenceRuntime, settings: CageSettings
    ) throws(InferenceError) -> CageFacts {
        let caged = try CagedModel(InferenceRuntime.adder, runtime: runtime, settings: settings, hooks: .init { _ in })
        let pair = try Tensor(shape: [1], .float32([1]))
        guard try caged.run(["a": pair, "b": pair])["sum"]?.floats == [2] else {
            throw InferenceError(.unavailable, "A caged model adds 1 and 1 wrongly.")
        }
        return caged.cage
    }
}
