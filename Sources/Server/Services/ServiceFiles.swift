import Accounts
import Basics
import Foundation
import Messaging

/// The registration files of application services that the operator names.
enum ServiceFiles {
    /// Reads all files.
    ///
    /// - Throws: ``ConfigurationError`` naming the file and what is wrong with it.
    static func read(_ paths: [String]) throws -> [ServiceRegistration] {
        var found: [ServiceRegistration] = []
        for path in paths {
            let registration = try read(path)
            for other in found {
                guard other.id != registration.id, other.serviceToken != registration.serviceToken else {
                    throw ConfigurationError("\(path): another application service has the same id or token.")
                }
            }
            found.append(registration)
        }
        return found
    }

    private static func read(_ path: String) throws -> ServiceRegistration {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ConfigurationError("The registration file \(path) cannot be read.")
        }
        do {
            return try ServiceRegistration(try RegistrationText.parse(text))
        } catch let fault as RegistrationText.Fault {
            throw ConfigurationError("\(path), \(fault)")
        } catch let error as RequestError {
            throw ConfigurationError("\(path): \(error.message)")
        } catch {
            throw ConfigurationError("\(path): \(error)")
        }
    }
}

extension ServiceRegistration {
    /// The part of it that accounts know.
    func account(serverName: String) -> ApplicationService {
        ApplicationService(
            id: id, token: serviceToken, senderLocalpart: senderLocalpart,
            owns: { namespaces.claims(user: "@\($0):\(serverName)") },
            ownsExclusively: { namespaces.reserves(user: "@\($0):\(serverName)") })
    }
}
