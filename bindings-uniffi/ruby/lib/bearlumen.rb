# frozen_string_literal: true

require "json"
require "time"
require_relative "bearlumen/native"
require_relative "bearlumen/errors"
require_relative "bearlumen/hints"
require_relative "bearlumen/result"
require_relative "bearlumen/stream"
require_relative "bearlumen/transport"
require_relative "bearlumen/delivery"
require_relative "bearlumen/client"
require_relative "bearlumen/cost"
require_relative "bearlumen/advice"

# What each AI call cost, for whom.
module BearLumen
  VERSION = BearlumenCore.version
end
