import Accounts
package import Messaging
import Storage

extension ServerCore {
    /// What is wrong with the stored conversations; reads all of them.
    package func checkMessages() async throws -> [MessagingFinding] {
        let doctor = MessagingDoctor(serverName: accounts.serverName)
        return try await database.readWithoutLimit { try doctor.check($0) }
    }

    /// Computes again what follows from the messages, on a folder without a server.
    package func repairMessages() async throws {
        let doctor = MessagingDoctor(serverName: accounts.serverName)
        try await database.write { try doctor.repair(in: $0) }
    }
}
