import Testing

@Suite("The interface description is complete")
struct RouteTests {
    private let source = """
        /// routes.get("/example", .sync) { _, _ in }
        func add(to routes: inout RouteTable) {
            routes.get("/_matrix/client/v3/sync", .sync, handler)
            routes.openPost(
                "/api/v1/anonymous", .anonymous, handler)
            routes.on(.delete, "/a/{b}/c", .data, answer: .open(handler))
        }
        """
    private let description = """
        info:
          /not/a/path:
        paths:
          /_matrix/client/v3/sync:
            get: {operationId: sync}
          /api/v1/anonymous:
            post:
              operationId: anonymous
          /a/{other}/c:
            delete: {operationId: remove}
        components:
          /neither:
            get: {}
        """

    private func registered(_ text: String) -> Set<RouteRules.Operation> {
        RouteRules.registered(TextFile(path: "Sources/Server/A/A.swift", text: text))
    }

    private func described(_ text: String) -> Set<RouteRules.Operation> {
        RouteRules.described(TextFile(path: "openapi.yaml", text: text))
    }

    @Test("every route of the server is described, and every described route is answered")
    func repository() throws {
        let file = try #require(Repository.file("Documentation/api/openapi.yaml"))
        let routes = Repository.swiftFiles.map(RouteRules.registered).reduce(into: Set()) { $0.formUnion($1) }
        #expect(routes.count > 60)
        #expect(RouteRules.findings(registered: routes, described: RouteRules.described(file)) == [])
    }

    @Test("routes and descriptions are read, names in braces apart, examples in comments left out")
    func reading() {
        #expect(registered(source).count == 3)
        #expect(registered(source) == described(description))
        #expect(RouteRules.findings(registered: registered(source), described: described(description)) == [])
    }

    @Test("an interpolated part of a route stands for anything")
    func interpolated() {
        let row = registered(#"routes.post("\(root)/upload", .upload, handler)"#)
        let media = described(
            "paths:\n  /_matrix/media/v3/upload:\n    post: {}\n  /_matrix/media/r0/upload:\n    post: {}\n")
        let other = described("paths:\n  /_matrix/media/v3/download:\n    post: {}\n")
        #expect(RouteRules.findings(registered: row, described: media) == [])
        #expect(RouteRules.findings(registered: row, described: other).count == 2)
    }

    @Test("a route that is not described, another method and a description of nothing are found")
    func breaches() {
        func count(_ source: String, _ description: String) -> Int {
            RouteRules.findings(registered: registered(source), described: described(description)).count
        }
        #expect(count(source + "\nroutes.put(\"/new\", .data, handler)", description) == 1)
        #expect(count(source, description.replacing("    delete:", with: "    put:")) == 2)
        #expect(count(source, description.replacing("components:", with: "  /gone:\n    get: {}\ncomponents:")) == 1)
    }
}
