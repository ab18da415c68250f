// Two people talk without a server: a message waits for whoever is away, and comes once.
//   swift run --package-path Examples two-people
import Foundation
import Messaging

let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-talk-\(UUID().uuidString)")
defer { try? FileManager.default.removeItem(at: folder) }
let store = try await ConversationStore.open(folder: folder.path(), serverName: "shop.example")
let mei = try await store.participant("mei", displayName: "Mei")
let tom = try await store.participant("tom", displayName: "Tom")

let room = try await mei.createRoom(named: "Lamps", inviting: [tom])
try await tom.join(room)
let before = try await tom.news().place

try await mei.send("The walnut lamp is back.", to: room)
try await mei.send("Two of them.", to: room)

let news = try await tom.news(since: before)
for event in news.rooms.flatMap(\.events) { print("\(event.sender): \(event.text ?? event.type)") }
print("unread: \(news.rooms.first?.unread ?? 0)")
if let last = news.rooms.first?.events.last { try await tom.markRead(last.id, in: room) }

// Waits until something happens.
async let next = tom.news(since: try await tom.news(since: news.place).place, waiting: 10_000)
try await mei.send("Shall I keep one?", to: room)
print(try await next.rooms.first?.events.last?.text ?? "nothing")

await store.close()
