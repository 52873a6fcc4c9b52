# frozen_string_literal: true

require_relative "helper"

# The scripts of delivery, step by step with the clock they name.
class DeliveryVectorsTest < Minitest::Test
  KINDS = %w[enqueue next report flush close flushed stats].freeze

  vectors("delivery").each do |name, script|
    define_method(:"test_#{name}") do
      @tracker = BearlumenCore::Tracker.new(script["policy"] && JSON.generate(script["policy"]))
      script.fetch("steps").each_with_index do |step, index|
        kind = step.keys & KINDS
        assert_equal 1, kind.size, "a step this loader does not know: #{step}"
        send(:"step_#{kind.first}", step, step.fetch("at"), "step #{index + 1}: #{step}")
        stats = @tracker.stats
        assert_equal stats.tracked, stats.sent + stats.dropped + stats.pending
      end
    end
  end

  private

  def step_enqueue(step, now, where)
    event = JSON.generate("idempotencyKey" => step["enqueue"]).ljust(step.fetch("size", 0))
    assert_equal step["expect"], @tracker.enqueue(event, now) || "queued", where
  end

  def step_next(step, now, where)
    got = @tracker.next_step(now)
    found =
      if got.send?
        @batch = got.batch.id
        { "send" => JSON.parse(got.batch.body)["events"].map { |event| event["idempotencyKey"] } }
      elsif got.wait_until?
        { "waitUntil" => got.at_ms }
      else
        "idle"
      end
    assert_equal step["next"], found, where
  end

  def step_report(step, now, where)
    jitter = [(step.fetch("jitter", 0) * (2**32)).to_i, (2**32) - 1].min
    said = step["report"]
    answer =
      if said == "unreachable"
        BearlumenCore::Answer::UNREACHABLE.new
      else
        body = said.fetch("body", "")
        text = body.is_a?(String) ? body : JSON.generate(body)
        BearlumenCore::Answer::ANSWERED.new(status: said["status"], retry_after: said["retryAfter"], body: text)
      end
    lost = @tracker.report(@batch, answer, now, jitter).map { |one| { "code" => one.code, "events" => one.events } }
    assert_equal step["problems"], lost, where if step["problems"]
  end

  def step_flush(_step, _now, _where)
    @tracker.flush
  end

  def step_close(_step, _now, _where)
    @tracker.seal
  end

  def step_flushed(step, _now, where)
    assert_equal step["flushed"], @tracker.is_flushed, where
  end

  def step_stats(step, _now, where)
    stats = @tracker.stats
    step["stats"].each { |name, count| assert_equal count, stats.public_send(name), where }
  end
end
