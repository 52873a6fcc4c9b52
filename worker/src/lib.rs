//! The service on Cloudflare: a front door without storage, and one Durable Object per organisation.

#[cfg(feature = "probe")]
mod probe;
mod storage;
