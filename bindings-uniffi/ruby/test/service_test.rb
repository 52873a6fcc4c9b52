# frozen_string_literal: true

require_relative "helper"

# Against the real service, where the environment names one.
class ServiceTest < Minitest::Test
  def test_what_is_tracked_is_reported
    url = ENV.fetch("BEARLUMEN_TEST_BASE_URL") { skip "no BEARLUMEN_TEST_BASE_URL" }
    bear = BearLumen::Client.new(api_key: ENV.fetch("BEARLUMEN_TEST_API_KEY"), base_url: url)
    assert bear.ping["ok"]
    user = "ruby-#{Process.pid}"
    result = bear.track({ "object" => "chat.completion", "model" => "gpt-4o-2024-08-06", "choices" => [],
                          "usage" => { "prompt_tokens" => 1000, "completion_tokens" => 100, "total_tokens" => 1100 } },
                        user_id: user)
    assert_equal 1, bear.flush(timeout: 10).sent
    report = bear.get("/v1/cost-data/by-end-user", time_window: "last-7-days")
    found = report["items"].find { |item| item["endUser"] == user }
    assert_equal [result.cost_nanos.to_s, 1], found.values_at("totalCostNanos", "eventCount")
    raised = assert_raises(BearLumen::InvalidRequestError) { bear.get("/v1/cost-data/summary", time_window: "weekly") }
    assert_equal "validation_error", raised.code
  ensure
    bear&.shutdown(timeout: 5)
  end
end
