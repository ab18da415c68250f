/// Where ONNX Runtime is looked for.
public enum InferencePlaces {
    /// Folders in the order in which they are looked through: `runtime` below the data folder, then the Python
    /// environment `.venv` of the current folder.
    public static func folders(data: String?) -> [String] {
        (data.map { [$0 + "/runtime"] } ?? []) + [".venv"]
    }
}
