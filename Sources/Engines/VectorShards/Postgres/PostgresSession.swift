internal import Foundation

/// A conversation with a server over a socket that blocks. Used by one thread at a time.
struct PostgresSession {
    private let address: PostgresAddress
    private let opening: [PostgresStatement]
    private let seconds: Int
    private var file: Int32 = -1
    private var answers = PostgresAnswers()

    /// A session that is not open yet.
    ///
    /// - Parameters:
    ///   - opening: what is said when it was opened.
    ///   - seconds: how long it waits for bytes.
    init(_ address: PostgresAddress, opening: [PostgresStatement], seconds: Int) {
        (self.address, self.opening, self.seconds) = (address, opening, seconds)
    }

    /// Runs statements that take effect together or not at all; returns the rows of each.
    mutating func run(_ statements: [PostgresStatement]) throws -> [[[String?]]] {
        do {
            if file < 0 {
                try open()
                do {
                    if !opening.isEmpty { _ = try exchange(opening) }
                } catch {
                    close()
                    throw error
                }
            }
            return try exchange(statements)
        } catch {
            // After a refusal both sides know where they are; after anything else nobody does.
            if case VectorStoreError.refused = error, file >= 0 { throw error }
            close()
            throw error
        }
    }

    /// Hangs up; the next statement opens it again.
    mutating func close() {
        if file >= 0 { Glibc.close(file) }
        file = -1
        answers = PostgresAnswers()
    }

    private mutating func exchange(_ statements: [PostgresStatement]) throws -> [[[String?]]] {
        try send(PostgresRequest.statements(statements))
        var results: [[[String?]]] = []
        var rows: [[String?]] = []
        var failure: VectorStoreError?
        while true {
            switch try next() {
            case .row(let row): rows.append(row)
            case .done:
                results.append(rows)
                rows = []
            case .failed(let code, let message): failure = .refused(code: code, message: message)
            case .ready:
                if let failure { throw failure }
                guard results.count == statements.count else {
                    throw VectorStoreError.unreadable("the server answered another number of statements")
                }
                return results
            default: continue
            }
        }
    }

    // MARK: Opening

    private mutating func open() throws {
        file = try PostgresSocket.connect(address, seconds: seconds)
        try send(PostgresRequest.startup(user: address.user, database: address.database))
        var proof: ScramExchange?
        while true {
            switch try next() {
            case .mechanisms(let names):
                proof = try begin(names)
            case .proof(let challenge):
                guard let answer = try proof?.answer(to: challenge) else { throw Self.astray }
                try send(PostgresRequest.proof(answer))
            case .proven(let last):
                guard proof?.isProven(by: last) == true else {
                    throw VectorStoreError.connection("the server does not know the password itself")
                }
            case .otherProof:
                throw VectorStoreError.address("the server wants another proof of the password than SCRAM-SHA-256")
            case .failed(let code, let message):
                close()
                throw VectorStoreError.refused(code: code, message: message)
            case .ready: return
            default: continue
            }
        }
    }

    private static let astray = VectorStoreError.unreadable("the server's proof began in the middle")

    private mutating func begin(_ mechanisms: [String]) throws -> ScramExchange {
        guard mechanisms.contains(ScramExchange.mechanism) else {
            throw VectorStoreError.address("the server wants another proof of the password than SCRAM-SHA-256")
        }
        guard let password = address.password else {
            throw VectorStoreError.address("the server wants a password for \(address.user)")
        }
        let proof = try ScramExchange(password: password, nonce: ScramExchange.freshNonce())
        try send(PostgresRequest.proof(mechanism: ScramExchange.mechanism, proof.first))
        return proof
    }

    // MARK: Bytes

    private func send(_ bytes: [UInt8]) throws { try PostgresSocket.send(bytes, to: file) }

    private mutating func next() throws -> PostgresAnswer {
        while true {
            if let answer = try answers.next() { return answer }
            answers.append(try PostgresSocket.receive(from: file))
        }
    }
}
