# frozen_string_literal: true

require_relative "helper"
require "time"

# What a call cost, by the vectors that every language reads.
class VectorsTest < Minitest::Test
  vectors("cost").each do |name, vector|
    define_method(:"test_cost_#{name}") { check(vector) { |given, asked| BearLumen.cost_of(given, **asked) } }
  end

  vectors("streams").each do |name, vector|
    define_method(:"test_stream_#{name}") { check(vector) { |given, asked| BearLumen.cost_of_stream(given, **asked) } }
  end

  vectors("bytes").each do |name, vector|
    define_method(:"test_the_json_is_every_language_s_#{name}") do
      input = vector.fetch("input")
      cost = BearLumen.cost_of(input["text"], provider: input["provider"], at: Time.iso8601(input["at"]))
      assert_equal vector.fetch("expect"), JSON.generate(cost)
    end
  end

  private

  def check(vector)
    input = vector.fetch("input")
    given = input["text"] || input["stream"] || JSON.generate(input["response"])
    asked = %w[provider model url headers].filter_map { |name| [name.to_sym, input[name]] if input[name] }.to_h
    asked[:at] = Time.iso8601(input["at"]) if input["at"]
    expected = vector.fetch("expect")
    if expected["error"]
      raised = assert_raises(BearLumen::InvalidRequestError) { yield(given, asked) }
      assert_includes raised.message, expected["error"]
    else
      assert_equal expected, yield(given, asked)
    end
  end
end
