import Basics
import Foundation
import Imaging
import TestSupport
import Testing

/// A running server, and photos of a world of spots for it.
enum PanoramaServer {
    /// Directions a photo shows: a camera that turned `degrees` to the right, as a PNG.
    static func view(_ degrees: Double, seed: UInt64 = 7, width: Int = 320, height: Int = 240) throws -> [UInt8] {
        let spots = Self.spots(seed)
        let focal = Double(width) / 2 / tan(30 * .pi / 180)
        let turn = degrees * .pi / 180
        var rgb = [UInt8](repeating: 0, count: width * height * 3)
        for at in 0..<(width * height) {
            rgb[at * 3] = 120
            rgb[at * 3 + 1] = UInt8(120 + 60 * (at / width) / height)
            rgb[at * 3 + 2] = 170
        }
        for spot in spots {
            // The spot's direction before this camera.
            let (yaw, pitch) = (spot.yaw - turn, spot.pitch)
            let (x, y, z) = (cos(pitch) * sin(yaw), sin(pitch), cos(pitch) * cos(yaw))
            guard z > 0.3 else { continue }
            let (cx, cy) = (focal * x / z + Double(width) / 2, focal * y / z + Double(height) / 2)
            let (rx, ry) = (spot.width * focal, spot.height * focal)
            let (left, right) = (max(0, Int(cx - rx)), min(width - 1, Int(cx + rx)))
            let (top, bottom) = (max(0, Int(cy - ry)), min(height - 1, Int(cy + ry)))
            guard left <= right, top <= bottom else { continue }
            for row in top...bottom {
                for column in left...right {
                    for channel in 0..<3 { rgb[(row * width + column) * 3 + channel] = spot.colour[channel] }
                }
            }
        }
        let image = try Image(width: width, height: height, format: .rgb8, bytes: rgb).gaussianBlurred(sigma: 0.8)
        return try image.encoded(as: .png)
    }

    private struct Spot {
        let yaw: Double
        let pitch: Double
        let width: Double
        let height: Double
        let colour: [UInt8]
    }

    private static func spots(_ seed: UInt64) -> [Spot] {
        var random = SeededRandom(seed: seed)
        func number(_ low: Double, _ high: Double) -> Double {
            low + (high - low) * Double(random.next() % 100_001) / 100_000
        }
        return (0..<700).map { _ in
            Spot(
                yaw: number(-1.2, 1.2), pitch: number(-0.6, 0.6), width: number(0.006, 0.045),
                height: number(0.006, 0.04), colour: (0..<3).map { _ in UInt8(20 + random.next() % 215) })
        }
    }

    /// Makes a panorama and uploads photos to it; its path.
    static func make(_ client: MatrixClient, _ photos: [(name: String, bytes: [UInt8])]) async throws -> String {
        let job = try await client.call("POST", "/api/v1/panoramas", [:])
        let path = "/api/v1/panoramas/" + (try #require(job["job"]?.stringValue))
        for photo in photos { #expect(try await upload(client, path, photo.name, photo.bytes).status == 201) }
        return path
    }

    static func upload(
        _ client: MatrixClient, _ path: String, _ name: String, _ bytes: [UInt8]
    ) async throws -> HTTPReply {
        try await client.http.send(
            "POST", "\(path)/photos?name=\(HTTPClient.escape(name))",
            headers: ["Authorization": "Bearer \(client.token ?? "")", "Content-Type": "application/octet-stream"],
            body: bytes)
    }

    /// Waits for the end by the stream of events; the last state.
    static func finished(_ client: MatrixClient, _ path: String) async throws -> JSON {
        let patient = MatrixClient(
            HTTPClient(port: client.http.port, timeoutSeconds: 300),
            session: ["access_token": .string(client.token ?? "")])
        let events = try await patient.reply("GET", path + "/events")
        #expect(events.text.contains("event: end"), "\(events.text)")
        return try await client.call("GET", path)
    }
}
