import Basics
import HTTPTypes
import HummingbirdCore
import Storage
import TestSupport
import Testing

@testable import Server

@Suite("Every error has one shape")
struct ErrorShapeTests {
    @Test(
        "errors of the layers below become statuses and codes",
        arguments: [
            (RequestError.forbidden("No.") as any Error, 403, "M_FORBIDDEN"),
            (RequestError.notFound("No."), 404, "M_NOT_FOUND"),
            (RequestError.badJSON("No."), 400, "M_BAD_JSON"),
            (RequestError.unknownToken(), 401, "M_UNKNOWN_TOKEN"),
            (RequestError.missingToken, 401, "M_MISSING_TOKEN"),
            (RequestError.tooLarge("No."), 413, "M_TOO_LARGE"),
            (RequestError.limitExceeded(retryAfterMilliseconds: 1_500), 429, "M_LIMIT_EXCEEDED"),
            (StorageError(.diskFull, "x"), 503, "M_RESOURCE_LIMIT_EXCEEDED"),
            (StorageError(.busy, "x"), 503, "M_RESOURCE_LIMIT_EXCEEDED"),
            (StorageError(.readOnly, "x"), 503, "M_RESOURCE_LIMIT_EXCEEDED"),
            (StorageError(.damaged, "x"), 500, "M_UNKNOWN"),
            (CancellationError(), 503, "M_RESOURCE_LIMIT_EXCEEDED"),
            (SampleRoutes.Trouble(), 500, "M_UNKNOWN"),
        ])
    func mapping(error: any Error, status: Int, code: String) {
        let refusal = ErrorReply.refusal(for: error)
        #expect(refusal.status == status)
        #expect(refusal.code == code)
        #expect(ErrorReply.response(for: refusal).headers[.contentType] == "application/json")
    }

    @Test("a caller who must wait is told how long, in seconds rounded up and in milliseconds")
    func retryAfter() throws {
        let refusal = RequestError.limitExceeded(retryAfterMilliseconds: 1_500)
        #expect(ErrorReply.response(for: refusal).headers[.retryAfter] == "2")
        let body = try JSON(parsing: ErrorReply.body(of: refusal))
        #expect(body["retry_after_ms"] == 1_500)
        #expect(body["error"]?.stringValue?.isEmpty == false)
    }

    @Test("unknown paths, wrong methods, absent and unknown tokens over HTTP")
    func overHTTP() async throws {
        try await RunningShell.with(routes: { $0.add(SampleRoutes()) }) { shell in
            let cases: [(String, String, [String: String], Int, String)] = [
                ("GET", "/_matrix/client/v3/nothing", [:], 404, "M_UNRECOGNIZED"),
                ("GET", "/nothing", [:], 404, "M_UNRECOGNIZED"),
                ("DELETE", "/_matrix/client/versions", [:], 405, "M_UNRECOGNIZED"),
                ("PATCH", "/_matrix/client/versions", [:], 405, "M_UNRECOGNIZED"),
                ("BREW", "/_matrix/client/versions", [:], 400, "M_UNRECOGNIZED"),
                ("GET", "/_matrix/client/v3/account/whoami", [:], 401, "M_MISSING_TOKEN"),
                ("GET", "/_matrix/client/v3/account/whoami", ["Authorization": "Basic x"], 401, "M_MISSING_TOKEN"),
                ("GET", "/_matrix/client/v3/account/whoami", ["Authorization": "Bearer bad"], 401, "M_UNKNOWN_TOKEN"),
                ("GET", "/_matrix/client/v3/account/whoami?access_token=bad", [:], 401, "M_UNKNOWN_TOKEN"),
                ("GET", "/_matrix/client/%FF", [:], 400, "M_INVALID_PARAM"),
                ("GET", "/_matrix/fails", [:], 500, "M_UNKNOWN"),
            ]
            for (method, target, headers, status, code) in cases {
                let reply = try await shell.http.send(method, target, headers: headers)
                #expect(reply.status == status, "\(method) \(target)")
                #expect(reply.errorCode == code, "\(method) \(target)")
                #expect(reply.json["error"]?.stringValue?.isEmpty == false)
                #expect(reply[header: "content-type"] == "application/json")
            }
            let wrong = try await shell.http.send("DELETE", "/_matrix/client/versions")
            #expect(wrong[header: "allow"] == "GET")
        }
    }

    @Test("what the server did wrong carries an id and no details")
    func ownFaults() async throws {
        try await RunningShell.with(routes: { $0.add(SampleRoutes()) }) { shell in
            let reply = try await shell.http.send("GET", "/_matrix/fails")
            #expect(reply[header: "x-request-id"]?.isEmpty == false)
            #expect(!reply.text.contains("Trouble"))
        }
    }

    @Test("a valid token in header or query opens the door")
    func tokens() async throws {
        try await RunningShell.with(routes: { $0.add(SampleRoutes()) }) { shell in
            let path = "/_matrix/client/v3/account/whoami"
            let inHeader = try await shell.http.send("GET", path, headers: ["Authorization": "bearer good"])
            #expect(inHeader.json["user_id"] == "@anna:shop.example")
            #expect(try await shell.http.send("GET", path + "?access_token=good").status == 200)
        }
    }
}
