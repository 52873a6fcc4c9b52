# frozen_string_literal: true

require "json"

module BearLumen
  # Tracks what AI calls cost and delivers it in the background.
  #
  #   bear = BearLumen::Client.new(api_key: ENV.fetch("BEARLUMEN_API_KEY"))
  #   bear.track(response, user_id: "user_123")
  #
  # `track` never raises into the caller's request, never blocks it, and counts everything it cannot deliver.
  class Client
    HOSTS = { "production" => "https://api.bearlumen.com", "staging" => "https://api.staging.bearlumen.com" }.freeze

    # @param api_key [String] required; no environment variable is read
    # @param environment ["production", "staging"]
    # @param base_url [String, nil] overrides environment
    # @param timeout [Numeric] seconds for one request
    # @param on_error [#call, nil] gets a {Lost} when events are given up
    # @param delivery [Hash, nil] numbers of the delivery policy that differ from the defaults
    def initialize(api_key:, environment: "production", base_url: nil, timeout: 30, on_error: nil, delivery: nil)
      raise ArgumentError, "api_key is required: the key of your organisation, sk_live_… or sk_test_…" if api_key.to_s.empty?

      base_url ||= HOSTS.fetch(environment) do
        raise ArgumentError, "environment is #{environment.inspect}: expected #{HOSTS.keys.join(" or ")}"
      end
      @transport = Transport.new(base_url, api_key, timeout)
      @on_error = on_error
      @policy = delivery && JSON.generate(delivery)
      begin_delivery
      at_exit { flush_at_exit }
    end

    # Records a response: a Hash, JSON text, or an object of a provider's client library. Nil with `model:` and
    # `units:` or `cost:` records a call by hand. A stream (anything with `each` that is no response) passes
    # through {#track_stream}.
    #
    # @return [Result]
    def track(response = nil, **options)
      here
      native = @delivery.tracker.track(body_of(response), track_options(response, options), Clock.wall_ms, Clock.now_ms)
      @delivery.notice
      Result.new(native)
    end

    # Wraps a stream of a provider: yields its chunks unchanged and records one event at its end.
    #
    # @param source [#each, nil] nil for streams that arrive through a callback, see {Stream#feed}
    # @return [Stream]
    def track_stream(source = nil, **options)
      here
      recorder = @delivery.tracker.open_stream(track_options(nil, options), Clock.wall_ms)
      Stream.new(source || [], Noticing.new(recorder, @delivery))
    end

    # Options for every `track` inside the block, in this thread. Blocks nest.
    def context(**options)
      around = Thread.current[context_key]
      Thread.current[context_key] = merge(around || {}, options)
      yield
    ensure
      Thread.current[context_key] = around
    end

    # Sends what is queued.
    #
    # @param timeout [Numeric, nil] seconds; nil waits to the end
    # @return counts: `tracked == sent + dropped + pending`
    def flush(timeout: nil)
      here
      @delivery.flush(timeout)
      stats
    end

    # Sends what is queued and takes no more.
    def shutdown(timeout: nil)
      here
      @delivery.tracker.seal
      @delivery.flush(timeout)
      @delivery.stop
      stats
    end

    # @return counts of every event: tracked, sent, dropped, pending
    def stats
      @delivery.tracker.stats
    end

    # Checks the key.
    #
    # @return [Hash] "ok" and "organizationId"
    # @raise [Error]
    def ping
      get("/v1/ping")
    end

    # Any read of the API, for reports this class has no method for.
    #
    # @param path [String] such as "/v1/cost-data/by-model"
    # @param params [Hash] such as `start_date:`
    def get(path, **params)
      query = params.empty? ? "" : "?#{URI.encode_www_form(params)}"
      answer = @transport.request("get", "#{path}#{query}")
      raise Failure.of(answer) if answer.status >= 400

      JSON.parse(answer.body)
    end

    def inspect
      "#<BearLumen::Client #{@transport.inspect}>"
    end

    # Hands the end of a stream to delivery.
    #
    # @api private
    class Noticing
      def initialize(recorder, delivery)
        @recorder = recorder
        @delivery = delivery
      end

      def feed(bytes)
        @recorder.feed(bytes)
      end

      def finish(cut_short, wall_ms, now_ms)
        result = @recorder.finish(cut_short, wall_ms, now_ms)
        @delivery.notice
        result
      end
    end

    private

    def begin_delivery
      @pid = Process.pid
      @delivery = Delivery.new(BearlumenCore::Tracker.new(@policy), @transport, @on_error)
    end

    # A forked child starts over: the parent keeps its events and delivers them.
    def here
      begin_delivery unless @pid == Process.pid
    end

    def body_of(response)
      Wire.json(response)
    rescue StandardError => e
      # The event says that the response could not be read.
      "not JSON: #{e.class}"
    end

    def track_options(response, options)
      around = Thread.current[context_key]
      options = merge(around, options) if around
      headers = options[:headers] || headers_of(response)
      Wire.options(headers ? options.merge(headers: headers) : options)
    end

    def headers_of(response)
      response.each_header.to_h if response.respond_to?(:each_header)
    end

    def merge(around, options)
      around.merge(options) do |name, outer, inner|
        %i[dimensions metadata].include?(name) && outer.is_a?(Hash) && inner.is_a?(Hash) ? outer.merge(inner) : inner
      end
    end

    def context_key
      @context_key ||= :"bearlumen_context_#{object_id}"
    end

    def flush_at_exit
      return unless @pid == Process.pid && stats.pending.positive?

      @delivery.flush(@delivery.tracker.exit_flush_ms / 1000.0)
    end
  end
end
