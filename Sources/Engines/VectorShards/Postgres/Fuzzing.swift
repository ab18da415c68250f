/// The parsers of what a PostgreSQL server says, for programs that feed them arbitrary bytes.
@_spi(Fuzzing) public enum PostgresParsers {
    /// Messages in a row, as they come from a socket in two pieces.
    public static func answers(_ bytes: [UInt8]) {
        var answers = PostgresAnswers()
        for piece in [bytes.prefix(bytes.count / 2), bytes.suffix(bytes.count - bytes.count / 2)] {
            answers.append(piece)
            while let answer = try? answers.next() { _ = answer }
        }
    }

    /// The server's first and last words of a proof.
    public static func proof(_ bytes: [UInt8]) {
        guard var exchange = try? ScramExchange(password: "a", nonce: "abc") else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        // Many rounds are no fault of a parser's.
        if text.split(separator: ",").contains(where: { $0.hasPrefix("i=") && $0.utf8.count > 4 }) { return }
        _ = try? exchange.answer(to: bytes)
        _ = exchange.isProven(by: bytes)
    }
}
