import Basics
import Testing

@testable import Messaging

@Suite("Relations and their bundles")
struct RelationsTests {
    private func relations(_ relatesTo: JSON) -> Relations {
        Relations(content: ["body": "x", "m.relates_to": relatesTo])
    }

    @Test("A reaction has a key; without one it is no relation")
    func annotation() {
        let parent = relations(["rel_type": "m.annotation", "event_id": "$e", "key": "👍"]).parent
        #expect(parent == Relations.Parent(type: "m.annotation", eventID: "$e", key: "👍"))
        #expect(relations(["rel_type": "m.annotation", "event_id": "$e"]).parent == nil)
        #expect(relations(["rel_type": "m.annotation", "event_id": "$e", "key": 1]).parent == nil)
    }

    @Test("Edits, references and threads name their target")
    func targets() {
        #expect(relations(["rel_type": "m.replace", "event_id": "$e"]).edits == "$e")
        #expect(relations(["rel_type": "m.replace", "event_id": "$e"]).threadRoot == nil)
        #expect(relations(["rel_type": "m.thread", "event_id": "$e"]).threadRoot == "$e")
        #expect(relations(["rel_type": "m.reference", "event_id": "$e"]).parent?.type == "m.reference")
        #expect(relations(["rel_type": "x.own", "event_id": "$e", "key": "k"]).parent?.key == nil)
    }

    @Test("A fallback reply in a thread is not shown as a reply")
    func replies() {
        let inReply: JSON = ["event_id": "$r"]
        #expect(relations(["m.in_reply_to": inReply]).shownReply == "$r")
        #expect(relations(["m.in_reply_to": inReply]).parent == nil)
        let thread: JSON = ["rel_type": "m.thread", "event_id": "$e", "m.in_reply_to": inReply]
        #expect(relations(thread).shownReply == "$r")
        let falling: JSON = [
            "rel_type": "m.thread", "event_id": "$e", "m.in_reply_to": inReply, "is_falling_back": true,
        ]
        #expect(relations(falling).shownReply == nil)
        #expect(relations(falling).inReplyTo == "$r")
    }

    @Test(
        "Parts of the wrong shape count as absent",
        arguments: [
            JSON.null, "x", [], 1, ["rel_type": 1, "event_id": "$e"], ["rel_type": "m.replace"],
            ["rel_type": "m.replace", "event_id": []], ["m.in_reply_to": "$r"], ["m.in_reply_to": ["event_id": 1]],
        ])
    func wrongShapes(relatesTo: JSON) {
        #expect(relations(relatesTo) == Relations(content: [:]))
    }

    @Test("MSG-43 an edit must keep sender and type, hit no state event and no edit, and bring new content")
    func editValidity() {
        func event(
            sender: Int64 = 1, type: String = "m.room.message", stateKey: String? = nil, _ content: JSONObject
        ) -> RelatedEvent {
            RelatedEvent(sender: sender, type: type, stateKey: stateKey, content: content)
        }
        let relates: JSON = ["rel_type": "m.replace", "event_id": "$o"]
        let edited: JSONObject = ["body": "* b", "m.new_content": ["body": "b"], "m.relates_to": relates]
        let original = event(["body": "a"])
        #expect(event(edited).isValidEdit(of: original))
        #expect(!event(sender: 2, edited).isValidEdit(of: original))
        #expect(!event(type: "m.sticker", edited).isValidEdit(of: original))
        #expect(!event(stateKey: "", edited).isValidEdit(of: original))
        #expect(!event(edited).isValidEdit(of: event(stateKey: "", ["body": "a"])))
        #expect(!event(edited).isValidEdit(of: event(edited)))
        #expect(!event(["body": "* b", "m.relates_to": relates]).isValidEdit(of: original))
        #expect(!event(["body": "* b", "m.new_content": "b", "m.relates_to": relates]).isValidEdit(of: original))
        #expect(!event(["body": "* b", "m.new_content": ["body": "b"]]).isValidEdit(of: original))
        let sealed = event(type: "m.room.encrypted", ["ciphertext": "x"])
        #expect(event(type: "m.room.encrypted", ["ciphertext": "y", "m.relates_to": relates]).isValidEdit(of: sealed))
        let threaded = event(["body": "a", "m.relates_to": ["rel_type": "m.thread", "event_id": "$r"]])
        #expect(event(edited).isValidEdit(of: threaded), "messages in threads can be edited")
    }

