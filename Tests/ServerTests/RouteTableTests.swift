import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Testing

@testable import Server

@Suite("The route table finds the handler, or says what is wrong")
struct RouteTableTests {
    private static let table: RouteTable = {
        var routes = RouteTable()
        let open: OpenHandler = { _ in .emptyObject }
        let closed: Handler = { _, _ in .emptyObject }
        routes.get("/_matrix/client/v3/rooms/{room}/state/{type}", .state, closed)
        routes.put("/_matrix/client/v3/rooms/{room}/state/{type}", .state, closed)
        routes.get("/_matrix/client/v3/rooms/{room}/state/{type}/{key}", .state, closed)
        routes.get("/_matrix/client/v3/rooms/{room}/messages", .history, closed)
        routes.get("/_matrix/client/v3/sync", .sync, legacy: true, closed)
        routes.get("/_matrix/client/v3/profile/{user}", .profile, closed)
        routes.get("/_matrix/client/v3/profile/{user}/{field}", .profile, closed)
        routes.get("/_matrix/client/v3/pushrules/", .push, closed)
        routes.openGet("/a/{x}/c", .health, open)
        routes.openGet("/a/b/d", .health, open)
        return routes
    }()

    private func find(_ method: HTTPRequest.Method, _ path: String) throws -> (String, [String])? {
        guard case .found(let route, let arguments) = Self.table.match(method, try RequestPath(path)) else {
            return nil
        }
        return (route.pattern, arguments)
    }

    @Test("parameters arrive decoded and in order")
    func parameters() throws {
        let found = try #require(try find(.get, "/_matrix/client/v3/rooms/%21r:s/state/m.t/k%2Fk"))
        #expect(found.0 == "/_matrix/client/v3/rooms/{room}/state/{type}/{key}")
        #expect(found.1 == ["!r:s", "m.t", "k/k"])
    }

    @Test("an empty state key is the path that ends with the type")
    func emptyStateKey() throws {
        for path in ["/_matrix/client/v3/rooms/!r:s/state/m.t", "/_matrix/client/v3/rooms/!r:s/state/m.t/"] {
            #expect(try find(.put, path)?.1 == ["!r:s", "m.t"])
        }
    }

    @Test("a slash at the end makes no difference", arguments: ["/pushrules", "/pushrules/"])
    func trailingSlash(path: String) throws {
        #expect(try find(.get, "/_matrix/client/v3" + path) != nil)
    }

    @Test("the old prefix answers where it was asked for, and only there")
    func legacy() throws {
        #expect(try find(.get, "/_matrix/client/r0/sync") != nil)
        #expect(try find(.get, "/_matrix/client/r0/rooms/!r:s/messages") == nil)
    }

    @Test("a literal that leads nowhere gives way to a name")
    func retreat() throws {
        #expect(try find(.get, "/a/b/c")?.1 == ["b"])
        #expect(try find(.get, "/a/b/d")?.1 == [])
        #expect(try find(.get, "/a/x/d") == nil)
    }

    @Test("a wrong method is told the right ones")
    func wrongMethod() throws {
        let match = Self.table.match(.delete, try RequestPath("/_matrix/client/v3/rooms/!r:s/state/m.t"))
        guard case .wrongMethod(let allowed) = match else {
            Issue.record("expected another method to be named")
            return
        }
        #expect(allowed == [.get, .put])
    }

    @Test("what is between routes is nothing", arguments: ["/", "/_matrix", "/_matrix/client/v3/rooms/!r:s", "/a"])
    func nothing(path: String) throws {
        guard case .nothing = Self.table.match(.get, try RequestPath(path)) else {
            Issue.record("\(path) leads somewhere")
            return
        }
    }
}
