import Basics
import Testing

@testable import Accounts

@Suite("Interactive authentication")
struct InteractiveAuthTests {
    private func request(
        _ auth: JSONObject?, route: String = "POST /register", user: Int64? = nil, body: JSONObject = ["a": 1],
        flows: [[InteractiveStage]] = [[.dummy]], id: String = "s1"
    ) -> InteractiveAuth.Request {
        InteractiveAuth.Request(
            route: route, userNumber: user, body: body, auth: auth, flows: flows, freshID: id,
            hash: JSON.object(body).canonical())
    }

    private func challenge(_ action: InteractiveAuth.Action) -> JSONObject? {
        if case .challenge(let challenge) = action { challenge.body } else { nil }
    }

    private func grant(_ action: InteractiveAuth.Action) -> InteractiveGrant? {
        if case .proceed(let grant) = action { grant } else { nil }
    }

    @Test("The first request is answered with the flows and a session")
    func opens() throws {
        var machine = InteractiveAuth()
        let flows: [[InteractiveStage]] = [[.registrationToken, .dummy], [.password]]
        let body = try #require(challenge(try machine.received(request(nil, flows: flows), at: 0)))
        #expect(body["session"] == "s1")
        #expect(
            body["flows"] == [
                ["stages": ["m.login.registration_token", "m.login.dummy"]], ["stages": ["m.login.password"]],
            ])
        #expect(body["params"] == [:])
        #expect(body["errcode"] == nil)
    }

    @Test("A flow of two steps asks for the second after the first, in either order")
    func twoSteps() throws {
        for order in [[InteractiveStage.dummy, .password], [.password, .dummy]] {
            var machine = InteractiveAuth()
            let flows = [[InteractiveStage.password, .dummy]]
            _ = try machine.received(request(nil, flows: flows), at: 0)
            var last: InteractiveAuth.Action?
            for stage in order {
                let auth: JSONObject = ["type": .string(stage.rawValue), "session": "s1"]
                let step = request(auth, flows: flows)
                var action = try machine.received(step, at: 1)
                if case .check(let session, let wanted, _) = action {
                    #expect(wanted == stage)
                    action = machine.passed(session, wanted, request: step)
                }
                last = action
                if stage == order[0] {
                    #expect(challenge(action)?["completed"] == [.string(stage.rawValue)])
                }
            }
            #expect(last.flatMap(grant)?.session == "s1")
        }
    }

    @Test("A step shown without a session opens one by itself")
    func withoutSession() throws {
        var machine = InteractiveAuth()
        let action = try machine.received(request(["type": "m.login.dummy"]), at: 0)
        #expect(grant(action)?.body == ["a": 1])
    }

    @Test("A session is good for its route, its user and its body only")
    func bound() throws {
        var machine = InteractiveAuth()
        _ = try machine.received(request(nil, user: 1), at: 0)
        let auth: JSONObject = ["type": "m.login.dummy", "session": "s1"]
        let others = [
            request(auth, route: "POST /other", user: 1), request(auth, user: 2), request(auth, user: nil),
            request(auth, user: 1, body: ["a": 2]),
        ]
        for other in others {
            let error = #expect(throws: RequestError.self) { try machine.received(other, at: 1) }
            #expect(error?.status == 403)
        }
        #expect(grant(try machine.received(request(auth, user: 1), at: 1)) != nil)
    }

    @Test("The first body is remembered for a client that repeats only its auth")
    func remembersBody() throws {
        var machine = InteractiveAuth()
        _ = try machine.received(request(nil), at: 0)
        let action = try machine.received(request(["type": "m.login.dummy", "session": "s1"], body: [:]), at: 1)
        #expect(grant(action)?.body == ["a": 1])
    }

    @Test("A session runs out after ten minutes")
    func expires() throws {
        let auth: JSONObject = ["session": "s1", "type": "m.login.password"]
        for (now, isLive) in [(Int64(600_000), true), (600_001, false)] {
            var machine = InteractiveAuth()
            let flows = [[InteractiveStage.password]]
            _ = try machine.received(request(nil, flows: flows), at: 0)
            let action = try machine.received(request(auth, flows: flows, id: "s2"), at: now)
            guard case .check(let session, _, _) = action else {
                Issue.record("a step must be checked")
                return
            }
            #expect(session == (isLive ? "s1" : "s2"))
            if !isLive {
                let bare = request(auth, body: [:], flows: flows, id: "s3")
                machine = InteractiveAuth()
                #expect(throws: RequestError.self) { try machine.received(bare, at: now) }
            }
        }
    }

    @Test("A wrong step leaves the session open and names the fault")
    func failure() throws {
        var machine = InteractiveAuth()
        let flows = [[InteractiveStage.password]]
        _ = try machine.received(request(nil, flows: flows), at: 0)
        let body = machine.failed("s1", error: .forbidden("wrong")).body
        #expect(body["errcode"] == "M_FORBIDDEN")
        #expect(body["session"] == "s1")
        #expect(body["completed"] == [])
        let unknown = request(["session": "s1", "type": "m.login.sso"], flows: flows)
        #expect(challenge(try machine.received(unknown, at: 1))?["errcode"] == "M_UNRECOGNIZED")
    }

    @Test("A finished session is gone; a finished registration is found again by its repetition")
    func finished() throws {
        var machine = InteractiveAuth()
        let auth: JSONObject = ["type": "m.login.dummy", "session": "s1"]
        _ = try machine.received(request(nil), at: 0)
        _ = try machine.received(request(auth), at: 1)
        machine.finished("s1", registered: 42)
        #expect(grant(try machine.received(request(auth), at: 2))?.registered == 42)
        machine.finished("s1")
        #expect(grant(try machine.received(request(auth, id: "s9"), at: 3))?.session == "s9")
    }

    @Test("However many sessions strangers open, no more than ten thousand are kept")
    func bounded() throws {
        var machine = InteractiveAuth()
        for number in 0..<11_000 {
            _ = try machine.received(request(nil, id: "s\(number)"), at: Int64(number))
            #expect(machine.sessions.count <= InteractiveAuth.maximumSessions)
        }
        #expect(machine.sessions["s10999"] != nil)
    }

    @Test("Whatever a client sends, it is let in only after all steps of one flow were right")
    func property() throws {
        let flows: [[InteractiveStage]] = [[.password, .dummy], [.registrationToken]]
        for seed in UInt64(1)...200 {
            var random = SeededRandom(seed: seed)
            var machine = InteractiveAuth()
            var right: Set<InteractiveStage> = []
            _ = try machine.received(request(nil, flows: flows), at: 0)
            for _ in 0..<12 {
                let stage = InteractiveStage.allCases.randomElement(using: &random) ?? .dummy
                let isRight = Bool.random(using: &random)
                let step = request(["type": .string(stage.rawValue), "session": "s1"], flows: flows)
                var action = try machine.received(step, at: 1)
                if stage == .dummy { right.insert(.dummy) }
                if case .check(let session, let wanted, _) = action {
                    action =
                        isRight
                        ? machine.passed(session, wanted, request: step)
                        : .challenge(machine.failed(session, error: .forbidden("no")))
                    if isRight { right.insert(wanted) }
                }
                let isIn = flows.contains { $0.allSatisfy(right.contains) }
                if grant(action) != nil { #expect(isIn, "seed \(seed)") }
                if isIn, case .challenge(let challenge) = action, challenge.body["errcode"] == nil {
                    Issue.record("seed \(seed): all steps were right and the client is still asked")
                }
            }
        }
    }
}
