# frozen_string_literal: true

require_relative "helper"
require "rbconfig"
require "socket"

RESPONSE = {
  "id" => "chatcmpl-1", "object" => "chat.completion", "model" => "gpt-4o-2024-08-06", "choices" => [],
  "usage" => { "prompt_tokens" => 1000, "completion_tokens" => 100, "total_tokens" => 1100 }
}.freeze

# A server that answers what it is told to, in turn.
class Stub
  attr_reader :bodies, :url

  def initialize(*answers)
    @answers = answers
    @bodies = Queue.new
    @server = TCPServer.new("127.0.0.1", 0)
    @url = "http://127.0.0.1:#{@server.addr[1]}"
    @thread = Thread.new { serve }
  end

  def stop
    @thread.kill
    @server.close
  end

  private

  def serve
    loop { Thread.new(@server.accept) { |socket| talk(socket) } }
  end

  def talk(socket)
    while (line = socket.gets)
      length = 0
      path = line.split[1]
      while (header = socket.gets) && header != "\r\n"
        length = header.split(": ")[1].to_i if header.downcase.start_with?("content-length")
      end
      body = socket.read(length)
      @bodies << body if path.end_with?("/batch")
      status, text, extra = (@answers.size > 1 ? @answers.shift : @answers.first).call(body)
      socket.write("HTTP/1.1 #{status} X\r\nContent-Length: #{text.bytesize}\r\n#{extra}\r\n#{text}")
    end
  rescue SystemCallError, IOError
    nil
  end
end

STORE = lambda do |body|
  count = JSON.parse(body)["events"].size
  [201, JSON.generate("results" => Array.new(count) { |index| { "index" => index, "recorded" => true } }), nil]
end

