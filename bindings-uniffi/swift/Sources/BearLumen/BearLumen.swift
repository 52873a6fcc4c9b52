import BearLumenCore
import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Why a request was not answered with what it asked for.
public struct BearLumenError: Error, Sendable {
    /// Such as `rate_limit_exceeded`.
    public let code: String
    public let message: String
    /// The HTTP status; nil where no server answered.
    public let status: Int?
    /// For support.
    public let correlationId: String?
    /// Seconds to wait, where the service asks for it.
    public let retryAfter: TimeInterval?
}

/// Tracks what AI calls cost and delivers it in the background.
///
///     let bear = try BearLumen(apiKey: key)
///     bear.track(responseData, TrackOptions(userId: "user_123"))
///
/// `track` never throws into the caller's request, never waits, and counts everything it cannot deliver.
public final class BearLumen: Sendable {
    private let tracker: Tracker
    private let delivery: Delivery

    /// - Parameters:
    ///   - apiKey: the key of your organisation, `sk_live_…` or `sk_test_…`
    ///   - onError: gets what was given up, and why
    ///   - policy: a JSON object of the delivery policy's numbers that differ from the defaults
    public init(
        apiKey: String, baseURL: URL = URL(string: "https://api.bearlumen.com")!, timeout: TimeInterval = 30,
        onError: (@Sendable (Lost) -> Void)? = nil, policy: String? = nil
    ) throws {
        precondition(!apiKey.isEmpty, "apiKey is required")
        tracker = try Tracker(policy: policy)
        delivery = Delivery(
            tracker: tracker, transport: Transport(baseURL: baseURL, apiKey: apiKey, timeout: timeout), onError: onError)
    }

    /// Records a response, its JSON. Nil with `model` and `units` or `cost` records a call by hand.
    @discardableResult
    public func track(_ response: Data?, _ options: TrackOptions = TrackOptions()) -> TrackResult {
        let result = tracker.track(
            response: response, options: options, wallMs: Clock.wallMs(), nowMs: Clock.nowMs())
        Task { await delivery.notice() }
        return result
    }

    /// Passes a provider's stream of bytes through unchanged and records one event at its end, however it ends.
    public func track<Bytes: AsyncSequence & Sendable>(
        stream: Bytes, _ options: TrackOptions = TrackOptions(), finished: (@Sendable (TrackResult) -> Void)? = nil
    ) -> AsyncThrowingStream<Data, Error> where Bytes.Element == Data {
        let recorder = tracker.openStream(options: options, wallMs: Clock.wallMs())
        let delivery = self.delivery
        let end: @Sendable (Bool) -> Void = { cutShort in
            let result = recorder.finish(cutShort: cutShort, wallMs: Clock.wallMs(), nowMs: Clock.nowMs())
            finished?(result)
            Task { await delivery.notice() }
        }
        return AsyncThrowingStream { continuation in
            let reading = Task {
                do {
                    for try await chunk in stream {
                        recorder.feed(bytes: chunk)
                        continuation.yield(chunk)
                    }
                    end(false)
                    continuation.finish()
                } catch {
                    end(true)
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in reading.cancel() }
        }
    }

    /// Sends what is queued and waits for it.
    @discardableResult
    public func flush() async -> DeliveryStats {
        await delivery.settle(tracker.flush())
        return tracker.stats()
    }

    /// Sends what is queued and takes no more.
    @discardableResult
    public func shutdown() async -> DeliveryStats {
        tracker.seal()
        await delivery.settle(tracker.flush())
        return tracker.stats()
    }

    /// Counts of every event: `tracked == sent + dropped + pending`.
    public func stats() -> DeliveryStats {
        tracker.stats()
    }

    /// Checks the key; the answer's JSON names the organisation.
    public func ping() async throws -> Data {
        try await delivery.get("/v1/ping")
    }

    /// What a response used and cost, as JSON that is the same in every language; nothing is recorded.
    public static func costOf(_ response: Data, hints: Hints = Hints(), at: Date = Date()) throws -> String {
        try BearLumenCore.costOf(response: response, hints: hints, atMs: Clock.ms(at))
    }

    /// The same of a stream: its text as it came, or a JSON list of its chunks.
    public static func costOfStream(_ stream: Data, hints: Hints = Hints(), at: Date = Date()) throws -> String {
        try BearLumenCore.costOfStream(stream: stream, hints: hints, atMs: Clock.ms(at))
    }
}

enum Clock {
    static func wallMs() -> Int64 { ms(Date()) }
    static func nowMs() -> Int64 { Int64(ProcessInfo.processInfo.systemUptime * 1000) }
    static func ms(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded(.down)) }
}
