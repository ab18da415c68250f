@_spi(Fuzzing) import VectorShards

extension Targets {
    /// What a PostgreSQL server says.
    static let shards: [String: Target] = [
        "postgres-answers": Target(seeds: { [conversation] }, run: PostgresParsers.answers),
        "postgres-proof": Target(seeds: { [Array("r=abcdef,s=AAAA,i=10".utf8)] }, run: PostgresParsers.proof),
    ]

    /// A welcome, a row of a text and a null, an error, and the end.
    private static let conversation: [UInt8] =
        [0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x44, 0, 0, 0, 16, 0, 2, 0, 0, 0, 2, 0x34, 0x32, 255, 255, 255, 255]
        + [0x45, 0, 0, 0, 12, 0x43] + Array("42P01".utf8) + [0, 0, 0x5A, 0, 0, 0, 5, 0x49]
}
