import ArgumentParser
import Basics
import Foundation
import Inference
import Storage

/// What a person at the terminal sees and types.
enum Terminal {
    /// Writes a line to standard output at once, even into a pipe.
    static func say(_ line: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Writes a line to standard error.
    static func warn(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }

    static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 }

    /// Asks for a secret without showing what is typed.
    static func askSecret(_ question: String) -> String? {
        try? FileHandle.standardError.write(contentsOf: Data(question.utf8))
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return readLine() }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            warn("")
        }
        return readLine()
    }
}

/// An error with a sentence for the person at the terminal; the program ends with status 1.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// The sentence of an error that a feature threw.
    static func explaining(_ error: any Error) -> any Error {
        switch error {
        case let refusal as RequestError: Failure(refusal.message)
        case let error as StorageError: Failure(error.message)
        case let error as InferenceError: Failure(error.message)
        case let error as ManifestError: Failure("The manifest is wrong: \(error)")
        default: error
        }
    }
}
