internal import Foundation

/// Why a run cannot begin, go on or be kept; each is a sentence that a person can act on.
public enum RunError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The disk is full, or a quota or limit of file sizes is reached.
    case noSpace(file: String, bytes: Int)
    /// A file or folder could not be read or written.
    case file(String, reason: String)
    /// Another process works in the run's folder.
    case busy(String)
    /// What a resumed run stands on is not what it stood on.
    case drift([String])
    /// A checkpoint or its parts cannot be used.
    case damaged(String, reason: String)
    /// The loss was not finite several times in a row.
    case diverged(step: Int)
    /// The pictures do not fit what is asked of them.
    case data([String])

    /// The sentence.
    public var description: String {
        switch self {
        case .noSpace(let file, let bytes):
            "no space for \(file): \(bytes) bytes are needed. What was kept before is intact; make room and resume"
        case .file(let path, let reason): "\(path): \(reason)"
        case .busy(let folder): "another process is training in \(folder)"
        case .drift(let changes):
            "this is not what the run began with (--allow-drift goes on all the same): "
                + changes.joined(separator: "; ")
        case .damaged(let path, let reason): "\(path) is damaged: \(reason)"
        case .diverged(let step): "diverged at step \(step): the loss was no number three times in a row"
        case .data(let problems): problems.joined(separator: "\n")
        }
    }

    /// What the last system call said about a file.
    static func last(_ path: String, bytes: Int = 0) -> RunError {
        let code = errno
        if [ENOSPC, EDQUOT, EFBIG].contains(code) { return .noSpace(file: path, bytes: bytes) }
        return .file(path, reason: String(cString: strerror(code)))
    }
}
