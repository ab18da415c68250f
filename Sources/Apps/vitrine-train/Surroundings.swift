import Foundation

/// What must stand in the environment before libraries are loaded.
enum Surroundings {
    private static let policy = "OMP_WAIT_POLICY"

    /// Starts the program once more with an environment in which libtorch's waiting threads sleep instead of spinning.
    ///
    /// The library that runs them reads the variable while it is loaded, which was before this line. Help and version
    /// do not compute, and are not worth a second start.
    static func makeThreadsSleep(_ arguments: [String]) {
        let asks = arguments.dropFirst().contains { ["--version", "--help", "-h", "help"].contains($0) }
        guard getenv(policy) == nil, arguments.count > 1, !asks else { return }
        setenv(policy, "passive", 1)
        var pointers = arguments.map { strdup($0) }
        pointers.append(nil)
        execv("/proc/self/exe", pointers)
        // Without a second start everything works, only less politely.
        for pointer in pointers { free(pointer) }
    }
}
