# frozen_string_literal: true

require "net/http"
require "uri"

module BearLumen
  # HTTP by Ruby's own library, one kept-alive connection per thread that uses it. Proxies come from the
  # environment, certificates from OpenSSL's settings.
  #
  # @api private
  class Transport
    # An answer, whatever its status.
    Answer = Struct.new(:status, :retry_after, :body)

    def initialize(base_url, api_key, timeout)
      @base = URI(base_url)
      raise ArgumentError, "base_url is no http(s) url: #{base_url}" unless @base.is_a?(URI::HTTP) && @base.host

      @headers = {
        "Authorization" => "Bearer #{api_key}",
        "Content-Type" => "application/json",
        "User-Agent" => "bearlumen-ruby/#{BearLumen::VERSION}"
      }
      @timeout = timeout
    end

    # @raise [NetworkError] when no whole answer came
    def request(method, path, body = nil)
      kind = Net::HTTP.const_get(method.capitalize)
      request = kind.new("#{@base.path.chomp("/")}#{path}", @headers)
      request.body = body
      answer = connection.request(request)
      Answer.new(answer.code.to_i, answer["retry-after"], answer.body.to_s)
    rescue SystemCallError, SocketError, IOError, Timeout::Error, OpenSSL::SSL::SSLError, Net::ProtocolError => e
      close
      raise NetworkError.new("#{@base.host}: #{e.message}", code: "network_error")
    end

    def close
      Thread.current[key]&.finish
    rescue IOError
      # It was closed already.
    ensure
      Thread.current[key] = nil
    end

    def inspect
      "#<BearLumen::Transport #{@base}>"
    end

    private

    def key
      @key ||= :"bearlumen_#{object_id}"
    end

    def connection
      kept = Thread.current[key]
      return kept if kept&.started?

      http = Net::HTTP.new(@base.host, @base.port)
      http.use_ssl = @base.is_a?(URI::HTTPS)
      http.open_timeout = http.read_timeout = http.write_timeout = @timeout
      http.max_retries = 0 # delivery decides what is sent again
      Thread.current[key] = http.start
    end
  end
end
