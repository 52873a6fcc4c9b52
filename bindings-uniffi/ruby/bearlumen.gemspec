# frozen_string_literal: true

Gem::Specification.new do |spec|
  spec.name = "bearlumen"
  spec.version = "0.1.0"
  spec.summary = "What each AI call cost, for whom, and whether it was worth it"
  spec.description = "Hand a provider's response to track(): Bear Lumen counts the tokens, computes the exact cost " \
                     "and delivers the event in the background."
  spec.authors = ["Bear Lumen"]
  spec.homepage = "https://github.com/bearlumen/bearlumen"
  spec.licenses = ["MIT", "Apache-2.0"]
  spec.required_ruby_version = ">= 3.0"
  spec.platform = Gem::Platform::CURRENT
  spec.files = Dir.chdir(__dir__) { Dir["lib/**/*.{rb,so,dylib,dll}", "README.md"] }
  spec.metadata["rubygems_mfa_required"] = "true"
  spec.add_dependency "ffi", "~> 1.15"
end
