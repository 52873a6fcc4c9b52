import BearLumen
import BearLumenCore
import Foundation
import XCTest

/// What a call cost, by the vectors that every language reads.
final class CostVectorsTests: XCTestCase {
    func testCost() throws {
        try check("cost") { try BearLumen.costOf($0, hints: $1, at: $2) }
    }

    func testStreams() throws {
        try check("streams") { try BearLumen.costOfStream($0, hints: $1, at: $2) }
    }

    private func check(_ folder: String, _ price: (Data, Hints, Date) throws -> String) throws {
        let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../../tests/vectors/\(folder)").standardized
        let files = try XCTUnwrap(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
        var seen = 0
        for case let file as URL in files where file.pathExtension == "json" {
            let vector = try XCTUnwrap(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            let input = try XCTUnwrap(vector["input"] as? [String: Any])
            let expected = try XCTUnwrap(vector["expect"] as? [String: Any])
            let given = try XCTUnwrap(input["text"] ?? input["stream"] ?? input["response"])
            let bytes = try (given as? String).map { Data($0.utf8) } ?? JSONSerialization.data(withJSONObject: given)
            let hints = Hints(
                provider: input["provider"] as? String, model: input["model"] as? String, url: input["url"] as? String,
                headers: input["headers"] as? [String: String] ?? [:])
            let formatter = ISO8601DateFormatter()
            let at = (input["at"] as? String).flatMap(formatter.date) ?? Date()
            seen += 1
            if expected["error"] != nil {
                XCTAssertThrowsError(try price(bytes, hints, at), file.lastPathComponent)
            } else {
                let found = try JSONSerialization.jsonObject(with: Data(price(bytes, hints, at).utf8))
                XCTAssertEqual(found as? NSDictionary, expected as NSDictionary, file.lastPathComponent)
            }
        }
        XCTAssertGreaterThan(seen, 0, "no vectors in \(root.path)")
    }
}
