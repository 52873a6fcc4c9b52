//! The service on Cloudflare: a front door without storage, and one Durable Object per organisation.
//!
//! Nothing is decided here. The front door asks the service whose tenant a request belongs to, the object hands
//! its database to the service, and both carry bytes.

#[cfg(not(feature = "probe"))]
mod exchange;
#[cfg(not(feature = "probe"))]
mod front_door;
#[cfg(not(feature = "probe"))]
mod log;
#[cfg(not(feature = "probe"))]
mod organization;
#[cfg(feature = "probe")]
mod probe;
#[cfg(not(feature = "probe"))]
mod problem;
#[cfg(not(feature = "probe"))]
mod settings;
mod storage;
#[cfg(not(feature = "probe"))]
mod surroundings;
