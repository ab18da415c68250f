import ArgumentParser
import Basics

/// Where a command takes a password from.
struct PasswordFlags: ParsableArguments {
    @Flag(help: "Read the password from the first line of standard input.")
    var passwordStdin = false

    @Flag(help: "Make a password up and print it.")
    var generate = false

    /// A password, and whether it was made up and so must be shown.
    func take() throws -> (password: String, isGenerated: Bool) {
        if passwordStdin {
            guard let line = readLine(), !line.isEmpty else { throw Failure("Standard input holds no password.") }
            return (line, false)
        }
        guard !generate, Terminal.isInteractive else { return (Self.generated(), true) }
        guard let first = Terminal.askSecret("Password (empty: make one up): "), !first.isEmpty else {
            return (Self.generated(), true)
        }
        guard Terminal.askSecret("The same again: ") == first else { throw Failure("The two do not agree.") }
        return (first, false)
    }

    /// 20 characters of Base32 hold 100 bits.
    private static func generated() -> String { String(Base32.encode(secureRandomBytes(13)).prefix(20)) }
}