# The client against a server that misbehaves as told.
class ClientTest < Minitest::Test
  def client(url, **options)
    BearLumen::Client.new(api_key: "sk_test_secret", base_url: url, delivery: { "firstBackoffMs" => 10 }, **options)
  end

  def test_tracks_and_delivers
    stub = Stub.new(STORE)
    bear = client(stub.url)
    result = bear.track(RESPONSE, user_id: "user_1", feature: "chat", dimensions: { team: "search", score: 0.5 })
    assert_equal ["openai", "gpt-4o-2024-08-06", 1000, 100, "exact"],
                 [result.provider, result.model, result.input_tokens, result.output_tokens, result.cost_basis]
    assert_equal BigDecimal("0.0035"), result.cost
    stats = bear.shutdown(timeout: 10)
    assert_equal [1, 1, 0, 0], [stats.tracked, stats.sent, stats.dropped, stats.pending]
    event = JSON.parse(stub.bodies.pop)["events"].first
    assert_equal ["user_1", "chat"], event.values_at("userId", "feature")
    assert_equal({ "score" => 0.5, "team" => "search" }, event["dimensions"])
  ensure
    stub.stop
  end

  def test_text_of_a_response_never_leaves
    stub = Stub.new(STORE)
    bear = client(stub.url)
    bear.track(RESPONSE.merge("choices" => [{ "message" => { "content" => "SECRET-TEXT" } }]))
    bear.shutdown(timeout: 10)
    refute_includes stub.bodies.pop, "SECRET-TEXT"
  ensure
    stub.stop
  end

  def test_retries_and_sends_each_event_under_one_key
    stub = Stub.new(->(_) { [503, "", "Retry-After: 0\r\n"] }, ->(_) { [429, "", nil] }, STORE)
    bear = client(stub.url)
    bear.track(RESPONSE)
    stats = bear.shutdown(timeout: 10)
    assert_equal [1, 0], [stats.sent, stats.pending]
    keys = Array.new(3) { JSON.parse(stub.bodies.pop)["events"].map { |event| event["idempotencyKey"] } }
    assert_equal 1, keys.uniq.size
  ensure
    stub.stop
  end

  def test_what_is_refused_is_told_once_and_counted
    stub = Stub.new(->(_) { [401, '{"error":{"code":"UNAUTHORIZED","message":"Invalid API key"}}', nil] })
    told = Queue.new
    bear = client(stub.url, on_error: ->(lost) { told << lost })
    3.times { bear.track(RESPONSE) }
    stats = bear.shutdown(timeout: 10)
    assert_equal [3, 0, 3], [stats.tracked, stats.sent, stats.dropped]
    lost = told.pop
    assert_equal ["unauthorized", 3, 401], [lost.code, lost.events, lost.status]
    assert_predicate told, :empty?
  ensure
    stub.stop
  end

  def test_a_stream_passes_unchanged_and_is_one_event
    stub = Stub.new(STORE)
    bear = client(stub.url)
    chunks = [
      { "id" => "c", "object" => "chat.completion.chunk", "model" => "gpt-4o-2024-08-06",
        "choices" => [{ "index" => 0, "delta" => { "content" => "Hi" } }] },
      { "id" => "c", "object" => "chat.completion.chunk", "model" => "gpt-4o-2024-08-06",
        "choices" => [{ "index" => 0, "delta" => {}, "finish_reason" => "stop" }],
        "usage" => { "prompt_tokens" => 10, "completion_tokens" => 5, "total_tokens" => 15 } }
    ]
    stream = bear.track_stream(chunks)
    assert_equal chunks, stream.to_a
    assert_equal [10, 5, false], [stream.result.input_tokens, stream.result.output_tokens, stream.result.incomplete?]
    assert_equal 1, bear.shutdown(timeout: 10).sent
  ensure
    stub.stop
  end

  def test_a_stream_that_is_left_is_incomplete
    bear = client("http://127.0.0.1:9")
    stream = bear.track_stream([{ "object" => "chat.completion.chunk", "model" => "gpt-4o", "choices" => [] }] * 3)
    stream.each { break }
    assert_predicate stream.result, :incomplete?
    raised = assert_raises(RuntimeError) { bear.track_stream([1]).each { raise "the caller's own" } }
    assert_equal "the caller's own", raised.message
    assert_equal 2, bear.stats.tracked
  end

  def test_context_nests
    stub = Stub.new(STORE)
    bear = client(stub.url)
    bear.context(user_id: "outer", feature: "a") do
      bear.context(feature: "b") { bear.track(RESPONSE) }
      bear.track(RESPONSE, user_id: "own")
    end
    bear.track(RESPONSE)
    bear.shutdown(timeout: 10)
    found = JSON.parse(stub.bodies.pop)["events"].map { |event| event.values_at("userId", "feature") }
    assert_equal [%w[outer b], %w[own a], [nil, nil]], found
  ensure
    stub.stop
  end

  def test_nothing_of_a_response_raises
    bear = client("http://127.0.0.1:9")
    recursive = {}
    recursive["self"] = recursive
    [nil, "", "{", 1, [], {}, recursive, Object.new, "\xff\xfe", { "usage" => Float::NAN }].each do |odd|
      refute_nil bear.track(odd).event_id
    end
    assert_equal 10, bear.stats.tracked
  end

  def test_a_slip_in_an_option_is_told_at_once
    assert_match(/unknown option usr_id/, assert_raises(ArgumentError) { client("http://127.0.0.1:9").track(nil, usr_id: 1) }.message)
  end

  def test_the_key_is_never_shown
    refute_includes client("http://127.0.0.1:9").inspect, "sk_test_secret"
  end

  def test_a_flush_ends_though_others_track_and_flush_without_end
    bear = nil
    batches = 0
    store = lambda do |body|
      if (batches += 1) < 300
        bear.track(RESPONSE)
        bear.flush(timeout: 0)
      end
      STORE.call(body)
    end
    stub = Stub.new(store)
    bear = client(stub.url)
    bear.track(RESPONSE)
    bear.flush(timeout: 30)
    assert_operator batches, :<, 50
    bear.shutdown(timeout: 10)
  ensure
    stub.stop
  end

  def test_a_forked_child_delivers_its_own_events_only
    stub = Stub.new(STORE)
    bear = client(stub.url, delivery: { "flushIntervalMs" => 60_000 })
    bear.track(RESPONSE, user_id: "parent")
    pid = fork do
      bear.track(RESPONSE, user_id: "child")
      bear.shutdown(timeout: 10)
      exit!(0)
    end
    Process.wait(pid)
    assert_equal(%w[child], JSON.parse(stub.bodies.pop)["events"].map { |event| event["userId"] })
    bear.shutdown(timeout: 10)
    assert_equal(%w[parent], JSON.parse(stub.bodies.pop)["events"].map { |event| event["userId"] })
    assert_predicate stub.bodies, :empty?
  ensure
    stub.stop
  end

  def test_a_process_that_ends_delivers_what_it_can
    stub = Stub.new(STORE)
    program = <<~RUBY
      require "bearlumen"
      bear = BearLumen::Client.new(api_key: "sk_test_x", base_url: #{stub.url.inspect})
      bear.track({ "model" => "gpt-4o" }, user_id: "last")
    RUBY
    load_path = $LOAD_PATH.flat_map { |folder| ["-I", folder] }
    assert system(RbConfig.ruby, *load_path, "-e", program)
    assert_includes stub.bodies.pop, "last"
  ensure
    stub.stop
  end

  def test_threads
    stub = Stub.new(STORE)
    bear = client(stub.url)
    Array.new(8) { Thread.new { 100.times { bear.track(RESPONSE) } } }.each(&:join)
    stats = bear.shutdown(timeout: 20)
    assert_equal [800, 800, 0, 0], [stats.tracked, stats.sent, stats.dropped, stats.pending]
  ensure
    stub.stop
  end

  def test_errors_are_typed
    body = '{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED","message":"slow down","correlationId":"OLIVE-OWL-1b2fE4"}}'
    stub = Stub.new(->(_) { [429, body, "Retry-After: 7\r\n"] })
    raised = assert_raises(BearLumen::RateLimitError) { client(stub.url).ping }
    assert_equal ["rate_limit_exceeded", 429, "OLIVE-OWL-1b2fE4", 7.0],
                 [raised.code, raised.status, raised.correlation_id, raised.retry_after]
    assert_raises(BearLumen::NetworkError) { client("http://127.0.0.1:9").ping }
  ensure
    stub.stop
  end
end
