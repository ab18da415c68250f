/// What holds for Markdown: links lead somewhere, commands exist, the fixed documents keep their form.
enum DocumentRules {
    private static let link = Pattern(#"\[[^\]]*\]\(([^)\s]+)\)"#)
    private static let makeCommand = Pattern(#"(?:^|`|\s)make ([a-z][a-z-]+)"#)

    // MARK: Links

    static func brokenLinks(_ file: TextFile, paths: Set<String>, headings: (String) -> Set<String>) -> [Finding] {
        guard file.isMarkdown else { return [] }
        return prose(file).filter { $0.text.contains("](") }.flatMap { number, line in
            link.matches(in: line).compactMap { match in
                problem(match[1], in: file, paths: paths, headings: headings).map {
                    Finding(file.path, line: number, $0)
                }
            }
        }
    }

    private static func problem(
        _ target: String, in file: TextFile, paths: Set<String>, headings: (String) -> Set<String>
    ) -> String? {
        if target.contains("://") || target.hasPrefix("mailto:") { return nil }
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let path = parts[0].isEmpty ? file.path : resolve(parts[0], from: file.path)
        let isThere = paths.contains(path) || paths.contains { $0.hasPrefix(path + "/") }
        guard isThere else { return "the link \(target) leads nowhere" }
        guard parts.count > 1, !headings(path).contains(parts[1]) else { return nil }
        return "the link \(target) names a heading that is not there"
    }

    private static func resolve(_ target: String, from path: String) -> String {
        var folders = target.hasPrefix("/") ? [] : path.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/").map(String.init) where part != "." {
            if part == ".." { _ = folders.popLast() } else { folders.append(part) }
        }
        return folders.joined(separator: "/")
    }

    /// The anchors of a file's headings, as the common renderers make them.
    static func anchors(_ file: TextFile) -> Set<String> {
        Set(
            prose(file).filter { $0.text.hasPrefix("#") }.map { _, line in
                String(
                    line.drop { $0 == "#" }.trimmingSpaces.lowercased()
                        .compactMap {
                            $0 == " " ? "-" : ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : nil
                        })
            })
    }

    /// The lines outside fenced code.
    private static func prose(_ file: TextFile) -> [(line: Int, text: Substring)] {
        var isCode = false
        return file.lines.numbered.filter { _, line in
            if line.hasPrefix("```") { isCode.toggle() }
            return !isCode
        }
    }

    // MARK: Commands

    static func makeTargets(_ makefile: TextFile) -> Set<String> {
        Set(Pattern(#"^([a-z][a-z-]*):"#).matches(in: makefile.text).map { $0[1] })
    }

    /// A command that a document tells to type is one that the Makefile has.
    static func unknownCommands(_ file: TextFile, targets: Set<String>) -> [Finding] {
        guard file.isMarkdown else { return [] }
        var isCode = false
        return file.lines.numbered.flatMap { number, line -> [Finding] in
            if line.hasPrefix("```") { isCode.toggle() }
            guard line.contains("make "), isCode || line.contains("`") else { return [] }
            let text =
                isCode
                ? String(line)
                : line.split(separator: "`", omittingEmptySubsequences: false)
                    .enumerated().filter { $0.offset % 2 == 1 }.map(\.element).joined(separator: "\n")
            return makeCommand.matches(in: text).map { $0[1] }.filter { !targets.contains($0) }.map {
                Finding(file.path, line: number, "make \($0) is not in the Makefile")
            }
        }
    }

    // MARK: Fixed forms

    static let readmeLines = 150

    static func readme(_ file: TextFile) -> [Finding] {
        let count = file.lines.count - 1
        return count > readmeLines
            ? [Finding(file.path, "\(count) lines, over \(readmeLines): a README is no manual")] : []
    }

    private static let release = Pattern(#"^## (Unreleased|\d+\.\d+\.\d+ \(\d{4}-\d{2}-\d{2}\))$"#)

    /// A title, then releases, newest first, and under each one line a change.
    static func changelog(_ file: TextFile) -> [Finding] {
        let lines = file.lines.numbered.filter { !$0.text.isEmpty }
        guard lines.first?.text == "# Changelog" else {
            return [Finding(file.path, line: 1, "the title is # Changelog")]
        }
        guard lines.count > 1, release.isFound(in: lines[1].text) else {
            return [Finding(file.path, line: 2, "under the title stands ## Unreleased or ## 1.2.3 (2026-11-21)")]
        }
        return lines.dropFirst().compactMap { number, line in
            let isRelease = release.isFound(in: line)
            let isChange = line.hasPrefix("- ") && line.count > 10 && line.count <= 160
            return isRelease || isChange
                ? nil : Finding(file.path, line: number, "neither a release nor a one-line change")
        }
    }

    static func decision(_ file: TextFile) -> [Finding] {
        guard file.isUnder("Documentation/Decisions") else { return [] }
        let name = file.path.split(separator: "/").last ?? ""
        guard Pattern(#"^\d{4}-[a-z0-9-]+\.md$"#).isFound(in: name) else {
            return [Finding(file.path, "a decision's file is named 0001-title.md")]
        }
        return ["## Motivation", "## Decision", "## Alternatives considered"]
            .filter { heading in !file.lines.contains { $0 == heading } }
            .map { Finding(file.path, "has no \($0)") }
    }

    /// Decisions are numbered 0001, 0002, ... without holes.
    static func decisionNumbers(_ paths: [String]) -> [Finding] {
        let numbers = paths.filter { $0.hasPrefix("Documentation/Decisions/") }.sorted()
            .compactMap { $0.split(separator: "/").last.flatMap { Int($0.prefix(4)) } }
        return numbers == Array(0..<numbers.count).map { $0 + 1 }
            ? [] : [Finding("Documentation/Decisions", "the numbers are not 1...\(numbers.count): \(numbers)")]
    }

    /// Every target of the manifest has its paragraph in Modules.md, under a heading of its name.
    static func missingModules(manifest: TextFile, modules: TextFile) -> [Finding] {
        let named = Pattern(#"(?:target|executableTarget|systemLibrary)\(\s*name: "(\w+)""#).matches(in: manifest.text)
        let headings = Set(modules.lines.filter { $0.hasPrefix("### ") }.map { $0.dropFirst(4).trimmingSpaces })
        return named.map { $0[1] }.filter { !$0.hasSuffix("Tests") && !headings.contains($0) }.map {
            Finding(modules.path, "has no paragraph for the target \($0)")
        }
    }
}

// MARK: Getting Started

extension DocumentRules {
    /// Code in a Getting Started page is quoted from a program that is built: its lines stand there one after another.
    static func unquotedCode(_ page: TextFile, programs: [TextFile]) -> [Finding] {
        guard page.path.hasSuffix(".docc/GettingStarted.md") else { return [] }
        let blocks = swiftBlocks(page)
        guard !blocks.isEmpty else { return [Finding(page.path, "shows no code")] }
        return blocks.filter { block in !programs.contains { $0.text.contains(block.text) } }.map {
            Finding(page.path, line: $0.line, "this code stands in no program of Examples")
        }
    }

    private static func swiftBlocks(_ page: TextFile) -> [(line: Int, text: String)] {
        Pattern("^```swift\\n([\\s\\S]*?)^```$").matches(in: page.text).map { ($0.line, $0[1]) }
    }
}
