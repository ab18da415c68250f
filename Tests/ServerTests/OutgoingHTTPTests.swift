import Basics
import Dispatch
import HTTPTypes
import TestSupport
import Testing

@testable import Server

@Suite("Requests to other servers")
struct OutgoingHTTPTests {
    private func outcome(
        _ http: OutgoingHTTP, _ receiver: HTTPReceiver, _ path: String = "/"
    ) async -> Result<OutgoingReply, OutgoingError> {
        do throws(OutgoingError) {
            let request = OutgoingRequest(.put, receiver.baseURL + path, body: Array("{}".utf8), token: "secret")
            return .success(try await http.send(request, to: .trusted))
        } catch {
            return .failure(error)
        }
    }

    @Test("carry the token and the body, and give status and body back")
    func exchange() async throws {
        let receiver = try HTTPReceiver { _ in .init(418, ["a": 1]) }
        let http = OutgoingHTTP()
        let reply = try await outcome(http, receiver, "/x?y=z").get()
        await http.close()
        #expect(reply.status == 418)
        #expect(String(decoding: reply.body, as: UTF8.self) == #"{"a":1}"#)
        let request = try #require(receiver.requests.first)
        #expect(request.method == "PUT")
        #expect(request.path == "/x?y=z")
        #expect(request.headers["authorization"] == "Bearer secret")
        #expect(request.headers["content-length"] == "2")
    }

    @Test("follow no redirect")
    func redirect() async throws {
        let receiver = try HTTPReceiver { _ in .init(307, location: "/elsewhere") }
        let http = OutgoingHTTP()
        #expect(try await outcome(http, receiver).get().status == 307)
        await http.close()
        #expect(receiver.requests.count == 1)
    }

    @Test("read no more than the limit of a reply")
    func long() async throws {
        let receiver = try HTTPReceiver { _ in .init(200, .string(String(repeating: "x", count: 100_000))) }
        let http = OutgoingHTTP()
        await #expect(throws: OutgoingError.tooLong) { try await outcome(http, receiver).get() }
        await http.close()
    }

    @Test("end when their time is up, when nobody listens, and when the sender is closed")
    func failures() async throws {
        let gate = AnswerGate()
        let silent = try HTTPReceiver { _ in gate.pass() }
        let hasty = OutgoingHTTP(timeoutMilliseconds: 50)
        await #expect(throws: OutgoingError.timeout) { try await outcome(hasty, silent).get() }
        gate.open()
        silent.close()
        guard case .failure(.connection) = await outcome(hasty, silent) else {
            Issue.record("nobody listens there")
            return
        }
        await hasty.close()
        await #expect(throws: OutgoingError.connection("closed")) { try await outcome(hasty, silent).get() }
    }
}

/// Holds answers back until it is opened.
private final class AnswerGate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func pass() -> HTTPReceiver.Answer {
        semaphore.wait()
        return .init(200)
    }

    func open() { semaphore.signal() }
}