    @Test("A thread hangs on events that are not children themselves; plain replies may start one")
    func threads() {
        func event(_ relatesTo: JSON) -> RelatedEvent {
            RelatedEvent(sender: 1, type: "m.room.message", stateKey: nil, content: ["m.relates_to": relatesTo])
        }
        #expect(event(.null).canStartThread)
        #expect(event(["m.in_reply_to": ["event_id": "$r"]]).canStartThread)
        #expect(!event(["rel_type": "m.thread", "event_id": "$r"]).canStartThread)
        #expect(!event(["rel_type": "m.replace", "event_id": "$r"]).canStartThread)
    }

    @Test("An applied edit replaces everything but the relation")
    func applying() {
        let original: JSONObject = ["body": "a", "formatted_body": "<b>a</b>", "m.relates_to": ["event_id": "$r"]]
        let edit: JSONObject = ["body": "* b", "m.new_content": ["body": "b", "m.relates_to": ["event_id": "$q"]]]
        #expect(Relations.applying(edit: edit, to: original) == ["body": "b", "m.relates_to": ["event_id": "$r"]])
        #expect(Relations.applying(edit: edit, to: ["body": "a"]) == ["body": "b"])
        #expect(Relations.applying(edit: ["body": "b"], to: original) == original)
    }

    @Test("Of several edits the latest counts, of equal times that with the greatest id")
    func newestEdit() {
        let candidates = [
            EditCandidate(seq: 5, timestamp: 100, eventID: "$c"), EditCandidate(seq: 6, timestamp: 200, eventID: "$a"),
            EditCandidate(seq: 7, timestamp: 200, eventID: "$b"), EditCandidate(seq: 8, timestamp: 150, eventID: "$z"),
        ]
        #expect(EditCandidate.newest(candidates)?.seq == 7)
        #expect(EditCandidate.newest(candidates.reversed())?.seq == 7)
        #expect(EditCandidate.newest([]) == nil)
    }

    @Test("A thread counts events of senders who are not ignored, and tells whether the reader took part")
    func tally() {
        var tally = ThreadTally(reader: 1, rootSender: 2, ignoring: [9])
        tally.add(seq: 7, sender: 3)
        tally.add(seq: 5, sender: 2)
        tally.add(seq: 8, sender: 9)
        #expect(tally.count == 2)
        #expect(tally.latestSeq == 7)
        #expect(!tally.participated)
        tally.add(seq: 9, sender: 1)
        #expect(tally.participated)
        #expect(ThreadTally(reader: 2, rootSender: 2).participated)
        #expect(ThreadTally(reader: 2, rootSender: 2).latestSeq == nil)
    }

    @Test("The bundle holds what the spec's examples show")
    func bundle() throws {
        func written(_ bundle: BundledRelations) throws -> JSON {
            var writer = JSONWriter()
            bundle.write(into: &writer)
            return try JSON(parsing: writer.bytes)
        }
        var bundle = BundledRelations()
        #expect(bundle.isEmpty)
        #expect(try written(bundle) == [:])
        bundle.references = ["$one", "$two"]
        #expect(try written(bundle) == ["m.reference": ["chunk": [["event_id": "$one"], ["event_id": "$two"]]]])
        bundle.replacement = Array(#"{"event_id":"$edit"}"#.utf8)
        bundle.thread = ThreadSummary(
            latestEvent: Array(#"{"event_id":"$last"}"#.utf8), count: 7, currentUserParticipated: true)
        let expected: JSON = [
            "m.replace": ["event_id": "$edit"],
            "m.thread": ["latest_event": ["event_id": "$last"], "count": 7, "current_user_participated": true],
            "m.reference": ["chunk": [["event_id": "$one"], ["event_id": "$two"]]],
        ]
        #expect(try written(bundle) == expected)
    }
}
