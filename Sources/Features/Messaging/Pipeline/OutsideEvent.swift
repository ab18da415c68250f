import Basics
import Storage

/// Writes events for programs that look at a room from outside: they see what members see, and have no device.
struct OutsideEvent {
    let engine: MessagingEngine
    let room: RoomState

    func write(_ event: StoredEvent, to writer: inout JSONWriter, on connection: Connection) throws {
        let previous = try event.replaces.flatMap { seq in
            try engine.events.event(EventAddress(room: room.number, seq: seq), in: connection)
        }
        writer.object { writer in
            writer.members(of: event, sender: sender(of: event), room: engine.id(of: room.number))
            writer.key("unsigned")
            writer.object { writer in
                writer.key("age")
                writer.int(max(0, engine.clock.now() - event.timestamp))
                guard let previous else { return }
                writer.key("prev_content")
                writer.raw(previous.content)
                writer.key("replaces_state")
                writer.string(previous.address.text)
            }
        }
    }

    func sender(of event: StoredEvent) -> String { room.userIDs[event.sender] ?? "@:" + engine.serverName }
}
