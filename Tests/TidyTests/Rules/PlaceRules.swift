import Foundation

/// What no file of the project may hold: paths of one machine, hosts of package registries, too many lines.
enum PlaceRules {
    private static let machinePath = Pattern(
        #"(?<![\w.])/(work|farm|root|home|Users)/[\w.]|(?<![\w.])/(opt|mnt|scratch)/\w|(?<![\w.$}/])/tmp/[a-z]"#)

    static func machinePaths(_ file: TextFile) -> [Finding] {
        machinePath.matches(in: file.text).map { Finding(file.path, line: $0.line, "a path of one machine: \($0[0])") }
    }

    /// Joined here, so that this file does not name them itself.
    static let registries: [String] = [
        ["pypi", "org"], ["pythonhosted", "org"], ["deb", "debian", "org"], ["archive", "ubuntu", "com"],
        ["registry", "npmjs", "org"], ["crates", "io"], ["proxy", "golang", "org"], ["rubygems", "org"],
        ["repo", "maven", "apache", "org"], ["docker", "io"],
    ].map { $0.joined(separator: ".") }

    static func registryHosts(_ file: TextFile) -> [Finding] {
        registries.filter { file.text.contains($0) }.map { Finding(file.path, "names the registry \($0)") }
    }

    static let longest = 400

    static func length(_ file: TextFile) -> [Finding] {
        let isCode = [".swift", ".js", ".py", ".css"].contains { file.path.hasSuffix($0) }
        let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
        guard isCode, count > longest else { return [] }
        return [Finding(file.path, "\(count) lines: over \(longest), is it one thing?")]
    }

    static func endings(_ file: TextFile) -> [Finding] {
        guard !file.text.isEmpty else { return [] }
        let last = file.text.utf8.last == 10 ? [] : [Finding(file.path, "the last line has no end")]
        let returns = file.text.utf8.contains(13) ? [Finding(file.path, "lines end with carriage returns")] : []
        return last + returns
    }
}
