//! The service on Cloudflare: a front door without storage, and one Durable Object per organisation.
//!
//! Nothing is decided here. The front door asks the service whose tenant a request belongs to, the object hands
//! its database to the service, and both carry bytes.

#[cfg(not(any(feature = "probe", feature = "hello")))]
mod exchange;
#[cfg(not(any(feature = "probe", feature = "hello")))]
mod front_door;
#[cfg(not(any(feature = "probe", feature = "hello")))]
mod gathering;
#[cfg(feature = "hello")]
mod hello;
#[cfg(not(any(feature = "probe", feature = "hello")))]
mod log;
#[cfg(not(any(feature = "probe", feature = "hello")))]
mod organization;
#[cfg(feature = "probe")]
mod probe;
#[cfg(not(any(feature = "probe", feature = "hello")))]
mod problem;
#[cfg(not(any(feature = "probe", feature = "hello")))]
mod promises;
#[cfg(not(any(feature = "probe", feature = "hello")))]
mod settings;
#[cfg(not(feature = "hello"))]
mod storage;
#[cfg(not(any(feature = "probe", feature = "hello")))]
mod surroundings;
#[cfg(not(any(feature = "probe", feature = "hello")))]
mod unanswered;
