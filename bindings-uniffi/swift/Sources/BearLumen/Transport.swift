import BearLumenCore
import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// HTTP by Foundation, with the system's proxies and certificates.
struct Transport: Sendable {
    struct Answer {
        let status: UInt16
        let retryAfter: String?
        let body: Data
    }

    let baseURL: URL
    let apiKey: String
    let timeout: TimeInterval

    func request(_ method: String, _ path: String, body: Data?) async throws -> Answer {
        guard let url = URL(string: baseURL.absoluteString + path) else { throw URLError(.badURL) }
        var request = URLRequest(url: url, timeoutInterval: timeout)
        request.httpMethod = method
        request.httpBody = body
        request.setValue("Bearer \(apiKey)", forHTTPHeaderField: "Authorization")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue("bearlumen-swift/\(BearLumenCore.version())", forHTTPHeaderField: "User-Agent")
        let (data, response) = try await URLSession.shared.data(for: request)
        guard let http = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
        return Answer(
            status: UInt16(clamping: http.statusCode), retryAfter: http.value(forHTTPHeaderField: "Retry-After"),
            body: data)
    }
}
