internal import CCage

/// What a caged process gave up, as far as this machine's kernel lets it.
public struct CageFacts: Hashable, Sendable {
    let bits: UInt32

    init(bits: UInt32) { self.bits = bits }

    private static let names: [(bit: Int, name: String)] = [
        (CAGE_USER, "own users"), (CAGE_NETWORK, "no network"), (CAGE_ROOT, "no files"),
        (CAGE_CALLS, "few system calls"), (CAGE_LIMITS, "bounded memory"), (CAGE_PRIVILEGES, "no new privileges"),
    ].map { (Int($0.0), $0.1) }

    /// What is in force, in words.
    public var inForce: [String] { Self.names.filter { Int(bits) & $0.bit != 0 }.map(\.name) }

    /// What the kernel refused, in words.
    public var missing: [String] { Self.names.filter { Int(bits) & $0.bit == 0 }.map(\.name) }

    /// Whether the process can open no file: a model of a stranger runs nowhere else.
    public var isTight: Bool {
        Int(bits) & (Int(CAGE_ROOT) | Int(CAGE_CALLS)) != 0 && Int(bits) & Int(CAGE_LIMITS) != 0
    }
}
