//! Time and randomness, looked up once per request and handed to the service, which has neither.

use std::cell::RefCell;

use bearlumen_service::{Context, Settings};
use wasm_bindgen::prelude::*;
use worker::js_sys::Date;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]) -> Result<JsValue, JsValue>;
}

/// What a request finds around it.
pub(crate) struct Surroundings {
    now_ms: i64,
    entropy: [u8; 32],
}

/// Random bytes that were asked for together: a call of the platform takes as long for many as for few.
struct Pool {
    bytes: [u8; POOL_BYTES],
    used: usize,
}

const POOL_BYTES: usize = 4096;

thread_local! {
    static POOL: RefCell<Pool> = const {
        RefCell::new(Pool {
            bytes: [0; POOL_BYTES],
            used: POOL_BYTES,
        })
    };
}

/// Bytes that nobody had before.
fn entropy() -> Result<[u8; 32], JsValue> {
    POOL.with_borrow_mut(|pool| {
        if pool.used >= POOL_BYTES {
            get_random_values(&mut pool.bytes)?;
            pool.used = 0;
        }
        let mut taken = [0; 32];
        let next = pool.bytes.iter_mut().skip(pool.used);
        for (to, from) in taken.iter_mut().zip(next) {
            *to = std::mem::take(from);
        }
        pool.used += taken.len();
        Ok(taken)
    })
}

impl Surroundings {
    /// Asks the clock and the random source.
    pub(crate) fn look() -> Result<Self, JsValue> {
        Ok(Self {
            now_ms: now_ms(),
            entropy: entropy()?,
        })
    }

    /// The random bytes.
    pub(crate) fn entropy(&self) -> [u8; 32] {
        self.entropy
    }

    /// What the service is given.
    pub(crate) fn context<'a>(&self, settings: &'a Settings) -> Context<'a> {
        Context {
            now_ms: self.now_ms,
            entropy: self.entropy,
            settings,
        }
    }
}

/// The platform's clock, which stands still except when something was waited for.
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole milliseconds, far below 2^53"
)]
pub(crate) fn now_ms() -> i64 {
    Date::now() as i64
}
