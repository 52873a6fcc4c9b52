# frozen_string_literal: true

require_relative "helper"

# Forecast, anomalies, savings and routing, by the vectors that every language reads.
class AdviceTest < Minitest::Test
  { "forecast" => :forecast, "anomaly" => :anomalies, "counterfactual" => :savings, "routing" => :route }.each do |folder, name|
    vectors(folder).each do |file, vector|
      define_method(:"test_#{folder}_#{file}") { check(name, vector) }
    end
  end

  def test_prices_hold_now_unless_a_time_is_given
    assert_equal BearLumen.route("prompt" => "Hello"), BearLumen.route(prompt: "Hello", at: Time.now.utc.iso8601)
  end

  private

  def check(name, vector)
    question = vector["inputText"] || JSON.generate(vector["input"])
    expected = vector.fetch("expect")
    if expected["error"]
      raised = assert_raises(BearLumen::InvalidRequestError) { BearLumen.public_send(name, question) }
      assert_includes raised.message, expected["error"]["field"]
    else
      answer = BearLumen.public_send(name, question)
      difference = differs(expected, answer)
      assert_nil difference
      assert_equal answer, BearLumen.public_send(name, vector["input"]) unless vector["inputText"]
    end
  end

  # Where +expected+ says something, +got+ says the same; a Hash may leave keys out.
  def differs(expected, got, at = "answer")
    case expected
    when Hash then expected.lazy.filter_map { |key, value| differs(value, got[key], "#{at}.#{key}") }.first
    when Array
      return "#{at}: #{got}" unless got.is_a?(Array) && got.size == expected.size

      expected.each_with_index.lazy.filter_map { |value, index| differs(value, got[index], "#{at}[#{index}]") }.first
    else expected == got ? nil : "#{at} is #{got.inspect}, not #{expected.inspect}"
    end
  end
end
